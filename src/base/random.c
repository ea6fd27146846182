#include "base/random.h"

uint64_t lsn_random_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint64_t lsn_random_next(uint64_t *state)
{
    *state += LSN_RANDOM_STEP;
    return lsn_random_mix(*state);
}

uint64_t lsn_random_below(uint64_t *state, uint64_t limit)
{
    /* end + 1 is the largest multiple of limit that is at most 2^64. Numbers above end would make
     * small results more likely than others, so they are drawn again. */
    uint64_t end = UINT64_MAX - (UINT64_MAX % limit + 1) % limit, number;

    do
        number = lsn_random_next(state);
    while (number > end);
    return number % limit;
}
