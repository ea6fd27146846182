/* SHA-256 (FIPS 180-4), which identifies files in the provenance. libcrypto computes it, using the
 * processor's instructions for it. */
#ifndef LSN_BASE_SHA256_H
#define LSN_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A digest that is being computed, between start and finish or stop. A failure on the way is
 * reported by finish. */
struct lsn_sha256 {
    void *context; /* EVP_MD_CTX of libcrypto, owned; NULL after a failure or the end */
};

void lsn_sha256_start(struct lsn_sha256 *sha);
void lsn_sha256_add(struct lsn_sha256 *sha, const void *bytes, size_t size);

/* Writes 64 lower-case hex digits and a NUL to hex, and ends sha. On failure, LSN_E_MEMORY, hex is
 * unchanged. */
enum lsn_status lsn_sha256_finish(struct lsn_sha256 *sha, char hex[65], struct lsn_error *err);

/* Ends sha without asking for the digest; harmless after finish. */
void lsn_sha256_stop(struct lsn_sha256 *sha);

#endif
