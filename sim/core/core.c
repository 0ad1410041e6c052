#include "sim/core/core.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/core/debug_event.h"
#include "sim/core/spr.h"
#include "sim/core/translate.h"
#include "sim/time/ledger.h"

#define NS_PER_S 1000000000
#define DEFAULT_FREQUENCY 400000000

static void core_init_mmu(struct core *core)
{
	const struct core_model *model = core->model;

	mmu_init(&core->mmu, &core->mmu_tables, &(struct mmu_config){
		.tlb0_entries = model->tlb0_entries, .tlb0_ways = model->tlb0_ways,
		.tlb0_sets = model->tlb0_entries / model->tlb0_ways, .tlb1_entries = model->tlb1_entries,
		.tlb1cfg = model->tlbcfg[1], .pids = model_has(model, ISA_CATEGORY_MPID) ? 3 : 1,
		.core = core->index, .bus = core->bus, .log = core->log,
	});
}

struct core *core_create(const struct core_config *config)
{
	struct core *core = allocate_zeroed(1, sizeof *core);

	core->index = config->index;
	core->model = config->model;
	core_time_init(core, config->frequency ? config->frequency : DEFAULT_FREQUENCY);
	core_set_cpi(core, config->cpi ? config->cpi : 1);
	core->svr = config->svr;
	core->path = allocate_text(config->path ? config->path : "core");
	core->bus = config->bus;
	core->clock = config->clock;
	core->log = config->log;
	pthread_mutex_init(&core->posted_lock, NULL);
	core_init_mmu(core);
	core->timer_list = timer_list_create(core->clock, core->path);
	booke_timers_init(core, config->timebase_frequency ? config->timebase_frequency : core->time.frequency);
	core->state = core->noted_state = CORE_PARKED;
	core_reset(core);
	return core;
}

void core_destroy(struct core *core)
{
	if (!core)
		return;
	pthread_mutex_destroy(&core->posted_lock);
	free(core->posted_tlbivax);
	free(core->breakpoints);
	booke_timers_fini(core);
	timer_list_destroy(core->timer_list);
	free(core->path);
	free(core);
}

void core_set_platform(struct core *core, const struct core_platform *platform)
{
	core->platform = *platform;
}

void core_set_controller(struct core *core, const struct core_controller *controller)
{
	core->controller = *controller;
}

void core_set_observer(struct core *core, const struct core_observer *observer)
{
	core->observer = *observer;
}

void core_reset(struct core *core)
{
	memset(core->r, 0, sizeof core->r);
	memset(core->f, 0, sizeof core->f);
	memset(core->cr, 0, sizeof core->cr);
	core_set_xer(core, 0);
	core->lr = core->ctr = 0;
	core->fpscr = core->spefscr = 0;
	core->acc = 0;
	core->reserved = false;
	core->debug_active = false;
	core->break_reported = -1;
	atomic_store(&core->pending, 0);
	fault_clear(core);
	core->pc = 0xfffffffc;
	core->pir = (uint32_t)core->index;
	mmu_reset(&core->mmu);
	spr_reset(core);
	booke_timers_reset(core);
	core_set_msr(core, 0);
	translate_set_context(core);
}

bool core_is_idle(const struct core *core)
{
	return core->state != CORE_RUNNING;
}

void core_request(struct core *core, enum core_attention attention)
{
	atomic_fetch_or(&core->attention, (uint32_t)attention);
}

void core_set_state(struct core *core, enum core_state state)
{
	core->state = state;
	if (state != CORE_RUNNING)
		core_request(core, ATTENTION_INTERRUPT | ATTENTION_STOP);
}

void core_note_state(struct core *core)
{
	if (core->state == core->noted_state)
		return;
	core->noted_state = core->state;
	if (core->platform.state_changed)
		core->platform.state_changed(core->platform.opaque, core);
}

/* Why a core is idle, as the clock has it, which knows no core: the numbers and the names are the same. */
_Static_assert((int)WARP_RUNNING == CORE_RUNNING && (int)WARP_PARKED == CORE_PARKED &&
		       (int)WARP_WAITING == CORE_WAITING && (int)WARP_DOZING == CORE_DOZING &&
		       (int)WARP_LOOPING == CORE_LOOPING && (int)WARP_CHECKSTOPPED == CORE_CHECKSTOPPED &&
		       (int)WARP_REASONS == CORE_CHECKSTOPPED + 1,
	       "enum warp_reason has the numbers of enum core_state");

const char *core_state_name(enum core_state state)
{
	return ledger_reason_name((enum warp_reason)state);
}

void core_post_tlbivax(struct core *core, uint64_t ea)
{
	pthread_mutex_lock(&core->posted_lock);
	core->posted_tlbivax = allocate_again(core->posted_tlbivax, (core->nposted + 1) * sizeof *core->posted_tlbivax);
	core->posted_tlbivax[core->nposted++] = ea;
	atomic_store(&core->tlbivax_posted, true);
	pthread_mutex_unlock(&core->posted_lock);
	core_request(core, ATTENTION_INVALIDATE);
}

