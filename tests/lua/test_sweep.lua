-- warpcore.sweep: a function at every point of a grid, in copies of the process.
local tap = dofile "tests/lua/tap.lua"
local out = os.tmpname()
local csv, json = out .. ".csv", out .. ".json"

local function slurp(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

tap.check("points come in the order of the parameters, whoever ends first", function()
  local rows = warpcore.sweep{
    vary = { { "b", { 2, 1 } }, { "a", { "x", "y", "z" } } }, jobs = 3,
    run = function(p)
      local n = 0
      for i = 1, (7 - p.index) * 100000 do n = n + i end
      return { text = p.a .. p.b, last = n > 0 }
    end,
  }
  local seen = {}
  for i, row in ipairs(rows) do seen[i] = row.results.text end
  tap.equal(table.concat(seen, " "), "x2 y2 z2 x1 y1 z1")
  tap.equal(rows[4].parameters.a .. rows[4].parameters.b, "x1")
  tap.equal(rows[1].results.last, true)
end)

tap.check("each point starts from the machine as it stands, and changes nothing outside", function()
  local m = tap.machine()
  tap.program(m, 0, 0x1000, tap.counter)
  m:run{ ["for"] = "10us" }
  local before = m:digest()
  local rows = warpcore.sweep{
    vary = { ns = { 1000, 5000, 1000 } }, jobs = 2,
    run = function(p)
      m:run{ ["for"] = p.ns }
      return { now = m.now, digest = m:digest() }
    end,
  }
  tap.equal(m:digest(), before)
  tap.equal(rows[1].results.now, 11000)
  tap.equal(rows[2].results.now, 15000)
  tap.equal(rows[3].results.digest, rows[1].results.digest)
  m:run{ ["for"] = 5000 }
  tap.equal(m:digest(), rows[2].results.digest)
  m:close()
end)

-- The copies go on with the machine and all that it writes; what they write is not for the files of the parent.
tap.check("a copy writes nothing into its parent's recording, console, timeline or socket", function()
  local log, console, trace = out .. ".log", out .. ".console", out .. ".trace"
  local function session(sweep)
    local m = tap.uboot_machine{ cores = 1, serial = "file:" .. console, console = "tcp:0", record = log }
    m.trace:perfetto(trace)
    m.uart[0]:expect("Hit any key", { timeout = "5s" })
    local function go_on()
      m.uart[0]:send " "
      m.uart[0]:expect("=> ", { timeout = "2s" })
      m:close()
    end
    if sweep then warpcore.sweep{ vary = { n = { 1, 2, 3 } }, jobs = 3, run = function() go_on() return 1 end } end
    go_on()
    return slurp(log) .. slurp(console) .. slurp(trace)
  end
  local alone = session(false)
  assert(session(true) == alone, "the files are not the same")
  for _, file in ipairs{ log, console, trace } do os.remove(file) end
end)

tap.check("a point that fails and one whose process is killed are reported, the others kept", function()
  local rows = warpcore.sweep{
    vary = { n = { 1, 2, 3, 4 } }, jobs = 2,
    run = function(p)
      if p.n == 2 then error "it broke" end
      if p.n == 3 then os.execute "kill -9 $PPID" end
      return p.n * 10
    end,
  }
  tap.equal(rows[1].results.result, 10)
  tap.equal(rows[2].ok, false)
  assert(rows[2].error:find "test_sweep%.lua:%d+: it broke", rows[2].error)
  tap.equal(rows[3].error, "killed by signal 9")
  tap.equal(rows[4].results.result, 40)
end)

tap.check("files have a manifest, and are the same for any number of jobs", function()
  local function sweep(jobs)
    warpcore.sweep{
      vary = { a = { 1, 2, 3 }, s = { "plain", 'with "quotes", and comma' } }, jobs = jobs, out = { csv, json },
      run = function(p) return { f = p.a / 4, i = p.a << 40, s = p.s, t = p.a == 2 } end,
    }
    return slurp(csv), slurp(json)
  end
  local csv1, json1 = sweep(1)
  local csv4, json4 = sweep(4)
  tap.equal(csv1, csv4)
  tap.equal(json1, json4)
  local lines = {}
  for line in csv1:gmatch "[^\n]+" do lines[#lines + 1] = line end
  assert(lines[1]:find('"warpcore": "' .. warpcore.version .. '"', 1, true), lines[1])
  tap.equal(lines[2], "a,s,f,i,s,t,error")
  tap.equal(lines[3], "1,plain,0.25,1099511627776,plain,false,")
  tap.equal(lines[4], '1,"with ""quotes"", and comma",0.25,1099511627776,"with ""quotes"", and comma",false,')
  tap.equal(#lines, 8)
  assert(json1:find('"f": 0.75', 1, true))
  assert(not exists(csv .. ".part"))
end)

tap.check("the manifest has the machines of the points, and tells when the host had a say in one", function()
  local function manifest(run)
    warpcore.sweep{ vary = { cores = { 1, 2, 2 } }, jobs = 2, out = json, run = run }
    return dofile "tests/lua/json.lua"(slurp(json)).manifest
  end
  local function point(p)
    local m = tap.uboot_machine{ cores = p.cores }
    m:run{ insns = 10 }
    m:close()
    return m.closed
  end
  local before = tap.machine{ cores = 3 }
  local facts = manifest(point)
  tap.equal(facts.deterministic, true)
  local kinds = {}
  for _, machine in ipairs(facts.machines) do
    kinds[#kinds + 1] = machine.options.cores .. (machine.files.kernel and machine.files.kernel.path or "")
    tap.equal(machine.seed, 0)
  end
  tap.equal(table.concat(kinds, " ", #kinds - 2), ("3 1%s 2%s"):format(tap.uboot, tap.uboot))
  local sum = io.popen("sha256sum " .. tap.uboot):read "a"
  tap.equal(facts.machines[#kinds].files.kernel.sha256, sum:match "^%x+")
  tap.equal(manifest(function(p)
    if p.cores == 1 then warpcore.host.time() end
    return 1
  end).deterministic, false)
  before:close()
end)

tap.check("24 points of a booted machine: each ends as it does when it is run alone", function()
  local vary = { ns = { 1000, 2500, 40000 }, quantum = { "1us", "10us", "35us", "1ms" }, typed = { "", "version\n" } }
  local function boot()
    local m = tap.uboot_machine()
    m.uart[0]:expect("Hit any key", { timeout = "1s" })
    return m
  end
  local function point(m, p)
    m.quantum = p.quantum
    m.uart[0]:send(p.typed)
    m:run{ ["for"] = p.ns }
    return m:digest()
  end
  local booted = boot()
  local rows = warpcore.sweep{ vary = vary, jobs = 2, run = function(p) return point(booted, p) end }
  booted:close()
  tap.equal(#rows, 24)
  for _, i in ipairs{ 1, 5, 12, 24 } do -- by a boot of their own
    local m = boot()
    tap.equal(rows[i].results.result, point(m, rows[i].parameters))
    m:close()
  end
  local distinct = {}
  for _, row in ipairs(rows) do distinct[row.results.result] = true end
  assert(next(distinct, next(distinct)), "all digests are the same")
end)

-- A sweep in a program of its own, of four points; each leaves a word in the file `ran`. `run` is Lua text.
local function write_sweep(path, run)
  local script = assert(io.open(path, "wb"))
  script:write(([[
    warpcore.sweep{ vary = { n = { 1, 2, 3, 4 } }, jobs = 1, out = %q, run = function(p)
      local ran <close> = io.open(%q, "ab")
      ran:write(p.n, " ")
      ran:flush()
      %s
      return p.n * 10
    end }
  ]]):format(csv, out, run))
  script:close()
end

local program = os.getenv "WARPCORE" or "build/warpcore"

tap.check("a sweep that is killed goes on where it was", function()
  local script = out .. ".lua"
  os.remove(csv)
  -- The third point kills the whole sweep: its own process is the shell's parent, the sweep's the one above.
  write_sweep(script, [[if p.n == 3 then os.execute "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat)" while true do end end]])
  local _, how, number = os.execute(program .. " " .. script .. " 2>/dev/null")
  tap.equal(how .. number, "exit137") -- of the shell
  assert(exists(csv .. ".part") and not exists(csv))
  write_sweep(script, "")
  assert(os.execute(program .. " " .. script))
  tap.equal(slurp(out), "1 2 3 3 4 ")
  local lines = {}
  for line in slurp(csv):gmatch "[^\n]+" do lines[#lines + 1] = line end
  tap.equal(table.concat(lines, " ", 2), "n,result,error 1,10, 2,20, 3,30, 4,40,")
  assert(not exists(csv .. ".part"))
  os.remove(script)
end)

tap.check("Ctrl-C ends a sweep with its copies, and it goes on where it was", function()
  local script = out .. ".lua"
  os.remove(out)
  write_sweep(script, [[
    if p.n == 2 then os.execute "kill -INT $(cut -d' ' -f4 /proc/$PPID/stat)" while true do end end
  ]])
  local before = warpcore.host.time()
  local _, how, number = os.execute(program .. " " .. script .. " 2>" .. out .. ".err")
  tap.equal(how .. number, "exit1")
  assert(warpcore.host.time() - before < 8e9, "it waited for the copy")
  assert(slurp(out .. ".err"):find "interrupted", slurp(out .. ".err"))
  write_sweep(script, "")
  assert(os.execute(program .. " " .. script))
  tap.equal(slurp(out), "1 2 2 3 4 ")
  os.remove(script)
  os.remove(out .. ".err")
end)

tap.check("a progress line on a terminal, and only there", function()
  local script = out .. ".lua"
  write_sweep(script, "if p.n == 2 then error 'bad' end")
  assert(os.execute(("%s %s 2>%s.err"):format(program, script, out)))
  tap.equal(slurp(out .. ".err"), "")
  assert(os.execute(("script -qec '%s %s' /dev/null </dev/null >%s.err"):format(program, script, out)))
  local text = slurp(out .. ".err")
  assert(text:find "\rsweep: 1 of 4 done, 0 failed, [%d.]+/s, %d+ s left", text)
  assert(text:find "\rsweep: 4 of 4 done, 1 failed, [%d.]+/s, 0 s left", text)
  os.remove(script)
  os.remove(out .. ".err")
end)

tap.check("a journal that was cut off in the middle of a line", function()
  local journal = assert(io.open(csv .. ".part", "wb"))
  journal:write 'warpcore-sweep 1 {[1]={["index"]=1,["n"]=1},[2]={["index"]=2,["n"]=2}}\n'
  journal:write '2 {["ok"]=true,["results"]={["first"]=true}}\n'
  journal:write '1 {["ok"]=true,["resul' -- cut off
  journal:close()
  local rows = warpcore.sweep{ vary = { n = { 1, 2 } }, out = csv, run = function() return { first = false } end }
  tap.equal(rows[1].results.first, false)
  tap.equal(rows[2].results.first, true)
end)

tap.fails("a journal of another sweep", "the journal of an unfinished sweep over other values", function()
  local journal = assert(io.open(csv .. ".part", "wb"))
  journal:write "warpcore-sweep 1 {}\n"
  journal:close()
  warpcore.sweep{ vary = { n = { 1 } }, out = csv, run = print }
end)
os.remove(csv .. ".part")

tap.fails("no parameters", "there is no parameter", function() warpcore.sweep{ vary = {}, run = print } end)
tap.fails("no values", "it has none", function() warpcore.sweep{ vary = { a = {} }, run = print } end)
tap.fails("vary missing", "vary: a table is expected", function() warpcore.sweep{ run = print } end)
tap.fails("run missing", "run: a function is expected", function() warpcore.sweep{ vary = { a = { 1 } } } end)
tap.fails("an unknown option", "did you mean 'jobs'", function()
  warpcore.sweep{ vary = { a = { 1 } }, run = print, job = 2 }
end)
tap.fails("no jobs", "jobs is out of range", function()
  warpcore.sweep{ vary = { a = { 1 } }, run = print, jobs = 0 }
end)
tap.fails("another ending", "ends neither in .csv nor in .json", function()
  warpcore.sweep{ vary = { a = { 1 } }, run = print, out = "x.txt" }
end)
tap.fails("a directory that is not there", "No such file or directory", function()
  warpcore.sweep{ vary = { a = { 1 } }, run = print, out = "/nonexistent/x.csv" }
end)
tap.check("a result that cannot be kept", function()
  local rows = warpcore.sweep{ vary = { a = { 1 } }, run = function() return { f = print } end }
  assert(rows[1].error:find "numbers, strings and booleans", rows[1].error)
end)
tap.fails("from a callback", "the machine is running", function()
  local m = tap.machine()
  local problem
  m:timer{ after = "1us", on = function()
    problem = select(2, pcall(warpcore.sweep, { vary = { a = { 1 } }, run = print }))
  end }
  m:run{ ["for"] = "2us" }
  m:close()
  error(problem, 0)
end)

os.remove(out)
os.remove(csv)
os.remove(json)
tap.done()
