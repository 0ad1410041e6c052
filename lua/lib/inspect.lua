-- How the prompt prints values: tables and objects as small tables of their own.
local internal = ...
local grid = internal.load "grid"

local inspect = { depth = 3, width = 100, items = 40, string = 200 }

local plain = { ["nil"] = true, boolean = true, number = true }

local function is_name(key)
  return type(key) == "string" and key:match "^[%a_][%w_]*$"
end

local function is_member(record)
  return record.get ~= nil
end

-- One property in a line or a few: of a long text the end, of a list of records how many.
local function property(name, value, record)
  if math.type(value) == "integer" and record.returns:find "32 bits" then return ("0x%08x"):format(value) end
  if type(value) == "string" and #value > inspect.string then
    return ("%d bytes, the last: %s"):format(#value, grid.cell(name, value:sub(-inspect.string), true))
  end
  return inspect.text(value)
end

-- The properties of an object as text; one that cannot be read now is left out.
local function properties(object, class)
  local values, names = {}, {}
  for name, record in pairs(internal.classes()[class].members) do
    if is_member(record) then
      local ok, value = pcall(record.get, object)
      if ok then
        values[name] = property(name, value, record)
        names[#names + 1] = name
      end
    end
  end
  return names, values
end

local text

local function keyed(key, depth, seen)
  return is_name(key) and key or "[" .. text(key, depth, seen) .. "]"
end

-- Lists of Warpcore's own count from 0.
local function first_of(value)
  return getmetatable(value) == internal.list_meta and 0 or 1
end

local function table_text(value, depth, seen)
  local meta = getmetatable(value)
  if meta and meta ~= internal.list_meta and meta.__tostring then return tostring(value) end
  if seen[value] then return "(again)" end
  if depth > inspect.depth then return "{...}" end
  local first = first_of(value)
  local fields = depth == 0 and #value > 0 and grid.fields(value, first)
  if fields then return grid.text(value, first, fields) end
  seen[value] = true
  local parts, count = {}, first == 1 and #value or 0
  for i = 1, math.min(count, inspect.items) do parts[#parts + 1] = text(value[i], depth + 1, seen) end
  for key, item in pairs(value) do
    if not (math.type(key) == "integer" and key >= 1 and key <= count) then
      if #parts >= inspect.items then
        parts[#parts + 1] = "..."
        break
      end
      local shown = type(item) ~= "table" and not internal.class_of(item) and grid.cell(key, item, true)
      parts[#parts + 1] = keyed(key, depth + 1, seen) .. " = " .. (shown or text(item, depth + 1, seen))
    end
  end
  seen[value] = nil
  local line = "{ " .. table.concat(parts, ", ") .. " }"
  if #parts == 0 then return "{}" end
  if #line + 2 * depth <= inspect.width and not line:find "\n" then return line end
  local indent = ("  "):rep(depth + 1)
  return "{\n" .. indent .. table.concat(parts, ",\n" .. indent) .. "\n" .. ("  "):rep(depth) .. "}"
end

function text(value, depth, seen)
  if plain[type(value)] then return tostring(value) end
  if type(value) == "string" then return ("%q"):format(value):gsub("\\\n", "\\n") end
  if type(value) == "table" then return table_text(value, depth, seen) end
  return tostring(value)
end

-- One value as text that reads well; strings inside tables are quoted.
function inspect.text(value)
  return (text(value, 0, {}))
end

-- ---- Objects that are lists, or know more than their properties ----

local function list_of(fields)
  return function(object) return grid.text(object, 0, fields) end
end

local function registers(object)
  local list = {}
  for name, value in pairs(object) do
    local shown = tostring(value)
    if math.type(value) == "integer" then
      shown = (tostring(object):find "^registers [ef]" and "0x%016x" or "0x%08x"):format(value)
    end
    list[#list + 1] = { tostring(name), shown }
  end
  return grid.pairs(list, 4)
end

local function coverage(tree)
  local list = {}
  for _, node in ipairs(tree:coverage()) do
    list[#list + 1] = { path = node.path, coverage = node.coverage, by = node.reason }
  end
  return grid.text(list, 1, { "path", "coverage", "by" })
end

local special = {
  cores = list_of{ "state", "pc", "insns", "time", "idle_ns" },
  uarts = list_of{ "path", "host", "waiting" },
  registers = registers,
  stats = function(stats) return grid.text(stats:list(), 1, { "name", "value", "unit", "description" }) end,
  dt = coverage,
}

-- An object with its properties, a line each.
function inspect.object(object)
  local class = internal.class_of(object)
  if special[class] then return tostring(object) .. "\n" .. special[class](object) end
  local names, values = properties(object, class)
  local width = 0
  for _, name in ipairs(names) do width = math.max(width, #name) end
  local lines = { tostring(object) }
  for _, name in ipairs(names) do
    lines[#lines + 1] = ("  %-" .. width .. "s  %s"):format(name, (values[name]:gsub("\n", "\n  ")))
  end
  return table.concat(lines, "\n")
end

-- What the prompt prints for a value of its own: a string bare, an object with its properties.
function inspect.shown(value)
  if type(value) == "string" then return value end
  if internal.class_of(value) then return inspect.object(value) end
  return inspect.text(value)
end

function internal.show(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = inspect.shown((select(i, ...))) end
  io.write(table.concat(parts, "\t"), "\n")
end

-- print() of such a list, as of the prompt.
internal.list_meta.__tostring = inspect.text

return inspect
