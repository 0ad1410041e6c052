/*
 * NAME
 *   fsl,mpic - the multi-processor interrupt controller of PQ3 and QorIQ SoCs
 *
 * BINDING
 *   compatible             "fsl,mpic" ("chrp,open-pic" beside it is fine)
 *   reg                    0x40000 bytes
 *   #interrupt-cells       2: source, sense; 4: source, sense, type (0 normal, 1 error,
 *                          2 IPI, 3 timer), number of the error or timer
 *   last-interrupt-source  FRR[NIRQ] when given
 *   clock-frequency        Hz of the platform; a timer tick is 8 (TCR[CLKR]: 8 to 64) of
 *                          its clocks. Absent: 25 MHz, as in QEMU, whatever TCR says
 *   warpcore,mpic-version  0x0200 or 0x0402: which model; only for who wants another one
 *                          than below
 *   Nodes "fsl,mpic-msi", "fsl,mpic-global-timer" and "fsl,mpic-v3.1-msgr" lie in its
 *   registers and are modelled here.
 *
 * VERSIONS
 *   The tree does not say which: "fsl,mpic" is all of them. This model is FSL 4.2 on
 *   QEMU's ppce500 (root compatible "fsl,qemu-e500") and on SoCs with CoreNet
 *   (P4080 and later have 4.x), else FSL 2.0.
 *                     2.0            4.2
 *     BRR1            0x00400200     0x00400402
 *     sources in FRR  80             196
 *     critical        IDR[CIn]       ILR[INTTGT]: 0 int, 1 cint, 2 machine check
 *     IDR             EP, CIn, Pn    Pn
 *     GCR[M]          mixed          mixed, proxy (EPR)
 *
 * REGISTERS (offsets; 32 bits each at multiples of 16, ILR apart)
 *   0x00000 BRR1   0x00040-0x000b0 those of the accessing CPU   0x01000 FRR   0x01020 GCR
 *   0x01080 VIR    0x01090 PIR    0x010a0-0x010d0 IPIVPR0-3     0x010e0 SPVE
 *   0x010f0 TFRR   0x01100 + 0x40 n: GTCCR, GTBCR, GTVPR, GTDR  0x01300 TCR; 0x02xxx: group B
 *   0x01400 MSGR0-3, 0x01500 MER, 0x01510 MSR; 0x02400: group B
 *   0x01600 MSIR0-7 (cleared by reading), 0x01720 MSISR, 0x01740 MSIIR; 0x01800, 0x01a00:
 *           banks B and C; 0x04140, 0x05140, 0x06140: MSIIR alone
 *   0x03900 EISR   0x03910 EIMR
 *   0x10000 + 0x20 n: IVPR, +0x10 IDR, +0x18 ILR (4.2)
 *   0x20000 + 0x1000 cpu: +0x40-0x70 IPIDR0-3, +0x80 CTPR, +0x90 WHOAMI, +0xa0 IACK, +0xb0 EOI
 *
 * BEHAVIOUR
 *   The highest priority wins, among equals the lowest source. It is delivered when
 *   its priority is above CTPR and above what is in service. Reading IACK puts it in
 *   service and takes an edge away; EOI ends the last one in service. A level stays
 *   until the device lowers it. Several P bits: each of those CPUs gets it, and an
 *   edge stays with each until that CPU acknowledges it.
 *   What goes to cint or machine check knows no priority, IACK and EOI (and, on 2.0,
 *   no mask): the output follows the input.
 *   A source written in PIR holds its core in reset; written back it lets the core
 *   go where power-on leaves it.
 *
 * KNOWN LIMITS
 *   Pass-through mode (GCR[M] = 0) delivers like mixed mode, as on QEMU. Timers do not
 *   cascade, and TCR[RTM] (RTC input) does not count. IRQ_OUT (IDR[EP]) leads nowhere.
 */
#include "soc/device/mpic.h"

#include <string.h>

#include "soc/build/builder.h"

