/*
 * The PowerPC instruction set, described once (sim/isa/insns.def), and what is
 * derived from it: decoder, disassembler, assembler, and the facts that engines,
 * timing, statistics and help look up.
 *
 * Everything here is a function of its arguments and of constant tables: any
 * thread may call it.
 */
#ifndef WARPCORE_ISA_ISA_H
#define WARPCORE_ISA_ISA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/isa/op.h"

/* Sets of categories: of a row, all that it takes; of a core, all that it has (sim/isa/categories.def). */
typedef uint64_t isa_categories;

enum isa_category_number {
#define ISA_CATEGORY(id, name, text) ISA_CATEGORY_NUMBER_##id,
#include "sim/isa/categories.def"
#undef ISA_CATEGORY
	ISA_CATEGORY_COUNT,
};

/* Constants of an enum are ints. */
_Static_assert(ISA_CATEGORY_COUNT < 32, "a category is a bit of an int");
enum isa_category {
#define ISA_CATEGORY(id, name, text) ISA_CATEGORY_##id = 1 << ISA_CATEGORY_NUMBER_##id,
#include "sim/isa/categories.def"
#undef ISA_CATEGORY
};

#define ISA_ALL_CATEGORIES (~(isa_categories)0)

/* A core with the categories `has` has what takes those of `takes`. */
static inline bool isa_has(isa_categories has, isa_categories takes)
{
	return !(takes & ~has);
}

/* "Embedded.External PID", by number < ISA_CATEGORY_COUNT. */
const char *isa_category_name(unsigned number);

enum isa_insn {
#define ISA_INSN(name, ...) ISA_##name,
#include "sim/isa/insns.def"
#undef ISA_INSN
	ISA_COUNT,
	ISA_ILLEGAL = ISA_COUNT,
};

/* Fields of a word: the bounds of sim/isa/fields.def in IBM numbering. */
enum isa_field_bound {
#define ISA_FIELD(name, first, last) ISA_FIRST_##name = first, ISA_LAST_##name = last,
#include "sim/isa/fields.def"
#undef ISA_FIELD
};

/* Instruction formats of Power ISA Book I 1.6, and of the SPE. */
enum isa_form {
	ISA_FORM_I, ISA_FORM_B, ISA_FORM_SC, ISA_FORM_D, ISA_FORM_X, ISA_FORM_XL, ISA_FORM_XFX,
	ISA_FORM_XFL, ISA_FORM_XO, ISA_FORM_A, ISA_FORM_M, ISA_FORM_EVX, ISA_FORM_EVS,
};

enum isa_kind {
	ISA_KIND_GPR,
	ISA_KIND_GPR_OR_ZERO, /* register 0 means the number 0 */
	ISA_KIND_GPR_BASE,    /* register that an update form writes: 0 is an invalid form */
	ISA_KIND_GPR_UP,      /* this register to r31 */
	ISA_KIND_GPR64,       /* all 64 bits (SPE) */
	ISA_KIND_FPR,
	ISA_KIND_CR_FIELD,
	ISA_KIND_CR_BIT,
	ISA_KIND_UNSIGNED,
	ISA_KIND_SIGNED,
	ISA_KIND_BRANCH_OPTIONS,      /* BO */
	ISA_KIND_ONE_HOT,             /* exactly one bit */
	ISA_KIND_REGISTER_NUMBER,     /* SPR, TBR, PMR: two halves of five bits, swapped */
	ISA_KIND_SIGNED_DISPLACEMENT, /* in front of a base register */
	ISA_KIND_DISPLACEMENT,        /* the same, unsigned (SPE) */
	ISA_KIND_TARGET,              /* of a branch, signed */
};

/* Where the decoder leaves an operand (sim/isa/op.h). */
enum isa_slot {
	ISA_SLOT_T, ISA_SLOT_A, ISA_SLOT_B, ISA_SLOT_C, ISA_SLOT_IMM,
	ISA_SLOT_L,    /* flag OP_L */
	ISA_SLOT_MASK, /* MB and ME together make imm */
};

enum isa_access {
	ISA_ACCESS_NONE, ISA_ACCESS_READ = 1, ISA_ACCESS_WRITE = 2, ISA_ACCESS_READ_WRITE = 3,
};

