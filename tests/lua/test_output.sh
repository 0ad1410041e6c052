#!/usr/bin/env bash
# What was written is there: full devices are told of, ended runs leave whole files, slow readers miss nothing.
warpcore=${WARPCORE:-build/warpcore}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$dir"' EXIT
failed=0
uboot=/usr/lib/u-boot/qemu-ppce500/uboot.elf

result() { # name, status
	if [ "$2" = 0 ]; then echo "ok - $1"; else
		failed=1
		echo "not ok - $1 ($(head -c 300 "$dir/err"))"
	fi
}

full() { # name, file that the message names, argument...
	local name=$1 file=$2 status
	shift 2
	"$warpcore" "$@" </dev/null >/dev/full 2>"$dir/err"
	status=$?
	[ $status = 1 ] && [ "$(grep -c "^warpcore: " "$dir/err")" = 1 ] && grep -q "$file: .*No space left on device" "$dir/err"
	result "a full device: $name" $?
}

board=(-b dts/ppce500.dts -n 1 -m 128M -k "$uboot")
full "print" "standard output" -e 'print(1)'
full "print, again and again" "standard output" -e 'while true do print(1) end'
full "the console" "standard output" "${board[@]}" --run 500ms
full "the console's file" /dev/full "${board[@]}" --serial file:/dev/full --run 500ms
full "a recording" /dev/full "${board[@]}" --serial file:/dev/null --run 1ms --record /dev/full
full "a timeline" /dev/full "${board[@]}" --serial file:/dev/null --run 1ms --trace /dev/full
full "a capture of the network" /dev/full "${board[@]}" --serial file:/dev/null --run 1ms --net user,pcap=/dev/full
full "the ledger of warps" /dev/full "${board[@]}" -e 'local m = warpcore.machine(warpcore.options)
	m.warp:stream "/dev/full" m:run{ ["for"] = "20ms" } m.warp:stream(nil)'

"$warpcore" -e 'while true do print(1) end' 2>"$dir/err" | head -n 1 >/dev/null
[ "${PIPESTATUS[0]}" = 1 ] && grep -q "standard output: Broken pipe" "$dir/err"
result "a pipe that nobody reads" $?

# The guest prints on and on; the file has its first line before the signal comes.
ended() { # signal, status
	local pid status
	rm -f "$dir"/console "$dir"/log "$dir"/trace.json "$dir"/stats.csv
	"$warpcore" "${board[@]}" --serial "file:$dir/console" --idle realtime --run 1000s --trace "$dir/trace.json" \
		--record "$dir/log" --stats "$dir/stats.csv" </dev/null >"$dir/out" 2>"$dir/err" &
	pid=$!
	until grep -q 'U-Boot 20' "$dir/console" 2>/dev/null; do sleep 0.05; done
	kill -"$1" $pid
	wait $pid
	status=$?
	[ $status = "$2" ] && grep -q "ended by SIG$1" "$dir/err"; result "SIG$1 ends a run with status $2" $?
	tail -c 20 "$dir/trace.json" | grep -q '}}$'; result "its timeline is whole" $?
	grep -q '^,core0.insns,' "$dir/stats.csv"; result "its statistics are there" $?
	"$warpcore" "${board[@]}" --serial "file:$dir/again" --run 1ms --replay "$dir/log" </dev/null >"$dir/out" 2>"$dir/err"
	[ $? = 1 ] && grep -q "$dir/log" "$dir/err" || [ ! -s "$dir/err" ]; result "its recording is read" $?
}
ended TERM 143
ended HUP 129

# A sweep whose copies never end: SIGTERM ends them, too.
cat >"$dir/sweep.lua" <<'END'
warpcore.sweep{ vary = { n = { 1, 2, 3 } }, jobs = 2, run = function(p)
  if p.n > 1 then print "on" io.stdout:flush() while true do end end
  return p.n
end }
END
rm -f "$dir/out"
"$warpcore" "$dir/sweep.lua" </dev/null >"$dir/out" 2>"$dir/err" &
pid=$!
until grep -q on "$dir/out" 2>/dev/null; do sleep 0.05; done
copies=$(cat /proc/$pid/task/$pid/children)
kill -TERM $pid
wait $pid
status=$?
# shellcheck disable=SC2086
[ $status = 143 ] && [ -n "$copies" ] && ! kill -0 $copies 2>/dev/null; result "SIGTERM ends a sweep with its copies" $?

input=$(mktemp -u "$dir/fifo.XXXX")
mkfifo "$input"
"$warpcore" -i <"$input" >"$dir/out" 2>"$dir/err" &
pid=$!
exec 4>"$input"
echo 'print "here"' >&4
until grep -q here "$dir/out"; do sleep 0.05; done
kill -TERM $pid
wait $pid
[ $? = 143 ]; result "SIGTERM ends a prompt that waits for a line" $?
exec 4>&-

# Lines with numbers, as fast as the guest can, to a reader that is slow.
cat >"$dir/lines.lua" <<'END'
local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 1, memory = "64M", serial = arg[1] }
local core = m.cores[0]
core:map{ ea = 0, pa = 0, size = "16M", index = 0 }
core:map{ ea = 0xe0000000, pa = 0xfe0000000, size = "1M", index = 1 }
core:assemble(0x1000, [[
  lis r4,0xe000; ori r4,r4,0x4500
  li r10,0
  line: li r6,28
  digit: srw r7,r10,r6
  andi. r7,r7,15
  addi r7,r7,0x61
  stb r7,0(r4)
  addi r6,r6,-4
  cmpwi r6,0
  bge digit
  li r7,10; stb r7,0(r4)
  addi r10,r10,1
  cmpwi r10,20000
  blt line
  x: b x
]])
core:release(0x1000)
print(m.uart[0].host) io.stdout:flush()
io.read "l"
m:run{ ["for"] = "1s" }
m:close()
END
for n in $(seq 0 19999); do printf '%08x\n' "$n"; done | tr '0-9a-f' 'a-p' >"$dir/wanted"

slow() {
	while dd bs=4096 count=1 status=none of="$dir/chunk" 2>/dev/null && [ -s "$dir/chunk" ]; do
		cat "$dir/chunk"
		sleep 0.005
	done
}

for kind in tcp:0 pty; do
	rm -f "$dir/go" "$dir/out"
	mkfifo "$dir/go"
	"$warpcore" "$dir/lines.lua" $kind 4>&- 5>&- <"$dir/go" >"$dir/out" 2>"$dir/err" &
	exec 4>"$dir/go"
	machine=$!
	until [ -s "$dir/out" ] && kill -0 $machine; do sleep 0.05; done
	place=$(cat "$dir/out")
	if [ $kind = pty ]; then exec 5<"$place"; else exec 5<>"/dev/tcp/127.0.0.1/${place##*:}"; fi
	slow <&5 >"$dir/got" &
	reader=$!
	sleep 0.3
	echo >&4
	exec 4>&-
	wait $machine
	exec 5<&-
	wait $reader
	cmp -s "$dir/wanted" "$dir/got"
	result "a slow reader of a $kind gets each line" $?
done
exit $failed
