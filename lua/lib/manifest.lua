-- What a result came from: stands in every file that is written.
local internal = ...

-- The host's file of a machine's option and its digest, or nil when the option was not given.
local function file_of(options, name)
  if not options[name] then return nil end
  return { path = options[name], sha256 = internal.sha256(options[name]) or "unreadable" }
end

-- machine -> the digests of its disks' files before its run.
local before = setmetatable({}, { __mode = "k" })

local function digests_of(disks)
  local digests = {}
  for i, disk in ipairs(disks) do
    digests[i] = { file = internal.sha256(disk.file), overlay = disk.overlay and internal.sha256(disk.overlay) }
  end
  return digests
end

-- A machine is made: if its options ask for result files, these are to name its disks as the run found them.
function internal.note_disks(machine)
  local options = machine.options
  if options.disks and (options.stats or options.trace) then before[machine] = digests_of(options.disks) end
end

-- Without that they are as they are now, and "written" says that the run has changed them.
local function disks_of(machine, disks)
  local list, digests = {}, before[machine] or digests_of(disks)
  local writes = machine.stats:list "disk*.writes" -- of the tree's own disks first
  for i, disk in ipairs(disks) do
    list[i] = {
      path = disk.file, sha256 = digests[i].file or "unreadable", readonly = disk.readonly,
      overlay = disk.overlay and { path = disk.overlay, sha256 = digests[i].overlay or "unreadable" },
      written = not before[machine] and writes[#writes - #disks + i].value > 0 or nil,
    }
  end
  return list
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
    if is_file(name) then
      files[name] = file_of(options, name)
    elseif name == "disks" then
      files.disks = disks_of(machine, value)
    else
      rest[name] = value
    end
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
