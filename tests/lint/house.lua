-- The drawing of the house, checked by what the linker and the sources say.
--   usage: warpcore tests/lint/house.lua BUILD [known]     status 1 when something breaks a rule; circles are printed;
--   known: prints what tests/lint/known should hold
--
-- 1. By include lines: a file includes from its own floor and those below (tests/lint/floors, floors.awk).
-- 2. By symbols: it calls into no other; a device reaches no core.
-- 3. A circle of files that call each other is one unit, and one of its headers says why, with these two words.
-- 4. A function's first word is the first of its file's, or all of its file's; two files never share a name.
-- 5. Only tables of names know a core by its name: the models (sim/core/model.c), what trees and kernels call them.
-- 6. No line of C or Lua is longer than 120 columns, none ends in a blank, C is indented with tabs.
local build = assert(arg[1], "usage: house.lua BUILD")
local bad = false

-- What is known and waits to be mended, by rule and file (tests/lint/known): so much and no more.
local known, complaints = {}, {}
for line in io.lines "tests/lint/known" do
  local count, rule, file = line:match "^(%d+) (%a+) (%S+)$"
  if count then known[rule .. " " .. file] = math.tointeger(count) end
end

local function complain(rule, file, ...)
  local key = rule .. " " .. file
  complaints[key] = complaints[key] or {}
  table.insert(complaints[key], string.format(...))
end

