-- Guest memory, physical and through an MMU.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()
local mem = m.mem

tap.check("memory is big-endian", function()
  mem:set_u64(0x2000, 0x0102030405060708)
  tap.equal(mem:u8(0x2000), 1)
  tap.equal(mem:u16(0x2001), 0x0203)
  tap.equal(mem:u32(0x2003), 0x04050607)
  tap.equal(mem:u64(0x2000), 0x0102030405060708)
  mem:set_u8(0x2000, 0xff)
  mem:set_u16(0x2001, 0xeedd)
  mem:set_u32(0x2003, 0xccbbaa99)
  tap.equal(mem:u64(0x2000), 0xffeeddccbbaa9908 | 0)
end)

tap.check("negative values are two's complement", function()
  mem:set_u8(0x2000, -128)
  tap.equal(mem:u8(0x2000), 128)
  mem:set_u64(0x2000, -1)
  tap.equal(mem:u64(0x2000), -1)
end)

tap.check("bytes and text", function()
  mem:set_bytes(0x2ffe, "hello\0world") -- over a page's end
  tap.equal(mem:bytes(0x2ffe, 11), "hello\0world")
  tap.equal(mem:cstring(0x2ffe), "hello")
  tap.equal(mem:cstring(0x2ffe, 3), "hel")
  tap.equal(mem:bytes(0x2ffe, 0), "")
  mem:set_bytes(0x2ffe, "")
end)

tap.check("a core's view goes through its MMU, page by page", function()
  local core = m.cores[0]
  core:map{ ea = 0x10000, pa = 0x20000, size = "4K", index = 0 }
  core:map{ ea = 0x11000, pa = 0x30000, size = "4K", index = 1 }
  core.mem:set_u32(0x10ffe, 0x11223344)
  tap.equal(mem:u16(0x20ffe), 0x1122)
  tap.equal(mem:u16(0x30000), 0x3344)
  tap.equal(core.mem:u32(0x10ffe), 0x11223344)
  tap.equal(core.mem:physical(0x11004), 0x30004)
  tap.equal(mem:physical(0x11004), 0x11004)
end)

tap.check("a write drops decoded instructions", function()
  tap.program(m, 1, 0x1000, tap.counter)
  m:run{ insns = 100 }
  tap.equal(m.cores[1].r[3], 50)
  mem:set_u32(0x1000, 0x38630002) -- addi r3,r3,2
  m:run{ insns = 100 }
  tap.equal(m.cores[1].r[3], 150)
end)

local ea = m.cores[0].mem
tap.fails("an address that is not mapped", "maps no page at 0x90000000", function() return ea:u8(0x90000000) end)
tap.fails("an effective address of more than 32 bits", "32 bits", function() return ea:u8(1 << 32) end)
tap.fails("an address without memory", "no memory at physical address 0x4000000", function()
  return mem:u8(0x4000000)
end)
tap.fails("a range that leaves memory", "no memory", function() return mem:bytes(0x3fffffe, 8) end)
tap.fails("a device's registers", "registers of devices", function() return mem:u8(0xfe0004500) end)
tap.fails("an address of a wrong type", "address", function() return mem:u8 "0x1000" end)
tap.fails("no address", "address: an integer is expected, got nothing", function() return mem:u8() end)
tap.fails("a value that does not fit", "256 is out of range", function() mem:set_u8(0x1000, 256) end)
tap.fails("a negative value that does not fit", "out of range", function() mem:set_u16(0x1000, -32769) end)
tap.fails("no value", "value", function() mem:set_u32(0x1000) end)
tap.fails("a negative length", "out of range", function() return mem:bytes(0, -1) end)
tap.fails("a length beyond reason", "out of range", function() return mem:bytes(0, 1 << 40) end)
tap.fails("bytes of a wrong type", "a string is expected", function() mem:set_bytes(0x1000, { 1, 2 }) end)
tap.fails("an unknown method", "did you mean 'u32'", function() return mem:u23(0) end)

tap.done()
