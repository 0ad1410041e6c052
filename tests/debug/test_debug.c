/* Breakpoints of each kind on small guests; times and counts are worked out by hand: 1 GHz, an instruction a ns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "sim/debug/debug.h"
#include "sim/debug/peek.h"
#include "sim/time/timer.h"
#include "tests/fixture/guest.h"

#define ANY DEBUG_ANY_CORE
#define SPEC(what, who, ...) ((struct debug_spec){ .kind = DEBUG_##what, .core = who, __VA_ARGS__ })
#define GHZ UINT64_C(1000000000)
#define W_LBZ(rt, d, ra) (0x88000000u | (rt) << 21 | (ra) << 16 | ((d) & 0xffffu))
#define W_LWBRX(rt, ra, rb) (0x7c00042cu | (rt) << 21 | (ra) << 16 | (rb) << 11)
#define W_STWU(rs, d, ra) (0x94000000u | (rs) << 21 | (ra) << 16 | ((d) & 0xffffu))
#define W_DCBZ(ra, rb) (0x7c0007ecu | (ra) << 16 | (rb) << 11)
#define W_ICBI(ra, rb) (0x7c0007acu | (ra) << 16 | (rb) << 11)

struct fixture {
	struct machine *machine;
	struct debug *debug;
	struct core *core;
};

static int setup(void **state)
{
	static struct fixture f;

	f.machine = guest_machine("e500mc", 2, GHZ);
	f.debug = debug_create(f.machine);
	f.core = f.machine->cores[0];
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	debug_destroy(f->debug);
	machine_destroy(f->machine);
	return 0;
}

/* The hits of a breakpoint, one after the other. */
struct notes {
	unsigned n;
	struct debug_hit hit[64];
	enum debug_verdict verdict;
};

static enum debug_verdict note(void *opaque, const struct debug_hit *hit)
{
	struct notes *notes = opaque;

	if (notes->n < 64)
		notes->hit[notes->n] = *hit;
	notes->n++;
	return notes->verdict;
}

static struct debug_break *make(struct fixture *f, struct debug_spec spec, debug_hit_fn *fn, void *opaque)
{
	struct err err = { "" };
	struct debug_break *breakpoint = debug_break_create(f->debug, &spec, fn, opaque, &err);

	if (!breakpoint)
		fail_msg("%s", err.text);
	return breakpoint;
}

/* r3 counts, four instructions a turn. */
static void start_loop(struct fixture *f, unsigned core)
{
	GUEST_CODE(f->machine, 0x1000, W_ADDI(3, 3, 1), W_ADDI(4, 4, 1), W_ADDI(5, 5, 1), W_B(-12));
	guest_start(f->machine, core, 0x1000);
}

static void test_pc_stops_before_the_instruction(void **state)
{
	struct fixture *f = *state;
	struct debug_break *b = make(f, SPEC(PC, ANY, .address = 0x1008), NULL, NULL);
	struct machine_event event;

	start_loop(f, 0);
	for (unsigned turn = 0; turn < 5; turn++) {
		event = guest_run(f->machine, 1000);
		assert_int_equal(event.reason, MACHINE_BREAK);
		assert_int_equal(event.core, 0);
		assert_int_equal(event.time, 4 * turn + 2);
		assert_int_equal(f->core->pc, 0x1008);
		assert_int_equal(f->core->insns, 4 * turn + 2);
		assert_int_equal(core_gpr(f->core, 4), turn + 1);
		assert_int_equal(core_gpr(f->core, 5), turn);
		assert_int_equal(debug_break_hits(b), turn + 1);
		assert_ptr_equal(debug_stopped_by(f->debug), b);
	}
	debug_break_remove(b);
	assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_TIME);
	assert_null(debug_stopped_by(f->debug));
}

