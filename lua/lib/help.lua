-- help(), help(x), help "word": the texts of the tables that register each class (struct class_member).
local internal = ...

local help = {}

-- Further sources of help: functions word -> text or nil.
local topics = { internal.manual_instruction, internal.manual_device }

local function wrap(text, indent)
  local lines = {}
  for paragraph in (text .. "\n"):gmatch "(.-)\n" do
    local line = indent
    for word in paragraph:gmatch "%S+" do
      if #line + #word > 98 and line ~= indent then
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
  local lines = { class.name .. ": " .. class.summary, "" }
  local width = 0
  for _, record in pairs(class.members) do width = math.max(width, #record.synopsis) end
  width = math.min(width, 44)
  for _, record in pairs(class.members) do
    lines[#lines + 1] = ("  %-" .. width .. "s  %s"):format(record.synopsis, summary(record))
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

local function exact(word)
  local classes = internal.classes()
  if classes[word] then return help.class(classes[word]) end
  local class, name = word:match "^([%w_]+)[.:]([%w_]+)$"
  if class == "m" then class = "machine" end
  if class and classes[class] and classes[class].members[name] then return help.member(classes[class].members[name]) end
end

local function mentions(record, word)
  for _, key in ipairs { "name", "synopsis", "text", "arguments", "returns" } do
    if record[key] and record[key]:lower():find(word, 1, true) then return true end
  end
end

local function search(word)
  local named, mentioned = {}, {}
  for _, member in ipairs(help.members()) do
    local line = ("  %-12s %s"):format(member.class.name, member.record.synopsis)
    if member.record.name == word then
      named[#named + 1] = help.member(member.record)
    elseif mentions(member.record, word:lower()) then
      mentioned[#mentioned + 1] = line
    end
  end
  if #mentioned > 0 then named[#named + 1] = "Mentioned in:\n" .. table.concat(mentioned, "\n") end
  if #named > 0 then return table.concat(named, "\n\n") end
end

local function nothing(word)
  local names = {}
  for _, member in ipairs(help.members()) do names[member.record.name] = true end
  for name in pairs(internal.classes()) do names[name] = true end
  for _, name in ipairs(internal.manual_words()) do names[name] = true end
  local nearest = internal.nearest(word, names)
  return ("Nothing is known about '%s'%s"):format(word, nearest and "; did you mean '" .. nearest .. "'?" or ".")
end

local function of_word(word)
  local found = exact(word)
  local texts = { found }
  for _, topic in ipairs(topics) do texts[#texts + 1] = topic(word) end
  if not found then texts[#texts + 1] = search(word) end
  if #texts == 0 then return nothing(word) end
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
