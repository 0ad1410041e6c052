/*
 * The state of one core: what software on it can see, and what drives it. Whoever looks into a core includes this;
 * its life and what can be asked of it are in sim/core/core.h.
 *
 * Registers are 64 bits wide; a 32-bit core's instructions write the low half
 * only (on e500v2 the high half is the upper SPE word and must survive).
 *
 * Threads: a core is owned by the thread that runs it. Only the atomic fields are for other threads, and what
 * posted_lock guards.
 */
#ifndef WARPCORE_CORE_CORE_STATE_H
#define WARPCORE_CORE_CORE_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/bits.h"
#include "sim/core/booke_timer.h"
#include "sim/core/core_observer.h"
#include "sim/core/core_platform.h"
#include "sim/core/fault.h"
#include "sim/core/model.h"
#include "sim/isa/op.h"
#include "sim/mmu/mmu.h"
#include "sim/time/rate.h"

struct block_cache;
struct bus;
struct clock;
struct core;
struct log;
struct timer_list;

/* MSR, 32-bit numbering of the e500 manuals. */
enum msr_bit {
	MSR_CM = PPC_BIT32(0),  /* 64-bit cores: computation mode */
	MSR_GS = PPC_BIT32(3),
	MSR_UCLE = PPC_BIT32(5),
	MSR_SPE = PPC_BIT32(6), /* e500v2 */
	MSR_WE = PPC_BIT32(13), /* e500v2 */
	MSR_CE = PPC_BIT32(14),
	MSR_EE = PPC_BIT32(16),
	MSR_PR = PPC_BIT32(17),
	MSR_FP = PPC_BIT32(18),
	MSR_ME = PPC_BIT32(19),
	MSR_FE0 = PPC_BIT32(20),
	MSR_UBLE = PPC_BIT32(21), /* e500v2: branch-locking user mode */
	MSR_DE = PPC_BIT32(22),
	MSR_FE1 = PPC_BIT32(23),
	MSR_IS = PPC_BIT32(26),
	MSR_DS = PPC_BIT32(27),
	MSR_PMM = PPC_BIT32(29),
	MSR_RI = PPC_BIT32(30), /* e500mc */
};

enum hid0_bit {
	HID0_EMCP = PPC_BIT32(0),   /* machine check input enabled */
	HID0_DOZE = PPC_BIT32(8),   /* e500v2: what MSR[WE] leads to */
	HID0_NAP = PPC_BIT32(9),
	HID0_SLEEP = PPC_BIT32(10),
	HID0_TBEN = PPC_BIT32(17),  /* e500v2: time base and decrementer count */
	HID0_EN_MAS7_UPDATE = PPC_BIT32(24), /* e500v2: misses and searches write MAS7 */
};

enum hid1_bit {
	HID1_RFXE = PPC_BIT32(14), /* e500v2: a read that nothing answers is a machine check */
};

/* L1CSR0 and L1CSR1, the same bits for data and instructions. */
enum l1csr_bit {
	L1CSR_UL = PPC_BIT32(21),   /* unable to lock */
	L1CSR_BZ32 = PPC_BIT32(28), /* e500mc, L1CSR0: dcbz and dcba act on 32 bytes */
	L1CSR_ENABLE = PPC_BIT32(31),
};

enum core_cause_number {
#define CORE_CAUSE(id, name) CAUSE_NUMBER_##id,
#include "sim/core/causes.def"
#undef CORE_CAUSE
	CAUSE_COUNT,
};

/* Bits of core->pending: level or latched requests by source. */
enum core_cause {
#define CORE_CAUSE(id, name) CAUSE_##id = 1 << CAUSE_NUMBER_##id,
#include "sim/core/causes.def"
#undef CORE_CAUSE
};

enum core_state {
	CORE_RUNNING,
	CORE_PARKED, /* held in the spin table, never released or not yet */
	CORE_WAITING, /* wait */
	CORE_DOZING, /* MSR[WE] with HID0[DOZE], [NAP] or [SLEEP] */
	CORE_LOOPING, /* a branch to itself with interrupts enabled */
	CORE_CHECKSTOPPED, /* machine check with MSR[ME] = 0 */
};

