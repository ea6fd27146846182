/* Random orders that follow from a seed and the names of what is ordered, and from nothing else: a
 * name's place is that of its key. The order of some names is the same whatever others there are.
 */
#ifndef LSN_BASE_SHUFFLE_H
#define LSN_BASE_SHUFFLE_H

#include <stdint.h>

#include "base/error.h"

#define LSN_SHUFFLE_KEY 65

/* Writes the key to sort by, ascending: the SHA-256, in hex, of the seed in decimal, a newline and
 * the name. LSN_E_MEMORY. */
enum lsn_status lsn_shuffle_key(const char *name, int64_t seed, char key[LSN_SHUFFLE_KEY],
                                struct lsn_error *err);

#endif
