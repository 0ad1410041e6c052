/*
 * Cache operations. Caches are not part of the function: a line is always as
 * memory is, so what remains of these instructions is translation, protection,
 * zeroing, and who may lock (Power ISA Book II, Book III-E, storage control;
 * E500CORERM chapters 3 and 11).
 */
#include "sim/exec/exec_memory.h"
#include "sim/core/interrupt.h"

enum bucsr_bit {
	BUCSR_BBUL = PPC_BIT32(24), /* branch buffer unable to lock */
};

static inline bool exec_cache_user(const struct core *core)
{
	return core->msr & MSR_PR;
}

/* ---- Flush, store, invalidate: loads to the MMU, dcbi a store ---- */

enum exec_result exec_dcbf(struct core *core, const struct op *op)
{
	return access_probe(core, op, exec_ea_x(core, op), ACCESS_FLUSH);
}

enum exec_result exec_dcbst(struct core *core, const struct op *op)
{
	return access_probe(core, op, exec_ea_x(core, op), ACCESS_FLUSH);
}

enum exec_result exec_icbi(struct core *core, const struct op *op)
{
	return access_probe(core, op, exec_ea_x(core, op), ACCESS_LOAD);
}

enum exec_result exec_dcbi(struct core *core, const struct op *op)
{
	return access_probe(core, op, exec_ea_x(core, op), ACCESS_STORE);
}

/* ---- Zero ---- */

static unsigned exec_cache_zero_size(const struct core *core)
{
	return core->l1csr[0] & L1CSR_BZ32 ? 32 : core->model->cache_line;
}

enum exec_result exec_dcbz(struct core *core, const struct op *op)
{
	return access_zero(core, op, exec_ea_x(core, op), exec_cache_zero_size(core));
}

enum exec_result exec_dcbzl(struct core *core, const struct op *op)
{
	return access_zero(core, op, exec_ea_x(core, op), core->model->cache_line);
}

/* The contents of an allocated line are undefined: they stay what they are. Never faults. */
enum exec_result exec_dcba(struct core *core, const struct op *op)
{
	return access_touch(core, op, exec_ea_x(core, op), true);
}

enum exec_result exec_dcbal(struct core *core, const struct op *op)
{
	return access_touch(core, op, exec_ea_x(core, op), true);
}

/* ---- Touch: hints, which never fault ---- */

enum exec_result exec_dcbt(struct core *core, const struct op *op)
{
	return access_touch(core, op, exec_ea_x(core, op), false);
}

enum exec_result exec_dcbtst(struct core *core, const struct op *op)
{
	return access_touch(core, op, exec_ea_x(core, op), false);
}

enum exec_result exec_icbt(struct core *core, const struct op *op)
{
	return access_touch(core, op, exec_ea_x(core, op), false);
}

/* ---- Locking: user mode needs MSR[UCLE], else a DSI says which cache was asked for ---- */

static bool exec_cache_lock_denied(const struct core *core)
{
	return exec_cache_user(core) && !(core->msr & MSR_UCLE);
}

/* CT 0 is the L1 cache. One that is off cannot lock: L1CSRn says so (E500CORERM chapter 11). */
static enum exec_result exec_cache_lock(struct core *core, const struct op *op, unsigned cache, bool store)
{
	uint64_t ea = exec_ea_x(core, op);
	enum exec_result result;

	if (exec_cache_lock_denied(core))
		return interrupt_dsi(core, op, ea, (cache ? ESR_ILK : ESR_DLK) | (store ? ESR_ST : 0));
	result = access_probe(core, op, ea, store ? ACCESS_STORE : ACCESS_LOAD);
	if (result != EXEC_FAULT && op->t == 0 && !(core->l1csr[cache] & L1CSR_ENABLE))
		core->l1csr[cache] |= L1CSR_UL;
	return result;
}

static enum exec_result exec_cache_unlock(struct core *core, const struct op *op, unsigned cache)
{
	uint64_t ea = exec_ea_x(core, op);

	if (exec_cache_lock_denied(core))
		return interrupt_dsi(core, op, ea, cache ? ESR_ILK : ESR_DLK);
	return access_probe(core, op, ea, ACCESS_LOAD);
}

enum exec_result exec_dcbtls(struct core *core, const struct op *op)
{
	return exec_cache_lock(core, op, 0, false);
}

enum exec_result exec_dcbtstls(struct core *core, const struct op *op)
{
	return exec_cache_lock(core, op, 0, true);
}

enum exec_result exec_icbtls(struct core *core, const struct op *op)
{
	return exec_cache_lock(core, op, 1, false);
}

enum exec_result exec_dcblc(struct core *core, const struct op *op)
{
	return exec_cache_unlock(core, op, 0);
}

enum exec_result exec_icblc(struct core *core, const struct op *op)
{
	return exec_cache_unlock(core, op, 1);
}

/* The branch buffer: user mode needs MSR[UBLE] (E500CORERM chapter 3). There is none to lock an entry in. */
static enum exec_result exec_cache_lock_branch_buffer(struct core *core, const struct op *op, bool set)
{
	if (exec_cache_user(core) && !(core->msr & MSR_UBLE))
		return interrupt_program(core, op, ESR_PPR);
	if (set)
		core->bucsr |= BUCSR_BBUL;
	return EXEC_NEXT;
}

enum exec_result exec_bblels(struct core *core, const struct op *op)
{
	return exec_cache_lock_branch_buffer(core, op, true);
}

enum exec_result exec_bbelr(struct core *core, const struct op *op)
{
	return exec_cache_lock_branch_buffer(core, op, false);
}

/* ---- External PID (e500mc): in the context of EPLC or EPSC ---- */

static enum exec_result exec_cache_probe_external(struct core *core, const struct op *op, enum access_kind kind)
{
	return access_probe_epid(core, op, exec_ea_x(core, op), kind);
}

static enum exec_result exec_cache_zero_external(struct core *core, const struct op *op, unsigned size)
{
	return access_zero_epid(core, op, exec_ea_x(core, op), size);
}

enum exec_result exec_dcbstep(struct core *core, const struct op *op)
{
	return exec_cache_probe_external(core, op, ACCESS_FLUSH);
}

enum exec_result exec_dcbfep(struct core *core, const struct op *op)
{
	return exec_cache_probe_external(core, op, ACCESS_FLUSH);
}

enum exec_result exec_icbiep(struct core *core, const struct op *op)
{
	return exec_cache_probe_external(core, op, ACCESS_LOAD);
}

enum exec_result exec_dcbzep(struct core *core, const struct op *op)
{
	return exec_cache_zero_external(core, op, exec_cache_zero_size(core));
}

enum exec_result exec_dcbzlep(struct core *core, const struct op *op)
{
	return exec_cache_zero_external(core, op, core->model->cache_line);
}

enum exec_result exec_dcbtep(struct core *core, const struct op *op)
{
	return EXEC_NEXT; /* a hint */
}

enum exec_result exec_dcbtstep(struct core *core, const struct op *op)
{
	return EXEC_NEXT; /* a hint */
}
