-- Boots Linux, runs a command line on it, and tells what that took: instructions, virtual time, how busy each core was.
--   usage: warpcore lua/examples/linux-workload.lua [directory of the guests [core type [cores [command]]]]
-- The directory has vmlinux-e500mc or vmlinux-e500v2, and rootfs.cpio.gz with a shell; GUESTS in the environment, or
-- ../shared/guests.

local directory, core, cores, command = ...
directory = directory or os.getenv "GUESTS" or "../shared/guests"
core = core or "e500mc"
cores = math.tointeger(cores or 2)
command = command or "for i in 1 2 3; do dd if=/dev/zero bs=64k count=4 2>/dev/null | sha256sum & done; wait; sleep 1"

local kernel = directory .. "/vmlinux-" .. core
if not os.rename(kernel, kernel) then
  print("skipped: there is no " .. kernel)
  return
end

local m = warpcore.machine{
  board = "dts/ppce500.dts", core = core, cores = cores, memory = "256M",
  kernel = kernel, initrd = directory .. "/rootfs.cpio.gz", append = "console=ttyS0",
}
local console = m.uart[0]
local prompt = "/ # "

local function snapshot()
  local now = { time = m.now, insns = m.insns, warps = m.warp.count, cores = {} }
  for i, c in ipairs(m.cores) do now.cores[i] = { insns = c.insns, idle = c.idle_ns } end
  return now
end

local function show(title, from, to)
  local passed = to.time - from.time
  print(("\n-- %s: %d instructions in %d ns of virtual time, %d warps"):format(
    title, to.insns - from.insns, passed, to.warps - from.warps))
  for i in ipairs(m.cores) do
    local insns = to.cores[i].insns - from.cores[i].insns
    local busy = passed - (to.cores[i].idle - from.cores[i].idle)
    print(("  core %d  %12d insns  %13d ns busy  %6.2f %% of the time"):format(i, insns, busy, 100 * busy / passed))
  end
end

local reset = snapshot()
console:expect(prompt, { timeout = "60s" })
local booted = snapshot()
show("Boot to the shell's prompt", reset, booted)

-- The quotes keep the echo of the line from matching.
console:send(command .. "; echo \"<st\"atus $?\">\"\n")
console:expect("<status ", { timeout = "1000s" })
local done = snapshot()
local status = console:expect(">", { timeout = "1s" })
console:expect(prompt, { timeout = "10s" })
print("\n" .. command)
show("The command, which left " .. status:gsub(">.*", ""), booted, done)
print("\n" .. m:digest())
