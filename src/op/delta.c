#include "op/delta.h"

#include <string.h>

#include "base/vector.h"
#include "op/pool.h"

#define MAGNITUDE 0x7fffffffu

static inline uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits & MAGNITUDE;
}

LSN_VECTOR uint32_t lsn_delta_copy(size_t n, const float *delta, float *out)
{
    uint32_t any = 0;
    size_t i;

    LSN_INDEPENDENT
    for (i = 0; i < n; i++) {
        out[i] = delta[i];
        any |= bits_of(out[i]);
    }
    return any;
}

LSN_VECTOR uint32_t lsn_delta_relu(size_t n, const float *pre, const float *delta, float *out)
{
    uint32_t any = 0;
    size_t i;

    LSN_INDEPENDENT
    for (i = 0; i < n; i++) {
        float value = pre[i] + delta[i], post = pre[i] < 0.0f ? 0.0f : pre[i];

        value = value < 0.0f ? 0.0f : value;
        out[i] = value - post;
        any |= bits_of(out[i]);
    }
    return any;
}

LSN_VECTOR uint32_t lsn_delta_subtract(size_t n, const float *value, const float *post, float *out)
{
    uint32_t any = 0;
    size_t i;

    LSN_INDEPENDENT
    for (i = 0; i < n; i++) {
        out[i] = value[i] - post[i];
        any |= bits_of(out[i]);
    }
    return any;
}

LSN_VECTOR void lsn_delta_add(size_t n, const float *a, const float *b, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

LSN_VECTOR void lsn_delta_scale(size_t n, const float *scale, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = scale[i] * x[i];
}

LSN_VECTOR void lsn_delta_accumulate(size_t n, const float *restrict x, float *restrict sum)
{
    size_t i;

    for (i = 0; i < n; i++)
        sum[i] += x[i];
}

LSN_VECTOR void lsn_delta_accumulate_product(size_t n, const float *restrict x,
                                             const float *restrict y, float *restrict sum)
{
    size_t i;

    for (i = 0; i < n; i++)
        sum[i] += x[i] * y[i];
}

LSN_VECTOR void lsn_delta_max(size_t n, const float *restrict x, float *restrict largest)
{
    size_t i;

    for (i = 0; i < n; i++)
        largest[i] = lsn_larger(x[i], largest[i]);
}

LSN_VECTOR void lsn_delta_max_sum(size_t n, const float *restrict x, const float *restrict delta,
                                  float *restrict largest)
{
    size_t i;

    for (i = 0; i < n; i++)
        largest[i] = lsn_larger(x[i] + delta[i], largest[i]);
}

LSN_VECTOR size_t lsn_delta_count(size_t n, const float *x)
{
    size_t count = 0, first, i;

    for (first = 0; first < n; first += 4096) {
        size_t last = n - first < 4096 ? n : first + 4096;
        uint32_t part = 0;

        for (i = first; i < last; i++)
            part += x[i] != 0.0f;
        count += part;
    }
    return count;
}

#define BLOCK 64 /* columns that are summed together: so many sums fit into registers */

LSN_VECTOR void lsn_delta_combine(size_t count, size_t n, const float *factors,
                                  const float *const *rows, float *restrict sum)
{
    size_t first, i, j;

    for (first = 0; first + BLOCK <= n; first += BLOCK) {
        float part[BLOCK] = {0};

        for (i = 0; i < count; i++) {
            const float *row = rows[i] + first;
            float factor = factors[i];

            for (j = 0; j < BLOCK; j++)
                part[j] += factor * row[j];
        }
        memcpy(sum + first, part, sizeof part);
    }
    for (j = first; j < n; j++) {
        float part = 0;

        for (i = 0; i < count; i++)
            part += factors[i] * rows[i][j];
        sum[j] = part;
    }
}
