-- Two device models in Lua (lua-device-models.lua), and a bare-metal program that uses them: a random-number port, and
-- a stop watch with an interrupt. Their nodes are in lua-device.dts, where Linux finds them too.
--   usage: warpcore lua/examples/lua-device.lua

local m = warpcore.machine{ board = "lua/examples/lua-device.dts", cores = 1 }

require "lua.examples.lua-device-models"(m)

-- The guest: sets the alarm to 5 us and waits; each time it rings, it takes a random number and starts again: ten
-- times.
local core = m.cores[0]
core:map{ ea = 0, pa = 0, size = "16M", index = 0 }
core:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 1 }
core.spr.IVPR = 0
core.spr.IVOR4 = 0x500
core:assemble(0x1000, [[
         lis r4,0xe00f         # the random-number port
         ori r5,r4,0x1000      # the stop watch
         lis r6,0xe006         # the MPIC's registers of this core
         lis r7,0xe005
         ori r7,r7,0x0640      # source 50: vector and priority
         lis r3,0x00c8
         ori r3,r3,50
         stw r3,0(r7)
         li r3,1
         stw r3,16(r7)         # to core 0
         li r3,0
         stw r3,0x80(r6)       # CTPR: all priorities
         li r8,10
         li r9,0x4000          # where the numbers go
         li r3,1234
         stw r3,4(r4)          # SEED
         li r3,5000
         stw r3,4(r5)          # ALARM
         wrteei 1
  sleep: b sleep
]])
core:assemble(0x500, [[
         lwz r10,0xa0(r6)      # IACK
         lwz r11,0(r5)         # COUNT
         lwz r12,0(r4)         # DATA
         stw r11,0(r9)
         stw r12,4(r9)
         addi r9,r9,8
         stw r3,8(r5)          # CLEAR
         li r3,0
         stw r3,0xb0(r6)       # EOI
         addi r8,r8,-1
         cmpwi r8,0
         beq 0x540
         li r3,5000
         stw r3,4(r5)          # ALARM
         rfi
         nop
         b 0x540               # ten times: that is all
]])
core:release(0x1000)

m:at{ pc = 0x540 }
local ev = m:run{ ["for"] = "1ms" }
print(("it ended with \"%s\" after %d ns; %d warps"):format(ev.reason, m.now, m.warp.count))
for i = 0, 9 do
  local at = 0x4000 + 8 * i
  print(("alarm %2d after %d ns, random number %08x"):format(i + 1, m.mem:u32(at), m.mem:u32(at + 4)))
end
for _, node in ipairs{ "/soc/random@f0000", "/soc/stopwatch@f1000" } do
  print(node, m.dt[node].coverage, m.dt[node].reason)
end
