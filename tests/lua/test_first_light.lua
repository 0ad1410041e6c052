-- The main example gives the same text twice, with all that it promises.
local tap = dofile "tests/lua/tap.lua"

local function run()
  local lines = {}
  local function keep(...) lines[#lines + 1] = table.concat({ ... }, "\t") end
  local environment = setmetatable({ print = keep }, { __index = _G })
  assert(loadfile("lua/examples/first-light.lua", "t", environment))()
  return table.concat(lines, "\n")
end

local text
tap.check("first-light.lua runs", function() text = run() end)
tap.check("and runs the same way again", function() tap.equal(run(), text) end)

for name, pattern in pairs{
  ["the prompt"] = "\n=> version",
  ["U-Boot's version, twice"] = "U%-Boot 20.*\n=> version\r?\nU%-Boot 20",
  ["bdinfo"] = "=> bdinfo.*DRAM bank",
  ["fdt list"] = "=> fdt list /.*cpus",
  ["sleep"] = "=> sleep 1\r?\n=> ",
  ["insns and time of each core"] = "core 0 .* insns .*core 1 .* insns",
  ["a pending decrementer"] = "decrementer +at %d+ ns",
  ["warps"] = "%d+ warps, %d+ ns in total",
  ["ten minutes of both cores"] = "core 1 +54545 ticks .* 600 calls by core 0",
  ["the sum that the cores kept under a lock"] = "Application terminated, rc = 0x258",
  ["the ledger by owner"] = "%d+ +%d+ ns  /soc@fe0000000/pic@40000\n",
  ["the ledger by reason"] = "%d+ +%d+ ns  doze\n *%d+ +%d+ ns  loop",
  ["where the timeline is"] = "for ui.perfetto.dev: %S+%.json",
  ["coverage"] = "%d+ nodes modelled, %d+ ignored on purpose, %d+ unknown",
  ["the digest"] = "\n%x+$",
} do
  tap.check("it shows " .. name, function() assert(text:find(pattern), text) end)
end

tap.done()
