/* The clock's state, to be saved and restored. Timers are their owners' (timer_visit_state). */
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/time/clock_state.h"

static void clock_visit_atomic(struct state_visitor *v, const char *name, _Atomic int64_t *value)
{
	int64_t plain = atomic_load(value);

	state_i64(v, name, &plain);
	atomic_store(value, plain);
}

static void clock_visit_cores(struct clock *clock, struct state_visitor *v)
{
	uint32_t idle = clock->nidle, ncores = clock->ncores;

	state_u32(v, "cores", &ncores);
	if (ncores != clock->ncores) {
		state_refuse(v, "the saved state is of a machine with another number of cores");
		return;
	}
	state_u32(v, "idle cores", &idle);
	atomic_fetch_sub(&clock->runners, (int)idle - (int)clock->nidle);
	clock->nidle = idle;
	for (unsigned i = 0; i < ncores; i++) {
		uint8_t reason = clock->reasons[i];

		state_bool(v, "idle", &clock->cores[i].idle);
		state_i64(v, "since", &clock->cores[i].since);
		for (unsigned n = 0; n < WARP_REASONS; n++)
			state_i64(v, "ns", &clock->cores[i].ns[n]);
		state_u8(v, "reason", &reason);
		if (state_at_most(v, "reason", reason, WARP_REASONS - 1))
			clock->reasons[i] = reason;
	}
	for (unsigned reason = 0; reason < WARP_REASONS; reason++) {
		uint32_t cores = clock->reason_cores[reason];

		state_u32(v, "cores by reason", &cores);
		clock->reason_cores[reason] = cores;
	}
}

/* Owners by name: their numbers are of this clock. */
static void clock_visit_owner(struct clock *clock, struct state_visitor *v, unsigned number)
{
	struct ledger *ledger = &clock->ledger;
	char text[256] = "";
	uint32_t length = 0;

	if (!v->restores) {
		snprintf(text, sizeof text, "%s", names_text(&clock->names, number));
		length = (uint32_t)strlen(text);
	}
	state_u32(v, "length", &length);
	if (length >= sizeof text) {
		state_refuse(v, "the saved state has a name of an owner that is too long");
		return;
	}
	v->bytes(v, "owner", text, length);
	if (v->restores)
		number = names_intern(&clock->names, text);
	ledger_make_room(ledger, number);
	state_i64(v, "count", &ledger->owners[number].count);
	state_i64(v, "ns", &ledger->owners[number].ns);
}

static void clock_visit_owners(struct clock *clock, struct state_visitor *v)
{
	struct ledger *ledger = &clock->ledger;
	uint32_t owners = 0;

	for (unsigned n = 0; n < ledger->owners_room; n++)
		owners += ledger->owners[n].count != 0;
	state_u32(v, "owners", &owners);
	if (v->restores) {
		for (unsigned n = 0; n < ledger->owners_room && !v->failed; n++)
			ledger->owners[n].count = ledger->owners[n].ns = 0;
		for (uint32_t i = 0; i < owners && !v->failed; i++)
			clock_visit_owner(clock, v, 0);
		return;
	}
	for (unsigned n = 0; n < ledger->owners_room; n++)
		if (ledger->owners[n].count)
			clock_visit_owner(clock, v, n);
}

/* The warp that a stop cut: it goes on in the next run, from the same entry. The cores are idle as they were. */
static void clock_visit_open(struct clock *clock, struct state_visitor *v)
{
	struct ledger *ledger = &clock->ledger;
	struct ledger_entry *entry = &ledger->ring[ledger->last % ledger->length];
	struct ledger_entry open = { .sequence = ledger->last, .end = LEDGER_LIMIT, .from = entry->from,
				     .to = entry->to, .owner = names_text(&clock->names, CLOCK_OWNER_RUN),
				     .name = "limit", .cores = clock->ncores };

	state_bool(v, "open", &ledger->open);
	if (!ledger->open)
		return;
	state_i64(v, "open from", &open.from);
	state_i64(v, "open to", &open.to);
	state_i64(v, "open longest", &ledger->open_longest);
	if (!v->restores)
		return;
	memcpy(open.reason, clock->reasons, sizeof open.reason);
	*entry = open;
	ledger->first = ledger->last;
}

static void clock_visit_ledger(struct clock *clock, struct state_visitor *v)
{
	struct ledger *ledger = &clock->ledger;

	state_u64(v, "last", &ledger->last);
	if (v->restores)
		ledger->first = ledger->last + 1;
	clock_visit_open(clock, v);
	clock_visit_atomic(v, "count", &ledger->count);
	clock_visit_atomic(v, "ns", &ledger->ns);
	clock_visit_atomic(v, "longest", &ledger->longest);
	clock_visit_atomic(v, "partial", &ledger->partial);
	clock_visit_atomic(v, "early", &ledger->early);
	clock_visit_atomic(v, "needless", &ledger->needless);
	clock_visit_atomic(v, "rearmed", &ledger->rearmed);
	clock_visit_atomic(v, "notifies", &ledger->notifies);
	clock_visit_atomic(v, "interventions", &ledger->interventions);
	for (unsigned reason = 0; reason < WARP_REASONS; reason++) {
		state_i64(v, "reason count", &ledger->reason_count[reason]);
		state_i64(v, "reason ns", &ledger->reason_ns[reason]);
	}
	clock_visit_owners(clock, v);
}

void clock_visit_state(struct clock *clock, struct state_visitor *visitor)
{
	int64_t base = clock_now(clock);

	state_group(visitor, "clock", 2);
	pthread_mutex_lock(&clock->lock); /* in the middle of a restore it holds no invariant yet */
	state_i64(visitor, "now", &base);
	state_u64(visitor, "sequence", &clock->sequence);
	state_i64(visitor, "firings", &clock->firings);
	state_i64(visitor, "executed", &clock->executed);
	clock_visit_atomic(visitor, "armed", &clock->counts.armed);
	clock_visit_atomic(visitor, "fired", &clock->counts.fired);
	clock_visit_atomic(visitor, "cancelled", &clock->counts.cancelled);
	clock_visit_atomic(visitor, "late", &clock->counts.late);
	clock_visit_cores(clock, visitor);
	clock_visit_ledger(clock, visitor);
	if (visitor->restores) {
		seqlock_write_begin(&clock->seqlock);
		seqlock_store(&clock->base, base);
		seqlock_write_end(&clock->seqlock);
		clock->paced = base;
	}
	pthread_mutex_unlock(&clock->lock);
}
