# The command line: options, exit statuses, what goes to stdout and stderr, the prompt on a pipe.
warpcore=${WARPCORE:-build/warpcore}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
board=dts/ppce500.dts
uboot=/usr/lib/u-boot/qemu-ppce500/uboot.elf

result() { # name, condition's status
	if [ "$2" = 0 ]; then echo "ok - $1"; else
		echo "not ok - $1"
		sed 's/^/  # stdout: /' "$dir/out"
		sed 's/^/  # stderr: /' "$dir/err"
		failed=1
	fi
}

# check NAME STATUS STDOUT STDERR ARGUMENTS...: patterns are extended regular expressions over the whole; "" is nothing.
check() {
	local name=$1 status=$2 out=$3 err=$4 got
	shift 4
	timeout 60 "$warpcore" "$@" >"$dir/out" 2>"$dir/err" <"${input:-/dev/null}"
	got=$?
	matches "$out" "$dir/out" && matches "$err" "$dir/err" && [ "$got" = "$status" ]
	result "$name (status $got)" $?
}

matches() { # pattern file
	if [ -z "$1" ]; then [ ! -s "$2" ]; else tr '\n' '~' <"$2" | grep -qE -- "$1"; fi
}

check "--version" 0 '^warpcore [0-9]+\.[0-9]+\.[0-9]+~$' '' --version
check "-v" 0 '^warpcore [0-9]' '' -v
check "--help" 0 '^usage: warpcore' '' --help
check "an unknown option is a usage error" 2 '' '^warpcore: unknown or wrong option --frobnicate[^~]*~$' --frobnicate
check "an unknown letter is a usage error" 2 '' '^warpcore: unknown option -Z[^~]*~$' -Z
check "a missing value is a usage error" 2 '' '^warpcore: option --board needs a value[^~]*~$' --board
check "a wrong number is a usage error" 2 '' '^warpcore: --cores many[^~]*~$' --cores many

for option in core engine timing idle; do
	for value in $("$warpcore" --help | sed -n "s/,.*//; s/^ *--$option [A-Z]* *//p" | tr -d '|'); do
		check "--$option $value of --help is taken" 0 '' '' --board $board --$option "$value" \
			-e 'warpcore.machine(warpcore.options):close()'
	done
done

check "-e runs code" 0 '^7~$' '' -e 'print(3 + 4)'
check "-e runs in order" 0 '^1~2~$' '' -e 'print(1)' -e 'print(2)'
check "an error that is no text" 1 '' '^warpcore: \(error object is a table value\)~stack traceback:' -e 'error {}'
check "an error that tells its text" 1 '' '^warpcore: mine~stack traceback:' \
	-e 'error(setmetatable({}, { __tostring = function() return "mine" end }))'
check "an error in -e" 1 '' '^warpcore: \(command line\):1: boom~stack traceback:' -e 'error "boom"'