/* Operands by name of sim/isa/operands.def; 0 ends a row's list. */
enum isa_operand_id {
	ISA_OPERAND_END,
#define ISA_OPERAND(name, ...) ISA_OPERAND_##name,
#include "sim/isa/operands.def"
#undef ISA_OPERAND
	ISA_OPERAND_COUNT,
};

struct isa_operand {
	const char *name;    /* as the manuals have it */
	uint8_t first, last; /* bits of the field, IBM numbering */
	uint8_t shift;       /* value = field << shift */
	enum isa_kind kind;
	enum isa_slot slot;
	enum isa_access access;
};

/* Bits of the reads and writes columns: sim/isa/effects.def. */
enum isa_effect_number {
#define ISA_EFFECT(name, text) ISA_EFFECT_NUMBER_##name,
#include "sim/isa/effects.def"
#undef ISA_EFFECT
	ISA_EFFECT_COUNT,
};

enum isa_effect {
#define ISA_EFFECT(name, text) ISA_EFFECT_##name = 1 << ISA_EFFECT_NUMBER_##name,
#include "sim/isa/effects.def"
#undef ISA_EFFECT
};

enum isa_timing {
#define ISA_TIMING(name, text) ISA_TIMING_##name,
#include "sim/isa/timing.def"
#undef ISA_TIMING
	ISA_TIMING_COUNT,
};

/*
 * What an instruction needs of MSR: looked at before its function runs (sim/exec/exec_table.h), in this order. No
 * instruction changes what they depend on and goes on: what one of a block was granted is granted to all after it.
 */
enum isa_need {
	ISA_NEED_SUPERVISOR = 1, /* MSR[PR] = 0, else a privileged program interrupt */
	ISA_NEED_FP = 2,         /* MSR[FP] = 1, else floating-point unavailable */
	ISA_NEED_SPE = 4,        /* MSR[SPE] = 1, else SPE unavailable */
};

/* What follows an instruction, unless it takes an interrupt; see also isa_ends_flow. */
enum isa_flow {
	ISA_FLOW_NEXT,    /* the next instruction */
	ISA_FLOW_BRANCH,  /* that or its target */
	ISA_FLOW_CONTEXT, /* the next one, perhaps in another context: the block may have to be left after it */
	ISA_FLOW_END,     /* another one */
};

/* What an instruction asks of memory, and so which fault its address can raise (ESR[ST] is set for STORE). */
enum isa_memory {
	ISA_MEMORY_NONE,
	ISA_MEMORY_LOAD,
	ISA_MEMORY_STORE,
	ISA_MEMORY_FLUSH, /* a load to protection, a store to data address compare (Power ISA Book III-E 8.4.2) */
	ISA_MEMORY_TOUCH, /* a hint: no fault, but seen by data address compare */
};

#define ISA_SIZE_LINE 0 /* memory_size where no register gives the size: a cache line, or (dsn) an address alone */

#define ISA_MAX_OPERANDS 5

struct isa_row {
	const char *name;     /* C identifier: exec_<name> is its meaning */
	const char *mnemonic; /* without what flags add */
	const char *summary;  /* one line */
	enum isa_form form;
	uint32_t mask, value; /* opcode fields: word & mask == value */
	uint32_t reserved;    /* bits that must be zero */
	uint8_t operands[ISA_MAX_OPERANDS + 1]; /* enum isa_operand_id in assembly order, ended by 0 */
	uint8_t flags;        /* enum op_flag that words of this row may have */
	uint32_t reads, writes; /* enum isa_effect, without what flags add */
	isa_categories categories; /* a core must have all of them */
	uint8_t needs;        /* enum isa_need */
	uint8_t flow;         /* enum isa_flow */
	uint8_t memory;       /* enum isa_memory */
	uint8_t memory_size;  /* bytes that it moves, or ISA_SIZE_LINE; lmw and stmw: of each register */
	uint8_t timing;       /* enum isa_timing */
};

