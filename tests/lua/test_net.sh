# The option net: what it takes, what it refuses, the file of what passes; without a guest that uses it.
warpcore=${WARPCORE:-build/warpcore}
dir=$(mktemp -d)
trap 'rm -rf "$dir"; [ -z "$pid" ] || kill "$pid" 2>/dev/null' EXIT
failed=0
pid=

result() { # name status
	if [ "$2" = 0 ]; then echo "ok - $1"; else
		echo "not ok - $1"
		tail -n 5 "$dir/out" | sed 's/^/  # /'
		failed=1
	fi
}

run() { # value of --net, more options
	timeout 60 "$warpcore" -b dts/ppce500.dts --run 1us --net "$@" >"$dir/out" 2>&1 </dev/null
}

refuses() { # value, words of the message
	run "$1"
	[ $? = 1 ] && [ "$(wc -l <"$dir/out")" = 1 ] && grep -qF "$2" "$dir/out"
	result "--net $1 is refused" $?
}

refuses tap 'net: "tap" is unknown; there is "user"'
refuses '' 'net: "" is unknown; there is "user"'
refuses user,fast 'net: "fast" is unknown; there are forward='
refuses user,pcap= 'net: "pcap=" is unknown'
refuses user, 'net: "" is unknown; there are'
for forward in tcp tcp:80 tcp::80 tcp::8080:80 sctp:8080:80 tcp:8080:0 tcp:65536:80 tcp:8080:80x tcp:1.2.3:8080:80 tcp:1:2:3:4:5 udp:-1:80; do
	refuses "user,forward=$forward" "net: forward=$forward: PROTOCOL:[ADDRESS:]PORT:GUESTPORT is expected"
done
refuses "user,pcap=$dir/none/f" "net: pcap=$dir/none/f: cannot be written: No such file or directory"

# A port that this shell's child has; where it is does not matter.
cat >"$dir/hold.lua" <<-'LUA'
	local m = warpcore.machine{ board = "dts/ppce500.dts", serial = "tcp:0" }
	print(m.uart[0].host:match ":(%d+)")
	io.stdout:flush()
	io.read()
LUA
mkfifo "$dir/in"
"$warpcore" "$dir/hold.lua" <"$dir/in" >"$dir/port" 2>&1 &
pid=$!
exec 3>"$dir/in"
for _ in $(seq 100); do [ -s "$dir/port" ] && break; sleep 0.1; done
port=$(cat "$dir/port")
refuses "user,forward=tcp:$port:80" "port $port of the host cannot be had: Address already in use"
exec 3>&-
wait "$pid"
pid=
run "user,restrict,pcap=$dir/f.pcap" # without a kernel nothing happens, ever
grep -q 'nothing to run' "$dir/out"
result "without forwards nobody is waited for" $?
# 24 bytes of head: magic of ns, version 2.4, snap length, Ethernet.
[ "$(od -An -tx1 -v "$dir/f.pcap" | tr -d ' \n')" = 4d3cb2a1020004000000000000000000ffff000001000000 ]
result "an empty pcap file is a head" $?

cat >"$dir/options.lua" <<-'LUA'
	local function machine(net) return warpcore.machine{ board = "dts/ppce500.dts", net = net } end
	local m = machine{ forward = { "tcp:" .. arg[1] .. ":80" }, pcap = arg[2], restrict = true }
	assert(m.options.net == "user,forward=tcp:" .. arg[1] .. ":80,pcap=" .. arg[2] .. ",restrict", m.options.net)
	assert(m.dt["/virtio@e00000000/virtio@0"].coverage == "modelled")
	assert(m.stats:get "net0.frames_sent" == 0)
	assert(not pcall(machine, { forward = "tcp:" .. arg[1] .. ":80" }))
	m:close()
	m = machine{ forward = "udp:" .. arg[1] .. ":80" }
	assert(#m.influences == 0)
	for _, bad in ipairs{ 1, true, { forward = 1 }, { forward = { 80 } }, { pcap = "a,b" }, { restrict = 1 }, { ports = {} } } do
	  local ok, problem = pcall(machine, bad)
	  assert(not ok and problem:find "warpcore.machine: net", problem)
	end
	print "done"
LUA

timeout 60 "$warpcore" "$dir/options.lua" "$port" "$dir/g.pcap" >"$dir/out" 2>&1 </dev/null
[ "$(tail -n 1 "$dir/out")" = done ]
result "a table says the same as a text" $?

cd "$dir" || exit 1
echo 'warpcore.machine{ board = "dts/ppce500.dts", net = "user" }' >sandbox.lua
case $warpcore in /*) ;; *) warpcore=$OLDPWD/$warpcore ;; esac
# The check for leaks stops the process by ptrace, which the border denies.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
timeout 60 "$warpcore" --sandbox-weak sandbox.lua >out 2>&1 </dev/null
[ $? = 1 ] && grep -q "sandbox: warpcore.machine: net is not allowed" out
result "a script in the sandbox has no network" $?
echo 'warpcore.machine(warpcore.options)' >sandbox.lua
timeout 60 "$warpcore" --sandbox-weak -b dts/ppce500.dts --net user sandbox.lua >out 2>&1 </dev/null
result "but for what the command line names" $?
exit $failed
