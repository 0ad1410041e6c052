#!/usr/bin/env bash
# Ctrl-C (SIGINT) and scripts that will not end: at most three interrupts end each of them, with a status that says so.
warpcore=${WARPCORE:-build/warpcore}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

machine='local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 1, memory = "64M" }'

ends() { # what, interrupts at most, status (a pattern), script
	local pid n=0 got
	echo "io.write 'on\n' io.flush() $4" >"$dir/script.lua"
	rm -f "$dir/out" # that of the one before has its "on"
	"$warpcore" "$dir/script.lua" </dev/null >"$dir/out" 2>"$dir/err" &
	pid=$!
	until grep -q on "$dir/out" 2>/dev/null || ! kill -0 $pid; do sleep 0.05; done
	while kill -0 $pid 2>/dev/null && [ $n -lt "$2" ]; do
		kill -INT $pid 2>/dev/null
		n=$((n + 1))
		for tick in $(seq 100); do # the last one has five seconds
			kill -0 $pid 2>/dev/null || break
			sleep 0.05
			[ $n = "$2" ] || [ "$tick" -lt 10 ] || break
		done
	done
	kill -KILL $pid 2>/dev/null # it is gone, or the test fails
	wait $pid 2>/dev/null
	got=$?
	if echo $got | grep -qxE "$3"; then
		echo "ok - $1"
	else
		failed=1
		echo "not ok - $1: status $got, wanted $3, after $n interrupts: $(head -c 200 "$dir/err")"
	fi
}

ends "a loop" 1 1 'while true do end'
ends "a loop that catches each error" 2 1 'while true do pcall(function() while true do end end) end'
ends "runs that are caught" 2 1 "$machine"' m:timer{ every = "1us", on = function() end }
	while true do pcall(function() m:run{ ["for"] = "1000s" } end) end'
ends "a run whose timer fires each nanosecond" 1 '1|130' "$machine"' m:timer{ every = 1, on = function() end } m:run{ ["for"] = "100s" }'
ends "a callback that loops" 1 '1|130' "$machine"' m:timer{ after = "1us", on = function() while true do end end } m:run{ ["for"] = "1ms" }'
ends "a pattern that takes for ever" 3 130 'local _ = ("a"):rep(300000):find((".-"):rep(30) .. "b")'
ends "a task that catches each error" 3 '1|130' "$machine"' m:timer{ every = "1us", on = function() end }
	warpcore.spawn(function() while true do pcall(function() m:at{ time = m.now + 1000000 }:wait() end) end end)
	m:run{ ["for"] = "1000s" }'
ends "a run that is the script's last word" 1 '1|130' "$machine"' m:timer{ every = "1ms", on = function() end } m:run{ ["for"] = "100000s" }'
exit $failed
