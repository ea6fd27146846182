/* Resample is linear and keeps channels apart, so differences are resampled like values, at output
 * positions that a row reaches. */
#include <string.h>

#include "engine/propagate.h"
#include "op/delta.h"
#include "op/resample.h"

/* Computes the differences to [channels] of one variant at output position (y, x), from its rows in
 * d->maps[0]. False: no row reaches the position. */
static bool resample_at(const struct lsn_incremental *d, const struct lsn_step *step,
                        const struct lsn_change *in, int y, int x, float *to)
{
    struct lsn_shape s = step->in_shapes[0];
    const float *rows = step->node->tensors[0].data + (size_t)y * (size_t)s.h;
    const float *columns = step->node->tensors[1].data + (size_t)x * (size_t)s.w;
    struct lsn_span ys = lsn_resample_span(s.h, rows), xs = lsn_resample_span(s.w, columns);
    size_t n = (size_t)in->channels, i;
    bool any = false;
    int iy, ix;

    for (iy = ys.first; iy < ys.last; iy++)
        for (ix = xs.first; ix < xs.last; ix++) {
            int row = d->maps[0][iy * s.w + ix];
            float weight = rows[iy] * columns[ix];

            if (row < 0 || weight == 0.0f)
                continue;
            if (!any)
                memset(to, 0, n * sizeof *to);
            any = true;
            for (i = 0; i < n; i++)
                to[i] += weight * lsn_change_row(in, (size_t)row)[i];
        }
    return any;
}

void lsn_propagate_resample(struct lsn_incremental *d, const struct lsn_entry *entry,
                            struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in = lsn_input_change(d, step->node, 0);
    struct lsn_appender e = lsn_append_start(d, entry, out);
    int positions = step->node->shape.h * step->node->shape.w, v, p;

    lsn_change_same_channels(in, 0, out);
    for (v = 0; v < in->variants; v++) {
        if (in->start[v] == in->start[v + 1])
            continue;
        lsn_change_map(in, v, d->maps[0]);
        for (p = 0; p < positions; p++) {
            if (!resample_at(d, step, in, p / step->node->shape.w, p % step->node->shape.w,
                             d->rows[1]))
                continue;
            if (in->listed)
                lsn_append_listed(&e, v, 1, &p, d->rows[1]);
            else
                lsn_append(&e, v, p, d->rows[1]);
        }
        lsn_change_unmap(in, v, d->maps[0]);
    }
    lsn_append_finish(&e);
}
