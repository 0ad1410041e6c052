/* The rows of sim/isa/insns.def as data. */
#include "sim/isa/isa_table.h"

/* Macros over lists of up to six names in brackets. */
#define COUNT(...) COUNT_PICK(0, ##__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)
#define COUNT_PICK(zero, a, b, c, d, e, f, n, ...) n
#define PASTE(a, b) PASTE_AGAIN(a, b)
#define PASTE_AGAIN(a, b) a##b

#define LIST_0(prefix)
#define LIST_1(prefix, a) prefix##a
#define LIST_2(prefix, a, ...) prefix##a, LIST_1(prefix, __VA_ARGS__)
#define LIST_3(prefix, a, ...) prefix##a, LIST_2(prefix, __VA_ARGS__)
#define LIST_4(prefix, a, ...) prefix##a, LIST_3(prefix, __VA_ARGS__)
#define LIST_5(prefix, a, ...) prefix##a, LIST_4(prefix, __VA_ARGS__)
#define OPERANDS(...) { PASTE(LIST_, COUNT(__VA_ARGS__))(ISA_OPERAND_, ##__VA_ARGS__) }

#define OR_0(prefix) 0
#define OR_1(prefix, a) prefix##a
#define OR_2(prefix, a, ...) prefix##a | OR_1(prefix, __VA_ARGS__)
#define OR_3(prefix, a, ...) prefix##a | OR_2(prefix, __VA_ARGS__)
#define OR_4(prefix, a, ...) prefix##a | OR_3(prefix, __VA_ARGS__)
#define OR_5(prefix, a, ...) prefix##a | OR_4(prefix, __VA_ARGS__)
#define FLAGS(...) PASTE(OR_, COUNT(__VA_ARGS__))(FLAG_, ##__VA_ARGS__)
#define FIELDS(...) PASTE(OR_, COUNT(__VA_ARGS__))(FIELD_, ##__VA_ARGS__)
#define NEEDS(...) PASTE(OR_, COUNT(__VA_ARGS__))(ISA_NEED_, ##__VA_ARGS__)
#define CATEGORIES(...) PASTE(OR_, COUNT(__VA_ARGS__))(ISA_CATEGORY_, ##__VA_ARGS__)
#define EFFECTS(...) PASTE(OR_, COUNT(__VA_ARGS__))(ISA_EFFECT_, ##__VA_ARGS__)

#define FLAG_Rc OP_RC
#define FLAG_OE OP_OE
#define FLAG_LK OP_LK
#define FLAG_AA OP_AA

enum {
#define ISA_FIELD(name, first, last) \
	FIELD_##name = (int)(UINT32_MAX >> (first) & UINT32_MAX << (31 - (last))),
#include "sim/isa/fields.def"
#undef ISA_FIELD
};

/* A field with a value, and forms: their opcode fields. */
#define OF(field) (uint32_t)FIELD_##field
#define IS(field, number) ((uint32_t)(number) << (31 - ISA_LAST_##field))
#define FORM_1(name, a, x) .form = ISA_FORM_##name, .mask = OF(a), .value = IS(a, x)
#define FORM_2(name, a, x, b, y) .form = ISA_FORM_##name, .mask = OF(a) | OF(b), .value = IS(a, x) | IS(b, y)
#define FORM_3(name, a, x, b, y, c, z) \
	.form = ISA_FORM_##name, .mask = OF(a) | OF(b) | OF(c), .value = IS(a, x) | IS(b, y) | IS(c, z)

