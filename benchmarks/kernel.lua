-- Runs one kernel to its power-off: its console text, then the instructions.
-- usage: warpcore benchmarks/kernel.lua GUEST.ELF ENGINE
local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 1, memory = "64M", kernel = arg[1], engine = arg[2] }
local ev = m:run{}

io.write(m.uart[0].text, "insns ", m.insns, "\n")
if ev.reason ~= "poweroff" then
	error("ended by " .. ev.reason)
end