enum mpic_offset {
	MPIC_BRR1 = 0x00000,
	MPIC_OWN_CPU = 0x00040,
	MPIC_OWN_CPU_END = 0x000c0,
	MPIC_FRR = 0x01000,
	MPIC_GCR = 0x01020,
	MPIC_VIR = 0x01080,
	MPIC_PIR = 0x01090,
	MPIC_IPIVPR0 = 0x010a0,
	MPIC_SPVE = 0x010e0,
	MPIC_TIMERS_A = 0x010f0,
	MPIC_MESSAGES_A = 0x01400,
	MPIC_MSIS = 0x01600,
	MPIC_MSIS_END = 0x01c00,
	MPIC_TIMERS_B = 0x020f0,
	MPIC_MESSAGES_B = 0x02400,
	MPIC_EISR = 0x03900,
	MPIC_EIMR = 0x03910,
	MPIC_MSIIR_A = 0x04140,
	MPIC_MSIIR_B = 0x05140,
	MPIC_MSIIR_C = 0x06140,
	MPIC_SOURCE0 = 0x10000,
	MPIC_SOURCES_END = 0x12000,
	MPIC_CPU0 = 0x20000,
	MPIC_CPUS_END = 0x40000,
};

enum mpic_cpu_offset { IPIDR0 = 0x40, CTPR = 0x80, WHOAMI = 0x90, IACK = 0xa0, EOI = 0xb0 };
enum mpic_source_offset { IVPR = 0x00, IDR = 0x10, ILR = 0x18 };

#define IVPR_MSK 0x80000000u
#define IVPR_A 0x40000000u
#define IVPR_P 0x00800000u
#define IVPR_S 0x00400000u
#define IVPR_PRIORITY 0x000f0000u
#define IVPR_VECTOR 0x0000ffffu
#define IDR_EP 0x80000000u
#define GCR_RST 0x80000000u
#define GCR_M 0x60000000u
#define GCR_M_MIXED 0x20000000u
#define GCR_M_PROXY 0x60000000u
#define MPIC_NOTHING 0xffffffffu /* what an address without a register reads */
#define MPIC_ERROR_SOURCE 16
#define MPIC_QEMU_TIMER_CLOCK 25000000u

/* Sources. */

static uint32_t mpic_cpu_mask(const struct mpic *mpic)
{
	return mpic->ncpus == 32 ? UINT32_MAX : (UINT32_C(1) << mpic->ncpus) - 1;
}

static bool mpic_is_edge(const struct mpic *mpic, unsigned source)
{
	return source < MPIC_EXTERNALS ? !(mpic->source[source].ivpr & IVPR_S) : source >= MPIC_INPUTS;
}

/* CIn is bit 30 - n. */
static uint32_t mpic_critical_cpus(const struct mpic *mpic, const struct mpic_source *source)
{
	uint32_t cpus = 0;

	for (unsigned n = 0; n < mpic->ncpus && n < 15; n++)
		if (source->idr & UINT32_C(1) << (30 - n))
			cpus |= UINT32_C(1) << n;
	return cpus;
}

/* The output that a source goes to, and the CPUs. */
static enum mpic_output mpic_route(const struct mpic *mpic, const struct mpic_source *source, uint32_t *cpus)
{
	*cpus = source->idr & mpic_cpu_mask(mpic);
	if (mpic->v4)
		return source->ilr == 1 ? MPIC_CINT : source->ilr == 2 ? MPIC_MCP : MPIC_INT;
	if (!mpic_critical_cpus(mpic, source))
		return MPIC_INT;
	*cpus = mpic_critical_cpus(mpic, source);
	return MPIC_CINT;
}

static bool mpic_is_in_service(const struct mpic *mpic, unsigned source)
{
	for (unsigned n = 0; n < mpic->ncpus; n++)
		for (unsigned i = 0; i < mpic->cpu[n].depth; i++)
			if (mpic->cpu[n].stack[i].source == source)
				return true;
	return false;
}

static uint32_t mpic_ivpr(const struct mpic *mpic, unsigned source)
{
	bool active = mpic->raised[source / 64] >> source % 64 & 1 || mpic_is_in_service(mpic, source);

	return mpic->source[source].ivpr | (active ? IVPR_A : 0);
}

/* Delivery. */

