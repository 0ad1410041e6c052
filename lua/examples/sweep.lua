-- How the length of a round changes what several cores see of each other: a sweep over cores and quantum, and a plot.
--   build/warpcore lua/examples/sweep.lua [directory for the results]
local directory = arg[1] or "."
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

local rows = warpcore.sweep{
  vary = { cores = { 1, 2, 4 }, quantum = { "1us", "10us", "100us", "1ms" } },
  out = { directory .. "/sweep.csv", directory .. "/sweep.json" },
  run = function(p)
    local m = machines[p.cores]
    local insns, now = m.insns, m.now
    m.quantum = p.quantum
    m.uart[0]:send("crc32 0 10000\n")
    m.uart[0]:expect("=> ", { timeout = "2s" })
    return { insns = m.insns - insns, ms = (m.now - now) / 1e6, digest = m:digest() }
  end,
}

for _, row in ipairs(rows) do
  local p, r = row.parameters, row.results
  print(row.ok and ("%d cores, quantum %-5s %9d insns %8.3f ms %s"):format(
    p.cores, p.quantum, r.insns, r.ms, ("*"):rep(math.floor(r.ms * 2))) or row.error)
end
