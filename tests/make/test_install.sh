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
if command -v powerpc-linux-gnu-gcc >/dev/null; then
	echo '#include "warpcore.h"
int main(void) { return warpcore_present() ? (int)warpcore_exit(0) : 1; }' |
		powerpc-linux-gnu-gcc -std=c99 -pedantic -Wall -Wextra -Werror -I "$root/usr/local/share/warpcore/include" \
			-x c - -o "$root/program" && rm "$root/program"
	result $? "a guest program builds against the installed header"
else
	echo "ok - a guest program builds against the installed header # skip there is no cross compiler"
fi
run_make uninstall
result $? "uninstall"
[ -z "$(find "$root" -type f)" ]
result $? "nothing is left"
exit $status
