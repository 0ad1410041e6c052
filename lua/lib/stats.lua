-- Statistics in files, over time, and by region of interest.
local internal = ...
local check = internal.load "check"
local encode = internal.load "encode"
local manifest_of = internal.load("manifest").of_machine

local function machine_of(stats) return check.open(stats, "stats") end

-- Whole or not at all: the file is put in place when it is written.
local function write_whole(machine, path, text)
  local file, problem = io.open(path .. ".new", "wb")
  local ok = file and file:write(text) and file:close()
  if not ok or not internal.process_rename(path .. ".new", path) then
    internal.fail(machine, ("%s: it could not be written%s"):format(path, problem and ": " .. problem or ""))
  end
end

local function differences(now, before)
  local values = {}
  for name, value in pairs(now) do values[name] = value - (before[name] or 0) end
  return values
end

internal.define("stats", {
  name = "diff",
  synopsis = "m.stats:diff(before) -> table",
  text = "What counters have counted since m.stats:all() was called.",
  arguments = "before (table): what m.stats:all() returned",
  returns = "table: name -> integer",
  errors = "not a table; the machine is closed",
  example = "local before = m.stats:all()\nm:run{ insns = 1000 }\n"
    .. "assert(m.stats:diff(before)[\"core0.insns\"] == 1000)",
  call = function(stats, before)
    machine_of(stats)
    return differences(stats:all(), check.type(stats, before, "m.stats:diff: before", "table"))
  end,
})

-- ---- Files ----

local function one_line(value)
  return (encode.json(value):gsub("%s*\n%s*", " "))
end

local function text_json(machine, stats)
  local values, sums = {}, {}
  for _, stat in ipairs(stats:list()) do
    values[stat.name] = { value = stat.value, unit = stat.unit, description = stat.description }
  end
  for _, region in ipairs(stats.regions) do
    sums[region.name] = {
      count = region.count, time = region.time, first = region.first, last = region.last, values = region.values,
    }
  end
  return encode.json{ manifest = manifest_of(machine), time = machine.now, stats = values, regions = sums } .. "\n"
end

-- What there is of a region beside the counters: in a CSV file, rows of their own.
local about_region = {
  { "count", "passages", "passages that have ended" }, { "time", "ns", "virtual time inside, summed" },
  { "first", "ns", "virtual time at which the first passage began" },
  { "last", "ns", "virtual time at which the last passage ended, or an open one began" },
}

