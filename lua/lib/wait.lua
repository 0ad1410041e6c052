-- Waiting: handle:wait, uart:expect, and warpcore.spawn, whose functions wait without holding up the rest.
--
-- A wait outside of spawn runs the machine until the handle hits. Inside, the coroutine yields; the hit resumes it from
-- the callback, at the exact time, while somebody else runs the machine.
local internal = ...
local check = internal.load "check"

local tasks = {} -- coroutine -> task that runs in it
local order = {} -- the same tasks, in the order of their starts

-- A task's own errors carry its traceback; they go to whoever resumed it.
local function resume(task, ...)
  local ok, problem = coroutine.resume(task.co, ...)
  if coroutine.status(task.co) == "dead" then
    tasks[task.co] = nil
    task.done = true
    task.waiting = nil
    if ok then task.result = problem end
  end
  if not ok then error("in a function of warpcore.spawn: " .. debug.traceback(task.co, tostring(problem)), 0) end
end

-- Calls what waits for a handle, once each, and the script's own function (lua/bind/bind_handle.c calls this).
function internal.hit(ev)
  local on = internal.handle_function(ev.handle)
  local result = on and on(ev)
  local waiters = internal.handle_waiters(ev.handle)
  internal.handle_waiters(ev.handle, nil)
  for _, waiter in ipairs(waiters or {}) do
    if waiter.wake(ev) == "stop" then result = "stop" end
  end
  return result
end

