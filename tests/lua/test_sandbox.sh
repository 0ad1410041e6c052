# --sandbox: what a script of others may not do is an error that names it; what it may do works.
warpcore=$(realpath "${WARPCORE:-build/warpcore}")
top=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
mkdir "$dir/run" "$dir/outside"
echo secret >"$dir/outside/secret"
ln -s "$dir/outside" "$dir/run/link"
ln -s "$dir/outside/new" "$dir/run/dangling"
ln -s "$dir/outside/secret" "$dir/run/leading.dts"
cd "$dir/run" || exit 1
# The check for leaks stops the process by ptrace, which the border denies.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
sandbox=--sandbox
"$warpcore" --sandbox -e "" 2>/dev/null || sandbox=--sandbox-weak # a kernel without Landlock

# try NAME STATUS WORDS CODE: with the sandbox; WORDS must be in what it prints.
try() {
	timeout 120 "$warpcore" $sandbox "${options[@]}" -e "$4" >"$dir/out" 2>"$dir/err" </dev/null
	local status=$?
	if [ $status = "$2" ] && cat "$dir/out" "$dir/err" | grep -qF -- "$3"; then
		echo "ok - $1"
	else
		echo "not ok - $1 (status $status)"
		sed 's/^/  # /' "$dir/out" "$dir/err"
		failed=1
	fi
}
options=()
denied() { try "$1" 1 "$2" "$3"; }
allowed() { try "$1" 0 "done" "$2 print 'done'"; }

denied "os.execute" "sandbox: os.execute is not allowed" "os.execute 'touch x'"
denied "io.popen" "sandbox: io.popen is not allowed" "io.popen 'ls'"
denied "os.getenv" "sandbox: os.getenv is not allowed" "os.getenv 'HOME'"
denied "os.tmpname" "sandbox: os.tmpname is not allowed" "os.tmpname()"
denied "an absolute path" "io.open may not touch '/etc/passwd'" "io.open '/etc/passwd'"
denied "a path upwards" "io.open may not touch '../outside/secret'" "io.open '../outside/secret'"
denied "a link that leads out" "io.open may not touch 'link/secret'" "io.open 'link/secret'"
denied "writing through a link" "may not touch 'dangling'" "io.open('dangling', 'w')"
denied "io.lines" "io.lines may not touch" "for l in io.lines '/etc/passwd' do print(l) end"
denied "io.output" "io.output may not touch" "io.output '/tmp/x'"
denied "os.remove" "os.remove may not touch" "os.remove '../outside/secret'"
denied "os.rename" "os.rename may not touch" "os.rename('../outside/secret', 'mine')"
denied "dofile" "loadfile may not touch" "dofile '../outside/secret'"
denied "require of what is outside" "module 'secret' not found" "package.path = '../outside/?' require 'secret'"
denied "a library in C" "sandbox: package.loadlib is not allowed" "package.loadlib('x.so', '*')"
denied "bytecode" "attempt to load a binary chunk" "assert(load(string.dump(function() end), 'x', 'b'))"
denied "the debug library" "sandbox: debug.getregistry is not allowed" "debug.getregistry()"
denied "upvalues" "sandbox: debug.getupvalue is not allowed" "debug.getupvalue(help, 1)"
denied "a machine's board from elsewhere" "board may not touch '/etc/passwd'" "warpcore.machine{ board = '/etc/passwd' }"
board_of() { # TEXT: a script that writes it into a board's source and makes a machine of it
	echo "local f = io.open('mine.dts', 'w') f:write([[$1]]) f:close() warpcore.machine{ board = 'mine.dts' }"
}
denied "a host file in a board's source" "/incbin/ in 'mine.dts' is not allowed" \
	"$(board_of '/dts-v1/; / { x = /incbin/("../outside/secret"); };')"
denied "a source of elsewhere in a board's" "may name a file of its own directory only" "$(board_of '/include/ "../outside/secret"')"
denied "a source through a link" "may not touch 'leading.dts'" "$(board_of '/include/ "leading.dts"')"
denied "a host file in a source that a board's names" "/incbin/ in 'inner.dtsi' is not allowed" \
	"local f = io.open('inner.dtsi', 'w') f:write '/ { x = /incbin/(\"/etc/passwd\"); };' f:close() $(board_of '/dts-v1/; /include/ "inner.dtsi"')"
allowed "a board's source that names another" "warpcore.machine{ board = 'dts/ppce500mc.dts' }"
denied "a directory from elsewhere for the guest" "semihost may not touch '../outside'" \
	"warpcore.machine{ board = 'dts/ppce500.dts', semihost = '../outside' }"
denied "a directory for the guest through a link" "semihost may not touch 'link'" \
	"warpcore.machine{ board = 'dts/ppce500.dts', semihost = 'link' }"
