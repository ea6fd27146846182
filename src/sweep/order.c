/* The order of an image follows from its name and not from its place in the list, so that a run
 * from which images are taken keeps the orders of the others. */
#include "sweep/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/sha256.h"

/* The first 64 bits of the SHA-256 of seed, round and name, which start the random numbers. */
static enum lsn_status start(const char *name, int64_t seed, int round, uint64_t *state,
                             struct lsn_error *err)
{
    struct lsn_sha256 sha;
    char text[48], hex[65];
    int i;

    snprintf(text, sizeof text, "%" PRId64 "\n%d\n", seed, round);
    lsn_sha256_start(&sha);
    lsn_sha256_add(&sha, text, strlen(text));
    lsn_sha256_add(&sha, name, strlen(name));
    LSN_TRY(lsn_sha256_finish(&sha, hex, err));
    for (*state = 0, i = 0; i < 16; i++)
        *state = *state * 16 + (uint64_t)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    return LSN_OK;
}

enum lsn_status lsn_order_draw(const char *name, int64_t seed, int round, size_t *order,
                               size_t count, struct lsn_error *err)
{
    uint64_t state;
    size_t i;

    LSN_TRY(start(name, seed, round, &state, err));
    /* Fisher and Yates's shuffle, from the inside out. */
    for (i = 0; i < count; i++) {
        size_t j = (size_t)lsn_random_below(&state, i + 1);

        if (j < i)
            order[i] = order[j];
        order[j] = i;
    }
    return LSN_OK;
}
