#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/shuffle.h"
#include "data/dataset.h"

struct keyed_item {
    char key[LSN_SHUFFLE_KEY];
    struct lsn_item item;
};

static int compare(const void *a, const void *b)
{
    const struct keyed_item *x = a, *y = b;
    int keys = strcmp(x->key, y->key);

    return keys ? keys : strcmp(x->item.name, y->item.name);
}

enum lsn_status lsn_dataset_shuffle(struct lsn_dataset *dataset, int64_t seed,
                                    struct lsn_error *err)
{
    struct keyed_item *items;
    enum lsn_status status = LSN_OK;
    size_t i;

    lsn_error_clear(err);
    if (seed < 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "the order of the images: the seed %" PRId64 " is negative", seed);
    items = lsn_alloc(dataset->count, sizeof *items);
    if (!items)
        return lsn_fail_memory(err, "the order of the images");
    for (i = 0; i < dataset->count && status == LSN_OK; i++) {
        items[i].item = dataset->items[i];
        status = lsn_shuffle_key(dataset->items[i].name, seed, items[i].key, err);
    }
    if (status == LSN_OK) {
        qsort(items, dataset->count, sizeof *items, compare);
        for (i = 0; i < dataset->count; i++)
            dataset->items[i] = items[i].item;
        dataset->shuffled = true;
        dataset->seed = seed;
        status = lsn_dataset_hash(dataset, err);
    }
    lsn_free(items);
    return status;
}

int64_t lsn_dataset_shuffle_seed(const struct lsn_dataset *dataset)
{
    return dataset->shuffled ? dataset->seed : -1;
}
