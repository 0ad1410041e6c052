-- m.trace and m.warp:stream: their files carry a manifest, as all result files do.
local internal = ...
local encode = internal.load "encode"
local manifest_of = internal.load("manifest").of_machine

-- Of a machine, on one line. Whether the run was deterministic the files say at their end.
local function facts_of(machine)
  local facts = manifest_of(machine)
  facts.deterministic, facts.influences = nil, nil
  return (encode.json(facts):gsub("%s*\n%s*", " "))
end

local perfetto = internal.classes().trace.methods.perfetto
local record = internal.classes().trace.members.perfetto

function record.call(trace, path, options)
  local manifest
  if internal.class_of(trace) == "trace" and not internal.machine_of(trace).closed then
    manifest = '"manifest":' .. facts_of(internal.machine_of(trace))
  end
  return perfetto(trace, path, options, manifest)
end

internal.define("trace", record)

local stream = internal.classes().warp.methods.stream
local stream_record = internal.classes().warp.members.stream

function stream_record.call(warp, path)
  local comment
  if path and internal.class_of(warp) == "warp" and not internal.machine_of(warp).closed then
    comment = facts_of(internal.machine_of(warp))
  end
  return stream(warp, path, comment)
end

internal.define("warp", stream_record)