/* The source that CPU n would get next: its number, or -1. */
static int mpic_best(const struct mpic *mpic, unsigned n)
{
	const struct mpic_cpu *cpu = &mpic->cpu[n];
	uint32_t above = cpu->ctpr, cpus;
	int best = -1;

	if (cpu->depth && cpu->stack[cpu->depth - 1].priority > above)
		above = cpu->stack[cpu->depth - 1].priority;
	for (unsigned word = 0; word < MPIC_WORDS; word++)
		for (uint64_t left = mpic->raised[word]; left; left &= left - 1) {
			unsigned number = 64 * word + (unsigned)__builtin_ctzll(left);
			const struct mpic_source *source = &mpic->source[number];
			uint32_t priority = (source->ivpr & IVPR_PRIORITY) >> 16;

			if (source->ivpr & IVPR_MSK || priority <= above)
				continue;
			if (mpic_route(mpic, source, &cpus) != MPIC_INT)
				continue;
			if (mpic_is_edge(mpic, number))
				cpus = source->waiting;
			if (!(cpus >> n & 1))
				continue;
			best = (int)number;
			above = priority; /* only a higher one beats it: among equals the lowest number stays */
		}
	return best;
}

/* Is any source routed to this critical or machine-check output of CPU n? */
static bool mpic_direct(const struct mpic *mpic, unsigned n, enum mpic_output output)
{
	uint32_t cpus;

	for (unsigned word = 0; word < MPIC_WORDS; word++)
		for (uint64_t left = mpic->raised[word]; left; left &= left - 1) {
			const struct mpic_source *source = &mpic->source[64 * word + (unsigned)__builtin_ctzll(left)];

			if (!source->wire || mpic_route(mpic, source, &cpus) != output || !(cpus >> n & 1))
				continue;
			if (!mpic->v4 || !(source->ivpr & IVPR_MSK))
				return true;
		}
	return false;
}

static void mpic_drive(struct mpic_cpu *cpu, enum mpic_output output, bool level, int64_t now)
{
	if (cpu->level[output] == level)
		return;
	cpu->level[output] = level;
	irq_set(&cpu->out[output], level, now);
}

static void mpic_update_cpu(struct mpic *mpic, unsigned n, int64_t now)
{
	struct mpic_cpu *cpu = &mpic->cpu[n];

	mpic_drive(cpu, MPIC_INT, mpic_best(mpic, n) >= 0, now);
	mpic_drive(cpu, MPIC_CINT, mpic_direct(mpic, n, MPIC_CINT), now);
	mpic_drive(cpu, MPIC_MCP, mpic_direct(mpic, n, MPIC_MCP), now);
}

static void mpic_update(struct mpic *mpic, int64_t now)
{
	for (unsigned n = 0; n < mpic->ncpus; n++)
		mpic_update_cpu(mpic, n, now);
}

/* Recomputes whether a source is asserted. */
static void mpic_refresh(struct mpic *mpic, unsigned number)
{
	struct mpic_source *source = &mpic->source[number];
	uint64_t bit = UINT64_C(1) << number % 64;

	if (mpic_is_edge(mpic, number) ? source->waiting != 0 : source->wire)
		mpic->raised[number / 64] |= bit;
	else
		mpic->raised[number / 64] &= ~bit;
}

void mpic_pulse(struct mpic *mpic, unsigned number, uint32_t cpus, int64_t now)
{
	mpic->source[number].waiting |= cpus & mpic_cpu_mask(mpic);
	mpic_refresh(mpic, number);
	mpic_update(mpic, now);
}

void mpic_set_level(struct mpic *mpic, unsigned number, bool level, int64_t now)
{
	struct mpic_source *source = &mpic->source[number];
	uint32_t cpus;

	if (source->wire == level)
		return;
	source->wire = level;
	if (level && mpic_is_edge(mpic, number)) {
		mpic_route(mpic, source, &cpus);
		source->waiting |= cpus;
	}
	mpic_refresh(mpic, number);
	mpic_update(mpic, now);
}

