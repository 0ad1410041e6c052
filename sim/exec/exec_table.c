#include "sim/exec/exec_table.h"

exec_fn *const exec_table[ISA_COUNT] = {
#define ISA_INSN(name, ...) [ISA_##name] = exec_##name,
#include "sim/isa/insns.def"
#undef ISA_INSN
};
