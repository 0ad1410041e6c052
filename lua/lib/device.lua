-- m.device:define: what a script says of a device model, checked and brought into the form that lua/bind/bind_device.c
-- calls: read(access), write(access), state(device), save(device), restore{ device, text }.
local internal = ...
local check = internal.load "check"
local encode = internal.load "encode"

local names = {
  compatible = true, name = true, read = true, write = true, registers = true, create = true,
  save = true, restore = true,
}
local register_names = { name = true, value = true, mask = true, read = true, write = true }

local function compatible_list(devices, value)
  local list = type(value) == "table" and value or { value }
  for i, text in ipairs(list) do check.type(devices, text, "m.device:define: compatible", "string") list[i] = text end
  if #list == 0 then
    internal.fail(devices, "m.device:define: compatible is needed, as in compatible = \"acme,widget\"")
  end
  return list
end

local function check_registers(devices, registers)
  check.type(devices, registers, "m.device:define: registers", "table")
  for offset, register in pairs(registers) do
    if math.type(offset) ~= "integer" or offset < 0 or offset % 4 ~= 0 then
      internal.fail(devices, ("m.device:define: registers: the offset %s is no multiple of 4"):format(tostring(offset)))
    end
    local what = ("m.device:define: register at 0x%x"):format(offset)
    check.options(devices, register, what, register_names)
    check.type(devices, register.name, what .. ": name", "string")
    for _, key in ipairs{ "value", "mask" } do
      if register[key] ~= nil then check.type(devices, register[key], what .. ": " .. key, "integer") end
    end
    for _, key in ipairs{ "read", "write" } do
      if register[key] ~= nil then check.callable(devices, register[key], what .. ": " .. key) end
    end
  end
end

-- The functions for a table of 32-bit registers: each keeps its value in device.state under its name.
local function register_functions(registers)
  local function find(access)
    local register = access.reg == 0 and access.size == 4 and registers[access.offset]
    if not register then
      access.device:log(("access of %d bytes at 0x%x, where there is no register of 32 bits"):format(
        access.size, access.offset))
    end
    return register
  end
  local function read(access)
    local register = find(access)
    if not register then return 0 end
    if register.read then return register.read(access) end
    return access.device.state[register.name]
  end
  local function write(access)
    local register = find(access)
    if not register then return nil end
    if register.write then return register.write(access) end
    local mask, state = register.mask or 0xffffffff, access.device.state
    state[register.name] = state[register.name] & ~mask | access.value & mask
    return nil
  end
  return read, write
end

-- The text of all that the device remembers, and the way back. The table device.state stays the same table.
local function state_functions(model)
  local function save(device)
    return encode.lua{ state = device.state, model = model.save and model.save(device) }
  end
  local function restore(call)
    local device, saved = call[1], encode.read_lua(call[2])
    if type(saved) ~= "table" or type(saved.state) ~= "table" then error("the saved state is damaged", 0) end
    for key in pairs(device.state) do device.state[key] = nil end
    for key, value in pairs(saved.state) do device.state[key] = value end
    if model.restore then model.restore(device, saved.model) end
  end
  return save, restore
end

local function nothing() end
local function zero() return 0 end

internal.define("devices", {
  name = "define",
  synopsis = "m.device:define{ compatible=, read=, write=, registers=, create=, save=, restore=, name= } "
    .. "-> list of devices",
  text = "Gives each node of the tree that has one of these compatible strings, and no model, a model written in Lua. "
    .. "Its registers, interrupts and timers work from then on; before the guest first runs is the time for it. An "
    .. "error in a function ends the run with \"error\" and the function's line.",
  arguments = "compatible (string or list): what the nodes are compatible with\n"
    .. "read (function): called with { device, offset, size (bytes), reg (entry of the node's reg), core, time (ns) } "
    .. "for each load; returns an integer\n"
    .. "write (function): the same for each store, with value\n"
    .. "registers (table): instead of the two, 32-bit registers by offset: { name, value (at power-on; 0), mask (bits "
    .. "that can be written; all), read, write (functions as above; else the value is kept in device.state[name]) }\n"
    .. "create (function): called with each new device\n"
    .. "save (function): called with a device whose state is saved; returns what the model keeps elsewhere than in "
    .. "device.state: a number, string, boolean, or a table of them\n"
    .. "restore (function): called with a device whose device.state has been put back, and what save returned; makes "
    .. "the device's timers again, by their names: those that were pending go on as they would have, the others do not "
    .. "start\n"
    .. "name (string): one line for m.dt:coverage()",
  returns = "list of the devices that were made; empty when no node is compatible",
  errors = "wrong arguments; a node that has a model; reg or interrupts of a node are wrong; called from a callback; "
    .. "the machine has cores on several threads; the machine is closed",
  example = "local m = warpcore.machine{ board = \"lua/examples/lua-device.dts\" }\n"
    .. "local made = m.device:define{ compatible = \"acme,random\",\n"
    .. "  read = function(access) return access.offset end }\n"
    .. "assert(#made == 1 and m.dt[made[1].path].coverage == \"modelled\")",
  call = function(devices, options)
    check.open(devices, "devices")
    options = check.options(devices, options, "m.device:define", names)
    local compatible = compatible_list(devices, options.compatible)
    for _, key in ipairs{ "read", "write", "create", "save", "restore" } do
      if options[key] ~= nil then check.callable(devices, options[key], "m.device:define: " .. key) end
    end
    local read, write = options.read or zero, options.write or nothing
    if options.registers then
      if options.read or options.write then
        internal.fail(devices, "m.device:define: registers and read or write cannot be given together")
      end
      check_registers(devices, options.registers)
      read, write = register_functions(options.registers)
    end
    local name = options.name or "a model in Lua"
    check.type(devices, name, "m.device:define: name", "string")
    local save, restore = state_functions(options)
    local list = internal.device_define(devices, compatible, name, {
      read = read, write = write, state = function(device) return encode.lua(device.state) end,
      save = save, restore = restore,
    })
    for _, device in ipairs(list) do
      for _, register in pairs(options.registers or {}) do device.state[register.name] = register.value or 0 end
      if options.create then options.create(device) end
    end
    return list
  end,
})
