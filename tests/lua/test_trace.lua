-- The timeline for Perfetto: Chrome's JSON, whose tracks say what the ledger and the cores say.
local tap = dofile "tests/lua/tap.lua"
local json = dofile "tests/lua/json.lua"
local smp = dofile "lua/examples/guests/smp.lua"
local file = os.tmpname()

local function read()
  local handle = assert(io.open(file))
  local text = handle:read "a"
  handle:close()
  return json(text), text
end

-- Four cores at work, without firmware; `beats` of 1 ms.
local function machine(beats)
  local m = tap.machine{ cores = 4 }
  m.cores[0]:map{ ea = 0, pa = 0, size = "64M" }
  local guest = smp.load(m, { beats = beats, beat = 1000000, tick = 300000, step = 7000 })
  m.cores[0]:release(guest.entry)
  return m
end

local function ns(us) return math.floor(us * 1000 + 0.5) end

-- Slices of each track of the group "cores", in the order of the file; those of the same track must not overlap.
local function slices(trace)
  local tracks = {}
  for _, event in ipairs(trace.traceEvents) do
    if event.ph == "X" then
      local track = tracks[event.tid] or {}
      tracks[event.tid] = track
      local from = ns(event.ts)
      track[#track + 1] = { from = from, to = from + ns(event.dur), name = event.name, args = event.args }
    end
  end
  return tracks
end

local function sum(track, pattern)
  local total = 0
  for _, slice in ipairs(track) do
    if slice.name:find(pattern) then total = total + slice.to - slice.from end
  end
  return total
end

tap.check("begun before the run", function()
  local m = machine(20)
  m.trace:perfetto(file)
  m:run{ ["for"] = "10ms" }
  local trace = read() -- whole after each run
  local tracks = slices(trace)
  for core = 0, 3 do
    local track, at = tracks[core], 0
    for _, slice in ipairs(track) do
      assert(slice.from >= at, "core " .. core .. " does two things at " .. slice.from)
      at = slice.to
    end
    -- A core has done something at every moment.
    tap.equal(sum(track, ""), m.now)
    -- A cycle takes 2.5 ns: each change is rounded to a ns.
    local busy = m.cores[core].time - m.cores[core].idle_ns
    assert(math.abs(sum(track, "^running$") - busy) <= #track, core)
    tap.equal(sum(track, "^warped: "), m.warp.total)
    assert(sum(track, core % 2 == 0 and "^warped: doze" or "^warped: loop") > 0)
    tap.equal(sum(track, core % 2 == 0 and "loop" or "doze"), 0)
  end
  tap.equal(#tracks[100], m.warp.count)
  for i, entry in ipairs(m.warp:log(m.warp.count)) do
    local slice = tracks[100][i]
    tap.equal(slice.from, entry.from)
    tap.equal(slice.to, entry.to)
    tap.equal(slice.args.owner, entry.owner)
    tap.equal(slice.args["ended by"], entry.name)
  end
  tap.equal(trace.displayTimeUnit, "ns")
  tap.equal(trace.otherData.deterministic, true)
  tap.equal(trace.otherData.lost, 0)
  tap.equal(trace.otherData.manifest.warpcore, warpcore.version)
  tap.equal(#trace.otherData.manifest.files.board.sha256, 64)
  m:run{ ["for"] = "5ms" }
  m.trace:stop()
  local again, warps, last = slices(read()), 0, nil
  for _, slice in ipairs(again[100]) do
    -- The warp in which the first run ended is drawn in two parts.
    local goes_on = last and last.args["ended by"] == "limit" and last.to == slice.from
    warps, last = warps + (goes_on and 0 or 1), slice
  end
  tap.equal(warps, m.warp.count)
  tap.equal(sum(again[0], ""), m.now)
end)

tap.check("a track for each owner of timers, with each firing", function()
  local m = machine(5)
  local fired = 0
  m:timer{ every = "200us", name = 'probe "1"', on = function() fired = fired + 1 end }
  m.trace:perfetto(file)
  m:run{ ["for"] = "4ms" }
  m.trace:stop()
  local trace, names, counts = read(), {}, {}
  for _, event in ipairs(trace.traceEvents) do
    if event.ph == "M" and event.name == "thread_name" and event.pid == 2 then names[event.tid] = event.args.name end
    if event.ph == "i" then
      local key = names[event.tid] .. "/" .. event.name
      counts[key] = (counts[key] or 0) + 1
    end
  end
  tap.equal(counts['script/probe "1"'], fired)
  tap.equal(fired, 20)
  tap.equal(counts["/soc@fe0000000/pic@40000/MPIC timer A0"], smp.counts(m)[0].beats)
  tap.equal(counts["/cpus/PowerPC,8544@2/decrementer"], smp.counts(m)[2].ticks)
end)

tap.check("asked for after the run: what is remembered, in a window", function()
  local m = machine(20)
  m:run{ ["for"] = "12ms" }
  m.trace:perfetto(file, { from = "3ms", to = "7ms" })
  local _, before = read()
  for _, track in pairs(slices(json(before))) do
    assert(track[1].from >= 3000000 and track[#track].to <= 7000000)
  end
  tap.equal(sum(slices(json(before))[1], ""), 4000000)
  m:run{ ["for"] = "1ms" }
  local _, after = read()
  tap.equal(after, before) -- it was done
end)

tap.check("it remembers the last 65536 changes", function()
  local m = machine(3000)
  m:run{ ["for"] = "2500ms" }
  m.trace:perfetto(file, { to = m.now })
  local trace = read()
  assert(trace.otherData.lost > 0)
  local track = slices(trace)[0]
  assert(track[1].from > 0)
  tap.equal(track[#track].to, m.now)
end)

tap.check("tracing changes nothing, and two traces are the same", function()
  local texts, digests = {}, {}
  for i = 1, 3 do
    local m = machine(20)
    if i < 3 then m.trace:perfetto(file) end
    m:run{ ["for"] = "10ms" }
    digests[i] = m:digest()
    if i < 3 then texts[i] = select(2, read()) end
    m:close()
  end
  tap.equal(texts[1], texts[2])
  tap.equal(digests[1], digests[2])
  tap.equal(digests[1], digests[3])
end)

tap.fails("a file that cannot be written", "/no/such", function() machine(1).trace:perfetto "/no/such/x.json" end)
tap.fails("no file", "a string is expected", function() machine(1).trace:perfetto() end)
tap.fails("a window without time", "behind from", function()
  machine(1).trace:perfetto(file, { from = "2ms", to = "1ms" })
end)
tap.fails("an unknown option", "did you mean 'from'", function() machine(1).trace:perfetto(file, { form = 1 }) end)

-- Last: it marks the script.
tap.check("the counter of guest ns per host ns marks the file", function()
  local m = machine(50)
  m.trace:perfetto(file, { host = true })
  m:run{ ["for"] = "40ms" }
  m.trace:stop()
  local trace, counters = read(), 0
  for _, event in ipairs(trace.traceEvents) do
    if event.ph == "C" then counters = counters + 1; assert(event.args.ratio >= 0) end
  end
  assert(counters > 0)
  tap.equal(trace.otherData.deterministic, false)
  tap.equal(warpcore.deterministic, false)
end)

tap.check("each region of interest has a track with its passages", function()
  local m = machine(20)
  m.trace:perfetto(file)
  for _, at in ipairs{ 1000, 5000 } do
    m:timer{ after = at, on = function() m.stats:begin "a \"b\"" end }
    m:timer{ after = at + 2500, on = function() m.stats:finish "a \"b\"" end }
  end
  m:timer{ after = 2000, on = function() m.stats:begin "c" end }
  m:timer{ after = 6000, on = function() m.stats:finish "c" end }
  m:run{ ["for"] = "10us" }
  local found, tracks = {}, {}
  for _, event in ipairs(read().traceEvents) do
    if event.pid == 3 and event.name == "thread_name" then tracks[event.tid] = event.args.name end
    if event.pid == 3 and event.ph == "X" then
      tap.equal(tracks[event.tid], event.name)
      found[#found + 1] = ("%s %d %d"):format(event.name, ns(event.ts), ns(event.dur))
    end
  end
  tap.equal(table.concat(found, "; "), "a \"b\" 1000 2500; c 2000 4000; a \"b\" 5000 2500")
end)

os.remove(file)
tap.done()
