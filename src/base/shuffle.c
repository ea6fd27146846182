#include "base/shuffle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sha256.h"

enum lsn_status lsn_shuffle_key(const char *name, int64_t seed, char key[LSN_SHUFFLE_KEY],
                                struct lsn_error *err)
{
    struct lsn_sha256 sha;
    char text[32];

    snprintf(text, sizeof text, "%" PRId64 "\n", seed);
    lsn_sha256_start(&sha);
    lsn_sha256_add(&sha, text, strlen(text));
    lsn_sha256_add(&sha, name, strlen(name));
    return lsn_sha256_finish(&sha, key, err);
}
