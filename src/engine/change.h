/* What a batch of lesions changes in the output of one node, on one stimulus.
 *
 * A variant is one lesion of the batch. For each variant a change lists the
 * positions where its activation differs from the intact one, and for each of
 * these a row of differences, new minus intact, over some channels; everywhere
 * else the difference is 0. There are two kinds:
 *   own    each variant has a channel list of its own, as long as every other's:
 *          the lesioned plane and what channel-wise ops make of it;
 *   range  all variants share the channels first ... first+channels-1.
 * Which of the two a node has follows from the graph alone (see plan.h). */
#ifndef LSN_ENGINE_CHANGE_H
#define LSN_ENGINE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

struct lsn_change {
    int variants;
    bool own;
    int channels;  /* of a row */
    int first;     /* range: the first channel */
    int *list;     /* own: [variants][channels] */
    size_t *start; /* [variants + 1]: variant v has the rows start[v] ... start[v+1]-1 */
    int *position; /* [rows] y * w + x */
    float *delta;  /* [rows][channels] */
};

static inline size_t lsn_change_rows(const struct lsn_change *change)
{
    return change->start[change->variants];
}

static inline const float *lsn_change_row(const struct lsn_change *change, size_t row)
{
    return change->delta + row * (size_t)change->channels;
}

static inline const int *lsn_change_list(const struct lsn_change *change, int variant)
{
    return change->list + (size_t)variant * (size_t)change->channels;
}

/* Enters one variant's rows in map [positions], from position to row, which holds -1
 * everywhere else. */
void lsn_change_map(const struct lsn_change *change, int variant, int *map);

/* Undoes lsn_change_map, leaving -1 everywhere. */
void lsn_change_unmap(const struct lsn_change *change, int variant, int *map);

/* The row in map at (y, x) of an h x w plane; -1 outside it, too. */
static inline int lsn_change_at(const int *map, int h, int w, int y, int x)
{
    return y >= 0 && y < h && x >= 0 && x < w ? map[y * w + x] : -1;
}

/* out takes over in's channels: its lists, shifted by so many, or its range. */
void lsn_change_same_channels(const struct lsn_change *in, int shift, struct lsn_change *out);

/* A row as differences of channels first ... first+count-1 of its node: itself
 * where it holds just these, else written to buffer [count]. */
const float *lsn_change_widen(const struct lsn_change *change, int variant, size_t row, int first,
                              int count, float *buffer);

#endif
