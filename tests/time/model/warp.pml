/*
 * The warp protocol (VIRTUAL_TIME.md, 4; sim/time/warp.c), for spin; run.sh says
 * what it is asked.
 *
 * Three cores, the driving thread, the warp timer, two threads from outside
 * that arm, move and cancel timers and wake a core, and one that reads the
 * clock. A d_step is what the code does under the clock's lock, or one atomic
 * access; between two of them anything may happen. Small numbers stand for ns.
 *
 * JUMP is idle=warp; without it, idle=realtime, where the host's time walks at
 * any moment. Each mutant, a rule left out, is an #ifdef at its place.
 */
#define NONE 255
#define TIMERS 2
#define CORES 3
#ifndef OPERATIONS
#define OPERATIONS 1 /* of the console */
#endif
#define HOST_END 2   /* the host's time walks from 0 to here */
#define END 1        /* virtual time after which cores execute no more */

byte host;              /* the host's clock */
byte base;              /* virtual time */
byte warp_start = NONE; /* host time at which the warp in progress began */
byte warp_deadline;     /* it credits no more than up to here */
byte warp_timer = NONE; /* host time for which the warp timer is set; NONE: inactive */
byte expiry[TIMERS] = NONE;
byte runners;           /* cores that run, and the driving thread while it is active */
byte running;           /* the cores among them */
bit idle[CORES] = 1;
bit notified;           /* the driving thread has something to do */

/*
 * The sequence number of the seqlock, without its growing: who is in the middle
 * of warp_begin, and for whom of those it has changed meanwhile.
 */
byte inside, stale;

/* What the invariants need to know beside. */
byte idle_since;        /* host time since which all were idle, and nothing of it is accounted */
bit ever_armed;

#define first (expiry[0] < expiry[1] -> expiry[0] : expiry[1])
#define min(a, b) ((a) < (b) -> (a) : (b))

#ifdef JUMP
#define reached warp_deadline
#else
#define reached min(warp_deadline, base + host - warp_start)
#endif
/* The deadline may be older than an arm whose thread has not come to warp_begin yet: look at the timers again. */
#ifdef NO_FRESH_DEADLINE
#define landing reached
#else
#define landing min(first, reached)
#endif

/* Inside a d_step. */
inline account() {
	if
	:: warp_start != NONE ->
		to = landing;
		assert(to >= base);                      /* virtual time never goes back */
		assert(to <= first);                     /* nor past an armed timer */
		assert(to == base || running == 0);      /* nothing is credited while a core executes */
#ifdef SUBSTITUTE_DEADLINE
		assert(to == base || ever_armed);        /* no timer, no warp */
#endif
#ifndef JUMP
		assert(to == base || warp_start >= idle_since); /* nothing twice, nor while a core executed */
#endif
		base = to;
		warp_start = NONE;
		warp_deadline = 0;
		to = 0;
		stale = inside;
#ifndef JUMP
		idle_since = host;
#endif
		if
		:: first <= base -> notified = 1
		:: else
		fi
	:: else
	fi
}

/* What rule 7 must see unchanged since rule 3. */
#ifdef NO_RECHECK
#define changed_since 0
#else
#ifdef NO_SEQUENCE
#define changed_since 0
#define no_longer_idle (runners > 0)
#else
#define changed_since ((stale >> me) & 1)
#endif
#endif
#ifndef no_longer_idle
#define no_longer_idle 0
#endif

/* Rule 7's write section, and rule 6. `set`: what the warp timer is to be moved to, or NONE. */
inline begin_section() {
	if
	:: changed_since ->
		set = NONE;
		again = 1
	:: !changed_since && deadline <= base ->
#ifndef NO_NOTIFY
		notified = 1;
#endif
		set = NONE
	:: !changed_since && deadline > base && no_longer_idle ->
		set = NONE
	:: else ->
		if
		:: warp_start == NONE || deadline < warp_deadline -> warp_deadline = deadline
		:: else
		fi;
		if
#ifdef START_OVERWRITTEN
		:: true -> warp_start = start
#else
		:: warp_start == NONE || start < warp_start -> warp_start = start
		:: else
#endif
		fi;
		stale = inside;
#ifdef JUMP
		set = 0
#else
		/* For the warp as it now stands: another thread may have begun it, or set its deadline. */
#ifdef OWN_EXPIRY
		set = start + deadline - base
#else
		set = warp_start + warp_deadline - base
#endif
#endif
	fi
}

