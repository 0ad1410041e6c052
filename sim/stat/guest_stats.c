#include "sim/stat/guest_stats.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

struct guest_stat {
	char name[GUEST_STATS_NAME];
	int64_t value;
	bool live; /* false: of a future that a restore undid */
};

struct guest_stats {
	struct stats *stats;
	struct guest_stat *items; /* stay where they are: `stats` points at the values */
	unsigned count, most;
};

struct guest_stats *guest_stats_create(struct stats *stats, unsigned most)
{
	struct guest_stats *guest = allocate_zeroed(1, sizeof *guest);

	guest->stats = stats;
	guest->items = allocate_zeroed(most, sizeof *guest->items);
	guest->most = most;
	return guest;
}

void guest_stats_destroy(struct guest_stats *guest)
{
	if (!guest)
		return;
	free(guest->items);
	free(guest);
}

static struct guest_stat *guest_stats_add(struct guest_stats *guest, const char *name)
{
	struct guest_stat *stat = &guest->items[guest->count++];

	snprintf(stat->name, sizeof stat->name, "%s", name);
	stats_add(guest->stats, "events", "counted by the guest itself", stats_read_i64, &stat->value, "%s", name);
	return stat;
}

int64_t *guest_stats_value(struct guest_stats *guest, const char *name)
{
	struct guest_stat *stat = NULL;

	for (unsigned i = 0; i < guest->count && !stat; i++)
		if (!strcmp(guest->items[i].name, name))
			stat = &guest->items[i];
	if (!stat && guest->count == guest->most)
		return NULL;
	if (!stat)
		stat = guest_stats_add(guest, name);
	stat->live = true;
	return &stat->value;
}

static void guest_stats_restore(struct guest_stats *guest, uint32_t count, struct state_visitor *visitor)
{
	char name[GUEST_STATS_NAME] = "";
	int64_t *value;

	for (unsigned i = 0; i < guest->count && !visitor->failed; i++) {
		guest->items[i].live = false;
		guest->items[i].value = 0;
	}
	for (uint32_t i = 0; i < count && i < guest->most && !visitor->failed; i++) {
		visitor->bytes(visitor, "name", name, sizeof name);
		name[sizeof name - 1] = 0;
		value = visitor->failed ? NULL : guest_stats_value(guest, name);
		if (value)
			state_i64(visitor, "value", value);
		else
			state_refuse(visitor, "the saved state has more statistics of the guest than have room");
	}
}

void guest_stats_visit_state(struct guest_stats *guest, struct state_visitor *visitor)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < guest->count; i++)
		count += guest->items[i].live;
	state_u32(visitor, "guest statistics", &count);
	if (visitor->restores) {
		guest_stats_restore(guest, count, visitor);
		return;
	}
	for (unsigned i = 0; i < guest->count; i++) {
		struct guest_stat *stat = &guest->items[i];

		if (!stat->live)
			continue;
		visitor->bytes(visitor, "name", stat->name, sizeof stat->name);
		state_i64(visitor, "value", &stat->value);
	}
}
