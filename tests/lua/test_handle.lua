-- m:at{...}: handles.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()
tap.program(m, 0, 0x1000, tap.counter)

tap.check("a handle without a function ends the run with \"break\" and says which", function()
  local h = m:at{ time = "3us" }
  tap.equal(h.kind, "time")
  tap.equal(h.enabled, true)
  tap.equal(h.hits, 0)
  local ev = m:run{ ["for"] = "10us" }
  tap.equal(ev.reason, "break")
  tap.equal(ev.handle, h)
  tap.equal(m.now, 3000)
  tap.equal(h.hits, 1)
  tap.equal(h.enabled, false)
end)

tap.check("a handle with a function goes on, unless it says stop", function()
  local seen
  local h = m:at{ time = "5us", on = function(ev) seen = ev end }
  tap.equal(m:run{ until_time = "6us" }.reason, "time")
  tap.equal(seen.time, 5000)
  tap.equal(seen.handle, h)
  tap.equal(seen.hits, 1)
  tap.equal(seen.core, nil)
  m:at{ time = "8us" }:on(function() return "stop" end)
  local ev = m:run{ until_time = "10us" }
  tap.equal(ev.reason, "stop")
  tap.equal(ev.time, 8000)
end)

tap.check("cancel and enabled", function()
  local h = m:at{ time = m.now + 1000 }
  h:cancel()
  h:cancel()
  tap.equal(m:run{ ["for"] = "2us" }.reason, "time")
  tap.equal(h.enabled, false)
  assert(not pcall(function() h.enabled = true end))
  local off = m:at{ time = m.now + 1000 }
  off.enabled = false
  tap.equal(m:run{ ["for"] = "500ns" }.reason, "time")
  off.enabled = true
  tap.equal(m:run{ ["for"] = "1us" }.reason, "break")
end)

tap.check("wait runs the machine until the hit", function()
  local h = m:at{ time = m.now + 2500 }
  local ev = h:wait()
  tap.equal(ev.handle, h)
  tap.equal(ev.time, m.now)
end)

tap.check("wait gives up after its timeout, in virtual or host time", function()
  local h = m:at{ time = m.now + 1000000 }
  local ok, problem = pcall(h.wait, h, { timeout = "10us" })
  assert(not ok and problem:find "did not come within 10us", problem)
  assert(warpcore.deterministic)
  h:cancel()
  h = m:at{ time = m.now + 1000000000000 }
  ok, problem = pcall(h.wait, h, { wall = 0.02 })
  assert(not ok and problem:find "host time", problem)
  h:cancel()
end)

tap.check("an error in a function ends the run", function()
  m:at{ time = m.now + 1000, on = function() error "boom" end }
  local ev = m:run{ ["for"] = "5us" }
  tap.equal(ev.reason, "error")
  assert(ev.text:find "boom" and ev.text:find "test_handle.lua")
end)

tap.check("waiting handles let the script's function run too", function()
  local called
  local h = m:at{ time = m.now + 1000, on = function() called = true end }
  h:wait()
  assert(called)
end)

tap.check("the console handle hits each time its text comes, but once when asked so", function()
  local boot = tap.uboot_machine()
  local all, once = 0, 0
  local h = boot:at{ console = "serial", uart = 0, on = function() all = all + 1 end }
  local first = boot:at{ console = "serial", once = true, on = function() once = once + 1 end }
  boot.uart[0]:expect("Hit any key", { timeout = "1s" })
  tap.equal(all, select(2, boot.uart[0].text:gsub("serial", "")))
  assert(all >= 3)
  tap.equal(once, 1)
  tap.equal(h.hits, all)
  tap.equal(first.enabled, false)
  boot:close()
end)

tap.check("handles print themselves", function()
  assert(tostring(m:at{ time = "10s" }):find "time = }, enabled")
end)

-- Places: a program that stores, loads and calls in a loop.
local p = tap.machine()
local core = p.cores[0]
core:map{ ea = 0, pa = 0, size = "16M" }
core:assemble(0x1000, [[
  start: li r4,0x2000
  loop:  addi r3,r3,1
         stw r3,0(r4)
         lhz r5,2(r4)
  after: b loop
]])
p.symbols:add("start", 0x1000, 20)
p.symbols:add("counter", 0x2000, 4)
core:release(0x1000)

tap.check("pc stops before the instruction, by address or symbol, and goes on behind it", function()
  local h = p:at{ pc = "start+8" }
  for i = 1, 3 do
    local ev = p:run{ ["for"] = "1ms" }
    tap.equal(ev.reason, "break")
    tap.equal(ev.handle, h)
    tap.equal(ev.core, 0)
    tap.equal(core.pc, 0x1008)
    tap.equal(core.r[3], i)
    tap.equal(core.insns, 4 * i - 2)
  end
  tap.equal(h.hits, 3)
  h:cancel()
  tap.equal(p:run{ insns = 100 }.reason, "insns")
end)

