-- Every member of every class with arguments that are none of its own: an error that names the script's line and the
-- member's words, never one of Lua's own, never a crash. Then the same on a closed machine, and in a callback.
local tap = dofile "tests/lua/tap.lua"
local classes = warpcore.classes

local nowhere = "/nonexistent/file"

-- One object of each class, of a machine at rest. A class that is not here fails the test.
local function objects()
  local m = warpcore.machine{ board = "lua/examples/lua-device.dts", cores = 2, memory = "64M" }
  local event = m:at{ time = "1us" }:wait()
  local sampler = m.stats:every("1s", "core0.insns")
  sampler:cancel() -- else m:run{} would never end
  return {
    warpcore = warpcore, host = warpcore.host, machine = m, cores = m.cores, core = m.cores[0],
    registers = m.cores[0].r, mem = m.mem, uarts = m.uart, uart = m.uart[0], warp = m.warp, trace = m.trace,
    stats = m.stats, dt = m.dt, node = m.dt["/cpus"], symbols = m.symbols, devices = m.device, event = event,
    timer = m:timer{ after = "1s", on = function() end }, handle = m:at{ time = "1s" },
    hook = m:intercept{ name = "*", on = function() end }, sampler = sampler,
    device = m.device:define{ compatible = "acme,random" }[1], task = warpcore.spawn(function() end),
  }
end

-- What is no argument of anything here; tables and functions are made new each time.
local junk = {
  function() return nil end, function() return {} end, function() return nowhere end, function() return -1 end,
  function() return 1.5 end, function() return math.maxinteger end, function() return math.mininteger end,
  function() return true end, function() return function() end end, function() return { [nowhere] = nowhere } end,
  function() return io.stdout end, function() return "" end, function() return 0 / 0 end,
}

-- Signs of an error that no binding has thought of.
local raw = { "attempt to", "bad argument", "^%[", "invalid value", "invalid key", "not a declared", "no such class" }

local function check_error(what, problem)
  problem = tostring(problem)
  if not problem:find "^tests/lua/[%w_]+%.lua:%d+: " and not problem:find "^/nonexistent/" then
    error(("%s: no script and line: %s"):format(what, problem), 0)
  end
  for _, sign in ipairs(raw) do
    if problem:gsub("^%S+ ", ""):find(sign) then error(("%s: an error of Lua's own: %s"):format(what, problem), 0) end
  end
end

-- Calls it; an error must be one of Warpcore's. Returns that error, or nil.
local function try(what, fn, ...)
  local ok, problem = pcall(fn, ...)
  if ok then return nil end
  check_error(what, problem)
  return tostring(problem)
end

local function must_fail(what, words, fn, ...)
  local problem = try(what, fn, ...)
  if not problem then error(what .. ": no error", 0) end
  if not problem:find(words, 1, true) then error(("%s: no '%s' in: %s"):format(what, words, problem), 0) end
end

local function each_member(fn)
  local problems = {}
  for _, class in pairs(classes) do
    for name, record in pairs(class.members) do
      local ok, problem = pcall(fn, class, name, record, ("%s.%s"):format(class.name, name))
      if not ok then problems[#problems + 1] = problem end
    end
  end
  if #problems > 0 then error(table.concat(problems, "\n"), 0) end
end

-- Ends the machine or leaves the process to others; has tests of its own.
local set_apart = { ["machine.close"] = true, ["warpcore.sweep"] = true }

local function call_with_junk(what, record, ...)
  local front = table.pack(...)
  for _, first in ipairs(junk) do
    for _, second in ipairs(junk) do
      local arguments = table.move({ first(), second() }, 1, 2, front.n + 1, table.move(front, 1, front.n, 1, {}))
      try(what, record.call, table.unpack(arguments, 1, front.n + 2))
    end
  end
end

local all = objects()

tap.check("there is an object of every class", function()
  for name in pairs(classes) do assert(all[name] ~= nil, name) end
end)

tap.check("a method without its object says how it is called", function()
  each_member(function(class, _, record, what)
    if class.module then return end
    local function wrong(fn, ...)
      local words = ("a %s is expected in front"):format(class.name)
      for _, object in ipairs{ 3, "x", {}, io.stdout, class.name == "warp" and all.stats or all.warp } do
        must_fail(what, words, fn, object, ...)
      end
      must_fail(what, words, fn)
    end
    if record.call then wrong(record.call) end
    if record.get then wrong(record.get) end
  end)
end)

tap.check("what can only be read is not written; what can be written takes no nonsense", function()
  each_member(function(class, name, record, what)
    local object = all[class.name]
    local function assign(value) object[name] = value end
    if not record.set then return must_fail(what, "can only be read", assign, 1) end
    must_fail(what, "expected", assign, {})
    must_fail(what, "expected", assign, 1.5)
    must_fail(what, "expected", assign, function() end)
    must_fail(what, "expected", assign, nil)
  end)
end)

tap.check("an unknown name is an error for reading and writing", function()
  for name in pairs(classes) do
    local object = all[name]
    try(name, function() return object.nonsuch end)
    if name ~= "node" then must_fail(name, "nonsuch", function() return object.nonsuch end) end
    must_fail(name, "", function() object.nonsuch = 1 end)
    must_fail(name, "", function() object[{}] = 1 end)
    must_fail(name, "", function() return object[{}] end)
  end
end)

tap.check("methods with nonsense as arguments", function()
  each_member(function(class, _, record, what)
    if not record.call or set_apart[what] then return end
    if class.module then return call_with_junk(what, record) end
    call_with_junk(what, record, objects()[class.name])
  end)
end)

tap.check("the same in a callback", function()
  each_member(function(class, _, record, what)
    if not record.call or set_apart[what] then return end
    local some = objects()
    local problem
    some.machine:timer{ after = "1us", on = function()
      local ok, text = pcall(function()
        if class.module then return call_with_junk(what, record) end
        call_with_junk(what, record, some[class.name])
      end)
      problem = not ok and text
    end }
    local ev = some.machine:run{ ["for"] = "10us" }
    assert(not problem, problem)
    if ev.reason == "error" then error(what .. ": " .. ev.text, 0) end
    some.machine:close()
  end)
end)

-- Objects that need no machine: what they hold is the script's.
local closed_is_fine = {
  ["machine.closed"] = true, ["machine.close"] = true, ["sampler.rows"] = true, ["sampler.names"] = true,
  ["sampler.cancel"] = true, ["task.done"] = true, ["task.result"] = true,
}

tap.check("a closed machine: every member says so", function()
  local some = objects()
  some.machine:close()
  each_member(function(class, name, record, what)
    local object = some[class.name]
    if class.module or closed_is_fine[what] then return end
    if record.get then must_fail(what, "the machine is closed", function() return object[name] end) end
    if record.set then must_fail(what, "the machine is closed", function() object[name] = 1 end) end
    if record.call then must_fail(what, "the machine is closed", record.call, object) end
  end)
  for what in pairs(closed_is_fine) do
    local class, name = what:match "^(%a+)%.(%a+)$"
    local record = classes[class].members[name]
    assert(not try(what, record.get or record.call, some[class]), what)
  end
end)

tap.check("objects outlive their machine's last name", function()
  local some = objects()
  some.machine = nil
  collectgarbage()
  collectgarbage()
  assert(some.core.index == 0 and some.timer.pending and some.handle.enabled)
  some = nil -- luacheck: ignore
  collectgarbage()
end)

tap.done()
