-- Statistics by name.
local tap = dofile "tests/lua/tap.lua"
local json = dofile "tests/lua/json.lua"
local m = tap.machine()
local dir = os.tmpname()
os.remove(dir)
assert(os.execute("mkdir " .. dir))

local function content(name)
  local f <close> = assert(io.open(dir .. "/" .. name, "rb"))
  return f:read "a"
end

tap.program(m, 0, 0x1000, tap.counter)
m:run{ insns = 1000 }

tap.check("get reads one", function()
  tap.equal(m.stats:get "core0.insns", 1000)
  tap.equal(m.stats:get "core1.insns", 0)
end)

tap.check("all reads all, or those that match", function()
  local all = m.stats:all()
  tap.equal(all["core0.insns"], 1000)
  local some = m.stats:all "core?.insns"
  tap.equal(some["core1.insns"], 0)
  local n = 0
  for name in pairs(some) do
    n = n + 1
    assert(name:find "^core%d%.insns$")
  end
  tap.equal(n, 2)
  tap.equal(next(m.stats:all "nothing*"), nil)
end)

tap.check("each has a unit and a description", function()
  local d = m.stats:describe "core0.insns"
  tap.equal(d.name, "core0.insns")
  tap.equal(d.value, 1000)
  tap.equal(d.unit, "insns")
  for _, stat in ipairs(m.stats:list()) do assert(#stat.unit > 0 and #stat.description > 0, stat.name) end
  tap.equal(#m.stats:list "core*.insns", 2)
end)

tap.check("diff counts from an earlier moment", function()
  local before = m.stats:all()
  m:run{ insns = 500 }
  tap.equal(m.stats:diff(before)["core0.insns"], 500)
end)

tap.check("regions add up what happens between begin and finish", function()
  tap.equal(#m.stats.regions, 0)
  for _ = 1, 3 do
    m.stats:begin "work"
    m:run{ insns = 100 }
    m.stats:finish "work"
    m:run{ insns = 1000 }
  end
  local region = m.stats.regions[1]
  tap.equal(region.name, "work")
  tap.equal(region.count, 3)
  tap.equal(region.values["core0.insns"], 300)
end)

tap.check("a region that the guest marks, through m:at", function()
  local one = tap.machine{ cores = 1 }
  local c = one.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M" }
  c:assemble(0x1000, [[
    outer: li r4,10
           mtctr r4
    enter: addi r3,r3,1
           bdnz enter
    leave: nop
           b outer
  ]])
  c:release(0x1000)
  local inside = false
  one:at{ pc = 0x1008, on = function() if not inside then inside = true one.stats:begin "loop" end end }
  one:at{ pc = 0x1010, on = function() inside = false one.stats:finish "loop" end }
  one:run{ insns = 10 * 24 }
  tap.equal(one.stats.regions[1].values["core0.insns"] // one.stats.regions[1].count, 20)
end)

tap.check("a region's times are those of the callbacks that mark it", function()
  local one = tap.machine{ quantum = "100us" }
  tap.program(one, 0, 0x1000, tap.counter)
  for _, us in ipairs{ 10, 50 } do
    one:timer{ after = us * 1000, on = function() one.stats:begin "work" end }
    one:timer{ after = us * 1000 + 7000, on = function() one.stats:finish "work" end }
  end
  one:run{ ["for"] = "55us" }
  local region = one.stats.regions[1]
  tap.equal(("%d %d %d %d %s"):format(region.count, region.time, region.first, region.last, region.open),
    "1 7000 10000 50000 true")
  one:run{ ["for"] = "5us" }
  region = one.stats.regions[1]
  tap.equal(("%d %d %d %d %s"):format(region.count, region.time, region.first, region.last, region.open),
    "2 14000 10000 57000 false")
  one.stats:write(dir .. "/r.csv")
  assert(content "r.csv":find("\nwork,region.time,14000,ns,", 1, true))
  assert(content "r.csv":find("\nwork,region.first,10000,ns,", 1, true))
end)

tap.check("write makes JSON, CSV and text at once, each with a manifest", function()
  m.stats:write(dir .. "/s.json", dir .. "/s.csv", dir .. "/s.txt")
  local data = json(content "s.json")
  tap.equal(data.stats["core0.insns"].value, m.cores[0].insns)
  tap.equal(data.stats["core0.insns"].unit, "insns")
  tap.equal(data.time, m.now)
  tap.equal(data.regions.work.count, 3)
  tap.equal(data.manifest.warpcore, warpcore.version)
  tap.equal(data.manifest.deterministic, true)
  tap.equal(data.manifest.options.cores, 2)
  local sum = io.popen("sha256sum " .. data.manifest.files.board.path):read "a"
  tap.equal(data.manifest.files.board.sha256, sum:match "^%x+")
  assert(content "s.csv":find("\n,core0.insns," .. m.cores[0].insns .. ",insns,", 1, true))
  assert(content "s.csv":find("\nwork,core0.insns,300,insns,", 1, true))
  assert(content "s.csv":find "^# {.*\"sha256\"")
  assert(content "s.txt":find("\ncore0.insns +" .. m.cores[0].insns .. "  insns"))
end)

tap.check("a manifest has the digests of the disks", function()
  local image, overlay = dir .. "/disk.img", dir .. "/disk.cow"
  local function sum(path) return io.popen("sha256sum " .. path):read "a":match "^%x+" end
  local file = assert(io.open(image, "w"))
  file:write(("x"):rep(4096))
  file:close()
  local a = tap.machine{ disks = { { file = image, readonly = true }, { file = image, overlay = overlay } } }
  a.stats:write(dir .. "/disks.json")
  local files = json(content "disks.json").manifest.files
  tap.equal(files.disk0.path, image)
  tap.equal(files.disk0.sha256, sum(image))
  tap.equal(files.disk0.readonly, true)
  tap.equal(files.disk1.sha256, sum(image))
  tap.equal(files["disk1.overlay"].path, overlay)
  tap.equal(files["disk1.overlay"].sha256, sum(overlay))
  tap.equal(files["disk1.overlay"].written, nil)
  assert(warpcore.report(a, dir .. "/disks.html") == nil)
  assert(content "disks.html":find(sum(overlay), 1, true))
  a:close()
  m.stats:write(dir .. "/s.json")
  tap.equal(json(content "s.json").manifest.files.disk0, nil)
end)

tap.check("two runs write the same file", function()
  local function one(name)
    local a = tap.machine{ stats = dir .. "/" .. name }
    tap.program(a, 0, 0x1000, tap.counter)
    a:run{ ["for"] = "10us" }
    a:close()
    return content(name):gsub(name, "NAME")
  end
  tap.equal(one "a.json", one "b.json")
end)

tap.check("samples come each interval, in memory and in a file", function()
  local one = tap.machine()
  tap.program(one, 0, 0x1000, tap.counter)
  local s = one.stats:every("10us", { "core*.insns", "warp.total", "core0.insns" }, dir .. "/run.csv")
  tap.equal(table.concat(s.names, " "), "core0.insns core1.insns warp.total")
  one:run{ ["for"] = "55us" }
  tap.equal(#s.rows, 5)
  tap.equal(table.concat(s.rows[5], " "), "50000 20000 0 0")
  s:cancel()
  s:cancel()
  one:run{ ["for"] = "55us" }
  tap.equal(#s.rows, 5)
  local lines = {}
  for line in content "run.csv":gmatch "[^\n]+" do lines[#lines + 1] = line end
  assert(lines[1]:find "^# {")
  tap.equal(lines[2], "time,core0.insns,core1.insns,warp.total")
  tap.equal(lines[7], "50000,20000,0,0")
  tap.equal(#lines, 7)
end)

tap.check("the head of a file of samples says what had a say in the end, and the quantum that was in force", function()
  local n = tap.machine()
  n.quantum = "2us"
  local sampler = n.stats:every("1us", "core0.insns", dir .. "/host.csv")
  local function head() return io.lines(dir .. "/host.csv")() end
  n:run{ ["for"] = "3us", wall = 1000 }
  sampler:cancel()
  assert(head():find '"deterministic": true' and head():find '"quantum": 2000', head())
  n.stats:every("1us", "core0.insns", dir .. "/host.csv")
  n:run{ ["for"] = "3us" }
  assert(warpcore.host.time() > 0)
  n:close()
  assert(head():find '"deterministic": false', head())
  local lines = {}
  for line in io.lines(dir .. "/host.csv") do lines[#lines + 1] = line end
  tap.equal(#lines, 5)
  tap.equal(lines[2], "time,core0.insns")
  tap.equal(lines[5], "6000,0")
end)

tap.fails("a region that has begun already", "has begun already", function()
  m.stats:begin "open"
  m.stats:begin "open"
end)
tap.fails("a region that has not begun", "has not begun", function() m.stats:finish "never" end)
tap.fails("a region without a name", "a string is expected", function() m.stats:begin() end)
tap.fails("a difference to nothing", "a table is expected", function() m.stats:diff() end)
tap.fails("a file of another kind", "ends in none of", function() m.stats:write(dir .. "/x.xml") end)
tap.fails("no file", "the name of a file", function() m.stats:write() end)
tap.fails("a file that cannot be written", "could not be written", function() m.stats:write(dir .. "/no/x.json") end)
tap.fails("samples of nothing", "no statistic matches 'cpu*'", function() m.stats:every("1us", "cpu*") end)
tap.fails("samples of a number", "a string is expected", function() m.stats:every("1us", { 3 }) end)
tap.fails("an interval of a wrong type", "interval", function() m.stats:every({}, "core0.insns") end)
tap.fails("an interval of 0", "m.stats:every: interval: a time above 0", function() m.stats:every(0, "core0.insns") end)
tap.fails("samples into another kind of file", "does not end in .csv", function()
  m.stats:every("1us", "core0.insns", dir .. "/x.json")
end)
tap.fails("an unknown thing of a sampler", "did you mean 'rows'", function()
  return m.stats:every("1us", "core0.insns").row
end)
tap.fails("a dot instead of a colon", "a stats is expected in front", function() m.stats.write("x.json") end)

tap.fails("a name that there is not", "did you mean 'core0.insns'", function() m.stats:get "core0.insn" end)
tap.fails("describing a name that there is not", "no statistic", function() m.stats:describe "x" end)
tap.fails("no name", "a string is expected", function() m.stats:get() end)
tap.fails("a pattern of a wrong type", "a string is expected", function() m.stats:all(3) end)
tap.fails("a list with a pattern of a wrong type", "a string is expected", function() m.stats:list {} end)
tap.fails("an unknown method", "did you mean 'get'", function() m.stats:gte() end)

os.execute("rm -r " .. dir)
tap.done()
