-- Every row of lua/kit/option.def, in all that derives from it: the command line, --help, warpcore.options, the fields
-- of warpcore.machine with their help, the man page, the sandbox's rules.
local tap = dofile "tests/lua/tap.lua"

local binary = os.getenv "WARPCORE" or "build/warpcore"
local members = warpcore.classes.warpcore.members
local rows = members.options.rows

-- Without the check for leaks: it needs ptrace, which the border of --sandbox denies.
local function output_of(arguments)
  local quiet = "ASAN_OPTIONS=\"${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0\""
  local pipe <close> = assert(io.popen(("%s %s %s 2>&1 </dev/null"):format(quiet, binary, arguments)))
  return pipe:read "a"
end

-- For each row that `wanted` is true of; what `fn` returns is what is wrong with it.
local function each(wanted, fn)
  local wrong, count = {}, 0
  for _, row in ipairs(rows) do
    if wanted(row) then
      count = count + 1
      local problem = fn(row)
      if problem then wrong[#wrong + 1] = (row.field or row.flags) .. ": " .. problem end
    end
  end
  assert(#wrong == 0, table.concat(wrong, "\n"))
  assert(count > 0, "no row")
end

local function is_option(row) return row.name or row.letter end
local function is_field(row) return row.field end

-- A value that the command line takes for a row, and what warpcore.options makes of it.
local given = {
  count = { "3", "3" }, integer = { "7", "7" }, disks = { "a.img,ro", "table" }, directory = { "a.dir", "a.dir" },
}

local function option_with(row)
  local value = (given[row.type] or { "some" })[1]
  local flag = row.name and "--" .. row.name or "-" .. row.letter
  if not row.argument then return flag, "true" end
  return flag .. (row.name and "=" or " ") .. value, (given[row.type] or { nil, "some" })[2]
end

tap.check("each field's option is taken, and is in warpcore.options", function()
  each(function(row) return row.field and row.name end, function(row)
    local option, wanted = option_with(row)
    local code = ("local v = warpcore.options.%s print(type(v) == 'table' and 'table' or v)"):format(row.field)
    local got = output_of(("%s -e \"%s\""):format(option, code))
    return got ~= wanted .. "\n" and got
  end)
end)

tap.check("each other option is taken", function()
  assert(output_of("-v"):find "^warpcore %d" and output_of("-h"):find "^usage")
  each(function(row) return is_option(row) and not row.field end, function(row)
    local option = (row.name and "--" .. row.name or "-" .. row.letter) .. (row.argument and " 'print(5)'" or "")
    local got = output_of(option .. " -e 'print(6)'")
    return got:find "unknown" and got
  end)
end)

tap.check("each option's letter is its own", function()
  local seen = {}
  each(function(row) return row.letter end, function(row)
    local double = seen[row.letter]
    seen[row.letter] = true
    return double and "its letter is taken"
  end)
end)

local usage = output_of "--help"

tap.check("each option is in --help, with blanks after its value", function()
  each(is_option, function(row)
    local first = row.help:match "^[^\n]*"
    for line in usage:gmatch "[^\n]+" do
      local flags = line:match "^ +(%-.-)  "
      if flags and flags:sub(1, #row.flags) == row.flags and line:sub(25) == first then return nil end
    end
    return "not there"
  end)
end)

tap.check("each field is in the help of warpcore.machine", function()
  each(is_field, function(row)
    local text = row.manual or row.help:gsub("^.* | [^,]*, ", "") -- the choices are said between the parentheses
    return not ("\n" .. members.machine.arguments):find("\n" .. row.field .. " (", 1, true)
      and "not there" or not members.machine.arguments:find(text, 1, true) and "its text is not there"
  end)
end)

tap.check("each option is in the man page, with all of its help", function()
  local directory = os.tmpname()
  os.remove(directory)
  assert(os.execute("mkdir " .. directory))
  tap.equal(output_of(("docs/manual.lua %s 2026-01-31"):format(directory)), "")
  local file <close> = assert(io.open(directory .. "/warpcore.1"))
  local text = file:read "a":gsub("\\%-", "-"):gsub("\\%(aq", "'"):gsub("\\e", "\\"):gsub("%s+", " ")
  os.execute("rm -r " .. directory)
  each(is_option, function(row)
    return not text:find(row.flags, 1, true) and "not there"
      or not text:find((row.help:gsub("%s+", " ")), 1, true) and "not all of its help is there"
  end)
end)

tap.check("each field has a rule of the sandbox, which lets through what a machine may be", function()
  local allowed = { engine = '"interp"', timing = '"icount"', idle = '"warp"', cores = "1", threads = "1", seed = "1",
                    epoch = "1", memory = '"64M"', entropy = "true", adaptive = "true", quantum = '"10us"',
                    log = '"info"', core = '"e500mc"', append = '"x"', run = '"1s"', on = '"local"' }
  each(is_field, function(row)
    if not row.rule then return "no rule" end
    if row.rule ~= "any" or not allowed[row.field] then return nil end
    local got = output_of((
      "--sandbox-weak -e 'warpcore.machine{ board = \"dts/ppce500.dts\", %s = %s }:close()'"):format(
      row.field, allowed[row.field]))
    return got ~= "" and got
  end)
end)

tap.check("the core types to choose from are those that there are", function()
  local got = output_of("-e 'warpcore.machine{ board = \"dts/ppce500.dts\", core = \"none\" }'")
  each(function(row) return row.field == "core" end, function(row)
    local names = "(" .. table.concat(row.choices, ", ") .. ")"
    return not got:find(names, 1, true) and ("%s, and not %s"):format(got, names)
  end)
end)

tap.check("the sandbox has each rule that is not for any value", function()
  local outside = {
    board = '"/etc/passwd"', input = '"/etc/passwd"', output = '"/etc/passwd"', serial = '"file:/etc/passwd"',
    disks = '{ "/etc/passwd" }', directory = '"/etc"', network = '"user"',
  }
  each(function(row) return row.rule and row.rule ~= "any" end, function(row)
    if not outside[row.rule] then return "an unknown rule " .. row.rule end
    local code = ("warpcore.machine{ %s = %s }"):format(row.field, outside[row.rule])
    local got = output_of(("--sandbox-weak -e '%s'"):format(code))
    return not (got:find "sandbox: warpcore.machine: " and (got:find "may not" or got:find "host's network")) and got
  end)
end)

tap.check("what is no option is refused, with the nearest that is one", function()
  local got = output_of "--bord=x -e ''"
  assert(got:find "^warpcore: unknown or wrong option %-%-bord=x", got)
  got = output_of "--kernle x -e ''"
  assert(got:find("unknown or wrong option --kernle; did you mean --kernel?", 1, true), got)
end)
tap.fails("what is no field is refused, with the nearest that is one", "did you mean 'firmware'", function()
  warpcore.machine{ board = "dts/ppce500.dts", firmwear = "x" }
end)
tap.fails("an option that is named otherwise as a field", "warpcore.machine has no 'disk'", function()
  warpcore.machine{ board = "dts/ppce500.dts", disk = "x" }
end)
tap.check("a choice that there is not says which there are", function()
  local _, problem = pcall(warpcore.machine, { board = "dts/ppce500.dts", idle = "never" })
  assert(tostring(problem):find('idle "never" is unknown; there are "warp" and "realtime"', 1, true), problem)
  _, problem = pcall(warpcore.machine, { board = "dts/ppce500.dts", engine = "x" })
  assert(tostring(problem):find('engine "x" is unknown; there is "interp"', 1, true), problem)
end)

tap.done()
