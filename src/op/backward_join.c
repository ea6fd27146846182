/* Backward of ops that combine, pick or move values. */
#include <math.h>

#include "base/vector.h"
#include "op/backward.h"
#include "op/resample.h"

/* A row of c channels of the result and of both operands, each of which has a value for each
 * channel (distance 1) or one for all (distance 0). */
struct row {
    size_t c;
    const float *a, *b;
    size_t da, db;
    const float *dy;
};

/* Defines what comes back to each operand from u and v, values of the operands, and g, what comes
 * from the result. */
#define JOIN_TO(name, distance, formula)                                                           \
    LSN_VECTOR static void name(const struct row *row, float *dx)                                  \
    {                                                                                              \
        const struct row r = *row;                                                                 \
        size_t i;                                                                                  \
                                                                                                   \
        for (i = 0; i < r.c; i++) {                                                                \
            float u = r.a[i * r.da], v = r.b[i * r.db], g = r.dy[i];                               \
                                                                                                   \
            (void)u;                                                                               \
            (void)v;                                                                               \
            dx[i * r.distance] += formula;                                                         \
        }                                                                                          \
    }
#define JOIN(name, to_a, to_b) JOIN_TO(name##_to_a, da, to_a) JOIN_TO(name##_to_b, db, to_b)

#define HALF_IF_EQUAL (u == v ? 0.5f : 0.0f)

JOIN(add, g, g)
JOIN(subtract, g, -g)
JOIN(multiply, g *v, g *u)
JOIN(divide, g / v, -g *u / (v * v))
JOIN(larger, g *(u > v ? 1.0f : HALF_IF_EQUAL), g *(v > u ? 1.0f : HALF_IF_EQUAL))
JOIN(smaller, g *(u < v ? 1.0f : HALF_IF_EQUAL), g *(v < u ? 1.0f : HALF_IF_EQUAL))

void lsn_join_backward(enum lsn_join_function function, struct lsn_shape shape, int operand,
                       const struct lsn_shape *shapes, const float *const *in, const float *dy,
                       float *dx)
{
#define ROW(id, name, function) {function##_to_a, function##_to_b},
    static void (*const functions[][2])(const struct row *, float *) = {LSN_JOIN_LIST(ROW)};
#undef ROW
    struct lsn_strides sa = lsn_strides_of(shapes[0]), sb = lsn_strides_of(shapes[1]);
    struct lsn_strides to = operand ? sb : sa;
    size_t y, x, c = (size_t)shape.c;

    for (y = 0; y < (size_t)shape.h; y++)
        for (x = 0; x < (size_t)shape.w; x++, dy += c) {
            const struct row row = {
                c, in[0] + y * sa.y + x * sa.x, in[1] + y * sb.y + x * sb.x, sa.c, sb.c, dy};

            functions[function][operand](&row, dx + y * to.y + x * to.x);
        }
}

/* ---- reductions ---- */

/* n values that were reduced to one, r, and lie `distance` floats apart. */
struct reduced {
    size_t n, distance;
    const float *x;
    float r;
};

static float equals_of(const struct reduced *d)
{
    float count = 0;
    size_t i;

    for (i = 0; i < d->n; i++)
        count += d->x[i * d->distance] == d->r ? 1.0f : 0.0f;
    return count;
}

/* Defines what comes back to a value v from g; `start` prepares g for all values. */
#define REDUCTION(name, start, formula)                                                            \
    static void name(const struct reduced *d, float g, float *dx)                                  \
    {                                                                                              \
        float r = d->r;                                                                            \
        size_t i;                                                                                  \
                                                                                                   \
        (void)r;                                                                                   \
        start;                                                                                     \
        for (i = 0; i < d->n; i++) {                                                               \
            float v = d->x[i * d->distance];                                                       \
                                                                                                   \
            (void)v;                                                                               \
            dx[i * d->distance] += formula;                                                        \
        }                                                                                          \
    }

