-- What the program does without a script (--run), and when a script is through.
local internal = ...

local finished = false -- all machines are, as far as they could be

local badly = { deadlock = true, wall = true, error = true }

-- Where the cores stood, by the names that the kernel's file has: the last exception, if it is what they ended with.
-- The text of a deadlock has told of the others already.
local function where(m, reason)
  local lines = {}
  for _, core in ipairs(m.cores) do
    local fault = core.fault
    if core.state ~= "parked" and (fault or reason ~= "deadlock") then
      lines[#lines + 1] = ("\n  core %d at %s%s"):format(core.index, m.symbols:at(core.pc),
        fault and (", after a %s at %s"):format(fault.text, m.symbols:at(fault.pc)) or "")
    end
  end
  return table.concat(lines)
end

local function has(m, name)
  for _, symbol in ipairs(m.symbols:starting(name)) do
    if symbol == name then return true end
  end
  return false
end

-- How a Linux kernel ends badly, in found.text. One that panics goes on for ever, printing at first if it can yet: it
-- gets a second of virtual time for that, or for the restart that panic= asks for. One that dies before it has a first
-- process (it is for another core) waits there without a sound: that ends at once.
local function watch_kernel(m, found)
  local early = true
  if not (has(m, "panic") and has(m, "die") and has(m, "rest_init")) then return end
  local function note(what, ev)
    local time = internal.time_text(ev.time)
    found.text = found.text or ("the kernel %s on core %d at %s%s"):format(what, ev.core, time, where(m))
  end
  m:at{ pc = "rest_init", once = true, on = function() early = false end }
  m:at{ pc = "die", on = function(ev)
    if not early then return end
    note("died", ev)
    return "stop"
  end }
  m:at{ pc = "panic", once = true, on = function(ev)
    note("panicked", ev)
    m:timer{ after = "1s", on = function() return "stop" end }
  end }
end

-- Runs the machine of the options to its end, or for the time of --run, and returns the exit status of the program: the
-- guest's, where it gives one (255 for what is more); else 0. A bad end is an error of one line.
function internal.batch()
  local options = warpcore.options
  if options.console ~= "stdio" then options.serial = options.serial or "auto" end
  local time = internal.time(nil, options.run, "--run")
  local m = warpcore.machine(options)
  local found = {}
  watch_kernel(m, found)
  local ev = m:run{ ["for"] = time }
  local reason = ev.reason
  internal.finish()
  if found.text then internal.input_error(found.text) end
  if reason == "nothing" then
    io.stderr:write("warpcore: ", ev.text, "; -k FILE gives a kernel\n")
    return 2
  end
  if badly[reason] then
    internal.input_error(("the guest ended with \"%s\" at %s%s%s"):format(
      reason, internal.time_text(ev.time), ev.text ~= "" and ": " .. ev.text or "", where(m, ev.reason)))
  end
  return math.min(ev.status or 0, 255)
end

-- Calls each function; one that fails holds up none of the others. The first error, or nil.
local function each(functions, ...)
  local first
  for _, fn in ipairs(functions) do
    local ok, problem = pcall(fn, ...)
    if not ok then first = first or problem end
  end
  return first
end

-- What is being written of a machine is completed, and what its options ask for.
local finishing = {
  function(machine) machine:finish_input() end,
  function(machine) machine.trace:stop() end,
  function(machine) internal.finish_stats(machine) end,
}

local function finish_machine(machine)
  local problem = each(finishing, machine)
  if problem then error(problem, 0) end
end

-- The script is through: what was spawned runs to its end, files are completed.
function internal.finish()
  internal.finish_tasks()
  local ends = {}
  for _, machine in ipairs(internal.machines()) do
    ends[#ends + 1] = function() finish_machine(machine) end
  end
  local problem = each(ends)
  finished = true
  if problem then error(problem, 0) end
  internal.raise_unseen()
end

-- The script ends early: with an error, or by os.exit, perhaps in a callback. What it wrote is completed all the same.
function internal.leave()
  if finished then return end
  for _, machine in ipairs(internal.machines()) do
    local ok, problem = pcall(machine.running and internal.finish_stats or finish_machine, machine)
    if not ok then io.stderr:write("warpcore: ", tostring(problem), "\n") end
  end
end

-- An error has ended the script; perhaps it came from a run that failed unseen.
function internal.fail_script()
  internal.leave()
  internal.raise_unseen()
end

-- m:close completes its files first.
local close = internal.classes().machine.methods.close
local record = internal.classes().machine.members.close

function record.call(machine)
  if internal.class_of(machine) == "machine" and not machine.closed and not machine.running then
    local ok, problem = pcall(finish_machine, machine)
    internal.made.deterministic = internal.made.deterministic and machine.deterministic
    close(machine)
    if not ok then error(problem, 0) end
    return
  end
  close(machine)
end

internal.define("machine", record)

-- The options of each machine that the script has made; whether those that are closed were deterministic.
internal.made = { deterministic = true }

-- warpcore.machine begins what the options ask for.
local make = internal.classes().warpcore.methods.machine
local made = internal.classes().warpcore.members.machine

function made.call(options)
  local machine = make(options)
  table.insert(internal.made, machine.options)
  internal.note_disks(machine)
  local trace = machine.options.trace
  if trace then machine.trace:perfetto(trace) end
  return machine
end

internal.define("warpcore", made)
