# The build-time checker: each kind of mistake in the table stops the build with a line that says what is wrong.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0
mkdir -p "$dir/sim/isa" "$dir/sim/base"

say() { # ok|not what
	if [ "$1" = ok ]; then echo "ok - $2"; else echo "not ok - $2"; status=1; fi
}

build() {
	${CC:-cc} -std=gnu11 -O0 -I"$dir" -o "$dir/isagen" "$dir"/sim/isa/gen/isagen.c "$dir"/sim/isa/isa_table.c \
		"$dir"/sim/isa/isa.c 2>"$dir/cc.log"
}

expect() { # what row message: the row, added to the table, is refused with the message
	cp -r sim/isa sim/base "$dir/sim/"
	printf '%s\n' "$2" >>"$dir/sim/isa/insns_integer.def"
	if ! build; then
		cat "$dir/cc.log"
		say not "$1 (does not compile)"
	elif "$dir/isagen" >/dev/null 2>"$dir/log"; then
		say not "$1 (accepted)"
	elif grep -qF "$3" "$dir/log"; then
		say ok "$1"
	else
		cat "$dir/log"
		say not "$1 (another message)"
	fi
}

cp -r sim/isa sim/base "$dir/sim/"
if build && "$dir/isagen" >/dev/null; then say ok "the table as it is"; else say not "the table as it is"; fi

tail='(), (), (B), (), NEXT, NONE, INT, "test")'
expect "an overlap" \
	"ISA_INSN(bad, \"bad\", X(31, 28), (RAT, RS, RB), (Rc), (), $tail" "bad: overlaps and"
expect "an overlap through operand bits of another form" \
	"ISA_INSN(bad, \"bad\", X(31, 778), (RT, RA, RB), (), (Rc), $tail" "bad: overlaps add"
expect "words shared through reserved bits" \
	"ISA_INSN(bad, \"bad\", XRC(31, 1, 1), (BF, L, RA, RB), (), (PAD9), $tail
ISA_INSN(worse, \"worse\", XLINE(31, 1, 1), (BF, RA, RB), (), (PAD9, Rc), $tail" "worse: shares words with reserved bits with bad"
expect "a bit that is nothing" \
	"ISA_INSN(bad, \"bad\", X(31, 1), (RT, RA, RB), (), (), $tail" \
	"bad: bits that are neither opcode, operand, flag nor reserved (0x00000001)"
expect "a bit that is two things" \
	"ISA_INSN(bad, \"bad\", X(31, 1), (RT, RA, RB, SH), (), (Rc), $tail" \
	"bad: bits claimed twice, the second time by SH (0x0000f800)"
expect "an opcode beyond its field" \
	"ISA_INSN(bad, \"bad\", X(31, 1025), (RT, RA, RB), (), (Rc), $tail" "bad: an opcode does not fit its field"
expect "a mnemonic used twice" \
	"ISA_INSN(bad, \"add\", X(31, 1), (RT, RA, RB), (), (Rc), $tail" "bad: mnemonic used twice, also by add"

# A row without a function does not link, a function without a row does not compile.
cp -r sim "$dir/"
flags="-std=gnu11 -O0 -I$dir -I$BUILD/gen"
if echo 'ISA_INSN(orphan, "orphan", X(31, 1), (RT, RA, RB), (), (Rc), '"$tail" >>"$dir/sim/isa/insns_integer.def" &&
	${CC:-cc} $flags -c -o "$dir/exec_table.o" "$dir/sim/exec/exec_table.c" && nm "$dir/exec_table.o" | grep -q 'U exec_orphan'; then
	say ok "a row refers to its function"
else
	say not "a row refers to its function"
fi
printf '#include "sim/exec/exec.h"\nenum exec_result exec_nothing(struct core *core, const struct op *op) { return EXEC_NEXT; }\n' \
	>"$dir/exec_nothing.c"
if ${CC:-cc} $flags -Werror=missing-prototypes -c -o "$dir/nothing.o" "$dir/exec_nothing.c" 2>"$dir/log"; then
	say not "a function without a row"
elif grep -q 'exec_nothing' "$dir/log"; then
	say ok "a function without a row"
else
	cat "$dir/log"
	say not "a function without a row (another message)"
fi
if make -n -B BUILD="$dir/build" "$dir/build/sim/exec/exec_table.o" V=1 2>/dev/null | grep -q 'Werror=missing-prototypes'; then
	say ok "the build asks for it"
else
	say not "the build asks for it"
fi
exit $status