static void test_pc_with_a_function_goes_on(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };

	make(f, SPEC(PC, ANY, .address = 0x100c), note, &notes);
	start_loop(f, 0);
	assert_int_equal(guest_run(f->machine, 200).reason, MACHINE_TIME);
	assert_int_equal(notes.n, 50);
	assert_int_equal(notes.hit[7].time, 7 * 4 + 3);
	assert_int_equal(notes.hit[7].pc, 0x100c);
	assert_int_equal(notes.hit[7].core, 0);
	assert_int_equal(f->core->insns, 200); /* nothing was lost or done twice */
	assert_int_equal(core_gpr(f->core, 3), 50);
}

static void test_pc_of_one_core(void **state)
{
	struct fixture *f = *state;
	struct debug_break *b = make(f, SPEC(PC, 1, .address = 0x1000), NULL, NULL);

	start_loop(f, 0);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_TIME);
	core_release(f->machine->cores[1], 0x1000, machine_now(f->machine));
	/* It has its turn when the first core is at the end of the round. */
	assert_int_equal(guest_run(f->machine, 2 * MACHINE_DEFAULT_QUANTUM).reason, MACHINE_BREAK);
	assert_int_equal(debug_break_hits(b), 1);
}

/* Another page with code at the same place in the page: no hit, and nothing lost. */
static void test_pc_is_the_whole_address(void **state)
{
	struct fixture *f = *state;
	struct debug_break *b = make(f, SPEC(PC, ANY, .address = 0x2008), NULL, NULL);

	start_loop(f, 0);
	assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_TIME);
	assert_int_equal(debug_break_hits(b), 0);
	assert_int_equal(core_gpr(f->core, 3), 250);
}

static void test_two_at_one_place_and_disabling(void **state)
{
	struct fixture *f = *state;
	struct notes first = { .verdict = DEBUG_GO }, second = { .verdict = DEBUG_GO };
	struct debug_spec spec = { .kind = DEBUG_PC, .core = DEBUG_ANY_CORE, .address = 0x1004 };
	struct debug_break *b = make(f, spec, note, &first);

	make(f, spec, note, &second);
	start_loop(f, 0);
	guest_run(f->machine, 40);
	assert_int_equal(first.n, 10);
	assert_int_equal(second.n, 10);
	debug_break_enable(b, false);
	assert_false(debug_break_enabled(b));
	guest_run(f->machine, 40);
	assert_int_equal(first.n, 10);
	assert_int_equal(second.n, 20);
	debug_break_enable(b, true);
	guest_run(f->machine, 40);
	assert_int_equal(first.n, 20);
	assert_int_equal(debug_break_hits(b), 20);
}

struct self_remover {
	struct fixture *f;
	struct debug_break *own, *other;
	struct notes notes;
};

/* Removes itself and the next one at the same place, makes one at another: none of them is asked any more this time. */
static enum debug_verdict remove_self(void *opaque, const struct debug_hit *hit)
{
	struct self_remover *r = opaque;

	assert_ptr_equal(hit->breakpoint, r->own);
	debug_break_remove(r->own);
	debug_break_remove(r->other);
	make(r->f, SPEC(PC, ANY, .address = 0x1000), note, &r->notes);
	return DEBUG_GO;
}

static void test_removal_from_its_function(void **state)
{
	struct fixture *f = *state;
	struct notes never = { .n = 0 };
	struct self_remover r = { .f = f, .notes.verdict = DEBUG_GO };
	struct debug_spec spec = { .kind = DEBUG_PC, .core = DEBUG_ANY_CORE, .address = 0x1000 };

	r.own = make(f, spec, remove_self, &r);
	r.other = make(f, spec, note, &never);
	start_loop(f, 0);
	guest_run(f->machine, 40);
	assert_int_equal(never.n, 0);
	assert_int_equal(r.notes.n, 9);
	assert_int_equal(debug_break_spec(debug_break_next(f->debug, NULL))->address, 0x1000);
	assert_int_equal(debug_break_number(debug_break_next(f->debug, NULL)), 3);
}