/* IACK: the vector, or the spurious one. */
static uint32_t mpic_acknowledge(struct mpic *mpic, unsigned n, int64_t now)
{
	struct mpic_cpu *cpu = &mpic->cpu[n];
	int best = mpic_best(mpic, n);
	struct mpic_source *source;

	if (best < 0)
		return mpic->spve;
	source = &mpic->source[best];
	/* Each level of the stack has a higher priority (1..15) than the one below: it cannot overflow. */
	cpu->stack[cpu->depth].source = (uint16_t)best;
	cpu->stack[cpu->depth].priority = (uint8_t)((source->ivpr & IVPR_PRIORITY) >> 16);
	cpu->depth++;
	if (mpic_is_edge(mpic, (unsigned)best)) {
		source->waiting &= ~(UINT32_C(1) << n);
		mpic_refresh(mpic, (unsigned)best);
	}
	mpic_update(mpic, now);
	mpic->taken.fn(mpic->taken.opaque, n, (unsigned)best, now);
	return source->ivpr & IVPR_VECTOR;
}

/* builder_acknowledge_fn: proxy mode. */
static bool mpic_deliver(struct device *device, unsigned core, bool critical, int64_t now, uint32_t *vector)
{
	struct mpic *mpic = (struct mpic *)device;

	if (critical || (mpic->gcr & GCR_M) != GCR_M_PROXY || core >= mpic->ncpus)
		return false;
	*vector = mpic_acknowledge(mpic, core, now);
	return true;
}

/* builder_core_was_reset_fn. */
static void mpic_drive_again(struct device *device, unsigned core, int64_t now)
{
	struct mpic *mpic = (struct mpic *)device;
	struct mpic_cpu *cpu = &mpic->cpu[core];

	for (unsigned output = 0; output < 3; output++)
		irq_set(&cpu->out[output], cpu->level[output], now);
}

/* Registers of sources. */

void mpic_set_ivpr(struct mpic *mpic, unsigned number, uint32_t value, int64_t now)
{
	struct mpic_source *source = &mpic->source[number];
	uint32_t writable = IVPR_MSK | IVPR_PRIORITY | IVPR_VECTOR;

	if (number < MPIC_EXTERNALS)
		writable |= IVPR_S;
	if (number < MPIC_INPUTS)
		writable |= IVPR_P;
	if (number < MPIC_EXTERNALS && !(value & source->ivpr & IVPR_S) && (value ^ source->ivpr) & IVPR_S)
		source->waiting = 0; /* an edge is remembered in edge mode only */
	source->ivpr = value & writable;
	mpic_refresh(mpic, number);
	mpic_update(mpic, now);
}

void mpic_set_idr(struct mpic *mpic, unsigned number, uint32_t value, int64_t now)
{
	struct mpic_source *source = &mpic->source[number];
	uint32_t writable = mpic_cpu_mask(mpic);

	if (!mpic->v4 && number < MPIC_INPUTS)
		for (unsigned n = 0; n < mpic->ncpus && n < 15; n++)
			writable |= IDR_EP | UINT32_C(1) << (30 - n);
	source->idr = value & writable;
	if (source->waiting) /* an edge that nobody has acknowledged goes with its source */
		source->waiting = source->idr & mpic_cpu_mask(mpic);
	mpic_refresh(mpic, number);
	mpic_update(mpic, now);
}

static void mpic_set_ilr(struct mpic *mpic, unsigned number, uint32_t value, int64_t now)
{
	if (!mpic->v4)
		return;
	if ((value & 0xff) > 2)
		device_bad_access(&mpic->device, "ILR[INTTGT] names no output, int is taken",
				  MPIC_SOURCE0 + 0x20 * number + ILR, 4);
	mpic->source[number].ilr = value & 0xff;
	mpic_update(mpic, now);
}

static uint32_t mpic_read_source(struct mpic *mpic, uint32_t offset)
{
	unsigned number = (offset - MPIC_SOURCE0) / 0x20;

	switch (offset & 0x1f) {
	case IVPR: return mpic_ivpr(mpic, number);
	case IDR: return mpic->source[number].idr;
	case ILR: return mpic->v4 ? mpic->source[number].ilr : MPIC_NOTHING;
	default: return MPIC_NOTHING;
	}
}

static void mpic_write_source(struct mpic *mpic, uint32_t offset, uint32_t value, int64_t now)
{
	unsigned number = (offset - MPIC_SOURCE0) / 0x20;

	switch (offset & 0x1f) {
	case IVPR: mpic_set_ivpr(mpic, number, value, now); break;
	case IDR: mpic_set_idr(mpic, number, value, now); break;
	case ILR: mpic_set_ilr(mpic, number, value, now); break;
	default: break;
	}
}

/* Registers of CPUs. */

