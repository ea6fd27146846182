#include "sweep/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/shuffle.h"
#include "base/text.h"

struct candidate {
    char key[LSN_SHUFFLE_KEY];
    int kernel;
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct candidate *)a)->key, ((const struct candidate *)b)->key);
}

static int by_kernel(const void *a, const void *b)
{
    int x = ((const struct candidate *)a)->kernel, y = ((const struct candidate *)b)->kernel;

    return (x > y) - (x < y);
}

static enum lsn_status make_key(const char *layer, int kernel, int64_t seed, char *key,
                                struct lsn_error *err)
{
    struct lsn_text name = {0};
    enum lsn_status status;

    lsn_text_add(&name, "%s:%d", layer, kernel);
    status = name.failed ? lsn_fail_memory(err, "a sample of kernels")
                         : lsn_shuffle_key(name.bytes, seed, key, err);
    lsn_text_free(&name);
    return status;
}

/* Draws from the kernels list [count] of one layer: puts those drawn, at most per_layer, first in
 * candidates [count], ascending. */
static enum lsn_status draw(const struct lsn_model *model, int per_layer, int64_t seed,
                            const struct lsn_kernel *list, int count, struct candidate *candidates,
                            struct lsn_error *err)
{
    const char *layer = lsn_model_layer_name(model, list[0].layer);
    int i;

    for (i = 0; i < count; i++) {
        candidates[i].kernel = list[i].kernel;
        LSN_TRY(make_key(layer, list[i].kernel, seed, candidates[i].key, err));
    }
    qsort(candidates, (size_t)count, sizeof *candidates, by_key);
    qsort(candidates, (size_t)(count < per_layer ? count : per_layer), sizeof *candidates,
          by_kernel);
    return LSN_OK;
}

enum lsn_status lsn_sample_kernels(const struct lsn_model *model, int per_layer, int64_t seed,
                                   struct lsn_kernel *list, int *count, int **sampled_from,
                                   struct lsn_error *err)
{
    struct candidate *candidates = lsn_alloc((size_t)*count, sizeof *candidates);
    int *from = lsn_alloc((size_t)lsn_model_layers(model), sizeof *from), kept = 0, first, end, i;
    enum lsn_status status = LSN_OK;

    if (!candidates || !from)
        status = lsn_fail_memory(err, "a sample of kernels");
    for (first = 0; first < *count && status == LSN_OK; first = end) {
        int layer = list[first].layer;

        for (end = first; end < *count && list[end].layer == layer;)
            end++;
        from[layer] = end - first;
        status = draw(model, per_layer, seed, list + first, end - first, candidates, err);
        for (i = 0; i < from[layer] && i < per_layer && status == LSN_OK; i++)
            list[kept++] = (struct lsn_kernel){layer, candidates[i].kernel};
    }
    lsn_free(candidates);
    if (status != LSN_OK) {
        lsn_free(from);
        return status;
    }
    *count = kept;
    *sampled_from = from;
    return LSN_OK;
}
