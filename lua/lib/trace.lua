-- m.trace: its files carry a manifest, as all result files do.
local internal = ...
local encode = internal.load "encode"
local manifest_of = internal.load("manifest").of_machine

local perfetto = internal.classes().trace.methods.perfetto
local record = internal.classes().trace.members.perfetto

function record.call(trace, path, options)
  local manifest
  if internal.class_of(trace) == "trace" and not internal.machine_of(trace).closed then
    local facts = manifest_of(internal.machine_of(trace))
    facts.deterministic, facts.influences = nil, nil -- the file says so at its end
    manifest = '"manifest":' .. encode.json(facts):gsub("%s*\n%s*", " ")
  end
  return perfetto(trace, path, options, manifest)
end

internal.define("trace", record)
