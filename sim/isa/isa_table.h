/* The instruction table as data: for this room and its generator. Others use sim/isa/isa.h. */
#ifndef WARPCORE_ISA_ISA_TABLE_H
#define WARPCORE_ISA_ISA_TABLE_H

#include "sim/isa/isa.h"

extern const struct isa_row isa_rows[ISA_COUNT];
extern const struct isa_operand isa_operands[ISA_OPERAND_COUNT];
extern const char *const isa_effect_texts[ISA_EFFECT_COUNT];
extern const char *const isa_category_names[ISA_CATEGORY_COUNT];
extern const char *const isa_timing_texts[ISA_TIMING_COUNT];

#define ISA_NO_MATCH (~0u)

/* The flags that `text` has behind the row's mnemonic ("addo." for add: OP_OE | OP_RC), or ISA_NO_MATCH. */
unsigned isa_match_mnemonic(const struct isa_row *row, const char *text, size_t length);

#endif
