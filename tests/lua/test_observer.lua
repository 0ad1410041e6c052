-- Who only looks changes nothing (docs/VIRTUAL_TIME.md, 2.6): the same guest run in one piece, in pieces of all kinds
-- and under the eyes of all kinds of observers has one state, one number of instructions, one ledger. And an input that
-- is sent at a virtual time lands at the same time however the run was cut, is recorded, and replayed in other pieces.
local tap = dofile "tests/lua/tap.lua"

local END = 400000 -- ns

-- Cores that race for a lock, write down whose turn it is, and now and then wait for their decrementer.
local program = [[
  lis r3,0x0440; mtspr 340,r3; li r3,777; mtspr 54,r3; mtspr 22,r3; wrteei 1
  mfspr r12,286
  li r4,0x4000
  lis r9,0x0001
  turn: lwarx r5,0,r4,0
  cmpwi r5,0; bne turn
  li r5,1
  stwcx. r5,0,r4
  bne turn
  lwz r6,4(r4)
  stbx r12,r9,r6
  addi r6,r6,1
  rlwinm r6,r6,0,16,31
  stw r6,4(r4)
  li r5,0; stw r5,0(r4)
  andi. r7,r6,31
  bne turn
  wait 0
  b turn
]]

local function machine(cores, options)
  options = options or {}
  options.cores, options.core = cores, "e500mc"
  local m = tap.machine(options)
  for i = 0, cores - 1 do
    local core = m.cores[i]
    core:map{ ea = 0, pa = 0, size = "16M", index = 0 }
    core.spr.IVPR, core.spr.IVOR10 = 0, 0x500
    core:assemble(0x500, "addi r21,r21,1; mfspr r22,268; lis r31,0x0800; mtspr 336,r31; rfi")
    core:assemble(0x1000, program)
    core:release(0x1000)
  end
  return m
end

