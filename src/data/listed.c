#include "data/listed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lsn_listed_add(struct lsn_sha256 *sha, const char *name, int class_index)
{
    char tail[32];
    int length = snprintf(tail, sizeof tail, "\t%d\n", class_index);

    lsn_sha256_add(sha, name, strlen(name));
    lsn_sha256_add(sha, tail, (size_t)length);
}

static int by_name(const void *left, const void *right)
{
    const struct lsn_listed *a = left, *b = right;
    int names = strcmp(a->name, b->name);

    return names ? names : (a->class_index > b->class_index) - (a->class_index < b->class_index);
}

enum lsn_status lsn_listed_sha256(struct lsn_listed *images, size_t count, char hex[65],
                                  struct lsn_error *err)
{
    struct lsn_sha256 sha;
    size_t i;

    qsort(images, count, sizeof *images, by_name);
    lsn_sha256_start(&sha);
    for (i = 0; i < count; i++)
        lsn_listed_add(&sha, images[i].name, images[i].class_index);
    return lsn_sha256_finish(&sha, hex, err);
}
