-- The devices of lua/examples/lua-device.lua from Linux: found in its device tree, used through /dev/mem.
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"

-- The ready-made kernels have no /dev/mem; that of the self-tests does.
local selftest = os.getenv "SELFTEST"
local file = selftest and io.open(selftest)
if file then file:close() end

local s = session.boot("e500mc", 1, { board = "lua/examples/lua-device.dts", kernel = file and selftest or nil },
  require "lua.examples.lua-device-models")

tap.check("Linux sees the nodes in its device tree", function()
  tap.equal(s:ok "cat /proc/device-tree/soc@fe0000000/random@f0000/compatible | tr '\\0' ' '", "acme,random ")
  tap.equal(s:ok "hexdump -v -e '1/1 \"%02x\"' /proc/device-tree/soc@fe0000000/stopwatch@f1000/reg", "000f100000000100")
end)

local _, status = s:run "devmem 0xfe00f0000 32"
if status ~= 0 then
  tap.skip("the random-number port from Linux", "this kernel has no /dev/mem")
  tap.skip("the stop watch from Linux", "this kernel has no /dev/mem")
  tap.done()
end

tap.check("the random-number port from Linux", function()
  s:ok "devmem 0xfe00f0004 32 1234"
  tap.equal(s:ok "devmem 0xfe00f0000 32", "0x13D2D77F")
  tap.equal(s:ok "devmem 0xfe00f0000 32", "0x6E9F6FC1")
end)

tap.check("the stop watch from Linux", function()
  s:ok "devmem 0xfe00f1004 32 1000000" -- starts it; the alarm after 1 ms
  s:ok "sleep 1"
  local count = tonumber(s:ok "devmem 0xfe00f1000 32")
  assert(count >= 1000000000 and count < 1500000000, count)
  local alarm
  for _, entry in ipairs(s.machine.stats:list "timers.fired") do alarm = entry.value end
  assert(alarm > 0)
end)

tap.check("no complaint from the kernel", function() tap.equal(s:complaint(), nil) end)
tap.done()
