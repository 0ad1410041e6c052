-- Guest code: core:disassemble, core:assemble.
local internal = ...
local check = internal.load "check"

-- A list that prints itself as lines.
local listing = { __tostring = function(list)
  local lines = {}
  for i, item in ipairs(list) do lines[i] = tostring(item) end
  return table.concat(lines, "\n")
end }

local line = { __tostring = function(item)
  return ("%08x  %08x  %-28s %s"):format(item.address, item.word, item.text, item.name)
end }

internal.define("core", {
  name = "disassemble",
  synopsis = "core:disassemble([address [, n]]) -> list",
  text = "The instructions at an address, as the core's MMU maps it now. print() shows them a line each.",
  arguments = "address (integer or string): effective, or a symbol as in \"start_kernel+8\"; the pc\n"
    .. "n (integer): how many; 8",
  returns = "list of { address, word, text, name }: name is the symbol of the address",
  errors = "an unknown symbol, an address that the core does not map; the machine is closed",
  example = "m.mem:set_u32(0x1000, 0x38630001)\n"
    .. "assert(m.cores[0]:disassemble(0x1000, 1)[1].text == \"addi r3,r3,1\")",
  call = function(core, address, n)
    internal.expect_class(core, "core")
    address = internal.address(core, address == nil and core.pc or address, "core:disassemble: address") & ~3
    n = n == nil and 8 or check.type(core, n, "core:disassemble: n", "integer")
    if n < 0 or n > 1 << 20 then internal.fail(core, "core:disassemble: n is out of range") end
    local list = setmetatable({}, listing)
    for i = 1, n do
      local word = core.mem:u32(address)
      list[i] = setmetatable({
        address = address, word = word, text = internal.disassemble(core, word, address),
        name = internal.address_name(core, address),
      }, line)
      address = address + 4 & 0xffffffff
    end
    return list
  end,
})

local frames = { __tostring = function(list)
  local lines = {}
  for i, frame in ipairs(list) do
    local mark = frame.kind == "interrupt" and "  (interrupt)" or ""
    lines[i] = ("%2d  %08x  %s%s"):format(i - 1, frame.pc, frame.name, mark)
  end
  return table.concat(lines, "\n")
end }

internal.define("core", {
  name = "backtrace",
  synopsis = "core:backtrace([n]) -> list",
  text = "The guest's call chain, innermost first, as the PowerPC ABI leaves it on the stack; through the interrupt "
    .. "frames of Linux too. print() shows it a line each.",
  arguments = "n (integer): at most so many frames; 32",
  returns = "list of { pc, sp, kind (\"here\", \"call\", \"interrupt\"), name }",
  errors = "n out of range; the machine is closed",
  example = "m.uart[0]:expect(\"Hit any key\", { timeout = \"1s\" })\n"
    .. "assert(#m.cores[0]:backtrace() > 3)",
  call = function(core, n)
    internal.expect_class(core, "core")
    return setmetatable(internal.backtrace(core, n == nil and 32 or n), frames)
  end,
})

-- Labels are collected first, so that a branch may go forward. "name:" stands in front of an instruction or alone.
local function labels_of(text, address)
  local labels, lines = {}, {}
  for source in text:gsub("#[^\n]*", ""):gmatch "[^\n;]+" do
    local label, rest = source:match "^%s*([%a_][%w_]*):(.*)"
    if label then labels[label] = address + 4 * #lines end
    local instruction = (rest or source):match "^%s*(.-)%s*$"
    if instruction ~= "" then lines[#lines + 1] = instruction end
  end
  return labels, lines
end

internal.define("core", {
  name = "assemble",
  synopsis = "core:assemble(address, text) -> integer",
  text = "Writes instructions at an address, through the core's MMU. The notation is objdump's with -Mraw, "
    .. "\"addi r3,r3,1\", and the short forms of the architecture: li, mr, nop, cmpwi, beq, blr, mflr and their like. "
    .. "A line may begin with a label, and name one as the target of a branch; # begins a comment, ; ends a line.",
  arguments = "address (integer or string): effective, a multiple of 4, or a symbol\n"
    .. "text (string): instructions, a line each; \".long 0x12345678\" is a word",
  returns = "integer, the address behind the last one",
  errors = "a line that is no instruction of this core, an address that it does not map; the machine is closed",
  example = "local after = m.cores[0]:assemble(0x1000, \"loop: addi r3,r3,1; b loop\")\n"
    .. "assert(after == 0x1008 and m.mem:u32(0x1004) == 0x4bfffffc)",
  call = function(core, address, text)
    internal.expect_class(core, "core")
    address = internal.address(core, address, "core:assemble: address")
    check.type(core, text, "core:assemble: text", "string")
    if address % 4 ~= 0 then internal.fail(core, "core:assemble: the address is no multiple of 4") end
    local labels, lines = labels_of(text, address)
    local words = {}
    local function place(name) return labels[name] and ("0x%x"):format(labels[name]) end
    for i, source in ipairs(lines) do
      local named = source:gsub("[%a_][%w_]*$", place)
      local here = address + 4 * (i - 1)
      named = named:gsub("%.([+-]%d+)$", function(by) return ("0x%x"):format(here + by & 0xffffffff) end)
      local word, problem = tonumber(named:match "^%.long%s+(%S+)$")
      if not word then word, problem = internal.assemble(core, named, here) end
      if not word then internal.fail(core, ("core:assemble: line %d, \"%s\": %s"):format(i, source, problem)) end
      words[i] = word
    end
    for i, word in ipairs(words) do core.mem:set_u32(address + 4 * (i - 1), word) end
    return address + 4 * #words
  end,
})
