/*
 * The special purpose registers and performance monitor registers, described
 * once (sim/core/spr.def): number, name, category, who may read and write, and
 * what reading and writing do (E500CORERM chapter 2, E500MCRM chapter 2).
 *
 * The debugger's calls (spr_debug_*) act as mfspr and mtspr at a block boundary
 * would, whatever MSR[PR] and the instruction's access rights say.
 */
#ifndef WARPCORE_CORE_SPR_H
#define WARPCORE_CORE_SPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/state.h"
#include "sim/core/model.h"

struct core;
struct op;

/* Numbers that the code names. */
enum spr_number {
	SPR_XER = 1,
	SPR_LR = 8,
	SPR_CTR = 9,
	SPR_TBL = 268,
	SPR_TBU = 269,
};

#define SPR_COUNT 1024

/* What software may do with it; bit 0x10 of the number says that it must be supervisor. */
enum spr_access {
	SPR_R = 1,
	SPR_W = 2,
	SPR_RW = SPR_R | SPR_W,
};

#define SPR_SUPERVISOR 0x10 /* in an SPR's or PMR's number (Power ISA Book III-E, mtspr) */

typedef uint64_t spr_read_fn(const struct core *core, const struct op *op);
typedef void spr_write_fn(struct core *core, const struct op *op, uint64_t value);

struct spr {
	const char *name; /* "DEC", as the manuals spell it */
	uint16_t number;  /* 0..1023 */
	isa_categories categories; /* a core must have them */
	uint8_t access;   /* enum spr_access */
	uint64_t mask;    /* bits that a write changes in every core: see spr_mask */
	size_t offset;       /* of its field in struct core, or 0 where there is none */
	uint8_t size;        /* of the field: 4 or 8 bytes */
	spr_read_fn *read;   /* NULL: the field */
	spr_write_fn *write; /* NULL: the field only; else called with the masked value, after the field was set */
};

/* The register of that number on a core of that model, or NULL. */
const struct spr *spr_find(const struct core_model *model, unsigned number);
/* By name ("DEC"; the case does not matter). */
const struct spr *spr_find_name(const struct core_model *model, const char *name);
/* Each register in the order of the table: pass 0, 1, ... until NULL. Not all are on every model. */
const struct spr *spr_at(size_t index);

/* The performance monitor registers in the same way (mfpmr, mtpmr). */
const struct spr *spr_find_pmr(const struct core_model *model, unsigned number);

/* The bits that a write changes in a core of that model; the others read zero. */
uint64_t spr_mask(const struct core_model *model, const struct spr *spr);

/* The value that mfspr gives at `op`; NULL: at a block boundary. */
uint64_t spr_read(const struct core *core, const struct op *op, const struct spr *spr);
/* What mtspr does. True: the block must end behind it (context, timers or interrupts may have changed). */
bool spr_write(struct core *core, const struct op *op, const struct spr *spr, uint64_t value);

uint64_t spr_debug_read(const struct core *core, const struct spr *spr);
/* False: the register cannot be written. */
bool spr_debug_write(struct core *core, const struct spr *spr, uint64_t value);

/* Reset values (E500CORERM and E500MCRM, reset chapters); timers and MMU have their own. */
void spr_reset(struct core *core);
void spr_visit_state(struct core *core, struct state_visitor *visitor);

#endif
