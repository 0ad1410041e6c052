-- Boots U-Boot to its prompt, the key pressed where tests/boot/qemu-console presses it.
-- usage: warpcore tests/boot/uboot.lua UBOOT.ELF CONSOLE-FILE FACTS-FILE [ENGINE]
local elf, console, facts, engine = arg[1], arg[2], arg[3], arg[4]

local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 2, memory = "256M", kernel = elf, engine = engine }

m.uart[0]:expect("stop autoboot:  1 ", { timeout = "10s" })
m:run{ ["for"] = "200ms" }
m.uart[0]:send(" ")
m.uart[0]:expect("\n=> ", { timeout = "2s" })

local function write(name, text)
	local file = assert(io.open(name, "wb"))
	file:write(text)
	file:close()
end

write(console, m.uart[0].text)
local lines = { "now " .. m.now }
for n = 0, #m.cores - 1 do
	lines[#lines + 1] = ("core%d %d insns"):format(n, m.cores[n].insns)
end
lines[#lines + 1] = "digest " .. m:digest()
write(facts, table.concat(lines, "\n") .. "\n")
