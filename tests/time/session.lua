-- U-Boot up to its prompt, and behind it four cores with locks, IPIs, decrementers and a timer of the MPIC: all that a
-- run leaves behind, as text. The guest's own time is short, so that hundreds of runs are quick.
--   as a program: warpcore tests/time/session.lua      prints that text
local smp = dofile "lua/examples/guests/smp.lua"
local uboot = "/usr/lib/u-boot/qemu-ppce500/uboot.elf"

local function session(options)
  local all = { board = "dts/ppce500.dts", cores = 4, memory = "256M", kernel = uboot }
  for key, value in pairs(options or {}) do all[key] = value end
  local m = warpcore.machine(all)
  local console, lines = m.uart[0], {}
  console:expect("Hit any key", { timeout = "5s" })
  console:send(" ")
  console:expect("=> ", { timeout = "2s" })
  console:send(smp.load(m, { beats = 20, beat = 1000000, tick = 100000, step = 7000 }).command .. "\n")
  console:expect("=> ", { timeout = "2s" })
  local function keep(...) lines[#lines + 1] = table.concat({ ... }, " ") end
  keep("digest", m:digest())
  keep("now", m.now)
  for i, core in ipairs(m.cores) do
    local own = smp.counts(m)[i]
    keep("core", i, core.insns, core.cycles, core.time, core.idle_ns, own.ticks, own.calls, own.beats)
  end
  keep("sum", smp.counts(m).sum)
  keep("warps", m.warp.count, m.warp.total, m.warp.longest, m.warp.partial)
  for owner, share in pairs(m.warp.by_owner) do keep(owner, share.count, share.total) end
  for reason, share in pairs(m.warp.by_reason) do keep(reason, share.count, share.total) end
  for _, name in ipairs{ "timers.armed", "timers.fired", "timers.cancelled", "rounds.late", "rounds.worst" } do
    keep(name, m.stats:get(name))
  end
  m:close()
  return table.concat(lines, "\n")
end

if arg and arg[0] and arg[0]:match "session.lua$" then print(session()) end
return session
