-- The manual from the tables that register each option and function: an HTML page, warpcore.1 and warpcore-lua.3.
--   usage: warpcore docs/manual.lua directory date       (what `make docs` does)
local directory, date = ...
assert(date, "usage: warpcore docs/manual.lua directory date")

-- ---- What there is to tell ----

-- { { flags, value or "", text }, ... } of the command line; the value with what is between it and the flags.
local function read_options()
  local options = {}
  for _, row in ipairs(warpcore.classes.warpcore.members.options.rows) do
    local value = row.argument or ""
    if row.flags ~= "" then
      options[#options + 1] = { flags = row.flags, value = value:find "^[^%[]" and " " .. value or value,
                                text = row.help:gsub("\n", " ") }
    end
  end
  return options
end

local options = read_options()

local options_rest = "Without a script: a Lua prompt, or Lua read from standard input. `help()` there starts the "
  .. "manual."

local introduction = "warpcore runs unmodified multi-core PowerPC software (firmware, kernels) on a system on chip "
  .. "that is built from a device tree, the same way every time. Time in the guest is what the cores have executed; "
  .. "idle time is skipped, and accounted for. A Lua script can see and steer all of it."

local conventions = {
  "Times are integers in ns, or strings with a unit: \"10us\", \"1.5ms\", \"2s\". All of them are virtual.",
  "State is a property (core.insns), an action is a method (m:run()). A name that does not exist is an error that "
    .. "suggests the nearest one.",
  "Cores, UARTs and timers are numbered from 0. Guest memory is big-endian.",
  "A callback gets one event; if it returns \"stop\", the run ends. An error in it stops the run.",
  "A failing call raises an error with the script's line and the simulated time.",
}

local statuses = {
  { "0", "done; a guest that powers off is done" },
  { "0 to 255", "with --run and --semihost: the status that the guest exits with; 255 for a larger one" },
  { "1", "an error in the script, or the guest ended badly: deadlock, unhandled exception, wall-clock limit" },
  { "2", "a wrong option or argument" },
  { "130", "interrupted (Ctrl-C)" },
}

local environment = {
  { "WARPCORE_SWEEP_POINT, WARPCORE_SWEEP_DIRECTORY",
    "set by warpcore.sweep for the processes that it starts on other hosts; not for use by hand" },
}

local sections = { { "Arguments", "arguments" }, { "Returns", "returns" }, { "Errors", "errors" } }

local function write(name, lines)
  local path = directory .. "/" .. name
  local file = assert(io.open(path, "wb"))
  assert(file:write(table.concat(lines, "\n"), "\n"))
  assert(file:close())
end

-- ---- HTML ----

local style = "body{font:16px/1.5 sans-serif;max-width:56em;margin:2em auto;padding:0 1em;color:#222}"
  .. "pre,code{font-family:monospace;background:#f4f4f4}pre{padding:.6em;overflow-x:auto}"
  .. "dt{font-weight:bold;margin-top:.4em}h2{border-bottom:1px solid #ccc;margin-top:2em}"
  .. "h3{font-family:monospace;margin-top:1.6em}a{color:#05a;text-decoration:none}"

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function html(text) return (tostring(text):gsub('[&<>"]', entities)) end

local function html_id(class, name)
  return (class.name .. (name and "." .. name or "")):gsub(" ", "-")
end

local function html_member(add, class, name, record)
  add(('<h3 id="%s">%s</h3>'):format(html_id(class, name), html(record.synopsis)))
  add("<p>" .. html(record.text) .. "</p>")
  add "<dl>"
  for _, section in ipairs(sections) do
    local text = record[section[2]]
    if text then add("<dt>" .. section[1] .. "</dt><dd>" .. html(text):gsub("\n", "<br>") .. "</dd>") end
  end
  add "</dl>"
  add("<pre>" .. html(record.example) .. "</pre>")
end

local function html_list(add, items)
  add "<dl>"
  for _, item in ipairs(items) do
    add("<dt><code>" .. html(item[1]) .. "</code></dt><dd>" .. html(item[2]) .. "</dd>")
  end
  add "</dl>"
end

