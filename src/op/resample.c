#include "op/resample.h"

#include <stddef.h>
#include <string.h>

struct lsn_span lsn_resample_span(int n, const float *weights)
{
    struct lsn_span span = {0, n};

    while (span.first < n && weights[span.first] == 0.0f)
        span.first++;
    while (span.last > span.first && weights[span.last - 1] == 0.0f)
        span.last--;
    return span;
}

void lsn_resample(struct lsn_shape in, struct lsn_shape out_shape, const float *rows,
                  const float *columns, const float *x, float *out)
{
    size_t c = (size_t)in.c, i;
    int oy, ox, y, ix;

    for (oy = 0; oy < out_shape.h; oy++) {
        const float *row = rows + (size_t)oy * (size_t)in.h;
        struct lsn_span ys = lsn_resample_span(in.h, row);

        for (ox = 0; ox < out_shape.w; ox++, out += c) {
            const float *column = columns + (size_t)ox * (size_t)in.w;
            struct lsn_span xs = lsn_resample_span(in.w, column);

            memset(out, 0, c * sizeof *out);
            for (y = ys.first; y < ys.last; y++)
                for (ix = xs.first; ix < xs.last; ix++) {
                    const float *from = x + ((size_t)y * (size_t)in.w + (size_t)ix) * c;
                    float weight = row[y] * column[ix];

                    if (weight != 0.0f)
                        for (i = 0; i < c; i++)
                            out[i] += weight * from[i];
                }
        }
    }
}
