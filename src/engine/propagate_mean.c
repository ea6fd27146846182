/* The mean over all positions. The lesioned mean is computed from the intact sum and the
 * differences, both in double, and rounded as the op itself rounds it. So the mean of a plane that
 * the lesion sets to 0 is exactly 0; subtracting from the rounded intact mean would leave a
 * remainder. */
#include <string.h>

#include "engine/propagate.h"

/* For doubles [2][c]: the intact sums, and those of one variant's differences. */
size_t lsn_propagate_mean_scratch(const struct lsn_step *step)
{
    return 2 * (size_t)step->node->shape.c * (sizeof(double) / sizeof(float));
}

/* Sums the intact x [positions][c] over positions into sums [c]. */
static void sum_intact(size_t positions, size_t c, const float *x, double *sums)
{
    size_t p, i;

    memset(sums, 0, c * sizeof *sums);
    for (p = 0; p < positions; p++)
        for (i = 0; i < c; i++)
            sums[i] += (double)x[p * c + i];
}

void lsn_propagate_global_pool(struct lsn_incremental *d, const struct lsn_entry *entry,
                               struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in = lsn_input_change(d, step->node, 0);
    struct lsn_shape s = step->in_shapes[0];
    struct lsn_appender e = lsn_append_start(d, entry, out);
    size_t n = (size_t)in->channels, c = (size_t)s.c, positions = (size_t)s.h * (size_t)s.w, row, i;
    double *intact_sums = (double *)(void *)d->scratch, *sums = intact_sums + c;
    const float *intact = d->intact[entry->node];
    float *to = d->rows[1];
    static const int origin = 0;
    int v;

    sum_intact(positions, c, d->intact[step->node->inputs[0]], intact_sums);
    lsn_change_same_channels(in, 0, out);
    for (v = 0; v < in->variants; v++) {
        if (in->start[v] == in->start[v + 1])
            continue;
        memset(sums, 0, n * sizeof *sums);
        for (row = in->start[v]; row < in->start[v + 1]; row++)
            for (i = 0; i < n; i++)
                sums[i] += (double)lsn_change_row(in, row)[i];
        for (i = 0; i < n; i++) {
            size_t channel = in->listed ? (size_t)lsn_change_list(in, v)[i] : (size_t)in->first + i;
            double mean = (intact_sums[channel] + sums[i]) / (double)positions;

            to[i] = (float)mean - intact[channel];
        }
        if (in->listed)
            lsn_append_listed(&e, v, 1, &origin, to);
        else
            lsn_append(&e, v, 0, to);
    }
    lsn_append_finish(&e);
}
