-- warpcore.report: a page from a machine or from a sweep.
local tap = dofile "tests/lua/tap.lua"
local path = os.tmpname()

local function page(what, options)
  warpcore.report(what, path, options)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

-- Every tag that is opened is closed, in order: a browser would forgive, a reader of the file may not.
local function check_tags(text)
  local open, void = {}, { meta = true, rect = true, path = true, circle = true, polyline = true }
  for slash, name, rest in text:gmatch "<(/?)([%a][%w]*)([^>]*)>" do
    if slash == "/" then
      tap.equal(table.remove(open), name)
    elseif not rest:find "/$" and not (name == "meta" and void[name]) then
      open[#open + 1] = name
    end
  end
  tap.equal(#open, 0)
end

tap.check("of a machine: shares of the timeline, warps, statistics", function()
  local m = tap.machine()
  -- Core 0 sleeps between decrementer interrupts that never come; a script timer ends each warp.
  m:timer{ after = "1us", every = "1us", on = function() end }
  m:run{ ["for"] = "20us" }
  local text = page(m, { title = "a <b> & c" })
  check_tags(text)
  assert(text:find("<title>a &lt;b&gt; &amp; c</title>", 1, true))
  assert(text:find("core 1: 100.0 % warped", 1, true))
  assert(not text:find("% running", 1, true))
  assert(text:find(m:digest(), 1, true))
  assert(text:find("<td>script</td><td class=\"n\">20</td><td class=\"n\">20000</td>", 1, true), "share of the script")
  assert(text:find("<td>core0.insns</td><td class=\"n\">0</td><td>insns</td><td>instructions retired</td>", 1, true))
  local sum = io.popen("sha256sum dts/ppce500.dts"):read "a":match "^%x+"
  assert(text:find(("<td>board</td><td>dts/ppce500.dts</td><td>%s</td>"):format(sum), 1, true))
  assert(text:find("<td>quantum</td><td class=\"n\">10000</td>", 1, true))
  assert(not text:find "https?://" and not text:find "<script" and not text:find "<link")
  m:close()
end)

tap.check("of a busy core: running all the time", function()
  local m = tap.machine()
  tap.program(m, 0, 0x1000, tap.counter)
  m:run{ ["for"] = "100us" }
  local text = page(m)
  check_tags(text)
  assert(text:find("core 0: 100.0 % running", 1, true))
  assert(text:find("core 1: 100.0 % idle", 1, true))
  assert(not text:find("core 0: %d+%.%d %% idle"))
  m:close()
end)

tap.check("of a region of interest: passages, times and instructions", function()
  local m = tap.machine()
  tap.program(m, 0, 0x1000, tap.counter)
  assert(not page(m):find "Regions of interest")
  m:run{ ["for"] = "10us" }
  for _ = 1, 2 do
    m.stats:begin "a & b"
    m:run{ ["for"] = "5us" } -- 2000 instructions at 400 MHz
    m.stats:finish "a & b"
  end
  local text = page(m)
  check_tags(text)
  local row = "<td>a &amp; b</td>"
  for _, value in ipairs{ 2, 10000, 10000, 20000, 4000 } do row = row .. "<td class=\"n\">" .. value .. "</td>" end
  assert(text:find(row, 1, true))
  m:close()
end)

tap.check("two runs write the same page", function()
  local pages = {}
  for i = 1, 2 do
    local m = tap.uboot_machine()
    m:run{ ["for"] = "2ms" }
    pages[i] = page(m)
    m:close()
  end
  tap.equal(pages[1], pages[2])
end)

tap.check("of a sweep: a plot of each number, a row of each point", function()
  local rows = warpcore.sweep{
    vary = { { "cores", { 1, 2 } }, { "quantum", { "1us", "10us", "100us" } } },
    run = function(p)
      if p.cores == 2 and p.quantum == "10us" then error "no < result" end
      return { time = p.cores * #p.quantum, name = p.quantum .. "&" }
    end,
  }
  local text = page(rows)
  check_tags(text)
  assert(text:find("<h3>time over quantum</h3>", 1, true))
  assert(not text:find("<h3>name over", 1, true))
  assert(text:find("<title>cores 2 100us: 10</title>", 1, true))
  assert(text:find("no &lt; result", 1, true))
  assert(text:find("<td>10us&amp;</td>", 1, true))
  local _, circles = text:gsub("<circle", "")
  tap.equal(circles, 5)
  -- A point that failed leaves a hole: no line leads across it.
  local _, lines = text:gsub("<polyline", "")
  tap.equal(lines, 3)
  assert(text:find("6 points, deterministic</p>", 1, true))
end)

tap.check("of a sweep: what its machines were made of", function()
  local rows = warpcore.sweep{ vary = { cores = { 1, 2 } }, run = function(p)
    local m = tap.uboot_machine{ cores = p.cores }
    m:run{ insns = 10 }
    return m.insns
  end }
  local text = page(rows)
  check_tags(text)
  local sum = io.popen("sha256sum " .. tap.uboot):read "a":match "^%x+"
  local _, kernels = text:gsub(("<td>kernel</td><td>%s</td><td>%s</td>"):format(tap.uboot:gsub("%p", "%%%0"), sum), "")
  tap.equal(kernels, 2)
  warpcore.report({ { parameters = { a = 1 }, results = { b = 2 } } }, path) -- rows that come from elsewhere
end)

tap.fails("neither machine nor rows", "rows of warpcore.sweep are expected", function() warpcore.report({}, path) end)
tap.fails("a list of something else", "what[1] is not a row", function() warpcore.report({ 1 }, path) end)
tap.fails("a number", "a table is expected", function() warpcore.report(1, path) end)
tap.fails("no path", "path: a string is expected", function() warpcore.report(tap.machine()) end)
tap.fails("no such directory", "No such file or directory", function()
  warpcore.report(tap.machine(), "/nonexistent/report.html")
end)
tap.fails("an unknown option", "did you mean 'title'", function()
  warpcore.report(tap.machine(), path, { titel = "x" })
end)
tap.fails("a closed machine", "closed", function()
  local m = tap.machine()
  m:close()
  warpcore.report(m, path)
end)
tap.fails("from a callback", "the machine is running", function()
  local m = tap.machine()
  local problem
  m:timer{ after = "1us", on = function() problem = select(2, pcall(warpcore.report, m, path)) end }
  m:run{ ["for"] = "2us" }
  error(problem, 0)
end)

os.remove(path)
tap.done()
