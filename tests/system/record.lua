-- What U-Boot and Linux do from start to power-off, as text: for comparing two builds of Warpcore that must not differ.
--   usage: warpcore tests/system/record.lua UBOOT.ELF GUESTS DIR [digest]     GUESTS: the folder of vmlinux-CORE and
--   rootfs.cpio.gz; DIR must exist: NAME.console, NAME.ledger and NAME.facts of each run; digest: in the facts too
local elf, guests, dir, digest = arg[1], arg[2], arg[3], arg[4] == "digest"

local work = "run=cat+/proc/cpuinfo;dd+if=/dev/zero+bs=64k+count=16+|+sha256sum;sleep+10"

local function write(name, text)
  local file = assert(io.open(dir .. "/" .. name, "wb"))
  file:write(text)
  file:close()
end

local function facts(m, ev)
  local lines = { "ended by " .. ev.reason .. " at " .. ev.time, "now " .. m.now }
  for n = 0, #m.cores - 1 do
    lines[#lines + 1] = ("core %d: %d insns, %d cycles, %d ns, %d ns of it idle"):format(n, m.cores[n].insns,
      m.cores[n].cycles, m.cores[n].time, m.cores[n].idle_ns)
  end
  for _, name in ipairs{ "count", "total", "longest", "partial", "rearmed" } do
    lines[#lines + 1] = "warp." .. name .. " " .. m.warp[name]
  end
  if digest then lines[#lines + 1] = "digest " .. m:digest() end
  return table.concat(lines, "\n") .. "\n"
end

local function record(name, options, drive)
  local m = warpcore.machine(options)
  m.warp:stream(dir .. "/" .. name .. ".ledger")
  local ev = drive(m)
  m.warp:stream(nil)
  write(name .. ".console", m.uart[0].text)
  write(name .. ".facts", facts(m, ev))
end

record("uboot", { board = "dts/ppce500.dts", cores = 2, memory = "256M", kernel = elf }, function(m)
  m.uart[0]:expect("stop autoboot:  1 ", { timeout = "10s" })
  m.uart[0]:send " "
  m.uart[0]:expect("\n=> ", { timeout = "2s" })
  m.uart[0]:send "sleep 2\n"
  return m:run{ ["for"] = "3s" }
end)

for _, core in ipairs{ "e500mc", "e500v2" } do
  for _, cores in ipairs{ 1, 4, 8 } do
    record(("linux-%s-%d"):format(core, cores), {
      board = "dts/ppce500.dts", cores = cores, memory = "256M", core = core,
      kernel = guests .. "/vmlinux-" .. core, initrd = guests .. "/rootfs.cpio.gz", append = "console=ttyS0 " .. work,
    }, function(m) return m:run{ ["for"] = "300s" } end)
  end
end