/* 0x1000: stw r3,0x10(r6); lwz r7,0x10(r6); lbz r8,0x13(r6); addi r3; b back. r6 = 0x8000. */
static void start_memory_loop(struct fixture *f)
{
	GUEST_CODE(f->machine, 0x1000, W_STW(3u, 0x10, 6u), W_LWZ(7u, 0x10, 6u), W_LBZ(8u, 0x13, 6u), W_ADDI(3, 3, 1),
		   W_B(-16));
	core_set_gpr(f->core, 3, 0x11223300);
	core_set_gpr(f->core, 6, 0x8000);
	guest_start(f->machine, 0, 0x1000);
}

/* In the middle of a block that has run already, and away again. */
static void test_made_and_removed_on_the_way(void **state)
{
	struct fixture *f = *state;
	struct debug_break *pc, *write, *read;

	start_memory_loop(f);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_TIME);
	pc = make(f, SPEC(PC, ANY, .address = 0x1008), NULL, NULL);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_BREAK);
	assert_int_equal(f->core->insns, 102);
	debug_break_remove(pc);
	write = make(f, SPEC(WRITE, ANY, .address = 0x8010, .length = 1), NULL, NULL);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_BREAK);
	assert_int_equal(f->core->insns, 106);
	debug_break_remove(write);
	read = make(f, SPEC(READ, ANY, .address = 0x8010, .length = 1), NULL, NULL);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_BREAK);
	assert_int_equal(f->core->insns, 107);
	debug_break_remove(read);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_TIME);
}

/* Skips the instruction by moving pc, as a script may. */
static enum debug_verdict skip_one(void *opaque, const struct debug_hit *hit)
{
	struct core *core = opaque;

	core->pc += 4;
	return DEBUG_GO;
}

static void test_function_may_move_pc(void **state)
{
	struct fixture *f = *state;

	make(f, SPEC(PC, ANY, .address = 0x1004), skip_one, f->core);
	start_loop(f, 0);
	guest_run(f->machine, 30);
	assert_int_equal(core_gpr(f->core, 3), 10);
	assert_int_equal(core_gpr(f->core, 4), 0);
	assert_int_equal(core_gpr(f->core, 5), 10);
}

/* Writes another instruction over the one that it stands at. */
static enum debug_verdict patch(void *opaque, const struct debug_hit *hit)
{
	struct core *core = opaque;
	static const uint8_t word[4] = { 0x38, 0x63, 0x00, 0x64 }; /* addi r3,r3,100 */

	assert_true(peek_store(core, 0x1000, word, 4));
	return DEBUG_GO;
}

static void test_function_may_patch_code(void **state)
{
	struct fixture *f = *state;
	struct debug_break *b;

	b = make(f, SPEC(PC, ANY, .address = 0x1000), patch, f->core);
	start_loop(f, 0);
	guest_run(f->machine, 4);
	assert_int_equal(core_gpr(f->core, 3), 100);
	assert_int_equal(debug_break_hits(b), 1);
}

/* A breakpoint on an instruction that faults, and one on the vector: insns does not move between them. */
static void test_pc_at_fault_and_vector(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };

	GUEST_CODE(f->machine, 0x1000, 0x00000000);      /* illegal */
	GUEST_CODE(f->machine, 0x0700, W_ADDI(3, 3, 1), W_B(0));
	f->core->ivor[6] = 0x700;
	make(f, SPEC(PC, ANY, .address = 0x1000), note, &notes);
	make(f, SPEC(PC, ANY, .address = 0x0700), note, &notes);
	guest_start(f->machine, 0, 0x1000);
	guest_run(f->machine, 10);
	assert_int_equal(notes.n, 2);
	assert_int_equal(notes.hit[0].pc, 0x1000);
	assert_int_equal(notes.hit[1].pc, 0x0700);
	assert_int_equal(notes.hit[1].time, 0);
}

