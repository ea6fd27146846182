#include "op/join.h"

#include <string.h>

#include "base/vector.h"

struct lsn_strides lsn_strides_of(struct lsn_shape s)
{
    return (struct lsn_strides){s.h == 1 ? 0 : (size_t)s.w * (size_t)s.c,
                                s.w == 1 ? 0 : (size_t)s.c, s.c == 1 ? 0 : 1};
}

/* Defines a function of values u and v over a row of c channels. An operand has a value for each
 * channel (distance 1) or one for all (distance 0). */
#define JOIN(name, formula)                                                                        \
    LSN_VECTOR static void name(size_t c, const float *a, size_t da, const float *b, size_t db,    \
                                float *out)                                                        \
    {                                                                                              \
        size_t i;                                                                                  \
        if (da && db) {                                                                            \
            for (i = 0; i < c; i++) {                                                              \
                float u = a[i], v = b[i];                                                          \
                out[i] = formula;                                                                  \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        for (i = 0; i < c; i++) {                                                                  \
            float u = a[i * da], v = b[i * db];                                                    \
            out[i] = formula;                                                                      \
        }                                                                                          \
    }

JOIN(add, u + v)
JOIN(subtract, u - v)
JOIN(multiply, u *v)
JOIN(divide, u / v)
JOIN(larger, ((u > v) | (u != u)) ? u : v)
JOIN(smaller, ((u < v) | (u != u)) ? u : v)

void lsn_join(enum lsn_join_function function, struct lsn_shape shape, struct lsn_shape a_shape,
              const float *a, struct lsn_shape b_shape, const float *b, float *out)
{
#define ROW(id, name, function) function,
    static void (*const functions[])(size_t, const float *, size_t, const float *, size_t,
                                     float *) = {LSN_JOIN_LIST(ROW)};
#undef ROW
    struct lsn_strides sa = lsn_strides_of(a_shape), sb = lsn_strides_of(b_shape);
    size_t y, x, c = (size_t)shape.c, positions = (size_t)shape.h * (size_t)shape.w;

    if (sa.y == sb.y && sa.x == sb.x && sa.c && sb.c && sa.x == c) { /* one long row is faster */
        functions[function](positions * c, a, 1, b, 1, out);
        return;
    }
    for (y = 0; y < (size_t)shape.h; y++)
        for (x = 0; x < (size_t)shape.w; x++, out += c)
            functions[function](c, a + y * sa.y + x * sa.x, sa.c, b + y * sb.y + x * sb.x, sb.c,
                                out);
}

void lsn_join_zero_quotients(struct lsn_shape shape, struct lsn_shape a_shape, const float *a,
                             struct lsn_shape b_shape, const float *b, float *out)
{
    struct lsn_strides sa = lsn_strides_of(a_shape), sb = lsn_strides_of(b_shape);
    size_t y, x, i, c = (size_t)shape.c;

    for (y = 0; y < (size_t)shape.h; y++)
        for (x = 0; x < (size_t)shape.w; x++, out += c)
            for (i = 0; i < c; i++)
                if (a[y * sa.y + x * sa.x + i * sa.c] == 0.0f &&
                    b[y * sb.y + x * sb.x + i * sb.c] == 0.0f)
                    out[i] = 0;
}

void lsn_concat_part(size_t positions, size_t c, const float *x, size_t first, size_t c_out,
                     float *out)
{
    size_t p;

    for (p = 0; p < positions; p++)
        memcpy(out + p * c_out + first, x + p * c, c * sizeof *out);
}

void lsn_select(size_t positions, size_t c, const float *x, const int *channels, size_t c_out,
                float *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c_out)
        for (i = 0; i < c_out; i++)
            out[i] = x[channels[i]];
}

void lsn_pad(struct lsn_shape in, const int pads[4], float value, const float *x, float *out)
{
    size_t c = (size_t)in.c, w_out = (size_t)(in.w + pads[1] + pads[3]);
    size_t h_out = (size_t)(in.h + pads[0] + pads[2]), i, y;

    for (i = 0; i < h_out * w_out * c; i++)
        out[i] = value;
    for (y = 0; y < (size_t)in.h; y++)
        memcpy(out + ((y + (size_t)pads[0]) * w_out + (size_t)pads[1]) * c,
               x + y * (size_t)in.w * c, (size_t)in.w * c * sizeof *out);
}

void lsn_flatten(struct lsn_shape in, const float *x, float *out)
{
    size_t c = (size_t)in.c, positions = (size_t)in.h * (size_t)in.w, i, p;

    for (i = 0; i < c; i++)
        for (p = 0; p < positions; p++)
            out[i * positions + p] = x[p * c + i];
}
