-- Idle is no state in which a core misses what a running one notices: each way to stand still, each change, whoever
-- makes it. Expected: what the architecture says of a core that executes the instruction at its pc again.
local tap = dofile "tests/lua/tap.lua"

-- How core 1 comes to stand still at `here`; behind it, r20 becomes 1.
local idles = {
  { name = "a branch to itself", core = "e500v2", state = "loop", loops = true, text = "here: b here" },
  { name = "a conditional branch to itself", core = "e500mc", state = "loop", loops = true,
    text = "here: bc 20,0,here" },
  { name = "wait", core = "e500mc", state = "wait", text = "here: wait 0" },
  { name = "doze", core = "e500v2", state = "doze",
    text = "mfmsr r7; oris r7,r7,4; here: mtmsr r7" }, -- HID0[DOZE] is set below
}

-- Core 1 stands still, mapped by a TLB entry for its page alone; core 0 is parked.
local function standing(idle)
  local m = tap.machine{ core = idle.core }
  local c = m.cores[1]
  m.cores[0]:map{ ea = 0, pa = 0, size = "16M", index = 0 }
  c:map{ ea = 0, pa = 0, size = "4K", index = 0 }        -- vectors
  -- The page of its program by an entry that tlbivax may drop (TLB1, no IPROT).
  c:assemble(0x100, [[
    lis r3,0x1001; mtspr 624,r3; lis r3,0x8000; ori r3,r3,0x100; mtspr 625,r3
    li r3,0; ori r3,r3,0x8004; mtspr 626,r3; li r3,0; ori r3,r3,0x803f; mtspr 627,r3
    li r3,0; mtspr 944,r3; isync; tlbwe; isync; li r3,0; ori r3,r3,0x8000; mtspr 9,r3; bcctr 20,0,0]])
  c.spr.IVPR, c.spr.IVOR14, c.spr.IVOR10 = 0, 0x700, 0x600
  c:assemble(0x700, "li r21,1; self: b self") -- instruction TLB error
  c:assemble(0x600, "li r22,1; self: b self") -- decrementer
  m.cores[0]:assemble(0x8000, "li r20,0; wrteei 1; " .. idle.text .. "; li r20,1; there: b there")
  if idle.state == "doze" then c.spr.HID0 = c.spr.HID0 | 0x00800000 end
  c:release(0x100)
  m:timer{ every = "10us", on = function() end }
  m:run{ ["for"] = "100us" }
  tap.equal(c.state, idle.state)
  return m, c
end

-- Core 0 runs a program that ends in a branch to itself.
local function other(m, text)
  m.cores[0]:assemble(0x1000, text .. "\nend: b end")
  m.cores[0]:release(0x1000)
end

local function go_on(m) return m:run{ ["for"] = "200us" } end

-- Where `here` is: a loop stands on it, the others behind it.
local function here(c, idle) return idle.loops and c.pc or c.pc - 4 end

for _, idle in ipairs(idles) do
  local function check(what, fn)
    tap.check(("%s, %s"):format(idle.name, what), function()
      local m, c = standing(idle)
      fn(m, c)
      m:close()
    end)
  end

  if idle.loops then
    for name, word in pairs{ ["written over with nop"] = "0x6000", ["written over with another branch"] = "0x4800" } do
      check(name .. " by another core", function(m, c)
        local at, low = here(c, idle), name:find "branch" and 4 or 0
        other(m, ("lis r4,%s; ori r4,r4,%d; li r5,0; ori r5,r5,%d; stw r4,0(r5); dcbst 0,r5; msync; icbi 0,r5; msync")
          :format(word, low, at))
        go_on(m)
        tap.equal(c.r[20], 1)
        tap.equal(c.pc, at + 8)
      end)
    end
    check("written twice in one round by another core", function(m, c)
      local at = here(c, idle)
      other(m, ([[li r5,0; ori r5,r5,%d; lwz r6,0(r5); stw r6,0x40(r5); msync
        lis r4,0x6000; stw r4,0(r5); dcbst 0,r5; msync; icbi 0,r5; msync]]):format(at))
      go_on(m)
      tap.equal(c.r[20], 1)
    end)
    check("the word beside it written: stands still", function(m, c)
      local insns = c.insns
      m.mem:set_u32(0x8100, 0x60000000)
      go_on(m)
      tap.equal(c.state, "loop")
      tap.equal(c.insns, insns)
    end)
    check("written over by the script", function(m, c)
      m.mem:set_u32(here(c, idle), 0x60000000)
      go_on(m)
      tap.equal(c.r[20], 1)
    end)
    check("unmapped by another core's tlbivax", function(m, c)
      other(m, "li r5,0; ori r5,r5,0x8008; tlbivax 0,r5; tlbsync; msync")
      go_on(m)
      tap.equal(c.r[21], 1)
      tap.equal(c.spr.SRR0, 0x8008)
    end)
    check("unmapped by the script", function(m, c)
      c:map{ ea = 0x40000000, pa = 0x8000, size = "4K", index = 1 }
      go_on(m)
      tap.equal(c.r[21], 1)
    end)
    check("mapped elsewhere by the script", function(m, c)
      m.cores[0]:assemble(0x9008, "li r20,7; there: b there")
      c:map{ ea = 0x8000, pa = 0x9000, size = "4K", index = 1 }
      go_on(m)
      tap.equal(c.r[20], 7)
    end)
    check("a breakpoint where it stands", function(m, c)
      local handle = m:at{ pc = c.pc }
      tap.equal(go_on(m).reason, "break")
      tap.equal(handle.hits, 1)
      tap.equal(go_on(m).reason, "time")
    end)
    check("interrupts disabled by the script: it runs round", function(m, c)
      local insns = c.insns
      c.msr = c.msr & ~0x8000
      go_on(m)
      tap.equal(c.state, "running")
      assert(c.insns > insns + 1000)
    end)
  end

  check("core.pc written", function(m, c)
    c.pc = here(c, idle) + 4
    go_on(m)
    tap.equal(c.r[20], 1)
  end)
  check("core.pc written by a timer's function", function(m, c)
    local behind = here(c, idle) + 4
    m:timer{ after = "12345ns", on = function() c.pc = behind end }
    go_on(m)
    tap.equal(c.r[20], 1)
  end)
  check("a decrementer of the script's", function(m, c)
    c.spr.TCR, c.spr.DEC = 0x04000000, 1000
    go_on(m)
    tap.equal(c.r[22], 1)
  end)
  check("an interrupt that waited, let through by core.msr", function(m, c)
    c.msr = c.msr & ~0x8000
    c.spr.TCR, c.spr.DEC = 0x04000000, 1
    go_on(m)
    tap.equal(c.r[22], 0)
    c.msr = c.msr | 0x8000
    go_on(m)
    tap.equal(c.r[22], 1)
  end)
end

tap.done()