local function ledger(m)
  local parts = {}
  for _, name in ipairs{ "count", "total", "longest", "partial", "early", "spurious", "interventions" } do
    parts[#parts + 1] = ("%s %d"):format(name, m.warp[name])
  end
  local owners = {}
  for owner, share in pairs(m.warp.by_owner) do
    owners[#owners + 1] = ("%s %d %d"):format(owner, share.count, share.total)
  end
  table.sort(owners)
  for _, name in ipairs{ "timers.armed", "timers.fired", "timers.cancelled", "timers.late" } do
    parts[#parts + 1] = ("%s %d"):format(name, m.stats:get(name))
  end
  return table.concat(parts, ", ") .. "; " .. table.concat(owners, ", ")
end

local function log_of(m)
  local lines = {}
  for _, entry in ipairs(m.warp:log(1000)) do
    lines[#lines + 1] = ("%d %d %d %s %s"):format(entry.sequence, entry.from, entry.to, entry.ended, entry.owner)
  end
  return table.concat(lines, "\n")
end

local function outcome(m)
  local cores = {}
  for i, core in ipairs(m.cores) do cores[#cores + 1] = ("core %d %d %d"):format(i, core.insns, core.idle_ns) end
  local head = ("%s now %d insns %d"):format(m:digest(), m.now, m.insns)
  return table.concat({ head, table.concat(cores, ", "), ledger(m), log_of(m) }, "\n")
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

-- Fine pieces for a while, in the middle, across some rounds and warps.
local function in_fine_pieces(limits, n)
  return function(m)
    m:run{ until_time = 123457 }
    for _ = 1, n do
      if m.now >= END - 100000 then break end
      m:run(limits)
    end
    finish(m)
  end
end

local function watched(begin)
  return function(m)
    local stop = begin(m)
    finish(m)
    if stop then stop() end
  end
end

local file = os.tmpname() .. ".csv"

local ways = {
  ["pieces of 1 us"] = in_pieces(1000),
  ["pieces of 3337 ns"] = in_pieces(3337),
  ["pieces of a quantum"] = in_pieces(10000),
  ["pieces of 1 ns"] = in_fine_pieces({ ["for"] = 1 }, 5000),
  ["pieces of 1 instruction"] = in_fine_pieces({ insns = 1 }, 3000),
  ["pieces of 997 instructions"] = in_fine_pieces({ insns = 997 }, 100),
  ["pieces of host time"] = in_fine_pieces({ ["for"] = 50000, wall = 1e-5 }, 200),
  ["pieces that a timer ends"] = function(m)
    m:timer{ every = "777ns", on = function() return "stop" end }
    while m.now < END do m:run{ until_time = END } end
  end,
  ["a timer each 2 us"] = watched(function(m) m:timer{ every = "2us", on = nothing } end),
  ["two timers"] = watched(function(m)
    m:timer{ every = "1111ns", on = nothing }
    m:timer{ every = "10us", on = nothing }
  end),
  ["timers that come and go"] = watched(function(m)
    m:timer{ every = "5us", on = function() m:timer{ after = "3us", on = nothing }:cancel() end }
  end),
  ["points in time"] = watched(function(m)
    for i = 1, 300 do m:at{ time = i * 1234 }:on(nothing) end
  end),
  ["points in time that stop"] = function(m)
    for i = 1, 300 do m:at{ time = i * 1234 } end
    while m.now < END do m:run{ until_time = END } end
  end,
  ["a sampler"] = watched(function(m)
    local sampler = m.stats:every("1500ns", { "core*.insns", "warp.total" }, file)
    return function() sampler:cancel() end
  end),
  ["breakpoints with a function"] = watched(function(m) m:at{ pc = 0x1048 }:on(nothing) end),
  ["breakpoints that stop"] = function(m)
    m:at{ pc = 0x1048 }
    while m.now < END do m:run{ until_time = END } end
  end,
  ["watched memory"] = watched(function(m) m:at{ write = 0x4004, len = 4 }:on(nothing) end),
  ["watched memory that stops"] = function(m)
    m:at{ write = 0x4004, len = 4 }
    while m.now < END do m:run{ until_time = END } end
  end,
  ["the guest's timers"] = watched(function(m) m:at{ timer = "decrementer" }:on(nothing) end),
  ["warps"] = watched(function(m) m:at{ warp = 1 }:on(nothing) end),
  ["warps that stop"] = function(m)
    m:at{ warp = 1 }
    while m.now < END do m:run{ until_time = END } end
  end,
  ["a trace"] = watched(function(m)
    m.trace:perfetto(file)
    return function() m.trace:stop() end
  end),
  ["looks at everything, each 7 us"] = watched(function(m)
    m:timer{ every = "7us", on = function()
      assert(m:digest() and m.stats:all() and m.timers and m.warp:log(3) and m.mem:u32(0x4004) and m.cores[0].spr.DEC)
    end }
  end),
}

for _, cores in ipairs{ 1, 2, 4 } do
  local m = machine(cores)
  finish(m)
  local want = outcome(m)
  tap.check(cores .. " cores: the guest does what is needed here", function()
    assert(m.warp.count > 10 and m.cores[0].r[21] > 100, want)
  end)
  m:close()
  for name, way in pairs(ways) do
    tap.check(("%d cores: %s"):format(cores, name), function()
      local n = machine(cores)
      way(n)
      tap.equal(outcome(n), want)
      n:close()
    end)
  end
end

-- ---- Inputs ----

local keys = { { 50001, "a" }, { 123456, "bc" }, { 123457, "d" }, { 300000, "e" } }

local function by_timers(m)
  for _, key in ipairs(keys) do m:timer{ after = key[1], on = function() m.uart[0]:send(key[2]) end } end
  finish(m)
end

local function between_runs(m)
  for _, key in ipairs(keys) do
    m:run{ until_time = key[1] }
    m.uart[0]:send(key[2])
  end
  finish(m)
end

local function between_pieces(m)
  m:timer{ every = "900ns", on = nothing }
  for _, key in ipairs(keys) do
    while m.now < key[1] do m:run{ until_time = math.min(key[1], m.now + 777) } end
    m.uart[0]:send(key[2])
  end
  in_pieces(3337)(m)
end

for _, cores in ipairs{ 1, 4 } do
  local m = machine(cores)
  by_timers(m)
  local want = outcome(m)
  for name, way in pairs{ ["between runs"] = between_runs, ["between pieces"] = between_pieces } do
    tap.check(("%d cores: inputs sent %s"):format(cores, name), function()
      local n = machine(cores)
      way(n)
      tap.equal(outcome(n), want)
    end)
  end
  for record_name, record in pairs{ whole = by_timers, ["in pieces"] = between_pieces } do
    local log = os.tmpname()
    local recorder = machine(cores, { record = log })
    record(recorder)
    tap.check(("%d cores: recorded %s"):format(cores, record_name), function() tap.equal(outcome(recorder), want) end)
    recorder:close()
    for name, way in pairs{ whole = finish, ["in pieces"] = in_pieces(3337), sampled = ways["a sampler"] } do
      tap.check(("%d cores: recorded %s, replayed %s"):format(cores, record_name, name), function()
        local n = machine(cores, { replay = log })
        way(n)
        tap.equal(outcome(n), want)
        n:close()
      end)
    end
    os.remove(log)
  end
end

os.remove(file)
tap.done()