local function print_complaints()
  local waiting = 0
  for key, texts in pairs(complaints) do
    waiting = waiting + math.min(#texts, known[key] or 0)
    if #texts > (known[key] or 0) then
      bad = true
      print("lint: " .. table.concat(texts, "\nlint: "))
    end
  end
  for key, count in pairs(known) do
    if #(complaints[key] or {}) < count then
      bad = true
      print(("lint: tests/lint/known: %s: %d are left of %d"):format(key, #(complaints[key] or {}), count))
    end
  end
  print(("lint: %d known complaints wait (tests/lint/known)"):format(waiting))
end

local function lines_of(command)
  local pipe <close> = assert(io.popen(command))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  return list
end

local function text_of(name)
  local file <close> = assert(io.open(name, "rb"))
  return file:read "a"
end

---- Floors ----

local function read_floors()
  local floors, count = {}, 0
  for line in io.lines "tests/lint/floors" do
    if not line:find "^#" then
      count = count + 1
      for room in line:gmatch "%S+" do floors[room] = count end
    end
  end
  return floors
end

local function room_of(file)
  return (file:gsub("/[^/]*$", ""))
end

-- An object that an older tree left in the build folder is nobody's.
local function has_source(name)
  local file = io.open(name .. ".c") or io.open(name:gsub("64$", "") .. ".c") -- some are compiled for 64 bits too
  if file then file:close() end
  return file ~= nil
end

-- What each file wants; who defines what. A file has the name of its source, without the end.
local function read_objects()
  local files, definer = {}, {}
  local objects = ("find %s/sim %s/soc %s/lua -name '*.o' ! -path '*/isa/gen/*'"):format(build, build, build)
  for _, line in ipairs(lines_of(objects .. " | sort | xargs nm -A")) do
    local path, kind, symbol = line:match "^(.-)%.o:%s*%x*%s+(%a)%s+(%S+)$"
    local name = path and path:sub(#build + 2)
    if name and has_source(name) then
      files[name] = files[name] or { wanted = {} }
      if kind == "U" then
        files[name].wanted[symbol] = true
      elseif kind:find "[TDBRVW]" then
        definer[symbol] = name
      end
    end
  end
  return files, definer
end

local core_rooms = { ["sim/mmu"] = true, ["sim/core"] = true, ["sim/exec"] = true, ["sim/engine"] = true,
                     ["sim/machine"] = true }

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- Which files each file calls.
local function calls(files, definer, floors)
  local graph = {}
  for _, name in ipairs(sorted_keys(files)) do
    graph[name] = {}
    local here = room_of(name)
    for _, symbol in ipairs(sorted_keys(files[name].wanted)) do
      local target = definer[symbol]
      local there = target and room_of(target)
      if target and target ~= name then
        graph[name][target] = true
        if not floors[here] or not floors[there] then
          complain("room", name, "%s or %s is in no room of tests/lint/floors", name, target)
        elseif floors[there] > floors[here] then
          complain("up", name .. ".c", "%s.c calls up: %s of %s.c", name, symbol, target)
        end
        if here == "soc/device" and core_rooms[there] then
          complain("device", name .. ".c",
            "%s.c is a device and reaches into %s: %s of %s.c", name, there, symbol, target)
        end
      end
    end
  end
  return graph
end

---- Circles (Tarjan's strongly connected components) ----

local function circles_of(graph)
  local index, low, on_stack, stack, found, count = {}, {}, {}, {}, {}, 0
  local function visit(v)
    count = count + 1
    index[v], low[v] = count, count
    stack[#stack + 1], on_stack[v] = v, true
    for _, w in ipairs(sorted_keys(graph[v])) do
      if not index[w] then
        visit(w)
        low[v] = math.min(low[v], low[w])
      elseif on_stack[w] then
        low[v] = math.min(low[v], index[w])
      end
    end
    if low[v] == index[v] then
      local circle = {}
      repeat
        local w = table.remove(stack)
        on_stack[w] = false
        circle[#circle + 1] = w
      until w == v
      if #circle > 1 then
        table.sort(circle)
        found[#found + 1] = circle
      end
    end
  end
  for _, v in ipairs(sorted_keys(graph)) do
    if not index[v] then visit(v) end
  end
  return found
end

local function says_why(circle)
  for _, name in ipairs(circle) do
    local file = io.open(name .. ".h")
    if file then
      local text = file:read "a"
      file:close()
      if text:gsub("%s*\n%s*%*?%s*", " "):find "[Oo]ne unit" then return true end
    end
  end
  return false
end

local function check_circles(graph)
  for _, circle in ipairs(circles_of(graph)) do
    print(("circle of %d: %s"):format(#circle, table.concat(circle, " ")))
    if not says_why(circle) then
      complain("unit", circle[1] .. ".c", "no header says why %s and %d more are one unit", circle[1], #circle - 1)
    end
  end
end

---- Names ----

local function is_named_for(name, stem)
  local prefix
  for word in stem:gmatch "[^_]+" do
    prefix = prefix and prefix .. "_" .. word or word
    if name == prefix or name:find("^" .. prefix .. "%d*_") or name:find("^" .. prefix .. "%d+$") then return true end
  end
  return false
end

-- Functions as the house writes them: the head begins in the first column, "{" is a line of its own.
local function check_functions(file, lines)
  local stem = file:match "([^/]+)%.[ch]$"
  local head
  for number, line in ipairs(lines) do
    local code = line:gsub("__attribute__%(%(.-%)%)", "")
    if line == "{" then
      local made = head and (head:match "^EXEC%(([%w_]+)" or head:match "EXEC_NAME%(([%w_]+)") -- sim/exec/width.h
      local name = made and "exec_" .. made or head and head:match "([%w_]+)%("
      if name and name ~= "main" and not is_named_for(name, stem) then
        complain("name", file, "%s:%d: %s: its first word is not that of its file", file, number - 1, name)
      end
      head = nil
    elseif code:find "^[%a_].*[%w_]%(" then
      head = code
    end
  end
end

local function check_shared_names(files)
  local first = {}
  for _, file in ipairs(files) do
    local name = file:match "[^/]+$"
    if first[name] then complain("shared", file, "%s and %s share a name", first[name], file) end
    first[name] = file
  end
end

---- Format ----

local function columns(line)
  local width = 0
  for char in line:gmatch(utf8.charpattern) do
    width = char == "\t" and width - width % 8 + 8 or width + 1
  end
  return width
end

local function check_format(file, lines)
  for number, line in ipairs(lines) do
    if columns(line) > 120 then complain("columns", file, "%s:%d: longer than 120 columns", file, number) end
    if line:find "[ \t]$" then complain("blank", file, "%s:%d: ends in a blank", file, number) end
    if file:find "%.[ch]$" and line:find "^        " then
      complain("indent", file, "%s:%d: indented with blanks", file, number)
    end
  end
end

local tables_of_names = {
  ["sim/core/model.c"] = "the models",
  ["soc/build/cpus.c"] = "what trees call their cores",
  ["soc/build/kernel_core.c"] = "what kernels call them",
  ["lua/kit/option.def"] = "what a user may ask for; tests/lua/test_options.lua has it follow the models",
}

local function model_names()
  local names = {}
  for name in text_of "sim/core/model.c":gmatch '%.name = ("[^"]+")' do names[#names + 1] = name end
  assert(#names > 0, "sim/core/model.c has no models")
  return names
end

-- Code, without comments that begin and end in its line.
local function check_models(file, lines, names)
  if tables_of_names[file] then return end
  for number, line in ipairs(lines) do
    for _, name in ipairs(names) do
      if line:gsub("/%*.-%*/", ""):find(name, 1, true) then
        complain("model", file, "%s:%d: knows the core %s by its name: its model has categories and columns", file,
          number, name)
      end
    end
  end
end

local function split(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

local function check_includes()
  local sources = "git ls-files 'sim/*.[ch]' 'soc/*.[ch]' 'lua/*.[ch]'"
  for _, line in ipairs(lines_of("awk -f tests/lint/floors.awk tests/lint/floors $(" .. sources .. ")")) do
    complain("include", line:match "^[^:]+", "%s", line)
  end
end

local function check_sources()
  local house = lines_of "git ls-files 'sim/*.[ch]' 'soc/*.[ch]' 'lua/*.[ch]'"
  check_shared_names(house)
  for _, file in ipairs(house) do
    local lines = split(text_of(file))
    check_functions(file, lines)
  end
  local names = model_names()
  local places = "'sim/*.[ch]' 'sim/*.def' 'soc/*.[ch]' 'lua/*.[ch]' 'lua/*.def'"
  for _, file in ipairs(lines_of("git ls-files " .. places)) do
    check_models(file, split(text_of(file)), names)
  end
  for _, file in ipairs(lines_of "git ls-files '*.c' '*.h' '*.lua'") do check_format(file, split(text_of(file))) end
end

check_includes()
local files, definer = read_objects()
check_circles(calls(files, definer, read_floors()))
check_sources()
if arg[2] == "known" then
  for _, key in ipairs(sorted_keys(complaints)) do print(#complaints[key] .. " " .. key) end
  os.exit(true)
end
print_complaints()
os.exit(not bad)
