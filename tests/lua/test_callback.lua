-- State inside callbacks is the state: pc, insns, time and time base in a callback are those of the instruction that
-- led to it, and what the callback writes takes effect. The same instruction stopped at by m:at{ pc = } is the oracle.
local tap = dofile "tests/lua/tap.lua"

-- r4: a random-number port of lua/examples/lua-device.dts; r5: memory. One straight block, so that nothing but the
-- pause makes the state right.
local program = [[
  lis r4,0xe00f; li r5,0x2000; li r3,0
  addi r3,r3,1; addi r3,r3,1
  lwz r6,0(r4)           # 1014: a device
  addi r3,r3,1
  stw r3,8(r4)           # 101c: a device
  addi r3,r3,1
  lwz r7,0(r5)           # 1024: memory
  addi r3,r3,1
  stw r3,4(r5)           # 102c: memory
  addi r3,r3,1
  mtspr 22,r3            # 1034: DEC, which arms a timer
  addi r3,r3,1
  addi r3,r3,1
  stop: b stop           # 1040
]]

local function machine(define)
  local m = tap.machine{ board = "lua/examples/lua-device.dts", cores = 1 }
  local c = m.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M", index = 0 }
  c:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 1 }
  c:assemble(0x1000, program)
  c.spr.TCR, c.spr.IVPR, c.spr.IVOR6 = 0x04000000, 0, 0x700
  c:assemble(0x700, "self: b self") -- program interrupt
  m.device:define(define or { compatible = "acme,random", read = function() return 7 end })
  c:release(0x1000)
  return m, c
end

local function state(m, c)
  return ("pc %x insns %d time %d tb %d r3 %d m.insns %d m.now %d"):format(c.pc, c.insns, c.time, c.spr.TBL, c.r[3],
    m.insns, m.now)
end

-- The state before the instruction at `pc`, by a stop there.
local function before(pc)
  local m, c = machine()
  m:at{ pc = pc }
  tap.equal(m:run{ ["for"] = "10us" }.reason, "break")
  local text = state(m, c)
  m:close()
  return text
end

-- Each way to be called from the instruction at `pc`: begin(look) gives the machine.
local ways = {
  ["a device's read"] = { 0x1014, function(look)
    local m, c
    m, c = machine{ compatible = "acme,random", read = function() look(m, c) return 7 end }
    return m, c
  end },
  ["a device's write"] = { 0x101c, function(look)
    local m, c
    m, c = machine{ compatible = "acme,random", write = function() look(m, c) end }
    return m, c
  end },
  ["a read breakpoint"] = { 0x1024, function(look)
    local m, c = machine()
    m:at{ read = 0x2000, len = 4 }:on(function() look(m, c) end)
    return m, c
  end },
  ["a write breakpoint"] = { 0x102c, function(look)
    local m, c = machine()
    m:at{ write = 0x2004, len = 4 }:on(function() look(m, c) end)
    return m, c
  end },
  ["a hook on a timer"] = { 0x1034, function(look)
    local m, c = machine()
    m:intercept{ name = "decrementer", events = { "arm" }, on = function() if m.insns > 0 then look(m, c) end end }
    return m, c
  end },
}

for name, way in pairs(ways) do
  local pc, begin = way[1], way[2]
  local function run(look)
    local called = 0
    local m, c = begin(function(m, c)
      called = called + 1
      look(m, c)
    end)
    m:run{ ["for"] = "10us" }
    assert(called >= 1, "it was not called")
    return m, c
  end

  tap.check(name .. " sees the state of its instruction", function()
    local seen
    run(function(m, c) seen = seen or state(m, c) end)
    tap.equal(seen, before(pc))
  end)
  tap.check(name .. ": looking changes nothing", function()
    local quiet, loud = run(function() end), run(function(m, c) state(m, c) m:digest() end)
    tap.equal(loud:digest(), quiet:digest())
  end)
  tap.check(name .. " sets a register for the instructions that follow", function()
    local _, c = run(function(_, c) c.r[3] = 100 end)
    local after = { [0x1014] = 6, [0x101c] = 5, [0x1024] = 4, [0x102c] = 3, [0x1034] = 2 }
    tap.equal(c.r[3], 100 + after[pc])
  end)
  tap.check(name .. " sets the pc: the instruction is done, then it goes on there", function()
    local m, c = run(function(_, c) c.pc = 0x103c end)
    tap.equal(c.pc, 0x1040)
    tap.equal(c.r[3], ({ [0x1014] = 3, [0x101c] = 4, [0x1024] = 5, [0x102c] = 6, [0x1034] = 7 })[pc])
    if pc == 0x1014 then tap.equal(c.r[6], 7) end
    if pc == 0x102c then tap.equal(m.mem:u32(0x2004), 5) end
  end)
  tap.check(name .. " sets MSR: its privilege holds from the next instruction on", function()
    local _, c = run(function(_, c) c.msr = c.msr | 0x4000 end) -- MSR[PR]
    -- In user mode mtspr DEC is privileged: a program interrupt, unless it is the instruction itself.
    if pc < 0x1034 then
      tap.equal(c.spr.SRR0, 0x1034)
      tap.equal(c.spr.ESR, 0x04000000)
    end
  end)
end

-- A load's own result comes after its callback.
tap.check("a read's callback writes the register that is loaded: the load wins", function()
  local m, c
  m, c = machine{ compatible = "acme,random", read = function() c.r[6] = 99 return 7 end }
  m:run{ ["for"] = "10us" }
  tap.equal(c.r[6], 7)
end)

tap.done()
