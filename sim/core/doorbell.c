#include "sim/core/doorbell.h"

#include "sim/core/core.h"

#define DOORBELL_BROADCAST PPC_BIT32(5)

enum doorbell_type { DOORBELL_NORMAL, DOORBELL_CRITICAL };

/* The guest's types are for partitions, which this core has none of: 0. */
static uint32_t doorbell_cause(uint32_t message)
{
	switch (bits32(message, 0, 4)) {
	case DOORBELL_NORMAL:
		return CAUSE_DOORBELL;
	case DOORBELL_CRITICAL:
		return CAUSE_CRITICAL_DOORBELL;
	default:
		return 0;
	}
}

/* LPIDTAG 0 is for all partitions; any other is for one that does not exist (LPIDR is 0). */
static bool doorbell_accepted(const struct core *core, uint32_t message)
{
	return bits32(message, 10, 17) == 0 &&
	       (message & DOORBELL_BROADCAST || bits32(message, 18, 31) == bits32(core->pir, 18, 31));
}

bool doorbell_receive(struct core *core, uint32_t message, int64_t when)
{
	uint32_t cause = doorbell_cause(message);

	if (!cause || !model_has(core->model, ISA_CATEGORY_PC) || !doorbell_accepted(core, message))
		return false;
	interrupt_set_cause(core, (enum core_cause)cause, true, when);
	return true;
}

void doorbell_clear(struct core *core, uint32_t message)
{
	uint32_t cause = doorbell_cause(message);

	if (cause)
		interrupt_set_cause(core, (enum core_cause)cause, false, 0);
}
