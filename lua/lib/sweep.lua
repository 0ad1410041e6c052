-- warpcore.sweep: one function at every point of a grid of parameters, in copies of this process or as jobs elsewhere
-- (sweep_remote.lua).
--
-- A copy has everything that the script has made so far, a booted machine among it, and shares nothing with the others.
-- Points that are through stand in a journal beside the result file, so that an interrupted sweep goes on where it was.
local internal = ...
local check = internal.load "check"
local encode = internal.load "encode"
local manifest = internal.load "manifest"
local remote = internal.load "sweep_remote"

-- { { name, values }, ... }: as the script lists them, or in order of their names.
local function parameters_of(vary)
  local parameters = {}
  if vary[1] ~= nil then
    for i, item in ipairs(vary) do
      check.type(nil, item, ("warpcore.sweep: vary[%d]"):format(i), "table")
      parameters[i] = { name = item[1], values = item[2] }
    end
  else
    for name, values in pairs(vary) do parameters[#parameters + 1] = { name = name, values = values } end
  end
  for _, parameter in ipairs(parameters) do
    check.type(nil, parameter.name, "warpcore.sweep: vary: name of a parameter", "string")
    local what = "warpcore.sweep: vary." .. parameter.name
    check.type(nil, parameter.values, what, "table")
    if #parameter.values == 0 then internal.fail(nil, what .. ": a list of values is expected, it has none") end
  end
  if #parameters == 0 then internal.fail(nil, "warpcore.sweep: vary: there is no parameter") end
  return parameters
end

-- The cross product; the last parameter varies fastest.
local function points_of(parameters)
  local points = { {} }
  for _, parameter in ipairs(parameters) do
    local longer = {}
    for _, point in ipairs(points) do
      for _, value in ipairs(parameter.values) do
        local copy = { [parameter.name] = value }
        for name, other in pairs(point) do copy[name] = other end
        longer[#longer + 1] = copy
      end
    end
    points = longer
  end
  for index, point in ipairs(points) do point.index = index end
  return points
end

-- What the function returned, as a table of plain values by name.
local function results_of(value)
  local results = type(value) == "table" and value or { result = value }
  for name, result in pairs(results) do
    local kind = type(result)
    if type(name) ~= "string" or (kind ~= "number" and kind ~= "string" and kind ~= "boolean") then
      internal.fail(nil, ("warpcore.sweep: run returned a %s in field %s; numbers, strings and booleans by name "
        .. "can be kept"):format(kind, tostring(name)))
    end
  end
  return results
end

-- ---- The journal: a line that names the sweep, then "index expression" for each point that is through ----

local function journal_head(points)
  return "warpcore-sweep 1 " .. encode.lua(points) .. "\n"
end

local function journal_read(path, points, outcomes)
  local file = io.open(path, "rb")
  if not file then return end
  if file:read "L" ~= journal_head(points) then
    file:close()
    internal.fail(nil, path .. ": the journal of an unfinished sweep over other values; finish that one, or delete it")
  end
  for line in file:lines() do
    local index, text = line:match "^(%d+) (.*)$"
    local outcome = index and encode.read_lua(text)
    if outcome and outcome.ok and points[tonumber(index)] then outcomes[tonumber(index)] = outcome end
  end
  file:close()
end

local function journal_open(path, points, outcomes)
  local file, problem = io.open(path, "wb")
  if not file then internal.fail(nil, "warpcore.sweep: " .. problem) end
  file:setvbuf "line"
  file:write(journal_head(points))
  for index, outcome in pairs(outcomes) do file:write(index, " ", encode.lua(outcome), "\n") end
  return file
end

-- ---- Progress, on a terminal only ----

local function progress_line(state)
  if not state.tty then return end
  local passed = internal.process_seconds() - state.begin
  local rate = state.fresh / math.max(passed, 1e-9)
  local left = rate > 0 and ("%.0f s left"):format((state.total - state.done) / rate) or "..."
  io.stderr:write(("\rsweep: %d of %d done, %d failed, %.2f/s, %s   "):format(
    state.done, state.total, state.failed, rate, left))
  if state.done == state.total then io.stderr:write "\n" end
end

-- ---- Jobs ----

local function deterministic()
  local all = warpcore.deterministic and internal.made.deterministic
  for _, machine in ipairs(internal.machines()) do all = all and machine.deterministic end
  return all
end

-- The outcome of a point, as text: its results, the machines that it made itself, and whether the host had a say.
local function evaluate(fn, point)
  local before = #internal.made
  local ok, value = pcall(function() return results_of(fn(point)) end)
  local outcome = ok and { ok = true, results = value } or { ok = false, error = tostring(value) }
  outcome.made, outcome.deterministic = table.move(internal.made, before + 1, #internal.made, 1, {}), deterministic()
  return encode.lua(outcome)
end

local function job_start(fn, point)
  local job = { point = point, parts = {} }
  job.pid, job.fd = internal.process_start(function() return evaluate(fn, point) end)
  return job
end

-- The copy is through: what it said, or how it died.
local function job_outcome(job)
  local how, number = internal.process_end(job.pid)
  local outcome = encode.read_lua(table.concat(job.parts))
  if outcome then return outcome end
  local text = table.concat(job.parts)
  if how == "signal" then text = ("killed by signal %d"):format(number) end
  if text == "" then text = ("the process ended with status %d and said nothing"):format(number) end
  return { ok = false, error = text }
end

local function run_jobs(fn, queue, most, through)
  local running = {}
  local ok, problem = xpcall(function()
    while #queue > 0 or #running > 0 do
      while #queue > 0 and #running < most do running[#running + 1] = job_start(fn, table.remove(queue, 1)) end
      local fds = {}
      for i, job in ipairs(running) do fds[i] = job.fd end
      local i, text = internal.process_read(fds, 1)
      if text then
        table.insert(running[i].parts, text)
      elseif i then
        local job = table.remove(running, i)
        through(job.point, job_outcome(job))
      end
    end
  end, debug.traceback)
  if ok then return end
  for _, job in ipairs(running) do internal.process_end(job.pid, true) end
  error(problem, 0)
end

-- ---- Result files ----

local function rows_of(parameters, points, outcomes)
  local rows = {}
  for index, point in ipairs(points) do
    local outcome = outcomes[index]
    local row = { ok = outcome.ok, error = outcome.error, parameters = {}, results = outcome.results or {} }
    for _, parameter in ipairs(parameters) do row.parameters[parameter.name] = point[parameter.name] end
    rows[index] = row
  end
  return rows
end

local function result_names(rows)
  local set = {}
  for _, row in ipairs(rows) do
    for name in pairs(row.results) do set[name] = true end
  end
  return encode.sorted_keys(set)
end

-- What the machines of the script and of its points were made of, each kind once.
local function machines_of(points, outcomes)
  local list, seen = {}, {}
  local function add(options)
    local text = encode.lua(options)
    if not seen[text] then list[#list + 1] = manifest.of_options(options) end
    seen[text] = true
  end
  for _, options in ipairs(internal.made) do add(options) end
  for index in ipairs(points) do
    for _, options in ipairs(outcomes[index].made or {}) do add(options) end
  end
  return list
end

-- What the numbers depend on. Nothing of the host: two runs of one sweep write the same file.
local function facts_of(parameters, points, outcomes)
  local vary, sure = {}, deterministic()
  for i, parameter in ipairs(parameters) do vary[i] = { name = parameter.name, values = parameter.values } end
  for index in ipairs(points) do sure = sure and outcomes[index].deterministic ~= false end
  return { warpcore = warpcore.version, vary = vary, machines = machines_of(points, outcomes), deterministic = sure }
end

-- The manifest of the sweep that gave these rows, for warpcore.report; nil of rows that come from elsewhere.
local origins = setmetatable({}, { __mode = "k" })

function internal.sweep_facts(rows)
  return origins[rows] and origins[rows]()
end

local function text_csv(parameters, rows, facts)
  local names, lines = result_names(rows), {}
  lines[1] = "# " .. encode.json(facts):gsub("%s*\n%s*", " ") .. "\n"
  local head = {}
  for i, parameter in ipairs(parameters) do head[i] = parameter.name end
  for _, name in ipairs(names) do head[#head + 1] = name end
  head[#head + 1] = "error"
  lines[2] = encode.csv(head)
  for _, row in ipairs(rows) do
    local fields, n = {}, 0
    local function add(value) n = n + 1 fields[n] = value end
    for _, parameter in ipairs(parameters) do add(row.parameters[parameter.name]) end
    for _, name in ipairs(names) do add(row.results[name]) end
    add(row.error)
    lines[#lines + 1] = encode.csv(fields, n)
  end
  return table.concat(lines)
end

local function text_json(_, rows, facts)
  return encode.json{ manifest = facts, points = rows } .. "\n"
end

local writers = { csv = text_csv, json = text_json }

-- Whole or not at all: the file is put in place when it is written.
local function write_file(path, text)
  local file, problem = io.open(path .. ".new", "wb")
  local ok = file and file:write(text) and file:close()
  if not ok or not internal.process_rename(path .. ".new", path) then
    internal.fail(nil, ("warpcore.sweep: %s: it could not be written%s"):format(
      path, problem and ": " .. problem or ""))
  end
end

local function paths_of(out)
  if out == nil then return {} end
  local paths = type(out) == "table" and out or { out }
  for _, path in ipairs(paths) do
    check.type(nil, path, "warpcore.sweep: out", "string")
    if not writers[path:match "%.(%w+)$" or ""] then
      internal.fail(nil, ("warpcore.sweep: out: '%s' ends neither in .csv nor in .json"):format(path))
    end
  end
  return paths
end

local function check_running()
  for _, machine in ipairs(internal.machines()) do
    if not machine.closed and machine.running then
      internal.fail(machine, "warpcore.sweep: a callback cannot start one: the machine is running")
    end
  end
end

local function check_machines()
  for _, machine in ipairs(internal.machines()) do
    for _, influence in ipairs(machine.closed and {} or machine.influences) do
      if influence == "threads" then
        internal.fail(machine, "warpcore.sweep: a machine whose cores have threads of their own cannot be copied; "
          .. "close it first, or make it without threads")
      end
    end
  end
end

local names = { vary = true, run = true, jobs = true, out = true, on = true }

-- Where the points run: what the script says, or the command line.
local function system_of(on)
  on = check.type(nil, on or warpcore.options.on or "local", "warpcore.sweep: on", "string")
  if on ~= "local" then remote.system(on) end
  return on
end

local sweeps = 0     -- of this process so far
local finished = {}  -- their results

-- Calls through(point, outcome) for each point of the queue.
local function run_queue(sweep, fn, queue, through)
  if #queue == 0 then return end
  if sweep.on ~= "local" then return remote.run(sweep, queue, through) end
  check_machines()
  run_jobs(fn, queue, sweep.most or internal.process_cores(), through)
end

internal.define("warpcore", {
  name = "sweep",
  synopsis = "warpcore.sweep{ vary = , run = [, jobs = ] [, out = ] [, on = ] } -> list",
  text = "Calls a function at every point of the cross product of parameters, each in a copy of this process: "
    .. "machines that the script has made, booted and stopped are there as they are, and no point sees what another "
    .. "did. A point that fails or whose process dies is reported, the others are kept. With out, an interrupted sweep "
    .. "goes on where it was: points that are through stand in a journal, the file's name and .part; failed ones are "
    .. "tried again.",
  arguments = "vary (table): values by parameter name, { cores = { 1, 2 } }, taken in order of the names; or a list of "
    .. "{ name, values } in the order wanted. The last parameter varies fastest\n"
    .. "run (function): is called with a table of the point's values (and its index); returns a table of numbers, "
    .. "strings and booleans by name, or one of these (its name is then result)\n"
    .. "jobs (integer): copies at once; as many as the host has processors (Slurm: as it sees fit)\n"
    .. "out (string or list): files for the results, .csv or .json, in the order of the points. Each has a manifest: "
    .. "version, values, what the machines were made of with SHA-256 of the files, whether the host had a say\n"
    .. "on (string): \"local\": copies of this process; \"parallel\", \"parallel:HOST,HOST\" (GNU parallel, with ssh), "
    .. "\"slurm\", \"slurm:PARTITION\" (a job array): the script runs again for each point, on hosts with the same "
    .. "files. Each such run does what stands before the sweep, computes its point and ends there. What --on says, or "
    .. "\"local\"",
  returns = "list, one for each point in order: { ok, error, parameters, results }",
  errors = "wrong arguments; a machine is running; a journal of another sweep; a file that cannot be written; a system "
    .. "that does not take the jobs",
  example = "local rows = warpcore.sweep{\n  vary = { quantum = { \"1us\", \"100us\" } },\n"
    .. "  run = function(p)\n    m.quantum = p.quantum\n    m:run{ [\"for\"] = \"1ms\" }\n"
    .. "    return { insns = m.insns, digest = m:digest() }\n  end,\n}\nassert(#rows == 2 and rows[1].ok)",
  call = function(options)
    options = check.options(nil, options, "warpcore.sweep", names)
    local parameters = parameters_of(check.type(nil, options.vary, "warpcore.sweep: vary", "table"))
    local fn = check.callable(nil, options.run, "warpcore.sweep: run")
    local most = options.jobs and check.type(nil, options.jobs, "warpcore.sweep: jobs", "integer")
    if most and (most < 1 or most > 256) then
      internal.fail(nil, "warpcore.sweep: jobs is out of range, 1 to 256 are allowed")
    end
    local paths = paths_of(options.out)
    local points, outcomes, queue = points_of(parameters), {}, {}
    local sweep = { on = system_of(options.on), head = journal_head(points), most = most,
      near = paths[1] or "warpcore-sweep", earlier = finished }
    check_running()
    sweeps = sweeps + 1
    sweep.number = sweeps
    local own = remote.job()
    if own and own.sweep > sweeps then return remote.earlier(own, sweeps) end
    if own then return remote.run_point(own, sweep.head, points, function(point) return evaluate(fn, point) end) end

    local journal_path = paths[1] and paths[1] .. ".part"
    local journal
    if journal_path then
      journal_read(journal_path, points, outcomes)
      journal = journal_open(journal_path, points, outcomes)
    end
    local state = { total = #points, done = 0, fresh = 0, failed = 0, tty = internal.process_tty(),
      begin = internal.process_seconds() }
    for index, point in ipairs(points) do
      if outcomes[index] then
        state.done = state.done + 1
      else
        queue[#queue + 1] = point
      end
    end
    run_queue(sweep, fn, queue, function(point, outcome)
      outcomes[point.index] = outcome
      if journal then journal:write(point.index, " ", encode.lua(outcome), "\n") end
      state.done, state.fresh = state.done + 1, state.fresh + 1
      if not outcome.ok then state.failed = state.failed + 1 end
      progress_line(state)
    end)

    local rows = rows_of(parameters, points, outcomes)
    origins[rows] = function() return facts_of(parameters, points, outcomes) end
    local facts = #paths > 0 and origins[rows]()
    for _, path in ipairs(paths) do write_file(path, writers[path:match "%.(%w+)$"](parameters, rows, facts)) end
    if journal then
      journal:close()
      os.remove(journal_path)
    end
    finished[sweep.number] = rows
    return rows
  end,
})
