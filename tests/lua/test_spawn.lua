-- warpcore.spawn: functions that wait while something else runs the machine.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()
tap.program(m, 0, 0x1000, tap.counter)

tap.check("a function runs at once up to its first wait", function()
  local log = {}
  local t = warpcore.spawn(function()
    log[#log + 1] = "begin"
    m:at{ time = m.now + 2000 }:wait()
    log[#log + 1] = m.now
    return "result"
  end)
  tap.equal(log[1], "begin")
  tap.equal(t.done, false)
  tap.equal(t.result, nil)
  m:run{ ["for"] = "10us" }
  tap.equal(log[2], 2000)
  tap.equal(t.done, true)
  tap.equal(t.result, "result")
end)

tap.check("m:run inside lets time pass", function()
  local times = {}
  local start = m.now
  warpcore.spawn(function()
    for i = 1, 3 do times[i] = m:run{ ["for"] = "1us" }.time - start end
    times[4] = m:run{ until_time = start + 7500 }.time - start
  end)
  m:run{ ["for"] = "10us" }
  tap.equal(table.concat(times, " "), "1000 2000 3000 7500")
end)

tap.check("several wait for one handle", function()
  local h = m:at{ time = m.now + 1000 }
  local order = {}
  for i = 1, 3 do warpcore.spawn(function() h:wait() order[#order + 1] = i end) end
  m:run{ ["for"] = "5us" }
  tap.equal(table.concat(order), "123")
end)

tap.check("a timeout raises an error inside, which can be caught", function()
  local problem
  local never = m:at{ time = m.now + 1000000000 }
  warpcore.spawn(function()
    local ok
    ok, problem = pcall(never.wait, never, { timeout = "3us" })
    assert(not ok)
  end)
  tap.equal(m:run{ ["for"] = "10us" }.reason, "time")
  assert(problem:find "did not come within 3us", problem)
  never:cancel()
end)

tap.check("a wait that is met drops its timeout", function()
  local h = m:at{ time = m.now + 1000 }
  warpcore.spawn(function() h:wait{ timeout = "5us" } end)
  m:run{ ["for"] = "2us" }
  for _, t in ipairs(m.timers) do assert(t.name ~= "timeout") end
end)

tap.check("an error after a wait ends the run, with both tracebacks", function()
  local t = warpcore.spawn(function()
    m:run{ ["for"] = "1us" }
    error "boom"
  end)
  local ev = m:run{ ["for"] = "5us" }
  tap.equal(ev.reason, "error")
  assert(ev.text:find "boom" and ev.text:find "warpcore.spawn" and ev.text:find "test_spawn.lua:%d+")
  tap.equal(t.done, true)
end)

tap.check("two functions drive two consoles, while the script runs one machine", function()
  local a, b = tap.uboot_machine(), tap.uboot_machine()
  local function boot(one)
    return function()
      one.uart[0]:expect "Hit any key"
      one.uart[0]:send " "
      one.uart[0]:expect "=> "
      one.uart[0]:send "version\n"
      return one.uart[0]:expect "=> "
    end
  end
  local ta, tb = warpcore.spawn(boot(a)), warpcore.spawn(boot(b))
  a:run{ ["for"] = "100ms" }
  assert(ta.done and not tb.done and ta.result:find "U%-Boot 20")
  b:run{ ["for"] = "100ms" }
  tap.equal(tb.result, ta.result)
end)

tap.fails("an error before the first wait is the caller's", "boom", function()
  local ok, problem = pcall(warpcore.spawn, function() error "boom" end)
  assert(not ok)
  error(problem:match "tests/.*")
end)
tap.fails("not a function", "a function is expected", function() warpcore.spawn(3) end)
tap.fails("wall inside", "outside of warpcore.spawn", function()
  local problem
  warpcore.spawn(function()
    local h = m:at{ time = "1s" }
    problem = select(2, pcall(h.wait, h, { wall = 1 }))
    h:cancel()
  end)
  error(problem, 0)
end)
tap.fails("insns inside", "no 'insns'", function()
  local problem
  warpcore.spawn(function() problem = select(2, pcall(m.run, m, { insns = 1 })) end)
  error(problem, 0)
end)
tap.fails("an unknown field of a task", "did you mean 'done'", function()
  return warpcore.spawn(function() end).doen
end)

tap.check("a wait where Lua cannot yield says so, and leaves nothing behind", function()
  local machine = tap.machine()
  tap.program(machine, 0, 0x1000, tap.counter)
  for _, call in ipairs{
    function(wait) return (("ab"):gsub(".", wait)) end,
    function(wait) table.sort({ 2, 1 }, function(a, b) wait() return a < b end) end,
  } do
    local ok, problem
    warpcore.spawn(function()
      ok, problem = pcall(call, function() machine:at{ pc = 0x1000, once = true }:wait{ timeout = "1us" } end)
    end)
    tap.equal(ok, false)
    local text = "handle:wait: warpcore.spawn's function cannot wait inside of a function that another"
    assert(problem:find(text, 1, true), problem)
    tap.equal(machine:run{ ["for"] = "1us" }.reason, "time")
  end
end)

-- Last: a function that still waits when the script is through is run to its end by Warpcore itself.
warpcore.spawn(function()
  m:run{ ["for"] = "1ms" }
  tap.check("what is spawned goes on when the script is through", function() assert(m.now >= 1000000) end)
  tap.done()
end)
