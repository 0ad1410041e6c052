-- Text of values for files: JSON, CSV, and Lua that load() reads back.
local encode = {}

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

encode.sorted_keys = sorted_keys

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function json_string(text)
  return '"' .. text:gsub('[%c"\\\x7f-\xff]', function(c)
    -- Bytes that are not ASCII stay when the whole is UTF-8.
    if escapes[c] then return escapes[c] end
    if c:byte() >= 0x80 and utf8.len(text) then return c end
    return ("\\u%04x"):format(c:byte())
  end) .. '"'
end

-- A number as any reader of JSON takes it: no inf, no nan.
local function json_number(number)
  if math.type(number) == "integer" then return ("%d"):format(number) end
  if number ~= number or number == math.huge or number == -math.huge then return "null" end
  return ("%.17g"):format(number)
end

-- Tables with [1], or empty ones of `list` kind, are arrays; all others objects, their keys in order.
function encode.json(value, indent)
  indent = indent or ""
  local kind = type(value)
  if kind == "number" then return json_number(value) end
  if kind == "boolean" then return tostring(value) end
  if kind == "nil" then return "null" end
  if kind ~= "table" then return json_string(tostring(value)) end
  local deeper, parts, array = indent .. "  ", {}, value[1] ~= nil
  if array then
    for i, item in ipairs(value) do parts[i] = encode.json(item, deeper) end
  else
    for _, key in ipairs(sorted_keys(value)) do
      parts[#parts + 1] = json_string(tostring(key)) .. ": " .. encode.json(value[key], deeper)
    end
  end
  if #parts == 0 then return array and "[]" or "{}" end
  local open, close = array and "[" or "{", array and "]" or "}"
  return open .. "\n" .. deeper .. table.concat(parts, ",\n" .. deeper) .. "\n" .. indent .. close
end

-- One field of CSV (RFC 4180).
local function csv_field(value)
  if value == nil then return "" end
  local text = type(value) == "number" and json_number(value) or tostring(value)
  if text:find '[",\r\n]' then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

-- `n` fields, nil among them.
function encode.csv(fields, n)
  local parts = {}
  for i = 1, n or #fields do parts[i] = csv_field(fields[i]) end
  return table.concat(parts, ",") .. "\n"
end

-- A Lua expression for a plain value; numbers keep every bit.
function encode.lua(value)
  if type(value) ~= "table" then
    local kind = type(value)
    if kind == "nil" or kind == "boolean" then return tostring(value) end
    if kind ~= "number" and kind ~= "string" then error("a " .. kind .. " cannot be a result", 0) end
    return (("%q"):format(value):gsub("\\\n", "\\n"))
  end
  local parts = {}
  for _, key in ipairs(sorted_keys(value)) do
    parts[#parts + 1] = "[" .. encode.lua(key) .. "]=" .. encode.lua(value[key])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- What encode.lua wrote; nil if the text is not whole.
function encode.read_lua(text)
  local chunk = load("return " .. text, "=result", "t", {})
  return chunk and chunk()
end

return encode