tap.check("a function at a pc sees the core before the instruction, at its exact time", function()
  local seen
  local h = p:at{ pc = 0x1004, once = true, on = function(ev)
    seen = ev
    assert(core.pc == 0x1004 and ev.time == core.time)
  end }
  p:run{ insns = 100 }
  tap.equal(seen.pc, 0x1004)
  tap.equal(h.hits, 1)
  tap.equal(h.enabled, false)
end)

tap.check("\"stop\" at a pc stops before its instruction", function()
  local h = p:at{ pc = 0x100c, on = function() return "stop" end }
  local ev = p:run{ insns = 100 }
  tap.equal(ev.reason, "stop")
  tap.equal(core.pc, 0x100c)
  h:cancel()
end)

tap.check("an error at a pc stops there too", function()
  local h = p:at{ pc = 0x1008, on = function() error "boom" end }
  local ev = p:run{ insns = 100 }
  tap.equal(ev.reason, "error")
  tap.equal(core.pc, 0x1008)
  assert(ev.text:find "boom")
  h:cancel()
end)

tap.check("another core's handle does not hit", function()
  local h = p:at{ pc = 0x1008, core = 1 }
  tap.equal(p:run{ insns = 100 }.reason, "insns")
  tap.equal(h.hits, 0)
  h:cancel()
end)