static uint32_t mpic_read_cpu(struct mpic *mpic, unsigned n, uint32_t offset, int64_t now)
{
	switch (offset) {
	case CTPR: return mpic->cpu[n].ctpr;
	case WHOAMI: return n;
	case IACK: return mpic_acknowledge(mpic, n, now);
	default: return 0;
	}
}

static void mpic_write_cpu(struct mpic *mpic, unsigned n, uint32_t offset, uint32_t value, int64_t now)
{
	struct mpic_cpu *cpu = &mpic->cpu[n];

	if (offset >= IPIDR0 && offset < CTPR) {
		unsigned number = MPIC_IPI + (offset - IPIDR0) / 0x10;

		mpic->source[number].idr |= value & mpic_cpu_mask(mpic);
		mpic_pulse(mpic, number, value, now);
	} else if (offset == CTPR) {
		cpu->ctpr = value & 15;
		mpic_update_cpu(mpic, n, now);
	} else if (offset == EOI && cpu->depth) {
		cpu->depth--;
		mpic_update_cpu(mpic, n, now);
	}
}

/* Global registers. */

static void mpic_reset_state(struct mpic *mpic, int64_t now)
{
	mpic->gcr = 0;
	mpic->spve = 0xffff;
	mpic->eimr = UINT32_MAX;
	for (unsigned number = 0; number < MPIC_SOURCES; number++) {
		struct mpic_source *source = &mpic->source[number];

		source->ivpr = IVPR_MSK | (number >= MPIC_INTERNAL && number < MPIC_INPUTS ? IVPR_P : 0);
		source->idr = number >= MPIC_IPI && number < MPIC_TIMER ? 0 : 1;
		source->ilr = 0;
		source->waiting = 0;
		if (number >= MPIC_MESSAGE && number < MPIC_MESSAGE + 8)
			source->wire = false;
		if (number >= MPIC_MSI && number < MPIC_MSI + 8 * MPIC_MSI_BANKS)
			source->wire = false;
		mpic_refresh(mpic, number); /* the wires from outside stay what they are */
	}
	memset(mpic->msir, 0, sizeof mpic->msir);
	memset(mpic->messages, 0, sizeof mpic->messages);
	for (unsigned n = 0; n < mpic->ncpus; n++) {
		mpic->cpu[n].ctpr = 15;
		mpic->cpu[n].depth = 0;
	}
	mpic_timer_reset(mpic);
	mpic_update(mpic, now);
}

static void mpic_set_gcr(struct mpic *mpic, uint32_t value, int64_t now)
{
	if (value & GCR_RST)
		mpic_reset_state(mpic, now);
	else
		mpic->gcr = value & (mpic->v4 ? GCR_M : GCR_M_MIXED);
}

static void mpic_set_pir(struct mpic *mpic, uint32_t value, int64_t now)
{
	uint32_t changed = (mpic->pir ^ value) & mpic_cpu_mask(mpic);

	mpic->pir = value & mpic_cpu_mask(mpic);
	for (unsigned n = 0; n < mpic->ncpus; n++)
		if (changed >> n & 1)
			irq_set(&mpic->cpu[n].reset, mpic->pir >> n & 1, now);
}

static void mpic_update_errors(struct mpic *mpic, int64_t now)
{
	mpic_set_level(mpic, MPIC_ERROR_SOURCE, mpic->eisr & ~mpic->eimr, now);
}

static uint32_t mpic_frr(const struct mpic *mpic)
{
	return mpic->last_source << 16 | (mpic->ncpus - 1) << 8 | 2;
}

static uint32_t mpic_read_global(struct mpic *mpic, uint32_t offset)
{
	switch (offset) {
	case MPIC_BRR1: return mpic->v4 ? 0x00400402 : 0x00400200;
	case MPIC_FRR: return mpic_frr(mpic);
	case MPIC_GCR: return mpic->gcr;
	case MPIC_PIR: return mpic->pir;
	case MPIC_SPVE: return mpic->spve;
	case MPIC_EISR: return mpic->eisr;
	case MPIC_EIMR: return mpic->eimr;
	default:
		if (offset >= MPIC_IPIVPR0 && offset < MPIC_SPVE)
			return mpic_ivpr(mpic, MPIC_IPI + (offset - MPIC_IPIVPR0) / 0x10);
		return 0;
	}
}