static void test_write(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };

	make(f, SPEC(WRITE, ANY, .address = 0x8013, .length = 1), note, &notes);
	start_memory_loop(f);
	guest_run(f->machine, 50);
	assert_int_equal(notes.n, 10);
	assert_int_equal(notes.hit[3].core, 0);
	assert_int_equal(notes.hit[3].pc, 0x1000);
	assert_int_equal(notes.hit[3].time, 15);
	assert_int_equal(notes.hit[3].ea, 0x8010);
	assert_int_equal(notes.hit[3].pa, 0x8010);
	assert_int_equal(notes.hit[3].size, 4);
	assert_int_equal(notes.hit[3].value, 0x11223303);
	assert_false(notes.hit[3].dma);
}

static void test_read(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };

	make(f, SPEC(READ, ANY, .address = 0x8013, .length = 1), note, &notes);
	start_memory_loop(f);
	guest_run(f->machine, 50);
	assert_int_equal(notes.n, 20);
	assert_int_equal(notes.hit[2].pc, 0x1004);
	assert_int_equal(notes.hit[2].value, 0x11223301);
	assert_int_equal(notes.hit[3].pc, 0x1008);
	assert_int_equal(notes.hit[3].ea, 0x8013);
	assert_int_equal(notes.hit[3].size, 1);
	assert_int_equal(notes.hit[3].value, 0x01);
	assert_int_equal(notes.hit[3].time, 7);
}

/* Bytes beside the access, in the same page: no hit, and the same outcome. */
static void test_watch_of_neighbours(void **state)
{
	struct fixture *f = *state;
	struct debug_break *below, *above;

	below = make(f, SPEC(WRITE, ANY, .address = 0x800f, .length = 1), NULL, NULL);
	above = make(f, SPEC(READ, ANY, .address = 0x8014, .length = 100), NULL, NULL);
	start_memory_loop(f);
	assert_int_equal(guest_run(f->machine, 50).reason, MACHINE_TIME);
	assert_int_equal(debug_break_hits(below) + debug_break_hits(above), 0);
	assert_int_equal(core_gpr(f->core, 7), 0x11223309);
}

static void test_write_stops_behind_the_instruction(void **state)
{
	struct fixture *f = *state;

	make(f, SPEC(WRITE, ANY, .address = 0x8010, .length = 4), NULL, NULL);
	start_memory_loop(f);
	for (unsigned turn = 0; turn < 3; turn++) {
		assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_BREAK);
		assert_int_equal(f->core->pc, 0x1004);
		assert_int_equal(f->core->insns, 5 * turn + 1);
	}
}

/* A load with update: its register is written before the stop. */
static void test_read_stop_completes_the_instruction(void **state)
{
	struct fixture *f = *state;
	uint32_t value = 0;

	GUEST_CODE(f->machine, 0x1000, 0x84e60010 /* lwzu r7,0x10(r6) */, W_B(-4));
	core_set_gpr(f->core, 6, 0x8000);
	bus_poke(f->machine->bus, 0x8010, &(uint8_t[]){ 0x12, 0x34, 0x56, 0x78 }, 4);
	make(f, SPEC(READ, ANY, .address = 0x8010, .length = 1), NULL, NULL);
	guest_start(f->machine, 0, 0x1000);
	assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_BREAK);
	assert_int_equal(f->core->pc, 0x1004);
	assert_int_equal(core_gpr(f->core, 7), 0x12345678);
	assert_int_equal(core_gpr(f->core, 6), 0x8010);
	assert_true(peek_u32(f->core, 0x8010, &value));
	assert_int_equal(value, 0x12345678);
}

