-- A strict reader of JSON for the tests: json(text) -> value; an error says where it is not JSON.
local read

local function fail(at, what) error(("not JSON at %d: %s"):format(at, what), 0) end
local function skip(text, at) return text:match("^[ \t\r\n]*()", at) end

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local function read_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local plain, stop = text:match('^([^"\\%c]*)()', at)
    parts[#parts + 1] = plain
    local c = text:sub(stop, stop)
    if c == '"' then return table.concat(parts), stop + 1 end
    if c ~= "\\" then fail(stop, "a string that does not end") end
    local code = text:match("^u(%x%x%x%x)", stop + 1)
    local escape = escapes[text:sub(stop + 1, stop + 1)]
    if not code and not escape then fail(stop, "an unknown escape") end
    parts[#parts + 1] = code and utf8.char(tonumber(code, 16)) or escape
    at = stop + (code and 6 or 2)
  end
end

local function read_number(text, at)
  local number, stop = text:match("^(%-?%d+%.?%d*[eE]?[+-]?%d*)()", at)
  if not number or number:match "^%-?0%d" or not tonumber(number) then fail(at, "no value") end
  return tonumber(number), stop
end

-- What stands between brackets: one(at) reads an item and returns the place behind it.
local function read_items(text, at, close, one)
  at = skip(text, at + 1)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = skip(text, one(at))
    local c = text:sub(at, at)
    if c == close then return at + 1 end
    if c ~= "," then fail(at, "a comma or " .. close .. " is expected") end
    at = skip(text, at + 1)
  end
end

local words = { ["true"] = true, ["false"] = false, null = nil }

function read(text, at)
  local c = text:sub(at, at)
  if c == '"' then return read_string(text, at) end
  local value = {}
  if c == "[" then
    return value, read_items(text, at, "]", function(item)
      local behind
      value[#value + 1], behind = read(text, item)
      return behind
    end)
  end
  if c == "{" then
    return value, read_items(text, at, "}", function(item)
      if text:sub(item, item) ~= '"' then fail(item, "a key is expected") end
      local key, behind = read_string(text, item)
      behind = skip(text, behind)
      if text:sub(behind, behind) ~= ":" then fail(behind, "a colon is expected") end
      value[key], behind = read(text, skip(text, behind + 1))
      return behind
    end)
  end
  local word = text:match("^%a+", at)
  if word then
    if words[word] == nil and word ~= "null" then fail(at, "an unknown word") end
    return words[word], at + #word
  end
  return read_number(text, at)
end

return function(text)
  local value, behind = read(text, skip(text, 1))
  if skip(text, behind) <= #text then fail(behind, "text behind the end") end
  return value
end