denied "a port of the network" "may not be a port" "warpcore.machine{ board = 'dts/ppce500.dts', serial = 'tcp:0' }"
denied "a console into a file elsewhere" "serial may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts', serial = 'file:../outside/x' }"
denied "statistics into a file elsewhere" "io.open may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts' }.stats:write '../outside/x.json'"
denied "a timeline into a file elsewhere" "perfetto may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts' }.trace:perfetto '../outside/x.json'"
denied "a recording into a file elsewhere" "record may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts', record = '../outside/x' }"
denied "a disk from elsewhere" "disks[1] may not touch '../outside/secret'" \
	"warpcore.machine{ board = 'dts/ppce500.dts', disks = { '../outside/secret' } }"
denied "a disk from elsewhere, in a table" "disks[2] may not touch '/etc/passwd'" \
	"warpcore.machine{ board = 'dts/ppce500.dts', disks = { 'mine', { file = '/etc/passwd', readonly = true } } }"
denied "an overlay elsewhere" "disks[1]: overlay may not touch '../outside/new'" \
	"warpcore.machine{ board = 'dts/ppce500.dts', disks = { { file = 'mine', overlay = '../outside/new' } } }"
denied "a virtio console into a file elsewhere" "console may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts', console = 'file:../outside/x' }"
denied "a virtio console at a port of the network" "console may not be a port" \
	"warpcore.machine{ board = 'dts/ppce500.dts', console = 'tcp:0' }"
denied "options that change between check and use" "a board is needed" "
	local asked = 0
	warpcore.machine(setmetatable({}, { __index = function(_, name)
		if name ~= 'board' then return nil end
		asked = asked + 1
		return asked == 1 and 'dts/ppce500.dts' or '/etc/passwd'
	end }))"
denied "symbols from elsewhere" "m.symbols:load may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts' }.symbols:load '/bin/ls'"
denied "jobs of another program" "sandbox: warpcore.sweep: on is not allowed" \
	"warpcore.sweep{ vary = { a = { 1 } }, run = print, on = 'parallel' }"
denied "changing the options is no way out" "board may not touch" \
	"warpcore.options.board = '/etc/passwd' warpcore.machine(warpcore.options)"

denied "the warp ledger into a file elsewhere" "m.warp:stream may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts' }.warp:stream '../outside/x'"
denied "looking for files elsewhere" "package.searchpath is not allowed" "package.searchpath('secret', '../outside/?')"
denied "jobs of another program, by the options" "sandbox: warpcore.sweep: on is not allowed" "
	warpcore.options.on = 'parallel'
	warpcore.sweep{ vary = { a = { 1 } }, run = print, on = warpcore.options.on }"
allowed "options that are changed later say nothing to a sweep" "
	warpcore.options.on = 'parallel'
	assert(warpcore.sweep{ vary = { a = { 1 } }, run = function() return 1 end }[1].ok)"
denied "an option that nobody has thought of" "warpcore.machine: later is not allowed" \
	"warpcore.machine{ board = 'dts/ppce500.dts', later = '../outside/secret' }"
denied "a directory for the guest elsewhere" "semihost may not touch '../outside'" \
	"warpcore.machine{ board = 'dts/ppce500.dts', semihost = '../outside' }"
denied "a directory for the guest elsewhere: Warpcore's own" "semihost may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts', semihost = '$top/lua' }"
denied "the host's network" "net is not allowed" "warpcore.machine{ board = 'dts/ppce500.dts', net = 'user' }"
for replaced in "type = function() return 'nil' end" "string.match = function() end" "string.format = function() return '' end" \
	"pairs = function() return function() end end ipairs = pairs next = pairs" "getmetatable('').__index = {}"; do
	denied "a port of the network, with $replaced" "may not be a port" \
		"$replaced warpcore.machine{ board = 'dts/ppce500.dts', serial = 'tcp:0' }"
	denied "an input elsewhere, with $replaced" "io.input may not touch" "$replaced io.input '/etc/passwd'"
done
denied "a result file elsewhere, with an io.open of its own" "may not touch '../outside/x.json" "
	io.open = function() return { write = function() return true end, close = function() return true end } end
	warpcore.machine{ board = 'dts/ppce500.dts' }.stats:write '../outside/x.json'"
denied "a pattern that runs for ever" "a call of a library function, or a finalizer, has taken more than 5 seconds" \
	"('a'):rep(200):find(('a*'):rep(30) .. 'b')"
denied "one in a callback" "a call of a library function" "
	local m = warpcore.machine{ board = 'dts/ppce500.dts' }
	m:timer{ after = 1, on = function() ('a'):rep(200):find(('a*'):rep(30) .. 'b') end } m:run()"