local function add_waiter(handle, waiter)
  local waiters = internal.handle_waiters(handle) or {}
  waiters[#waiters + 1] = waiter
  internal.handle_waiters(handle, waiters)
end

local function remove_waiter(handle, waiter)
  local left = {}
  for _, other in ipairs(internal.handle_waiters(handle) or {}) do
    if other ~= waiter then left[#left + 1] = other end
  end
  internal.handle_waiters(handle, #left > 0 and left or nil)
end

local function fail_ended(machine, what, ev, timeout)
  if ev.reason == "time" then
    internal.fail(machine, ("%s: it did not come within %s"):format(what, internal.time_text(timeout)))
  elseif ev.reason == "wall" then
    internal.fail(machine, what .. ": it did not come within the limit of host time")
  end
  local text = ev.text ~= "" and ": " .. ev.text or ""
  internal.fail(machine, ("%s: the run ended before, with \"%s\"%s"):format(what, ev.reason, text))
end

-- Outside of spawn: runs the machine.
local function wait_running(machine, handle, what, timeout, wall)
  if machine.running then
    internal.fail(machine, what .. ": a callback cannot wait; warpcore.spawn starts a function that can")
  end
  local hit
  local waiter = { wake = function(ev) hit = ev return "stop" end }
  add_waiter(handle, waiter)
  local ev = machine:run{ ["for"] = timeout, wall = wall }
  if hit then return hit end
  remove_waiter(handle, waiter)
  fail_ended(machine, what, ev, timeout)
end

-- Inside of spawn: yields.
local function wait_task(task, machine, handle, what, timeout, wall)
  if wall then internal.fail(machine, what .. ": wall is for waits outside of warpcore.spawn") end
  if not coroutine.isyieldable() then
    handle:cancel() -- nobody is going to wait for it
    internal.fail(machine, what .. ": warpcore.spawn's function cannot wait inside of a function that another one of C "
      .. "calls (as string.gsub and table.sort do); let it collect first, and wait behind")
  end
  local waiter, timer
  waiter = { wake = function(ev)
    if timer then timer:cancel() end
    resume(task, ev)
  end }
  add_waiter(handle, waiter)
  if timeout then
    timer = machine:timer{ after = timeout, name = "timeout", on = function()
      remove_waiter(handle, waiter)
      resume(task, nil)
    end }
  end
  task.waiting, task.machine = what, machine
  local ev = coroutine.yield()
  task.waiting = nil
  if ev then return ev end
  internal.fail(machine, ("%s: it did not come within %s"):format(what, internal.time_text(timeout)))
end

local function wait(machine, handle, what, options)
  local timeout = options.timeout and internal.time(machine, options.timeout, what .. ": timeout")
  local task = tasks[coroutine.running()]
  if task then return wait_task(task, machine, handle, what, timeout, options.wall) end
  return wait_running(machine, handle, what, timeout, options.wall)
end

local wait_options = { timeout = true, wall = true }

internal.define("handle", {
  name = "wait",
  synopsis = "handle:wait{ timeout=, wall= } -> event",
  text = "Runs the machine until the handle hits. Inside of warpcore.spawn it yields instead, until the handle hits "
    .. "while something else runs the machine.",
  arguments = "timeout (time): give up after this much virtual time\n"
    .. "wall (number, host seconds): give up after this much host time; not inside of spawn",
  returns = "the event: { time (ns), core, handle, hits }",
  errors = "the time is up; the run ended before (power-off, deadlock, another stop); called from a callback; "
    .. "the handle was cancelled; the machine is closed",
  example = "local ev = m:at{ console = \"U-Boot\" }:wait{ timeout = \"1s\" }\nassert(ev.hits == 1)",
  call = function(handle, options)
    check.open(handle, "handle")
    options = check.options(handle, options, "handle:wait", wait_options)
    if not handle.enabled then
      internal.fail(handle, "handle:wait: the handle is not enabled, it would never hit")
    end
    return wait(internal.machine_of(handle), handle, "handle:wait", options)
  end,
})

local function quoted(text)
  return ("%q"):format(text):gsub("\\\n", "\\n"):gsub("\r", "\\r")
end

-- The last words of a console, for the message of a failed expect.
local function last_words(uart)
  local line = uart.text:sub(-200):match "([^\r\n]*)[\r\n]*$"
  return line == "" and "" or "; the console ends with " .. quoted(line)
end

-- The text from where the last expect ended to the end of the match.
local function take(uart, text, first)
  local all, seen = uart.text, uart.seen
  -- Old text may have gone meanwhile, and seen gone down with it; or another task may have moved seen on.
  local _, last = all:find(text, math.min(first, seen + 1), true)
  uart.seen = last
  return all:sub(seen + 1, last)
end

internal.define("uart", {
  name = "expect",
  synopsis = "uart:expect(text, { timeout=, wall= }) -> string",
  text = "Runs the machine until the guest has printed a text after what the last expect read, and stops at that very "
    .. "instruction. Inside of warpcore.spawn it yields instead.",
  arguments = "text (string): what must come; plain text, no pattern\n"
    .. "timeout (time): give up after this much virtual time\n"
    .. "wall (number, host seconds): give up after this much host time; not inside of spawn",
  returns = "string: what was printed since the last expect, up to the end of the text",
  errors = "the time is up; the run ended before (power-off, deadlock, another stop); called from a callback; "
    .. "the machine is closed",
  example = "local text = m.uart[0]:expect(\"Hit any key\", { timeout = \"1s\" })\nassert(text:find \"U%-Boot\")",
  call = function(uart, text, options)
    check.open(uart, "uart")
    check.type(uart, text, "uart:expect: text", "string")
    options = check.options(uart, options, "uart:expect", wait_options)
    if text == "" then internal.fail(uart, "uart:expect: a text of at least one character is expected") end
    local first = uart.seen + 1
    if uart.text:find(text, first, true) then return take(uart, text, first) end
    local machine = internal.machine_of(uart)
    local handle = machine:at{ console = text, uart = uart.index }
    local ok, problem = pcall(wait, machine, handle, "expect " .. quoted(text), options)
    if not machine.closed then handle:cancel() end
    if not ok then
      error(type(problem) == "string" and problem .. last_words(uart) or problem, 0)
    end
    return take(uart, text, first)
  end,
})

internal.declare("task", "A function started by warpcore.spawn.")

internal.define("task", {
  name = "done",
  synopsis = "task.done -> boolean",
  text = "True when the function has returned or failed.",
  returns = "boolean",
  errors = "none",
  example = "local t = warpcore.spawn(function() return 1 end)\nassert(t.done)",
  get = function(object) return internal.data(object, "task").done end,
})

internal.define("task", {
  name = "result",
  synopsis = "task.result -> value",
  text = "What the function returned.",
  returns = "the first value that it returned; nil before",
  errors = "none",
  example = "local t = warpcore.spawn(function() return 42 end)\nassert(t.result == 42)",
  get = function(object) return internal.data(object, "task").result end,
})

internal.define("warpcore", {
  name = "spawn",
  synopsis = "warpcore.spawn(function) -> task",
  text = "Starts a function that may wait (expect, handle:wait, m:run) without holding up the rest: it runs up to "
    .. "its first wait at once, and goes on from there, at the exact virtual time, when what it waits for happens. "
    .. "Somebody must run the machine: the script, with m:run, or, when the script has ended, Warpcore itself until "
    .. "every such function is through.",
  arguments = "function (function): called without arguments",
  returns = "task",
  errors = "not a function; an error of the function before its first wait. A later one ends the run with \"error\".",
  example = "local prompt\n"
    .. "local t = warpcore.spawn(function()\n  m.uart[0]:expect(\"Hit any key\")\n"
    .. "  m.uart[0]:send(\" \")\n  m.uart[0]:expect(\"=> \")\n  prompt = m.now\nend)\n"
    .. "m:run{ [\"for\"] = \"1s\" }\nassert(t.done and prompt <= m.now)",
  call = function(fn)
    check.callable(nil, fn, "warpcore.spawn")
    local task = { done = false, co = coroutine.create(fn) }
    tasks[task.co] = task
    order[#order + 1] = task
    resume(task)
    return internal.new("task", task)
  end,
})

-- m:run inside of a spawned function waits for time to pass.
local run = internal.classes().machine.methods.run
local record = internal.classes().machine.members.run

function record.call(machine, limits)
  local task = tasks[coroutine.running()]
  if not task then return run(machine, limits) end
  limits = check.options(machine, limits, "m:run inside of spawn", { ["for"] = true, until_time = true })
  local till = limits.until_time and internal.time(machine, limits.until_time, "m:run: until_time")
    or machine.now + internal.time(machine, limits["for"], "m:run: for")
  local ev = machine:at{ time = till }:wait()
  return { reason = "time", time = ev.time, text = "" }
end

internal.define("machine", record)

-- When the script is through: runs machines until every spawned function is.
function internal.finish_tasks()
  while true do
    while order[1] and order[1].done do table.remove(order, 1) end
    local task = order[1]
    if not task then return end
    if task.machine.closed then
      internal.fail(nil, ("a function of warpcore.spawn still waits (%s), but its machine was closed"):format(
        task.waiting))
    end
    local ev = run(task.machine)
    if not task.done and ev.reason ~= "stop" and ev.reason ~= "break" then
      internal.fail(task.machine, ("a function of warpcore.spawn still waits (%s), but the run ended with \"%s\"%s")
        :format(task.waiting, ev.reason, ev.text ~= "" and ": " .. ev.text or ""))
    end
  end
end
