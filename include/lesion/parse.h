/* Strict parsing of numbers, for the library and the program alike. */
#ifndef LESION_PARSE_H
#define LESION_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "lesion/api.h"

LSN_API_BEGIN

/* Reads all of text as a decimal number in [low, high]. False for anything else:
 * empty text, spaces, trailing characters, hex, inf, nan, a number outside. */
bool lsn_parse_int(const char *text, int64_t low, int64_t high, int64_t *value);
bool lsn_parse_float(const char *text, double low, double high, double *value);

/* Reads all of text as I/N, two such whole numbers with I in 1 ... N. */
bool lsn_parse_shard(const char *text, int *shard, int *shards);

LSN_API_END

#endif
