-- What a result came from: stands in every file that is written.
local internal = ...

-- The host's file of a machine's option and its digest, or nil when the option was not given.
local function file_of(options, name)
  if not options[name] then return nil end
  return { path = options[name], sha256 = internal.sha256(options[name]) or "unreadable" }
end

local function is_file(name)
  return name == "board" or name == "kernel" or name == "firmware" or name == "initrd"
end

-- What the guest has read of the host by itself.
local function guest_files(machine)
  local files = {}
  for _, file in ipairs(machine.guest_files) do files[file.name] = file.sha256 end
  return next(files) and files or nil
end

local manifest = {}

-- What a machine is made of, as m.options has it.
function manifest.of_options(options)
  local files, rest = {}, {}
  for name, value in pairs(options) do
    if is_file(name) then files[name] = file_of(options, name) else rest[name] = value end
  end
  return { options = rest, files = files, seed = options.seed or 0 }
end

-- As a table for encode.json: nothing of the host but what had a say in the run.
function manifest.of_machine(machine)
  local facts = manifest.of_options(machine.options)
  facts.warpcore, facts.guest_files = warpcore.version, guest_files(machine)
  facts.deterministic, facts.influences = machine.deterministic, table.concat(machine.influences, " ")
  return facts
end

return manifest
