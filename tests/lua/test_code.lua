-- Guest code as text and back, and the names of addresses.
local tap = dofile "tests/lua/tap.lua"
local m = tap.machine()
local core = m.cores[0]
core:map{ ea = 0, pa = 0, size = "16M" }

tap.check("a program with labels, aliases and comments runs", function()
  local behind = core:assemble(0x1000, [[
    start:  li r3,0           # sum
            li r4,10; mtctr r4
    loop:   add r3,r3,r4
            addi r4,r4,-1
            bdnz loop
            cmpwi r3,55
            bne wrong
            li r5,1
    stop:   b stop
    wrong:
            b stop
  ]])
  tap.equal(behind, 0x1000 + 4 * 11)
  core.msr = 0x8000 -- EE: a branch to itself is idle
  core:release(0x1000)
  m:run{ ["for"] = "1us" }
  tap.equal(core.r[3], 55)
  tap.equal(core.r[5], 1)
  tap.equal(core.state, "loop")
end)

tap.check("the short forms are the words that powerpc-linux-gnu-as gives", function()
  for text, word in pairs{
    ["nop"] = 0x60000000, ["blr"] = 0x4e800020, ["bctr"] = 0x4e800420, ["bctrl"] = 0x4e800421,
    ["li r3,-1"] = 0x3860ffff, ["lis r9,0x1234"] = 0x3d201234,
    ["lis r9,0xe000"] = 0x3d20e000, ["mr r31,r3"] = 0x7c7f1b78, ["not r3,r4"] = 0x7c8320f8,
    ["cmpwi r3,10"] = 0x2c03000a, ["cmplwi r3,10"] = 0x2803000a,
    ["cmpw r3,r4"] = 0x7c032000, ["cmplw r3,r4"] = 0x7c032040,
    ["beq 0x2010"] = 0x41820010, ["bne 0x2010"] = 0x40820010, ["blt 0x2010"] = 0x41800010, ["bge 0x2010"] = 0x40800010,
    ["bgt 0x2010"] = 0x41810010, ["ble 0x2010"] = 0x40810010, ["bdnz 0x2010"] = 0x42000010, ["bdz 0x2010"] = 0x42400010,
    ["mflr r0"] = 0x7c0802a6, ["mtlr r0"] = 0x7c0803a6, ["mfctr r3"] = 0x7c6902a6, ["mtctr r3"] = 0x7c6903a6,
    ["slwi r3,r4,4"] = 0x54832036, ["srwi r3,r4,4"] = 0x5483e13e, [".long 0x12345678"] = 0x12345678,
  } do
    core:assemble(0x2000, text)
    local got = m.mem:u32(0x2000)
    assert(got == word, ("%s gives %08x, not %08x"):format(text, got, word))
  end
end)

