-- warpcore.report: one self-contained page from a machine's run or from the rows of a sweep.
local internal = ...
local check = internal.load "check"
local encode = internal.load "encode"
local manifest = internal.load "manifest"
local svg = internal.load "svg"

local BINS = 400

local kinds = {
  { name = "running", color = "#3a7d44" }, { name = "idle", color = "#e0b040" }, { name = "warped", color = "#b8c8e0" },
}

local style = [[
body{font:14px sans-serif;margin:2em;max-width:62em;color:#222}
h1{font-size:1.5em} h2{font-size:1.15em;margin-top:2em} pre{background:#f4f4f4;padding:1em}
table{border-collapse:collapse} td,th{border:1px solid #ccc;padding:2px 8px;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums} svg text{font:12px sans-serif} .key{margin-right:1em}
.key b{display:inline-block;width:1em;height:1em;vertical-align:-0.1em;margin-right:0.3em}
]]

local function page(title, parts)
  return table.concat{
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", svg.escape(title), "</title><style>",
    style, "</style></head><body>\n<h1>", svg.escape(title), "</h1>\n", table.concat(parts, "\n"), "\n</body></html>\n",
  }
end

local function cell(value)
  if value == nil then return "<td></td>" end
  if type(value) == "number" then
    return ('<td class="n">%s</td>'):format(math.type(value) == "integer" and value or ("%.9g"):format(value))
  end
  return "<td>" .. svg.escape(value) .. "</td>"
end

-- A column for each of `head`; rows may have holes.
local function table_of(head, rows)
  if #rows == 0 then return "<p>none</p>" end
  local lines = { "<table><tr>" }
  for _, name in ipairs(head) do lines[#lines + 1] = "<th>" .. svg.escape(name) .. "</th>" end
  lines[#lines + 1] = "</tr>"
  for _, row in ipairs(rows) do
    lines[#lines + 1] = "<tr>"
    for i = 1, #head do lines[#lines + 1] = cell(row[i]) end
    lines[#lines + 1] = "</tr>\n"
  end
  lines[#lines + 1] = "</table>"
  return table.concat(lines)
end

-- ---- The timeline: what share of each bin a core was running, idle and warped ----

local function spread(bins, kind, from, to, first, width)
  from, to = math.max(from, first), math.min(to, first + width * BINS)
  while from < to do
    local b = (from - first) // width
    local till = math.min(to, first + (b + 1) * width)
    bins[b + 1][kind] = bins[b + 1][kind] + (till - from)
    from = till
  end
end

local function empty_track(name)
  local track = { name = name }
  for b = 1, BINS do track[b] = { 0, 0, 0 } end
  return track
end

local function timeline_of(m)
  local events = internal.timeline(m)
  local first, last = events[1] and events[1].from or 0, m.now
  for _, event in ipairs(events) do first = math.min(first, event.from) end
  local width = math.max(1, (last - first + BINS - 1) // BINS)
  local tracks, since = {}, {}
  for i = 0, #m.cores - 1 do tracks[i] = empty_track("core " .. i) end
  local function close(core, to)
    local before = since[core]
    if before then spread(tracks[core], before.state == "running" and 1 or 2, before.from, to, first, width) end
  end
  for _, event in ipairs(events) do
    if event.kind == "state" then
      -- Before its first change that is still there, a core was not what it then became.
      local before = event.state == "running" and "idle" or "running"
      since[event.core] = since[event.core] or { from = first, state = before }
      close(event.core, event.from)
      since[event.core] = event
    end
  end
  for core = 0, #m.cores - 1 do
    since[core] = since[core] or { from = first, state = m.cores[core].state }
    close(core, last)
  end
  for _, event in ipairs(events) do
    if event.kind == "warp" then
      for core = 0, #m.cores - 1 do spread(tracks[core], 3, event.from, event.to, first, width) end
    end
  end
  local list = {}
  for core = 0, #m.cores - 1 do
    for _, bin in ipairs(tracks[core]) do
      bin[2] = math.max(0, bin[2] - bin[3]) -- a warp is idle time too
      for k = 1, 3 do bin[k] = math.min(1, bin[k] / width) end
    end
    list[#list + 1] = tracks[core]
  end
  return svg.timeline(list, kinds, internal.time_text(first), internal.time_text(last))
end

local function key()
  local parts = {}
  for i, kind in ipairs(kinds) do
    parts[i] = ('<span class="key"><b style="background:%s"></b>%s</span>'):format(kind.color, kind.name)
  end
  return "<p>" .. table.concat(parts) .. "</p>"
end

-- Warps of the ledger's ring by length: 1 ns, 10 ns, ...
local function histogram_of(m)
  local counts, least, most = {}, math.huge, -math.huge
  for _, entry in ipairs(m.warp:log(1 << 20)) do
    local length = entry.ended ~= "hook" and entry.to - entry.from or 0
    if length > 0 then
      local decade = #tostring(length) - 1
      counts[decade] = (counts[decade] or 0) + 1
      least, most = math.min(least, decade), math.max(most, decade)
    end
  end
  local bars = {}
  for decade = least, most do
    local label = "from " .. internal.time_text(math.tointeger(10 ^ decade))
    bars[#bars + 1] = { label = label, value = counts[decade] or 0 }
  end
  return #bars > 0 and svg.bars(bars, "#6688bb") or "<p>none</p>"
end

local function shares(list)
  local rows = {}
  for name, share in pairs(list) do rows[#rows + 1] = { name, share.count, share.total } end
  table.sort(rows, function(a, b) return a[3] > b[3] or (a[3] == b[3] and a[1] < b[1]) end)
  return rows
end

local function cores_table(m)
  local rows = {}
  for i = 0, #m.cores - 1 do
    local core = m.cores[i]
    rows[#rows + 1] = { i, core.state, core.insns, core.cycles, core.time, core.idle_ns }
  end
  return table_of({ "core", "state", "insns", "cycles", "time, ns", "idle, ns" }, rows)
end

-- Regions of interest, with the instructions of all cores; nothing where there is none.
local function regions_of(m)
  local rows = {}
  for i, region in ipairs(m.stats.regions) do
    local insns = 0
    for core = 0, #m.cores - 1 do insns = insns + region.values[("core%d.insns"):format(core)] end
    rows[i] = { region.name, region.count, region.time, region.first, region.last, insns }
  end
  return #rows == 0 and "" or "<h2>Regions of interest</h2>"
    .. table_of({ "region", "passages", "time, ns", "first from, ns", "last to, ns", "insns" }, rows)
end

local function stats_table(m)
  local rows = {}
  for _, stat in ipairs(m.stats:list()) do rows[#rows + 1] = { stat.name, stat.value, stat.unit, stat.description } end
  return table_of({ "statistic", "value", "unit", "description" }, rows)
end

-- What a machine was made of (manifest.of_options): its files with their SHA-256, its options.
local function origin_table(facts)
  local rows = {}
  for name, file in pairs(facts.files) do rows[#rows + 1] = { name, file.path, file.sha256 } end
  for name, value in pairs(facts.options) do
    local shown = type(value) == "table" and encode.json(value):gsub("%s+", " ") or tostring(value)
    rows[#rows + 1] = { name, type(value) == "number" and value or shown }
  end
  rows[#rows + 1] = { "seed", facts.seed }
  return table_of({ "option", "value", "SHA-256" }, rows)
end

local function sureness(deterministic)
  return deterministic and "deterministic" or "not deterministic: the host had a say"
end

local function coverage_table(m)
  local rows = {}
  for _, node in ipairs(m.dt:coverage()) do rows[#rows + 1] = { node.path, node.coverage, node.reason } end
  return table_of({ "node", "coverage", "by" }, rows)
end

local function report_machine(m, title)
  local warp = m.warp
  return page(title or "Warpcore: a run", {
    ("<p>Warpcore %s, virtual time %s, digest <code>%s</code>, %s</p>"):format(svg.escape(warpcore.version),
      internal.time_text(m.now), m:digest(), sureness(m.deterministic)),
    "<h2>Cores over virtual time</h2>", key(), timeline_of(m), cores_table(m),
    "<h2>Warps</h2>",
    table_of({ "warps", "total, ns", "longest, ns", "ended by an input" },
      { { warp.count, warp.total, warp.longest, warp.partial } }),
    "<h3>The last ones, by length</h3>", histogram_of(m),
    "<h3>By owner of the timer that ended them</h3>", table_of({ "owner", "warps", "ns" }, shares(warp.by_owner)),
    "<h3>By reason of each core</h3>", table_of({ "reason", "core warps", "core ns" }, shares(warp.by_reason)),
    regions_of(m),
    "<h2>Device tree</h2>", coverage_table(m),
    "<h2>Statistics</h2>", stats_table(m),
    "<h2>Made of</h2>", origin_table(manifest.of_options(m.options, m)),
  })
end

-- ---- A sweep: the rows, and for each numeric result a plot over the last parameter ----

local function column_names(rows, part)
  local set = {}
  for _, row in ipairs(rows) do
    for name in pairs(row[part] or {}) do set[name] = true end
  end
  return encode.sorted_keys(set)
end

-- The parameter of the x axis: the one with the most values.
local function axis_of(rows, names)
  local best, most = names[1], 0
  for _, name in ipairs(names) do
    local seen, count = {}, 0
    for _, row in ipairs(rows) do
      local value = tostring(row.parameters[name])
      if not seen[value] then seen[value], count = true, count + 1 end
    end
    if count > most then best, most = name, count end
  end
  return best
end

local function plot(rows, names, axis, result)
  local labels, position, series, by_name = {}, {}, {}, {}
  for _, row in ipairs(rows) do
    local label = tostring(row.parameters[axis])
    if not position[label] then
      labels[#labels + 1] = label
      position[label] = #labels
    end
    local others = {}
    for _, name in ipairs(names) do
      if name ~= axis then others[#others + 1] = name .. " " .. tostring(row.parameters[name]) end
    end
    local name = table.concat(others, ", ")
    if not by_name[name] then
      by_name[name] = { name = name }
      series[#series + 1] = by_name[name]
    end
    local value = (row.results or {})[result]
    if type(value) == "number" then by_name[name][position[label]] = value end
  end
  return ("<h3>%s over %s</h3>"):format(svg.escape(result), svg.escape(axis)) .. svg.lines(labels, series)
end

local function is_numeric(rows, result)
  for _, row in ipairs(rows) do
    local value = (row.results or {})[result]
    if type(value) == "number" then return true end
  end
  return false
end

local function report_sweep(rows, title)
  local parameters, results = column_names(rows, "parameters"), column_names(rows, "results")
  local head, lines, parts = {}, {}, {}
  for _, name in ipairs(parameters) do head[#head + 1] = name end
  for _, name in ipairs(results) do head[#head + 1] = name end
  head[#head + 1] = "error"
  for i, row in ipairs(rows) do
    local line, n = {}, 0
    for _, name in ipairs(parameters) do n = n + 1 line[n] = row.parameters[name] end
    for _, name in ipairs(results) do
      local value = (row.results or {})[name]
      n = n + 1
      line[n] = type(value) == "boolean" and tostring(value) or value
    end
    line[n + 1] = row.error
    lines[i] = line
  end
  local facts = internal.sweep_facts(rows)
  parts[1] = ("<p>Warpcore %s, %d points%s</p>"):format(svg.escape(warpcore.version), #rows,
    facts and ", " .. sureness(facts.deterministic) or "")
  parts[2] = "<h2>Plots</h2>"
  local axis = axis_of(rows, parameters)
  for _, result in ipairs(results) do
    if is_numeric(rows, result) then parts[#parts + 1] = plot(rows, parameters, axis, result) end
  end
  parts[#parts + 1] = "<h2>Points</h2>"
  parts[#parts + 1] = table_of(head, lines)
  for _, machine in ipairs(facts and facts.machines or {}) do
    parts[#parts + 1] = "<h2>A machine was made of</h2>" .. origin_table(machine)
  end
  return page(title or "Warpcore: a sweep", parts)
end

local function check_rows(rows)
  check.type(nil, rows, "warpcore.report: what", "table")
  for i, row in ipairs(rows) do
    if type(row) ~= "table" or type(row.parameters) ~= "table" then
      internal.fail(nil, ("warpcore.report: what[%d] is not a row of warpcore.sweep"):format(i))
    end
  end
  if #rows == 0 then
    internal.fail(nil, "warpcore.report: what: a machine or the rows of warpcore.sweep are expected")
  end
  return rows
end

internal.define("warpcore", {
  name = "report",
  synopsis = "warpcore.report(what, path [, { title = }])",
  text = "Writes one HTML page that needs no network. Of a machine: a timeline of the cores (running, idle, warped), "
    .. "the warps by length, owner and reason, the regions of interest, the coverage of the device tree, all "
    .. "statistics. Of a sweep: each numeric result plotted over the parameter that has the most values, and all "
    .. "points. Of both: what the machines were made of, with SHA-256 of the files. The timeline has the "
    .. "machine's last 65536 changes of state.",
  arguments = "what (machine, or list from warpcore.sweep)\n"
    .. "path (string): the file, as \"report.html\"\n"
    .. "title (string): of the page",
  returns = "nothing",
  errors = "neither a machine nor rows; the machine is closed or runs; the file cannot be written",
  example = "m:run{ [\"for\"] = \"1ms\" }\nlocal path = os.tmpname()\nwarpcore.report(m, path)\nos.remove(path)",
  call = function(what, path, options)
    options = check.options(nil, options, "warpcore.report", { title = true })
    check.type(nil, path, "warpcore.report: path", "string")
    local text
    if internal.class_of(what) == "machine" then
      if what.running then
        internal.fail(what, "warpcore.report: a callback cannot write one: the machine is running")
      end
      text = report_machine(what, options.title)
    else
      text = report_sweep(check_rows(what), options.title)
    end
    local file, problem = io.open(path, "wb")
    if not file or not file:write(text) or not file:close() then
      internal.fail(nil, "warpcore.report: " .. (problem or path .. ": it could not be written"))
    end
  end,
})
