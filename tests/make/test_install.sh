#!/usr/bin/env bash
# make install puts the program, the boards and the examples under PREFIX, and make uninstall takes all of it away.
set -u
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
status=0

result() { # status what
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; status=1; fi
}

# The jobs of the make that runs this test are none of this one's.
run_make() {
	env -u MAKEFLAGS -u MAKELEVEL make -s BUILD="$BUILD" DESTDIR="$root" "$@" -o all -o docs
}

run_make install
result $? "install"
[ "$("$root/usr/local/bin/warpcore" -v)" = "warpcore $(cat VERSION)" ]
result $? "the installed program runs"
[ -f "$root/usr/local/share/warpcore/dts/ppce500.dts" ] && [ -f "$root/usr/local/share/warpcore/lua/examples/first-light.lua" ]
result $? "boards and examples are there"
run_make uninstall
result $? "uninstall"
[ -z "$(find "$root" -type f)" ]
result $? "nothing is left"
exit $status
