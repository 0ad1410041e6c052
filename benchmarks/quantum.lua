-- Four busy cores for a stretch of virtual time, in rounds of one length.
-- usage: warpcore benchmarks/quantum.lua QUANTUM TIME
local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 4, memory = "64M", quantum = arg[1] }
for i, core in ipairs(m.cores) do
	core:map{ ea = 0, pa = 0, size = "16M" }
	local at = 0x1000 + 0x1000 * i
	core:assemble(at, "loop: addi r3,r3,1; xor r4,r4,r3; add r5,r5,r4; rlwinm r6,r5,3,0,31; b loop")
	core:release(at)
end
m:run{ ["for"] = arg[2] }
print(m.insns)
