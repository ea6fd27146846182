/* Seeded numbers, the same everywhere: splitmix64 (Steele, Lea & Flood, OOPSLA 2014). */
#ifndef LSN_BASE_RANDOM_H
#define LSN_BASE_RANDOM_H

#include <stdint.h>

#define LSN_RANDOM_STEP 0x9e3779b97f4a7c15u /* 2^64 over the golden ratio */

/* The mixing function, a bijection. */
uint64_t lsn_random_mix(uint64_t x);

/* The next number of a sequence; any state will do to start from. */
uint64_t lsn_random_next(uint64_t *state);

/* The next number, uniform in 0 ... limit-1; limit is not 0. */
uint64_t lsn_random_below(uint64_t *state, uint64_t limit);

#endif
