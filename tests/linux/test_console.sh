# The command line: a shell on the terminal takes what is typed, when it is typed; power-off ends the program.
warpcore=${WARPCORE:-build/warpcore}
guests=${GUESTS:-../shared/guests}
dir=$(mktemp -d)
trap 'rm -rf "$dir"; kill "$pid" 2>/dev/null' EXIT
failed=0

result() { # name status
	if [ "$2" = 0 ]; then echo "ok - $1"; else
		echo "not ok - $1"
		tail -n 5 "$dir/out" | sed 's/^/  # /'
		failed=1
	fi
}

shows() { # pattern: waits for it in the output
	for _ in $(seq 600); do
		grep -qE "$1" "$dir/out" && return 0
		sleep 0.1
	done
	return 1
}

mkfifo "$dir/in"
"$warpcore" -b dts/ppce500.dts -n 4 -k "$guests/vmlinux-e500mc" --initrd "$guests/rootfs.cpio.gz" -a "console=ttyS0" \
	--idle realtime --run 60min <"$dir/in" >"$dir/out" 2>&1 &
pid=$!
exec 3>"$dir/in"
shows '^/ # '
result "the prompt comes" $?
echo 'echo $((6 * 7)) of $(nproc)' >&3
shows '^42 of 4'
result "what is typed is done" $?
echo 'poweroff -f' >&3
wait "$pid"
result "power-off ends the program with status 0" $?
exit $failed
