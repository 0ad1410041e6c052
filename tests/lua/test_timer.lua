-- Timers of the script, and the list of all pending ones.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()
tap.program(m, 0, 0x1000, tap.counter)

tap.check("a timer fires once, at its time", function()
  local seen
  local t = m:timer{ after = "15us", on = function(ev) seen = ev end }
  tap.equal(t.pending, true)
  tap.equal(t.deadline, m.now + 15000)
  m:run{ ["for"] = "100us" }
  tap.equal(seen.time, 15000)
  tap.equal(seen.timer, t)
  tap.equal(seen.count, 1)
  tap.equal(t.pending, false)
  tap.equal(t.deadline, nil)
  tap.equal(t.count, 1)
end)

tap.check("m.now in a callback is the timer's own time", function()
  local now
  local wanted = m.now + 12345
  m:timer{ after = 12345, on = function() now = m.now end }
  m:run{ ["for"] = "100us" }
  tap.equal(now, wanted)
end)

tap.check("a periodic timer does not drift", function()
  local times, start = {}, m.now
  local t = m:timer{ after = "1us", every = "7us", on = function(ev) times[#times + 1] = ev.time - start end }
  m:run{ ["for"] = "50us" }
  tap.equal(table.concat(times, " "), "1000 8000 15000 22000 29000 36000 43000 50000")
  t:cancel()
  m:run{ ["for"] = "50us" }
  tap.equal(t.count, 8)
end)

tap.check("timers at one instant fire in the order of their arming", function()
  local order = {}
  for i = 1, 5 do m:timer{ after = "10us", on = function() order[#order + 1] = i end } end
  m:run{ ["for"] = "20us" }
  tap.equal(table.concat(order), "12345")
end)

tap.check("a callback may arm, cancel, and cancel itself", function()
  local log = {}
  local victim = m:timer{ after = "20us", on = function() log[#log + 1] = "victim" end }
  local periodic
  periodic = m:timer{ every = "5us", on = function(ev)
    log[#log + 1] = "tick"
    if ev.count == 2 then
      periodic:cancel()
      victim:cancel()
      m:timer{ after = "1us", on = function() log[#log + 1] = "child" end }
      collectgarbage()
    end
  end }
  m:run{ ["for"] = "100us" }
  tap.equal(table.concat(log, " "), "tick tick child")
end)

tap.check("\"stop\" ends the run at that time; the rest of the machine is as it was", function()
  local at = m.now + 3000
  m:timer{ after = "3us", on = function() return "stop" end }
  local ev = m:run{ ["for"] = "1ms" }
  tap.equal(ev.reason, "stop")
  tap.equal(ev.time, at)
end)

tap.check("an error in a callback ends the run, with traceback and time", function()
  local at = m.now + 5000
  m:timer{ after = "5us", on = function() local nothing = nil; return nothing.field end }
  local ev = m:run{ ["for"] = "1ms" }
  tap.equal(ev.reason, "error")
  assert(ev.text:find "attempt to index a nil value" and ev.text:find "stack traceback")
  assert(ev.text:find "test_timer.lua:%d+")
  assert(ev.text:find("at " .. at // 1000 .. "us", 1, true), ev.text)
  tap.equal(m:run{ ["for"] = "1us" }.reason, "time")
end)

tap.check("m.timers lists what is pending by deadline", function()
  m.cores[0].spr.DEC = 4000
  m:timer{ after = "1ms", name = "late", on = function() end }
  m:timer{ after = "1us", name = "soon", on = function() end }
  local list = m.timers
  tap.equal(list[0].name, "soon")
  tap.equal(list[0].owner, "script")
  tap.equal(list[0].core, nil)
  local last, decrementer = 0, nil
  for i, t in ipairs(list) do
    assert(t.deadline >= last and list[i] == t)
    last = t.deadline
    if t.name == "decrementer" then decrementer = t end
  end
  tap.equal(decrementer.core, 0)
  tap.equal(decrementer.owner, m.cores[0].path)
  assert(#list >= 3)
  m:run{ ["for"] = "10us" }
  assert(list[0].name == "soon" and m.timers[0].name ~= "soon")
  assert(not pcall(function() return list[0].nmae end))
end)

tap.check("nothing pending is an empty list", function()
  local one = tap.machine()
  tap.equal(#one.timers, 0)
  tap.equal(one.timers[0], nil)
end)

tap.check("a name of the script's own", function()
  local t = m:timer{ after = 1, name = "probe", on = function() end }
  tap.equal(t.name, "probe")
end)

-- Hooks on the guest's own timers: a core whose decrementer reloads itself and counts in r3.
local function ticking()
  local one = tap.machine{ cores = 1 }
  local c = one.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M" }
  c:assemble(0x500, "addi r3,r3,1; lis r5,0x0800; mtspr 336,r5; rfi") -- TSR[DIS]
  c:assemble(0x1000, [[
    li r4,4000
    mtspr 54,r4       # DECAR: 10 us
    mtspr 22,r4       # DEC
    lis r5,0x0440
    mtspr 340,r5      # TCR: DIE, ARE
    wrteei 1
    here: b here
  ]])
  c.spr.IVPR = 0
  c.spr.IVOR10 = 0x500
  c:release(0x1000)
  return one, c
end

tap.check("a hook sees the guest's timers", function()
  local one, c = ticking()
  local seen = {}
  local h = one:intercept{ name = "decrementer", on = function(ev) seen[#seen + 1] = ev end }
  one:run{ ["for"] = "35us" }
  tap.equal(c.r[3], 3)
  local events = {}
  for i, ev in ipairs(seen) do events[i] = ev.event end
  tap.equal(table.concat(events, " "), "arm fire arm fire arm fire arm")
  tap.equal(seen[2].core, 0)
  tap.equal(seen[2].owner, c.path)
  tap.equal(seen[2].name, "decrementer")
  tap.equal(seen[4].expiry - seen[2].expiry, 10000)
  tap.equal(seen[1].hook, h)
  assert(seen[1].time >= 0)
  tap.equal(h.count, #seen)
  h:cancel()
  one:run{ ["for"] = "35us" }
  tap.equal(h.count, #seen)
  tap.equal(one.warp.interventions, 0)
end)

tap.check("a hook delays and drops, and the ledger has it", function()
  local one, c = ticking()
  local fires = 0
  one:intercept{ name = "decrementer", core = 0, events = { "fire" }, on = function()
    fires = fires + 1
    if fires == 1 then return "delay", "3us" end
    if fires == 2 then return "drop" end
  end }
  one:run{ ["for"] = "100us" }
  tap.equal(one.warp.interventions, 2)
  local actions = {}
  for _, entry in ipairs(one.warp:log(100)) do
    if entry.ended == "hook" then actions[#actions + 1] = entry.event .. " " .. entry.action end
  end
  tap.equal(table.concat(actions, ", "), "fire delay, fire drop")
  assert(c.r[3] < 8)
end)

tap.check("a hook may stop the run; a wrong result is an error", function()
  local one = ticking()
  local h = one:intercept{ events = { "fire" }, on = function() return "stop" end }
  tap.equal(one:run{ ["for"] = "1ms" }.reason, "stop")
  h:cancel()
  one:intercept{ events = { "fire" }, on = function() return "perhaps" end }
  local ev = one:run{ ["for"] = "1ms" }
  tap.equal(ev.reason, "error")
  assert(ev.text:find "\"perhaps\"")
end)

tap.fails("a hook without a function", "on: a function", function() m:intercept{} end)
tap.fails("a hook on an event that there is not", "arm, cancel and fire", function()
  m:intercept{ events = { "tick" }, on = print }
end)
tap.fails("a hook on a core that there is not", "out of range", function() m:intercept{ core = 9, on = print } end)
tap.fails("an unknown option of a hook", "did you mean 'owner'", function() m:intercept{ onwer = "x", on = print } end)

local function nop() end
tap.fails("neither after nor every", "after or every is needed", function() m:timer{ on = nop } end)
tap.fails("no function", "on: a function is expected, got nothing", function() m:timer{ after = 1 } end)
tap.fails("a function of a wrong type", "got the string 'f'", function() m:timer{ after = 1, on = "f" } end)
tap.fails("every 0", "above 0", function() m:timer{ every = 0, on = nop } end)
tap.fails("a time of a wrong type", "after", function() m:timer{ after = true, on = nop } end)
tap.fails("an unknown option", "did you mean 'every'", function() m:timer{ evry = 1, on = nop } end)
tap.fails("no table", "a table is expected", function() m:timer(1, nop) end)
tap.fails("an unknown field of the event", "did you mean 'count'", function()
  local problem
  m:timer{ after = 1, on = function(ev) problem = select(2, pcall(function() return ev.cuont end)) end }
  m:run{ ["for"] = "1us" }
  error(problem, 0)
end)

tap.done()
