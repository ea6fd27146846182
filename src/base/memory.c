#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool lsn_mul_size(size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *product = a * b;
    return true;
}

void *lsn_alloc(size_t count, size_t size)
{
    return calloc(count ? count : 1, size ? size : 1);
}

void *lsn_realloc(void *block, size_t count, size_t size)
{
    size_t bytes;

    if (!lsn_mul_size(count, size, &bytes))
        return NULL;
    return realloc(block, bytes ? bytes : 1);
}

float *lsn_alloc_floats(size_t count)
{
    size_t bytes;
    void *block;

    if (!lsn_mul_size(count, sizeof(float), &bytes) || bytes > SIZE_MAX - 64)
        return NULL;
    bytes = (bytes + 64) & ~(size_t)63;
    block = aligned_alloc(64, bytes);
    if (block)
        memset(block, 0, bytes);
    return block;
}

char *lsn_strndup(const char *text, size_t length)
{
    char *copy = lsn_alloc(length + 1, 1);

    if (copy)
        memcpy(copy, text, length);
    return copy;
}

char *lsn_strdup(const char *text)
{
    return lsn_strndup(text, strlen(text));
}

void lsn_free(void *block)
{
    free(block);
}

bool lsn_grow(void *items_pointer, size_t *capacity, size_t count, size_t size)
{
    void *items, *grown;
    size_t wanted;

    if (count < *capacity)
        return true;
    if (*capacity > SIZE_MAX / 2)
        return false;
    wanted = *capacity ? *capacity * 2 : 8;
    memcpy(&items, items_pointer, sizeof items);
    grown = lsn_realloc(items, wanted, size);
    if (!grown)
        return false;
    memcpy(items_pointer, &grown, sizeof grown);
    *capacity = wanted;
    return true;
}
