-- Timers: those of the script, those of the guest, and what a guest sees when one of its own comes late or not at all.
--   usage: warpcore lua/examples/timer-lab.lua

local board = "dts/ppce500.dts"
local tick_ns = 100000

-- A core whose decrementer reloads itself; at each tick it notes its time base at 0x2000, 0x2004, ....
local function ticking()
  local m = warpcore.machine{ board = board, cores = 1, memory = "64M" }
  local core = m.cores[0]
  core:map{ ea = 0, pa = 0, size = "16M" }
  core:assemble(0x1000, ([[
    li r3,0; mtspr 63,r3              # IVPR
    li r3,0x500; mtspr 410,r3         # IVOR10
    li r6,0x1ffc; li r7,0
    lis r4,%d; ori r4,r4,%d
    mtspr 54,r4; mtspr 22,r4          # DECAR, DEC
    lis r5,0x0440; mtspr 340,r5       # TCR: DIE, ARE
    wrteei 1
    here: b here
  ]]):format(tick_ns * core.timebase_frequency // 1000000000 >> 16,
    tick_ns * core.timebase_frequency // 1000000000 & 0xffff))
  core:assemble(0x500, [[
    mfspr r3,268                      # time base
    stwu r3,4(r6); addi r7,r7,1
    lis r5,0x0800; mtspr 336,r5       # TSR: DIS
    rfi
  ]])
  core:release(0x1000)
  return m
end

-- From one tick to the next, in ns, as the guest's time base tells it.
local function intervals(m)
  local core, list = m.cores[0], {}
  for i = 1, core.r[7] - 1 do
    local ticks = m.mem:u32(0x2000 + 4 * i) - m.mem:u32(0x1ffc + 4 * i)
    list[i] = ticks * 1000000000 // core.timebase_frequency
  end
  return list
end

local function show(title, m)
  print(("\n-- %s\n%d ticks in %d ns; ns between them, as the guest's time base tells it:"):format(
    title, m.cores[0].r[7], m.now))
  print("  " .. table.concat(intervals(m), " "))
  print(("  hooks changed %d of its timers"):format(m.warp.interventions))
end

-- A timer of the script is exact and costs the guest nothing: it sees no difference.
local m = ticking()
local probe = m:timer{ after = "150us", every = "300us", name = "probe", on = function(ev)
  print(("probe %d at %d ns: the core is at %08x"):format(ev.count, ev.time, m.cores[0].pc))
end }
m:run{ ["for"] = "500us" }
print "\n-- Pending timers"
for _, timer in ipairs(m.timers) do
  print(("  %-12s at %7d ns  %-24s armed %d, fired %d"):format(
    timer.name, timer.deadline, timer.owner, timer.armed, timer.fired))
end
probe:cancel()
m:run{ until_time = "1ms" }
show("As the guest programmed it", m)
local untouched = m:digest()

-- The same without the probe is the same run.
local alone = ticking()
alone:run{ until_time = "1ms" }
print("the probe changed nothing: " .. tostring(alone:digest() == untouched))

-- Every third tick comes 30 us late; the one behind it is on time again. The hook is asked anew when the delay is over,
-- which is every fourth call.
m = ticking()
local n = 0
m:intercept{ name = "decrementer", events = { "fire" }, on = function()
  n = n + 1
  if n % 4 == 3 then return "delay", "30us" end
end }
m:run{ until_time = "1ms" }
show("One in three is delayed by 30 us", m)

-- The fifth is lost: a guest that relies on its tick alone does not wake up again.
m = ticking()
n = 0
m:intercept{ name = "decrementer", events = { "fire" }, on = function()
  n = n + 1
  if n == 5 then return "drop" end
end }
local ev = m:run{ until_time = "1ms" }
show("The fifth is dropped", m)
print(("  the run ended with \"%s\" at %d ns: %s"):format(ev.reason, ev.time, ev.text))