static void mpic_write_global(struct mpic *mpic, uint32_t offset, uint32_t value, int64_t now)
{
	switch (offset) {
	case MPIC_GCR: mpic_set_gcr(mpic, value, now); break;
	case MPIC_PIR: mpic_set_pir(mpic, value, now); break;
	case MPIC_SPVE: mpic->spve = value & IVPR_VECTOR; break;
	case MPIC_EIMR:
		mpic->eimr = value;
		mpic_update_errors(mpic, now);
		break;
	case MPIC_MSIIR_A: mpic_message_write_msi(mpic, 0, 0x140, value, now); break;
	case MPIC_MSIIR_B: mpic_message_write_msi(mpic, 1, 0x140, value, now); break;
	case MPIC_MSIIR_C: mpic_message_write_msi(mpic, 2, 0x140, value, now); break;
	default:
		if (offset >= MPIC_IPIVPR0 && offset < MPIC_SPVE)
			mpic_set_ivpr(mpic, MPIC_IPI + (offset - MPIC_IPIVPR0) / 0x10, value, now);
		break;
	}
}

/* Timers, messages and MSIs have a group or bank in the address: false when it is none of theirs. */
static bool mpic_is_timer(uint32_t offset)
{
	uint32_t in_group = offset & 0xfff;

	return (offset >> 12 == 1 || offset >> 12 == 2) && in_group >= 0x0f0 && in_group < 0x400;
}

static bool mpic_is_message(uint32_t offset)
{
	return (offset >> 12 == 1 || offset >> 12 == 2) && (offset & 0xe00) == 0x400;
}

static bool mpic_is_msi(uint32_t offset)
{
	return offset >= MPIC_MSIS && offset < MPIC_MSIS_END;
}

/* The CPU whose registers an offset means, or -1; *offset becomes that in its block. */
static int mpic_cpu_of(const struct mpic *mpic, const struct bus_access *access, uint32_t *offset)
{
	int n = -1;

	if (*offset >= MPIC_OWN_CPU && *offset < MPIC_OWN_CPU_END)
		n = access->core;
	else if (*offset >= MPIC_CPU0)
		n = (int)((*offset - MPIC_CPU0) >> 12);
	*offset &= 0xfff;
	return n >= 0 && (unsigned)n < mpic->ncpus ? n : -1;
}

static bool mpic_is_cpu(uint32_t offset)
{
	return offset >= MPIC_CPU0 || (offset >= MPIC_OWN_CPU && offset < MPIC_OWN_CPU_END);
}

static uint32_t mpic_read_register(struct mpic *mpic, const struct bus_access *access, uint32_t offset)
{
	if (mpic_is_cpu(offset)) {
		int n = mpic_cpu_of(mpic, access, &offset);

		return n < 0 ? MPIC_NOTHING : mpic_read_cpu(mpic, (unsigned)n, offset, access->now);
	}
	if (mpic_is_timer(offset))
		return mpic_timer_read(mpic, (offset >> 12) - 1, offset & 0xfff, access->now);
	if (mpic_is_message(offset))
		return mpic_message_read(mpic, (offset >> 12) - 1, offset & 0x1ff, access->now);
	if (mpic_is_msi(offset))
		return mpic_message_read_msi(mpic, (offset - MPIC_MSIS) / 0x200, offset & 0x1ff, access->now);
	return mpic_read_global(mpic, offset);
}

static void mpic_write_register(struct mpic *mpic, const struct bus_access *access, uint32_t offset, uint32_t value)
{
	if (mpic_is_cpu(offset)) {
		int n = mpic_cpu_of(mpic, access, &offset);

		if (n >= 0)
			mpic_write_cpu(mpic, (unsigned)n, offset, value, access->now);
	} else if (mpic_is_timer(offset)) {
		mpic_timer_write(mpic, (offset >> 12) - 1, offset & 0xfff, value, access->now);
	} else if (mpic_is_message(offset)) {
		mpic_message_write(mpic, (offset >> 12) - 1, offset & 0x1ff, value, access->now);
	} else if (mpic_is_msi(offset)) {
		mpic_message_write_msi(mpic, (offset - MPIC_MSIS) / 0x200, offset & 0x1ff, value, access->now);
	} else {
		mpic_write_global(mpic, offset, value, access->now);
	}
}

