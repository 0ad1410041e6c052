-- A guest program for several cores of dts/ppce500.dts, assembled here: no cross compiler is needed.
--
-- Core 0 releases the others through the spin table. Each core then sleeps between the ticks of its decrementer
-- (auto-reload, another period on each core): cores with an even number doze, odd ones branch to themselves. A global
-- timer of the MPIC interrupts core 0, which sends an interprocessor interrupt to all others; each of them adds to a
-- sum under a lock. After so many of these beats all cores go to sleep for good, and core 0 returns the sum.
--
--   local smp = dofile "lua/examples/guests/smp.lua"
--   local guest = smp.load(m, { beats = 600 })   -- core 0 must map its first 64 MiB as they are
--   m.uart[0]:send(guest.command .. "\n")        -- for U-Boot; or m.cores[0]:release(guest.entry)
--   smp.counts(m)                                -- for each core: ticks, calls (IPIs taken), beats

local smp = {}

local base = 0x01000000     -- code; also what IVPR gets
local data = base + 0x8000  -- lock, stop, sum, beats to go; from 0x100 on 0x40 a core; from 0x800 what to give back
local ccsr = 0xd0000000     -- where the guest maps the SoC's registers
local spin = 0xd0100000     -- and the spin table
local TIMER, IPI = 0x40, 0x41

-- Puts a 32-bit value into a register.
local function set(register, value)
  local high, low = (value >> 16 ~ 0x8000) - 0x8000, value & 0xffff
  return ("lis %s,%d; ori %s,%s,0x%x\n"):format(register, high, register, register, low)
end

local function set_spr(number, value) return set("r3", value) .. ("mtspr %d,r3\n"):format(number) end

-- One entry of TLB1: nothing of it is cached or guarded against (MAS2: I, G).
local function map(entry, size, ea, pa)
  return set_spr(624, 0x10000000 | entry << 16) .. set_spr(625, 0xc0000000 | size << 8) .. set_spr(626, ea | 0xa)
    .. set_spr(627, pa & 0xfffff000 | 0x5) .. set_spr(944, pa >> 32) .. "isync; tlbwe; isync\n"
end

local function unmap(entry)
  return set_spr(624, 0x10000000 | entry << 16) .. set_spr(625, 0) .. "isync; tlbwe; isync\n"
end

-- The registers that core 0 gives back: IVPR, IVOR4, IVOR10, TCR, DECAR, HID0.
local kept = { 63, 404, 410, 340, 54, 1008 }

local function keep()
  local text = set("r4", data + 0x800)
    .. "mfspr r3,8; stw r3,0(r4); mfmsr r3; stw r3,4(r4); stw r1,8(r4); stw r2,12(r4); stmw r13,16(r4)\n"
  for i, number in ipairs(kept) do
    -- DECAR cannot be read; U-Boot does not use it.
    if number ~= 54 then text = text .. ("mfspr r3,%d; stw r3,%d(r4)\n"):format(number, 0x80 + 4 * i) end
  end
  return text
end

local function give_back()
  local text = unmap(14) .. unmap(15) .. "lwz r5,8(r28); " .. set("r4", data + 0x800)
  for i, number in ipairs(kept) do
    if number ~= 54 then text = text .. ("lwz r3,%d(r4); mtspr %d,r3\n"):format(0x80 + 4 * i, number) end
  end
  return text .. "li r3,1; mtspr 22,r3\n" -- its decrementer goes on at once
    .. "lwz r3,0(r4); mtspr 8,r3; lwz r1,8(r4); lwz r2,12(r4); lmw r13,16(r4)\n"
    .. "lwz r6,4(r4); mr r3,r5; mtmsr r6; isync; blr\n"
end

local function entry(cores, beats, beat_ticks)
  local text = "wrteei 0\n" .. keep() .. map(14, 5, ccsr, 0xfe0000000) .. map(15, 1, spin, 0xfef000000)
    .. set("r28", data) .. set("r29", ccsr + 0x40000) .. set("r3", beats) .. "stw r3,12(r28)\n"
    .. set("r3", 0x20000000) .. set("r4", ccsr + 0x41000) .. "stw r3,0x20(r4)\n"         -- GCR: mixed mode
    .. set("r3", 9 << 16 | IPI) .. "stw r3,0xa0(r4)\n"                                   -- IPIVPR0
    .. set("r3", 8 << 16 | TIMER) .. "stw r3,0x120(r4); li r3,1; stw r3,0x130(r4)\n"     -- GTVPR, GTDR of timer A0
  for core = 1, cores - 1 do
    text = text .. set("r4", spin + 0x20 * core)
      .. ("li r3,%d; stw r3,12(r4); li r3,0; stw r3,8(r4)\n"):format(core)
      .. "stw r3,0(r4)\n" .. set("r3", base + 0x800) .. "stw r3,4(r4)\n"
  end
  -- The timer starts last.
  return text .. set("r4", ccsr + 0x41000) .. set("r3", beat_ticks) .. "stw r3,0x110(r4)\n"
    .. ("b 0x%x\n"):format(base + 0x900)
end

local function secondary() return map(14, 5, ccsr, 0xfe0000000) .. ("b 0x%x\n"):format(base + 0x900) end