#define OPCODE_I(opcd) FORM_1(I, OPCD, opcd)
#define OPCODE_B(opcd) FORM_1(B, OPCD, opcd)
#define OPCODE_SC(opcd) FORM_2(SC, OPCD, opcd, XO_SC, 1)
#define OPCODE_D(opcd) FORM_1(D, OPCD, opcd)
#define OPCODE_M(opcd) FORM_1(M, OPCD, opcd)
#define OPCODE_X(opcd, xo) FORM_2(X, OPCD, opcd, XO_X, xo)
#define OPCODE_XRC(opcd, xo, rc) FORM_3(X, OPCD, opcd, XO_X, xo, Rc, rc)
#define OPCODE_XSYNC(opcd, xo, l) FORM_3(X, OPCD, opcd, XO_X, xo, SYNC, l)
#define OPCODE_XLINE(opcd, xo, line) FORM_3(X, OPCD, opcd, XO_X, xo, LINE, line)
#define OPCODE_XL(opcd, xo) FORM_2(XL, OPCD, opcd, XO_X, xo)
#define OPCODE_XFX(opcd, xo) FORM_2(XFX, OPCD, opcd, XO_X, xo)
#define OPCODE_XFXM(opcd, xo, one) FORM_3(XFX, OPCD, opcd, XO_X, xo, ONE, one)
#define OPCODE_XFL(opcd, xo) FORM_2(XFL, OPCD, opcd, XO_X, xo)
#define OPCODE_XO(opcd, xo) FORM_2(XO, OPCD, opcd, XO_XO, xo)
#define OPCODE_A(opcd, xo) FORM_2(A, OPCD, opcd, XO_A, xo)
#define OPCODE_EVX(opcd, xo) FORM_2(EVX, OPCD, opcd, XO_EVX, xo)
#define OPCODE_EVS(opcd, xo) FORM_2(EVS, OPCD, opcd, XO_EVS, xo)

#define SIZE_1 1
#define SIZE_2 2
#define SIZE_4 4
#define SIZE_8 8
#define SIZE_LINE ISA_SIZE_LINE
#define MEMORY_NONE .memory = ISA_MEMORY_NONE
#define MEMORY_LOAD(size) .memory = ISA_MEMORY_LOAD, .memory_size = SIZE_##size
#define MEMORY_STORE(size) .memory = ISA_MEMORY_STORE, .memory_size = SIZE_##size
#define MEMORY_FLUSH(size) .memory = ISA_MEMORY_FLUSH, .memory_size = SIZE_##size
#define MEMORY_TOUCH(size) .memory = ISA_MEMORY_TOUCH, .memory_size = SIZE_##size

const struct isa_row isa_rows[ISA_COUNT] = {
#define ISA_INSN(id, text, opcode, operand_list, flag_list, reserved_list, read_list, write_list, category_list,       \
		 need_list, follows, access, class, help)                                                              \
	[ISA_##id] = {                                                                                                 \
		.name = #id,                                                                                           \
		.mnemonic = text,                                                                                      \
		.summary = help,                                                                                       \
		OPCODE_##opcode,                                                                                       \
		.operands = OPERANDS operand_list,                                                                     \
		.flags = FLAGS flag_list,                                                                              \
		.reserved = (uint32_t)(FIELDS reserved_list),                                                          \
		.reads = EFFECTS read_list,                                                                            \
		.writes = EFFECTS write_list,                                                                          \
		.categories = CATEGORIES category_list,                                                                \
		.needs = NEEDS need_list,                                                                              \
		.flow = ISA_FLOW_##follows,                                                                            \
		MEMORY_##access,                                                                                       \
		.timing = ISA_TIMING_##class,                                                                          \
	},
#include "sim/isa/insns.def"
#undef ISA_INSN
};

const struct isa_operand isa_operands[ISA_OPERAND_COUNT] = {
#define ISA_OPERAND(id, manual, field, type, where, scale, use) \
	[ISA_OPERAND_##id] = { \
		.name = manual, .first = ISA_FIRST_##field, .last = ISA_LAST_##field, .shift = scale, \
		.kind = ISA_KIND_##type, .slot = ISA_SLOT_##where, .access = ISA_ACCESS_##use, \
	},
#include "sim/isa/operands.def"
#undef ISA_OPERAND
};

const char *const isa_effect_texts[ISA_EFFECT_COUNT] = {
#define ISA_EFFECT(name, text) text,
#include "sim/isa/effects.def"
#undef ISA_EFFECT
};

const char *const isa_timing_texts[ISA_TIMING_COUNT] = {
#define ISA_TIMING(name, text) text,
#include "sim/isa/timing.def"
#undef ISA_TIMING
};

const char *const isa_category_names[ISA_CATEGORY_COUNT] = {
#define ISA_CATEGORY(id, name, text) name,
#include "sim/isa/categories.def"
#undef ISA_CATEGORY
};