static uint64_t mpic_read(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size)
{
	struct mpic *mpic = opaque;

	if (size != 4) {
		device_bad_access(&mpic->device, "read that is not of 32 bits", offset, size);
		return MPIC_NOTHING;
	}
	if (offset >= MPIC_SOURCE0 && offset < MPIC_SOURCES_END)
		return mpic_read_source(mpic, (uint32_t)offset);
	return offset & 15 || offset >= MPIC_CPUS_END ? MPIC_NOTHING
						      : mpic_read_register(mpic, access, (uint32_t)offset);
}

static void mpic_write(void *opaque, const struct bus_access *access, uint64_t offset, unsigned size, uint64_t value)
{
	struct mpic *mpic = opaque;

	if (size != 4)
		device_bad_access(&mpic->device, "write that is not of 32 bits", offset, size);
	else if (offset >= MPIC_SOURCE0 && offset < MPIC_SOURCES_END)
		mpic_write_source(mpic, (uint32_t)offset, (uint32_t)value, access->now);
	else if (!(offset & 15) && offset < MPIC_CPUS_END)
		mpic_write_register(mpic, access, (uint32_t)offset, (uint32_t)value);
}

/* Inputs. */

static void mpic_input(void *opaque, unsigned line, int level, int64_t when)
{
	mpic_set_level(opaque, line, level != 0, when);
}

/* Error n of source 16: EISR bit 31 - n. */
static void mpic_error_input(void *opaque, unsigned line, int level, int64_t when)
{
	struct mpic *mpic = opaque;
	uint32_t bit = UINT32_C(0x80000000) >> line;

	mpic->eisr = level ? mpic->eisr | bit : mpic->eisr & ~bit;
	mpic_update_errors(mpic, when);
}

static bool mpic_interrupt_input(struct device *device, const uint32_t *cells, unsigned ncells,
				 struct irq *input, struct err *err)
{
	uint32_t type = ncells == 4 ? cells[2] : 0;

	if (ncells != 2 && ncells != 4)
		return err_set(err, "%u cells, the MPIC has 2 or 4", ncells);
	if (type > 3)
		return err_set(err, "type %u is not 0 (normal), 1 (error), 2 (IPI) or 3 (timer)", (unsigned)type);
	if (type > 1)
		return true; /* made by the MPIC itself */
	if (cells[0] >= MPIC_INPUTS)
		return err_set(err, "source %u, the MPIC has %d", (unsigned)cells[0], MPIC_INPUTS);
	if (type == 1 && cells[3] > 31)
		return err_set(err, "error %u of source %u, there are 32", (unsigned)cells[3], (unsigned)cells[0]);
	*input = type ? (struct irq){ mpic_error_input, device, cells[3] }
		      : (struct irq){ mpic_input, device, cells[0] };
	return true;
}

/* The device. */

static bool mpic_choose_version(struct mpic *mpic, struct builder *builder, struct err *err)
{
	const struct tree_node *node = mpic->device.node;
	bool v4 = tree_is_compatible(node->tree->root, "fsl,qemu-e500") || builder_has_corenet(builder);
	uint32_t version = tree_u32(node, "warpcore,mpic-version", v4 ? 0x0402 : 0x0200);

	if (version != 0x0200 && version != 0x0402)
		return err_set(err, "warpcore,mpic-version: 0x%x is not 0x0200 or 0x0402", (unsigned)version);
	mpic->v4 = version == 0x0402;
	mpic->last_source = tree_u32(node, "last-interrupt-source", (mpic->v4 ? 196 : 80) - 1);
	if (mpic->last_source >= MPIC_INPUTS)
		return err_set(err, "last-interrupt-source: %u, the model has %d sources", (unsigned)mpic->last_source,
			       MPIC_INPUTS);
	return true;
}

