-- The short forms of sim/isa/short.def with random operands: the words are those of GNU as.
local tap = dofile "tests/lua/tap.lua"
local random = math.random
local kinds = {}
function kinds.gpr() return "r" .. random(1, 31) end
function kinds.cr_field() return "cr" .. random(0, 7) end
function kinds.cr_bit() return random(0, 31) end
function kinds.immediate() return random(1, 32767) end
-- Sums of two of these stay within a word.
function kinds.wide() return random(8, 15) end
function kinds.narrow() return random(1, 8) end
function kinds.target() return ".+" .. 4 * random(1, 2000) end
function kinds.memory() return random(0, 32767) .. "(r" .. random(1, 31) .. ")" end

local function kind_of(name, row, columns, i, n)
  if columns:find("4*" .. string.char(96 + i), 1, true) then return "cr_field" end
  if row:find "^cmp" and n == 3 and i == 1 then return "cr_field" end
  if row == "bc" and i == n then return "target" end
  if row:find "^cr" or row:find "^b" then return "cr_bit" end
  if row:find "^rlwi" and i > 2 then return i == 3 and "wide" or "narrow" end
  if name == "la" and i == 2 then return "memory" end
  if i == n and (row:find "i$" or row:find "^addi") then return "immediate" end
  return "gpr"
end

local function line_of(name, row, columns)
  local n, operands = 0, {}
  for letter in columns:gmatch "%l" do n = math.max(n, letter:byte() - 96) end
  if name == "la" then n = 2 end
  for i = 1, n do operands[i] = kinds[kind_of(name, row, columns, i, n)]() end
  return name .. " " .. table.concat(operands, ",")
end

local function lines_of_table()
  local lines = {}
  for entry in io.lines "sim/isa/short.def" do
    local name, row, columns = entry:match '^ISA_SHORT%((%w+), (%w+), "(.-)"'
    for _ = 1, name and 8 or 0 do lines[#lines + 1] = line_of(name, row, columns) end
  end
  return lines
end

local function gas(lines, option)
  local path = os.tmpname()
  local f <close> = assert(io.open(path, "w"))
  f:write(table.concat(lines, "\n"), "\n")
  f:close()
  local done = os.execute(("powerpc-linux-gnu-as -mregnames -a32 -m%s -o %s.o %s && " ..
    "powerpc-linux-gnu-objcopy -O binary -j .text %s.o %s.bin"):format(option, path, path, path, path))
  local binary <close> = done and io.open(path .. ".bin", "rb") or nil
  local words = binary and binary:read "a"
  for _, suffix in ipairs{ "", ".o", ".bin" } do os.remove(path .. suffix) end
  return assert(words, "GNU as refuses a line")
end

if not os.execute "powerpc-linux-gnu-as --version >/dev/null 2>&1" then
  tap.skip("short forms", "powerpc-linux-gnu-as is not installed")
else
  math.randomseed(5)
  local m = tap.machine{ core = "e500mc" }
  local core = m.cores[0]
  core:map{ ea = 0, pa = 0, size = "16M" }
  tap.check("each short form is the word that GNU as makes of it", function()
    local lines = lines_of_table()
    local words = gas(lines, "e500mc")
    assert(#lines > 1500 and #words == 4 * #lines, #lines)
    for i, line in ipairs(lines) do
      local want = (">I4"):unpack(words, 4 * i - 3)
      core:assemble(0x1000, line)
      local got = m.mem:u32(0x1000)
      assert(got == want, ("%s gives %08x, not %08x"):format(line, got, want))
    end
  end)
end
tap.done()