REDUCTION(mean, g /= (float)d->n, g)
REDUCTION(sum, (void)g, g)
REDUCTION(largest, g /= equals_of(d), v == r ? g : 0.0f)
REDUCTION(smallest, g /= equals_of(d), v == r ? g : 0.0f)
REDUCTION(sum_of_absolutes, (void)g, v > 0 ? g : v < 0 ? -g : 0.0f)
REDUCTION(euclidean, g = r == 0 ? 0 : g / r, g *v)
REDUCTION(sum_of_squares, g *= 2, g *v)

void lsn_reduce_backward(enum lsn_reduce_function function, struct lsn_shape in,
                         struct lsn_shape out, const float *x, const float *y, const float *dy,
                         float *dx)
{
#define ROW(id, name, function) function,
    static void (*const functions[])(const struct reduced *, float,
                                     float *) = {LSN_REDUCE_LIST(ROW)};
#undef ROW
    size_t c = (size_t)in.c, positions = (size_t)in.h * (size_t)in.w, i;
    size_t results = (size_t)out.c * (size_t)out.h * (size_t)out.w;
    bool over_space = (size_t)out.h * (size_t)out.w < positions, over_channels = out.c < in.c;
    struct reduced d = {1, 1, x, 0};

    if (over_channels)
        d.n = over_space ? positions * c : c;
    else if (over_space) {
        d.n = positions;
        d.distance = c;
    }
    for (i = 0; i < results; i++) {
        size_t first = over_channels ? i * c : i;

        d.x = x + first;
        d.r = y[i];
        functions[function](&d, dy[i], dx + first);
    }
}

/* ---- what moves values ---- */

LSN_VECTOR static void add_scaled(size_t n, float scale, const float *from, float *to)
{
    size_t i;

    for (i = 0; i < n; i++)
        to[i] += scale * from[i];
}

void lsn_concat_part_backward(size_t positions, size_t c, const float *dy, size_t first,
                              size_t c_out, float *dx)
{
    size_t p;

    for (p = 0; p < positions; p++)
        add_scaled(c, 1, dy + p * c_out + first, dx + p * c);
}

void lsn_select_backward(size_t positions, size_t c, const int *channels, size_t c_out,
                         const float *dy, float *dx)
{
    size_t p, i;

    for (p = 0; p < positions; p++, dx += c, dy += c_out)
        for (i = 0; i < c_out; i++)
            dx[channels[i]] += dy[i];
}

void lsn_pad_backward(struct lsn_shape in, const int pads[4], const float *dy, float *dx)
{
    size_t c = (size_t)in.c, w_out = (size_t)(in.w + pads[1] + pads[3]), y;

    for (y = 0; y < (size_t)in.h; y++)
        add_scaled((size_t)in.w * c, 1, dy + ((y + (size_t)pads[0]) * w_out + (size_t)pads[1]) * c,
                   dx + y * (size_t)in.w * c);
}

void lsn_flatten_backward(struct lsn_shape in, const float *dy, float *dx)
{
    size_t c = (size_t)in.c, positions = (size_t)in.h * (size_t)in.w, i, p;

    for (i = 0; i < c; i++)
        for (p = 0; p < positions; p++)
            dx[p * c + i] += dy[i * positions + p];
}

void lsn_resample_backward(struct lsn_shape in, struct lsn_shape out_shape, const float *rows,
                           const float *columns, const float *dy, float *dx)
{
    size_t c = (size_t)in.c;
    int oy, ox, y, x;

    for (oy = 0; oy < out_shape.h; oy++) {
        const float *row = rows + (size_t)oy * (size_t)in.h;
        struct lsn_span ys = lsn_resample_span(in.h, row);

        for (ox = 0; ox < out_shape.w; ox++, dy += c) {
            const float *column = columns + (size_t)ox * (size_t)in.w;
            struct lsn_span xs = lsn_resample_span(in.w, column);

            for (y = ys.first; y < ys.last; y++)
                for (x = xs.first; x < xs.last; x++)
                    if (row[y] * column[x] != 0.0f)
                        add_scaled(c, row[y] * column[x], dy,
                                   dx + ((size_t)y * (size_t)in.w + (size_t)x) * c);
        }
    }
}
