-- A driver that never lets the device go: each read of the disk writes over its own queue, so that 256 requests more
-- are there. The device works on it in turns of bounded size, and the run ends at its time.
local tap = dofile "tests/lua/tap.lua"

local name = os.tmpname()
do
  -- What is read goes to the header of the next request (its sector), and to the index of the available ring.
  local image <close> = assert(io.open(name, "wb"))
  for k = 0, 255 do
    image:write(string.pack("<I4I4I8", 0, 0, (k + 1) % 256), ("\0"):rep(494),
      string.pack("<I2", (256 * (k + 1) + 1) & 0xffff))
  end
end

local REGISTERS, HEADER, DESCRIPTORS, USED, STATUS, LAST = 0xd0000000, 0x20000, 0x21000, 0x24000, 0x26000, 0x27000

local function descriptor(address, size, flags, next) return string.pack("<I8I4I2I2", address, size, flags, next) end

local function machine()
  local m = tap.machine{ cores = 1, disks = { { file = name, readonly = true } } }
  local c = m.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M", index = 0 }
  c:map{ ea = REGISTERS, pa = 0xe00000000, size = "64K", index = 1 }
  m.mem:set_bytes(HEADER, string.pack("<I4I4I8", 0, 0, 0) .. ("\0"):rep(492) .. string.pack("<I2I2I2", 0, 1, 0)
    .. string.pack("<I2", 3):rep(255))
  m.mem:set_bytes(LAST, string.pack("<I4I4I8", 99, 0, 0))
  m.mem:set_bytes(DESCRIPTORS, descriptor(HEADER, 16, 1, 1) .. descriptor(HEADER, 512, 3, 2)
    .. descriptor(STATUS, 1, 2, 0) .. descriptor(LAST, 16, 1, 2))
  local writes = {
    { 0x70, 0 }, { 0x70, 3 }, { 0x24, 1 }, { 0x20, 1 }, { 0x70, 11 }, { 0x30, 0 }, { 0x38, 256 }, { 0x80, DESCRIPTORS },
    { 0x90, HEADER + 508 }, { 0xa0, USED }, { 0x44, 1 }, { 0x70, 15 }, { 0x50, 0 },
  }
  for i, write in ipairs(writes) do
    m.mem:set_u32(0x8000 + 8 * (i - 1), REGISTERS + write[1])
    m.mem:set_bytes(0x8004 + 8 * (i - 1), string.pack("<I4", write[2]))
  end
  m.mem:set_u32(0x8000 + 8 * #writes, 0)
  c:assemble(0x1000, [[
    lis r4,0; ori r4,r4,0x8000
    next: lwz r5,0(r4)
    cmpi cr0,0,r5,0
    bc 12,2,stop
    lwz r6,4(r4); stw r6,0(r5); addi r4,r4,8
    b next
    stop: b stop
  ]])
  c:release(0x1000)
  return m
end

tap.check("a queue that fills itself: the run ends at its time", function()
  local m = machine()
  local ev = m:run{ ["for"] = "10ms", wall = 30 }
  tap.equal(ev.reason, "time")
  tap.equal(m.now, 10000000)
  local reads = m.stats:get "disk0.reads"
  -- A turn each 50 us, of 256 requests of 4 KiB at most, half of which only move the index on.
  assert(reads > 100 and reads <= 200 * 256, reads)
  m:close()
end)

tap.check("and comes out the same again, in pieces too", function()
  local m, n = machine(), machine()
  m:run{ ["for"] = "5ms" }
  while n.now < 5000000 do n:run{ until_time = math.min(5000000, n.now + 33333) } end
  tap.equal(n:digest(), m:digest())
end)

os.remove(name)
tap.done()
