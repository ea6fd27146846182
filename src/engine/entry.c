#include "engine/entry.h"

#define ALIGNMENT 64

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* The first-level cache: lines whose numbers differ by a multiple of SETS share a set. Variants are
 * placed SHIFT lines more than such a multiple apart. */
#define LINE_FLOATS 16
#define SETS        64
#define SHIFT       9

size_t lsn_variant_step(size_t count)
{
    size_t lines = (count + LINE_FLOATS - 1) / LINE_FLOATS;

    return (lines + (SETS + SHIFT - lines % SETS) % SETS) * LINE_FLOATS;
}

struct lsn_storage lsn_entry_storage(const struct lsn_network *network,
                                     const struct lsn_entry *node, int variants)
{
    const struct lsn_shape *s = &network->steps[node->node].node->shape;
    size_t v = (size_t)variants, channels = (size_t)(node->listed ? node->listed : s->c);
    size_t count = (size_t)s->h * (size_t)s->w * channels;
    struct lsn_storage storage = {.rows_max = v * (size_t)s->h * (size_t)s->w};

    storage.position = aligned((v + 1) * sizeof(size_t));
    storage.list = storage.position + aligned(storage.rows_max * sizeof(int));
    storage.delta = storage.list + aligned(node->listed ? v * channels * sizeof(int) : 0);
    storage.bytes = storage.delta +
                    aligned(v * (node->listed ? count : lsn_variant_step(count)) * sizeof(float));
    return storage;
}