-- On every core: vectors, doze, its tick; then it sleeps.
local function start(cores, tick, step)
  return set_spr(63, base) .. set_spr(404, 0x1000) .. set_spr(410, 0x1400)
    .. set("r28", data) .. set("r29", ccsr + 0x40000)
    .. "mfspr r25,286; slwi r27,r25,6; add r27,r27,r28; addi r27,r27,0x100\n"
    .. set("r30", (1 << cores) - 2) .. set("r26", base + 0x600)
    .. "mfspr r3,1008; oris r3,r3,0x80; ori r3,r3,0x4000; isync; mtspr 1008,r3; isync\n" -- HID0: DOZE, TBEN
    .. "li r3,0; stw r3,0x80(r29)\n"                                                     -- CTPR
    .. set("r3", step) .. "mullw r3,r3,r25\n" .. set("r4", tick) .. "add r3,r3,r4\n"
    .. "mtspr 54,r3; mtspr 22,r3\n" .. set_spr(336, 0x08000000) .. set_spr(340, 0x04400000) -- TSR: DIS; TCR: DIE, ARE
    .. "mfmsr r31; ori r31,r31,0x8000; mtspr 9,r26; bcctr 20,lt,0\n"
end

local function sleep()
  return [[
    lwz r3,4(r28); cmpwi r3,0; bne finish
    andi. r3,r25,1; bne odd
    oris r3,r31,4; msync; mtmsr r3; isync   # EE, WE: doze; an interrupt comes back to the first line
    nop
    odd: mtmsr r31
    wait: b wait
    finish: wrteei 0
    li r3,0; mtspr 340,r3
    li r3,1; stw r3,16(r27)
    cmpwi r25,0
  ]] .. ("beq 0x%x\n"):format(base + 0xc00) .. "forever: mfmsr r3; oris r3,r3,4; msync; mtmsr r3; isync; b forever\n"
end

-- Core 0, when it is over: waits for the others, takes back what it set up.
local function finish(cores)
  local text = ""
  for core = 1, cores - 1 do
    text = text .. ("other%d: lwz r3,%d(r28); cmpwi r3,0; beq other%d\n"):format(core, 0x110 + 0x40 * core, core)
  end
  return text .. set("r4", ccsr + 0x41000) .. set("r3", 0x80000000) .. "stw r3,0x110(r4)\n" .. give_back()
end

-- Back to the line where sleep begins, awake.
local leave = "mfspr r3,27; rlwinm r3,r3,0,14,12; mtspr 27,r3; mtspr 26,r26; rfi\n"

local function external()
  return ([[
    lwz r3,0xa0(r29)                # IACK
    cmpwi r3,%d; beq beat
    cmpwi r3,%d; bne leave          # spurious
    lwz r4,4(r27); addi r4,r4,1; stw r4,4(r27)
    lock: lwarx r4,0,r28,0; cmpwi r4,0; bne lock
    li r4,1; stwcx. r4,0,r28; bne lock
    isync
    lwz r4,8(r28); addi r4,r4,1; stw r4,8(r28)
    li r4,40; mtctr r4              # the others spin meanwhile
    hold: bdnz hold
    msync; li r4,0; stw r4,0(r28)
    b done
    beat: lwz r4,8(r27); addi r4,r4,1; stw r4,8(r27)
    lwz r4,12(r28); addi r4,r4,-1; stw r4,12(r28); cmpwi r4,0; bne send
    li r4,1; stw r4,4(r28)
    send: stw r30,0x40(r29)         # IPI 0 to all others
    done: li r4,0; stw r4,0xb0(r29) # EOI
    leave:
  ]]):format(TIMER, IPI) .. leave
end

local function decrementer()
  return "lis r3,0x0800; mtspr 336,r3; lwz r4,0(r27); addi r4,r4,1; stw r4,0(r27)\n" .. leave
end

-- Options: beats (600), beat (virtual ns, 1 s), tick (of core 0, virtual ns, 10 ms), step (how much longer it is on
-- each further core, virtual ns, 1 ms). What it writes are words of memory, at the machine's present instant.
function smp.load(m, options)
  options = options or {}
  local core, cores = m.cores[0], #m.cores
  local frequency = m.dt["/cpus"].children[1]["timebase-frequency"]
  local function ticks(ns, hz) return ns * (hz // 1000000) // 1000 end
  for address = data, data + 0x8fc, 4 do m.mem:set_u32(address, 0) end
  local pieces = {
    [0x0000] = entry(cores, options.beats or 600, ticks(options.beat or 1000000000, 25000000)),
    [0x0600] = sleep(), [0x0800] = secondary(),
    [0x0900] = start(cores, ticks(options.tick or 10000000, frequency), ticks(options.step or 1000000, frequency)),
    [0x0c00] = finish(cores), [0x1000] = external(), [0x1400] = decrementer(),
  }
  for offset, text in pairs(pieces) do core:assemble(base + offset, text) end
  return { entry = base, command = ("go 0x%x"):format(base) }
end

-- From 0 on for each core { ticks, calls, beats }; beside it `sum`, what was added under the lock.
function smp.counts(m)
  local counts = { sum = m.mem:u32(data + 8) }
  for i in pairs(m.cores) do
    local own = data + 0x100 + 0x40 * i
    counts[i] = { ticks = m.mem:u32(own), calls = m.mem:u32(own + 4), beats = m.mem:u32(own + 8) }
  end
  return counts
end

return smp