#define present (warp_start == NONE -> base : landing)

/* Each step may be interleaved with those of the others. */
inline begin() {
#ifndef NO_ACCOUNT_FIRST
	d_step { account() };                 /* rule 1 */
#endif
	again = 1;
	do
	:: again ->
#ifdef DEACTIVATE_LATE
		d_step { again = 0; still = runners == 0 };
		warp_timer = NONE;
#else
		d_step { again = 0; warp_timer = NONE; still = 1 }; /* rule 2 */
#endif
		/*
		 * The sequence number, rule 3 and the deadline of rule 4. These are several reads, but what could come
		 * between them either changes the sequence or could as well come before all of them: once all are idle,
		 * nobody runs without a change of it.
		 */
		d_step {
#ifdef NO_IDLE_CHECK
			still = 1;
#else
			still = still && runners == 0;
#endif
			if
			:: still ->
				inside = inside | (1 << me);
				deadline = first
#ifdef SUBSTITUTE_DEADLINE
				; deadline = (deadline == NONE -> base + 2 : deadline)
#endif
			:: else
			fi
		};
#ifndef JUMP
		if
		:: still -> start = host /* the rest of rule 4: an arm, or any time, may have come between */
		:: else
		fi;
#endif
		if
		:: still ->
			d_step {              /* rule 5 */
				if
				:: deadline != NONE -> begin_section()
				:: else -> set = NONE
				fi;
				start = 0;
				deadline = 0;
				still = 0;
				inside = inside & ~(1 << me);
				stale = stale & ~(1 << me)
			};
			atomic {              /* anticipate: only earlier */
#ifdef PLAIN_MODIFY
				warp_timer = (set != NONE -> set : warp_timer);
#else
				warp_timer = min(set, warp_timer);
#endif
				set = 0
			}
		:: else
		fi
	:: else -> break
	od
}

/* Arms or moves a timer to `delay` from the present. */
inline arm(timer, delay) {
	d_step {
		changed = warp_start != NONE;
		wanted = present + delay;
#ifndef NO_ACCOUNT_ARM
		account();
#endif
		expiry[timer] = base + delay;
		assert(expiry[timer] == wanted);      /* "after" counts from the present */
		wanted = 0;
#ifdef SUBSTITUTE_DEADLINE
		ever_armed = 1;
#endif
		changed = changed || first == expiry[timer]
	};
	if
	:: changed && runners == 0 -> changed = 0; begin()
	:: else -> changed = 0
	fi
}

inline cancel(timer) {
	d_step {
		changed = warp_start != NONE && expiry[timer] != NONE;
		if
		:: expiry[timer] != NONE -> account(); expiry[timer] = NONE
		:: else
		fi
	};
	if
	:: changed && runners == 0 -> changed = 0; begin()
	:: else -> changed = 0
	fi
}

/* Waking and accounting are one step. */
inline wake(number) {
#ifdef WAKE_IN_TWO
	d_step { account() };
#endif
	d_step {
#if !defined(NO_ACCOUNT) && !defined(WAKE_IN_TWO)
		account();
#endif
		if
		:: idle[number] -> idle[number] = 0; running++; runners++; stale = inside
		:: else
		fi
	}
}

/* What each thread keeps to itself; `me` is its number in the masks. */
#define LOCALS byte to, start, deadline, set, wanted; bit changed, still, again
#define DRIVER_ME 3
#define CALLBACK_ME 4
#define CONSOLE_ME 5
#define NETWORK_ME 6

