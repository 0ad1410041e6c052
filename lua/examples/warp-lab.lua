-- Where does the time of a boot go? A histogram of its warps, what woke the cores, and how idle each of them was.
--   usage: warpcore lua/examples/warp-lab.lua [kernel [initrd [cores [append]]]]
-- Without a kernel: U-Boot up to its prompt (Debian's u-boot-qemu; UBOOT in the environment names another one), and
-- behind it a minute of guests/smp.lua. With one, as Debian's or your own vmlinux for e500: that one on dts/ppce500.dts
-- until it powers off, or for a minute.

local kernel, initrd, cores, append = ...
local uboot = os.getenv "UBOOT" or "/usr/lib/u-boot/qemu-ppce500/uboot.elf"

-- ---- Collecting: the ledger is emptied often enough that it never overflows ----

local lab = {}

function lab.new(m)
  m.warp.length = 65536
  return { m = m, next = 1, count = 0, lost = 0, decades = {}, wakes = {}, begin = m.now }
end

local function decade(ns) return #tostring(ns) - 1 end

local function add(self, entry)
  if entry.ended == "hook" then return end
  local ns = entry.to - entry.from
  local d = decade(ns)
  local bin = self.decades[d] or { count = 0, ns = 0 }
  self.decades[d], bin.count, bin.ns = bin, bin.count + 1, bin.ns + ns
  local key = ("%s of %s"):format(entry.name, entry.owner)
  local wake = self.wakes[key] or { what = key, count = 0, ns = 0 }
  self.wakes[key], wake.count, wake.ns = wake, wake.count + 1, wake.ns + ns
  self.count = self.count + 1
end

-- A warp in whose middle a step ended is taken when it is over.
function lab.collect(self)
  for _, entry in ipairs(self.m.warp:log(65536)) do
    if entry.sequence >= self.next and not entry.open then
      self.lost = self.lost + entry.sequence - self.next
      self.next = entry.sequence + 1
      add(self, entry)
    end
  end
end

-- Runs the machine in steps, and empties the ledger after each. Returns the last event.
function lab.run(self, ns, done)
  local ends, ev = self.m.now + ns
  repeat
    ev = self.m:run{ until_time = math.min(ends, self.m.now + 250000000) }
    lab.collect(self)
  until ev.reason ~= "time" or self.m.now >= ends or (done and done())
  return ev
end

-- ---- Showing ----

local units = { [0] = "1 ns", "10 ns", "100 ns", "1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s" }

local function print_histogram(self)
  local most, from, to = 1, math.huge, 0
  for d, bin in pairs(self.decades) do
    most, from, to = math.max(most, bin.count), math.min(from, d), math.max(to, d)
  end
  print "\n  length from      warps    virtual ns"
  for d = from, to do
    local bin = self.decades[d] or { count = 0, ns = 0 }
    local bar = ("#"):rep(math.ceil(40 * bin.count / most))
    print(("  %-11s %10d %13d  %s"):format(units[d] or d, bin.count, bin.ns, bar))
  end
end

local function print_wakes(self, n)
  local list = {}
  for _, wake in pairs(self.wakes) do list[#list + 1] = wake end
  table.sort(list, function(a, b) return a.count > b.count or (a.count == b.count and a.what < b.what) end)
  print "\n  what woke the machine, the most frequent first"
  for i = 1, math.min(n, #list) do
    print(("  %10d  %13d ns slept  %s"):format(list[i].count, list[i].ns, list[i].what))
  end
end

local function print_cores(self, idle)
  local passed = self.m.now - self.begin
  print "\n  idle share of each core"
  for i, core in ipairs(self.m.cores) do
    local share = (core.idle_ns - idle[i]) / passed
    print(("  core %d  %6.2f %%  %s"):format(i, 100 * share, ("#"):rep(math.floor(40 * share + 0.5))))
  end
end

-- Runs `fn(self)` and shows what it did to the ledger.
local function study(title, m, fn)
  local self, idle = lab.new(m), {}
  self.next = (m.warp:log(1)[1] or { sequence = 0 }).sequence + 1
  local total, insns = m.warp.total, m.insns
  for i, core in ipairs(m.cores) do idle[i] = core.idle_ns end
  fn(self)
  lab.collect(self)
  local passed = m.now - self.begin
  print(("\n== %s: %d ns of virtual time, %d instructions, %d warps over %.2f %% of the time"):format(
    title, passed, m.insns - insns, self.count, 100 * (m.warp.total - total) / passed))
  if self.lost > 0 then print(("  %d warps more were too many for the ledger"):format(self.lost)) end
  if self.count > 0 then
    print_histogram(self)
    print_wakes(self, 10)
  else
    print "  no warp: some core was busy all the time"
  end
  print_cores(self, idle)
end

-- ---- What is studied ----

local function study_uboot()
  local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 4, kernel = uboot }
  local console = m.uart[0]
  study("U-Boot to its prompt", m, function(self)
    lab.run(self, 5000000000, function() return console.text:find("=> ", 1, true) end)
  end)
  local smp = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/guests/smp.lua")
  study("guests/smp.lua for a minute", m, function(self)
    console:send(smp.load(m, { beats = 60 }).command .. "\n")
    lab.run(self, 61000000000, function() return console.text:find("Application terminated.*=> ") end)
  end)
  print("\n" .. m:digest())
end

local function study_linux()
  local m = warpcore.machine{
    board = "dts/ppce500.dts", cores = math.tointeger(tonumber(cores or 2)), memory = "256M",
    kernel = kernel, initrd = initrd, append = append or "console=ttyS0 rdinit=/init",
  }
  study("Linux", m, function(self)
    local ev = lab.run(self, 60000000000)
    print(m.uart[0].text)
    print("the run ended: " .. ev.reason)
  end)
  print("\n" .. m:digest())
end

if kernel then study_linux() else study_uboot() end
