-- What a second process brings to a sweep: 24 points of a booted machine with jobs = 1 and with jobs = 2, and whether
-- each digest is that of a run alone. Exit status 1 when it is not, or when two take 0.65 of the time of one or more.
--   build/warpcore benchmarks/sweep.lua        (what `make bench` does; on a host with two processors to spare)
local uboot = "/usr/lib/u-boot/qemu-ppce500/uboot.elf"
local MOST = 0.65

local function boot()
  local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 2, memory = "256M", kernel = uboot }
  m.uart[0]:expect("Hit any key", { timeout = "5s" })
  m.uart[0]:send(" ")
  m.uart[0]:expect("=> ", { timeout = "5s" })
  return m
end

local function point(m, p)
  m.quantum = p.quantum
  m.uart[0]:send(("crc32 0 %x\n"):format(p.size))
  m.uart[0]:expect("=> ", { timeout = "60s" })
  return m:digest()
end

local vary = {
  quantum = { "1us", "10us", "100us", "1ms" },
  size = { 2000000, 2400000, 2800000, 3200000, 3600000, 4000000 },
}

local function sweep(booted, jobs)
  local before = warpcore.host.time()
  local rows = warpcore.sweep{ vary = vary, jobs = jobs, run = function(p) return point(booted, p) end }
  return rows, (warpcore.host.time() - before) / 1e9
end

local booted = boot()
local one, alone = sweep(booted, 1)
local two, together = sweep(booted, 2)
local different = 0
for i, row in ipairs(one) do
  local m = boot()
  local digest = point(m, row.parameters)
  m:close()
  if row.results.result ~= digest or two[i].results.result ~= digest then different = different + 1 end
end

print(("sweep of %d points: jobs=1 %.2f s, jobs=2 %.2f s, %.2f of it; %d digests differ from a run alone"):format(
  #one, alone, together, together / alone, different))
if different > 0 or together >= MOST * alone then
  print(("sweep: this is to stay below %.2f, and no digest may differ"):format(MOST))
  os.exit(1)
end
