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
  return next(files) and files
end

-- As a table for encode.json: nothing of the host but what had a say in the run.
local function manifest(machine)
  local options, files, rest = machine.options, {}, {}
  for name, value in pairs(options) do
    if is_file(name) then files[name] = file_of(options, name) else rest[name] = value end
  end
  return {
    warpcore = warpcore.version, options = rest, files = files, guest_files = guest_files(machine) or nil,
    seed = options.seed or 0, deterministic = machine.deterministic, influences = table.concat(machine.influences, " "),
  }
end

return manifest
