#include "base/sha256.h"

#include <openssl/evp.h>
#include <stdio.h>

void lsn_sha256_start(struct lsn_sha256 *sha)
{
    sha->context = EVP_MD_CTX_new();
    if (sha->context && !EVP_DigestInit_ex(sha->context, EVP_sha256(), NULL))
        lsn_sha256_stop(sha);
}

void lsn_sha256_add(struct lsn_sha256 *sha, const void *bytes, size_t size)
{
    if (sha->context && !EVP_DigestUpdate(sha->context, bytes, size))
        lsn_sha256_stop(sha);
}

void lsn_sha256_stop(struct lsn_sha256 *sha)
{
    EVP_MD_CTX_free(sha->context);
    sha->context = NULL;
}

enum lsn_status lsn_sha256_finish(struct lsn_sha256 *sha, char hex[65], struct lsn_error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    bool done = sha->context && EVP_DigestFinal_ex(sha->context, digest, NULL);
    int i;

    lsn_sha256_stop(sha);
    if (!done)
        return lsn_fail(err, LSN_E_MEMORY,
                        "libcrypto makes no SHA-256: memory is short, or its configuration "
                        "(openssl.cnf) does not allow it");
    for (i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return LSN_OK;
}
