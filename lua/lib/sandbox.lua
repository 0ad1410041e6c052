-- --sandbox: what a script of others may not do. Budgets of instructions and memory are in lua/kit/sandbox.c.
--
-- Files only below the directory in which Warpcore was started; what a machine is made of may also be Warpcore's own,
-- or what the command line names. No programs, no environment, no network, no way into the library.
--
-- The script can replace every global and every function of `string`: what is called here later is kept in locals.
local internal = ...
if not internal.sandboxed() then return true end

local type, next, tostring, rawset = type, next, tostring, rawset
local format, find, match, gsub, gmatch = string.format, string.find, string.match, string.gsub, string.gmatch
local fail, is_below, is_own = internal.fail, internal.is_below, internal.is_own

-- A copy all the way down, without metatables: the script cannot change it afterwards.
local function plain(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inner in next, value do copy[key] = plain(inner) end
  return copy
end

-- What the command line named is the user's wish; the file of --stats is first written beside its name.
local named = plain(warpcore.options)
local wished = {}
if named.stats then wished[named.stats], wished[named.stats .. ".new"] = true, true end

local function deny(what, why) fail(nil, format("sandbox: %s %s", what, why)) end

local function check_path(what, path)
  if type(path) ~= "string" then fail(nil, what .. ": the name of a file is expected") end
  if not is_below(path, ".") and not wished[path] then
    deny(what, format("may not touch '%s': only files below the directory of the run are allowed", path))
  end
  return path
end

-- ---- What the library and the script share ----

-- Methods of strings and files are the library's too: the script gets tables of its own, and copies of the metatables.
local function own_copy(values)
  local copy = {}
  for key, value in next, values do copy[key] = value end
  return copy
end

local function close_metatable(value)
  local meta = getmetatable(value)
  meta.__index = own_copy(meta.__index)
  meta.__metatable = own_copy(meta)
  meta.__metatable.__index = own_copy(meta.__index)
end
close_metatable ""
close_metatable(io.stdout)

-- Lua counts no instructions of a finalizer: there are none. One is only called where __gc was there at this call.
local raw_setmetatable, raw_rawget = setmetatable, rawget
function setmetatable(value, meta)
  if type(meta) == "table" and raw_rawget(meta, "__gc") ~= nil then
    deny("a metatable with __gc", "is not allowed; a variable with <close> is")
  end
  return raw_setmetatable(value, meta)
end

-- A new coroutine has a count of its own, which starts from nothing.
local charge = internal.sandbox_charge
local create, wrap_coroutine = coroutine.create, coroutine.wrap
function coroutine.create(fn) charge() return create(fn) end
function coroutine.wrap(fn) charge() return wrap_coroutine(fn) end

-- ---- Lua's own libraries ----

local function denied(what)
  return function() deny(what, "is not allowed") end
end

local function checked(what, fn)
  return function(path, ...) return fn(check_path(what, path), ...) end
end

local raw_open = io.open
io.open = checked("io.open", raw_open)
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

local raw_load, raw_loadfile, raw_assert = load, loadfile, assert
function load(chunk, name, _, ...) -- only text: bytecode is not checked by Lua
  return raw_load(chunk, name, "t", ...)
end
local function load_text(path, _, ...)
  return raw_loadfile(check_path("loadfile", path), "t", ...)
end
loadfile = load_text
function dofile(path)
  return raw_assert(load_text(path))()
end

-- require finds Lua files below the directory of the run and Warpcore's own, and nothing else.
package.cpath = ""
package.loadlib = denied "package.loadlib"
package.searchpath = denied "package.searchpath"
local package = package
package.searchers = { package.searchers[1], function(name)
  for template in gmatch(package.path, "[^;]+") do
    local path = gsub(template, "%?", (gsub(name, "%.", "/")))
    if is_below(path, ".") or is_own(path) then
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

local function check_input(what, path)
  if type(path) == "string" and not is_below(path, ".") and not is_own(path) then check_path(what, path) end
end

-- dtc reads what a source names, which becomes readable as a property: only sources of the same directory may be named.
local function check_source(what, path, seen)
  check_input(what, path)
  if seen[path] then return end
  seen[path] = true
  local file = raw_open(path)
  local text = file and file:read "a" or ""
  if file then file:close() end
  if find(text, "/incbin/", 1, true) then deny(format("%s: /incbin/ in '%s'", what, path), "is not allowed") end
  for from in gmatch(text, "/include/()") do
    local name = match(text, '^%s*"([%w%-_.]+)"', from)
    if not name then
      deny(format("%s: /include/ in '%s'", what, path), "may name a file of its own directory only")
    end
    check_source(what, (match(path, "^.*/") or "") .. name, seen)
  end
end

local function check_board(what, path)
  check_input(what, path)
  if type(path) == "string" then check_source(what, path, {}) end
end

local function check_serial(what, serial)
  if type(serial) ~= "string" then return end
  local path = match(serial, "^file:(.*)")
  if path then check_path(what, path) end
  if match(serial, "^tcp:") then deny(what, "may not be a port of the network") end
end

local function is_named_disk(disk)
  for _, one in next, named.disks or {} do
    if disk.file == one.file and disk.overlay == one.overlay and disk.readonly == one.readonly then return true end
  end
end

local function check_disks(_, disks)
  for i, disk in next, type(disks) == "table" and disks or {} do
    local what = format("warpcore.machine: disks[%s]", tostring(i))
    if type(disk) == "string" then disk = { file = disk } end
    if type(disk) == "table" and not is_named_disk(disk) then
      if disk.file ~= nil then check_path(what, disk.file) end
      if disk.overlay ~= nil then check_path(what .. ": overlay", disk.overlay) end
    end
  end
end

-- true, or the name of a directory: the guest writes there too.
local function check_directory(what, path)
  if type(path) == "string" then check_path(what, path) end
end

local function check_net(what) deny(what, "is not allowed: it is the host's network") end

-- The rules that a row of lua/kit/option.def names.
local rules = {
  any = function() end, board = check_board, input = check_input, output = check_path, serial = check_serial,
  disks = check_disks, directory = check_directory, network = check_net,
}

-- What a field of warpcore.machine may be. One whose row has no rule leads out of the machine, or may come to.
local option_checks = {}
for _, row in next, warpcore.classes.warpcore.members.options.rows do
  if row.rule then option_checks[row.field] = rules[row.rule] end
end

local function check_option(name, value)
  local check, what = option_checks[name], "warpcore.machine: " .. name
  if named[name] ~= nil and value == named[name] then return end
  if not check then deny(what, "is not allowed") end
  check(what, value)
end

-- The member gets what `before` makes of its arguments: what was checked is what is used, not a table whose metatable
-- gives another answer the second time.
local function wrap(class, name, before)
  local record = internal.classes()[class].members[name]
  local call = record.call
  function record.call(...) return call(before(...)) end
  internal.define(class, record)
end

wrap("warpcore", "machine", function(options)
  options = plain(options)
  for name, value in next, type(options) == "table" and options or {} do
    if type(name) == "string" then check_option(name, value) end
  end
  return options
end)

local function check_output(class, name, allowed)
  local what = format("m.%s:%s", class, name)
  wrap(class, name, function(object, path, ...)
    if path ~= nil and (allowed == nil or path ~= allowed) then check_path(what, path) end
    return object, path, ...
  end)
end

wrap("symbols", "load", function(object, path, ...)
  check_input("m.symbols:load", path)
  return object, path, ...
end)
check_output("trace", "perfetto", named.trace)
check_output("warp", "stream")
wrap("warpcore", "sweep", function(given)
  if type(given) ~= "table" then return given end
  local options = {}
  for name, value in next, given do options[name] = value end
  if options.on and options.on ~= named.on then deny("warpcore.sweep: on", "is not allowed: it runs programs") end
  options.on = options.on or named.on or "local"
  return options
end)

-- Result files are written beside their names and renamed.
local rename_file = internal.process_rename
function internal.process_rename(from, to)
  return rename_file(check_path("a result file", from), check_path("a result file", to))
end

-- The registry of classes stays the library's: scripts read a copy.
internal.show_classes(plain(internal.classes()))

-- The library's own globals from here on: what they are now, whatever the script makes of its own.
local environment = internal.environment()
local shared = { _G = true, package = true, warpcore = true }
for name, value in next, _G do
  if not shared[name] then
    rawset(environment, name, type(value) == "table" and own_copy(value) or value)
  end
end

return true
