-- What handles of m:at cost a script: a loop of 20 instructions, a million turns, without a handle, with one that never
-- hits, with one that hits at each turn. Exit status 1 when a hit takes 1000 ns or more.
--   build/warpcore benchmarks/breakpoints.lua        (what `make bench` does; host time, the best of five)
local TURNS, MOST = 1000000, 1000

local function seconds(handle)
  local best = math.huge
  for _ = 1, 5 do
    local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 1, memory = "64M" }
    m.cores[0]:map{ ea = 0, pa = 0, size = "16M" }
    m.cores[0]:assemble(0x1000, "loop: " .. ("addi r3,r3,1; "):rep(19) .. "b loop")
    m.cores[0]:release(0x1000)
    local hits = 0
    local h = handle and m:at(handle)
    if h then h:on(function() hits = hits + 1 end) end
    local before = warpcore.host.time()
    m:run{ insns = 20 * TURNS }
    best = math.min(best, (warpcore.host.time() - before) / 1e9)
    assert(not h or h.hits == hits)
    m:close()
  end
  return best
end

local none = seconds()
print(("%-12s %10s %10s %12s"):format("m:at", "seconds", "against 0", "ns a hit"))
print(("%-12s %10.4f"):format("none", none))
local never = seconds{ pc = 0x8000 }
print(("%-12s %10.4f %10.3f"):format("pc, never", never, never / none))
local hit = seconds{ pc = 0x1000 }
local ns = (hit - none) / TURNS * 1e9
print(("%-12s %10.4f %10.3f %12.1f"):format("pc, hits", hit, hit / none, ns))
if ns >= MOST then
  print(("a hit is to stay below %d ns"):format(MOST))
  os.exit(1)
end
