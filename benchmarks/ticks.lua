-- Runs guests/ticks to its power-off: its console text, then what the ledger says.
-- usage: warpcore benchmarks/ticks.lua GUEST.ELF
local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 8, memory = "64M", kernel = arg[1] }
local ev = m:run{}

io.write(m.uart[0].text, "warps ", m.warp.count, "\n")
if ev.reason ~= "poweroff" then
	error("ended by " .. ev.reason)
end
