/*
 * The seqlock (sim/time/seqlock.h), for spin: a writer changes two words, a
 * reader must never take one old and one new. Each access by itself; that none
 * overtakes another is the work of acquire and release, and not shown here.
 */
byte sequence, first, second;
bit writing;

proctype writer()
{
	byte n;

	for (n : 1 .. 2) {
		atomic { !writing -> writing = 1 }; /* the mutex */
#ifndef NO_ODD
		sequence++;
#endif
		first++;
		second++;
#ifdef NO_ODD
		sequence = sequence + 2;
#else
		sequence++;
#endif
		writing = 0
	}
}

proctype reader()
{
	byte begun, a, b;

	do
	:: begun = sequence;
		a = first;
		b = second;
		if
#ifndef NO_RETRY
		:: (begun & 1) || sequence != begun -> skip
#endif
		:: else -> break
		fi
	od;
	assert(a == b)
}

init {
	atomic {
		run writer();
		run writer();
		run reader()
	}
}
