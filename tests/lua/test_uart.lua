-- Serial ports: U-Boot talks.
local tap = dofile "tests/lua/tap.lua"
local m = tap.uboot_machine()
local uart = m.uart[0]

tap.check("UARTs are numbered from 0", function()
  tap.equal(#m.uart, 1)
  tap.equal(uart.index, 0)
  tap.equal(uart.path, m.dt["serial0"].path)
  for i, port in ipairs(m.uart) do tap.equal(port, m.uart[i]) end
end)
tap.fails("a UART that is not there", "there is no UART 1", function() return m.uart[1] end)

tap.check("expect stops at the very instruction that sent the text", function()
  local got = uart:expect("Hit any key", { timeout = "1s" })
  assert(got:find "U%-Boot")
  tap.equal(uart.text:sub(-11), "Hit any key")
  tap.equal(uart.seen, #uart.text)
  tap.equal(got, uart.text)
end)

tap.check("what is sent waits until the guest takes it", function()
  uart:send " "
  local got = uart:expect("=> ", { timeout = "1s" })
  assert(got:find "to stop autoboot")
  tap.equal(uart.waiting, 0)
end)

tap.check("a second expect sees only what came after the first", function()
  uart:send "version\n"
  local got = uart:expect("=> ", { timeout = "1s" })
  assert(got:find "U%-Boot 20" and not got:find "Hit any key")
end)

tap.check("text that was there already is found without running", function()
  local now = m.now
  uart.seen = 0
  assert(uart:expect("Hit any"):find "U%-Boot")
  uart:expect "key"
  tap.equal(m.now, now)
  uart.seen = #uart.text
end)

tap.check("two runs give the same text, time and digest", function()
  local function boot()
    local one = tap.uboot_machine()
    one.uart[0]:expect("Hit any key", { timeout = "1s" })
    one.uart[0]:send " "
    one.uart[0]:expect("=> ", { timeout = "1s" })
    return table.concat({ one.uart[0].text, one.now, one.insns, one:digest() }, "|")
  end
  tap.equal(boot(), boot())
end)

tap.fails("text that does not come in time", "did not come within 1ms", function()
  uart:expect("never", { timeout = "1ms" })
end)
tap.check("the message shows how the console ends", function()
  local _, problem = pcall(uart.expect, uart, "never", { timeout = "1us" })
  assert(problem:find("the console ends with \"=> \"", 1, true), problem)
end)
tap.check("a failed expect leaves nothing behind", function()
  local before = m.now
  m:run{ ["for"] = "1ms" }
  assert(m.now >= before + 1000000)
end)
tap.fails("expecting nothing", "at least one character", function() uart:expect "" end)
tap.fails("expecting a number", "a string is expected", function() uart:expect(3) end)
tap.fails("an unknown option", "did you mean 'timeout'", function() uart:expect("x", { timeuot = 1 }) end)
tap.fails("options of a wrong type", "a table of options", function() uart:expect("x", "2s") end)
tap.fails("a timeout of a wrong type", "timeout", function() uart:expect("x", { timeout = "soon" }) end)
tap.fails("a dot instead of a colon", "a uart is expected in front", function() uart.expect("x") end)
tap.fails("sending a number", "a string is expected", function() uart:send(3) end)
tap.fails("seen beyond the text", "out of range", function() uart.seen = #uart.text + 1 end)

tap.check("a callback cannot expect, but may send", function()
  local problem
  m:timer{ after = "1us", on = function()
    local ok
    ok, problem = pcall(uart.expect, uart, "x")
    uart:send "version\n"
    return not ok and "stop" or nil
  end }
  tap.equal(m:run{ ["for"] = "1s" }.reason, "stop")
  assert(problem:find "a callback cannot wait")
  uart:expect("=> ", { timeout = "1s" })
end)

tap.check("expect says when the run ended otherwise", function()
  m:timer{ after = "1us", on = function() return "stop" end }
  local _, problem = pcall(uart.expect, uart, "never")
  assert(problem:find("the run ended before, with \"stop\"", 1, true), problem)
end)

-- 9 MiB of 'x', then "done"; U-Boot's map has the UART at 0xe0004500.
tap.check("a guest that prints for ever fills no memory, and expect goes on", function()
  local at, core, mib = 0x100000, m.cores[0], 1 << 20
  for line in ([[lis r3,0xe000; ori r3,r3,0x4500; addi r4,0,120; lis r5,0x90; mtctr r5; stb r4,0(r3); bdnz 0x100014
    addi r4,0,68; stb r4,0(r3); addi r4,0,79; stb r4,0(r3); addi r4,0,78; stb r4,0(r3); addi r4,0,69; stb r4,0(r3)
    b 0x10003c]]):gmatch "[^;\n]+" do
    core:assemble(at, line)
    at = at + 4
  end
  core.msr = core.msr & ~0x8000
  core.pc = 0x100000
  local got = uart:expect("DONE", { timeout = "10s" })
  tap.equal(got:sub(-6), "xxDONE")
  assert(#uart.text >= 4 * mib and #uart.text <= 8 * mib, #uart.text)
  tap.equal(uart.seen, #uart.text)
end)

tap.check("serial = file:NAME writes what the UART sends", function()
  local name = os.tmpname()
  local one = tap.uboot_machine{ serial = "file:" .. name }
  one.uart[0]:expect("Hit any key", { timeout = "1s" })
  local text = one.uart[0].text
  one:close()
  local f <close> = assert(io.open(name, "rb"))
  tap.equal(f:read "a", text)
  os.remove(name)
end)

tap.done()