void core_do_posted(struct core *core)
{
	pthread_mutex_lock(&core->posted_lock);
	for (unsigned i = 0; i < core->nposted; i++)
		mmu_tlbivax_local(&core->mmu, core->posted_tlbivax[i]);
	core->nposted = 0;
	atomic_store(&core->tlbivax_posted, false);
	pthread_mutex_unlock(&core->posted_lock);
}

void core_break_reservation(struct core *core, uint64_t pa, unsigned size)
{
	if (core->reserved && pa < core->reserved_pa + core->model->cache_line && pa + size > core->reserved_pa)
		core->reserved = false;
}

void core_wake(struct core *core, int64_t when)
{
	if (core->state == CORE_RUNNING)
		return;
	core_idle_until(core, when);
	core->state = CORE_RUNNING;
	core_note_state(core);
	core_request(core, ATTENTION_INTERRUPT);
}

void core_release(struct core *core, uint64_t pc, int64_t when)
{
	core->pc = pc;
	core_wake(core, when);
}

void core_set_pc(struct core *core, uint64_t pc, int64_t when)
{
	core->pc = core->moved_pc = core_cut(core, pc & ~UINT64_C(3));
	core->moved = core->paused;
	if (core->state != CORE_PARKED && core->state != CORE_CHECKSTOPPED)
		core_wake(core, when);
}

void core_set_msr(struct core *core, uint32_t msr)
{
	uint32_t changed = core->msr ^ msr;

	core->msr = msr & core->model->msr_mask;
	if (changed & (MSR_PR | MSR_IS | MSR_DS))
		translate_set_context(core);
	debug_event_update(core);
	core_request(core, ATTENTION_INTERRUPT);
}

static void core_visit_reservation(struct core *core, struct state_visitor *v)
{
	bool reserved = core->reserved;
	uint64_t pa = core->reserved_pa;

	state_bool(v, "reserved", &reserved);
	state_u64(v, "reserved_pa", &pa);
	core->reserved = reserved;
	core->reserved_pa = pa;
	if (v->whole)
		state_u64(v, "reserved_value", &core->reserved_value);
}

static void core_visit_registers(struct core *core, struct state_visitor *v)
{
	uint32_t cr = core_cr(core), xer = core_xer(core);

	for (int n = 0; n < 32; n++)
		state_u64(v, "r", &core->r[n]);
	state_u32(v, "cr", &cr);
	state_u32(v, "xer", &xer);
	core_set_cr(core, cr);
	core_set_xer(core, xer);
	state_u64(v, "lr", &core->lr);
	state_u64(v, "ctr", &core->ctr);
	state_u64(v, "pc", &core->pc);
	state_u32(v, "msr", &core->msr);
	for (int n = 0; n < 32; n++)
		state_u64(v, "f", &core->f[n]);
	state_u32(v, "fpscr", &core->fpscr);
	state_u32(v, "spefscr", &core->spefscr);
	state_u64(v, "acc", &core->acc);
	core_visit_reservation(core, v);
}

static void core_visit_progress(struct core *core, struct state_visitor *v)
{
	uint32_t state = core->state, pending = atomic_load(&core->pending);

	core_charge(core);
	state_u32(v, "state", &state);
	state_u32(v, "pending", &pending);
	if (state_at_most(v, "state of a core", state, CORE_CHECKSTOPPED))
		core->state = (enum core_state)state;
	atomic_store(&core->pending, pending);
	state_i64(v, "insns", &core->insns);
	state_i64(v, "cycles", &core->time.cycles);
	state_i64(v, "idle_cycles", &core->time.idle_cycles);
}

/* What the guest sees nothing of, but what comes depends on it. */
static void core_visit_course(struct core *core, struct state_visitor *v)
{
	uint32_t streak = core->fault_streak;

	state_bool(v, "held", &core->held);
	state_u32(v, "fault_streak", &streak);
	state_i64(v, "fault_insns", &core->fault_insns);
	state_i64(v, "break_reported", &core->break_reported);
	state_u64(v, "break_pc", &core->break_pc);
	core->fault_streak = streak;
}

/* What is derived from the registers. Who is told of changes of state was told with the clock. */
static void core_restored(struct core *core)
{
	core->time.charged = core->insns;
	core->noted_state = core->state;
	fault_clear(core);
	translate_set_context(core);
	mmu_drop_fast(&core->mmu);
	debug_event_update(core);
	core_request(core, ATTENTION_INTERRUPT | ATTENTION_INVALIDATE);
}

void core_visit_state(struct core *core, struct state_visitor *visitor)
{
	state_group(visitor, core->path, 1);
	core_visit_registers(core, visitor);
	core_visit_progress(core, visitor);
	spr_visit_state(core, visitor);
	mmu_visit_state(&core->mmu, visitor);
	booke_timers_visit_state(core, visitor);
	if (visitor->whole)
		core_visit_course(core, visitor);
	if (visitor->restores)
		core_restored(core);
}