/* Nothing is idle time before the last one goes idle. */
#ifdef JUMP
#define mark_idle
#else
#define mark_idle idle_since = (runners == 0 -> host : idle_since)
#endif

proctype core(byte me)
{
	LOCALS;

end:	do
	:: d_step { !idle[me] -> idle[me] = 1; running--; runners--; changed = runners == 0; mark_idle };
		if
		:: changed -> changed = 0; begin()
		:: else
		fi
	od
}

/* Fires what is due, runs rounds while cores do, and waits when all are idle. */
proctype driver()
{
	LOCALS;
	byte fired;
	bit rearmed;
	byte me = DRIVER_ME;

	do
	:: d_step {
		first == base ->
		fired = base;
		if
		:: expiry[0] == base -> expiry[0] = NONE
		:: else -> expiry[1] = NONE
		fi
	   };
		if
		:: !rearmed -> rearmed = 1; arm(0, 2)
		:: true
		fi;
		if
		:: wake(0); assert(base == fired) /* its core starts when the timer fired */
		:: true
		fi;
		fired = 0
	:: d_step { first > base && running > 0 && base < END -> base++ }
	:: d_step {
		first > base && running == 0 ->
		notified = 0;
#ifndef DRIVER_NO_RUNNER
		runners--;
		mark_idle
#endif
	   };
		begin();
end:		if
		:: d_step {
			notified || running > 0 ->
			notified = 0;
#ifndef DRIVER_NO_RUNNER
#ifndef NO_ACCOUNT
			account();
#endif
			stale = inside;
			runners++
#endif
		   }
		fi
	od
}

proctype timer_callback()
{
	LOCALS;
	byte me = CALLBACK_ME;

end:	do
	:: d_step { host >= warp_timer -> warp_timer = NONE };
		d_step { account() };
#ifndef NO_BEGIN_AFTER_FIRING
		if
		:: first > base && first != NONE && runners == 0 -> begin()
		:: else
		fi
#endif
	od
}

/* Arms timer 0, moves it to and fro, cancels it. */
proctype console()
{
	LOCALS;
	byte left = OPERATIONS;
	byte me = CONSOLE_ME;

	do
	:: left > 0 ->
		left--;
		if
		:: arm(0, 1)
#ifdef DUE
		:: arm(0, 0)
#else
		:: arm(0, 3)
#endif
		:: cancel(0)
		fi
	:: left == 0 -> break
	od
}

/* Arms the other timer, or cancels the console's, or wakes a core. */
proctype network()
{
	LOCALS;
	byte me = NETWORK_ME;

	if
#ifndef NO_WAKE
	:: wake(1)
#endif
#ifndef ONLY_WAKE
	:: arm(1, 2)
	:: cancel(0)
#endif
	fi
}

proctype host_clock()
{
	do
	:: host < HOST_END -> host++
	:: host == HOST_END -> break
	od
}

/* Sees the present twice: it must not go back. Realtime only. */
proctype reader()
{
	byte seen;

	seen = present;
	d_step { assert(present >= seen); seen = 0 }
}

init {
	byte n;

	atomic {
#ifdef BOOT_CORE
		idle[CORES - 1] = 0;
		running = 1;
		runners = 1;
#endif
#ifndef DRIVER_NO_RUNNER
		runners++;
#endif
		for (n : 0 .. CORES - 1) {
			run core(n)
		}
		n = 0;
		run driver();
		run timer_callback();
		run console();
#ifdef READER
		run reader();
#else
		run network();
#endif
#ifndef JUMP
		run host_clock();
#endif
	};
	/* Nothing can happen any more: if a timer is pending, then only because the host's time stands still. */
	timeout;
	if
	:: first != NONE ->
		assert(runners == 0);
		assert(warp_timer != NONE);
#ifndef JUMP
		assert(warp_start != NONE);
		assert(warp_timer <= warp_start + first - base)
#endif
	:: else
	fi
}
