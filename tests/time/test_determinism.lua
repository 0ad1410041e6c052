-- The same machine, run again and again, in both idle policies: one digest, one set of counts.
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/time/session.lua"

local RUNS = (os.getenv "BUILD" or ""):find "san" and 10 or 100 -- sanitizers are slow, and see other things

local first
tap.check("the session ends, and every core had a part in it", function()
  first = session()
  tap.equal(first:match "\nsum (%d+)\n", "60")
  for core = 0, 3 do
    local ticks, calls, beats = first:match("\ncore " .. core .. " .- (%d+) (%d+) (%d+)\n")
    assert(tonumber(ticks) > 100, ticks)
    tap.equal(calls, core == 0 and "0" or "20")
    tap.equal(beats, core == 0 and "20" or "0")
  end
end)

local function again(name, options)
  tap.check(("%d runs with %s are the same"):format(RUNS, name), function()
    for run = 1, RUNS do
      local text = session(options)
      if text ~= first then error(("run %d:\n%s\nthe first:\n%s"):format(run, text, first), 0) end
    end
  end)
end

again("idle = warp", { idle = "warp" })
again("idle = realtime", { idle = "realtime", speed = 1000 })

tap.check("another quantum is another run", function()
  assert(session{ quantum = "1us" } ~= first)
end)

tap.done()
