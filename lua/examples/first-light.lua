-- First light: real U-Boot on a two-core e500v2 SoC that is built from its device tree, steered from Lua. Behind it, a
-- program whose cores sleep between timers and interprocessor interrupts for ten minutes of virtual time.
--   usage: warpcore lua/examples/first-light.lua [uboot.elf [trace.json]]     UBOOT in the environment names the first
-- Debian's package u-boot-qemu has the ELF.

local uboot, trace = ...
uboot = uboot or os.getenv "UBOOT" or "/usr/lib/u-boot/qemu-ppce500/uboot.elf"

local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 2, kernel = uboot }
local console = m.uart[0]

-- A key stops the autoboot; then each command up to the next prompt.
console:expect("Hit any key", { timeout = "5s" })
console:send(" ")
console:expect("=> ", { timeout = "2s" })

local function command(line, timeout)
  console:send(line .. "\n")
  console:expect("=> ", { timeout = timeout or "2s" })
end

command "version"
command "bdinfo"
command "fdt addr $fdtcontroladdr"
command "fdt list /"
command("sleep 1", "5s")

print(console.text)

local function heading(text) print("\n-- " .. text) end

heading "Cores"
for i, core in ipairs(m.cores) do
  print(("core %d  %-8s %12d insns %14d ns of virtual time, %d ns of it idle"):format(
    i, core.state, core.insns, core.time, core.idle_ns))
end

heading "Pending timers"
for i, timer in ipairs(m.timers) do
  print(("%2d  %-14s at %d ns  %s"):format(i, timer.name, timer.deadline, timer.owner))
end

-- Both cores at work: guests/smp.lua says what they do. U-Boot starts it, and gets the machine back.
local here = debug.getinfo(1, "S").source:match "^@(.*)/" or "."
local smp = dofile(here .. "/guests/smp.lua")
local guest = smp.load(m)
local begin = m.now
command(guest.command, "11min")
local counts = smp.counts(m)

heading "Ten minutes of both cores"
print(console.text:match "(## Application terminated[^\r\n]*)")
print(("%d ns of virtual time"):format(m.now - begin))
for i, core in ipairs(m.cores) do
  local own = counts[i]
  print(("core %d  %6d ticks of its decrementer, %4d beats of the MPIC, %4d calls by core 0, %.4f %% idle"):format(
    i, own.ticks, own.beats, own.calls, 100 * core.idle_ns / core.time))
end

heading "Warps"
local warp = m.warp
print(("%d warps, %d ns in total, the longest %d ns, %.1f times the executed time"):format(
  warp.count, warp.total, warp.longest, warp.ratio))
print "  ended by"
for owner, share in pairs(warp.by_owner) do
  print(("  %8d  %14d ns  %s"):format(share.count, share.total, owner))
end
print "  cores idle because (core time)"
for reason, share in pairs(warp.by_reason) do
  print(("  %8d  %14d ns  %s"):format(share.count, share.total, reason))
end

-- The last two seconds, for ui.perfetto.dev.
if not trace then
  local file = io.open("build/first-light.json", "w")
  trace = file and "build/first-light.json" or "first-light.json"
  if file then file:close() end
end
m.trace:perfetto(trace, { from = m.now - 2000000000, to = m.now })
print("timeline of the last two seconds, for ui.perfetto.dev: " .. trace)

heading "Coverage of the device tree"
local coverage = m.dt:coverage()
print(("%d nodes modelled, %d ignored on purpose, %d unknown"):format(
  coverage.modelled, coverage.ignored, coverage.unknown))
for _, node in ipairs(coverage) do
  local touched = node.reads + node.writes > 0 and (" (%d reads, %d writes)"):format(node.reads, node.writes) or ""
  print(("  %-9s %-40s %s%s"):format(node.coverage, node.path, node.reason, touched))
end

heading "Digest of the whole state"
print(m:digest())
