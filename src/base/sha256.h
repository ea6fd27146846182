/* SHA-256 (FIPS 180-4), for provenance; libcrypto's, which uses what the processor has
 * for it. */
#ifndef LSN_BASE_SHA256_H
#define LSN_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Between start and finish or stop. What fails in between shows at finish. */
struct lsn_sha256 {
    void *context; /* libcrypto's; NULL: failed, or ended; owned */
};

void lsn_sha256_start(struct lsn_sha256 *sha);
void lsn_sha256_add(struct lsn_sha256 *sha, const void *bytes, size_t size);

/* Writes 64 lower-case hex digits and a NUL, and ends sha. LSN_E_MEMORY; then hex is left as
 * it was. */
enum lsn_status lsn_sha256_finish(struct lsn_sha256 *sha, char hex[65], struct lsn_error *err);

/* Ends sha without asking for the digest; harmless after finish. */
void lsn_sha256_stop(struct lsn_sha256 *sha);

#endif
