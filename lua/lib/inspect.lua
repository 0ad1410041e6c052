-- How the prompt prints values: tables and objects as small tables of their own.
local internal = ...

local inspect = { depth = 3, width = 100, items = 40 }

local plain = { ["nil"] = true, boolean = true, number = true }

local function is_name(key)
  return type(key) == "string" and key:match "^[%a_][%w_]*$"
end

local function is_member(record)
  return record.get ~= nil
end

-- The properties of an object as text; one that cannot be read now is left out.
local function properties(object, class)
  local values, names = {}, {}
  for name, record in pairs(internal.classes()[class].members) do
    if is_member(record) then
      local ok, value = pcall(record.get, object)
      if ok then
        local hex = math.type(value) == "integer" and record.returns:find "32 bits"
        values[name] = hex and ("0x%08x"):format(value) or inspect.text(value)
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

local function table_text(value, depth, seen)
  if seen[value] then return "(again)" end
  if depth > inspect.depth then return "{...}" end
  seen[value] = true
  local parts, count = {}, #value
  for i = 1, math.min(count, inspect.items) do parts[#parts + 1] = text(value[i], depth + 1, seen) end
  for key, item in pairs(value) do
    if not (math.type(key) == "integer" and key >= 1 and key <= count) then
      if #parts >= inspect.items then
        parts[#parts + 1] = "..."
        break
      end
      parts[#parts + 1] = keyed(key, depth + 1, seen) .. " = " .. text(item, depth + 1, seen)
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

-- An object with its properties, a line each.
function inspect.object(object)
  local class = internal.class_of(object)
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

return inspect
