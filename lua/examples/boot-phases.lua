-- Which phase of a Linux boot takes longest? By the kernel's symbols, and by the virtual time of each console line.
--   usage: warpcore lua/examples/boot-phases.lua [directory of the guests [core type [cores]]]
-- The directory has vmlinux-e500mc or vmlinux-e500v2 with their symbols, and rootfs.cpio.gz; GUESTS in the environment,
-- or ../shared/guests.

local directory, core, cores = ...
directory = directory or os.getenv "GUESTS" or "../shared/guests"
core = core or "e500mc"

local kernel = directory .. "/vmlinux-" .. core
if not os.rename(kernel, kernel) then
  print("skipped: there is no " .. kernel)
  return
end

local m = warpcore.machine{
  board = "dts/ppce500.dts", core = core, cores = math.tointeger(cores or 2), memory = "256M",
  kernel = kernel, initrd = directory .. "/rootfs.cpio.gz", append = "console=ttyS0",
}

-- Functions that every kernel passes once, and what begins there.
local marks = {
  { "start_kernel", "early setup" },
  { "time_init", "clocks" },
  { "rest_init", "kernel threads" },
  { "smp_init", "other cores" },
  { "do_initcalls", "drivers" },
  { "populate_rootfs", "initial RAM disk, drivers" },
  { "run_init_process", "user space" },
}

local phases = { { name = "entry code", time = 0 } }
for _, mark in ipairs(marks) do
  -- A name that the compiler has inlined is no symbol.
  local known, handle = pcall(m.at, m, { pc = mark[1], once = true })
  if known then
    handle:on(function(ev)
      phases[#phases + 1] = { name = ("%s (%s)"):format(mark[2], mark[1]), time = ev.time }
    end)
  end
end

local lines, from = {}, 1
m:at{ console = "\n", on = function(ev)
  local text = m.uart[0].text
  lines[#lines + 1] = { time = ev.time, text = text:sub(from):gsub("%s+$", "") }
  from = #text + 1
end }

m.uart[0]:expect("/ # ", { timeout = "60s" })

-- Gives each item its length, up to the next one or the end; returns the longest.
local function measure(list)
  local longest = list[1]
  for i, item in ipairs(list) do
    item.ns = (list[i + 1] and list[i + 1].time or m.now) - item.time
    if item.ns > longest.ns then longest = item end
  end
  return longest
end

local slowest = measure(phases)
print(("Boot to the shell's prompt: %d ns of virtual time, %d instructions\n"):format(m.now, m.insns))
for _, phase in ipairs(phases) do
  local share = phase.ns / m.now
  print(("  from %10d ns  %10d ns  %5.1f %%  %-44s %s"):format(
    phase.time, phase.ns, 100 * share, phase.name, ("#"):rep(math.floor(40 * share + 0.5))))
end
print(("\nThe slowest phase is %s, %.1f %% of the boot."):format(slowest.name, 100 * slowest.ns / m.now))

measure(lines)
table.sort(lines, function(a, b) return a.ns > b.ns or (a.ns == b.ns and a.time < b.time) end)
print "\nThe longest silences of the console, each behind this line:"
for i = 1, math.min(5, #lines) do
  print(("  %10d ns from %10d ns  %s"):format(lines[i].ns, lines[i].time, lines[i].text))
end
