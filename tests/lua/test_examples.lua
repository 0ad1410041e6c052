-- The short examples print what they promise. (first-light and warp-lab have tests of their own.)
local tap = dofile "tests/lua/tap.lua"

-- What a script prints.
local function run(name, ...)
  local lines = {}
  local function keep(...) lines[#lines + 1] = table.concat({ ... }, "\t") end
  local environment = setmetatable({ print = keep }, { __index = _G })
  assert(loadfile("lua/examples/" .. name, "t", environment))(...)
  return table.concat(lines, "\n")
end

local function shows(text, patterns)
  for _, pattern in ipairs(patterns) do
    if not text:find(pattern) then error(("no match of %q in: %s"):format(pattern, text), 2) end
  end
end

tap.check("timer-lab: a timer of the script changes nothing, one that is delayed or dropped does", function()
  shows(run "timer-lab.lua", {
    "probe 1 at 150000 ns.*probe 2 at 450000 ns",
    "decrementer +at +500%d%d%d ns.*probe +at +750000 ns",
    "9 ticks in 1000000 ns.*\n" .. ("  100000" .. (" 100000"):rep(7)) .. "\n  hooks changed 0",
    "the probe changed nothing: true",
    "\n  100000 130000 70000 100000 100000 130000 70000 100000\n  hooks changed 2",
    "The fifth is dropped\n4 ticks.*\n  100000 100000 100000\n  hooks changed 1.*the run ended with \"deadlock\"",
  })
end)

tap.check("sweep: a row of each point, the same numbers in all files, a plot", function()
  local directory = os.tmpname()
  os.remove(directory)
  assert(os.execute("mkdir " .. directory))
  local function slurp(name)
    local file <close> = assert(io.open(directory .. "/" .. name, "rb"))
    return file:read "a"
  end
  local text = run("sweep.lua", directory)
  local _, rows = text:gsub("%d cores, quantum %d+%a+ +%d+ insns %*+\n", "")
  tap.equal(rows, 12)
  local points = dofile "tests/lua/json.lua"(slurp "sweep.json").points
  local n = 0
  for line in slurp "sweep.csv":gmatch "\n(%d,[^\n]*)" do
    n = n + 1
    local p, r = points[n].parameters, points[n].results
    tap.equal(line, ("%d,%s,%s,%d,"):format(p.cores, p.quantum, r.digest, r.insns))
    -- Alone, a core sees nothing of the length of a round; others wait for each other the longer, the longer it is.
    local before = n % 4 ~= 1 and points[n - 1].results.insns
    if before then assert(p.cores == 1 and r.insns == before or p.cores > 1 and r.insns > before, line) end
  end
  tap.equal(n, 12)
  local page = slurp "sweep.html"
  assert(page:find "<h3>insns over quantum</h3>" and page:find "cores 4")
  os.execute("rm -r " .. directory)
end)

local guests = os.getenv "GUESTS" or "../shared/guests"
local kernel = io.open(guests .. "/vmlinux-e500mc")
if kernel then
  kernel:close()
  tap.check("linux-workload: the boot and the command, by core", function()
    local text = run("linux-workload.lua", guests, "e500mc", "2", "sleep 2")
    shows(text, { "prompt: %d+ instructions.*core 1 +%d+ insns.*sleep 2\n.*which left 0: " })
    local ns = math.tointeger(text:match "left 0: %d+ instructions in (%d+) ns")
    assert(ns >= 2000000000 and ns < 2100000000, text)
    local busy = tonumber(text:match ".*core 1 .- ([%d.]+) %% of the time")
    assert(busy < 5, text)
  end)
  tap.check("boot-phases: phases without a gap, the slowest named", function()
    local text = run("boot-phases.lua", guests, "e500mc", "1")
    local at, most, name = 0, 0, nil
    for from, ns, phase in text:gmatch "  from +(%d+) ns +(%d+) ns +[%d.]+ %%  (.-)  " do
      tap.equal(math.tointeger(from), at)
      at = at + math.tointeger(ns)
      if math.tointeger(ns) > most then most, name = math.tointeger(ns), phase end
    end
    tap.equal(at, math.tointeger(text:match "prompt: (%d+) ns"))
    shows(text, { "start_kernel", "smp_init", "The slowest phase is " .. name:gsub("%p", "%%%0"),
      "\n +%d+ ns from +%d+ ns  %[ +[%d.]+%] clk: Disabling unused clocks" })
  end)
else
  tap.skip("linux-workload and boot-phases", "no kernel in " .. guests)
end

tap.check("without kernels, the examples with Linux say so", function()
  shows(run("linux-workload.lua", "/nonexistent"), { "^skipped: there is no /nonexistent/vmlinux%-e500mc$" })
  shows(run("boot-phases.lua", "/nonexistent"), { "^skipped: there is no /nonexistent/vmlinux%-e500mc$" })
end)

tap.done()
