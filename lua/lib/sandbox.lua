-- --sandbox: what a script of others may not do. Budgets of instructions and memory are in lua/sandbox.c.
--
-- Files only below the directory in which Warpcore was started; what a machine is made of may also be Warpcore's own,
-- or what the command line names. No programs, no environment, no network, no way into the library.
local internal = ...
if not internal.sandboxed() then return true end

local function deny(what, why) internal.fail(nil, ("sandbox: %s %s"):format(what, why)) end

local function check_path(what, path)
  if type(path) ~= "string" then internal.fail(nil, what .. ": the name of a file is expected") end
  if not internal.is_below(path, ".") then
    deny(what, ("may not touch '%s': only files below the directory of the run are allowed"):format(path))
  end
  return path
end

-- ---- Lua's own libraries ----

local function denied(what)
  return function() deny(what, "is not allowed") end
end

local function checked(what, fn)
  return function(path, ...) return fn(check_path(what, path), ...) end
end

io.open = checked("io.open", io.open)
local lines, input, output = io.lines, io.input, io.output
function io.lines(path, ...)
  if path == nil then return lines(nil, ...) end
  return lines(check_path("io.lines", path), ...)
end
function io.input(file) return input(type(file) == "string" and check_path("io.input", file) or file) end
function io.output(file) return output(type(file) == "string" and check_path("io.output", file) or file) end
io.popen = denied "io.popen"
io.tmpfile = denied "io.tmpfile"

for _, name in ipairs{ "execute", "getenv", "tmpname", "setlocale" } do os[name] = denied("os." .. name) end
os.remove = checked("os.remove", os.remove)
local rename = os.rename
function os.rename(from, to) return rename(check_path("os.rename", from), check_path("os.rename", to)) end

local raw_load, raw_loadfile = load, loadfile
function load(chunk, name, _, ...) -- only text: bytecode is not checked by Lua
  return raw_load(chunk, name, "t", ...)
end
function loadfile(path, _, ...)
  return raw_loadfile(check_path("loadfile", path), "t", ...)
end
function dofile(path)
  return assert(loadfile(path))()
end

-- require finds Lua files below the directory of the run and Warpcore's own, and nothing else.
package.cpath = ""
package.loadlib = denied "package.loadlib"
package.searchers = { package.searchers[1], function(name)
  for template in package.path:gmatch "[^;]+" do
    local path = template:gsub("%?", (name:gsub("%.", "/")))
    if internal.is_below(path, ".") or internal.is_own(path) then
      local chunk = raw_loadfile(path, "t")
      if chunk then return chunk, path end
    end
  end
  return "\n\tno file below the directory of the run, and none of Warpcore's own"
end }

-- The debug library leads into everything; a traceback is harmless.
for name in pairs(debug) do
  if name ~= "traceback" then debug[name] = denied("debug." .. name) end
end

-- ---- Warpcore ----

-- A copy all the way down, without metatables: the script cannot change it afterwards.
local function plain(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inner in next, value do copy[key] = plain(inner) end
  return copy
end

-- What the command line named is the user's wish.
local named = plain(warpcore.options)

local inputs = { "board", "kernel", "firmware", "initrd", "replay", "semihost" }
local outputs = { "record", "stats", "trace" }

local function check_input(what, path)
  if type(path) == "string" and not internal.is_below(path, ".") and not internal.is_own(path) then
    check_path(what, path)
  end
end

local function check_serial(name, serial)
  if type(serial) ~= "string" or serial == named[name] then return end
  local path = serial:match "^file:(.*)"
  if path then check_path("warpcore.machine: " .. name, path) end
  if serial:match "^tcp:" then deny("warpcore.machine: " .. name, "may not be a port of the network") end
end

local function is_named_disk(disk)
  for _, one in ipairs(named.disks or {}) do
    if disk.file == one.file and disk.overlay == one.overlay and disk.readonly == one.readonly then return true end
  end
end

local function check_disks(disks)
  if type(disks) ~= "table" then return end
  for i, disk in ipairs(disks) do
    local what = ("warpcore.machine: disks[%d]"):format(i)
    if type(disk) == "string" then disk = { file = disk } end
    if type(disk) == "table" and not is_named_disk(disk) then
      if disk.file ~= nil then check_path(what, disk.file) end
      if disk.overlay ~= nil then check_path(what .. ": overlay", disk.overlay) end
    end
  end
end

local function check_net(net)
  if net ~= nil and net ~= named.net then deny("warpcore.machine: net", "is not allowed: it is the host's network") end
end

local function replace(class, name, make)
  local record = internal.classes()[class].members[name]
  record.call = make(record.call)
  internal.define(class, record)
end

local function wrap(class, name, before)
  replace(class, name, function(call)
    return function(...)
      before(...)
      return call(...)
    end
  end)
end

local function check_machine(options)
  if type(options) ~= "table" then return end
  for _, name in ipairs(inputs) do
    if options[name] ~= named[name] then check_input("warpcore.machine: " .. name, options[name]) end
  end
  for _, name in ipairs(outputs) do
    if options[name] ~= nil and options[name] ~= named[name] then
      check_path("warpcore.machine: " .. name, options[name])
    end
  end
  check_serial("serial", options.serial)
  check_serial("console", options.console)
  check_disks(options.disks)
  check_net(options.net)
end

-- What was checked is what is used: not a table whose metatable gives another answer the second time.
replace("warpcore", "machine", function(call)
  return function(options)
    options = plain(options)
    check_machine(options)
    return call(options)
  end
end)
wrap("symbols", "load", function(_, path) check_input("m.symbols:load", path) end)
wrap("trace", "perfetto", function(_, path)
  if path ~= named.trace then check_path("m.trace:perfetto", path) end
end)
wrap("warpcore", "sweep", function(options)
  if type(options) == "table" and options.on ~= nil then
    deny("warpcore.sweep: on", "is not allowed: it runs programs")
  end
end)

return true