/* Requests to the run loop from outside of the instruction stream: bits of core->attention. */
enum core_attention {
	ATTENTION_INTERRUPT = 1, /* pending or MSR changed: look whether one is due */
	ATTENTION_INVALIDATE = 2, /* another core asks to drop translations or blocks */
	ATTENTION_STOP = 4, /* leave run_core at the next instruction boundary */
};

/*
 * The guest makes a call (sim/guest/warpcore.h), at core->pc: r3 to r9 are its arguments and results. False: it
 * cannot be answered now; the core leaves before it, and is held. See sim/engine/guest_call.h.
 */
typedef bool core_guest_call_fn(void *opaque, struct core *core);

/*
 * The time of one core (sim/core/core_time.h), in cycles of its clock. What an engine counts down is `end`; where each
 * instruction costs the same, slice_end says it in instructions.
 */
struct core_time {
	uint64_t frequency; /* Hz */
	struct rate rate;   /* of its ticks */
	uint32_t cpi;       /* cycles of each instruction, while costs is NULL */
	const uint16_t *costs; /* or by timing class (enum isa_timing): ISA_TIMING_COUNT of them, each >= 1 */
	uint32_t most;      /* the largest cost of an instruction */
	int64_t cycles;     /* of the instructions up to `charged` */
	int64_t charged;    /* value of core->insns up to which cycles counts */
	int64_t idle_cycles; /* core time = (cycles + idle_cycles) / frequency */
	int64_t end;        /* value of cycles at which this slice ends */
};

struct core {
	/* What instructions touch most. */
	uint64_t r[32];
	uint8_t cr[8];   /* CR fields 0..7: LT 8, GT 4, EQ 2, SO 1 */
	uint8_t ca, ov, so; /* XER[CA], [OV], [SO] as 0 or 1 */
	uint8_t xer_count;  /* XER[57:63]: bytes of lswx/stswx */
	uint64_t lr, ctr;
	uint64_t pc;       /* of the next instruction, at block boundaries; as the mode has it: core_cut */
	uint64_t block_ea; /* effective address of the running block; an op's is block_ea + 4 * index */
	uint32_t msr;
	int64_t insns;     /* retired up to the start of the running block */
	int64_t slice_end; /* value of insns at which this slice ends at the latest; its owner may lower it */
	_Atomic uint32_t attention; /* enum core_attention */
	_Atomic uint32_t pending;   /* enum core_cause */

	uint64_t f[32]; /* FPRs (e500mc), as double-format bits */
	uint32_t fpscr;
	uint32_t spefscr;
	uint64_t acc; /* SPE accumulator */

	/* Reservation (lwarx): one granule of model->cache_line bytes, physical. */
	_Atomic bool reserved;
	_Atomic uint64_t reserved_pa; /* of the granule */
	uint64_t reserved_value;      /* what was loaded: threads compare it in place */

	/* tlbivax of other threads, to be done before the next block. */
	pthread_mutex_t posted_lock;
	uint64_t *posted_tlbivax;
	unsigned nposted;
	_Atomic bool tlbivax_posted;
	/* Other cores run at the same time, on other threads. */
	bool threaded;

	/* What only some runs need, and each turn of the run loop asks for: in one word, so that it asks once. */
	union {
		struct {
			bool debug_active; /* DBCR0: instruction by instruction, every access the slow way */
			bool tracing;      /* observer.trace sees each instruction */
			bool costed;       /* instructions have costs of their own: time.costs */
			bool unused;
		};
		uint32_t careful; /* not 0: one of them */
	};
	/* A guest call waits until the other cores stand: it is made at the next run_core, which is not before. */
	bool held;
	/* The breakpoint at this value of insns and this pc was reported: step over it. */
	int64_t break_reported;
	uint64_t break_pc;
	/*
	 * Synchronous interrupts taken one after the other without a retired instruction, and where. A core
	 * whose vectors fault themselves can make no progress: it goes CORE_LOOPING, and only an asynchronous
	 * interrupt gets it out.
	 */
	unsigned fault_streak;
	int64_t fault_insns;
	struct fault fault; /* the last one worth telling of */

	struct mmu mmu; /* its tables are below */
	struct booke_timers timers;

