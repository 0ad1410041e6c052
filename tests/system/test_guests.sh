#!/usr/bin/env bash
# Each bare-metal program of tests/guests on each core type, on every engine, twice: it ends with "guest: exit 0" and a
# power-off (or as its first lines say: "guest: cores N", "guest: ends with REASON"; "guest: semihost": it may read a
# directory of ours), and both runs are the same.
set -u
engines=${ENGINES:-interp}
out=$BUILD/tests/system
mkdir -p "$out"
status=0
mkdir -p "$out/files/numbers"
: >"$out/files/empty"
seq -f %05g 0 1999 >"$out/files/numbers/lines"

result() { # status what log
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		cat "$3"
		status=1
	fi
}

note() { # source word: what stands behind "guest: word" in its head comment
	sed -n "s/^ \* guest: $2 \(.*\)/\1/p" "$1"
}

for source in tests/guests/*.c; do
	name=$(basename "$source" .c)
	cores=$(note "$source" cores)
	ending=$(note "$source" "ends with")
	directory=()
	grep -q '^ \* guest: semihost$' "$source" && directory=("$out/files")
	for core in e500v2 e500mc; do
		for engine in $engines; do
			log=$out/$name.$core.$engine
			for run in 1 2; do
				"$WARPCORE" tests/system/run.lua "$BUILD/tests/guests/$name.elf" $core "${cores:-1}" "$engine" \
					"${directory[@]}" >"$log.$run" 2>&1
			done
			grep -q "^end ${ending:-poweroff} " "$log.1" && { [ -n "$ending" ] || grep -q '^guest: exit 0' "$log.1"; }
			result $? "$name, $core, $engine" "$log.1"
			cmp -s "$log.1" "$log.2"
			result $? "$name, $core, $engine: two runs are the same" "$log.2"
		done
	done
done
exit $status
