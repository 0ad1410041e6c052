/* A breakpoint on an interrupt, with the real controller: it is hit when a core acknowledges that source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/debug/debug.h"
#include "sim/machine/machine.h"
#include "soc/soc.h"

#define MPIC UINT64_C(0xfe0040000)
#define GCR 0x1020
#define IPIVPR0 0x10a0
#define IPIVPR1 0x10b0
#define IPIDR0(cpu) (0x20040u + 0x1000u * (cpu))
#define CTPR(cpu) (0x20080u + 0x1000u * (cpu))
#define IACK(cpu) (0x200a0u + 0x1000u * (cpu))
#define SOURCE_IPI1 257

static struct debug_hit seen;
static unsigned hits;

static enum debug_verdict note(void *opaque, const struct debug_hit *hit)
{
	seen = *hit;
	hits++;
	return DEBUG_GO;
}

static void write_mpic(struct machine *machine, uint64_t offset, uint32_t value)
{
	struct bus_access access = { 0, 100 };

	assert_int_equal(bus_write(machine->bus, &access, MPIC + offset, 4, value), BUS_OK);
}

static uint32_t read_mpic(struct machine *machine, int core, uint64_t offset, int64_t now)
{
	struct bus_access access = { core, now };
	uint64_t value;

	assert_int_equal(bus_read(machine->bus, &access, MPIC + offset, 4, &value), BUS_OK);
	return (uint32_t)value;
}

static void test_hit_at_acknowledge(void **state)
{
	struct soc_options options = { .board = "dts/ppce500.dts", .cores = 2 };
	struct debug_spec spec = { .kind = DEBUG_IRQ, .core = 1, .irq = SOURCE_IPI1 };
	struct machine *machine = machine_create();
	struct debug *debug = debug_create(machine);
	struct err err = { "" };

	if (!soc_build(machine, &options, &err))
		fail_msg("%s", err.text);
	assert_non_null(debug_break_create(debug, &spec, note, NULL, &err));
	write_mpic(machine, GCR, 0x20000000);
	write_mpic(machine, IPIVPR0, 0x00050010); /* priority 5, vector 0x10 */
	write_mpic(machine, IPIVPR1, 0x00060011);
	write_mpic(machine, CTPR(0), 0);
	write_mpic(machine, CTPR(1), 0);
	write_mpic(machine, IPIDR0(0), 2);        /* IPI 0 to core 1 */
	write_mpic(machine, IPIDR0(0) + 0x10, 3); /* IPI 1 to both */
	assert_int_equal(hits, 0);
	assert_int_equal(read_mpic(machine, 0, IACK(0), 200), 0x11);
	assert_int_equal(hits, 0); /* not core 0 */
	assert_int_equal(read_mpic(machine, 1, IACK(1), 300), 0x11);
	assert_int_equal(hits, 1);
	assert_int_equal(seen.core, 1);
	assert_int_equal(seen.time, 300);
	write_mpic(machine, IACK(1) + 0x10, 0); /* EOI */
	assert_int_equal(read_mpic(machine, 1, IACK(1), 400), 0x10);
	assert_int_equal(hits, 1); /* not source 256 */
	debug_destroy(debug);
	machine_destroy(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hit_at_acknowledge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
