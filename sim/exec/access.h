/*
 * Loads and stores of the exec functions: translation, the fast path through
 * the software TLB, alignment, register blocks, reservations.
 *
 * A load function leaves *value untouched unless it returns EXEC_NEXT or
 * EXEC_LEAVE. EXEC_LEAVE means that a register block was read or written: the
 * access is done, core->pc is the next instruction, and the exec function must
 * finish its work and pass EXEC_LEAVE on. EXEC_FAULT: an interrupt was taken
 * (sim/core/interrupt.h), nothing was done.
 *
 * Addresses are effective ones as the computation mode has them (sim/exec/exec_memory.h).
 * Values are numbers (big-endian in memory); a byte-reversed instruction swaps.
 */
#ifndef WARPCORE_EXEC_ACCESS_H
#define WARPCORE_EXEC_ACCESS_H

#include "sim/base/endian.h"
#include "sim/exec/exec.h"

/* Both in registers: a load's function keeps no variable in memory, and can end in a jump to the next op's. */
struct access_loaded {
	enum exec_result result;
	uint64_t value; /* unless it is EXEC_FAULT */
};

struct access_loaded access_load_slow(struct core *core, const struct op *op, uint64_t ea, unsigned size);
enum exec_result access_store_slow(struct core *core, const struct op *op, uint64_t ea, unsigned size, uint64_t value);

#define ACCESS_PAGE (~(uint64_t)(BUS_PAGE_SIZE - 1)) /* of an effective address */

#define ACCESS_LOAD(width, fetch)                                                                     \
	static inline enum exec_result access_load##width(struct core *core, const struct op *op,     \
							  uint64_t ea, uint##width##_t *value)        \
	{                                                                                             \
		const struct mmu_fast *fast = &core->mmu.data[ea >> 12 & (MMU_FAST_ENTRIES - 1)];     \
		struct access_loaded slow;                                                            \
												      \
		if (__builtin_expect(fast->read == (ea & (ACCESS_PAGE | (width / 8 - 1))), 1)) {      \
			*value = fetch((uint8_t *)((uintptr_t)fast->host + ea));                      \
			return EXEC_NEXT;                                                             \
		}                                                                                     \
		slow = access_load_slow(core, op, ea, width / 8);                                     \
		if (slow.result != EXEC_FAULT)                                                        \
			*value = (uint##width##_t)slow.value;                                         \
		return slow.result;                                                                   \
	}

#define ACCESS_STORE(width, put)                                                                      \
	static inline enum exec_result access_store##width(struct core *core, const struct op *op,    \
							   uint64_t ea, uint##width##_t value)        \
	{                                                                                             \
		const struct mmu_fast *fast = &core->mmu.data[ea >> 12 & (MMU_FAST_ENTRIES - 1)];     \
												      \
		if (__builtin_expect(fast->write == (ea & (ACCESS_PAGE | (width / 8 - 1))) &&         \
				     !atomic_load_explicit(fast->flags, memory_order_relaxed), 1)) {  \
			put((uint8_t *)((uintptr_t)fast->host + ea), value);                          \
			return EXEC_NEXT;                                                             \
		}                                                                                     \
		return access_store_slow(core, op, ea, width / 8, value);                             \
	}

static inline uint8_t access_byte_load(const uint8_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline void access_byte_store(uint8_t *p, uint8_t value)
{
	__atomic_store_n(p, value, __ATOMIC_RELAXED);
}

/* Atomic: an aligned access is one access for the other cores, also where those run on threads of their own. */
ACCESS_LOAD(8, access_byte_load)
ACCESS_LOAD(16, be16_load_atomic)
ACCESS_LOAD(32, be32_load_atomic)
ACCESS_LOAD(64, be64_load_atomic)
ACCESS_STORE(8, access_byte_store)
ACCESS_STORE(16, be16_store_atomic)
ACCESS_STORE(32, be32_store_atomic)
ACCESS_STORE(64, be64_store_atomic)

#undef ACCESS_LOAD
#undef ACCESS_STORE

/*
 * lmw, stmw, lswi...: faults in the middle are allowed by the architecture
 * (the instruction is restarted), so a caller loops over the functions above
 * and combines results: any EXEC_FAULT is returned at once; any EXEC_LEAVE
 * makes the whole EXEC_LEAVE.
 */

/*
 * An access that must be aligned and is not: the alignment interrupt, after
 * those of its translation (E500CORERM 5.11.1).
 */
enum exec_result access_misaligned(struct core *core, const struct op *op, uint64_t ea, bool store);

/*
 * lwarx, stwcx. and the byte/half-word forms. ea must be aligned (else alignment
 * interrupt), and the page not write-through (else DSI: E500CORERM 3.3.1.7).
 */
enum exec_result access_load_reserve(struct core *core, const struct op *op, uint64_t ea, unsigned size,
				     uint64_t *value);
enum exec_result access_store_conditional(struct core *core, const struct op *op, uint64_t ea, unsigned size,
					  uint64_t value, bool *stored);
/*
 * dcbz and the like: zeroes `size` bytes (a cache line) at ea rounded down. Alignment
 * interrupt where there is no cache to do it in: write-through or caching-inhibited
 * pages, and with the data cache off (E500CORERM table 3-26).
 */
enum exec_result access_zero(struct core *core, const struct op *op, uint64_t ea, unsigned size);
/*
 * dcbst, icbi, dcbtls ...: translation, permission and data address compare only.
 * A flush is a load to protection and a write to the compare (Book III-E 8.4.2).
 */
enum access_kind { ACCESS_LOAD, ACCESS_STORE, ACCESS_FLUSH };
enum exec_result access_probe(struct core *core, const struct op *op, uint64_t ea, enum access_kind kind);
/* dcbt, dcba ...: a hint, which only data address compare takes notice of. */
enum exec_result access_touch(struct core *core, const struct op *op, uint64_t ea, bool store);
/* External PID forms (e500mc lwepx, ...): the same with EPLC/EPSC's context. */
enum exec_result access_load_epid(struct core *core, const struct op *op, uint64_t ea, unsigned size, uint64_t *value);
enum exec_result access_store_epid(struct core *core, const struct op *op, uint64_t ea, unsigned size, uint64_t value);
enum exec_result access_probe_epid(struct core *core, const struct op *op, uint64_t ea, enum access_kind kind);
enum exec_result access_zero_epid(struct core *core, const struct op *op, uint64_t ea, unsigned size);

#endif