tap.check("a write is seen with its value and instruction", function()
  local seen = {}
  local h = p:at{ write = "counter", on = function(ev) seen[#seen + 1] = ev end }
  p:run{ insns = 8 }
  tap.equal(#seen, 2)
  tap.equal(seen[2].value, seen[1].value + 1)
  tap.equal(seen[2].value, p.mem:u32(0x2000))
  for _, ev in ipairs(seen) do
    tap.equal(ev.address, 0x2000)
    tap.equal(ev.physical, 0x2000)
    tap.equal(ev.size, 4)
    tap.equal(ev.pc, 0x1008)
    tap.equal(ev.core, 0)
    tap.equal(ev.dma, false)
  end
  h:cancel()
end)

tap.check("a read of one byte of a range is seen", function()
  local ev
  local h = p:at{ read = 0x2003, len = 1, on = function(e) ev = e end }
  p:run{ insns = 4 }
  tap.equal(ev.address, 0x2002)
  tap.equal(ev.size, 2)
  tap.equal(ev.value, core.r[5])
  h:cancel()
  local other = p:at{ read = 0x2000, len = 2 }
  tap.equal(p:run{ insns = 8 }.reason, "insns")
  other:cancel()
end)

tap.check("a physical address", function()
  local h = p:at{ write = 0x2000, physical = true }
  tap.equal(p:run{ insns = 100 }.reason, "break")
  h:cancel()
end)

tap.check("two handles at one place both hit", function()
  local a, b = 0, 0
  local ha = p:at{ pc = 0x1008, on = function() a = a + 1 end }
  local hb = p:at{ pc = 0x1008, on = function() b = b + 1 end }
  p:run{ insns = 40 }
  tap.equal(a, 10)
  tap.equal(b, 10)
  ha:cancel()
  hb:cancel()
end)

tap.check("a function may make and cancel handles, its own too", function()
  local log = {}
  local h
  h = p:at{ pc = 0x1008, on = function()
    log[#log + 1] = "first"
    h:cancel()
    collectgarbage()
    p:at{ pc = 0x100c, once = true, on = function() log[#log + 1] = "second" end }
  end }
  p:run{ insns = 100 }
  tap.equal(table.concat(log, " "), "first second")
end)

tap.check("h:wait at a pc, from spawn too", function()
  local h = p:at{ pc = "start+4" }
  tap.equal(h:wait{ timeout = "1ms" }.pc, 0x1004)
  local task = warpcore.spawn(function()
    for _ = 1, 3 do h:wait() end
    return core.r[3]
  end)
  p:run{ insns = 40 }
  tap.equal(task.done, true)
  h:cancel()
end)

tap.check("a warp, with the timer that ended it", function()
  local one = tap.machine()
  one:timer{ after = "2ms", name = "short", on = function() end }
  one:timer{ after = "12ms", name = "long", on = function() end }
  local ev
  one:at{ warp = "5ms", on = function(e) ev = e end }
  one:run{ ["for"] = "20ms" }
  tap.equal(ev.from, 2000000)
  tap.equal(ev.to, 12000000)
  tap.equal(ev.ns, 10000000)
  tap.equal(ev.owner, "script")
  tap.equal(ev.name, "long")
end)

tap.check("a guest timer, of one core", function()
  for i = 0, 1 do p.cores[i].spr.DEC = 1000 * (i + 1) end
  local h = p:at{ timer = "decrementer", core = 1 }
  local ev = p:run{ ["for"] = "1ms" }
  tap.equal(ev.reason, "break")
  tap.equal(ev.core, 1)
  h:cancel()
  p.cores[0].spr.DEC = 1000
  local seen
  p:at{ timer = "dec*", owner = "*@0", once = true, on = function(e) seen = e end }
  p:run{ ["for"] = "1ms" }
  tap.equal(seen.name, "decrementer")
  tap.equal(seen.owner, p.cores[0].path)
end)

tap.check("an interrupt of the MPIC when a core takes it", function()
  local boot = tap.machine{ cores = 1 }
  local c = boot.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M", index = 0 }
  c:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 1 }
  local uart = boot.dt["serial0"]:cells("interrupts")[1]
  -- The UART's receiver interrupt, edge by edge: enable it in the UART and in the MPIC, then take it with IACK.
  c:assemble(0x1000, ([[
    lis r4,0xe000
    ori r4,r4,0x4500
    li r3,0x80
    stb r3,3(r4)        # LCR: the divisor
    li r3,1
    stb r3,0(r4)        # DLL
    li r3,3
    stb r3,3(r4)        # LCR: 8 bits
    li r3,1
    stb r3,1(r4)        # IER: received data
    lis r5,0xe005
    ori r5,r5,%d        # IVPR of the UART's source
    lis r3,0x00c8
    ori r3,r3,0x0042    # active high level, priority 8, vector 0x42
    stw r3,0(r5)
    li r3,1
    stw r3,16(r5)       # IDR: core 0
    lis r6,0xe006
    li r3,0
    stw r3,0x80(r6)     # CTPR
    wrteei 1
    loop: b loop
  ]]):format(32 * uart))
  c.spr.IVPR = 0
  c.spr.IVOR4 = 0x500
  c:assemble(0x500, "lwz r7,0xa0(r6); stop: b stop")
  c:release(0x1000)
  boot:run{ ["for"] = "10us" }
  boot.uart[0]:send "x"
  local h = boot:at{ irq = uart }
  local ev = boot:run{ ["for"] = "10ms" }
  tap.equal(ev.reason, "break")
  tap.equal(ev.handle, h)
  tap.equal(ev.core, 0)
end)

tap.check("a million hits cost under a microsecond each, and a handle elsewhere nothing measurable", function()
  local fast = tap.machine{ cores = 1 }
  tap.program(fast, 0, 0x1000, tap.counter)
  local function seconds(insns)
    local before = warpcore.host.time()
    fast:run{ insns = insns }
    return (warpcore.host.time() - before) / 1e9
  end
  local alone = seconds(20000000)
  fast:at{ pc = 0x3100 }
  local beside = seconds(20000000)
  print(("# 20 M insns: %.3f s, with a handle elsewhere %.3f s"):format(alone, beside))
  local count = 0
  fast:at{ pc = 0x1000, on = function() count = count + 1 end }
  local hits = seconds(400000)
  tap.equal(count, 200000)
  print(("# a hit costs %.0f ns"):format(hits / count * 1e9))
end)

local function nop() end
tap.fails("nothing to wait for", "what to wait for is missing", function() m:at{} end)
tap.fails("two things to wait for", "cannot be asked for together", function() m:at{ time = "1s", console = "x" } end)
tap.fails("a symbol that there is not", "did you mean 'start'", function() p:at{ pc = "strat" } end)
tap.fails("a pc between instructions", "no multiple of 4", function() p:at{ pc = 0x1002 } end)
tap.fails("a pc of a wrong type", "m:at: pc", function() p:at{ pc = {} } end)
tap.fails("a core that there is not", "out of range", function() p:at{ pc = 0x1000, core = 2 } end)
tap.fails("a length of 0", "out of range", function() p:at{ write = 0x1000, len = 0 } end)
tap.fails("an interrupt of a wrong type", "m:at: irq", function() p:at{ irq = "uart" } end)
tap.fails("an interrupt that no controller has", "0 to 511 are allowed", function() p:at{ irq = 100000 } end)
tap.fails("a warp of a wrong type", "m:at: warp", function() p:at{ warp = "long" } end)
tap.fails("a timer of a wrong type", "m:at: timer", function() p:at{ timer = 3 } end)
tap.fails("an unknown kind", "did you mean 'time'", function() m:at{ tiem = "1s" } end)
tap.fails("a time in the past", "lies in the past", function() m:at{ time = 0 } end)
tap.fails("a time of a wrong type", "m:at: time", function() m:at{ time = {} } end)
tap.fails("an empty text", "at least one character", function() m:at{ console = "" } end)
tap.fails("a UART that is not there", "out of range", function() m:at{ console = "x", uart = 3 } end)
tap.fails("a function of a wrong type", "m:at: on", function() m:at{ time = "10s", on = 3 } end)
tap.fails("once of a wrong type", "true or false", function() m:at{ time = "10s", once = 1 } end)
tap.fails("on() without a function", "a function is expected", function() m:at{ time = "10s" }:on(3) end)
tap.fails("enabled of a wrong type", "true or false", function() m:at{ time = "10s" }.enabled = 1 end)
tap.fails("waiting for a dead handle", "would never hit", function()
  local h = m:at{ time = "10s", on = nop }
  h:cancel()
  h:wait()
end)
tap.fails("an unknown option of wait", "did you mean 'timeout'", function() m:at{ time = "10s" }:wait{ timeot = 1 } end)
tap.fails("wait in a callback", "a callback cannot wait", function()
  local problem
  m:timer{ after = 1, on = function() problem = select(2, pcall(function() m:at{ time = "10s" }:wait() end)) end }
  m:run{ ["for"] = "10us" }
  error(problem, 0)
end)

tap.done()
