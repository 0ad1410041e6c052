#include "tests/core/single_core.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/core/exec_table.h"
#include "sim/core/mmu.h"
#include "sim/isa/isa.h"

void single_core_create(struct single_core *s, const char *model)
{
	struct core_config config = { .model = core_model_find(model) };
	struct mmu_entry all = {
		.mask = 0xffff0000, .size = 3, .valid = true, .iprot = true, .permissions = 0x3f,
	};

	config.clock = s->clock = clock_create();
	config.bus = s->bus = bus_create();
	if (!bus_add_memory(s->bus, "memory", 0, SINGLE_CORE_MEMORY, false, NULL))
		abort();
	s->core = core_create(&config);
	mmu_set_tlb1(s->core, 0, &all);
	for (unsigned n = 0; n < 64; n++)
		s->core->ivor[n] = 16 * n;
	s->core->ivpr = SINGLE_CORE_VECTORS;
	core_set_msr(s->core, config.model->has_spe ? MSR_SPE : MSR_FP);
}

void single_core_destroy(struct single_core *s)
{
	core_destroy(s->core);
	bus_destroy(s->bus);
	clock_destroy(s->clock);
}

struct op single_core_decode(const struct single_core *s, const char *text)
{
	unsigned cores = s->core->model->isa;
	struct err err;
	struct op op = { 0 };
	uint32_t word;

	if (!isa_assemble_text(text, cores, SINGLE_CORE_EA, &word, &err)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	isa_decode(word, cores, &op);
	op.fn = exec_table[op.insn];
	return op;
}

enum exec_result single_core_execute(struct single_core *s, const struct op *op)
{
	s->core->block_ea = s->core->pc = SINGLE_CORE_EA;
	return op->fn(s->core, op);
}

enum exec_result single_core_run(struct single_core *s, const char *text)
{
	struct op op = single_core_decode(s, text);

	return single_core_execute(s, &op);
}

bool single_core_took(const struct single_core *s, unsigned ivor)
{
	return s->core->pc == SINGLE_CORE_VECTORS + 16 * ivor;
}

exec_fn *single_core_function(unsigned insn)
{
	return exec_table[insn];
}
