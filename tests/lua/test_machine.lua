-- warpcore.machine{...} and the machine: options, runs and their reasons, closing, several at once.
local tap = dofile "tests/lua/tap.lua"

tap.check("options override the tree", function()
  local m = tap.machine{ cores = 3, memory = "128M", quantum = "5us" }
  tap.equal(#m.cores, 3)
  tap.equal(m.quantum, 5000)
  m.mem:set_u32(0x7fffffc, 1)
  assert(not pcall(function() return m.mem:u32(0x8000000) end))
  m:close()
end)

tap.check("m.options makes the same machine again", function()
  local m = tap.machine{ append = "root=/dev/ram", cores = 2 }
  tap.equal(m.options.append, "root=/dev/ram")
  tap.equal(m.options.engine, "interp")
  local twin = warpcore.machine(m.options)
  tap.equal(twin:digest(), m:digest())
end)

tap.check("m.options has the virtio devices", function()
  local image = os.tmpname()
  local file = assert(io.open(image, "w"))
  file:write(("x"):rep(4096))
  file:close()
  local m = tap.machine{ disks = { { file = image, readonly = true }, { file = image, overlay = image .. ".cow" } },
    entropy = true, console = true, seed = 3 }
  local options = m.options
  tap.equal(#options.disks, 2)
  tap.equal(options.disks[1].file, image)
  tap.equal(options.disks[1].readonly, true)
  tap.equal(options.disks[2].overlay, image .. ".cow")
  tap.equal(options.entropy, true)
  tap.equal(options.console, true)
  tap.equal(#m.uart, #tap.machine().uart + 1)
  local digest = m:digest()
  m:close()
  tap.equal(warpcore.machine(options):digest(), digest)
  tap.equal(tap.machine{ console = false }.options.console, false)
  os.remove(image .. ".cow")
  os.remove(image)
end)

for name, case in pairs{
  ["no table"] = { nil, "a table is expected" },
  ["no board"] = { {}, "a board is needed" },
  ["an unknown option"] = { { board = "dts/ppce500.dts", memroy = "1G" }, "did you mean 'memory'" },
  ["memory of a wrong type"] = { { board = "dts/ppce500.dts", memory = true }, "memory: a size" },
  ["memory that is no size"] = { { board = "dts/ppce500.dts", memory = "much" }, "is not a size" },
  ["no memory"] = { { board = "dts/ppce500.dts", memory = 0 }, "memory: a size above 0" },
  ["no cores"] = { { board = "dts/ppce500.dts", cores = 0 }, "out of range" },
  ["too many cores"] = { { board = "dts/ppce500.dts", cores = 33 }, "out of range" },
  ["an unknown engine"] = { { board = "dts/ppce500.dts", engine = "magic" }, "engine \"magic\" is unknown" },
  ["an unknown timing"] = { { board = "dts/ppce500.dts", timing = "magic" }, "timing \"magic\" is unknown" },
  ["an unknown idle policy"] = { { board = "dts/ppce500.dts", idle = "magic" }, "idle \"magic\" is unknown" },
  ["an unknown serial sink"] = { { board = "dts/ppce500.dts", serial = "magic" }, "serial \"magic\" is unknown" },
  ["a missing board"] = { { board = "nowhere.dts" }, "nowhere.dts" },
  ["a missing kernel"] = { { board = "dts/ppce500.dts", kernel = "nowhere.elf" }, "nowhere.elf" },
  ["disks that are no list"] = { { board = "dts/ppce500.dts", disks = "a.img" }, "disks: a list is expected" },
  ["a disk where a list of them belongs"] = {
    { board = "dts/ppce500.dts", disks = { file = "a.img" } }, "disks: a list is expected" },
  ["a disk that is a number"] = { { board = "dts/ppce500.dts", disks = { 3 } }, "disks[1]: a string is expected" },
  ["a disk without a file"] = { { board = "dts/ppce500.dts", disks = { "a", {} } }, "disks[2]: file: a string" },
  ["a disk with an empty name"] = { { board = "dts/ppce500.dts", disks = { "" } }, "got an empty string" },
  ["a disk with an unknown field"] = {
    { board = "dts/ppce500.dts", disks = { { file = "a", read_only = true } } }, "did you mean 'readonly'" },
  ["a disk that is readonly and has an overlay"] = {
    { board = "dts/ppce500.dts", disks = { { file = "a", overlay = "b", readonly = true } } }, "not both" },
  ["readonly of a wrong type"] = {
    { board = "dts/ppce500.dts", disks = { { file = "a", readonly = "yes" } } }, "readonly: true or false" },
  ["too many disks"] = {
    { board = "dts/ppce500.dts", disks = { "1", "2", "3", "4", "5", "6", "7", "8", "9" } }, "at most 8" },
  ["a missing disk"] = { { board = "dts/ppce500.dts", disks = { "nowhere.img" } }, "nowhere.img: No such file" },
  ["entropy of a wrong type"] = { { board = "dts/ppce500.dts", entropy = "yes" }, "entropy: true or false" },
  ["a console of a wrong type"] = { { board = "dts/ppce500.dts", console = 3 }, "console: true or false" },
  ["a console with an unknown end"] = { { board = "dts/ppce500.dts", console = "magic" }, "\"magic\" is unknown" },
  ["a quantum of 0"] = { { board = "dts/ppce500.dts", quantum = 0 }, "quantum" },
} do
  tap.fails("warpcore.machine with " .. name, case[2], function() warpcore.machine(case[1]) end)
end

local m = tap.machine()
tap.program(m, 0, 0x1000, tap.counter)

tap.check("a run for a time ends there", function()
  local ev = m:run{ ["for"] = "10us" }
  tap.equal(ev.reason, "time")
  tap.equal(ev.time, 10000)
  tap.equal(m.now, 10000)
end)

tap.check("a run of 0 ns or to the present ends at once", function()
  tap.equal(m:run{ ["for"] = 0 }.reason, "time")
  tap.equal(m:run{ until_time = m.now }.reason, "time")
  tap.equal(m.now, 10000)
end)

tap.check("until_time is absolute, an integer is ns", function()
  m:run{ until_time = 25000 }
  tap.equal(m.now, 25000)
end)

tap.check("insns are exact with one core", function()
  local before = m.insns
  local ev = m:run{ insns = 12345 }
  tap.equal(ev.reason, "insns")
  tap.equal(m.insns - before, 12345)
  tap.equal(m:run{ insns = 0 }.reason, "insns")
  tap.equal(m.insns - before, 12345)
end)

tap.check("the sum of the cores' insns is the machine's", function()
  local sum = 0
  for _, core in ipairs(m.cores) do sum = sum + core.insns end
  tap.equal(m.insns, sum)
end)

tap.check("a wall-clock limit ends a run, which is then marked", function()
  local host = tap.machine()
  tap.program(host, 0, 0x1000, tap.counter)
  assert(warpcore.deterministic)
  local ev = host:run{ wall = 0.01 }
  tap.equal(ev.reason, "wall")
  assert(not warpcore.deterministic)
end)

tap.check("a machine in which no core was started has nothing to run", function()
  local idle = tap.machine()
  local ev = idle:run()
  tap.equal(ev.reason, "nothing")
  tap.equal(ev.text, "nothing to run: there is no kernel or firmware, and no core was started")
end)

tap.check("the diagnosis names the places", function()
  local idle = tap.machine()
  tap.program(idle, 1, 0x1000, { 0x7c008146, 0x48000000 }) -- wrteei 1; b .
  idle.symbols:add("idle_loop", 0x1000, 8)
  tap.equal(idle:run().text,
    "core 0 is parked; core 1 is idle in a branch to itself at 0x00001004 (idle_loop+0x4)")
end)

-- A program that stands in one with interrupts disabled is no idle kernel, and there is no need to wait for it.
tap.check("the diagnosis of a failed test", function()
  local failed = tap.machine()
  tap.program(failed, 1, 0x1000, { 0x60000000, 0x48000000 }) -- nop; b .
  failed.symbols:add("fail", 0x1004, 4)
  tap.equal(failed:run{ ["for"] = "1us" }.reason, "time")
  local hit
  failed:timer{ after = "5us", on = function() hit = true end }
  local ev = failed:run()
  tap.equal(ev.reason, "deadlock")
  tap.equal(ev.text, "core 0 is parked; core 1 hangs at 0x00001004 (fail), a branch to itself with interrupts disabled")
  tap.equal(hit, true)
  failed.cores[1].pc = 0x1000
  failed:at{ pc = 0x1004, on = function() return "stop" end }
  tap.equal(failed:run().reason ~= "deadlock", true)
end)

tap.fails("an unknown limit", "did you mean 'wall'", function() m:run{ wal = 1 } end)
tap.fails("a limit that is no time", "m:run: for", function() m:run{ ["for"] = {} } end)
tap.fails("a time without a unit", "is not a time", function() m:run{ ["for"] = "10" } end)
tap.fails("a time finer than 1 ns", "finer than 1 ns", function() m:run{ ["for"] = "0.5ns" } end)
tap.fails("a negative time", "negative", function() m:run{ ["for"] = -1 } end)
tap.fails("a time that is not whole", "a time", function() m:run{ ["for"] = 1.5 } end)
tap.fails("a time in the past", "lies in the past", function() m:run{ until_time = 1 } end)
tap.fails("negative insns", "out of range", function() m:run{ insns = -1 } end)
tap.fails("a wall limit of 0", "above 0", function() m:run{ wall = 0 } end)
tap.fails("a list instead of a table of limits", "m:run has no '1'", function() m:run{ "10us" } end)
tap.fails("a dot instead of a colon", "called with a colon", function() m.run{ insns = 1 } end)
tap.fails("an unknown property", "did you mean 'insns'", function() return m.insn end)
tap.fails("writing a property that can only be read", "can only be read", function() m.now = 3 end)
tap.fails("writing an unknown property", "did you mean 'quantum'", function() m.quantun = 3 end)
tap.fails("an unknown field of an event", "did you mean 'reason'", function() return m:run{ insns = 0 }.raeson end)
tap.fails("a quantum of 0", "at least 1 ns", function() m.quantum = 0 end)

tap.check("an error tells the simulated time", function()
  local _, problem = pcall(function() return m.insn end)
  assert(problem:find("(at ", 1, true), problem)
end)

tap.check("two runs of one machine give the same digest, other runs another", function()
  local digests = {}
  for i = 1, 3 do
    local one = tap.machine()
    tap.program(one, 0, 0x1000, tap.counter)
    one:run{ ["for"] = i == 3 and "21us" or "20us" }
    digests[i] = one:digest()
    one:close()
  end
  tap.equal(digests[1], digests[2])
  assert(digests[1] ~= digests[3] and digests[1]:match "^%x+$" and #digests[1] == 32)
end)

tap.check("several machines live side by side", function()
  local a, b = tap.machine(), tap.machine{ cores = 1 }
  tap.program(a, 0, 0x1000, tap.counter)
  tap.program(b, 0, 0x1000, tap.counter)
  a:run{ insns = 10 }
  b:run{ insns = 20 }
  tap.equal(a.insns, 10)
  tap.equal(b.insns, 20)
  a:close()
  tap.equal(b:run{ insns = 1 }.reason, "insns")
end)

tap.check("m.running is true in a callback; run and close refuse there", function()
  local seen, refused
  m:timer{ after = "1us", on = function()
    seen = m.running
    refused = { pcall(m.run, m), pcall(m.close, m), pcall(function() m.quantum = 5 end) }
    return "stop"
  end }
  tap.equal(m:run{ ["for"] = "1ms" }.reason, "stop")
  tap.equal(seen, true)
  tap.equal(refused[1], false)
  local ok, problem = pcall(function() return m.running end)
  tap.equal(ok, true)
  tap.equal(problem, false)
end)

tap.check("another machine can run in a callback", function()
  local other = tap.machine()
  tap.program(other, 0, 0x1000, tap.counter)
  m:timer{ after = "1us", on = function() other:run{ insns = 7 } return "stop" end }
  tap.equal(m:run{ ["for"] = "1ms" }.reason, "stop")
  tap.equal(other.insns, 7)
end)

tap.check("log counts its classes", function()
  for _, class in ipairs{ "guest_error", "unimplemented", "info" } do assert(m.log[class] >= 0) end
end)

tap.check("after close everything of the machine refuses", function()
  local one = tap.machine()
  local core, mem, uart, dt, stats, warp = one.cores[0], one.mem, one.uart[0], one.dt, one.stats, one.warp
  local r = core.r
  local timer = one:timer{ after = "1s", on = function() end }
  local handle = one:at{ time = "1s" }
  local node = one.dt["/cpus"]
  tap.equal(one.closed, false)
  one:close()
  one:close()
  tap.equal(one.closed, true)
  for _, dead in ipairs{
    function() return one.now end, function() one:run() end, function() one:digest() end,
    function() return one.cores end, function() return core.insns end, function() core.pc = 1 end,
    function() return mem:u32(0) end, function() uart:send "x" end, function() uart:expect "x" end,
    function() return dt["/"] end, function() stats:all() end, function() return warp.count end,
    function() return r[1] end, function() r[1] = 1 end,
    function() timer:cancel() end, function() return timer.pending end,
    function() handle:cancel() end, function() handle:wait() end, function() return node.path end,
  } do
    local ok, problem = pcall(dead)
    assert(not ok and problem:find "closed", problem)
  end
  for _, object in ipairs{ one, core, mem, uart, dt, stats, warp, r, timer, handle, node } do
    assert(tostring(object))
  end
end)

tap.check("a machine that nothing refers to is collected, pending timers and all", function()
  local weak = setmetatable({}, { __mode = "k" })
  do
    local one = tap.machine()
    one:timer{ after = "1s", on = function() return one end }
    one:at{ console = "x", on = function() return one end }
    weak[one] = true
  end
  collectgarbage()
  collectgarbage()
  assert(next(weak) == nil)
end)

tap.check("a coroutine of the script's own may run the machine", function()
  local step = coroutine.wrap(function() coroutine.yield(m:run{ insns = 5 }.reason) end)
  tap.equal(step(), "insns")
end)

tap.done()
