-- Floating point of Linux programs: the FPU of e500mc; on e500v2 the kernel's emulation of it, and SPE.
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"
local initrd = os.getenv "BUILD" .. "/tests/linux/programs.cpio.gz"

-- 1/3, -1/3 and 1/10, by arithmetic: nearest doubles, and their neighbours.
local rounded = [[
nearest 3fd5555555555555 bfd5555555555555 3fb999999999999a
zero 3fd5555555555555 bfd5555555555555 3fb9999999999999
up 3fd5555555555556 bfd5555555555555 3fb999999999999a
down 3fd5555555555555 bfd5555555555556 3fb9999999999999]]

local function check_fpu(s, name, loops)
  tap.check(name .. ": rounding modes", function() tap.equal(s:ok "fp round", rounded) end)
  tap.check(name .. ": each exception is a SIGFPE with its code", function()
    tap.equal(s:ok "fp sigfpe",
      "divide FLTDIV\noverflow FLTOVF\nunderflow FLTUND\ninexact FLTRES\ninvalid FLTINV\nmasked none")
  end)
  tap.check(name .. ": every process keeps its registers and its rounding mode", function()
    tap.equal(s:ok("fp hold 12 " .. loops), "12 of 12")
  end)
end

local mc = session.boot("e500mc", 2, { initrd = initrd })
check_fpu(mc, "e500mc", 100)
tap.check("e500mc: no SPE there", function()
  local _, status = mc:run "fp spe 1 1"
  assert(status ~= 0)
end)

local v2 = session.boot("e500v2", 2, { initrd = initrd })
check_fpu(v2, "e500v2, emulated", 20)
tap.check("e500v2: every process keeps its upper halves, accumulator and SPEFSCR", function()
  tap.equal(v2:ok "fp spe 12 100", "12 of 12")
end)
tap.check("e500v2: embedded floating-point exceptions are SIGFPEs with their codes", function()
  tap.equal(v2:ok "fp spesig", "divide FLTDIV\noverflow FLTOVF\nunderflow FLTUND\ninvalid FLTINV")
end)
for _, s in ipairs{ mc, v2 } do
  tap.check(s.machine.cores[0].model .. ": no complaint from the kernel", function() tap.equal(s:complaint(), nil) end)
end
tap.done()
