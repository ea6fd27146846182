#include "op/reduce.h"

#include <math.h>
#include <stddef.h>

/* Defines a reduction of n values that are `distance` floats apart: s begins as `start`, `step`
 * updates it for each value v, and the result is `end`. */
#define REDUCTION(name, start, step, end)                                                          \
    static float name(size_t n, size_t distance, const float *x)                                   \
    {                                                                                              \
        double s = start;                                                                          \
        size_t i;                                                                                  \
        for (i = 0; i < n; i++) {                                                                  \
            double v = (double)x[i * distance];                                                    \
            step;                                                                                  \
        }                                                                                          \
        return (float)(end);                                                                       \
    }

REDUCTION(mean, 0, s += v, s / (double)n)
REDUCTION(sum, 0, s += v, s)
REDUCTION(largest, (double)-INFINITY, s = ((v > s) | (v != v)) ? v : s, s)
REDUCTION(smallest, (double)INFINITY, s = ((v < s) | (v != v)) ? v : s, s)
REDUCTION(sum_of_absolutes, 0, s += fabs(v), s)
REDUCTION(euclidean, 0, s += v * v, sqrt(s))
REDUCTION(sum_of_squares, 0, s += v * v, s)

void lsn_reduce(enum lsn_reduce_function function, bool over_channels, bool over_space,
                struct lsn_shape in, const float *x, float *out)
{
#define ROW(id, name, function) function,
    static float (*const functions[])(size_t, size_t, const float *) = {LSN_REDUCE_LIST(ROW)};
#undef ROW
    size_t c = (size_t)in.c, positions = (size_t)in.h * (size_t)in.w, i;

    if (over_channels && over_space)
        out[0] = functions[function](positions * c, 1, x);
    else if (over_channels)
        for (i = 0; i < positions; i++)
            out[i] = functions[function](c, 1, x + i * c);
    else
        for (i = 0; i < c; i++)
            out[i] = functions[function](positions, c, x + i);
}