/* 256 MiB from 0x20000000 on show the same memory: an effective watch sees one view, a physical one both. */
static void test_physical_and_effective(void **state)
{
	struct fixture *f = *state;
	struct notes effective = { .verdict = DEBUG_GO }, physical = { .verdict = DEBUG_GO };
	struct mmu_entry view = {
		.epn = 0x20000000, .rpn = 0, .size = 9, .valid = true, .permissions = 0x3f,
	};

	mmu_set_tlb1(&f->core->mmu, 1, &view);
	make(f, SPEC(WRITE, ANY, .address = 0x20008010, .length = 4), note, &effective);
	make(f, SPEC(WRITE, ANY, .address = 0x8010, .length = 4, .physical = true),
	     note, &physical);
	GUEST_CODE(f->machine, 0x1000, W_STW(3u, 0x10, 6u), W_STW(3u, 0x10, 9u), W_B(-8));
	core_set_gpr(f->core, 6, 0x8000);
	core_set_gpr(f->core, 9, 0x20008000);
	guest_start(f->machine, 0, 0x1000);
	guest_run(f->machine, 30);
	assert_int_equal(effective.n, 10);
	assert_int_equal(effective.hit[0].pc, 0x1004);
	assert_int_equal(effective.hit[0].pa, 0x8010);
	assert_int_equal(physical.n, 20);
}

/* The page crossed by a misaligned store lies elsewhere in physical memory. */
static void test_watch_across_pages(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };
	struct mmu_entry far = { .epn = 0x30001000, .rpn = 0x50000, .size = 1, .valid = true, .permissions = 0x3f };
	struct mmu_entry near = { .epn = 0x30000000, .rpn = 0x40000, .size = 1, .valid = true, .permissions = 0x3f };

	mmu_set_tlb1(&f->core->mmu, 1, &near);
	mmu_set_tlb1(&f->core->mmu, 2, &far);
	make(f, SPEC(WRITE, ANY, .address = 0x50001, .length = 1, .physical = true),
	     note, &notes);
	make(f, SPEC(WRITE, ANY, .address = 0x50002, .length = 1, .physical = true),
	     note, &notes);
	make(f, SPEC(WRITE, ANY, .address = 0x41000, .length = 1, .physical = true),
	     note, &notes);
	GUEST_CODE(f->machine, 0x1000, W_STW(3u, 0, 6u), W_B(0));
	core_set_gpr(f->core, 6, 0x30000ffe);
	guest_start(f->machine, 0, 0x1000);
	guest_run(f->machine, 10);
	assert_int_equal(notes.n, 1);
	assert_int_equal(debug_break_spec(notes.hit[0].breakpoint)->address, 0x50001);
	assert_int_equal(notes.hit[0].pa, 0x40ffe);
}

/* dcbz zeroes a line of 64 bytes of a cache that is on; it comes as stores of zero. */
static void test_write_by_dcbz(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };

	make(f, SPEC(WRITE, ANY, .address = 0x803f, .length = 1), note, &notes);
	GUEST_CODE(f->machine, 0x1000, W_DCBZ(0u, 6u), W_B(0));
	core_set_gpr(f->core, 6, 0x8004);
	guest_start(f->machine, 0, 0x1000);
	f->core->l1csr[0] = L1CSR_ENABLE;
	guest_run(f->machine, 10);
	assert_int_equal(notes.n, 1);
	assert_int_equal(notes.hit[0].value, 0);
}

static void on_timer(void *opaque, int64_t now)
{
	struct machine *machine = opaque;
	struct bus_access access = { BUS_NO_CORE, now };

	bus_write(machine->bus, &access, 0x8010, 4, 0xdeadbeef);
}

