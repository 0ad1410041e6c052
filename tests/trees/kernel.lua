-- Every board tree of the kernel's sources: those of an e500v2 or e500mc become machines, the others are refused in one
-- sentence that names the core.  usage: warpcore kernel.lua LIST; LIST: a file with a name of a source in each line
local tap = dofile "tests/lua/tap.lua"

-- Boards that say nowhere in their sources what core they have: MPC8544 (socrates), MPC8548, MPC8572.
local e500v2 = {}
for name in ("socrates tqm8548-bigflash tqm8548 xcalibur1501 xpedite5200 xpedite5200_xmon xpedite5301 xpedite5330 "
  .. "xpedite5370"):gmatch "%S+" do
  e500v2[name] = true
end

local function read(file)
  local f <close> = io.open(file)
  return f and f:read "a" or ""
end

-- The core that the files say which a source includes, as the kernel's own trees do: e500v2_power_isa.dtsi.
local function core_of(file, seen)
  if seen[file] then return nil end
  seen[file] = true
  local directory = file:match "^(.*/)" or ""
  for line in read(file):gmatch "[^\n]+" do
    local name = line:match '^%s*[#/]include/?%s*"([^"]+)"'
    local core = name and (name:match "(e%w+)_power_isa" or core_of(directory .. name, seen))
    if core then return core end
  end
  return nil
end

local built = 0
for file in io.lines(arg[1]) do
  local name = file:match "([^/]+)%.dts$"
  local core = e500v2[name] and "e500v2" or core_of(file, {})
  tap.check(file, function()
    local ok, m = pcall(warpcore.machine, { board = file, strict = true })
    if core == "e500v2" or core == "e500mc" then
      if not ok then error(m, 0) end
      tap.equal(m.cores[0].model, core)
      built = built + 1
    else
      if ok then error("it was built", 0) end
      local text = tostring(m)
      assert(text:find(file, 1, true) and not text:find("\n", 1, true), text)
      if core then assert(text:find("its core is an " .. core .. ",", 1, true), text) end
    end
    if ok then m:close() end
  end)
end
tap.check("63 boards with an e500v2 or e500mc", function() tap.equal(built, 63) end)
tap.done()
