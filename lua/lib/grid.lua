-- Lists of records as small tables with a column for each field: how the prompt shows cores, timers, warps, statistics.
local grid = { rows = 40 }

-- Integers of these fields are places in the guest, not amounts.
local hex = {
  pc = true, sp = true, lr = true, ctr = true, msr = true, cr = true, xer = true, address = true, physical = true,
  word = true,
}

-- A value as one word or a few; `quote` as in Lua source.
function grid.cell(name, value, quote)
  if hex[name] and math.type(value) == "integer" then return ("0x%08x"):format(value) end
  if type(value) == "string" and quote then return (("%q"):format(value):gsub("\\\n", "\\n")) end
  return (tostring(value):gsub("%c", " "))
end

local function width_of(lines, column)
  local width, numeric = 0, true
  for i, line in ipairs(lines) do
    width = math.max(width, #line[column])
    numeric = numeric and (i == 1 or line[column] == "" or line[column]:find "^%-?[%d%.]+$" ~= nil)
  end
  return width, numeric
end

-- Columns one under another: text to the left, numbers to the right.
local function aligned(lines)
  local texts = {}
  for column = 1, #lines[1] do
    local width, numeric = width_of(lines, column)
    for i, line in ipairs(lines) do
      local format = (numeric and "%" or "%-") .. width .. "s"
      texts[i] = (texts[i] and texts[i] .. "  " or "") .. format:format(line[column])
    end
  end
  for i, text in ipairs(texts) do texts[i] = text:gsub("%s+$", "") end
  return table.concat(texts, "\n")
end

-- `records` from index `first` on, with these fields; anything that can be indexed is a record.
function grid.text(records, first, fields)
  local head, last = { "" }, first + #records - 1
  for i, name in ipairs(fields) do head[i + 1] = name end
  local lines = { head }
  for index = first, math.min(last, first + grid.rows - 1) do
    local line = { ("[%d]"):format(index) }
    for i, name in ipairs(fields) do
      local value = records[index][name]
      line[i + 1] = value == nil and "" or grid.cell(name, value)
    end
    lines[#lines + 1] = line
  end
  local text = aligned(lines)
  if #records > grid.rows then text = text .. ("\n... and %d more"):format(#records - grid.rows) end
  return text
end

-- Names and values side by side, in the order of `list` ({ name, text }), down the columns.
function grid.pairs(list, columns)
  local height = (#list + columns - 1) // columns
  local lines = {}
  for row = 1, height do
    local line = {}
    for column = 0, columns - 1 do
      local item = list[column * height + row] or { "", "" }
      line[2 * column + 1], line[2 * column + 2] = item[1], item[2]
    end
    lines[row] = line
  end
  return aligned(lines)
end

-- The fields that some record has, in the order of the records' own list or of the alphabet; nil unless each item is a
-- table without tables inside. `order` is the list of field names that records of C have in their metatable.
function grid.fields(records, first)
  local present, order = {}, nil
  for index = first, first + #records - 1 do
    local record = records[index]
    if type(record) ~= "table" or #record > 0 then return nil end
    order = order or (getmetatable(record) or {}).fields
    for name, value in pairs(record) do
      if type(name) ~= "string" or type(value) == "table" then return nil end
      present[name] = true
    end
  end
  local fields = {}
  for _, name in ipairs(order or {}) do
    if present[name] then fields[#fields + 1] = name end
    present[name] = nil
  end
  for name in pairs(present) do fields[#fields + 1] = name end
  return #fields > 0 and fields or nil
end

return grid
