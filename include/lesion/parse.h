/* Numbers from text, strictly: the one parser of the library and the program. */
#ifndef LESION_PARSE_H
#define LESION_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "lesion/api.h"

LSN_API_BEGIN

/* The whole of text as a decimal number in [low, high]; false for anything
 * else: empty, spaces, trailing characters, hex, inf, nan, out of range. */
bool lsn_parse_int(const char *text, int64_t low, int64_t high, int64_t *value);
bool lsn_parse_float(const char *text, double low, double high, double *value);

/* The whole of text as I/N, two such numbers with I in 1 ... N. */
bool lsn_parse_shard(const char *text, int *shard, int *shards);

LSN_API_END

#endif