/* insn < ISA_COUNT. */
const struct isa_row *isa_row(enum isa_insn insn);
const struct isa_operand *isa_operand(enum isa_operand_id id);
/*
 * By name or mnemonic, with or without the letters that flags add ("addic.", "addic_rc", "addo."); ISA_ILLEGAL if
 * there is none.
 */
enum isa_insn isa_find(const char *text);
const char *isa_effect_text(unsigned number);
const char *isa_timing_text(enum isa_timing timing);

/* Effects of a row's word with these flags (enum op_flag), the rules for Rc, OE and LK applied. */
uint32_t isa_reads(const struct isa_row *row, unsigned flags);
uint32_t isa_writes(const struct isa_row *row, unsigned flags);

/* True if the instruction after this one never follows it (an unconditional branch, a return): a block ends here. */
bool isa_ends_flow(const struct op *op);

/* The flags of a word of this row, except OP_L. */
unsigned isa_word_flags(const struct isa_row *row, uint32_t word);
/* The bits that these flags set; flags that the row lacks set none. */
uint32_t isa_flag_bits(const struct isa_row *row, unsigned flags);

/* The value of an operand in a word, and the bits for a value. A value that does not fit loses its high bits. */
int32_t isa_operand_value(const struct isa_operand *operand, uint32_t word);
uint32_t isa_operand_bits(const struct isa_operand *operand, int32_t value);
/* The bits of the word that an operand occupies. */
uint32_t isa_operand_mask(const struct isa_operand *operand);
bool isa_operand_fits(const struct isa_operand *operand, int32_t value);
/* True of a displacement, which stands in front of its base register in brackets. */
bool isa_operand_is_displacement(const struct isa_operand *operand);

/*
 * True if the architecture calls this word of the row valid: reserved fields
 * are 0, an update form's base is neither 0 nor RT, lmw does not load its base,
 * BO is assigned, mfocrf names one field.
 */
bool isa_is_valid(const struct isa_row *row, uint32_t word);

/*
 * Decodes `word` for a core: which row it is, and op->word, insn, operand
 * fields and flags. fn is left to the caller, index is set to 0.
 *
 * ISA_ILLEGAL: the core has no such instruction (operands are then 0). What an
 * invalid form does (isa_is_valid) the architecture leaves open; the decoder
 * ignores reserved fields and decodes the rest as it stands.
 */
enum isa_insn isa_decode(uint32_t word, isa_categories has, struct op *op);
/* The same without an op. */
enum isa_insn isa_identify(uint32_t word, isa_categories has);

/*
 * Writes the text of `word` at `address`, as `objdump -Mraw` has it with one
 * space behind the mnemonic: "addi r3,r4,5", "bc 12,4*cr7+eq,0x1000". A word
 * that is not an instruction of a core that has these gives ".long 0x00000000". Returns
 * the length; the text is cut to size - 1 characters. 64 bytes hold any.
 */
size_t isa_disassemble(uint32_t word, uint32_t address, isa_categories has, char *buffer, size_t size);

/*
 * What the table says of an instruction, in a few lines: syntax and summary,
 * the word's fields by bit (IBM numbering, '/' reserved), operands, effects with all
 * flags set, cores, category, privilege, timing class. `cores`: the names of those that have it. Returns the length;
 * the text is cut to size - 1 characters. 1024 bytes hold any.
 */
size_t isa_describe(enum isa_insn insn, const char *cores, char *buffer, size_t size);

/*
 * The word of a row from operand values in assembly order (as many as the row
 * has; see isa_operand_value for what a value is: a branch target is relative
 * unless OP_AA) and flags. False: a value does not fit its field, or the row
 * has no such flag.
 */
bool isa_assemble(const struct isa_row *row, const int32_t *values, unsigned flags, uint32_t *word, struct err *err);

/*
 * One line of assembly, in the notation of isa_disassemble: registers with or
 * without their letter, numbers in C notation, branch targets as addresses; or a
 * short form (sim/isa/short.def).
 * False: the text is not an instruction of a core that has these categories.
 */
bool isa_assemble_text(const char *text, isa_categories has, uint32_t address, uint32_t *word, struct err *err);

/* What a short form stands for: the row and the operands column of its first entry. False: there is none. */
bool isa_find_short(const char *mnemonic, enum isa_insn *insn, const char **operands);

#endif