	/* Interrupt registers. */
	uint64_t srr[2], csrr[2], dsrr[2], mcsrr[2];
	uint64_t dear, ivpr;
	uint32_t esr, mcsr, mcar_high, mcar_low;
	uint32_t ivor[64]; /* IVOR 0-15, 32-41 by number */
	uint32_t epr;
	uint64_t sprg[10];
	uint32_t usprg0;
	uint32_t pir, hid0, hid1, bucsr;
	uint32_t l1csr[3], l2csr0, l2csr1;
	uint32_t l2_error_disable, l2_error_interrupt, l2_error_control, l2_error_inject[3];
	uint32_t dbcr[3], dbsr;
	uint64_t iac[2], dac[2];
	uint32_t npidr;
	uint64_t bbear, bbtar;
	uint32_t eplc, epsc;
	uint32_t pmgc0, pmlca[4], pmlcb[4], pmc[4];
	uint32_t svr; /* from the SoC */

	/* How it is driven. */
	enum core_state state;
	enum core_state noted_state; /* what platform.state_changed was last told */
	int index;              /* 0..n-1 */
	const struct core_model *model;
	struct core_time time;
	struct bus *bus;
	struct clock *clock;
	struct timer_list *timer_list; /* the core's own */
	struct log *log;
	struct block_cache *blocks; /* the engine's (sim/engine/block.h), NULL while the core has none */
	uint64_t *breakpoints;      /* block_cache_set_breakpoint: effective addresses, ascending */
	uint32_t nbreakpoints;
	struct core_platform platform;     /* core_set_platform */
	struct core_observer observer;     /* core_set_observer */
	struct core_controller controller; /* core_set_controller */
	core_guest_call_fn *guest_call; /* guest_call_set; NULL: nobody answers */
	void *guest_call_opaque;
	char *path; /* device-tree path of the cpu node */

	/* core_pause.h */
	const struct op *calling; /* the instruction that has called out, or NULL */
	bool paused, moved;       /* somebody was there; and set the pc */
	uint64_t moved_pc;

	struct mmu_tables mmu_tables; /* last: nine tenths of a core */
};

static inline uint32_t core_gpr(const struct core *core, unsigned n)
{
	return (uint32_t)core->r[n];
}

/* Writes the low half; the high half (SPE) stays. */
static inline void core_set_gpr(struct core *core, unsigned n, uint32_t value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	__builtin_memcpy(&core->r[n], &value, 4); /* one store, no read of the high half */
#else
	core->r[n] = (core->r[n] & UINT64_C(0xffffffff00000000)) | value;
#endif
}

static inline uint32_t core_cr(const struct core *core)
{
	uint32_t cr = 0;

	for (int field = 0; field < 8; field++)
		cr = cr << 4 | core->cr[field];
	return cr;
}

static inline void core_set_cr(struct core *core, uint32_t cr)
{
	for (int field = 7; field >= 0; field--, cr >>= 4)
		core->cr[field] = cr & 15;
}

/* One CR bit, 0..31 (32-bit IBM numbering, as BI has it). */
static inline unsigned core_cr_bit(const struct core *core, unsigned bit)
{
	return core->cr[bit >> 2] >> (3 - (bit & 3)) & 1;
}

static inline uint32_t core_xer(const struct core *core)
{
	return (uint32_t)core->so << 31 | (uint32_t)core->ov << 30 | (uint32_t)core->ca << 29 | core->xer_count;
}

static inline void core_set_xer(struct core *core, uint32_t xer)
{
	core->so = xer >> 31 & 1;
	core->ov = xer >> 30 & 1;
	core->ca = xer >> 29 & 1;
	core->xer_count = xer & 0x7f;
}

/*
 * An address as the computation mode has it (Power ISA Book I 1.10.3): 32 bits of it, unless MSR[CM] says 64. Whoever
 * computes one cuts it here (or, for code compiled for one width, by width_cut); state and interfaces take it as it is.
 */
static inline uint64_t core_cut(const struct core *core, uint64_t ea)
{
	return core->msr & MSR_CM ? ea : (uint32_t)ea;
}

/* The effective address of the instruction that runs now. A block lies in one page: it needs no cut. */
static inline uint64_t core_op_ea(const struct core *core, const struct op *op)
{
	return core->block_ea + 4 * (uint64_t)op->index;
}

/* That of the instruction after it. */
static inline uint64_t core_next_ea(const struct core *core, const struct op *op)
{
	return core_cut(core, core_op_ea(core, op) + 4);
}

/* Instructions retired before `op` of the running block. */
static inline int64_t core_insns_at(const struct core *core, const struct op *op)
{
	return core->insns + op->index;
}

#endif