denied "one in a sweep: the others are kept" "1 the process ended with status 1" "
	local rows = warpcore.sweep{ vary = { n = { 1, 2 } }, jobs = 2, run = function(p)
		if p.n == 2 then ('a'):rep(200):find(('a*'):rep(30) .. 'b') end
		return p.n
	end }
	print(rows[1].results.result .. ' ' .. rows[2].error) error 'end'"
denied "a finalizer that runs for ever" "a metatable with __gc is not allowed" \
	"setmetatable({}, { __gc = function() while true do end end }) collectgarbage()"

denied "memory" "sandbox: the budget of 256 MiB of Lua's memory is used up" \
	"local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end"
denied "memory in a callback" "the budget of 256 MiB" "
	local m = warpcore.machine{ board = 'dts/ppce500.dts' }
	m:timer{ after = '1us', on = function() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end }
	local ev = m:run{ ['for'] = '1ms' } print(ev.reason, ev.text) error 'end'"
denied "instructions of a callback" "the budget of 100 million Lua instructions of one callback is used up" "
	local m = warpcore.machine{ board = 'dts/ppce500.dts' }
	m:timer{ after = '1us', on = function() while true do pcall(function() while true do end end) end end }
	local ev = m:run{ ['for'] = '1ms' } print(ev.reason, ev.text) error 'end'"
allowed "the script goes on behind a callback that used up its budget" "
	local m = warpcore.machine{ board = 'dts/ppce500.dts' }
	m:timer{ after = '1us', on = function() while true do end end }
	assert(m:run{ ['for'] = '1ms' }.reason == 'error')
	for i = 1, 1e6 do end"

allowed "files below the directory of the run" "
	local f = assert(io.open('mine', 'w')) f:write 'text' f:close()
	for line in io.lines 'mine' do assert(line == 'text') end
	assert(os.rename('mine', 'yours')) assert(os.remove 'yours')"
allowed "a module below the directory of the run" "
	local f = assert(io.open('mod.lua', 'w')) f:write 'return 42' f:close()
	assert(require 'mod' == 42)"
allowed "a directory of the run for the guest, or none" "
	warpcore.machine{ board = 'dts/ppce500.dts', semihost = '.' }
	warpcore.machine{ board = 'dts/ppce500.dts', semihost = true }"
allowed "Warpcore's own boards, runs, waits, statistics" "
	local m = warpcore.machine{ board = 'dts/ppce500.dts' }
	m:timer{ every = '1ms', on = function() end }
	m:run{ ['for'] = '10ms' }
	m.stats:write('s.json', 's.csv')
	assert(io.open 's.json')"
allowed "a sweep" "
	local rows = warpcore.sweep{ vary = { a = { 1, 2 } }, run = function(p) return p.a end, out = 'sweep.csv' }
	assert(#rows == 2 and rows[2].ok)"
truncate -s 64K "$dir/image"
cp "$top/dts/ppce500.dts" tree.dts
cat >>tree.dts <<'DTS'
/ {
	disk@e10000000 {
		compatible = "virtio,mmio";
		reg = <0xe 0x10000000 0 0x200>;
		interrupt-parent = <&mpic>;
		interrupts = <220 2 0 0>;
		warpcore,device = "block";
		warpcore,file = "/etc/passwd";
	};
};
DTS
denied "a disk from elsewhere that the tree names" "/etc/passwd: the tree may not name this file" "warpcore.machine{ board = 'tree.dts' }"
options=(-b "$top/dts/ppce500.dts" --disk "$dir/image,ro")
allowed "a disk that the command line names" "warpcore.machine(warpcore.options)"
denied "to write what the command line gave to read" "disks[1] may not touch" \
	"warpcore.options.disks[1].readonly = nil warpcore.machine(warpcore.options)"
allowed "a disk below the directory of the run" "
	local f = assert(io.open('mine.img', 'w')) f:write(('x'):rep(4096)) f:close()
	warpcore.machine{ board = 'dts/ppce500.dts', disks = { 'mine.img' } }"
options=(--semihost=../outside)
allowed "the directory for the guest that the command line names" "
	warpcore.machine{ board = 'dts/ppce500.dts', semihost = warpcore.options.semihost }"
options=(-k /usr/lib/u-boot/qemu-ppce500/uboot.elf -b "$top/dts/ppce500.dts")
allowed "what the command line names" "
	local m = warpcore.machine(warpcore.options)
	m.uart[0]:expect('U-Boot', { timeout = '1s' })"
options+=(--stats "$dir/outside/wished.csv")
allowed "a file that the command line names" "warpcore.machine(warpcore.options):run{ insns = 10 }"
grep -q '^,core0.insns,10,' "$dir/outside/wished.csv" && rm "$dir/outside/wished.csv"
options=()
[ "$(cat "$dir/outside/secret")" = secret ] && [ "$(ls "$dir/outside")" = secret ]
[ $? = 0 ] && echo "ok - nothing outside was touched" || { echo "not ok - something outside was touched"; failed=1; }
exit $failed
