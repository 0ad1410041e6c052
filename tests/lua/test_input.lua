-- External input, recordings and replays, idle policies, host threads.
local tap = dofile "tests/lua/tap.lua"
local dir = os.tmpname()
os.remove(dir)
assert(os.execute("mkdir " .. dir))

local function boot(options, drive)
  local m = tap.uboot_machine(options)
  drive(m)
  tap.equal(m:run{ until_time = "30ms" }.reason, "time")
  local result = { text = m.uart[0].text, insns = m.insns, digest = m:digest() }
  m:close()
  return result
end

local function type_version(m)
  m.uart[0]:expect("Hit any key", { timeout = "1s" })
  m.uart[0]:send " "
  m.uart[0]:expect("=> ", { timeout = "1s" })
  m.uart[0]:send "version\n"
end

local function same(a, b)
  tap.equal(a.text, b.text)
  tap.equal(a.insns, b.insns)
  tap.equal(a.digest, b.digest)
end

local recorded
tap.check("a recording holds what was typed, with its time", function()
  recorded = boot({ record = dir .. "/run.log" }, type_version)
  assert(recorded.text:find "=> version\r?\nU%-Boot")
  local f <close> = assert(io.open(dir .. "/run.log"))
  local log = f:read "a"
  assert(log:find "\n%d+ %d+ input \"[^\"]*serial@4500\" \" \"\n" and log:find "\"version\\x0a\"")
  assert(log:find "\n%d+ %d+ end %x+")
end)

tap.check("what a script sends leaves no mark on the run", function()
  local m = tap.uboot_machine()
  type_version(m)
  tap.equal(#m.influences, 0)
  assert(m.deterministic)
end)

tap.check("a replay needs nobody to type, and gives the same run", function()
  same(boot({ replay = dir .. "/run.log" }, function() end), recorded)
end)

tap.check("a script that types during a replay is not heard twice", function()
  same(boot({ replay = dir .. "/run.log" }, type_version), recorded)
end)

tap.check("a replay of another board is refused", function()
  local ok, problem = pcall(tap.uboot_machine, { replay = dir .. "/run.log", memory = "128M" })
  assert(not ok and problem:find "recorded with another board", problem)
  ok, problem = pcall(tap.uboot_machine, { replay = dir .. "/run.log", quantum = "1us" })
  assert(not ok and problem:find "recorded with another set of options", problem)
end)

tap.check("a replay that diverges says where", function()
  local m = tap.uboot_machine{ replay = dir .. "/run.log" }
  m:run{ ["for"] = "1ms" }
  m.cores[0].r[20] = m.cores[0].r[20] + 4
  m.mem:set_u32(0x5000000, 1)
  local ev = m:run{ until_time = "30ms" }
  local problem = ev.reason == "error" and ev.text or select(2, pcall(m.finish_input, m))
  assert(problem and problem:find "run.log:%d+: the replay diverges", problem)
end)

for name, case in pairs{
  ["a replay file that is not there"] = { { replay = dir .. "/nothing.log" }, "nothing.log" },
  ["a file that is no recording"] = { { replay = "README.md" }, "README.md" },
  ["a recording that cannot be written"] = { { record = dir .. "/no/run.log" }, "cannot be written" },
  ["both at once"] = { { record = dir .. "/a", replay = dir .. "/b" }, "together" },
  ["a speed of 0"] = { { speed = 0 }, "speed" },
  ["a speed that is no number"] = { { speed = "fast" }, "speed" },
  ["no threads"] = { { threads = 0 }, "threads" },
  ["adaptive of a wrong type"] = { { adaptive = 1 }, "true or false" },
  ["a class of the log that there is not"] = { { log = "guest_error,gossip" }, "there is no class \"gossip\"" },
} do
  tap.fails(name, case[2], function() tap.uboot_machine(case[1]) end)
end

tap.check("idle = realtime waits on the host and lands on the same state", function()
  local function idle(policy)
    local m = tap.machine{ idle = policy, speed = 4 }
    local ticks = 0
    m:timer{ every = "1ms", on = function() ticks = ticks + 1 end }
    local before = warpcore.host.time()
    m:run{ ["for"] = "40ms" }
    return m:digest() .. ticks .. m.warp.count .. m.warp.total, warpcore.host.time() - before, m
  end
  local jumped = idle "warp"
  local waited, took, m = idle "realtime"
  tap.equal(waited, jumped)
  assert(took > 8000000, "it took " .. took .. " ns, not 10 ms at four times the host's speed")
  assert(m.warp.slept > 5000000)
  tap.equal(#m.influences, 0)
end)

tap.check("cores on host threads keep virtual time, and mark the run", function()
  local m = tap.machine{ threads = 2 }
  for core = 0, 1 do tap.program(m, core, 0x1000 + 0x100 * core, tap.counter) end
  m:run{ ["for"] = "100us" }
  tap.equal(m.now, 100000)
  for _, core in ipairs(m.cores) do tap.equal(core.insns, 40000) end
  tap.equal(m.influences[1], "threads")
  tap.equal(m.deterministic, false)
end)

tap.check("files that began before the run say that it is not deterministic", function()
  local m = tap.machine{ threads = 2 }
  m.stats:every("10us", "core0.insns", dir .. "/series.csv")
  m.warp:stream(dir .. "/ledger.csv")
  m.trace:perfetto(dir .. "/trace.json")
  tap.program(m, 0, 0x1000, tap.counter)
  m:run{ ["for"] = "100us" }
  m.warp:stream()
  m:close()
  local function text(name)
    local file <close> = assert(io.open(dir .. "/" .. name))
    return file:read "a"
  end
  assert(text "series.csv":find '^# [^\n]*"deterministic": *false')
  assert(text "ledger.csv":find "\n# not deterministic: threads\n$")
  assert(text "trace.json":find '"deterministic":false')
end)

tap.check("adaptive marks the run", function()
  local m = tap.machine{ adaptive = true, pace = "1ms" }
  tap.program(m, 0, 0x1000, tap.counter)
  m:run{ ["for"] = "30ms" }
  tap.equal(m.influences[1], "adaptive")
end)

os.execute("rm -r " .. dir)
tap.done()
