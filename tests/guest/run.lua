-- Runs a guest program to its end: its console text, then "end REASON at TIME ns".
-- usage: warpcore tests/guest/run.lua GUEST.ELF CORE-TYPE CORES ENGINE
local elf, core, cores, engine = arg[1], arg[2], tonumber(arg[3]), arg[4]

local m = warpcore.machine{ board = "dts/ppce500.dts", core = core, cores = cores, memory = "64M", kernel = elf,
	engine = engine }
local ev = m:run{ ["for"] = "100s", wall = 60 }

io.write(m.uart[0].text, "end ", ev.reason, " at ", ev.time, " ns\n")
