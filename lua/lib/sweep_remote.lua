-- The points of a sweep as jobs of GNU parallel or of Slurm, which may run on other hosts.
--
-- A job is this program once more, with the same script, options and directory; two variables of its environment name
-- the point and a directory that all hosts see. warpcore.sweep computes only that point there, leaves the result as a
-- file and ends the process. The parent starts the jobs, waits for the files and takes them in.
local internal = ...
local encode = internal.load "encode"
local getenv, execute, popen = os.getenv, os.execute, io.popen

local remote = {}

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function read_file(path)
  local file = io.open(path, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  return text
end

-- Seen by others whole or not at all.
local function write_file(path, text)
  local file, problem = io.open(path .. ".new", "wb")
  local ok = file and file:write(text) and file:close()
  if not ok or not internal.process_rename(path .. ".new", path) then
    internal.fail(nil, ("warpcore.sweep: %s: it could not be written%s"):format(
      path, problem and ": " .. problem or ""))
  end
end

-- ---- The job's side ----

-- In a job: { sweep, point, directory }. A script may have several sweeps; they are numbered as they come.
function remote.job()
  local sweep, point = (getenv "WARPCORE_SWEEP_POINT" or ""):match "^(%d+)%.(%d+)$"
  local directory = getenv "WARPCORE_SWEEP_DIRECTORY"
  if not sweep or not directory then return nil end
  return { sweep = math.tointeger(sweep), point = math.tointeger(point), directory = directory }
end

-- A sweep that the script has behind it when it comes to the one of the job: what the parent got.
function remote.earlier(job, number)
  local text = read_file(("%s/sweep-%d"):format(job.directory, number))
  return encode.read_lua(text or "nil")
    or internal.fail(nil, ("warpcore.sweep: %s: the results of sweep %d are not there"):format(job.directory, number))
end

-- Computes the point with `evaluate(point)`, a string, and ends the process. `head` says which values the sweep has.
function remote.run_point(job, head, points, evaluate)
  if read_file(job.directory .. "/points") ~= head then
    internal.fail(nil, "warpcore.sweep: the script gives this sweep other values here than where it was started")
  end
  write_file(("%s/%d.result"):format(job.directory, job.point), evaluate(points[job.point]))
  os.exit(0, false) -- as a copy: files of the script are not completed here
end

-- ---- The parent's side ----

-- A directory that the hosts share, and the script that runs one point: its number is the argument, or Slurm's.
local function prepare(number, head, near, earlier)
  local pipe = popen("readlink /proc/$PPID/exe; pwd; mktemp -d " .. quote(near .. ".jobs.XXXXXX"))
  local program, here, directory = pipe:read("l", "l", "l")
  pipe:close()
  if not directory then internal.fail(nil, ("warpcore.sweep: no directory %s.jobs can be made"):format(near)) end
  if directory:sub(1, 1) ~= "/" then directory = here .. "/" .. directory end
  local words, first = {}, true
  for word in read_file "/proc/self/cmdline":gmatch "([^\0]*)\0" do
    words[#words + 1] = quote(first and program or word)
    first = false
  end
  write_file(directory .. "/points", head)
  for i, rows in ipairs(earlier) do write_file(("%s/sweep-%d"):format(directory, i), encode.lua(rows)) end
  write_file(directory .. "/job", table.concat({
    "#!/bin/sh",
    "# Written by warpcore.sweep: one point of a sweep.",
    "point=${1:-$SLURM_ARRAY_TASK_ID}",
    "at=" .. quote(directory),
    "export WARPCORE_SWEEP_POINT=" .. number .. ".$point WARPCORE_SWEEP_DIRECTORY=\"$at\"",
    "cd " .. quote(here) .. " && " .. table.concat(words, " ") .. " >\"$at/$point.log\" 2>&1 </dev/null",
    "echo $? >\"$at/$point.end.new\" && mv \"$at/$point.end.new\" \"$at/$point.end\"", "",
  }, "\n"))
  return directory
end

local function indexes_of(queue, separator)
  local list = {}
  for i, point in ipairs(queue) do list[i] = point.index end
  return table.concat(list, separator)
end

local systems = {}

-- Each returns { alive = function() -> boolean, stop = function() }; stop also when all points are through.

-- parallel is a child of a copy of this process.
function systems.parallel(directory, queue, most, hosts)
  local command = ("echo $$ >%s; exec parallel --will-cite --halt never %s %s sh %s ::: %s >%s 2>&1 </dev/null"):format(
    quote(directory .. "/pid"), most and "-j " .. most or "", hosts and "-S " .. quote(hosts) or "",
    quote(directory .. "/job"), indexes_of(queue, " "), quote(directory .. "/log"))
  local pid, fd = internal.process_start(function()
    execute(command)
    return ""
  end)
  local running = true
  local function alive(seconds)
    if not running or internal.process_read({ fd }, seconds or 0) == nil then return running end
    internal.process_end(pid) -- it says nothing but that it is through
    running = false
    return false
  end
  return {
    alive = alive,
    -- Told twice, it ends its jobs too.
    stop = function()
      local own = (read_file(directory .. "/pid") or ""):match "%d+"
      while alive(1) do execute("kill -TERM " .. (own or pid) .. " 2>/dev/null") end
    end,
  }
end

-- One job array; squeue is asked now and then whether some of it is left.
function systems.slurm(directory, queue, most, partition)
  local pipe = popen(("sbatch --parsable --job-name=warpcore --output=/dev/null %s --array=%s%s %s 2>&1"):format(
    partition and "--partition=" .. quote(partition) or "", indexes_of(queue, ","), most and "%" .. most or "",
    quote(directory .. "/job")))
  local text = pipe:read "a"
  local id = pipe:close() and text:match "^(%d+)"
  if not id then internal.fail(nil, "warpcore.sweep: sbatch: " .. text:gsub("%s+$", "")) end
  local asked = internal.process_seconds()
  return {
    alive = function()
      if internal.process_seconds() - asked < 2 then return true end
      asked = internal.process_seconds()
      -- A controller that does not answer is no end of the jobs.
      local squeue = popen("squeue --noheader --jobs=" .. id .. " --format=%A 2>&1")
      local answer = squeue:read "a"
      local ok = squeue:close()
      return ok and answer:find "%d" ~= nil or not ok and not answer:find "Invalid job id"
    end,
    stop = function() execute("scancel " .. id .. " 2>/dev/null") end,
  }
end

local function last_line(text)
  return (text or ""):match "([^\n]*%S)%s*$" or "it printed nothing"
end

-- Nil: the job is not through.
local function outcome_of(directory, index, over)
  local path = directory .. "/" .. index
  local status = read_file(path .. ".end")
  if not status and not over then return nil end
  local outcome = encode.read_lua(read_file(path .. ".result") or "nil")
  if outcome then return outcome end
  status = math.tointeger((status or ""):match "%d+")
  local text
  if not status then
    text = "the job ended without a word: " .. last_line(read_file(directory .. "/log"))
  elseif status > 128 then
    text = ("killed by signal %d"):format(status - 128)
  elseif status == 0 then
    text = "the script came to its end without this sweep"
  else
    local log = read_file(path .. ".log") or ""
    text = log:match "warpcore: ([^\n]+)" or ("status %d: %s"):format(status, last_line(log))
  end
  return { ok = false, error = text }
end

local function collect(directory, queue, jobs, through)
  local waiting, grace = table.move(queue, 1, #queue, 1, {}), 0
  while #waiting > 0 do
    -- Asked first: when all have ended, no file comes any more, but for what a shared file system still holds back.
    local over = not jobs.alive()
    grace = over and grace + 1 or 0
    for i = #waiting, 1, -1 do
      local outcome = outcome_of(directory, waiting[i].index, grace > 10)
      if outcome then through(table.remove(waiting, i), outcome) end
    end
    if #waiting > 0 then internal.process_read({}, 0.2) end
  end
end

-- "slurm", "slurm:PARTITION", "parallel", "parallel:HOST,HOST": the function that starts the jobs, and what is behind
-- the colon.
function remote.system(on)
  local name, detail = on:match "^(%w+):?(.*)$"
  local start = systems[name]
  if not start then
    internal.fail(nil, ("warpcore.sweep: on is 'local', 'parallel', 'parallel:HOST,...', 'slurm' or 'slurm:PARTITION', "
      .. "got '%s'"):format(on))
  end
  return start, detail ~= "" and detail or nil
end

-- Runs the points of the queue; calls through(point, outcome) for each. `sweep` has on, number, head, near (the path
-- beside which the directory is made), most (jobs at once, or nil) and earlier (results of the sweeps before it).
function remote.run(sweep, queue, through)
  local start, detail = remote.system(sweep.on)
  local directory = prepare(sweep.number, sweep.head, sweep.near, sweep.earlier)
  local jobs
  local ok, problem = pcall(function()
    jobs = start(directory, queue, sweep.most, detail)
    collect(directory, queue, jobs, through)
  end)
  if jobs then jobs.stop() end
  execute("rm -rf " .. quote(directory))
  if not ok then error(problem, 0) end
end

return remote
