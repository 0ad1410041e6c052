/*
 * Floating-point loads and stores of e500mc (Power ISA Book I, 4.6.2 and 4.6.3;
 * E500MCRM for external PID and decorated storage). The core splits a
 * misaligned access in hardware: no alignment interrupt. A decoration is for
 * devices that know it; memory and the devices here take the plain access.
 */
#include "sim/exec/exec_memory.h"
#include "sim/float/softfloat.h"

EXEC_LOAD(load_single, 32, core->f[op->t] = softfloat_from_single(value))
EXEC_LOAD(load_double, 64, core->f[op->t] = value)
EXEC_LOAD_EPID(load_double_epid, 64, core->f[op->t] = value)
EXEC_STORE(store_single, 32, softfloat_to_single(core->f[op->t]))
EXEC_STORE(store_double, 64, core->f[op->t])
EXEC_STORE(store_word, 32, core->f[op->t])
EXEC_STORE_EPID(store_double_epid, 64, core->f[op->t])

EXEC_ACCESS(lfs, load_single, d)
EXEC_ACCESS_UPDATE(lfsu, load_single, du)
EXEC_ACCESS(lfsx, load_single, x)
EXEC_ACCESS_UPDATE(lfsux, load_single, xu)
EXEC_ACCESS(lfd, load_double, d)
EXEC_ACCESS_UPDATE(lfdu, load_double, du)
EXEC_ACCESS(lfdx, load_double, x)
EXEC_ACCESS_UPDATE(lfdux, load_double, xu)
EXEC_ACCESS(stfs, store_single, d)
EXEC_ACCESS_UPDATE(stfsu, store_single, du)
EXEC_ACCESS(stfsx, store_single, x)
EXEC_ACCESS_UPDATE(stfsux, store_single, xu)
EXEC_ACCESS(stfd, store_double, d)
EXEC_ACCESS_UPDATE(stfdu, store_double, du)
EXEC_ACCESS(stfdx, store_double, x)
EXEC_ACCESS_UPDATE(stfdux, store_double, xu)
EXEC_ACCESS(stfiwx, store_word, x)
EXEC_ACCESS(lfddx, load_double, b)
EXEC_ACCESS(stfddx, store_double, b)
EXEC_ACCESS(lfdepx, load_double_epid, x)
EXEC_ACCESS(stfdepx, store_double_epid, x)
