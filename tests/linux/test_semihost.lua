-- Calls to the simulator from unprivileged Linux programs (tests/linux/programs/semihost.c).
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"
local initrd = os.getenv "BUILD" .. "/tests/linux/programs.cpio.gz"

local dir = os.tmpname()
os.remove(dir)
assert(os.execute(("mkdir -p %s/sub && echo outside >%s.secret && ln -s %s.secret %s/link"):format(dir, dir, dir, dir)))
local big = {} -- 300 KB, by arithmetic
for i = 1, 30000 do big[i] = ("%09d\n"):format(i * i % 1000000007) end
local file <close> = assert(io.open(dir .. "/sub/big", "wb"))
file:write(table.concat(big))
file:close()
local sum = io.popen("sha256sum <" .. dir .. "/sub/big"):read "a":match "^%x+"

local check = tap.check

local function check_calls(core, s)
  check(core .. ": a file of the host, into fresh memory", function()
    tap.equal(s:ok "semihost cat sub/big | sha256sum", sum .. "  -")
  end)
  check(core .. ": into memory that is read-only", function()
    local _, status = s:run "semihost read-only sub/big"
    tap.equal(status, 128 + 11)
  end)
  check(core .. ": no other file", function()
    local before = s.machine.log.guest_error
    for name, code in pairs{ ["../x"] = -7, ["/etc/passwd"] = -7, link = -7, sub = -7, missing = -6 } do
      local text, status = s:run("semihost cat " .. name)
      tap.equal(text, "error " .. code .. "\n")
      tap.equal(status, 1)
    end
    tap.equal(s.machine.log.guest_error, before + 5)
  end)
  check(core .. ": statistics", function()
    local insns = math.tointeger(s:ok "semihost get core0.insns")
    assert(insns > 0 and insns < s.machine.cores[0].insns)
    s:ok "semihost set guest.requests -3"
    tap.equal(s:ok "semihost get guest.requests", "-3")
    s:ok "for i in 1 2 3 4; do semihost add guest.sum $i 500 & done; wait; wait; wait; wait"
    tap.equal(s.machine.stats:get "guest.sum", 5000)
  end)
  check(core .. ": a region of interest", function()
    s:ok "semihost begin sleep && sleep 2 && semihost end sleep"
    local region = s.machine.stats.regions[1]
    tap.equal(region.name, "sleep")
    tap.equal(region.count, 1)
    assert(region.time >= 2000000000 and region.time < 2200000000, region.time)
    assert(region.values["core0.insns"] > 0)
  end)
  check(core .. ": no complaint from the kernel", function() tap.equal(s:complaint(), nil) end)
  check(core .. ": the exit status", function()
    local ev = s:last "semihost exit 42"
    tap.equal(ev.reason, "exit")
    tap.equal(ev.status, 42)
  end)
end

for _, core in ipairs{ "e500mc", "e500v2" } do
  check_calls(core, session.boot(core, 2, { initrd = initrd, semihost = dir }))
end

check("two runs are the same", function()
  local function digest()
    local s = session.boot("e500v2", 2, { initrd = initrd, semihost = dir })
    s:ok "semihost begin sum; semihost cat sub/big | sha256sum; semihost end sum; semihost add guest.sum 1 100"
    tap.equal(s:last("semihost exit 3").status, 3)
    return s.machine:digest() .. s.machine.stats.regions[1].values["core1.insns"]
  end
  tap.equal(digest(), digest())
end)

check("with cores on threads", function()
  local s = session.boot("e500mc", 2, { initrd = initrd, semihost = dir, threads = 2 })
  tap.equal(s:ok "semihost cat sub/big | sha256sum", sum .. "  -")
  s:ok "for i in 1 2 3 4; do semihost add guest.sum $i 500 & done; wait; wait; wait; wait"
  tap.equal(s.machine.stats:get "guest.sum", 5000)
end)

check("without the option nobody answers", function()
  local s = session.boot("e500mc", 1, { initrd = initrd })
  tap.equal(s:run "semihost get core0.insns", "error -1\n")
  tap.equal(s:run "semihost exit 1", "error -1\n")
end)

os.execute(("rm -r %s %s.secret"):format(dir, dir))
tap.done()
