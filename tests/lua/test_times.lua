-- When things happen, to the ns, as seen from outside of the guest: the ticks of decrementers with auto-reload, a timer
-- of the MPIC, and how long after it the other cores get the IPI that its handler sends.
local tap = dofile "tests/lua/tap.lua"
local json = dofile "tests/lua/json.lua"
local smp = dofile "lua/examples/guests/smp.lua"
local file = os.tmpname()

local function ns(us) return math.floor(us * 1000 + 0.5) end

-- Runs the guest for a time: the firings of each timer (by "owner name"), and when each core began to run.
local function run(options, time)
  local m = tap.machine{ cores = 4 }
  m.cores[0]:map{ ea = 0, pa = 0, size = "64M" }
  m.cores[0]:release(smp.load(m, options).entry)
  m.trace:perfetto(file)
  m:run{ ["for"] = time }
  m.trace:stop()
  local handle <close> = assert(io.open(file))
  local owners, fired, began = {}, {}, { [0] = {}, {}, {}, {} }
  for _, event in ipairs(json(handle:read "a").traceEvents) do
    if event.pid == 2 and event.name == "thread_name" then owners[event.tid] = event.args.name end
    if event.ph == "i" then
      local key = owners[event.tid] .. " " .. event.name
      fired[key] = fired[key] or {}
      table.insert(fired[key], ns(event.ts))
    elseif event.ph == "X" and event.name == "running" then
      table.insert(began[event.tid], ns(event.ts))
    end
  end
  return fired, began
end

local function check_period(list, period, count)
  assert(#list >= count, #list)
  for i = 2, #list do tap.equal(list[i] - list[i - 1], period) end
end

-- The time base runs at 400 MHz, an instruction takes 2.5 ns, a tick of the MPIC's timers 40 ns.
tap.check("decrementers reload without drift, each core with its own period", function()
  local fired = run({ beats = 1000, beat = 1000000000, tick = 100000, step = 7000 }, "50ms")
  for core = 0, 3 do
    local period = 100000 + 7000 * core
    check_period(fired[("/cpus/PowerPC,8544@%d decrementer"):format(core)], period, 50000000 // period - 1)
  end
end)

local fired, began = run({ beats = 1000, beat = 1234560, tick = 10000000000 }, "100ms") -- 30864 ticks
local beats = fired["/soc@fe0000000/pic@40000 MPIC timer A0"]

tap.check("a timer of the MPIC keeps its period", function() check_period(beats, 1234560, 80) end)

tap.check("its core wakes in the ns in which it fires", function()
  for i, at in ipairs(beats) do tap.equal(began[0][1 + i], at) end
end)

-- Between the timer and the store to IPIDR stand 11 instructions of the handler: 27.5 ns. Core 0's clock, of 2.5 ns,
-- may have the moment of the timer between two of its ticks: it wakes with the second of them.
tap.check("the others get the IPI at the time of core 0's store", function()
  for core = 1, 3 do
    for i, at in ipairs(beats) do
      local tick = (at * 2 + 4) // 5 -- of core 0, the first that is not before the timer
      tap.equal(began[core][1 + i], (tick + 11) * 5 // 2)
    end
  end
end)

os.remove(file)
tap.done()
