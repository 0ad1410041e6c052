# Each fuzz target without libFuzzer: its corpus as it is, and some mutations of it from a fixed seed.
status=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	name=${name#fuzz_}
	case $name in
	image | replay | symbols | overlay) mutations=1000 ;;
	*) mutations=20 ;; # each is a machine or several
	esac
	if "$BUILD/tests/fuzz/fuzz_$name" $mutations 1 tests/fuzz/corpus/"$name"/* >"$BUILD/fuzz_$name.log" 2>&1; then
		echo "ok - $name"
	else
		tail -n 40 "$BUILD/fuzz_$name.log"
		echo "not ok - $name"
		status=1
	fi
done
exit $status
