-- Guests with their cores on host threads: what they check and what virtual time promises holds in any interleaving.
-- `make test-stress` runs it under ThreadSanitizer too.
local tap = dofile "tests/lua/tap.lua"
local smp = dofile "lua/examples/guests/smp.lua"
local elf = (os.getenv "BUILD" or "build") .. "/tests/guests/smp.elf"

-- Locks, atomic counters, reservations that another core breaks, tlbivax, code from another core, IPIs, doorbells.
for _, core in ipairs{ "e500mc", "e500v2" } do
  for threads = 2, 4 do
    tap.check(("tests/guests/smp.c on %s, %d threads"):format(core, threads), function()
      local m = tap.machine{ core = core, cores = 4, kernel = elf, threads = threads }
      local ev = m:run{ ["for"] = "10s", wall = 300 }
      assert(m.uart[0].text:find "guest: exit 0" and ev.reason == "poweroff", ev.reason .. ": " .. m.uart[0].text)
      assert(not m.deterministic)
    end)
  end
end

-- Cores that sleep between decrementers, a timer of the MPIC and IPIs, for 20.5 ms.
local function sleepers(threads, options)
  local m = tap.machine{ cores = 4, threads = threads }
  for key, value in pairs(options or {}) do m[key] = value end
  m.cores[0]:map{ ea = 0, pa = 0, size = "64M" }
  m.cores[0]:release(smp.load(m, { beats = 1000, beat = 1000000, tick = 100000, step = 7000 }).entry)
  local fired, last = 0, 0
  m:at{ timer = "decrementer", on = function(ev)
    assert(ev.time >= last, "a timer fired before one that was due earlier")
    fired, last = fired + 1, ev.time
  end }
  m:run{ ["for"] = "20500us" }
  return m, fired
end

for threads = 1, 4 do
  tap.check(("no tick, beat or call is lost with %d threads"):format(threads), function()
    local m, fired = sleepers(threads)
    local counts, sum = smp.counts(m), 0
    for core = 0, 3 do
      local ticks = 20500000 // (100000 + 7000 * core) -- less than 1 us before the first of them
      assert(math.abs(counts[core].ticks - ticks) <= 1, counts[core].ticks)
      sum = sum + counts[core].ticks
      tap.equal(counts[core].calls, core == 0 and 0 or 20)
    end
    tap.equal(counts[0].beats, 20)
    tap.equal(counts.sum, 60)
    tap.equal(fired, sum)
    tap.equal(m.now, 20500000)
    for _, core in ipairs(m.cores) do assert(core.time >= m.now - 1000 and core.time <= m.now + 1000) end
    assert(m.warp.total > 19000000 and m.warp.total < m.now)
  end)
end

-- Each core arms its own decrementer without pause, and each of them is asked about.
tap.check("m:intercept asks for each core's timer", function()
  local m = tap.machine{ cores = 4, threads = 4, memory = "16M" }
  local asked, core_of = {}, {}
  for core = 0, 3 do
    asked[core] = 0
    core_of[m.cores[core].path] = core
    tap.program(m, core, 0x1000, { 0x38601000, 0x7c7603a6, 0x4bfffff8 }) -- li r3, 0x1000; mtdec r3; b -8
  end
  m:intercept{ events = { "arm" }, on = function(ev)
    assert(ev.core == core_of[ev.owner])
    asked[ev.core] = asked[ev.core] + 1
    if asked[ev.core] % 3 == 0 then return "delay", "1us" end
    if asked[ev.core] % 3 == 1 then return "drop" end
  end }
  local ev = m:run{ ["for"] = "2ms" }
  tap.equal(ev.reason, "time")
  for core = 0, 3 do
    local armed = m.cores[core].insns // 3
    assert(math.abs(asked[core] - armed) <= 1, ("core %d: asked %d of %d"):format(core, asked[core], armed))
  end
end)

tap.done()
