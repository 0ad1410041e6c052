-- Linux on the host's network: DHCP, a download, a server behind a forwarded port; and all of it again from a
-- recording, without a network.
local tap = dofile "tests/lua/tap.lua"
local session = dofile "tests/linux/session.lua"
local guests = os.getenv "GUESTS" or "../shared/guests"
local brief = arg[1] == "brief"
local dir = os.tmpname()
os.remove(dir)
assert(os.execute("mkdir " .. dir))

local function shell(command)
  local pipe <close> = assert(io.popen(command))
  return (pipe:read("a"):gsub("\n$", ""))
end

local function read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a" or ""
end

-- A machine that listens on a port of the host, any with 0: the port.
local function hold(port)
  local m = warpcore.machine{ board = "dts/ppce500.dts", serial = "tcp:" .. port }
  return m, m.uart[0].host:match ":(%d+)$"
end

local function free_port()
  local m, port = hold(0)
  m:close()
  return port
end

assert(os.execute(("head -c 1000000 %s/vmlinux-e500mc >%s/file"):format(guests, dir)))
local file_sum = shell(("sha256sum <%s/file"):format(dir))
assert(os.execute(("mkdir %s/cgi-bin"):format(dir)))
do
  local script <close> = assert(io.open(dir .. "/cgi-bin/late", "w"))
  script:write "#!/bin/sh\nsleep 2\nprintf 'Content-type: text/plain\\r\\n\\r\\nlate\\n'\n"
end
assert(os.execute(("chmod +x %s/cgi-bin/late"):format(dir)))
local server_port = free_port()
local serve = ("timeout 900 busybox httpd -f -p 127.0.0.1:%s -h %s"):format(server_port, dir)
local server = shell(serve .. " >/dev/null 2>&1 & echo $!")

local function check_addresses(name, s)
  tap.check(name .. "an address by DHCP", function()
    s:ok [[printf '#!/bin/sh\n[ $1 != bound ] || ip addr add $ip/24 dev $interface\n' >/tmp/dhcp]]
    s:ok [[printf '[ $1 != bound ] || ip route add default via $router\n' >>/tmp/dhcp]]
    s:ok "chmod +x /tmp/dhcp; ip link set eth0 up; udhcpc -i eth0 -n -q -s /tmp/dhcp"
    assert(s:ok("ip addr show eth0"):find("inet 10.0.2.15/24", 1, true))
  end)
  tap.check(name .. "the gateway answers, in virtual time", function()
    local output = s:ok "ping -c 4 10.0.2.2"
    assert(output:find "4 packets received", output)
    local slowest = output:match "max = [%d.]+/[%d.]+/([%d.]+) ms"
    assert(tonumber(slowest) < 1, output)
  end)
end

local function check_download(name, s)
  tap.check(name .. "a download from the host", function()
    tap.equal(s:ok(("wget -q -O - http://10.0.2.2:%s/file | sha256sum"):format(server_port)), file_sum)
  end)
  tap.check(name .. "a port where nobody listens", function()
    local output, status = s:run(("wget -O - http://10.0.2.2:%s/file"):format(free_port()))
    assert(status == 1 and output:find "refused", output)
  end)
  tap.check(name .. "an answer that takes its time takes as long for the guest", function()
    local before = s.machine.now
    tap.equal(s:ok(("wget -q -O - http://10.0.2.2:%s/cgi-bin/late"):format(server_port)), "late")
    local took = s.machine.now - before
    assert(took > 1000000000 and took < 60000000000, took) -- 2 s, and what a busy host adds or takes
  end)
  tap.check(name .. "time is skipped again when the connections are closed", function()
    local before, slept = s.machine.now, s.machine.warp.slept
    s:ok "sleep 600"
    assert(s.machine.now - before >= 600 * 1000000000)
    assert(s.machine.warp.slept - slept < 60 * 1000000000, "it was waited for")
  end)
end

local function check_server(name, s, port)
  tap.check(name .. "a client of the host reaches the guest", function()
    s:ok "mkdir /tmp/www; echo hello from the guest >/tmp/www/index.html; httpd -p 80 -h /tmp/www"
    local got = dir .. "/got"
    os.remove(got)
    local fetch = ("http_proxy= timeout 60 busybox wget -q -O %s.part http://127.0.0.1:%s/"):format(got, port)
    assert(os.execute(("%s && mv %s.part %s &"):format(fetch, got, got)))
    for _ = 1, 600 do -- the host needs its time, the guest has as much as it likes
      s.machine:run{ ["for"] = "100ms" }
      if read(got) ~= "" then break end
      os.execute "sleep 0.1"
    end
    tap.equal(read(got), "hello from the guest\n")
  end)
end

local function check_file(name, pcap)
  tap.check(name .. "the file of what passed", function()
    local text = shell(("tcpdump -nn -t -r %s 2>&1"):format(pcap))
    for _, words in ipairs{
      "who-has 10.0.2.2", "BOOTP/DHCP, Request", "ICMP echo reply", "HTTP: GET / HTTP/1.1", "HTTP: HTTP/1.1 200 OK",
      "10.0.2.2." .. server_port .. ": Flags [S]" } do
      assert(text:find(words, 1, true), words .. " is not in " .. text:sub(1, 2000))
    end
    assert(not text:find "bad cksum" and not text:find "truncated", text:sub(1, 2000))
  end)
end

local function check_replay(name, options, recorded)
  tap.check(name .. "the recording gives the same run, without the network", function()
    local holder = hold(recorded.port)
    options.record, options.replay, options.net.pcap = nil, options.record, dir .. "/again.pcap"
    local m = warpcore.machine(options)
    tap.equal(m:run().reason, "poweroff")
    m:finish_input()
    tap.equal(m:digest(), recorded.digest)
    assert(m.deterministic)
    m:close()
    holder:close()
    assert(read(dir .. "/again.pcap") == read(recorded.pcap), "another file of what passed")
  end)
end

for _, core in ipairs(brief and { "e500mc" } or { "e500mc", "e500v2" }) do
  local name, recorded = core .. ": ", { port = free_port(), pcap = ("%s/%s.pcap"):format(dir, core) }
  local more = {
    net = { forward = { "tcp:" .. recorded.port .. ":80" }, pcap = recorded.pcap },
    record = ("%s/%s.log"):format(dir, core),
  }
  local s = session.boot(core, 2, more)
  check_addresses(name, s)
  check_download(name, s)
  check_server(name, s, recorded.port)
  tap.check(name .. "no complaint from the kernel", function() tap.equal(s:complaint(), nil) end)
  tap.equal(s:last("poweroff -f").reason, "poweroff")
  recorded.digest = s.machine:digest()
  s.machine:close()
  check_file(name, recorded.pcap)
  check_replay(name, session.options(core, 2, more), recorded)
end

os.execute("kill " .. server)
os.execute("rm -rf " .. dir)
tap.done()
