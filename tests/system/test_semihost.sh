#!/usr/bin/env bash
# Guest calls of whole programs: cores on threads, nobody who answers (here and in QEMU), the exit status of --run.
set -u
guests=$BUILD/tests/guests
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0
mkdir "$out/numbers"
: >"$out/empty"
seq -f %05g 0 1999 >"$out/numbers/lines"

result() { # status what
	if [ "$1" = 0 ]; then echo "ok - $2"; else
		echo "not ok - $2"
		sed 's/^/  # /' "$out/log"
		status=1
	fi
}

run() { # options: a run without a script; its status stands in the log too
	timeout 60 "$WARPCORE" -b dts/ppce500.dts --core e500mc -m 64M --run 10s "$@" >"$out/log" 2>&1 </dev/null
	echo "left $?" >>"$out/log"
}

left() { # status what
	grep -q "^left $1$" "$out/log"
	result $? "$2"
}

for threads in 1 2 4; do
	run -k "$guests/semihost-smp.elf" -n 4 --threads $threads --semihost="$out" --stats "$out/$threads.csv"
	left 0 "four cores on $threads threads"
	grep -q '^,guest.additions,1200,' "$out/$threads.csv"
	result $? "four cores on $threads threads: no addition is lost"
done

run -k "$guests/semihost.elf"
grep -q '^nobody answers' "$out/log" && grep -q '^guest: exit 0' "$out/log"
result $? "without --semihost nobody answers"
left 0 "without --semihost it ends as it would on silicon"

run -k "$guests/semihost.elf" --semihost="$out"
left 7 "--run leaves with the guest's status"
run -k "$guests/exit.elf" --semihost
left 255 "a status above 255 is 255"
run -k "$guests/semihost.elf" --semihost="$out/empty"
grep -q 'semihost: .*/empty: Not a directory' "$out/log"
result $? "--semihost with a file: an error that names it"
left 1 "--semihost with a file: exit status"

for core in e500mc e500v2_v30; do
	timeout 60 qemu-system-ppc -M ppce500 -cpu $core -m 64 -nic none -display none -serial "file:$out/log" -monitor none \
		-kernel "$guests/semihost.elf" >"$out/qemu" 2>&1 </dev/null
	grep -q '^nobody answers' "$out/log" && grep -q '^guest: exit 0' "$out/log"
	result $? "the same program in QEMU, $core: nobody answers"
done
exit $status
