/* Checked memory: sizes are given as count and size, and their product is checked for overflow
 * here, so that no caller multiplies sizes itself. */
#ifndef LSN_BASE_MEMORY_H
#define LSN_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* count * size zeroed bytes (at least one), or NULL where that overflows or
 * memory is short. Freed by lsn_free. */
void *lsn_alloc(size_t count, size_t size);

/* Grows or shrinks block to count * size bytes; new bytes are not zeroed.
 * NULL on failure, and block is then still valid. */
void *lsn_realloc(void *block, size_t count, size_t size);

/* [count] floats, aligned to 64 bytes for BLAS, zeroed; NULL on failure.
 * Freed by lsn_free. */
float *lsn_alloc_floats(size_t count);

/* A copy of text, or of its first length bytes; NULL on failure. */
char *lsn_strdup(const char *text);
char *lsn_strndup(const char *text, size_t length);

/* NULL is allowed. */
void lsn_free(void *block);

/* *product = a * b; false where it overflows. */
bool lsn_mul_size(size_t a, size_t b, size_t *product);

/* Makes room for one more element in a growing array of count elements:
 * *items is reallocated when count reaches *capacity. False on failure. */
bool lsn_grow(void *items_pointer, size_t *capacity, size_t count, size_t size);

#endif