local function html_contents(add)
  add "<dl>"
  for _, class in pairs(warpcore.classes) do
    local links = {}
    for name in pairs(class.members) do
      links[#links + 1] = ('<a href="#%s">%s</a>'):format(html_id(class, name), html(name))
    end
    add(('<dt><a href="#%s">%s</a></dt><dd>%s<br>%s</dd>'):format(
      html_id(class), html(class.name), html(class.summary), table.concat(links, " ")))
  end
  add "</dl>"
end

local function write_html()
  local lines = {}
  local function add(line) lines[#lines + 1] = line end
  add '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
  add("<title>Warpcore " .. html(warpcore.version) .. "</title><style>" .. style .. "</style></head><body>")
  add("<h1>Warpcore " .. html(warpcore.version) .. "</h1>\n<p>" .. html(introduction) .. "</p>")
  add '<h2 id="options">Command line</h2>'
  add "<pre>warpcore [options] [script.lua [args]]</pre>"
  local list = {}
  for i, option in ipairs(options) do
    list[i] = { option.flags .. option.value, option.text }
  end
  html_list(add, list)
  add("<p>" .. html(options_rest) .. "</p>\n<h3>Exit status</h3>")
  html_list(add, statuses)
  add "<h3>Environment</h3>"
  html_list(add, environment)
  add '<h2 id="conventions">Conventions of scripts</h2>\n<ul>'
  for _, text in ipairs(conventions) do add("<li>" .. html(text) .. "</li>") end
  add '</ul>\n<h2 id="classes">Classes</h2>'
  html_contents(add)
  for _, class in pairs(warpcore.classes) do
    add(('<h2 id="%s">%s</h2>\n<p>%s</p>'):format(html_id(class), html(class.name), html(class.summary)))
    for name, record in pairs(class.members) do html_member(add, class, name, record) end
  end
  add "</body></html>"
  write("warpcore.html", lines)
end

-- ---- Man pages, man(7) ----

-- A text line: no character of it is markup.
local function man(text)
  text = tostring(text):gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("'", "\\(aq"):gsub("`", "\\(ga"):gsub("%^", "\\(ha")
    :gsub("~", "\\(ti")
  return (text:gsub("^%.", "\\&."))
end

-- An argument of a macro.
local function man_argument(text)
  return '"' .. man(text):gsub('"', "\\(dq") .. '"'
end

-- Filled text: input lines of less than 80 characters.
local function man_text(add, text)
  local line = ""
  for word in text:gmatch "%S+" do
    if #man(line .. word) > 78 then
      add(man(line))
      line = ""
    end
    line = line == "" and word or line .. " " .. word
  end
  if line ~= "" then add(man(line)) end
end

local function man_item(add, head, text)
  add ".TP"
  add(".B " .. man_argument(head))
  for line in text:gmatch "[^\n]+" do
    if line ~= text:match "^[^\n]+" then add ".br" end
    man_text(add, line)
  end
end

local function man_example(add, text)
  add ".PP"
  add ".nf"
  add ".RS 4"
  for line in (text .. "\n"):gmatch "(.-)\n" do add(line == "" and "\\&" or man(line)) end
  add ".RE"
  add ".fi"
end

local function man_page(name, section, title)
  local lines = {}
  local function add(line) lines[#lines + 1] = line end
  add(('.TH %s %d %s "Warpcore %s" Warpcore'):format(man(name:upper()), section, date, warpcore.version))
  add ".SH NAME"
  add(man(name) .. " \\- " .. man(title))
  return lines, add
end

local function write_man1()
  local lines, add = man_page("warpcore", 1, "simulate a PowerPC e500 system, steered from Lua")
  add ".SH SYNOPSIS"
  add ".B warpcore"
  add "[\\fIoptions\\fR] [\\fIscript.lua\\fR [\\fIargs\\fR]]"
  add ".SH DESCRIPTION"
  man_text(add, introduction)
  add ".PP"
  man_text(add, options_rest)
  add ".SH OPTIONS"
  for _, option in ipairs(options) do
    add ".TP"
    local blank, value = option.value:match "^( ?)(.*)"
    add(value ~= "" and (".BI %s %s"):format(man_argument(option.flags .. blank), man_argument(value))
      or ".B " .. man_argument(option.flags))
    man_text(add, option.text)
  end
  add ".SH \"EXIT STATUS\""
  for _, item in ipairs(statuses) do man_item(add, item[1], item[2]) end
  add ".SH ENVIRONMENT"
  for _, item in ipairs(environment) do man_item(add, item[1], item[2]) end
  add ".SH EXAMPLES"
  man_text(add, "Boot Linux on two cores until it powers off, the console on the terminal:")
  man_example(add, "warpcore -b dts/ppce500.dts -n 2 -k vmlinux --initrd rootfs.cpio.gz -a console=ttyS0 --run 60s")
  add ".SH \"SEE ALSO\""
  add ".BR warpcore\\-lua (3)"
  write("warpcore.1", lines)
end

local function man_member(add, record)
  add(".SS " .. man_argument(record.synopsis))
  man_text(add, record.text)
  for _, section in ipairs(sections) do
    if record[section[2]] then man_item(add, section[1], record[section[2]]) end
  end
  man_example(add, record.example)
end

local function write_man3()
  local lines, add = man_page("warpcore-lua", 3, "what scripts of warpcore can see and steer")
  add ".SH DESCRIPTION"
  man_text(add, "The module warpcore is there in each script that warpcore(1) runs. In the examples, m is a machine: ")
  man_example(add, 'local m = warpcore.machine{ board = "dts/ppce500.dts", kernel = "uboot.elf" }')
  for _, text in ipairs(conventions) do
    add ".PP"
    man_text(add, text)
  end
  add ".PP"
  man_text(add, "The program has the same pages: help(x) tells about an object or a function, help \"word\" searches.")
  for _, class in pairs(warpcore.classes) do
    add(".SH " .. man_argument(class.name:upper()))
    man_text(add, class.summary)
    for _, record in pairs(class.members) do man_member(add, record) end
  end
  add ".SH \"SEE ALSO\""
  add ".BR warpcore (1)"
  write("warpcore-lua.3", lines)
end

write_html()
write_man1()
write_man3()
