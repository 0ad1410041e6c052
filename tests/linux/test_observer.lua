-- Who only looks changes nothing, with a kernel: Linux on four cores, run to its prompt and on in one piece, in pieces,
-- and under the eyes of timers, samplers and breakpoints. One digest, one number of instructions, one ledger.
--   usage: warpcore tests/linux/test_observer.lua [brief]
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"
local brief = arg[1] == "brief"

local TYPED = 350000000                       -- ns: at the prompt, jobs that never end
local END = brief and 400000000 or 500000000 -- ns
local jobs = "while true; do cat /proc/interrupts >/dev/null; done & while true; do sleep 0; done\n"
local file = os.tmpname() .. ".csv"

local function outcome(m)
  local parts = { m:digest(), m.insns, m.now, m.warp.count, m.warp.total, m.warp.longest, m.warp.partial }
  local owners = {}
  for owner, share in pairs(m.warp.by_owner) do
    owners[#owners + 1] = ("%s %d %d"):format(owner, share.count, share.total)
  end
  table.sort(owners)
  for _, name in ipairs{ "timers.armed", "timers.fired" } do parts[#parts + 1] = m.stats:get(name) end
  return table.concat(parts, " ") .. "; " .. table.concat(owners, ", ")
end

local function nothing() end
local function finish(m)
  if m.now < END then m:run{ until_time = END } end
end

local function in_pieces(ns)
  return function(m)
    while m.now < END do m:run{ until_time = math.min(END, m.now + ns) } end
  end
end

local ways = {
  ["pieces of 33337 ns"] = in_pieces(33337),
  ["pieces of a million instructions"] = function(m)
    while m.now < END - 10000000 do m:run{ insns = 1000003 } end
    finish(m)
  end,
  ["1 ns and 1 instruction at a time, for a while"] = function(m)
    m:run{ until_time = TYPED + 20000001 }
    for _ = 1, 3000 do m:run{ ["for"] = 1 } end
    for _ = 1, 3000 do m:run{ insns = 1 } end
    finish(m)
  end,
  ["pieces of host time"] = function(m)
    while m.now < END do m:run{ until_time = END, wall = 0.01 } end
  end,
  ["a timer each 10.001 us"] = function(m) m:timer{ every = 10001, on = nothing } finish(m) end,
  ["a sampler each 50 us"] = function(m)
    m.stats:every("50us", { "core*.insns", "warp.*" }, file)
    finish(m)
  end,
  ["a breakpoint in the scheduler's tick"] = function(m)
    m:at{ pc = "scheduler_tick" }:on(nothing)
    finish(m)
  end,
  ["stops at points in time"] = function(m)
    for i = 1, 500 do m:at{ time = i * 1234567 } end
    while m.now < END do m:run{ until_time = END } end
  end,
}

local function machine(options) return warpcore.machine(session.options("e500mc", 4, options)) end

local function busy_machine(options)
  local m = machine(options)
  m:timer{ after = TYPED, on = function() m.uart[0]:send(jobs) end }
  return m
end

local m = busy_machine()
finish(m)
local want = outcome(m)
m:close()
for name, way in pairs(ways) do
  tap.check("Linux on four cores: " .. name, function()
    local n = busy_machine()
    way(n)
    tap.equal(outcome(n), want)
    n:close()
  end)
end

-- What is typed: recorded in pieces, replayed in one run and under a sampler.
local log = os.tmpname()
local recorder = busy_machine{ record = log }
in_pieces(77777)(recorder)
tap.check("Linux on four cores: recorded in pieces", function() tap.equal(outcome(recorder), want) end)
recorder:close()
for name, way in pairs{ ["in one run"] = finish, sampled = ways["a sampler each 50 us"] } do
  tap.check("Linux on four cores: recorded in pieces, replayed " .. name, function()
    local n = machine{ replay = log }
    way(n)
    tap.equal(outcome(n), want)
    n:close()
  end)
end

os.remove(log)
os.remove(file)
tap.done()
