/* The meaning of each row of the instruction table, by its number. */
#ifndef WARPCORE_EXEC_EXEC_TABLE_H
#define WARPCORE_EXEC_EXEC_TABLE_H

#include "sim/exec/exec.h"
#include "sim/isa/isa.h"

extern exec_fn *const exec_table[ISA_COUNT];

#endif
