/* A machine of a few lines for tests: cores, memory at 0, code words. */
#ifndef WARPCORE_TESTS_MACHINE_GUEST_H
#define WARPCORE_TESTS_MACHINE_GUEST_H

#include "sim/machine/machine.h"

/* Instruction words that the tests need, encoded after the Power ISA's pictures. */
#define W_ADDI(rt, ra, si) (0x38000000u | (rt) << 21 | (ra) << 16 | ((si) & 0xffffu))
#define W_ADD(rt, ra, rb) (0x7c000214u | (rt) << 21 | (ra) << 16 | (rb) << 11)
#define W_ADDIS(rt, ra, si) (0x3c000000u | (rt) << 21 | (ra) << 16 | ((si) & 0xffffu))
#define W_ORI(ra, rs, ui) (0x60000000u | (rs) << 21 | (ra) << 16 | (ui))
#define W_LI(rt, si) W_ADDI(rt, 0, si)
#define W_B(bytes) (0x48000000u | ((bytes) & 0x03fffffcu))
#define W_BDNZ(bytes) (0x42000000u | ((bytes) & 0xfffcu))
#define W_BNE(bytes) (0x40820000u | ((bytes) & 0xfffcu))
#define W_LWZ(rt, d, ra) (0x80000000u | (rt) << 21 | (ra) << 16 | ((d) & 0xffffu))
#define W_STW(rs, d, ra) (0x90000000u | (rs) << 21 | (ra) << 16 | ((d) & 0xffffu))
#define W_LWARX(rt, ra, rb) (0x7c000028u | (rt) << 21 | (ra) << 16 | (rb) << 11)
#define W_STWCX(rs, ra, rb) (0x7c00012du | (rs) << 21 | (ra) << 16 | (rb) << 11)
#define W_MTSPR(spr, rs) (0x7c0003a6u | (rs) << 21 | ((spr) & 31u) << 16 | (spr) >> 5 << 11)
#define W_MFSPR(rt, spr) (0x7c0002a6u | (rt) << 21 | ((spr) & 31u) << 16 | (spr) >> 5 << 11)
#define W_WRTEEI(e) (0x7c000146u | (e) << 15)
#define W_WAIT 0x7c00007cu
#define W_ISYNC 0x4c00012cu
#define W_RFI 0x4c000064u

#define SPR_DEC 22u
#define SPR_CTR 9u
#define SPR_TCR 340u
#define SPR_TSR 336u
#define SPR_IVPR 63u
#define SPR_TBL_READ 268u

#define GUEST_MEMORY (16u << 20)

/* Machine with `cores` cores of `frequency` Hz, 16 MiB at 0 mapped 1:1, all of them parked. */
struct machine *guest_machine(const char *model, unsigned cores, uint64_t frequency);
/* Puts code at `address`. */
void guest_code(struct machine *machine, uint32_t address, const uint32_t *words, unsigned count);
#define GUEST_CODE(machine, address, ...)                                                        \
	guest_code(machine, address, (const uint32_t[]){ __VA_ARGS__ },                          \
		   sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))
/* Starts a parked core at `address` at time 0. */
void guest_start(struct machine *machine, unsigned core, uint32_t address);
/* Adds a core with the same map. */
void guest_add_core(struct machine *machine, const char *model, uint64_t frequency);
/* Runs for `ns` from now; 0: without a limit. */
struct machine_event guest_run(struct machine *machine, int64_t ns);

#endif
