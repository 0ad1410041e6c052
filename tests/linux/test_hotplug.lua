-- Cores leave and come back under Linux, with the power management that dts/ppce500pm.dts adds.
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"

local function online(cpu, value)
  return ("echo %d >/sys/devices/system/cpu/cpu%d/online"):format(value, cpu)
end

for _, machine in ipairs{ { "e500mc", 4 }, { "e500v2", 2 } } do
  local core, cores = table.unpack(machine)
  local name = ("%s, %d cores: "):format(core, cores)
  local s = session.boot(core, cores, { board = "dts/ppce500pm.dts" })
  local last = s.machine.cores[cores - 1]

  tap.check(name .. "a core leaves, and executes nothing", function()
    s:ok(online(cores - 1, 0))
    tap.equal(s:ok "nproc", tostring(cores - 1))
    s:ok "sleep 1"
    local before = last.insns
    s:ok "sleep 10"
    tap.equal(last.insns, before)
  end)
  tap.check(name .. "it comes back, and works", function()
    s:ok(online(cores - 1, 1))
    tap.equal(s:ok "nproc", tostring(cores))
    local before = last.insns
    s:ok(("taskset %x sha256sum /bin/busybox"):format(1 << (cores - 1)))
    assert(last.insns - before > 1000000, "it does nothing")
  end)
  tap.check(name .. "its time base is that of the others", function()
    local times = {}
    for cpu = 0, cores - 1 do
      times[#times + 1] = s.machine.cores[cpu].spr.TBL
    end
    for _, time in ipairs(times) do
      assert(math.abs(time - times[1]) < 40000, table.concat(times, " ")) -- 100 us
    end
  end)
  tap.check(name .. "again and again, under load", function()
    local loop = ("for i in 1 2 3 4 5; do %s; %s; done"):format(online(cores - 1, 0), online(cores - 1, 1))
    local output = s:ok("for i in 1 2 3 4; do sha256sum /bin/busybox & done; " .. loop .. "; wait; nproc")
    tap.equal(output:match "(%d+)%s*$", tostring(cores))
  end)
  tap.check(name .. "no complaint from the kernel", function() tap.equal(s:complaint(), nil) end)
end
tap.done()
