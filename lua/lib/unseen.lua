-- A run that an error in a callback has ended: m:run returns it as an event, so that a script can deal with it. One
-- that looks neither at ev.reason nor at ev.text has not; it must not end as if all were well.
local internal = ...

local unseen = {} -- texts, in the order of the runs; false: it was looked at

-- The event of a failed run, with reason and text put back into it at the first look at either, or at all of it.
local function watched(ev)
  local record, withheld, place = getmetatable(ev), { reason = ev.reason, text = ev.text }, #unseen + 1
  unseen[place] = ev.text
  local function look(event)
    unseen[place] = false
    setmetatable(event, record)
    for name, value in pairs(withheld) do rawset(event, name, value) end
    return event
  end
  ev.reason, ev.text = nil, nil
  return setmetatable(ev, {
    fields = record.fields,
    __index = function(event, name)
      if withheld[name] == nil then return record.__index(event, name) end
      return look(event)[name]
    end,
    __pairs = function(event) return pairs(look(event)) end,
  })
end

local run = internal.classes().machine.methods.run
local record = internal.classes().machine.members.run

function record.call(machine, limits)
  local ev = run(machine, limits)
  return ev.reason == "error" and watched(ev) or ev
end

internal.define("machine", record)

-- Raises the first error that the script, or the line at the prompt, took no notice of.
function internal.raise_unseen()
  local first
  for _, text in ipairs(unseen) do first = first or text end
  unseen = {}
  if first then internal.input_error("the run ended with \"error\", and nothing looked at the event: " .. first) end
end
