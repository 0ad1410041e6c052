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

-- What the command line named is the user's wish.
local named = {}
for name, value in pairs(warpcore.options) do named[name] = value end

local inputs = { "board", "kernel", "firmware", "initrd", "replay" }
local outputs = { "record", "stats", "trace" }

local function check_input(what, path)
  if type(path) == "string" and not internal.is_below(path, ".") and not internal.is_own(path) then
    check_path(what, path)
  end
end

local function check_serial(serial)
  if type(serial) ~= "string" or serial == named.serial then return end
  local path = serial:match "^file:(.*)"
  if path then check_path("warpcore.machine: serial", path) end
  if serial:match "^tcp:" then deny("warpcore.machine: serial", "may not be a port of the network") end
end

local function wrap(class, name, before)
  local record = internal.classes()[class].members[name]
  local call = record.call
  function record.call(...)
    before(...)
    return call(...)
  end
  internal.define(class, record)
end

wrap("warpcore", "machine", function(options)
  if type(options) ~= "table" then return end
  for _, name in ipairs(inputs) do
    if options[name] ~= named[name] then check_input("warpcore.machine: " .. name, options[name]) end
  end
  for _, name in ipairs(outputs) do
    if options[name] ~= nil and options[name] ~= named[name] then
      check_path("warpcore.machine: " .. name, options[name])
    end
  end
  check_serial(options.serial)
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