local function text_csv(machine, stats)
  local lines = { "# " .. one_line(manifest_of(machine)) .. "\n",
    encode.csv{ "region", "name", "value", "unit", "description" } }
  local list = stats:list()
  for _, stat in ipairs(list) do
    lines[#lines + 1] = encode.csv{ "", stat.name, stat.value, stat.unit, stat.description }
  end
  for _, region in ipairs(stats.regions) do
    for _, row in ipairs(about_region) do
      lines[#lines + 1] = encode.csv{ region.name, "region." .. row[1], region[row[1]], row[2], row[3] }
    end
    for _, stat in ipairs(list) do
      local value = region.values[stat.name] or 0
      lines[#lines + 1] = encode.csv{ region.name, stat.name, value, stat.unit, stat.description }
    end
  end
  return table.concat(lines)
end

local function text_txt(machine, stats)
  local lines = { "# " .. one_line(manifest_of(machine)), "# at " .. machine.now .. " ns of virtual time" }
  local list, width = stats:list(), 0
  for _, stat in ipairs(list) do width = math.max(width, #stat.name) end
  local format = "%-" .. width .. "s %18d  %-8s %s"
  for _, stat in ipairs(list) do
    lines[#lines + 1] = format:format(stat.name, stat.value, stat.unit, stat.description)
  end
  for _, region in ipairs(stats.regions) do
    lines[#lines + 1] = ("\n# region %s: %d times, %d ns, from %d ns to %d ns"):format(
      region.name, region.count, region.time, region.first, region.last)
    for _, stat in ipairs(list) do
      lines[#lines + 1] = format:format(stat.name, region.values[stat.name] or 0, stat.unit, stat.description)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local writers = { json = text_json, csv = text_csv, txt = text_txt }

local function writer_of(object, path, what)
  check.type(object, path, what, "string")
  local writer = writers[path:match "%.(%w+)$" or ""]
  if not writer then
    internal.fail(object, ("%s: '%s' ends in none of .json, .csv and .txt"):format(what, path))
  end
  return writer
end

internal.define("stats", {
  name = "write",
  synopsis = "m.stats:write(path, ...)",
  text = "Writes all counters, with unit and description, and the regions of interest, as they are now. Each file "
    .. "begins with a manifest: version, options, SHA-256 of board, kernel, initrd and disks, seed, and whether the "
    .. "run was deterministic. A disk that the run has written has its digest of now, marked as written; the option "
    .. "stats takes it at the beginning.",
  arguments = "path (string): ends in .json, .csv or .txt; several files may be named",
  returns = "nothing",
  errors = "another ending, a file that cannot be written; the machine is closed",
  example = "local path = os.tmpname()\nm.stats:write(path .. \".json\", path .. \".txt\")\n"
    .. "assert(io.open(path .. \".json\"):read \"a\":find '\"core0.insns\"')\n"
    .. "for _, name in ipairs{ \"\", \".json\", \".txt\" } do os.remove(path .. name) end",
  call = function(stats, ...)
    local machine = machine_of(stats)
    local paths = { ... }
    if #paths == 0 then internal.fail(stats, "m.stats:write: the name of a file is expected") end
    for _, path in ipairs(paths) do writer_of(stats, path, "m.stats:write: path") end
    for _, path in ipairs(paths) do
      write_whole(machine, path, writer_of(stats, path, "m.stats:write: path")(machine, stats))
    end
  end,
})

-- ---- Samples ----

local samplers = setmetatable({}, { __mode = "k" }) -- machine -> list of samplers that write files

-- A statistic that the guest has still to make by semihosting: 0 until then.
local function is_to_come(machine, name)
  return machine.options.semihost and name:find "^guest%.[%w_.]+$" and #machine.stats:list(name) == 0
end

local function names_of(stats, patterns)
  local names, seen = {}, {}
  for i, pattern in ipairs(type(patterns) == "table" and patterns or { patterns }) do
    check.type(stats, pattern, ("m.stats:every: pattern %d"):format(i), "string")
    local list = stats:list(pattern)
    if is_to_come(machine_of(stats), pattern) then
      list = { { name = pattern } }
    elseif #list == 0 then
      internal.fail(stats, ("m.stats:every: no statistic matches '%s'; m.stats:all() lists them"):format(pattern))
    end
    for _, stat in ipairs(list) do
      if not seen[stat.name] then names[#names + 1] = stat.name end
      seen[stat.name] = true
    end
  end
  if #names == 0 then
    internal.fail(stats, "m.stats:every: names of statistics are expected, as in { \"core*.insns\" }")
  end
  return names
end

-- The head of a file of samples. What the host has had to do with the run is known at its end only: the head is then
-- written again, in the same room.
local HEAD_GROWS = 64

local function write_head(sampler)
  local text = one_line(manifest_of(sampler.machine))
  sampler.head = sampler.head or #text + HEAD_GROWS
  sampler.file:write("# ", text, (" "):rep(sampler.head - #text), "\n")
end

local function close_csv(sampler)
  if not sampler.file then return end
  if not sampler.machine.closed then
    sampler.file:seek("set", 0)
    write_head(sampler)
  end
  sampler.file:close()
  sampler.file = nil
end

local function open_csv(sampler, path)
  local machine = sampler.machine
  if not path:find "%.csv$" then
    internal.fail(machine, ("m.stats:every: '%s' does not end in .csv"):format(path))
  end
  local file, problem = io.open(path, "wb")
  if not file then internal.fail(machine, "m.stats:every: " .. problem) end
  sampler.file = file
  write_head(sampler)
  file:write(encode.csv{ "time", table.unpack(sampler.names) })
end

local function sample(sampler, stats, time)
  local row = { time }
  for i, name in ipairs(sampler.names) do
    row[i + 1] = is_to_come(sampler.machine, name) and 0 or stats:get(name)
  end
  sampler.rows[#sampler.rows + 1] = row
  if sampler.file then sampler.file:write(encode.csv(row)) end
end

internal.declare("sampler", "Periodic samples of statistics: what m.stats:every returns.")

internal.define("sampler", {
  name = "rows",
  synopsis = "sampler.rows -> list",
  text = "The samples so far: each a list of the virtual time and the values in the order of sampler.names.",
  returns = "list of lists of integers",
  errors = "none",
  example = "local s = m.stats:every(\"1us\", \"core0.insns\")\nm:run{ [\"for\"] = \"3us\" }\n"
    .. "assert(s.rows[1][1] == 1000)",
  get = function(object) return internal.data(object, "sampler").rows end,
})

internal.define("sampler", {
  name = "names",
  synopsis = "sampler.names -> list of strings",
  text = "The statistics that are sampled.",
  returns = "list",
  errors = "none",
  example = "assert(m.stats:every(\"1us\", \"core*.insns\").names[1] == \"core0.insns\")",
  get = function(object) return internal.data(object, "sampler").names end,
})

internal.define("sampler", {
  name = "cancel",
  synopsis = "sampler:cancel()",
  text = "No more samples; the file is complete. Cancelling twice does nothing.",
  returns = "nothing",
  errors = "none",
  example = "local s = m.stats:every(\"1us\", \"core0.insns\")\ns:cancel()\nm:run{ [\"for\"] = \"3us\" }\n"
    .. "assert(#s.rows == 0)",
  call = function(object)
    local sampler = internal.data(object, "sampler")
    if not sampler.machine.closed then sampler.timer:cancel() end
    close_csv(sampler)
  end,
})

internal.define("stats", {
  name = "every",
  synopsis = "m.stats:every(interval, patterns [, path]) -> sampler",
  text = "Samples statistics periodically in virtual time, into memory and, with a path, into a file as they come.",
  arguments = "interval (time): between samples; the first comes after one interval\n"
    .. "patterns (string or list): names, with * and ?, as in { \"core*.insns\", \"warp.total\" }; with "
    .. "semihosting also one as \"guest.requests\" that the guest has still to make\n"
    .. "path (string): a .csv file, which begins with a manifest",
  returns = "sampler",
  errors = "a name that matches nothing, another ending, a file that cannot be written; the machine is closed",
  example = "local s = m.stats:every(\"100us\", { \"core*.insns\", \"warp.total\" })\nm:run{ [\"for\"] = \"1ms\" }\n"
    .. "assert(#s.rows == 10)",
  call = function(stats, interval, patterns, path)
    local machine = machine_of(stats)
    interval = internal.time(stats, interval, "m.stats:every: interval")
    if interval == 0 then internal.fail(stats, "m.stats:every: interval: a time above 0 is expected") end
    local sampler = { machine = machine, names = names_of(stats, patterns), rows = {} }
    if path ~= nil then
      check.type(stats, path, "m.stats:every: path", "string")
      open_csv(sampler, path)
      samplers[machine] = samplers[machine] or {}
      table.insert(samplers[machine], sampler)
    end
    sampler.timer = machine:timer{ every = interval, name = "sampler", on = function(ev)
      sample(sampler, stats, ev.time)
    end }
    return internal.new("sampler", sampler)
  end,
})

-- The machine is done: what was being written is completed, and the file of the option `stats` is made.
function internal.finish_stats(machine)
  for _, sampler in ipairs(samplers[machine] or {}) do
    close_csv(sampler)
  end
  local path = machine.options.stats
  if path then machine.stats:write(path) end
end
