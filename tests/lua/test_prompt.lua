-- What the prompt prints for a bare expression: lists of records with columns, objects with their properties.
local tap = dofile "tests/lua/tap.lua"
local warpcore_binary = os.getenv "WARPCORE" or "build/warpcore"

-- What the prompt answers to these lines, on an input that is no terminal.
local function answer(lines)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write("m = warpcore.machine{ board = \"dts/ppce500.dts\", cores = 2, memory = \"64M\" }\n", lines, "\n")
  file:close()
  local program <close> = assert(io.popen(("%s < %s 2>&1"):format(warpcore_binary, path)))
  local text = program:read "a"
  os.remove(path)
  return text
end

local function shows(name, lines, wanted)
  tap.check(name, function() tap.equal(answer(lines), wanted) end)
end

shows("cores, a line each, by their numbers", [[
m.cores[0].pc = 0x1230 m.cores[0].state = "running"
m.cores]], [[
cores
     state    pc          insns  time  idle_ns
[0]  running  0x00001230      0     0        0
[1]  parked   0xfffffffc      0     0        0
]])

shows("timers, in the order of m.timers, fields in the order of its help", [[
m:timer{ after = "1ms", name = "late", on = print }
m:timer{ after = "10us", name = "soon", on = print }
m.timers]], [[
timer
  count     0
  deadline  1000000
  name      "late"
  pending   true
timer
  count     0
  deadline  10000
  name      "soon"
  pending   true
     name  owner   deadline  armed  fired  cancelled
[0]  soon  script     10000      1      0          0
[1]  late  script   1000000      1      0          0
]])

shows("a list from 0 that is printed by a script", "m:timer{ after = \"1ms\", on = print }:cancel()\nprint(m.timers)",
  "{}\n")

tap.check("general purpose registers, in hexadecimal, down the columns", function()
  local lines = { "registers r of core 0" }
  for i = 0, 7 do
    lines[#lines + 1] = ("%d  0x%08x  %2d  0x%08x  %d  0x%08x  %d  0x%08x"):format(
      i, i, i + 8, i + 8, i + 16, i + 16, i + 24, i + 24)
  end
  tap.equal(answer "for i = 0, 31 do m.cores[0].r[i] = i end\nm.cores[0].r", table.concat(lines, "\n") .. "\n")
end)

shows("a core without floating point says so", "m.cores[0].f", "warpcore: the e500v2 has no floating-point registers; "
  .. "its floating point works in core.r and core.ev\n")

tap.check("disassembly and backtrace print themselves as print does", function()
  local text = answer [[
m.cores[0]:map{ ea = 0, pa = 0, size = "16M" }
m.symbols:add("counter", 0x1000, 8)
m.cores[0]:assemble("counter", "addi r3,r3,1; b 0x1004")
m.cores[0]:disassemble("counter", 2)]]
  assert(text:find("\n00001000  38630001  addi r3,r3,1                 counter\n"
    .. "00001004  48000000  b 0x1004                     counter+0x4\n", 1, true), text)
end)

tap.check("the statistics with unit and description; the tree with its coverage", function()
  local stats = answer "m.stats"
  assert(stats:find "%[%d+%]  core1%.insns +0  insns +instructions retired\n", stats)
  assert(answer "m.dt":find "/soc@fe0000000/serial@4500 +modelled +16550 UART %(serial port%)\n")
  assert(answer "m.uart":find "%[0%]  /soc@fe0000000/serial@4500 +0\n")
end)

tap.check("addresses in a record are hexadecimal, amounts are not", function()
  tap.equal(answer "{ pc = 4096, ns = 4096 }", "{ ns = 4096, pc = 0x00001000 }\n")
end)

tap.check("of a long list the beginning is shown", function()
  local list = answer "t = {} for i = 1, 100 do t[i] = { n = i } end\nt"
  assert(list:find "%[40%]  40\n%.%.%. and 60 more\n", list)
end)

tap.check("tables that contain themselves, and mixed ones", function()
  tap.equal(answer "t = { 1 } t.t = t\nt", "{ 1, t = (again) }\n")
  tap.equal(answer "{ { a = 1 }, 2 }", "{ { a = 1 }, 2 }\n")
  tap.equal(answer "{ { a = 1, b = 'x' }, { a = 10 } }", "      a  b\n[1]   1  x\n[2]  10\n")
end)

tap.done()
