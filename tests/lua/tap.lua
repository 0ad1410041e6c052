-- What the Lua tests share: a line for each thing checked (tests/run counts them), and exit status 1 when one failed.
local tap = { failed = 0 }

local function report(ok, name, problem)
  print((ok and "ok - " or "not ok - ") .. name)
  if ok then return end
  tap.failed = tap.failed + 1
  print((("  # " .. tostring(problem)):gsub("\n", "\n  # ")))
end

-- Runs a function that asserts.
function tap.check(name, fn)
  local ok, problem = xpcall(fn, debug.traceback)
  report(ok, name, problem)
end

function tap.equal(got, wanted)
  if got ~= wanted then error(("got %s, wanted %s"):format(tostring(got), tostring(wanted)), 2) end
end

-- The function must raise an error whose text has `words`; the error names this script's line.
function tap.fails(name, words, fn)
  local ok, problem = pcall(fn)
  if ok then return report(false, name, "no error was raised") end
  problem = tostring(problem)
  if not problem:find(words, 1, true) then return report(false, name, "the error is: " .. problem) end
  if not problem:find "^[%w_%-/%.]+%.lua:%d+: " then
    return report(false, name, "no script and line in: " .. problem)
  end
  report(true, name)
end

function tap.skip(name, why)
  print(("ok - %s # skip %s"):format(name, why))
end

function tap.done()
  os.exit(tap.failed == 0 and 0 or 1)
end

tap.uboot = "/usr/lib/u-boot/qemu-ppce500/uboot.elf"

-- A two-core machine without a program.
function tap.machine(options)
  local all = { board = "dts/ppce500.dts", cores = 2, memory = "64M" }
  for key, value in pairs(options or {}) do all[key] = value end
  return warpcore.machine(all)
end

-- The same with U-Boot, at its reset.
function tap.uboot_machine(options)
  local all = { memory = "256M", kernel = tap.uboot }
  for key, value in pairs(options or {}) do all[key] = value end
  return tap.machine(all)
end

-- Puts instructions at an address and lets a parked core run them, with EA = PA for the first 16 MiB.
function tap.program(m, core, address, words)
  for i, word in ipairs(words) do m.mem:set_u32(address + 4 * (i - 1), word) end
  m.cores[core]:map{ ea = 0, pa = 0, size = "16M" }
  m.cores[core]:release(address)
end

-- addi r3,r3,1; b .-4: counts for ever.
tap.counter = { 0x38630001, 0x4bfffffc }

return tap
