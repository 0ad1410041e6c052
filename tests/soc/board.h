/* A machine built from a tree, with its registers at hand: no core needs to run. */
#ifndef WARPCORE_TESTS_SOC_BOARD_H
#define WARPCORE_TESTS_SOC_BOARD_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "sim/machine/machine.h"
#include "soc/soc.h"

#define PPCE500 "dts/ppce500.dts"
#define CCSR UINT64_C(0xfe0000000) /* of ppce500 */
#define SPIN_TABLE UINT64_C(0xfef000000)

struct board {
	struct machine *machine;
	struct soc *soc;
	char sent[4096]; /* what UART 0 sent, a string */
	size_t nsent;
	int64_t sent_at; /* the last byte's time */
};

/* Fails the test when it cannot be built. */
void board_open(struct board *board, const struct soc_options *options);
/* dts/ppce500.dts with this many cores. */
void board_open_ppce500(struct board *board, unsigned cores);
/* dts/ppce500.dts with `source` (nodes that add or override) behind it. */
void board_open_changed(struct board *board, const char *source);
/* The same with options, but for the board. */
void board_open_changed_with(struct board *board, const char *source, struct soc_options options);
void board_close(struct board *board);

/* A tree that must be refused: the message, in a static buffer, without the name of the temporary file. */
const char *board_refuses(const char *source);
const char *board_refuses_options(const struct soc_options *options);

/* Accesses by a core, at the present. Fails the test when nothing answers. */
uint64_t board_read(struct board *board, int core, uint64_t pa, unsigned size);
void board_write(struct board *board, int core, uint64_t pa, unsigned size, uint64_t value);
static inline uint32_t board_read32(struct board *board, uint64_t pa)
{
	return (uint32_t)board_read(board, 0, pa, 4);
}
static inline void board_write32(struct board *board, uint64_t pa, uint32_t value)
{
	board_write(board, 0, pa, 4, value);
}
static inline uint8_t board_read8(struct board *board, uint64_t pa)
{
	return (uint8_t)board_read(board, 0, pa, 1);
}
static inline void board_write8(struct board *board, uint64_t pa, uint8_t value)
{
	board_write(board, 0, pa, 1, value);
}

/* Virtual time moves by `ns`; what is due fires. */
void board_pass(struct board *board, int64_t ns);
bool board_pending(const struct board *board, unsigned core, enum core_cause cause);
/* How a run of one more ns ends. */
enum machine_reason board_ends(struct board *board);

#endif
