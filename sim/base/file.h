/* A whole file in memory. */
#ifndef WARPCORE_BASE_FILE_H
#define WARPCORE_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

/* Its bytes (free() them) and a NUL behind them, or NULL: err names the file and the reason. */
uint8_t *file_load(const char *name, size_t *size, struct err *err);

#endif
