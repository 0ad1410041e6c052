-- How the length of a round changes when cores see of each other what they do: cores that call and wait for each other
-- spin the longer. A sweep over cores and quantum, with a plot.
--   usage: warpcore lua/examples/sweep.lua [directory for the results]
local directory = ... or "."
local uboot = "/usr/lib/u-boot/qemu-ppce500/uboot.elf"

-- Booted once; each of the points below starts from this prompt.
local machines = {}
for _, cores in ipairs{ 1, 2, 4 } do
  local m = warpcore.machine{ board = "dts/ppce500.dts", kernel = uboot, cores = cores, memory = "256M" }
  m.uart[0]:expect("Hit any key", { timeout = "10s" })
  m.uart[0]:send(" ")
  m.uart[0]:expect("=> ", { timeout = "2s" })
  machines[cores] = m
end

local smp = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/guests/smp.lua")
local rows = warpcore.sweep{
  vary = { cores = { 1, 2, 4 }, quantum = { "1us", "10us", "100us", "1ms" } },
  out = { directory .. "/sweep.csv", directory .. "/sweep.json" },
  run = function(p)
    local m = machines[p.cores]
    local insns = m.insns
    m.quantum = p.quantum
    m.uart[0]:send(smp.load(m, { beats = 10 }).command .. "\n")
    m.uart[0]:expect("=> ", { timeout = "20s" })
    return { insns = m.insns - insns, digest = m:digest() }
  end,
}

for _, row in ipairs(rows) do
  local p, r = row.parameters, row.results
  print(row.ok and ("%d cores, quantum %-5s %9d insns %s"):format(
    p.cores, p.quantum, r.insns, ("*"):rep(r.insns // 20000)) or row.error)
end

warpcore.report(rows, directory .. "/sweep.html", { title = "Ten beats, by cores and quantum" })
print("with plots: " .. directory .. "/sweep.html")
