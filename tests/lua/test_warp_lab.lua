-- The second example: what the ledger of a boot says.
local tap = dofile "tests/lua/tap.lua"

local lines = {}
local function keep(...) lines[#lines + 1] = table.concat({ ... }, "\t") end

tap.check("warp-lab.lua runs", function()
  local environment = setmetatable({ print = keep }, { __index = _G })
  assert(loadfile("lua/examples/warp-lab.lua", "t", environment))()
end)

local text = table.concat(lines, "\n")
for name, pattern in pairs{
  ["that U-Boot never sleeps"] = "U%-Boot to its prompt: .-\n  no warp: some core was busy",
  ["a histogram"] = "\n  1 ms +%d+ +%d+  #+\n",
  ["what woke it, the most frequent first"] = "\n +5449 +%d+ ns slept  decrementer of /cpus/PowerPC,8544@1\n +5400 ",
  ["the MPIC's timer"] = "\n +60 +%d+ ns slept  MPIC timer A0 of /soc@fe0000000/pic@40000",
  ["the idle share of each core"] = "core 3  100%.00 %%",
} do
  tap.check("it shows " .. name, function() assert(text:find(pattern), text) end)
end

tap.done()
