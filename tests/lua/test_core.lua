-- Cores and their registers.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()
local core = m.cores[0]

tap.check("cores are numbered from 0; pairs and ipairs visit them", function()
  tap.equal(#m.cores, 2)
  local seen = {}
  for i, c in pairs(m.cores) do seen[#seen + 1] = i tap.equal(c.index, i) end
  for i, c in ipairs(m.cores) do seen[#seen + 1] = i tap.equal(c, m.cores[i]) end
  tap.equal(table.concat(seen, " "), "0 1 0 1")
end)
tap.fails("a core that is not there", "there is no core 2", function() return m.cores[2] end)
tap.fails("a negative core", "there is no core -1", function() return m.cores[-1] end)
tap.fails("a core by name", "an integer is expected", function() return m.cores.boot end)

tap.check("what the tree says of a core", function()
  tap.equal(core.model, "e500v2")
  tap.equal(core.frequency, 400000000)
  tap.equal(core.timebase_frequency, 400000000)
  tap.equal(core.path, m.dt["/cpus"].children[1].path)
  tap.equal(core.state, "parked")
end)

tap.check("a released core counts instructions, cycles and time", function()
  tap.program(m, 0, 0x1000, tap.counter)
  tap.equal(core.state, "running")
  m:run{ insns = 1000 }
  tap.equal(core.insns, 1000)
  tap.equal(core.cycles, 1000)
  tap.equal(core.time, 2500) -- 400 MHz
  tap.equal(core.idle_ns, 0)
  tap.equal(core.r[3], 500)
  tap.equal(m.cores[1].insns, 0)
end)
tap.check("the last exception in supervisor state", function()
  tap.equal(core.fault, nil)
  local other = tap.machine()
  tap.program(other, 0, 0x1000, { 0x60000000, 0x7fe00008 }) -- nop, trap: the vector is the address 0, with zeroes
  other:run{ insns = 1 }
  other:run{ ["for"] = "1us" }
  local fault = other.cores[0].fault
  tap.equal(fault.text, "program interrupt (illegal instruction)")
  tap.equal(fault.pc, 0)
  tap.equal(fault.insns, 1)
  tap.equal(fault.esr, 0x08000000)
end)
tap.check("state can be set: parked and running again", function()
  m.cores[0].state = "parked"
  local before = m.cores[0].insns
  m:timer{ after = "10us", on = function() end }
  m:run{ ["for"] = "5us" }
  tap.equal(m.cores[0].state, "parked")
  tap.equal(m.cores[0].insns, before)
  m.cores[0].state = "running"
  m.cores[0].state = "running"
  m:run{ ["for"] = "5us" }
  assert(m.cores[0].insns > before)
end)
tap.fails("a state that only the guest brings about", "can be set, not \"wait\"", function() core.state = "wait" end)
tap.fails("a state of a wrong type", "a string is expected", function() core.state = 3 end)
tap.fails("releasing a core that runs", "is not parked", function() core:release(0x1000) end)
tap.fails("releasing at no address", "pc", function() m.cores[1]:release "there" end)

tap.check("registers are read and written", function()
  for _, name in ipairs{ "lr", "ctr", "cr" } do
    core[name] = 0x89abcdec
    tap.equal(core[name], 0x89abcdec)
  end
  core.ctr = -2
  tap.equal(core.ctr, 0xfffffffe)
  core.pc = 0x1003
  tap.equal(core.pc, 0x1000)
  core.xer = 0xe0000011
  tap.equal(core.xer, 0xe0000011)
  for i = 0, 31 do
    core.r[i] = 0x1000 + i
    tap.equal(core.r[i], 0x1000 + i)
  end
  tap.equal(#core.r, 32)
end)

tap.check("ev is 64 bits wide, r its low half", function()
  core.ev[5] = 0x1122334455667788
  tap.equal(core.r[5], 0x55667788)
  core.r[5] = 1
  tap.equal(core.ev[5], 0x1122334400000001)
  core.ev[5] = -1
  tap.equal(core.ev[5], -1)
end)

tap.check("MSR keeps what the core has", function()
  core.msr = 0xffffffff
  tap.equal(core.msr & ~0x0606FF34, 0) -- with PMM
  core.msr = 0x1000
  tap.equal(core.msr, 0x1000)
  core.msr = 0
end)

tap.check("SPRs by name and number", function()
  core.spr.SPRG3 = 0xabcd
  tap.equal(core.spr[275], 0xabcd)
  core.spr.sprg3 = 1
  tap.equal(core.spr.SPRG3, 1)
  tap.equal(core.spr.PVR, 0x80210030)
  tap.equal(m.cores[1].spr.PIR, 1)
  core.spr.DEC = 1000
  tap.equal(core.spr.DEC, 1000)
  local n = 0
  for name, value in pairs(core.spr) do
    n = n + 1
    assert(type(name) == "string" and math.type(value) == "integer")
  end
  assert(n > 60)
end)
tap.fails("an SPR that there is not", "did you mean 'DEC'", function() return core.spr.DECC end)
tap.fails("an SPR number that there is not", "no special purpose register '1000'", function() return core.spr[1000] end)
tap.fails("writing an SPR that can only be read", "PVR can only be read", function() core.spr.PVR = 1 end)
tap.fails("reading an SPR that can only be written", "DECAR can only be written", function() return core.spr.DECAR end)
tap.fails("the length of the SPRs", "pairs(core.spr)", function() return #core.spr end)

tap.fails("a register that there is not", "32 is out of range", function() return core.r[32] end)
tap.fails("a register by name", "an integer is expected", function() return core.r.sp end)
tap.fails("a value of more than 32 bits", "out of range", function() core.r[1] = 1 << 32 end)
tap.fails("a value of a wrong type", "an integer is expected", function() core.pc = "0x1000" end)
tap.fails("FPRs of an e500v2", "no floating-point registers", function() return core.f[0] end)
tap.fails("an unknown property", "did you mean 'insns'", function() return core.insn end)

tap.check("FPRs of an e500mc, as numbers and as bits", function()
  local mc = warpcore.machine{ board = "dts/ppce500.dts", core = "e500mc", memory = "64M" }
  local f = mc.cores[0].f
  f[1] = 1.5
  tap.equal(f[1], 1.5)
  tap.equal(mc.cores[0].fbits[1], 0x3ff8000000000000)
  f[2] = 3
  tap.equal(f[2], 3.0)
  mc.cores[0].fbits[3] = 0x7ff0000000000001 -- a signalling NaN stays as it is
  tap.equal(mc.cores[0].fbits[3], 0x7ff0000000000001)
  assert(not pcall(function() f[1] = "1" end))
end)

tap.check("map places a TLB1 entry", function()
  m.cores[1]:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 5 }
  tap.equal(m.cores[1].mem:physical(0xe0012345), 0xfe0012345)
  m.cores[1]:map{ ea = 0x40000000, pa = 0x1000000, size = "16M", index = 6, space = 1 }
  assert(not pcall(function() return m.cores[1].mem:physical(0x40000000) end))
  m.cores[1].msr = 0x10 -- DS
  tap.equal(m.cores[1].mem:physical(0x40000010), 0x1000010)
end)
tap.fails("a page size that there is not", "a power of 4", function() core:map{ ea = 0, pa = 0, size = "2M" } end)
tap.fails("a TLB1 entry that there is not", "out of range", function()
  core:map{ ea = 0, pa = 0, size = "4K", index = 16 }
end)
tap.fails("a mapping without an address", "ea", function() core:map{ pa = 0, size = "4K" } end)

tap.check("objects print themselves", function()
  assert(tostring(core):find "core 0 %(e500v2%)")
  tap.equal(tostring(core.r), "registers r of core 0")
end)

tap.done()
