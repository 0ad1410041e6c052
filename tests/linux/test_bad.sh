# Kernels that cannot run here: an early end, the exception, and where, by name.
warpcore=${WARPCORE:-build/warpcore}
guests=${GUESTS:-../shared/guests}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

check() { # name, status, pattern of the message, arguments...
	local name=$1 status=$2 pattern=$3 got
	shift 3
	timeout 120 "$warpcore" -b dts/ppce500.dts "$@" --run 1000s >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	if [ "$got" = "$status" ] && tr '\n' '~' <"$dir/err" | grep -qE -- "$pattern"; then
		echo "ok - $name"
	else
		echo "not ok - $name (status $got)"
		sed 's/^/  # /' "$dir/err"
		failed=1
	fi
}

check "e500mc's kernel on e500v2" 1 \
	'^warpcore: the kernel died on core 0 at [0-9.]+us~  core 0 at die, after a program interrupt \(trap\) at identify_cpu\+0x' \
	--core e500v2 -n 2 -k "$guests/vmlinux-e500mc"
# It does not know how to turn this core's data cache on, and cannot emulate the dcbz that the core leaves to it then.
check "e500v2's kernel on e500mc" 1 \
	'^warpcore: the kernel died on core 0 at [0-9.]+ms~  core 0 at die, after a program interrupt \(trap\) at fix_alignment\+0x' \
	--core e500mc -n 2 -k "$guests/vmlinux-e500v2"
check "no root file system" 1 'the kernel panicked on core [0-9]+ at [0-9.]+ms' -n 2 -k "$guests/vmlinux-e500mc" -a "console=ttyS0"
grep -q 'Kernel panic - not syncing: VFS: Unable to mount root' "$dir/out" && echo "ok - the panic's words are on the console" ||
	{ echo "not ok - the panic's words are on the console"; failed=1; }
exit $failed
