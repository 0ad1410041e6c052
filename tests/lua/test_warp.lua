-- The warp ledger.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()

tap.check("nothing warped yet", function()
  local names = {
    "count", "total", "longest", "partial", "spurious", "early", "rearmed", "notifies", "slept", "interventions",
  }
  for _, name in ipairs(names) do
    tap.equal(m.warp[name], 0)
  end
  tap.equal(m.warp.ratio, 0.0)
  tap.equal(next(m.warp.by_owner), nil)
  tap.equal(next(m.warp.by_reason), nil)
  tap.equal(#m.warp:log(10), 0)
end)

tap.check("parked cores warp from timer to timer", function()
  local t = m:timer{ every = "1ms", name = "tick", on = function() end }
  m:run{ ["for"] = "10ms" }
  t:cancel()
  tap.equal(m.now, 10000000)
  tap.equal(m.warp.count, 10)
  tap.equal(m.warp.total, 10000000)
  tap.equal(m.warp.longest, 1000000)
  tap.equal(m.warp.ratio, math.huge)
  tap.equal(m.warp.by_owner.script.count, 10)
  tap.equal(m.warp.by_owner.script.total, 10000000)
  tap.equal(m.warp.by_reason.parked.count, 20)
  tap.equal(m.warp.by_reason.parked.total, 20000000)
end)

tap.check("the log has the last entries, oldest first", function()
  local log = m.warp:log(3)
  tap.equal(#log, 3)
  for i, entry in ipairs(log) do
    tap.equal(entry.sequence, 7 + i)
    tap.equal(entry.ns, 1000000)
    tap.equal(entry.to, entry.from + entry.ns)
    tap.equal(entry.ended, "timer")
    tap.equal(entry.owner, "script")
    tap.equal(entry.name, "tick")
    tap.equal(entry.reasons[0], "parked")
    tap.equal(#entry.reasons, 2)
  end
  tap.equal(log[3].to, 10000000)
  tap.equal(#m.warp:log(), 10)
  tap.equal(#m.warp:log(0), 0)
end)

tap.check("a busy core does not warp", function()
  tap.program(m, 0, 0x1000, tap.counter)
  m:run{ ["for"] = "1ms" }
  tap.equal(m.warp.count, 10)
  assert(m.warp.ratio > 9 and m.warp.ratio < 11)
end)

tap.check("the ledger's length can be set, and each entry can go to a file", function()
  local x, file = tap.machine(), os.tmpname()
  tap.equal(x.warp.length, 1024)
  x.warp.length = 4
  tap.equal(x.warp.length, 4)
  x.warp:stream(file)
  x:timer{ every = "1ms", name = "tick", on = function() end }
  x:run{ ["for"] = "10ms" }
  x.warp:stream()
  x:run{ ["for"] = "1ms" } -- not in the file any more
  tap.equal(#x.warp:log(100), 4)
  local lines = {}
  for line in io.lines(file) do lines[#lines + 1] = line end
  os.remove(file)
  tap.equal(#lines, 13)
  assert(lines[1]:find '^# {.*"board":.*"sha256"')
  tap.equal(lines[13], "# deterministic")
  tap.equal(lines[5], '3,timer,2000000,3000000,"script","tick",pp,,')
end)

tap.fails("a ledger without entries", "out of range", function() m.warp.length = 0 end)
tap.fails("a stream that cannot be written", "/no/such", function() m.warp:stream "/no/such/file" end)
tap.fails("a negative number of entries", "out of range", function() m.warp:log(-1) end)
tap.fails("a number of entries that is none", "an integer is expected", function() m.warp:log "all" end)
tap.fails("an unknown total", "did you mean 'longest'", function() return m.warp.longets end)
tap.fails("an unknown field of an entry", "did you mean 'owner'", function() return m.warp:log(1)[1].onwer end)
tap.fails("writing a total", "can only be read", function() m.warp.count = 0 end)

tap.done()
