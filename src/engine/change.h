/* What a group of lesions changes in the output of one node, on one stimulus.
 *
 * A variant is one lesion of the group. A change is sparse or dense. A sparse change lists for
 * each variant the positions where its activation differs from the intact one, and for each
 * of these a row of differences, lesioned minus intact, over some channels; everywhere else
 * the difference is 0. There are two kinds:
 *   listed   each variant has its own list of channels, all lists equally long: for the
 *            lesioned plane, and for what ops that keep channels apart compute from it;
 *   by rows  all variants share the channels first ... first+channels-1.
 * Which of the two a node has follows from the graph alone (see plan.h).
 * A dense change has each variant's whole activation instead of differences. Where nearly all
 * of it differs, differences save no work and add some; dense.h says when that is. */
#ifndef LSN_ENGINE_CHANGE_H
#define LSN_ENGINE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

struct lsn_change {
    int variants;
    bool listed;
    bool dense;
    int channels;        /* of a row */
    size_t step;         /* dense: floats from one position to the next; channels, or more where
                            the values lie in a Concat's storage */
    size_t variant_step; /* dense: floats from one variant to the next */
    int first;           /* by rows: the first channel */
    int *list;           /* listed: [variants][channels] */
    size_t *start;       /* [variants + 1]: variant v has the rows start[v] ... start[v+1]-1 */
    int *position;       /* sparse: [rows] y * w + x. dense: [differing] the variants that differ
                            anywhere; the others have the intact activation, to the bit */
    int differing;       /* dense: how many variants differ */
    float *delta;        /* [rows][channels]; dense: activations, not differences */
};

static inline size_t lsn_change_rows(const struct lsn_change *change)
{
    return change->start[change->variants];
}

static inline const float *lsn_change_row(const struct lsn_change *change, size_t row)
{
    return change->delta + row * (size_t)change->channels;
}

/* A variant's activation [h][w][c] in a dense change; positions are change->step floats apart. */
static inline float *lsn_change_values(const struct lsn_change *change, int variant)
{
    return change->delta + (size_t)variant * change->variant_step;
}

/* Whether a variant differs from the intact pass. */
static inline bool lsn_change_differs(const struct lsn_change *change, int variant)
{
    int i;

    for (i = 0; change->dense && i < change->differing; i++)
        if (change->position[i] == variant)
            return true;
    return !change->dense && change->start[variant] < change->start[variant + 1];
}

static inline const int *lsn_change_list(const struct lsn_change *change, int variant)
{
    return change->list + (size_t)variant * (size_t)change->channels;
}

/* Sets map [positions] to a variant's row at each position that has one. The caller has filled map
 * with -1. */
void lsn_change_map(const struct lsn_change *change, int variant, int *map);

/* Undoes lsn_change_map: map is -1 everywhere again. */
void lsn_change_unmap(const struct lsn_change *change, int variant, int *map);

/* The row in map at (y, x) of an h x w plane; -1 where there is none, and outside the plane. */
static inline int lsn_change_at(const int *map, int h, int w, int y, int x)
{
    return y >= 0 && y < h && x >= 0 && x < w ? map[y * w + x] : -1;
}

/* Gives out the channels of in, each shifted by `shift`: the lists, or first and channels. */
void lsn_change_same_channels(const struct lsn_change *in, int shift, struct lsn_change *out);

/* Returns a row as differences of channels first ... first+count-1 of its node: the row itself
 * where it has exactly these channels, else a copy in buffer [count], filled up with 0. */
const float *lsn_change_widen(const struct lsn_change *change, int variant, size_t row, int first,
                              int count, float *buffer);

#endif