/* What is no core's: a device writes memory. A debugger's own writes while the machine stands do not count. */
static void test_dma(void **state)
{
	struct fixture *f = *state;
	struct notes physical = { .verdict = DEBUG_STOP }, effective = { .verdict = DEBUG_STOP };
	struct timer_list *list = timer_list_create(f->machine->clock, "device");
	struct debug_break *b;
	struct timer timer;

	timer_init(&timer, list, "dma", on_timer, f->machine);
	b = make(f, SPEC(WRITE, ANY, .address = 0x8013, .length = 1, .physical = true),
		 note, &physical);
	make(f, SPEC(WRITE, ANY, .address = 0x8010, .length = 4), note, &effective);
	bus_poke(f->machine->bus, 0x8010, "xxxx", 4);
	assert_int_equal(physical.n, 0);
	timer_arm(&timer, 500);
	start_loop(f, 0);
	assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_BREAK);
	assert_int_equal(physical.n, 1);
	assert_true(physical.hit[0].dma);
	assert_int_equal(physical.hit[0].time, 500);
	assert_int_equal(physical.hit[0].pa, 0x8010);
	assert_int_equal(effective.n, 0);
	debug_break_remove(b);
	timer_arm(&timer, 600);
	assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_TIME);
	assert_int_equal(bus_find_memory(f->machine->bus, 0x8000)->flags[8] & BUS_PAGE_WATCHED, 0);
}

static void test_time(void **state)
{
	struct fixture *f = *state;
	struct debug_break *b = make(f, SPEC(TIME, ANY, .time = 777), NULL, NULL);
	struct machine_event event;

	start_loop(f, 0);
	event = guest_run(f->machine, 1000);
	assert_int_equal(event.reason, MACHINE_BREAK);
	assert_int_equal(event.time, 777);
	assert_int_equal(event.core, -1);
	assert_int_equal(f->core->insns, 777);
	assert_int_equal(debug_break_hits(b), 1);
	assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_TIME);
	debug_break_enable(b, false);
	debug_break_enable(b, true); /* once is once */
	assert_int_equal(guest_run(f->machine, 1000).reason, MACHINE_TIME);
	assert_int_equal(debug_break_hits(b), 1);
}

/* A core that sleeps between decrementer interrupts: DEC counts down from 1000 with the core's clock. */
static void start_sleeper(struct fixture *f)
{
	f->core->ivor[10] = 0xa00;
	GUEST_CODE(f->machine, 0x1000, W_LI(3u, 1000), W_MTSPR(SPR_DEC, 3u), W_ADDIS(4u, 0u, 0x0400),
		   W_MTSPR(SPR_TCR, 4u), W_WRTEEI(1u), W_WAIT, W_B(-4));
	GUEST_CODE(f->machine, 0xa00, W_LI(3u, 1000), W_MTSPR(SPR_DEC, 3u), W_ADDIS(4u, 0u, 0x0800),
		   W_MTSPR(SPR_TSR, 4u), W_RFI);
	guest_start(f->machine, 0, 0x1000);
}

static void test_timer(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO }, other = { .verdict = DEBUG_GO }, all = { .verdict = DEBUG_GO };

	make(f, SPEC(TIMER, 0, .name = "dec*"), note, &notes);
	make(f, SPEC(TIMER, 1, .name = "dec*"), note, &other);
	make(f, SPEC(TIMER, ANY, .name = NULL), note, &all);
	make(f, SPEC(TIME, ANY, .time = 3000), note, &other); /* no guest's timer */
	other.n = 0;
	start_sleeper(f);
	guest_run(f->machine, 5000);
	assert_int_equal(notes.n, 4);
	assert_int_equal(other.n, 1);
	assert_int_equal(all.n, 4);
	assert_int_equal(notes.hit[0].core, 0);
	assert_string_equal(notes.hit[0].name, "decrementer");
	assert_true(notes.hit[0].time >= 1000 && notes.hit[0].time <= 1002);
}

