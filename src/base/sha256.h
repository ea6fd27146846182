/* SHA-256 (FIPS 180-4), for provenance. */
#ifndef LSN_BASE_SHA256_H
#define LSN_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct lsn_sha256 {
    uint32_t state[8];
    uint8_t block[64];
    size_t used;    /* bytes waiting in block */
    uint64_t total; /* bytes so far */
};

void lsn_sha256_start(struct lsn_sha256 *sha);
void lsn_sha256_add(struct lsn_sha256 *sha, const void *bytes, size_t size);

/* Writes 64 lower-case hex digits and a NUL. */
void lsn_sha256_finish(struct lsn_sha256 *sha, char hex[65]);

#endif
