#!/usr/bin/env bash
# Checks the model of the warp protocol with spin: no counterexample to the protocol as it is, and one to each mutant, in
# which a rule of VIRTUAL_TIME.md, section 4, is left out; rule 1 alone turns out to be no more than tidiness.
#   usage: tests/time/model/run.sh
# As many searches at a time as there are processors. Prints a line for each and "N passed, N failed"; exit status 1 when
# one failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit=${MODEL_TIMEOUT:-600}

# sound|harmless|harmful, model, macros, what it shows. The long ones come first.
searches() {
	cat <<'END'
sound	warp	REALTIME	idle=realtime: arm, move, cancel and wake from two threads
sound	warp	JUMP BOOT_CORE	idle=warp: arm, move, cancel and wake from two threads, beginning with a core that runs
sound	warp	REALTIME READER	idle=realtime: the present never goes back
sound	warp	JUMP DUE	idle=warp: with timers that are armed for the present instant
harmless	warp	JUMP NO_ACCOUNT_FIRST	no account at the beginning of warp_begin
sound	seqlock	-	a reader never sees a torn value
harmful	warp	REALTIME READER START_OVERWRITTEN	warp_start overwritten by a later one
harmful	warp	REALTIME DEACTIVATE_LATE	the warp timer deactivated after the idle check
harmful	warp	JUMP DEACTIVATE_LATE	the warp timer deactivated after the idle check (idle=warp)
harmful	warp	REALTIME PLAIN_MODIFY	the warp timer modified instead of anticipated
harmful	warp	REALTIME SUBSTITUTE_DEADLINE	a substitute deadline when no timer is pending
harmful	warp	REALTIME NO_FRESH_DEADLINE	a deadline read before an arm, not looked at again when the stretch is credited
harmful	warp	JUMP NO_FRESH_DEADLINE	a deadline read before an arm, not looked at again when the stretch is credited (idle=warp)
harmful	warp	REALTIME NO_IDLE_CHECK	no look whether a core runs
harmful	warp	JUMP DUE NO_NOTIFY	nobody told of a deadline that is already due
harmful	warp	REALTIME NO_RECHECK	no check in the write section that all cores are still idle
harmful	warp	JUMP NO_RECHECK	no check in the write section that all cores are still idle (idle=warp)
harmful	warp	REALTIME NO_SEQUENCE	a check that all are idle, but not that they were all the time
harmful	warp	REALTIME NO_ACCOUNT	no account before a core runs
harmful	warp	JUMP NO_ACCOUNT	no account before a core runs (idle=warp)
harmful	warp	REALTIME WAKE_IN_TWO	a core marked runnable in another step than the account
harmful	warp	JUMP WAKE_IN_TWO	a core marked runnable in another step than the account (idle=warp)
harmful	warp	REALTIME NO_ACCOUNT_ARM	an arm from outside that does not account first
harmful	warp	JUMP NO_ACCOUNT_ARM	an arm from outside that does not account first (idle=warp)
harmful	warp	REALTIME OWN_EXPIRY	the warp timer set for one's own reading of the host, not for the warp in progress
harmful	warp	REALTIME NO_BEGIN_AFTER_FIRING	no new begin after a needless firing of the warp timer
harmful	warp	JUMP DRIVER_NO_RUNNER	the driving thread no runner while it fires timers
harmful	seqlock	NO_ODD	a sequence that is not odd while a writer is at work
harmful	seqlock	NO_RETRY	a reader that does not look again
END
}

# One search: "ok" or "not ok" and what was found.
search() {
	local expected=$1 model=$2 macros=$3 what=$4 dir macro flags=() found optimize=-O2
	[ "$expected" = sound ] || optimize=-O1 # most of a mutant's time is the compiler's
	dir=$(mktemp -d "$work/XXXXXX")
	for macro in $macros; do
		[ "$macro" = - ] || flags+=("-D$macro")
	done
	cd "$dir" || exit 1
	{
		spin -a "${flags[@]}" "$here/$model.pml" &&
			gcc "$optimize" -w -DSAFETY -DCOLLAPSE -o pan pan.c && timeout "$limit" ./pan -m10000 -w22
	} >log 2>&1
	found=$(sed -n 's/.*assertion violated \(.*\) (at depth.*/\1/p' log | head -n 1)
	if ! grep -q 'errors: [01]' log || grep -qE 'search depth too small|out of memory' log; then
		echo "not ok - $what: the search did not come to its end"
		tail -n 5 log | sed 's/^/#   /'
	elif [ "$expected" != harmful ] && grep -q 'errors: 0' log; then
		echo "ok - $what:$([ "$expected" = sound ] || echo " harmless,") holds in all $(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' log) states"
	elif [ "$expected" = harmful ] && [ -n "$found" ]; then
		echo "ok - $what: harmful, as it violates ${found:0:60}"
	elif [ "$expected" = harmful ]; then
		echo "not ok - $what: no counterexample found ($macros)"
	else
		echo "not ok - $what: violates ${found:-something else than an assertion} ($macros)"
	fi
	rm -rf "$dir"
}

if [ "${1-}" = --one ]; then
	work=$2
	trap - EXIT
	search "$3" "$4" "$5" "$6"
	exit 0
fi

searches | tr '\t\n' '\0\0' | xargs -0 -P "$(nproc)" -n 4 bash "$0" --one "$work" | tee "$work/results"
awk '/^ok/ { p++ } /^not ok/ { f++ } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' "$work/results"