cat >"$dir/args.lua" <<-'LUA'
	print(#arg, arg[0]:match "[^/]*$", arg[1], ...)
LUA
check "a script gets its arguments" 0 '^2.args\.lua.-x.-x.y~$' '' "$dir/args.lua" -x y
echo 'local x = nil; print(x.y)' >"$dir/bad.lua"
check "an error in a script has its line and a traceback" 1 '' 'bad\.lua:1: attempt to index.*~stack traceback:' "$dir/bad.lua"
echo 'local = 3' >"$dir/syntax.lua"
check "a syntax error has its line" 1 '' '^warpcore: .*syntax\.lua:1: [^~]*~$' "$dir/syntax.lua"
check "a script that is not there" 1 '' '^warpcore: cannot open nowhere\.lua[^~]*~$' nowhere.lua
echo 'os.exit(3)' >"$dir/exit.lua"
check "os.exit" 3 '' '' "$dir/exit.lua"
input=$dir/args.lua check "- is the script on standard input" 0 '^0.-.nil~$' '' -

check "warpcore.options has the options" 0 '^a\.dts.3.64M.2us.hi~$' '' -b a.dts -n 3 --memory 64M --quantum=2us -a hi \
	-e 'local o = warpcore.options print(o.board, o.cores, o.memory, o.quantum, o.append)'
truncate -s 64K "$dir/a.img" "$dir/b.img" "$dir/c.img"
check "the options have the virtio devices" 0 '^a.img nil nil~b.img true nil~c.img nil c.cow~true pty 7~$' '' \
	--disk a.img --disk b.img,ro --disk c.img,overlay=c.cow --entropy --console pty --seed 7 \
	-e 'local o = warpcore.options for _, d in ipairs(o.disks) do print(d.file .. " " .. tostring(d.readonly) .. " " .. tostring(d.overlay)) end
		print(tostring(o.entropy) .. " " .. o.console .. " " .. math.tointeger(o.seed))'
check "--disk, --entropy and --console make devices" 0 '^block 0~block 1~block 2~entropy~console~2~$' '' -b $board \
	--disk "$dir/a.img" --disk "$dir/b.img,ro" --disk "$dir/c.img,overlay=$dir/c.cow" --entropy --console "file:$dir/hvc0" -e '
	local m = warpcore.machine(warpcore.options)
	for i = 0, 4 do
		local node = m.dt[("/virtio@e00000000/virtio@%x"):format(i * 0x1000)]
		print(node["warpcore,device"] .. (i < 3 and " " .. node["warpcore,disk"] or ""))
	end
	print(#m.uart)'
check "a disk without a name" 2 '' '^warpcore: --disk ,ro: the name of an image is expected~$' --disk ,ro
check "a disk with an unknown suffix" 2 '' '^warpcore: --disk a.img,rw: behind the comma, "ro" or "overlay=FILE" is expected~$' \
	--disk a.img,rw
check "an overlay without a name" 2 '' '^warpcore: --disk a.img,overlay=: behind the comma[^~]*~$' --disk a.img,overlay=
check "too many disks" 2 '' '^warpcore: --disk: at most 8 are allowed~$' $(seq -f '--disk %g.img' 9)
check "a seed that is no number" 2 '' '^warpcore: --seed soon: a number from 0 on is expected~$' --seed soon
check "a negative seed" 2 '' '^warpcore: --seed -1: a number from 0 on is expected~$' --seed -1
check "a seed that is too large" 2 '' '^warpcore: --seed 9223372036854775808: a number[^~]*~$' --seed 9223372036854775808
check "the options make a machine" 0 '^3 4096~$' '' -b $board -n 3 -m 64M --quantum 4096ns \
	-e 'local m = warpcore.machine(warpcore.options) io.write(#m.cores, " ", m.quantum, "\n")'

printf '1 + 1\nfor i = 1, 2 do\nio.write(i)\nend\n= "a", nil\nx = { 1, b = "c" }\nx\n' >"$dir/input"
input=$dir/input check "the prompt on a pipe" 0 '^2~12a.nil~\{ 1, b = "c" \}~$' ''
printf 'error "one"\nprint "two"\nnothere\n' >"$dir/input"
input=$dir/input check "it goes on after errors, and the status tells" 1 '^two~$' 'stdin:1: one~.*undefined global .nothere'
printf 'print(1\n' >"$dir/input"
input=$dir/input check "an unfinished chunk is an error" 1 '' "stdin:1: .*expected"
printf 'y\n' >"$dir/input"
input=$dir/input check "-i prompts after -e" 0 '^5~$' '' -i -e 'y = 5'

check "--run ends after its time" 0 'U-Boot 20.*DRAM:  256 MiB' '' -b $board -k $uboot --run 5ms
check "--serial file:F" 0 '' '' -b $board -k $uboot --run 5ms --serial "file:$dir/serial"
grep -q 'U-Boot 20' "$dir/serial"; result "the file has the console" $?
check "--stats FILE" 0 'U-Boot' '' -b $board -k $uboot --run 5ms --stats "$dir/stats.csv"
grep -q '^,core0.insns,2000000,insns,' "$dir/stats.csv"; result "the file has the statistics of the end" $?
check "--trace FILE" 0 'U-Boot' '' -b $board -k $uboot --run 5ms --trace "$dir/trace.json"
tr -d '\n' <"$dir/trace.json" | grep -q '"dur":5000.000,"name":"running"}.*"deterministic":true.*}$'
result "the file has a timeline of all of the run" $?
sed 's/serial@4500 {/& status = "disabled";/' $board >"$dir/mute.dts"
check "a board without a serial port runs" 0 '' '' -b "$dir/mute.dts" -k $uboot --run 1ms
check "one that was asked for is missed" 1 '' 'no serial port for serial "stdio"' -b "$dir/mute.dts" --run 1ms --serial stdio
if (ulimit -v 110000; "$warpcore" --version >/dev/null 2>&1); then # a sanitizer's program needs more
	few() { (ulimit -v 110000; exec "$warpcore" -b $board -n 8 -m 64M -k $uboot --threads 8 --run 1ms); }
	few >"$dir/out" 2>"$dir/few"
	[ $? = 1 ] && grep -qE 'no room for 8 of them|no memory left' "$dir/few"
	result "threads that the host has no room for" $?
fi
check "nothing to run is no deadlock" 2 '' '^warpcore: nothing to run: [^~]*-k FILE[^~]*~$' -b $board --run 1s

dtc -q -I dts -O dtb -b 1 -o "$dir/second.dtb" $board
check "no board" 1 '' '^warpcore: [^~]*a board is needed[^~]*~$' --run 1s
check "a board that is not there" 1 '' '^warpcore: [^~]*nowhere\.dtb[^~]*~$' -b nowhere.dtb --run 1s
check "a board that is a directory" 1 '' "^warpcore: [^~]*$dir[^~]*~\$" -b "$dir" --run 1s
check "a kernel that is not there" 1 '' '^warpcore: [^~]*nowhere\.elf[^~]*~$' -b $board -k nowhere.elf --run 1s
check "an engine that there is not" 1 '' '^warpcore: [^~]*engine "magic"[^~]*~$' -b $board --engine magic --run 1s
check "a time that is none" 1 '' '^warpcore: [^~]*is not a time[^~]*~$' -b $board --run soon
head -c 100 $board >"$dir/cut.dts"
check "dtc's own message is passed on" 1 '' 'cut\.dts' -b "$dir/cut.dts" --run 1s
check "the core type" 0 '^e500mc~$' '' -b $board --core e500mc -e 'print(warpcore.machine(warpcore.options).cores[1].model)'
check "a core type that there is not" 1 '' '^warpcore: [^~]*"e600" is not a core type[^~]*~$' -b $board --core e600 --run 1s
check "a disk image that is not there" 1 '' '^warpcore: [^~]*nowhere\.img: No such file[^~]*~$' -b $board --disk nowhere.img --run 1s
check "a disk image that is a directory" 1 '' "^warpcore: [^~]*$dir: Is a directory~\$" -b $board --disk "$dir" --run 1s
check "an overlay of a disk image that is not there" 1 '' '^warpcore: [^~]*nowhere\.img: No such file[^~]*~$' \
	-b $board --disk "nowhere.img,overlay=$dir/new.cow" --run 1s
[ ! -e "$dir/new.cow" ]; result "no overlay is left from that" $?
exec 9<>"$dir/a.img"
flock 9
check "a disk image that another run has" 1 '' '^warpcore: [^~]*a\.img: is in use by another run, or by another machine of this one~$' -b $board --disk "$dir/a.img" --run 1s
exec 9>&-
chmod 444 "$dir/a.img"
reader=$warpcore
[ "$(id -u)" != 0 ] || reader="setpriv --reuid 65534 --clear-groups $warpcore"
chmod 755 "$dir"
if $reader --version >"$dir/out" 2>&1; then
	$reader -b $board --disk "$dir/a.img" --run 1s >"$dir/out" 2>"$dir/err" </dev/null
	[ $? = 1 ] && matches '^warpcore: [^~]*a\.img: Permission denied \(to be written; it can be opened read only\)~$' "$dir/err"
	result "a disk image that may not be written" $?
else
	echo "ok - a disk image that may not be written # skip another user cannot run $warpcore"
fi
check "one host's end for both consoles" 1 '' '^warpcore: [^~]*cannot both be "stdio"~$' -b $board --serial stdio --console stdio --run 1s
check "a console's end that there is not" 1 '' '^warpcore: console: [^~]*"magic" is unknown[^~]*~$' -b $board --console magic --run 1s
check "fewer cores than the number of the one that boots" 1 '' '^warpcore: [^~]*second.dtb: the boot core is number 1, of 1 cores~$' \
	-b "$dir/second.dtb" -n 1 --run 1s
echo 'warpcore.machine{ board = "nowhere.dts" }' >"$dir/board.lua"
check "bad input from a script: one line with the script's" 1 '' '^warpcore: [^~]*board\.lua:1: [^~]*nowhere\.dts[^~]*~$' "$dir/board.lua"

"$warpcore" -e 'io.write "on\n" io.flush(); ("a"):rep(200):find(("a*"):rep(30) .. "b")' >"$dir/out" 2>"$dir/err" &
pid=$!
until grep -q on "$dir/out"; do sleep 0.1; done
for _ in 1 2 3 4 5; do kill -INT $pid; sleep 0.2; done 2>/dev/null
kill -KILL $pid 2>/dev/null # it is gone, or the test fails
wait $pid; got=$?
[ $got = 130 ]
result "Ctrl-C again and again ends what nothing else ends (status $got)" $?

cat >"$dir/callback.lua" <<-'LUA'
	local m = warpcore.machine(warpcore.options)
	m:timer{ after = "1us", on = function() error "boom" end }
	local ev = m:run{ ["for"] = "1ms" }
	print(ev.time, ...)
	if ... then print(ev.reason) end
LUA
check "an error in a callback that nobody looks at" 1 '^1000~$' \
	'the run ended with "error".* at 1us: .*callback\.lua:2: boom~stack traceback' -b $board "$dir/callback.lua"
check "an error in a callback that the script deals with" 0 '^1000.x~error~$' '' -b $board "$dir/callback.lua" x
echo 'nothere()' >>"$dir/callback.lua"
check "both errors, when the script goes on to another" 1 '^1000~$' 'callback\.lua:6: undefined.*callback\.lua:2: boom' -b $board \
	"$dir/callback.lua"
printf 'm = warpcore.machine(warpcore.options)\nt = m:timer{ after = 1, on = function() error "boom" end }\nev = m:run()\n7\n' \
	>"$dir/input"
input=$dir/input check "an error in a callback at the prompt, at once" 1 '^7~$' '^warpcore: the run ended.*boom' -b $board

cat >"$dir/waits.lua" <<-'LUA'
	local m = warpcore.machine(warpcore.options)
	warpcore.spawn(function() m:at{ time = "1s" }:wait() end)
	m:close()
LUA
check "a function that waits for a machine that was closed" 1 '' 'still waits \(handle:wait\), but its machine was closed~' \
	-b $board "$dir/waits.lua"

for last in 'os.exit(0)' 'error "boom"' 'm:timer{ after = 1, on = function() os.exit(1) end } m:run()'; do
	rm -f "$dir/stats.csv" "$dir/trace.json"
	printf 'local m = warpcore.machine(warpcore.options)\nm:run{ ["for"] = "10us" }\n%s\n' "$last" >"$dir/early.lua"
	"$warpcore" -b $board -k $uboot --stats "$dir/stats.csv" --trace "$dir/trace.json" "$dir/early.lua" >"$dir/out" 2>"$dir/err"
	grep -q '^,core0.insns,400[01],' "$dir/stats.csv" && tail -c 3 "$dir/trace.json" | grep -q '}}'
	result "files are complete after $last" $?
done

exit $failed
