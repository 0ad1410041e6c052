-- A Linux guest with a shell on its first serial port: boots it, types commands, checks what they print.
local session = {}
session.__index = session

local guests = os.getenv "GUESTS" or "../shared/guests"
local prompt = "/ # "

-- The kernel for a type of core, the initrd and the boot arguments that all of these tests use.
function session.options(core, cores, more)
  local options = {
    board = "dts/ppce500.dts", core = core, cores = cores, memory = "256M",
    kernel = guests .. "/vmlinux-" .. core, initrd = guests .. "/rootfs.cpio.gz", append = "console=ttyS0",
  }
  for key, value in pairs(more or {}) do options[key] = value end
  return options
end

-- Boots to the prompt; `prepare` is called with the machine before it first runs.
function session.boot(core, cores, more, prepare)
  local self = setmetatable({}, session)
  self.machine = warpcore.machine(session.options(core, cores, more))
  if prepare then prepare(self.machine) end
  self.console = self.machine.uart[0]
  self.console:expect(prompt, { timeout = "30s" })
  self.console:send "stty cols 1000; PS1='/ ''# '\n" -- so that the shell does not break the line that it echoes
  self.console:expect("\n" .. prompt, { timeout = "10s" })
  return self
end

-- Runs a command line: what it printed, and its exit status. The marker's quotes keep the echo of the line from
-- matching.
function session:run(command, timeout)
  self.console:send(command .. "; echo \"<st\"atus $?\">\"\n")
  self.console:expect("<status ", { timeout = timeout or "1000s" })
  local text = self.console:expect(prompt, { timeout = "10s" })
  local all = self.console.text
  local status = math.tointeger(text:match "^(%d+)>")
  local from = #all - #text - #"<status "
  local output = all:sub(1, from)
  local _, behind = output:find(".*echo \"<st\"atus %$%?\">\"\r?\n")
  return (output:sub(behind + 1):gsub("\r", "")), status
end

-- The same for a command that must succeed; without the line's end.
function session:ok(command, timeout)
  local output, status = self:run(command, timeout)
  if status ~= 0 then error(("`%s` left %d and printed: %s"):format(command, status, output), 2) end
  return (output:gsub("\n$", ""))
end

-- Types a command that ends the machine; the event of the run.
function session:last(command, time)
  self.console:send(command .. "\n")
  return self.machine:run{ ["for"] = time or "60s" }
end

-- Seconds of the host's processors that this program has used.
function session.processor_time()
  local file = assert(io.open "/proc/self/stat")
  local fields = {}
  for field in file:read("a"):gsub("^.*%) ", ""):gmatch "%S+" do fields[#fields + 1] = field end
  file:close()
  return (math.tointeger(fields[12]) + math.tointeger(fields[13])) / 100
end

-- What a healthy kernel never prints.
local complaints = {
  "rcu_?%w* .*stall", "rcu: INFO", "soft lockup", "hung_task", "blocked for more than", "clocksource: .*unstable",
  "Marking clocksource", "WARNING:", "BUG:", "Oops", "Call Trace", "Kernel panic", "Badness", "bad: scheduling",
  "nobody cared", "hrtimer: interrupt took",
}

function session:complaint()
  for line in self.console.text:gmatch "[^\n]+" do
    for _, pattern in ipairs(complaints) do
      if line:find(pattern) then return line end
    end
  end
end

return session
