# The host's end of a console: standard input and output, a pseudo terminal, a TCP port, and their recordings.
warpcore=${WARPCORE:-build/warpcore}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
uboot=/usr/lib/u-boot/qemu-ppce500/uboot.elf
machine="-b dts/ppce500.dts -k $uboot"

result() { # name status
	if [ "$2" = 0 ]; then echo "ok - $1"; else
		echo "not ok - $1"
		tail -n 20 "$dir"/* | sed 's/^/  # /'
		failed=1
	fi
}

# A user who presses a key when asked to, whatever the host's speed.
press() {
	for _ in $(seq 600); do
		grep -q 'Hit any key' "$dir/out" && break
		sleep 0.05
	done
	printf ' version\n'
}
: >"$dir/out"
press | timeout 90 "$warpcore" $machine --run 300ms --record "$dir/log" >"$dir/out" 2>"$dir/err"
[ $? = 0 ] && grep -q '=> version' "$dir/out" && [ "$(grep -c '^U-Boot 20' "$dir/out")" = 2 ]
result "standard input types" $?
timeout 90 "$warpcore" $machine --run 300ms --replay "$dir/log" </dev/null >"$dir/again" 2>"$dir/err"
[ $? = 0 ] && cmp -s "$dir/out" "$dir/again"
result "a replay of it prints the same" $?
sed -i 's/ input / output /' "$dir/log"
timeout 60 "$warpcore" $machine --run 40ms --replay "$dir/log" </dev/null >"$dir/again" 2>"$dir/err"
[ $? = 1 ] && [ "$(wc -l <"$dir/err")" = 1 ] && grep -q "log:[0-9]*: " "$dir/err"
result "a damaged recording is one line with its place" $?

cat >"$dir/end.lua" <<-'LUA'
	-- Both ends of a UART: the script at the guest's, a process at the host's.
	local options = { board = "dts/ppce500.dts", kernel = ..., serial = arg[2] }
	local m = warpcore.machine(options)
	print(m.uart[0].host)
	io.stdout:flush()
	m.uart[0]:expect("version", { wall = 240 })
	m.uart[0]:expect("=> ", { wall = 240 })
	print(table.concat(m.influences, " "))
	m:run{ wall = 0.5 } -- what was sent is read before the terminal goes
LUA
if command -v python3 >/dev/null; then
	cat >"$dir/talk.py" <<-'PY'
		import os, re, socket, subprocess, sys, time
		warpcore, script, uboot, spec = sys.argv[1:]
		p = subprocess.Popen([warpcore, script, uboot, spec], stdout=subprocess.PIPE, text=True)
		name = p.stdout.readline().strip()
		if spec == "pty":
		    fd = os.open(name, os.O_RDWR | os.O_NOCTTY)
		    read, write = (lambda: os.read(fd, 4096)), (lambda b: os.write(fd, b))
		else:
		    host, port = name.split(":")
		    s = socket.create_connection((host, int(port)))
		    read, write = (lambda: s.recv(4096)), s.sendall
		text = b""
		end = time.time() + 30
		while b"Hit any key" not in text and time.time() < end:
		    text += read()
		write(b" ")
		while b"=> " not in text and time.time() < end:
		    text += read()
		write(b"version\n")
		while text.count(b"=> ") < 2 and time.time() < end:
		    text += read()
		p.wait()
		out = p.stdout.read()
		sys.exit(0 if b"U-Boot 20" in text and p.returncode == 0 and out.strip() == "input" else 1)
	PY
	for spec in pty tcp:0; do
		timeout 300 python3 "$dir/talk.py" "$warpcore" "$dir/end.lua" $uboot $spec >"$dir/out" 2>"$dir/err"
		result "serial $spec carries keys and text, and marks the run" $?
	done
	python3 -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1]); sys.stdout.flush(); time.sleep(300)' >"$dir/port" &
	holder=$!
	for _ in $(seq 300); do [ -s "$dir/port" ] && break; sleep 0.2; done
	"$warpcore" $machine --run 1ms --serial "tcp:$(cat "$dir/port")" >"$dir/out" 2>"$dir/err"
	[ $? = 1 ] && [ "$(wc -l <"$dir/err")" = 1 ] && grep -q 'Address already in use' "$dir/err"
	result "a port in use is one line" $?
	kill $holder
else
	echo "ok - serial pty and tcp # skip there is no python3"
fi
for spec in tcp:x tcp:99999 usb file:/nowhere/x; do
	"$warpcore" $machine --run 1ms --serial $spec >"$dir/out" 2>"$dir/err"
	[ $? = 1 ] && [ "$(wc -l <"$dir/err")" = 1 ]
	result "serial $spec is one line" $?
done
exit $failed
