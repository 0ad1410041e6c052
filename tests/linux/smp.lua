-- Linux with 1 to 8 cores: what it prints, what its cores do, how it ends; each machine twice with one digest.
--   usage: warpcore tests/linux/smp.lua CORE COUNT [brief]     brief: one boot without the second
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"
local core, cores, brief = arg[1], math.tointeger(arg[2]), arg[3] == "brief"

local name = ("%s, %d core%s"):format(core, cores, cores > 1 and "s" or "")
local mebibyte_of_zeroes = "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58  -" -- sha256sum's own

local function check(what, fn)
  tap.check(name .. ": " .. what, fn)
end

local function matches(text, pattern)
  if not text:find(pattern) then error(("no match of %q in: %s"):format(pattern, text), 2) end
  return text:match(pattern)
end

-- The counts of a line of /proc/interrupts, by core.
local function interrupts(s, line)
  local counts = {}
  for count in matches(s:ok "cat /proc/interrupts", "\n *" .. line .. ":([ %d]*)"):gmatch "%d+" do
    counts[#counts + 1] = math.tointeger(count)
  end
  return counts
end

local function check_boot(s)
  check("the kernel found its cores", function()
    matches(s.console.text, "Brought up 1 node, " .. cores .. " CPU")
    tap.equal(s:ok "nproc", tostring(cores))
    local found = 0
    for cpu in s:ok("grep ^cpu /proc/cpuinfo"):gmatch "cpu%s+: (%S+)" do
      tap.equal(cpu, core)
      found = found + 1
    end
    tap.equal(found, cores)
  end)
  check("every core gets its timer interrupts, one the console's", function()
    local timer, console, sum = interrupts(s, "LOC"), interrupts(s, "42"), 0
    tap.equal(#timer, cores)
    for i = 1, cores do
      assert(timer[i] > 0, "no timer interrupt on core " .. i - 1)
      sum = sum + console[i]
    end
    assert(sum > 0, "no interrupt from the serial port")
  end)
end

local function check_work(s)
  check("a pipeline's checksum", function()
    tap.equal(s:ok "dd if=/dev/zero bs=64k count=16 2>/dev/null | sha256sum", mebibyte_of_zeroes)
  end)
  check("compress, decompress, compare", function()
    s:ok "head -c 200000 /bin/busybox >/tmp/file; gzip -c /tmp/file | gunzip -c | cmp - /tmp/file"
  end)
  check("a job on each core at a time, all cores busy", function()
    local before = {}
    for i = 0, cores - 1 do before[i] = s.machine.cores[i].insns end
    local jobs = ("for i in $(seq %d); do dd if=/dev/zero bs=64k count=16 2>/dev/null | sha256sum & done; wait")
        :format(cores)
    local _, count = s:ok(jobs):gsub(mebibyte_of_zeroes, "")
    tap.equal(count, cores)
    for i = 0, cores - 1 do
      local done = s.machine.cores[i].insns - before[i]
      assert(done > 5000000, ("core %d did %d instructions"):format(i, done))
    end
  end)
end

local function check_time(s)
  check("date counts from the real-time clock", function()
    local seconds = math.tointeger(s:ok "date +%s")
    local passed = s.machine.now // 1000000000
    assert(math.abs(seconds - 1577836800 - passed) <= 1, ("date says %d after %d s"):format(seconds, passed))
  end)
  check("sleep 600 takes 600 s there and less than one here", function()
    local before, clock = s.machine.now, session.processor_time()
    local output = s:ok "a=$(date +%s); sleep 600; echo $(($(date +%s) - a))"
    clock = session.processor_time() - clock
    local passed = s.machine.now - before
    tap.equal(output, "600")
    assert(passed >= 600000000000 and passed < 600100000000, passed .. " ns have passed")
    assert(clock < 1 or os.getenv "SAN", ("it took %.2f s of the host's processor"):format(clock))
  end)
  check("a short sleep is exact: high-resolution timers", function()
    local uptime = "sed 's/ .*//' /proc/uptime"
    local from, to = matches(s:ok(uptime .. "; sleep 0.25; " .. uptime), "([%d.]+)\n([%d.]+)")
    local passed = tonumber(to) - tonumber(from)
    assert(passed >= 0.24 and passed < 0.28, passed .. " s")
  end)
  check("idle cores have no periodic tick", function()
    local before = interrupts(s, "LOC")
    s:ok "sleep 100"
    local after, sum = interrupts(s, "LOC"), 0
    for i = 1, cores do sum = sum + after[i] - before[i] end
    assert(sum < 4000 * cores, ("%d timer interrupts in 100 s: with a tick it were %d"):format(sum, 25000 * cores))
  end)
end

-- Everything that a machine is, at the end.
local function result(s, ev)
  return ("%s at %d, %d instructions, %s"):format(ev.reason, ev.time, s.machine.insns, s.machine:digest())
end

local function run()
  local s = session.boot(core, cores)
  check_boot(s)
  check_work(s)
  check_time(s)
  local ev = s:last "poweroff -f"
  check("power-off ends the run", function() tap.equal(ev.reason, "poweroff") end)
  check("no complaint from the kernel", function() tap.equal(s:complaint(), nil) end)
  return result(s, ev)
end

local function reboot()
  local s = session.boot(core, cores)
  check("reboot ends the run with a reset", function() tap.equal(s:last("reboot -f").reason, "reset") end)
end

local first = run()
if not brief then
  local second = run()
  check("the same again, digest and all", function() tap.equal(second, first) end)
  reboot()
end
tap.done()
