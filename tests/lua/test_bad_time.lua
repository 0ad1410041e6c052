-- Bad input that concerns virtual time: a clear error or a defined result, never a hang or a crash.
local tap = dofile "tests/lua/tap.lua"

for name, case in pairs{
  ["a quantum of 0"] = { 0, "at least 1 ns" }, ["a quantum of 0 ns as text"] = { "0ns", "at least 1 ns" },
  ["a negative quantum"] = { -1, "cannot be negative" }, ["a negative quantum as text"] = { "-10us", "not a time" },
  ["a quantum with a point"] = { 1.5, "a time" }, ["a quantum of ages"] = { "1000000000000s", "longer than 292 years" },
} do
  tap.fails(name, case[2], function() tap.machine{ quantum = case[1] } end)
end
tap.fails("a negative quantum of a machine", "cannot be negative", function() tap.machine().quantum = -1 end)

tap.check("the longest quantum does not overflow", function()
  local m = tap.machine{ quantum = math.maxinteger }
  tap.program(m, 0, 0x1000, tap.counter)
  for ms = 1, 3 do
    tap.equal(m:run{ ["for"] = "1ms" }.reason, "time")
    tap.equal(m.now, ms * 1000000)
  end
  tap.equal(m.cores[0].time, 3000000)
end)

-- A board from the text of dts/ppce500.dts with one change.
local function board(pattern, replacement)
  local file <close> = assert(io.open "dts/ppce500.dts")
  local text, count = file:read("a"):gsub(pattern, replacement)
  assert(count > 0)
  local name = os.tmpname()
  os.rename(name, name .. ".dts")
  name = name .. ".dts"
  local out <close> = assert(io.open(name, "w"))
  out:write(text)
  return name
end

local function with_board(pattern, replacement, fn)
  local name = board(pattern, replacement)
  local ok, problem = pcall(fn, name)
  os.remove(name)
  if not ok then error(problem, 0) end
end

-- What the firmware would have filled in, the builder does where it is missing or zero.
for name, change in pairs{
  ["a core's frequency of 0"] = { "[^-]clock%-frequency = <400000000>", "\tclock-frequency = <0>" },
  ["no frequency of a core"] = { "timebase%-frequency = <400000000>;\n[^\n]*clock%-frequency = <400000000>;", "\n" },
  ["a time base of 0"] = { "timebase%-frequency = <400000000>", "timebase-frequency = <0>" },
} do
  tap.check(name .. " is filled in, and the core runs at it", function()
    with_board(change[1], change[2], function(file)
      local m = tap.machine{ board = file }
      local core = m.cores[0]
      assert(core.frequency > 0 and core.timebase_frequency > 0)
      tap.program(m, 0, 0x1000, tap.counter)
      m:run{ ["for"] = "1ms" }
      tap.equal(core.insns, core.frequency // 1000)
    end)
  end)
end
tap.check("a core slower than its time base is an error that names the node", function()
  with_board("clock%-frequency = <400000000>", "clock-frequency = <5>", function(file)
    local ok, problem = pcall(tap.machine, { board = file })
    local text = "8544@0: timebase-frequency: is not a number of Hz up to clock-frequency"
    assert(not ok and problem:find(text, 1, true), problem)
  end)
end)

-- A timer in the past: one for this very instant fires at once, and is counted as late when its time is over.
tap.check("a timer for the present fires at once", function()
  local m = tap.machine()
  m:run{ ["for"] = "1ms" }
  local t = m:timer{ after = 0, on = function(ev) tap.equal(ev.time, 1000000) end }
  m:run{ ["for"] = 1 }
  tap.equal(t.count, 1)
end)
tap.fails("a negative delay", "cannot be negative", function() tap.machine():timer{ after = -1, on = print } end)

tap.check("2^63 ns are never reached, and nothing overflows", function()
  local m = tap.machine()
  local t = m:timer{ after = math.maxinteger, on = function() error "fired" end }
  tap.equal(t.deadline, math.maxinteger)
  local u = m:timer{ every = math.maxinteger - 1, on = function() end }
  tap.equal(m:run{ ["for"] = "1s" }.reason, "time")
  tap.equal(m:run().reason, "nothing") -- at the end of time
  tap.equal(u.count, 1)
  tap.equal(m.now, math.maxinteger - 1)
  tap.fails("and then no more time can be asked for", "too long", function() m:run{ ["for"] = "1s" } end)
end)

tap.check("a callback that re-arms itself for the same instant is stopped with an error that names it", function()
  local m, count = tap.machine(), 0
  local function again()
    count = count + 1
    m:timer{ after = 0, name = "treadmill", on = again }
  end
  m:timer{ after = "1ms", on = again }
  local ev = m:run{ ["for"] = "1s" }
  tap.equal(ev.reason, "error")
  tap.equal(ev.time, 1000000)
  local text = 'for ever at 1000000 ns: 1000000 times so far, the next is "treadmill" of script'
  assert(ev.text:find(text, 1, true), ev.text)
end)

-- A recording is for one board, one version, one set of options.
local log = os.tmpname()
local function replays(options) return pcall(tap.uboot_machine, options) end
do
  local m = tap.uboot_machine{ record = log }
  m:run{ ["for"] = "1ms" }
  m:close()
end
local file = assert(io.open(log))
local recorded = file:read "a"
file:close()

local function rewrite(pattern, replacement)
  local changed, count = recorded:gsub(pattern, replacement, 1)
  assert(count == 1)
  local out <close> = assert(io.open(log, "w"))
  out:write(changed)
end

tap.check("a recording replays on its own board", function()
  local ok, m = replays{ replay = log }
  assert(ok, m)
  m:run{ ["for"] = "1ms" }
  m:close()
end)
for name, case in pairs{
  ["another board"] = { { replay = log, memory = "128M" }, "another board" },
  ["another number of cores"] = { { replay = log, cores = 3 }, "another" },
  ["another quantum"] = { { replay = log, quantum = "1us" }, "another set of options" },
} do
  tap.check("not on " .. name, function()
    local ok, problem = replays(case[1])
    assert(not ok and problem:find(case[2], 1, true), problem)
  end)
end
tap.check("nor that of another version", function()
  rewrite("\nversion [^\n]*", "\nversion 0.0.0-other")
  local ok, problem = replays{ replay = log }
  assert(not ok and problem:find("another version", 1, true), problem)
end)
tap.check("nor one that is not whole", function()
  rewrite("\noptions .*", "\n")
  local ok, problem = replays{ replay = log }
  assert(not ok and problem:find("ends within its head", 1, true), problem)
end)
os.remove(log)

tap.done()
