/* Two output records of one case, field by field. */
#ifndef TESTS_DIFF_COMPARE_H
#define TESTS_DIFF_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/diff/batch.h"

/* Appends "field want got; ..." to text (always NUL-terminated). True: no difference. */
bool compare_records(const struct core_model *model, const uint8_t *want, const uint8_t *got, char *text, size_t size);

#endif
