-- Completion at the prompt: what may stand where the cursor is. Nothing is called but what reads properties.
local internal = ...

local complete = {}

local function is_name(key) return type(key) == "string" and key:match "^[%a_][%w_]*$" end

-- The value of an expression of names, fields and constant indices, or nil: "m.cores[0].spr", "m.dt['/cpus']".
local function value_of(text)
  local name, rest = text:match "^([%a_][%w_]*)(.*)$"
  local value = name and rawget(_G, name)
  while value ~= nil and rest ~= "" do
    local key, after = rest:match "^%.([%a_][%w_]*)(.*)$"
    if not key then
      key, after = rest:match "^%[(%d+)%](.*)$"
      key = key and math.tointeger(tonumber(key))
    end
    if not key then key, after = rest:match "^%[[\"']([^\"']*)[\"']%](.*)$" end
    if key == nil then return nil end
    local ok, field = pcall(function() return value[key] end)
    if not ok then return nil end
    value, rest = field, after
  end
  return value
end

local function starting(candidates, part)
  local list = {}
  for _, item in ipairs(candidates) do
    if item[1]:sub(1, #part) == part then list[#list + 1] = item end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list, #part
end

-- Members of an object: methods behind a colon, properties (and functions of a module) behind a point.
local function members_of(class, colon)
  local list = {}
  for name, record in pairs(class.members) do
    if record.call and (colon or class.module) then list[#list + 1] = { name, "(" } end
    if record.get and not colon then list[#list + 1] = { name, "" } end
  end
  return list
end

-- Names that an object knows beside its members: registers, symbols, properties of a node.
local function items_of(object, class)
  local list = {}
  if class.name == "registers" then
    local ok = pcall(function()
      for name in pairs(object) do
        if is_name(name) then list[#list + 1] = { name, "" } end
      end
    end)
    if not ok then return {} end
  elseif class.name == "symbols" then
    for _, name in ipairs(object:starting()) do list[#list + 1] = { name, "" } end
  elseif class.name == "node" then
    for _, name in ipairs(object.properties) do
      if is_name(name) then list[#list + 1] = { name, "" } end
    end
  end
  return list
end

local function append(list, more)
  for _, item in ipairs(more) do list[#list + 1] = item end
  return list
end

local function keys_of(value, colon)
  local list = {}
  for key, item in pairs(value) do
    if is_name(key) and (not colon or type(item) == "function") then
      list[#list + 1] = { key, type(item) == "function" and "(" or "" }
    end
  end
  return list
end

local function fields_of(value, colon)
  if type(value) == "string" then return colon and keys_of(string, true) or {} end
  local class = internal.class_of(value)
  if class then
    class = internal.classes()[class]
    return append(members_of(class, colon), colon and {} or items_of(value, class))
  end
  return type(value) == "table" and keys_of(value, colon) or {}
end

local keywords = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
  "or", "repeat", "return", "then", "true", "until", "while",
}

local function globals()
  local list = keys_of(_G)
  for _, word in ipairs(keywords) do list[#list + 1] = { word, "" } end
  return list
end

-- ---- Inside of a string ----

local function paths_of_tree(tree)
  local list = {}
  for _, node in ipairs(tree:all()) do list[#list + 1] = { node.path, "" } end
  return list
end

local function names_of_stats(stats)
  local list = {}
  for _, stat in ipairs(stats:list()) do list[#list + 1] = { stat.name, "" } end
  return list
end

local function names_of_symbols(machine)
  local list = {}
  for _, name in ipairs(machine.symbols:starting()) do list[#list + 1] = { name, "" } end
  return list
end

local function words_of_help()
  local list = {}
  for _, entry in ipairs(internal.manual_index()) do list[#list + 1] = { entry.name, "" } end
  for name, class in pairs(internal.classes()) do
    list[#list + 1] = { name, "" }
    for member in pairs(class.members) do list[#list + 1] = { name .. "." .. member, "" } end
  end
  return list
end

local function files_of(part)
  local list = {}
  for _, name in ipairs(internal.files(part)) do list[#list + 1] = { name, "" } end
  return list, #part
end

-- The machine that an expression leads into, or the first one that is open.
local function machine_of(expression)
  local value = expression and value_of(expression)
  if value ~= nil and internal.class_of(value) then
    local ok, machine = pcall(internal.machine_of, value)
    if ok and internal.class_of(machine) == "machine" then return machine end
  end
  return internal.machines()[1]
end

local places = { pc = true, read = true, write = true }

-- `before` ends where the string's quote stands; `part` is what is typed of the string.
local function in_string(before, part)
  local object = before:match "([%a_][%w_%.%[%]%d]*)%[$"
  local value = object and value_of(object)
  if value ~= nil and internal.class_of(value) == "dt" then return starting(paths_of_tree(value), part) end
  if value ~= nil and internal.class_of(value) == "symbols" then
    return starting(names_of_symbols(internal.machine_of(value)), part)
  end
  local called, method = before:match "([%a_][%w_%.%[%]%d]*):([%a_]+)[%(%s{].-$"
  value = called and value_of(called)
  local class = value ~= nil and internal.class_of(value)
  if class == "stats" and method ~= "write" then return starting(names_of_stats(value), part) end
  if class == "core" and (method == "disassemble" or method == "assemble") then
    return starting(names_of_symbols(internal.machine_of(value)), part)
  end
  local key = before:match "([%a_]+)%s*=%s*$"
  if key and places[key] and machine_of(called) then return starting(names_of_symbols(machine_of(called)), part) end
  if before:match "help%s*%(?%s*$" then return starting(words_of_help(), part) end
  return files_of(part)
end

-- The quote that is open at the end of the text, as its place; nil when the cursor is outside of a string.
local function open_quote(text)
  local quote, at
  local i = 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "\\" and quote then
      i = i + 1
    elseif quote == c then
      quote = nil
    elseif not quote and (c == '"' or c == "'") then
      quote, at = c, i
    end
    i = i + 1
  end
  return quote and at
end

-- complete(text before the cursor) -> list of { word, suffix }, length of what they replace
function complete.candidates(text)
  local quote = open_quote(text)
  if quote then return in_string(text:sub(1, quote - 1), text:sub(quote + 1)) end
  local object, mark, part = text:match "([%a_][%w_%.%[%]\"'/@%-,]*)([%.:])([%w_]*)$"
  local value = object and value_of(object)
  if object then
    if value == nil then return {}, 0 end
    return starting(fields_of(value, mark == ":"), part)
  end
  return starting(globals(), text:match "[%a_][%w_]*$" or "")
end

internal.complete = complete.candidates

return complete
