/*
 * Numbers with a unit, as scripts and the command line write them.
 *
 * Times are virtual nanoseconds in int64, sizes are bytes; both are exact: no
 * floating point is involved.
 */
#ifndef WARPCORE_KIT_QUANTITY_H
#define WARPCORE_KIT_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

/* "10us", "1.5ms", "2s", "500ns"; units ns us ms s min. Fails on anything finer than 1 ns and on an overflow. */
bool quantity_time(const char *text, int64_t *ns, struct err *err);
/* "65536", "0x10000", "64K", "256M", "2G": powers of 1024. */
bool quantity_size(const char *text, uint64_t *bytes, struct err *err);

#define QUANTITY_TIME_TEXT 32
/* The shortest exact text that quantity_time reads back: "1.5ms". Returns `text`. */
const char *quantity_time_text(int64_t ns, char text[QUANTITY_TIME_TEXT]);

#endif
