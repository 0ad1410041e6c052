-- Checks of arguments for functions written in Lua; the words are those of lua/kit/arg.c.
local internal = ...

local check = {}

local function got(value)
  if value == nil then return "nothing" end
  if type(value) == "string" then return "the string '" .. value .. "'" end
  if type(value) == "number" then return tostring(value) end
  return type(value)
end

-- The table of options, or an empty one; every key must be one of `names` (a set).
function check.options(object, value, what, names)
  if value == nil then return {} end
  if type(value) ~= "table" then
    internal.fail(object, what .. ": a table of options is expected, got " .. got(value))
  end
  for key in pairs(value) do
    if not names[key] then internal.unknown(object, what, key, names) end
  end
  return value
end

function check.type(object, value, what, wanted)
  if type(value) == wanted or (wanted == "integer" and math.type(value) == "integer") then return value end
  local article = wanted:find "^[aeiou]" and "an " or "a "
  internal.fail(object, ("%s: %s%s is expected, got %s"):format(what, article, wanted, got(value)))
end

function check.callable(object, value, what)
  local meta = getmetatable(value)
  if type(value) == "function" or (type(meta) == "table" and meta.__call) then return value end
  internal.fail(object, what .. ": a function is expected, got " .. got(value))
end

-- The machine that an object of a class leads into; it must be open.
function check.open(object, class)
  internal.expect_class(object, class)
  local machine = internal.machine_of(object)
  assert(machine.now, "an error tells that it is closed")
  return machine
end

return check