static void test_warp(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };
	struct debug_break *a, *b;

	start_sleeper(f);
	guest_run(f->machine, 10000);
	a = make(f, SPEC(WARP, ANY, .time = 900), note, &notes); /* what was before is gone */
	b = make(f, SPEC(WARP, ANY, .time = 1001), NULL, NULL);
	assert_int_equal(guest_run(f->machine, 4500).reason, MACHINE_TIME);
	assert_int_equal(notes.n, 5); /* the first had begun before */
	assert_true(notes.hit[1].to - notes.hit[1].from >= 900);
	assert_int_equal(notes.hit[1].time, notes.hit[1].to);
	assert_string_equal(notes.hit[1].name, "decrementer");
	assert_int_equal(debug_break_hits(b), 0);
	debug_break_remove(b);
	notes.verdict = DEBUG_STOP;
	b = make(f, SPEC(WARP, ANY, .time = 0), note, &notes);
	assert_int_equal(guest_run(f->machine, 4500).reason, MACHINE_BREAK);
	assert_ptr_equal(debug_stopped_by(f->debug), a);
	assert_int_equal(notes.n, 7); /* both, for the warp in which the run ended: it is one */
	for (unsigned i = 5; i < 7; i++) {
		assert_true(notes.hit[i].from < 14500 && notes.hit[i].to - notes.hit[i].from >= 900);
		assert_int_equal(machine_now(f->machine), notes.hit[i].to);
	}
}

static void test_irq(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };

	make(f, SPEC(IRQ, 1, .irq = 42), note, &notes);
	f->machine->debugger.irq(f->machine->debugger.opaque, 1, 42, 1234);
	f->machine->debugger.irq(f->machine->debugger.opaque, 0, 42, 1235);
	f->machine->debugger.irq(f->machine->debugger.opaque, 1, 43, 1236);
	assert_int_equal(notes.n, 1);
	assert_int_equal(notes.hit[0].core, 1);
	assert_int_equal(notes.hit[0].time, 1234);
}

struct trace {
	unsigned n;
	uint32_t pc[16];
	unsigned stop_at;
};

static enum debug_verdict trace(void *opaque, struct core *core, const struct op *op)
{
	struct trace *t = opaque;

	if (t->n < 16)
		t->pc[t->n] = core->pc;
	return ++t->n == t->stop_at ? DEBUG_STOP : DEBUG_GO;
}

static void test_trace(void **state)
{
	struct fixture *f = *state;
	struct trace t = { .stop_at = 7 };

	start_loop(f, 0);
	debug_trace(f->debug, f->core, trace, &t);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_BREAK);
	assert_int_equal(t.n, 7);
	for (unsigned n = 0; n < 7; n++)
		assert_int_equal(t.pc[n], 0x1000 + 4 * (n % 4));
	assert_int_equal(f->core->insns, 6);
	debug_trace(f->debug, f->core, NULL, NULL);
	assert_int_equal(guest_run(f->machine, 100).reason, MACHINE_TIME);
	assert_int_equal(t.n, 7);
	assert_int_equal(machine_now(f->machine), f->core->insns);
}

/* A run with breakpoints of each kind that go on ends in the state of one without. */
static void test_breakpoints_change_nothing(void **state)
{
	char digest[2][33];

	for (unsigned with = 0; with < 2; with++) {
		struct machine *m = guest_machine("e500v2", 2, 400000000);
		struct fixture f = { m, debug_create(m), m->cores[0] };
		struct notes notes = { .verdict = DEBUG_GO };

		if (with) {
			make(&f, SPEC(PC, ANY, .address = 0x1008), note, &notes);
			make(&f, SPEC(WRITE, 0, .address = 0x8000, .length = 64), note, &notes);
			make(&f, SPEC(READ, 0, .address = 0, .length = 0x1000000, .physical = true),
			     note, &notes);
			make(&f, SPEC(TIMER, 0), note, &notes);
			make(&f, SPEC(WARP, ANY), note, &notes);
		}
		start_memory_loop(&f);
		core_release(m->cores[1], 0x1000, 0);
		core_set_gpr(m->cores[1], 6, 0x8100);
		guest_run(m, 123456);
		machine_digest(m, digest[with]);
		assert_true(!with || notes.n > 10000);
		debug_destroy(f.debug);
		machine_destroy(m);
	}
	assert_string_equal(digest[0], digest[1]);
}

