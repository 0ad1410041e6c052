-- What handles of m:at cost a script: a loop of 20 instructions without a handle, with one that never hits, one that
-- hits at each turn. Exit status 1 when a hit takes 1000 ns or more.
--   build/warpcore benchmarks/breakpoints.lua        (what `make bench` does; CPU time, the best of three)
local MOST = 1000

-- Of this process: utime and stime of proc(5), in hundredths of a second.
local function cpu_seconds()
  local file <close> = assert(io.open "/proc/self/stat")
  local user, system = file:read("a"):match("%) " .. ("%S+ "):rep(11) .. "(%d+) (%d+)")
  return (user + system) / 100
end

local function seconds(turns, handle)
  local best = math.huge
  for _ = 1, 3 do
    local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 1, memory = "64M" }
    m.cores[0]:map{ ea = 0, pa = 0, size = "16M" }
    m.cores[0]:assemble(0x1000, "loop: " .. ("addi r3,r3,1; "):rep(19) .. "b loop")
    m.cores[0]:release(0x1000)
    local hits = 0
    local h = handle and m:at(handle)
    if h then h:on(function() hits = hits + 1 end) end
    local before = cpu_seconds()
    m:run{ insns = 20 * turns }
    best = math.min(best, cpu_seconds() - before)
    assert(not h or h.hits == hits)
    m:close()
  end
  return best
end

local LONG, SHORT = 20000000, 1000000
local none, never = seconds(LONG), seconds(LONG, { pc = 0x8a80 })
print(("m:at that never hits: %.2f s, %.3f of the %.2f s without one"):format(never, never / none, none))
local hit = seconds(SHORT, { pc = 0x1000 })
local ns = (hit - none * SHORT / LONG) / SHORT * 1e9
print(("m:at that hits %d times: %.0f ns for each, its function in Lua included"):format(SHORT, ns))
if ns >= MOST then
  print(("a hit is to stay below %d ns"):format(MOST))
  os.exit(1)
end
