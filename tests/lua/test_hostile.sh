# Scripts of others that mean harm, under --sandbox: none reads the secret, touches what is outside, runs a program or
# holds up the host; each ends in a sentence or does nothing.
warpcore=$(realpath "${WARPCORE:-build/warpcore}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
mkdir "$dir/run" "$dir/outside"
echo TREASURE >"$dir/outside/secret"
chmod 644 "$dir/outside/secret"
printf '/ { model = "TREASURE"; };\n' >"$dir/outside/secret.dtsi"
ln -s ../outside "$dir/run/link"
ln -s /proc/self/root "$dir/run/root"
cd "$dir/run" || exit 1
# The check for leaks stops the process by ptrace, which the border denies.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
sandbox=--sandbox
"$warpcore" --sandbox -e '' 2>"$dir/err" || sandbox=--sandbox-weak # a kernel without Landlock
[ $sandbox = --sandbox ] || { grep -q 'sandbox-weak goes on' "$dir/err" || failed=1; }
before=$(cd "$dir/outside" && ls -l --time-style=full-iso && cat ./*)

# attempt NAME WORDS CODE: WORDS (a pattern of grep -E) must be in what it prints.
attempt() {
	echo "$3" >day.lua
	timeout 60 "$warpcore" $sandbox day.lua >"$dir/out" 2>"$dir/err" </dev/null
	local status=$? why=
	[ $status -lt 124 ] || why="status $status"
	grep -q TREASURE "$dir/out" "$dir/err" && why="the secret was read"
	[ "$(cd "$dir/outside" && ls -l --time-style=full-iso && cat ./*)" = "$before" ] || why="something outside was touched"
	[ ! -e ran ] || why="a program was run"
	cat "$dir/out" "$dir/err" | grep -qE -- "$2" || why="${why:-not the words}"
	[ -z "$why" ] && echo "ok - $1" && return
	echo "not ok - $1 ($why)"
	head -c 2000 "$dir/out" "$dir/err" | sed 's/^/  # /'
	failed=1
	rm -f ran
}
machine="local m = warpcore.machine{ board = 'dts/ppce500.dts' }"
open="local open = io.open"

# The script's own globals and metatables, which the library once called.
attempt "pairs that hands out what it is given" "held" "
	local old, seen = pairs, {}
	pairs = function(t) seen[#seen + 1] = t return old(t) end
	next, ipairs = pairs, pairs
	pcall(help) pcall(help, 'machine') $machine m.stats:write 's.json'
	for _, t in old(seen) do for _, f in old(t) do if f == io.popen then error 'found' end end end
	local popen = seen[1] and seen[1].popen
	assert(not popen) print 'held'"
attempt "string.gsub that names another file" "held" "
	string.gsub = function() return '../outside/secret' end string.format = string.gsub
	print(pcall(require, 'day2')) print(pcall(dofile, '../outside/secret')) print 'held'"
attempt "methods of all strings" "held" "
	getmetatable('').__index = { find = function() end, match = function() return 'x' end }
	assert(('a'):find 'a' == 1) print 'held'"
attempt "methods of strings through the table string" "held" "
	string.find = function() end assert(('a'):find 'a' == 1) print 'held'"
attempt "the metatable of files" "held" "
	local meta = getmetatable(io.stdout)
	meta.__index = { read = function() return '/dts-v1/; / { };' end, close = print } meta.__name = 'x'
	assert(io.stdout.read ~= meta.__index.read) print 'held'"
attempt "a file's read that hides /incbin/" "incbin/ in 'a.dts' is not allowed" "
	getmetatable(io.stdout).__index.read = function() return '' end
	local f = io.open('a.dts', 'w') f:write '/dts-v1/; / { x = /incbin/(\"../outside/secret\"); };' f:close()
	warpcore.machine{ board = 'a.dts' }"
attempt "the registry of classes" "held" "
	local c = warpcore.classes
	for _, class in pairs(c) do for _, r in pairs(class.members) do r.call = nil r.text = os.exit end end
	c.warpcore.methods.machine = nil
	$machine assert(m) print 'held'"
attempt "the registry of classes, emptied" "held" "
	for k in pairs(warpcore.classes) do warpcore.classes[k] = nil end $machine assert(#m.cores > 0) print 'held'"
attempt "tostring, type and select of its own" "may not touch" "
	tostring = function() return '.' end type = function() return 'nil' end select = type
	io.open '../outside/secret'"
attempt "a path with __tostring" "name of a file is expected" "
	io.open(setmetatable({}, { __tostring = function() return '../outside/secret' end }))"
attempt "a path with __index and __concat" "name of a file is expected" "
	os.rename(setmetatable({}, { __index = string, __concat = function() return '../outside/x' end }), 'x')"
attempt "package.loaded" "held" "
	package.loaded.io = { popen = print } package.loaded._G = {}
	assert(not pcall(io.popen, 'touch ran')) print 'held'"
attempt "package.preload of the library's names" "held" "
	package.preload['lua.lib.sandbox'] = function() return {} end
	assert(not pcall(io.popen, 'touch ran')) print 'held'"

# Programs.
attempt "io.popen" "io.popen is not allowed" "io.popen 'touch ran'"
attempt "os.execute" "os.execute is not allowed" "os.execute 'touch ran'"
attempt "a sweep on other systems" "is not allowed" \
	"warpcore.sweep{ vary = { a = { 1 } }, run = print, on = 'parallel:localhost' }"
attempt "a library in C" "not found" "
	local f = io.open('evil.so', 'w') f:write '\\127ELF' f:close()
	package.cpath = './?.so' require 'evil'"
attempt "loadlib" "loadlib is not allowed" "package.loadlib('./evil.so', '*')"
attempt "a dtc of the script's own" "held" "
	local f = io.open('dtc', 'w') f:write '#!/bin/sh\ntouch ran\n' f:close() $machine print 'held'"
attempt "bytecode" "binary chunk" "assert(load(string.dump(function() end), 'x', 'b'))()"
attempt "bytecode in a file" "binary chunk" "
	local f = io.open('b.lua', 'w') f:write(string.dump(function() end)) f:close() assert(loadfile('b.lua', 'b'))()"
attempt "debug.getupvalue" "getupvalue is not allowed" "debug.getupvalue(io.open, 1)"
attempt "debug.setmetatable" "setmetatable is not allowed" "debug.setmetatable('', {})"
attempt "debug.sethook" "sethook is not allowed" "debug.sethook() while true do end"
attempt "debug through package.loaded" "is not allowed" "package.loaded.debug.getregistry()"

# Files.
for path in ../outside/secret "$dir/outside/secret" link/secret root/etc/passwd /proc/self/environ /proc/self/mem \
	/proc/1/cmdline /dev/mem ./../outside/secret ../run/../outside/secret /etc/shadow "$dir/run/../outside/secret"; do
	attempt "reading ${path#"$dir"}" "may not touch" "print(io.open('$path'):read 'a')"
done
for path in ../outside/new link/new root/tmp/new ../new /dev/shm/warpcore-new; do
	attempt "writing $path" "may not touch" "io.open('$path', 'w'):write 'x'"
done
attempt "renaming out" "may not touch" "os.rename('day.lua', 'link/day.lua')"
attempt "removing outside" "may not touch" "os.remove 'link/secret'"
attempt "statistics outside" "may not touch" "$machine m.stats:write 'link/x.json'"
attempt "a timeline outside" "may not touch" "$machine m.trace:perfetto 'link/x.json'"
attempt "a recording outside" "may not touch" "warpcore.machine{ board = 'dts/ppce500.dts', record = 'link/x' }"
attempt "the table of a sweep outside" "may not touch" \
	"warpcore.sweep{ vary = { a = { 1 } }, run = function() return 1 end, out = 'link/x.csv' }"
attempt "a console outside" "may not touch" "warpcore.machine{ board = 'dts/ppce500.dts', serial = 'file:link/x' }"
attempt "a console at the network" "may not be a port" "warpcore.machine{ board = 'dts/ppce500.dts', serial = 'tcp:0' }"
attempt "the host's network" "net is not allowed" "warpcore.machine{ board = 'dts/ppce500.dts', net = 'user' }"
attempt "an included source through a link" "may not touch|may name" "
	local f = io.open('b.dts', 'w') f:write '/dts-v1/; /include/ \"link/secret.dtsi\"' f:close()
	print(warpcore.machine{ board = 'b.dts' }.dt['/'].model)"
attempt "what lies beside the program is not its own data" "may not touch" \
	"warpcore.machine{ board = 'dts/ppce500.dts', kernel = 'build/warpcore' }
	warpcore.machine{ board = '${warpcore%/*}/../Makefile' }"

# The host's time and memory.
attempt "a loop" "budget of 100 million" "
	$machine m:timer{ after = 1, on = function() while true do end end } print(m:run{ ['for'] = '1ms' }.text)"
attempt "a loop of coroutines, each short" "budget of 100 million" "
	$machine m:timer{ after = 1, on = function()
		while true do coroutine.wrap(function() for i = 1, 900 do end end)() end
	end } print(m:run{ ['for'] = '1ms' }.text)"
attempt "a loop of coroutines in pcall" "budget of 100 million" "
	$machine m:timer{ after = 1, on = function()
		while true do pcall(coroutine.wrap(function() while true do end end)) end
	end } print(m:run{ ['for'] = '1ms' }.text)"
attempt "a finalizer" "a metatable with __gc is not allowed" \
	"setmetatable({}, { __gc = function() while true do end end })"
attempt "a finalizer that is put in later" "held" "
	local meta = {} local t = setmetatable({}, meta) meta.__gc = function() while true do end end
	t = nil collectgarbage() print 'held'"
attempt "a loop in __close" "budget of 100 million" "
	$machine m:timer{ after = 1, on = function()
		local x <close> = setmetatable({}, { __close = function() while true do end end })
	end } print(m:run{ ['for'] = '1ms' }.text)"
attempt "a loop in a handler of errors" "budget of 100 million|more than 5 seconds" "
	$machine m:timer{ after = 1, on = function()
		while true do xpcall(error, function() while true do end end) end
	end } print(m:run{ ['for'] = '1ms' }.text)"
attempt "an error whose text never ends" "held" "
	$machine m:timer{ after = 1, on = function()
		error(setmetatable({}, { __tostring = function() while true do end end }))
	end } assert(m:run{ ['for'] = '1ms' }.reason == 'error') print 'held'"
attempt "a pattern that takes for ever" "more than 5 seconds" "('a'):rep(200):find(('a*'):rep(30) .. 'b')"
attempt "a string of gigabytes" "256 MiB" "local s = ('x'):rep(1 << 29)"
attempt "a table of gigabytes" "256 MiB" "local t = {} for i = 1, 1e9 do t[i] = i end"
attempt "strings that double" "256 MiB" "local s = 'x' while true do s = s .. s end"
attempt "very many files" "Too many open files" "
	local t = {} for i = 1, 5000 do t[i] = assert(io.open('day.lua')) end"
attempt "a sweep in a sweep" "a sweep in a job of a sweep is not allowed" "
	local rows = warpcore.sweep{ vary = { a = { 1, 2 } }, jobs = 2, run = function()
		return #warpcore.sweep{ vary = { b = { 1, 2 } }, jobs = 2, run = function() return 1 end }
	end } print(rows[1].error)"
[ $failed = 0 ] && echo "ok - nothing outside was touched"
exit $failed
