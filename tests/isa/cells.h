/*
 * The state of a core as numbered cells, each one thing that the effects column
 * of the instruction table can name, with a value of up to 64 bits.
 */
#ifndef WARPCORE_TESTS_ISA_CELLS_H
#define WARPCORE_TESTS_ISA_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/random.h"
#include "sim/core/core.h"
#include "sim/isa/isa.h"

enum cell {
	CELL_GPR,                      /* low halves */
	CELL_GPR_HIGH = CELL_GPR + 32, /* high halves */
	CELL_FPR = CELL_GPR_HIGH + 32,
	CELL_CR = CELL_FPR + 32,       /* bits */
	CELL_CA = CELL_CR + 32,
	CELL_OV,
	CELL_SO,
	CELL_XER_COUNT,
	CELL_LR,
	CELL_CTR,
	CELL_FPSCR,
	CELL_SPEFSCR,
	CELL_ACC,
	CELL_RESERVATION,
	CELL_RANDOM, /* cells from here on are not made random, and stand for groups of registers */
	CELL_MSR = CELL_RANDOM,
	CELL_SAVE_RESTORE,
	CELL_EPID,
	CELL_PMRS,
	CELL_SPRS,
	CELL_TLB,
	CELL_IDLE,
	CELL_DOORBELL,
	CELL_INTERRUPT, /* ESR, DEAR, MCSR: what taking an interrupt writes */
	CELLS,
};

struct cells {
	uint64_t value[CELLS];
};

void cells_read(const struct core *core, struct cells *cells);
/* Writes the cells below CELL_RANDOM. */
void cells_write(struct core *core, const struct cells *cells);
/* Random values for all cells below CELL_RANDOM, boundaries favoured. */
void cells_randomize(struct cells *cells, struct random *random);
const char *cells_name(unsigned cell, char *buffer, size_t size);

/* What a word of a row may depend on and may change, by the table: flags by cell. */
void cells_declared(const struct isa_row *row, uint32_t word, bool *reads, bool *writes);

#endif
