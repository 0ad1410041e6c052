-- Two device models: require "lua.examples.lua-device-models"(m) gives them to a machine whose tree has their nodes.
return function(m)
  -- The random-number port: 0x00 DATA, the next number; 0x04 SEED, starts the sequence anew. The sequence is part of
  -- the machine's state, so that a run comes out the same again.
  m.device:define{
    compatible = "acme,random",
    name = "random-number port",
    registers = {
      [0x00] = { name = "data", value = 1, read = function(access)
        local state = access.device.state
        local x = state.data -- Marsaglia's xorshift, 32 bits
        x = (x ~ x << 13) & 0xffffffff
        x = x ~ x >> 17
        x = (x ~ x << 5) & 0xffffffff
        state.data = x
        return x
      end },
      [0x04] = { name = "seed", write = function(access)
        access.device.state.data = access.value ~= 0 and access.value or 1
      end },
    },
  }

  local function set_alarm(device, ns)
    device:timer{ after = ns, name = "alarm", on = function() device:irq(true) end }
  end

  -- The stop watch: 0x00 COUNT, ns since it was started; 0x04 ALARM, writing n starts it and raises the interrupt after
  -- n ns; 0x08 CLEAR, writing lowers the interrupt.
  m.device:define{
    compatible = "acme,stopwatch",
    name = "stop watch with an alarm",
    registers = {
      [0x00] = { name = "start", read = function(access) return access.time - access.device.state.start end },
      [0x04] = { name = "alarm", write = function(access)
        local device = access.device
        device.state.start = access.time
        set_alarm(device, access.value)
      end },
      [0x08] = { name = "clear", write = function(access) access.device:irq(false) end },
    },
    restore = function(device) set_alarm(device, 0) end, -- it goes on as the saved one would have
  }
end
