#include "tests/diff/run.h"

#include <stdlib.h>
#include <string.h>

#include "tests/diff/compare.h"
#include "tests/diff/expect.h"
#include "tests/diff/generate.h"

struct rows {
	enum isa_insn of[ISA_COUNT];
	unsigned count;
};

static void list_rows(struct rows *rows, const struct core_model *model)
{
	rows->count = 0;
	for (int i = 0; i < ISA_COUNT; i++)
		if (model_has(model, isa_row(i)->categories) && !generate_excluded(isa_row(i)))
			rows->of[rows->count++] = i;
}

static void substitute(struct batch *qemu, const struct batch *batch)
{
	for (unsigned i = 0; i < batch->count; i++) {
		struct expect_case c;
		uint32_t word;

		expect_case_init(&c, batch, i);
		word = expect_qemu_word(&c);
		if (word != c.op.word)
			batch_set_tested(qemu, i, word);
	}
}

static void report(const struct batch *batch, unsigned number, const struct expect_case *c, const char *text,
		   struct run_outcome *outcome, unsigned *reported)
{
	char assembly[64];

	if (!outcome->report || reported[c->op.insn]++ >= outcome->per_row)
		return;
	isa_disassemble(c->op.word, c->stub + STUB_TESTED, batch->model->categories, assembly, sizeof assembly);
	fprintf(outcome->report, "%s case %u: %08x %s: %s\n", batch->model->name, number, c->op.word, assembly, text);
}

static void compare(const struct batch *batch, const struct batch *qemu, const struct batch *warpcore,
		    struct run_outcome *outcome, unsigned *reported)
{
	for (unsigned i = 0; i < batch->count; i++) {
		struct expect_case c;
		char text[1024];

		expect_case_init(&c, batch, i);
		c.got = batch_output(warpcore, i);
		expect_correct(&c, batch_output(qemu, i));
		outcome->cases++;
		if (compare_records(batch->model, batch_output(qemu, i), batch_output(warpcore, i), text, sizeof text))
			continue;
		outcome->different++;
		report(batch, i, &c, text, outcome, reported);
	}
}

static bool run_batch(const struct batch *batch, struct run_outcome *outcome, unsigned *reported, struct err *err)
{
	struct batch qemu, warpcore;
	bool done;

	if (!batch_copy(&qemu, batch, err) || !batch_copy(&warpcore, batch, err))
		return false;
	substitute(&qemu, batch);
	done = batch_run_qemu(&qemu, err) && batch_run_warpcore(&warpcore, err);
	if (done)
		compare(batch, &qemu, &warpcore, outcome, reported);
	batch_destroy(&qemu);
	batch_destroy(&warpcore);
	return done;
}

bool run_cases(const struct core_model *model, unsigned count, uint64_t seed, bool each_row,
	       struct run_outcome *outcome, struct err *err)
{
	unsigned reported[ISA_COUNT] = { 0 };
	struct random random;
	struct batch batch;
	struct rows rows;
	bool done = true;

	list_rows(&rows, model);
	random_seed(&random, seed);
	if (!batch_create(&batch, model, err))
		return false;
	for (unsigned made = 0; made < count && done;) {
		batch_clear(&batch);
		while (batch.count < LAYOUT_MAX_CASES && made < count) {
			unsigned pick = each_row ? made % rows.count : random_below(&random, rows.count);

			generate_case(&batch, isa_row(rows.of[pick]), &random);
			made++;
		}
		done = run_batch(&batch, outcome, reported, err);
	}
	batch_destroy(&batch);
	return done;
}
