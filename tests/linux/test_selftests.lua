-- The tests that Linux itself ships, on 4 cores of e500mc: those that run at boot, RCU and lock torture, futex load.
--   usage: SELFTEST=vmlinux-selftest warpcore tests/linux/test_selftests.lua [brief]     brief: the boot only, once
-- The kernel has lock checking (PROVE_LOCKING) on: what it finds is a complaint.
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"
local brief = arg[1] == "brief"
local kernel = os.getenv "SELFTEST" or "build/guests/vmlinux-selftest"
local cores = 4

-- loglevel=8: some of the tests tell only at level debug that they run.
local function options(append)
  return {
    kernel = kernel, initrd = os.getenv "BUILD" .. "/tests/linux/programs.cpio.gz",
    append = "console=ttyS0 loglevel=8 " .. append,
  }
end

local function result(machine)
  return ("%d instructions at %d, %s"):format(machine.insns, machine.now, machine:digest())
end

-- Lines that a test prints when it fails; those of the torture tests are looked at below.
local failures = {
  "test failed at line", "TC failed", "failed %d+ out of", "not ok %d", "%*%*%* ERROR", "self%-test failed",
  "unexpected failures", "testcases failed", "Test failed", "String selftest failure", "self%-tests passed, [1-9]",
}

local function failure(text)
  for line in text:gmatch "[^\n]+" do
    for _, pattern in ipairs(failures) do
      if line:find(pattern) then return line end
    end
  end
end

-- Name, and the line that the kernel prints when all is well. Those that say only that they run have failed if one of
-- `failures` or a complaint follows.
local at_boot = {
  { "locking API", "Good, all +%d+ testcases passed! |" },
  { "code patching", "Running code patching self%-tests" },
  { "feature fix-ups", "Running feature fixup self%-tests" },
  { "atomic64", "atomic64_test: passed" },
  { "string", "String selftests succeeded" },
  { "sort", "%] ok %d+ %-? ?lib_sort" },
  { "list sort", "%] ok %d+ %-? ?list_sort" },
  { "bitmap", "test_bitmap: all %d+ tests passed" },
  { "CRC32", "crc32: self tests passed" },
  { "glob", "glob: %d+ self%-tests passed, 0 failed" },
}

local futex = {
  { "mutex 8 2000", "16000 of 16000" },
  { "inherit 8 500", "4000 of 4000" },
  { "queue 4 500", "501000 of 501000" },
  { "barrier 8 200", "200 rounds, 0 wrong" },
  { "robust 4 50", "50 of 50" },
  { "timeout 16 1250", "16 of 16, 0 early" },
}

local function run_boot()
  local s = session.boot("e500mc", cores, options "rcutorture.torture_type=none locktorture.torture_type=none")
  for _, test in ipairs(at_boot) do
    tap.check("at boot: " .. test[1], function()
      assert(s.console.text:find(test[2]), "no line with " .. test[2])
    end)
  end
  tap.check("at boot: none says that it failed", function() tap.equal(failure(s.console.text), nil) end)
  for _, load in ipairs(futex) do
    tap.check("futex " .. load[1], function() tap.equal(s:ok("futex " .. load[1]), load[2]) end)
  end
  local ev = s:last "poweroff -f"
  tap.check("no complaint from the kernel", function()
    tap.equal(ev.reason, "poweroff")
    tap.equal(s:complaint(), nil)
  end)
  return result(s.machine)
end

-- Torture with boot parameters, to the power-off that it ends with; `check` looks at what it printed.
local function run_torture(name, append, check)
  local machine = warpcore.machine(session.options("e500mc", cores, options(append)))
  local ev = machine:run{ ["for"] = "120s" }
  local s = setmetatable({ machine = machine, console = machine.uart[0] }, { __index = session })
  tap.check(name .. " ends with success", function()
    tap.equal(ev.reason, "poweroff")
    assert(s.console.text:find "%-torture:%-%-%- End of test: SUCCESS", s.console.text:sub(-3000))
    check(s.console.text)
  end)
  tap.check(name .. ": no complaint from the kernel", function()
    tap.equal(s:complaint(), nil)
    tap.equal(s.console.text:match "[^\n]*torture:[^\n]*!!![^\n]*", nil)
  end)
  return result(machine)
end

-- The last number behind `what` in a text.
local function last(text, what)
  local value
  for number in text:gmatch(what .. "(%d+)") do value = math.tointeger(number) end
  return value
end

-- Of torture. The boot, which goes on meanwhile, has to be through when it ends in a power-off.
local seconds = 6

-- Without rcutorture.onoff_interval: it would count a failure each time that it picks core 0, which Linux never takes
-- off on this architecture.
local function run_rcu()
  local append = "locktorture.torture_type=none rcutorture.shutdown_secs=%d rcutorture.stat_interval=2 "
    .. "rcutorture.stutter=1 rcutorture.shuffle_interval=1 rcutorture.verbose=0"
  return run_torture("RCU torture", append:format(seconds), function(text)
    local versions = last(text, "rcu%-torture: rtc: %x+ [vV][eE][rR]: ")
    assert(versions and versions > 20, "only " .. tostring(versions) .. " updates")
    -- Readers have found nothing that is older than two grace periods: all but the first two counts are 0.
    local pipe
    for counts in text:gmatch "Reader Pipe: +([%d ]+)" do pipe = counts end
    assert(pipe and pipe:match "^%d+ %d+[ 0]*$", pipe)
  end)
end

local function run_locks(kind)
  local append = "locktorture.torture_type=%s locktorture.shutdown_secs=%d locktorture.stat_interval=2 "
    .. "locktorture.stutter=1 locktorture.shuffle_interval=1 locktorture.verbose=0"
  return run_torture("lock torture, " .. kind, append:format(kind, seconds), function(text)
    local writes = last(text, "Writes:  Total: ")
    assert(writes and writes > 50, "only " .. tostring(writes) .. " times locked") -- a mutex is held for 20 ms
    assert(text:find "Writes:  Total: %d+ +Max/Min: %d+/%d+[ ?]+Fail: 0", "locks have failed")
  end)
end

local boot = run_boot()
if not brief then
  local again = run_boot()
  tap.check("the same boot and load again, digest and all", function() tap.equal(again, boot) end)
  local rcu = run_rcu()
  again = run_rcu()
  tap.check("the same RCU torture again, digest and all", function() tap.equal(again, rcu) end)
  for _, kind in ipairs{ "spin_lock_irq", "mutex_lock", "rwsem_lock" } do run_locks(kind) end
end
tap.done()