static bool mpic_create(struct device *device, struct builder *builder, struct err *err)
{
	static const struct bus_ops ops = { mpic_read, mpic_write };
	struct mpic *mpic = (struct mpic *)device;
	uint64_t clock = tree_u64(device->node, "clock-frequency", 0);

	mpic->ncpus = builder_cores(builder);
	mpic->taken = builder_irq_taken(builder);
	mpic->timer_divides = clock >= 64;
	mpic->timer_clock = mpic->timer_divides ? clock / 8 : MPIC_QEMU_TIMER_CLOCK;
	if (!mpic_choose_version(mpic, builder, err) || !mpic_timer_create(mpic, err))
		return false;
	for (unsigned n = 0; n < mpic->ncpus; n++) {
		mpic->cpu[n].out[MPIC_INT] = builder_core_input(builder, n, BUILDER_INT);
		mpic->cpu[n].out[MPIC_CINT] = builder_core_input(builder, n, BUILDER_CINT);
		mpic->cpu[n].out[MPIC_MCP] = builder_core_input(builder, n, BUILDER_MCP);
		mpic->cpu[n].reset = builder_core_input(builder, n, BUILDER_RESET);
	}
	if (!builder_map(builder, 0, &ops, mpic, err))
		return false;
	builder_set_controller(builder, device, mpic_deliver, mpic_drive_again);
	return true;
}

static void mpic_reset(struct device *device)
{
	struct mpic *mpic = (struct mpic *)device;

	mpic->pir = 0;
	mpic_reset_state(mpic, 0);
}

static void mpic_visit_cpu(struct mpic_cpu *cpu, struct state_visitor *visitor)
{
	uint32_t depth = cpu->depth;

	state_u32(visitor, "ctpr", &cpu->ctpr);
	state_u32(visitor, "depth", &depth);
	cpu->depth = depth < MPIC_PRIORITIES ? depth : MPIC_PRIORITIES - 1;
	for (unsigned i = 0; i < cpu->depth; i++) {
		state_u16(visitor, "source", &cpu->stack[i].source);
		state_u8(visitor, "priority", &cpu->stack[i].priority);
	}
	for (unsigned i = 0; i < 3; i++)
		state_bool(visitor, "output", &cpu->level[i]);
}

static void mpic_visit_state(struct device *device, struct state_visitor *visitor)
{
	struct mpic *mpic = (struct mpic *)device;

	state_u32(visitor, "gcr", &mpic->gcr);
	state_u32(visitor, "spve", &mpic->spve);
	state_u32(visitor, "pir", &mpic->pir);
	state_u32(visitor, "eisr", &mpic->eisr);
	state_u32(visitor, "eimr", &mpic->eimr);
	for (unsigned number = 0; number < MPIC_SOURCES; number++) {
		struct mpic_source *source = &mpic->source[number];

		state_u32(visitor, "ivpr", &source->ivpr);
		state_u32(visitor, "idr", &source->idr);
		state_u32(visitor, "ilr", &source->ilr);
		state_bool(visitor, "wire", &source->wire);
		state_u32(visitor, "waiting", &source->waiting);
		mpic_refresh(mpic, number);
	}
	for (unsigned n = 0; n < mpic->ncpus; n++)
		mpic_visit_cpu(&mpic->cpu[n], visitor);
	mpic_timer_visit_state(mpic, visitor);
	mpic_message_visit_state(mpic, visitor);
}

static const char *const mpic_compatible[] = { "fsl,mpic", NULL };
static const char *const mpic_msi_compatible[] = { "fsl,mpic-msi", NULL };
static const char *const mpic_timer_compatible[] = { "fsl,mpic-global-timer", NULL };
static const char *const mpic_message_compatible[] = { "fsl,mpic-v3.1-msgr", NULL };

const struct device_class mpic_class = {
	.compatible = mpic_compatible,
	.summary = "MPIC interrupt controller (FSL 2.0, 4.2)",
	.size = sizeof(struct mpic),
	.has_registers = true,
	.create = mpic_create,
	.reset = mpic_reset,
	.visit_state = mpic_visit_state,
	.interrupt_input = mpic_interrupt_input,
};

const struct device_class mpic_msi_class = {
	.compatible = mpic_msi_compatible,
	.summary = "message-signalled interrupts, in the MPIC's model",
};

const struct device_class mpic_timer_class = {
	.compatible = mpic_timer_compatible,
	.summary = "global timers, in the MPIC's model",
};

const struct device_class mpic_message_class = {
	.compatible = mpic_message_compatible,
	.summary = "message registers, in the MPIC's model",
};
