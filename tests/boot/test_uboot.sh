#!/usr/bin/env bash
# U-Boot's console, from reset to prompt: as recorded from QEMU, as QEMU prints it now, and the same in every run.
set -u
elf=/usr/lib/u-boot/qemu-ppce500/uboot.elf
golden=tests/golden/uboot-ppce500
out=$BUILD/tests/boot
mkdir -p "$out"
status=0

result() { # status what
	if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; status=1; fi
}

if [ ! -e "$elf" ]; then
	echo "ok - U-Boot boots # skip no $elf"
	exit 0
fi

"$WARPCORE" tests/boot/uboot.lua "$elf" "$out/uboot.1.txt" "$out/uboot.1.facts"
result $? "U-Boot reaches its prompt"
"$WARPCORE" tests/boot/uboot.lua "$elf" "$out/uboot.2.txt" "$out/uboot.2.facts"
cat "$out/uboot.1.facts"
cmp "$out/uboot.1.txt" "$out/uboot.2.txt"
result $? "two runs print the same text"
diff "$out/uboot.1.facts" "$out/uboot.2.facts"
result $? "two runs have the same instruction counts and digest"

if [ "$(sha256sum <"$elf")" = "$(cat $golden.sha256)  -" ]; then
	diff -a $golden.txt "$out/uboot.1.txt"
	result $? "the console is the recorded one"
else
	echo "ok - the console is the recorded one # skip another U-Boot than the recorded one"
fi

if command -v qemu-system-ppc >/dev/null; then
	tests/boot/qemu-console "$elf" >"$out/uboot.qemu.txt" && diff -a "$out/uboot.qemu.txt" "$out/uboot.1.txt"
	result $? "the console is QEMU's"
else
	echo "ok - the console is QEMU's # skip no qemu-system-ppc"
fi
exit $status
