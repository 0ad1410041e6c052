-- help(), help(x), help "word": the texts of the tables that register each class (struct class_member).
local internal = ...

local help = {}

-- blr, li and their like: what they stand for, and the page of that instruction.
local function short_form(word)
  local mnemonic, columns = internal.manual_short_form(word)
  if not mnemonic then return nil end
  local names = {}
  for letter in columns:gmatch "%l" do names[letter:byte() - 96] = letter:upper() end
  local short = #names > 0 and word .. " " .. table.concat(names, ",") or word
  local full = (mnemonic .. " " .. columns:gsub("~", ""):upper()):gsub(" $", "")
  return ("%s  short for  %s\n\n%s"):format(short, full, internal.manual_instruction(mnemonic))
end

-- Further sources of help: functions word -> text or nil.
local topics = { internal.manual_instruction, short_form, internal.manual_device, internal.manual_register }

-- The lines of a text, broken at 98 columns; `first` begins each paragraph, `indent` its further lines.
local function wrap(text, indent, first)
  local lines = {}
  for paragraph in (text .. "\n"):gmatch "(.-)\n" do
    local line = first or indent
    for word in paragraph:gmatch "%S+" do
      if #line + #word > 98 and line:find "%S" then
        lines[#lines + 1] = line:gsub("%s+$", "")
        line = indent
      end
      line = line .. word .. " "
    end
    lines[#lines + 1] = line:gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

local function verbatim(text, indent)
  return indent .. text:gsub("\n", "\n" .. indent)
end

-- The page of one property, method or function.
function help.member(record)
  local parts = { record.synopsis, wrap(record.text, "  ") }
  local function section(title, body)
    if body then parts[#parts + 1] = "\n" .. title .. "\n" .. body end
  end
  section("Arguments", record.arguments and wrap(record.arguments, "  "))
  section("Returns", wrap(record.returns, "  "))
  section("Errors", wrap(record.errors, "  "))
  section("Example", verbatim(record.example, "  "))
  return table.concat(parts, "\n")
end

local function summary(record)
  local first = record.text:match "^(.-[%.;])%s" or record.text
  return first
end

-- The page of a class: its members, a line each.
function help.class(class)
  local lines = { wrap(class.name .. ": " .. class.summary, "  ", "") }
  if not next(class.members) then return lines[1] end
  lines[2] = ""
  local width = 1
  for _, record in pairs(class.members) do
    if #record.synopsis <= 44 then width = math.max(width, #record.synopsis) end
  end
  local indent = (" "):rep(width + 4)
  for _, record in pairs(class.members) do
    local first = ("  %-" .. width .. "s  "):format(record.synopsis)
    if #first > #indent then
      lines[#lines + 1] = "  " .. record.synopsis
      first = indent
    end
    lines[#lines + 1] = wrap(summary(record), indent, first)
  end
  lines[#lines + 1] = "\nhelp \"" .. class.name .. ".NAME\" tells all about one of them."
  return table.concat(lines, "\n")
end

local function overview()
  local lines = {
    "Warpcore " .. warpcore.version .. ": a deterministic simulator of PowerPC e500 systems, steered from Lua.", "",
    "  local m = warpcore.machine{ board = \"dts/ppce500.dts\", kernel = \"uboot.elf\" }",
    "  m.uart[0]:expect(\"=> \", { timeout = \"5s\" })",
    "  print(m.now, m.cores[0].insns)", "",
    "Classes:",
  }
  for name, class in pairs(internal.classes()) do lines[#lines + 1] = ("  %-10s %s"):format(name, class.summary) end
  lines[#lines + 1] = "\nhelp(x) tells about an object or a function, help \"word\" searches; help \"addi\" tells "
    .. "about an\ninstruction, help \"fsl,mpic\" about a device."
  return table.concat(lines, "\n")
end

-- All members as a list of { class, record }, in order.
function help.members()
  local list = {}
  for _, class in pairs(internal.classes()) do
    for _, record in pairs(class.members) do list[#list + 1] = { class = class, record = record } end
  end
  return list
end

local function of_function(value)
  for _, member in ipairs(help.members()) do
    if member.record.call == value then return help.member(member.record) end
  end
end

-- "machine.run", "machine:run", "m:run", "m.warp.count"
local function of_member(word)
  local class, name = word:match "^([%w_]+)[.:]([%w_]+)$"
  local found = class and internal.classes()[class]
  if found and found.members[name] then return help.member(found.members[name]) end
  for _, member in ipairs(help.members()) do
    local synopsis = member.record.synopsis
    if synopsis:sub(1, #word) == word and word:find "[.:]" and not synopsis:find("^[%w_]", #word + 1) then
      return help.member(member.record)
    end
  end
end

-- Words that begin with this one, or are it, whatever their case.
local function pattern_of(word, whole)
  local pattern = (word:find "^%w" and "%f[%w_]" or "") .. word:lower():gsub("%p", "%%%0")
  return whole and word:find "%w$" and pattern .. "%f[^%w_]" or pattern
end

local function mentions(record, pattern)
  for _, key in ipairs { "name", "synopsis", "text", "arguments", "returns" } do
    if record[key] and record[key]:lower():find(pattern) then return true end
  end
end

-- Members that a word names or that mention it. When it has a page already, of a class perhaps: mentions elsewhere.
local function search_members(word, has_page, shown)
  local pattern, texts, lines = pattern_of(word, has_page and not shown), {}, {}
  for _, member in ipairs(help.members()) do
    if not has_page and member.record.name == word then
      texts[#texts + 1] = help.member(member.record)
    elseif member.class ~= shown and mentions(member.record, pattern) then
      lines[#lines + 1] = ("  %-12s %s"):format(member.class.name, member.record.synopsis)
    end
  end
  if #lines > 0 then texts[#texts + 1] = "Mentioned in:\n" .. table.concat(lines, "\n") end
  return texts
end

local MOST = 30 -- lines of one kind

-- Instructions and devices whose summary has the word.
local function search_manual(word)
  local pattern, kinds = pattern_of(word), { instruction = {}, device = {}, page = {}, register = {} }
  for _, entry in ipairs(internal.manual_index()) do
    if entry.name ~= word and (entry.summary:lower():find(pattern) or entry.name:lower():find(pattern)) then
      table.insert(kinds[entry.kind], ("  %-22s %s"):format(entry.name, entry.summary))
    end
  end
  local texts = {}
  for _, kind in ipairs{ "device", "page", "instruction", "register" } do
    local lines = kinds[kind]
    if #lines > MOST then
      lines[MOST + 1] = ("  ... and %d more"):format(#lines - MOST)
      for i = #lines, MOST + 2, -1 do lines[i] = nil end
    end
    if #lines > 0 then texts[#texts + 1] = ("%s%ss:\n"):format(kind:sub(1, 1):upper(), kind:sub(2))
      .. table.concat(lines, "\n") end
  end
  return texts
end

local function nothing(word)
  local names = {}
  for _, member in ipairs(help.members()) do names[member.record.name] = true end
  for name in pairs(internal.classes()) do names[name] = true end
  for _, entry in ipairs(internal.manual_index()) do names[entry.name] = true end
  local nearest = internal.nearest(word, names)
  return ("Nothing is known about '%s'%s"):format(word, nearest and "; did you mean '" .. nearest .. "'?" or ".")
end

local function append(texts, more)
  for _, text in ipairs(more) do texts[#texts + 1] = text end
end

local function of_word(word)
  local class = internal.classes()[word == "m" and "machine" or word]
  local texts = { class and help.class(class) or of_member(word) }
  if #texts > 0 and not class then return texts[1] end
  for _, topic in ipairs(topics) do texts[#texts + 1] = topic(word) end
  local exact = #texts > 0
  -- One letter is a mnemonic ("b") or nothing: it is in every text.
  if #word > 1 then append(texts, search_members(word, exact, class)) end
  if #word > 1 and not exact then append(texts, search_manual(word)) end
  if #texts == 0 then return nothing(word) end
  for i, text in ipairs(texts) do texts[i] = text:gsub("\n+$", "") end
  return table.concat(texts, "\n\n")
end

function _G.help(...)
  local value = ...
  if select("#", ...) == 0 then return overview() end
  if type(value) == "string" then return of_word(value) end
  if type(value) == "function" then
    return of_function(value) or internal.fail(nil, "this function is none of Warpcore's; help() lists what there is")
  end
  local class = internal.class_of(value)
  if not class then
    internal.fail(nil, "help: an object, a function or a word is expected, got a " .. type(value))
  end
  return help.class(internal.classes()[class])
end

return help