tap.check("disassembly", function()
  core:assemble(0x2000, "addi r3,r3,1; b 0x2000")
  m.symbols:add("counter", 0x2000, 8)
  local list = core:disassemble("counter", 2)
  tap.equal(#list, 2)
  tap.equal(list[1].text, "addi r3,r3,1")
  tap.equal(list[1].word, 0x38630001)
  tap.equal(list[2].address, 0x2004)
  tap.equal(list[2].name, "counter+0x4")
  assert(tostring(list):find "00002000  38630001  addi r3,r3,1 +counter\n00002004")
  tap.equal(#core:disassemble(), 8)
  tap.equal(core:disassemble()[1].address, core.pc)
end)

tap.check("a backtrace through three calls", function()
  local one = tap.machine()
  local c = one.cores[0]
  c:map{ ea = 0, pa = 0, size = "16M" }
  local frame = "stwu r1,-16(r1); mflr r0; stw r0,20(r1)\n"
  c:assemble(0x1000, "li r1,0x2000; li r0,0; stwu r0,-16(r1); bl 0x1100")
  c:assemble(0x1100, frame .. "bl 0x1200")
  c:assemble(0x1200, frame .. "bl 0x1300")
  c:assemble(0x1300, "addi r3,r3,1; b 0x1300")
  for name, address in pairs{ start = 0x1000, outer = 0x1100, inner = 0x1200, leaf = 0x1300 } do
    one.symbols:add(name, address, 0x40)
  end
  c:release(0x1000)
  one:run{ insns = 40 }
  local frames = c:backtrace()
  local names = {}
  for i, f in ipairs(frames) do names[i] = f.name:match "^%a+" end
  tap.equal(table.concat(names, " ", 1, 4), "leaf inner outer start")
  tap.equal(frames[1].kind, "here")
  tap.equal(frames[2].kind, "call")
  tap.equal(frames[1].pc, c.pc)
  tap.equal(#c:backtrace(2), 2)
  assert(tostring(frames):find " 1  %x+  inner")
end)
tap.fails("a backtrace of no frames", "out of range", function() core:backtrace(0) end)

tap.check("symbols by hand", function()
  local before = m.symbols.count
  m.symbols:add("table", 0x3000, 0x100)
  tap.equal(m.symbols.count, before + 1)
  tap.equal(m.symbols.table, 0x3000)
  tap.equal(m.symbols["table+0x10"], 0x3010)
  tap.equal(m.symbols["0x1234"], 0x1234)
  tap.equal(m.symbols:at(0x3010), "table+0x10")
  tap.equal(m.symbols:at(0x90000000), "0x90000000")
  tap.equal(m.symbols:starting("tab")[1], "table")
end)

tap.check("symbols of a file", function()
  local path = os.tmpname()
  local cc = "powerpc-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x4000 -x assembler -o " .. path .. " - 2>/dev/null"
  local gcc = io.popen(cc, "w")
  gcc:write ".globl _start\n_start: nop\n.globl second\nsecond: blr\n.size second, 4\n"
  if gcc:close() then
    m.symbols:load(path)
    tap.equal(m.symbols.second, 0x4004)
    m.symbols:load(path, 0x100000)
    tap.equal(m.symbols:at(0x104004), "second")
  else
    tap.skip("symbols of a file", "there is no powerpc-linux-gnu-gcc")
  end
  os.remove(path)
end)

tap.fails("an instruction that there is not", "line 2, \"foo r1\"", function() core:assemble(0x2000, "nop\nfoo r1") end)
tap.fails("one of another core", "is not an instruction of this core", function()
  core:assemble(0x2000, "fadd f1,f2,f3")
end)
tap.fails("a value that does not fit", "line 1", function() core:assemble(0x2000, "addi r3,r3,40000") end)
tap.fails("an odd address", "multiple of 4", function() core:assemble(0x2001, "nop") end)
tap.fails("an address that is not mapped", "maps no page", function() core:assemble(0xa0000000, "nop") end)
tap.fails("text of a wrong type", "a string is expected", function() core:assemble(0x2000, 3) end)
tap.fails("a symbol that there is not", "did you mean 'counter'", function() core:disassemble("countre", 1) end)
tap.fails("a number of instructions that is none", "an integer is expected", function()
  core:disassemble(0x2000, "all")
end)
tap.fails("a number of instructions beyond reason", "out of range", function() core:disassemble(0x2000, -1) end)
tap.fails("an unmapped pc", "maps no page", function() core:disassemble(0xa0000000) end)
tap.fails("a symbol of a machine without any", "m.symbols:load(file) adds", function()
  tap.machine():at{ pc = "start_kernel" }
end)
tap.fails("an unknown symbol", "did you mean 'table'", function() return m.symbols.tabel end)
tap.fails("a file without symbols", "README.md", function() m.symbols:load "README.md" end)
tap.fails("a missing file", "nowhere.elf", function() m.symbols:load "nowhere.elf" end)
tap.fails("a name of a wrong type", "a string is expected", function() m.symbols:add(3, 3) end)
tap.fails("an address of a wrong type", "an integer is expected", function() m.symbols:at "x" end)
tap.fails("a dot instead of a colon", "a core is expected in front", function() core.disassemble(0x1000) end)

tap.done()