static void assert_refused(struct fixture *f, struct debug_spec spec, const char *message)
{
	struct err err = { "" };

	assert_null(debug_break_create(f->debug, &spec, NULL, NULL, &err));
	assert_string_equal(err.text, message);
}

static void test_bad_specs(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, SPEC(PC, 2), "there is no core 2: the machine has 2");
	assert_refused(f, SPEC(PC, -2), "there is no core -2: the machine has 2");
	assert_refused(f, SPEC(PC, ANY, .address = 0x1002),
		       "0x1002 is no address of an instruction: a multiple of 4 below 2^32");
	assert_refused(f, SPEC(PC, ANY, .address = UINT64_C(0x100000000)),
		       "0x100000000 is no address of an instruction: a multiple of 4 below 2^32");
	assert_refused(f, SPEC(READ, ANY),
		       "a breakpoint on read needs a length of 1 byte at least");
	assert_refused(f, SPEC(WRITE, ANY, .address = 0xffffffff, .length = 2),
		       "2 bytes from 0xffffffff on reach past the last effective address");
	assert_refused(f, SPEC(TIME, ANY, .time = -1), "-1 ns is no virtual time");
	assert_refused(f, SPEC(WARP, 0), "a breakpoint on warp takes no core");
	assert_null(debug_break_next(f->debug, NULL));
}

static void test_whole_address_spaces(void **state)
{
	struct fixture *f = *state;
	struct notes notes = { .verdict = DEBUG_GO };

	make(f, SPEC(WRITE, ANY, .length = UINT64_C(0x100000000)), note, &notes);
	make(f, SPEC(WRITE, ANY, .address = 1, .length = UINT64_MAX, .physical = true),
	     note, &notes);
	start_memory_loop(f);
	guest_run(f->machine, 5);
	assert_int_equal(notes.n, 2);
}

/* What lies across the end of a 32-bit core's addresses goes on at 0. */
static void test_peek_across_the_end(void **state)
{
	struct fixture *f = *state;
	struct mmu *mmu = &f->core->mmu;
	uint8_t bytes[8];
	uint32_t word;

	mmu->mas[0] = 0x10050000; /* TLB1, entry 5 */
	mmu->mas[1] = 0xc0000100; /* V, IPROT, 4 KiB */
	mmu->mas[2] = 0xfffff000;
	mmu->mas[3] = 0x2003f;
	mmu->mas[7] = 0;
	assert_true(mmu_tlbwe(mmu));
	GUEST_CODE(f->machine, 0x20ffc, 0x11223344);
	GUEST_CODE(f->machine, 0, 0x55667788);
	assert_true(peek_bytes(f->core, 0xfffffffc, bytes, sizeof bytes));
	assert_memory_equal(bytes, "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
	assert_true(peek_u32(f->core, UINT64_C(0xfffffffc) + 4, &word));
	assert_int_equal(word, 0x55667788);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_pc_stops_before_the_instruction),
		TEST(test_pc_with_a_function_goes_on),
		TEST(test_pc_of_one_core),
		TEST(test_pc_is_the_whole_address),
		TEST(test_two_at_one_place_and_disabling),
		TEST(test_removal_from_its_function),
		TEST(test_made_and_removed_on_the_way),
		TEST(test_function_may_move_pc),
		TEST(test_function_may_patch_code),
		TEST(test_pc_at_fault_and_vector),
		TEST(test_write),
		TEST(test_read),
		TEST(test_watch_of_neighbours),
		TEST(test_write_stops_behind_the_instruction),
		TEST(test_read_stop_completes_the_instruction),
		TEST(test_physical_and_effective),
		TEST(test_watch_across_pages),
		TEST(test_write_by_dcbz),
		TEST(test_dma),
		TEST(test_time),
		TEST(test_timer),
		TEST(test_warp),
		TEST(test_irq),
		TEST(test_trace),
		TEST(test_breakpoints_change_nothing),
		TEST(test_bad_specs),
		TEST(test_whole_address_spaces),
		TEST(test_peek_across_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
