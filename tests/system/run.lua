-- Runs a guest program to its end: its console text, then "end REASON at TIME ns", REASON with the guest's
-- exit status behind it where it has one.
-- usage: warpcore tests/system/run.lua GUEST.ELF CORE-TYPE CORES ENGINE [DIRECTORY that it may read]
local elf, core, cores, engine, directory = arg[1], arg[2], tonumber(arg[3]), arg[4], arg[5]

local m = warpcore.machine{ board = "dts/ppce500.dts", core = core, cores = cores, memory = "64M", kernel = elf,
	engine = engine, semihost = directory }
local ev = m:run{ ["for"] = "100s", wall = 60 }

io.write(m.uart[0].text, "end ", ev.reason, ev.status and " " .. ev.status or "", " at ", ev.time, " ns\n")
