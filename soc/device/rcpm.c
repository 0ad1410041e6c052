/*
 * NAME
 *   rcpm - run control and power management of QorIQ SoCs with CoreNet (version 1)
 *
 * BINDING
 *   compatible  "fsl,qoriq-rcpm-1.0"
 *   reg         0x1000 bytes
 *
 * REGISTERS (32 bits; bit n from the least significant end is core n; P4080RM chapter 12)
 *   0x004 CDOZSR, 0x014 CNAPSR   read only: cores that doze or nap
 *   0x00c CDOZCR, 0x01c CNAPCR   1: the core shall doze, nap
 *   0x084 CTBENR                 1: the core's time base counts; reset: all cores of the
 *                                board, as the boot loader leaves it
 *   0x050 IPPDEXPCR, 0x064 CPMIMR, 0x06c CPMCIMR, 0x074 CPMMCMR, 0x07c CPMNMIMR,
 *   0x08c CTBCKSELR, 0x094 CTBHLTCR   kept
 *
 * BEHAVIOUR
 *   A core that dozes or naps executes nothing and goes on where it was when its bits
 *   are clear again. All time bases whose bits change with one write stop or start at
 *   the same virtual time.
 *
 * KNOWN LIMITS
 *   Interrupts do not end a doze or nap (as if CPMIMR and its like masked them all).
 *   POWMGTCSR (sleep of the whole SoC) reads 0.
 */
#include "soc/device/rcpm.h"

#include "soc/build/builder.h"

enum rcpm_offset {
	RCPM_CDOZSR = 0x004,
	RCPM_CDOZCR = 0x00c,
	RCPM_CNAPSR = 0x014,
	RCPM_CNAPCR = 0x01c,
	RCPM_CTBENR = 0x084,
	RCPM_KEPT_END = 0x0b0,
};

#define RCPM_WORDS (RCPM_KEPT_END / 4)
#define RCPM_CORES 32 /* a bit of a register for each */

struct rcpm {
	struct device device;
	unsigned ncores;
	uint32_t words[RCPM_WORDS];
	struct irq timebase_stop[RCPM_CORES], nap[RCPM_CORES];
};

static uint32_t rcpm_core_mask(const struct rcpm *rcpm)
{
	return rcpm->ncores == RCPM_CORES ? UINT32_MAX : (UINT32_C(1) << rcpm->ncores) - 1;
}

static uint32_t rcpm_resting(const struct rcpm *rcpm)
{
	return rcpm->words[RCPM_CDOZCR / 4] | rcpm->words[RCPM_CNAPCR / 4];
}

static void rcpm_drive(const struct irq *lines, unsigned count, uint32_t changed, uint32_t levels, int64_t now)
{
	for (unsigned n = 0; n < count; n++)
		if (changed >> n & 1)
			irq_set(&lines[n], levels >> n & 1, now);
}

/* Registers that are there to be read and written. */
static bool rcpm_is_kept(uint64_t offset)
{
	switch (offset) {
	case RCPM_CDOZCR: case RCPM_CNAPCR: case RCPM_CTBENR:
	case 0x050: case 0x064: case 0x06c: case 0x074: case 0x07c: case 0x08c: case 0x094:
		return true;
	default:
		return false;
	}
}

static uint64_t rcpm_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct rcpm *rcpm = opaque;

	if (size != 4)
		return device_bad_access(&rcpm->device, "read that is not of 32 bits", offset, size);
	if (offset == RCPM_CDOZSR)
		return rcpm->words[RCPM_CDOZCR / 4];
	if (offset == RCPM_CNAPSR)
		return rcpm->words[RCPM_CNAPCR / 4];
	if (rcpm_is_kept(offset))
		return rcpm->words[offset / 4];
	return device_unimplemented(&rcpm->device, "read", offset, size);
}

static void rcpm_set(struct rcpm *rcpm, uint64_t offset, uint32_t value, int64_t now)
{
	uint32_t resting = rcpm_resting(rcpm), ticking = rcpm->words[RCPM_CTBENR / 4];

	rcpm->words[offset / 4] = value & rcpm_core_mask(rcpm);
	rcpm_drive(rcpm->nap, rcpm->ncores, resting ^ rcpm_resting(rcpm), rcpm_resting(rcpm), now);
	rcpm_drive(rcpm->timebase_stop, rcpm->ncores, ticking ^ rcpm->words[RCPM_CTBENR / 4],
		   ~rcpm->words[RCPM_CTBENR / 4], now);
}

static void rcpm_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct rcpm *rcpm = opaque;

	if (size != 4)
		device_bad_access(&rcpm->device, "write that is not of 32 bits", offset, size);
	else if (rcpm_is_kept(offset))
		rcpm_set(rcpm, offset, (uint32_t)value, access->now);
	else
		device_unimplemented(&rcpm->device, "write", offset, size);
}

static bool rcpm_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { rcpm_read, rcpm_write };
	struct rcpm *rcpm = (struct rcpm *)device;

	rcpm->ncores = builder_cores(builder) < RCPM_CORES ? builder_cores(builder) : RCPM_CORES;
	for (unsigned n = 0; n < rcpm->ncores; n++) {
		rcpm->timebase_stop[n] = builder_core_input(builder, n, BUILDER_TIMEBASE_STOP);
		rcpm->nap[n] = builder_core_input(builder, n, BUILDER_NAP);
	}
	return builder_map(builder, 0, &ops, rcpm, err);
}

static void rcpm_reset(struct device *device)
{
	struct rcpm *rcpm = (struct rcpm *)device;

	for (unsigned i = 0; i < RCPM_WORDS; i++)
		rcpm->words[i] = 0;
	rcpm->words[RCPM_CTBENR / 4] = rcpm_core_mask(rcpm);
}

static void rcpm_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct rcpm *rcpm = (struct rcpm *)device;

	for (unsigned i = 0; i < RCPM_WORDS; i++)
		state_u32(visitor, "word", &rcpm->words[i]);
}

static const char *const rcpm_compatible[] = { "fsl,qoriq-rcpm-1.0", NULL };

const struct device_class rcpm_class = {
	.compatible = rcpm_compatible,
	.summary = "run control and power management: time base enable, doze, nap",
	.size = sizeof(struct rcpm),
	.has_registers = true,
	.create = rcpm_create,
	.reset = rcpm_reset,
	.visit_state = rcpm_visit_state,
};
