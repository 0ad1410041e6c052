-- Device models in Lua.
local tap = dofile "tests/lua/tap.lua"

local function board() return tap.machine{ board = "lua/examples/lua-device.dts", cores = 1 } end

-- A machine whose core runs a program with r4 at the random-number port and r5 at the stop watch.
local function guest(m, program)
  local c = m.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M", index = 0 }
  c:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 1 }
  c:assemble(0x1000, "lis r4,0xe00f; ori r5,r4,0x1000\n" .. program .. "\nstop: b stop")
  c.msr = 0x8000
  c:release(0x1000)
  return c
end

tap.check("the example runs: alarms on time, the random numbers those of xorshift", function()
  local lines = {}
  local function keep(...) lines[#lines + 1] = table.concat({ ... }, "\t") end
  local environment = setmetatable({ print = keep }, { __index = _G })
  assert(loadfile("lua/examples/lua-device.lua", "t", environment))()
  local text = table.concat(lines, "\n")
  -- 1234 through x ^= x << 13, x ^= x >> 17, x ^= x << 5, worked out by hand.
  assert(text:find "alarm  1 after 500%d ns, random number 13d2d77f")
  assert(text:find "alarm  2 after 500%d ns, random number 6e9f6fc1")
  assert(text:find "alarm  3 after 500%d ns, random number ef86c032")
  assert(text:find "stopwatch@f1000\tmodelled\tstop watch with an alarm")
end)

tap.check("read and write see offset, size, value, core and exact time", function()
  local m = board()
  local log = {}
  local list = m.device:define{
    compatible = { "acme,nothing", "acme,random" },
    read = function(a) log[#log + 1] = a return 0x11223344 + a.size end,
    write = function(a) log[#log + 1] = a end,
  }
  tap.equal(#list, 1)
  tap.equal(list[1].path, "/soc@fe0000000/random@f0000")
  tap.equal(list[1].machine, m)
  local c = guest(m, "lwz r6,0x10(r4); lhz r7,0x22(r4); lbz r8,3(r4); stw r6,0x40(r4); stb r6,0x7f(r4)")
  m:run{ ["for"] = "1us" }
  tap.equal(c.r[6], 0x11223348)
  tap.equal(c.r[7], 0x3346)
  tap.equal(c.r[8], 0x45)
  local seen = {}
  for i, a in ipairs(log) do
    tap.equal(a.device, list[1])
    tap.equal(a.core, 0)
    tap.equal(a.reg, 0)
    seen[i] = ("%x/%d/%s"):format(a.offset, a.size, a.value and ("%x"):format(a.value) or "-")
    tap.equal(a.time, (i + 1) * 5 // 2) -- the third instruction on, 2.5 ns each, rounded down
  end
  tap.equal(table.concat(seen, " "), "10/4/- 22/2/- 3/1/- 40/4/11223348 7f/1/48")
end)

tap.check("registers keep their values in the state, masked", function()
  local m = board()
  local d = m.device:define{ compatible = "acme,random", registers = {
    [0] = { name = "control", value = 0xf0, mask = 0x0f },
    [4] = { name = "data" },
  } }[1]
  local c = guest(m, "lwz r6,0(r4); li r7,-1; stw r7,0(r4); lwz r8,0(r4); stw r7,4(r4); lwz r9,8(r4); lhz r10,4(r4)")
  m:run{ ["for"] = "1us" }
  tap.equal(c.r[6], 0xf0)
  tap.equal(c.r[8], 0xff)
  tap.equal(d.state.data, 0xffffffff)
  tap.equal(c.r[9], 0)
  tap.equal(c.r[10], 0)
  tap.equal(m.log.guest_error, 2) -- where there is no register, and half of one
end)

tap.check("timers belong to the device, and its interrupt wakes a core", function()
  local m = board()
  m.device:define{ compatible = "acme,stopwatch", create = function(device)
    device:timer{ after = "2us", name = "tick", on = function() device:irq(true) end }
  end }
  tap.equal(m.timers[0].owner, "/soc@fe0000000/stopwatch@f1000")
  tap.equal(m.timers[0].name, "tick")
  local c = guest(m, [[
    lis r7,0xe005; ori r7,r7,0x0640; lis r3,0x00c8; ori r3,r3,50; stw r3,0(r7); li r3,1; stw r3,16(r7)
    lis r6,0xe006; li r3,0; stw r3,0x80(r6)
    wrteei 1]])
  c.spr.IVPR = 0
  c.spr.IVOR4 = 0x500
  c:assemble(0x500, "lwz r10,0xa0(r6); done: b done")
  m:run{ ["for"] = "1us" }
  tap.equal(c.state, "loop")
  m:run{ ["for"] = "10us" }
  tap.equal(c.r[10], 50)
end)

tap.check("the state is in the digest", function()
  local m = board()
  local d = m.device:define{ compatible = "acme,random", registers = { [0] = { name = "x" } } }[1]
  local before = m:digest()
  d.state.x = 1
  local after = m:digest()
  assert(before ~= after)
  d.state.x = 0
  tap.equal(m:digest(), before)
end)

tap.check("two runs of a machine with models give one digest", function()
  local function run()
    local m = board()
    m.device:define{ compatible = "acme,random", registers = {
      [0] = { name = "n", read = function(a) a.device.state.n = a.device.state.n + 1 return a.device.state.n end },
    } }
    guest(m, "loop: lwz r6,0(r4); add r7,r7,r6; b loop")
    m:run{ ["for"] = "50us" }
    return m:digest(), m.cores[0].r[7]
  end
  local a, ra = run()
  local b, rb = run()
  tap.equal(a, b)
  tap.equal(ra, rb)
  assert(ra > 100)
end)

tap.check("an error in a model ends the run and names the line", function()
  local m = board()
  m.device:define{ compatible = "acme,random", read = function(a) return a.nothing.field end }
  local c = guest(m, "lwz r6,0(r4)")
  local ev = m:run{ ["for"] = "1us" }
  tap.equal(ev.reason, "error")
  assert(ev.text:find "random@f0000" and ev.text:find "test_device.lua:%d+:", ev.text)
  tap.equal(c.r[6], 0)
end)

tap.check("a read that returns no number is an error", function()
  local m = board()
  m.device:define{ compatible = "acme,random", read = function() return "much" end }
  guest(m, "lwz r6,0(r4)")
  local ev = m:run{ ["for"] = "1us" }
  tap.equal(ev.reason, "error")
  assert(ev.text:find "returned much; an integer is expected", ev.text)
end)

tap.check("a state that cannot be put in text is an error of the digest", function()
  local m = board()
  local d = m.device:define{ compatible = "acme,random" }[1]
  d.state.fn = print
  local ok, problem = pcall(m.digest, m)
  assert(not ok and problem:find "a function cannot be", problem)
  d.state.fn = nil
  tap.equal(#m:digest(), 32)
end)

tap.check("a model may stop the run", function()
  local m = board()
  m.device:define{ compatible = "acme,random", write = function() return "stop" end }
  guest(m, "stw r3,0(r4)")
  tap.equal(m:run{ ["for"] = "1us" }.reason, "stop")
end)

tap.check("no node is no device", function()
  local m = board()
  tap.equal(#m.device:define{ compatible = "acme,unheard-of", read = function() return 0 end }, 0)
end)

tap.check("a device of a closed machine is dead, and prints itself", function()
  local m = board()
  local d = m.device:define{ compatible = "acme,random" }[1]
  assert(tostring(d):find "random@f0000")
  m:close()
  assert(not pcall(d.irq, d, true) and tostring(d):find "closed")
end)

local m = board()
local define = function(options) return function() m.device:define(options) end end
local function zero() return 0 end
tap.fails("a model that there is already", "has a model already", define{ compatible = "ns16550", read = zero })
tap.fails("no compatible string", "compatible is needed", define{ read = zero })
tap.fails("a compatible of a wrong type", "compatible", define{ compatible = 3 })
tap.fails("a read of a wrong type", "read: a function is expected", define{ compatible = "x", read = 3 })
tap.fails("an unknown option", "did you mean 'write'", define{ compatible = "x", wriet = zero })
tap.fails("registers and read", "cannot be given together", define{ compatible = "x", read = zero, registers = {} })
tap.fails("a register between words", "no multiple of 4", define{ compatible = "x", registers = { [2] = {} } })
tap.fails("a register without a name", "name", define{ compatible = "x", registers = { [0] = {} } })
tap.fails("an unknown field of a register", "did you mean 'mask'", define{ compatible = "x", registers = { [0] = {
  name = "a", maks = 1 } } })
tap.fails("no table", "a table of options", function() m.device:define "acme,random" end)
tap.fails("a model for cores on threads", "all cores on one thread", function()
  tap.machine{ board = "lua/examples/lua-device.dts", threads = 2 }.device:define{ compatible = "acme,random" }
end)
tap.fails("a model made in a callback", "cannot be called from a callback", function()
  local problem
  m:timer{ after = 1, on = function()
    problem = select(2, pcall(function() m.device:define{ compatible = "acme,random" } end))
  end }
  m:run{ ["for"] = "1us" }
  error(problem, 0)
end)
local d = m.device:define{ compatible = "acme,random" }[1]
tap.fails("an interrupt that the node has not", "has no property interrupts", function() d:irq(true) end)
tap.fails("a level of a wrong type", "true or false", function() d:irq(1) end)
tap.fails("a timer without a function", "a function is expected", function() d:timer{ after = 1 } end)
tap.fails("a log line of a wrong type", "a string is expected", function() d:log(3) end)
tap.fails("an unknown property", "did you mean 'state'", function() return d.stat end)

tap.done()
