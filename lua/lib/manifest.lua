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

-- How often the guest has written to each disk of the options; those that the tree itself names come before them.
local function writes_of(machine, disks)
  local counters = machine and machine.stats:list "disk*.writes" or {}
  local writes = {}
  for i in ipairs(disks) do writes[i] = machine and counters[#counters - #disks + i].value or 0 end
  return writes
end

-- Adds disk0, disk0.overlay, ... Without the digests of before they are as they are now, and the file that takes the
-- writes is marked once the run has written to it.
local function add_disks(files, machine, disks)
  local old = machine and before[machine]
  local digests, writes = old or digests_of(disks), writes_of(machine, disks)
  for i, disk in ipairs(disks) do
    local name, written = "disk" .. i - 1, not old and writes[i] > 0 or nil
    files[name] = { path = disk.file, sha256 = digests[i].file or "unreadable", readonly = disk.readonly,
      written = written and not disk.readonly and not disk.overlay or nil }
    if disk.overlay then
      local sha256 = digests[i].overlay or "unreadable"
      files[name .. ".overlay"] = { path = disk.overlay, sha256 = sha256, written = written }
    end
  end
end

-- field of warpcore.machine -> its type; a "file" is what the machine is made of (lua/kit/option.h).
local types = {}
for _, row in ipairs(warpcore.classes.warpcore.members.options.rows) do
  if row.field then types[row.field] = row.type end
end

-- What the guest has read of the host by itself.
local function guest_files(machine)
  local files = {}
  for _, file in ipairs(machine.guest_files) do files[file.name] = file.sha256 end
  return next(files) and files or nil
end

local manifest = {}

-- What a machine is made of, as m.options has it; `machine` if there still is one.
function manifest.of_options(options, machine)
  local files, rest = {}, {}
  for name, value in pairs(options) do
    if types[name] == "file" then
      files[name] = file_of(options, name)
    elseif types[name] == "disks" then
      add_disks(files, machine, value)
    else
      rest[name] = value
    end
  end
  return { options = rest, files = files, seed = options.seed or 0 }
end

-- As a table for encode.json: nothing of the host but what had a say in the run.
function manifest.of_machine(machine)
  local facts = manifest.of_options(machine.options, machine)
  facts.warpcore, facts.guest_files = warpcore.version, guest_files(machine)
  facts.deterministic, facts.influences = machine.deterministic, table.concat(machine.influences, " ")
  return facts
end

return manifest
