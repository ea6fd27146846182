#include "op/depthwise.h"

#include <stdbool.h>
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define STRIP    4 /* neighbouring outputs computed together, which share input columns */
#define KW_MAX   7 /* the widest window that is computed so */
#define SEEN_MAX ((STRIP - 1) * 2 + KW_MAX)

/* Neighbouring outputs of a row, all channels. Of the window only the rows of taps inside the input
 * take part. */
struct strip {
    size_t c;             /* channels */
    size_t row_step;      /* input floats from one row of taps to the next */
    int rows, kw;         /* rows of taps inside the input; taps in a row */
    const float *weights; /* [rows][kw][c] of these rows */
    const float *bias;    /* [c]; NULL: 0 */
    const float *x;       /* first column of the input row under the first of these rows */
    float *out;           /* [count][c] */
    int count;            /* outputs, at most STRIP */
    int column;           /* input column under the first output's first tap; may be outside */
    int columns;          /* of the input */
    int first_tap, taps;  /* a single output: the taps of a row inside the input */
    size_t tap_step;      /* a single output: input floats from one tap to the next */
};

/* a * b + c, fused where the processor can. Written out, as a compiler chooses for each loop
 * whether to fuse, and a channel's bits must not depend on which loop computes it. */
typedef float one_vector __attribute__((vector_size(4), aligned(4), may_alias));
static inline one_vector one_multiply_add(one_vector a, one_vector b, one_vector c)
{
#ifdef __aarch64__
    return (one_vector){__builtin_fmaf(a[0], b[0], c[0])};
#else
    return a * b + c;
#endif
}

typedef float plain_vector __attribute__((vector_size(16), aligned(4), may_alias));
static inline plain_vector plain_multiply_add(plain_vector a, plain_vector b, plain_vector c)
{
#ifdef __aarch64__
    return vfmaq_f32(c, a, b);
#else
    return a * b + c;
#endif
}
#if defined(__x86_64__) && defined(__GNUC__)
typedef float avx2_vector __attribute__((vector_size(32), aligned(4), may_alias));
__attribute__((target("avx2,fma"))) static inline avx2_vector
avx2_multiply_add(avx2_vector a, avx2_vector b, avx2_vector c)
{
    return (avx2_vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

typedef float avx512_vector __attribute__((vector_size(64), aligned(4), may_alias));
__attribute__((target("avx512f"))) static inline avx512_vector
avx512_multiply_add(avx512_vector a, avx512_vector b, avx512_vector c)
{
    return (avx512_vector)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
#endif

/* Defines the functions for one kind of processor, with vectors of so many lanes. Their arguments
 * kw, stride and vectors are constants where they are called, so that sums and weights stay in
 * registers. */
#define STRIP_OF(name, lanes, isa)                                                                 \
    isa static inline __attribute__((always_inline)) name##_vector name##_load(const float *from)  \
    {                                                                                              \
        return *(const name##_vector *)(const void *)from;                                         \
    }                                                                                              \
                                                                                                   \
    /* Each column that the outputs see is loaded once and goes to all of them that see it. */     \
    isa static inline __attribute__((always_inline)) void name##_window(                           \
        const int kw, const int stride, const int vectors, const struct strip *s, size_t first)    \
    {                                                                                              \
        name##_vector sum[STRIP][2], weight[KW_MAX][2];                                            \
        int i, j, row, tap, seen;                                                                  \
                                                                                                   \
        for (i = 0; i < STRIP; i++)                                                                \
            for (j = 0; j < vectors; j++)                                                          \
                sum[i][j] =                                                                        \
                    s->bias ? name##_load(s->bias + first + j * (lanes)) : (name##_vector){0};     \
        for (row = 0; row < s->rows; row++) {                                                      \
            const float *x = s->x + (size_t)row * s->row_step + first;                             \
            const float *weights = s->weights + (size_t)(row * kw) * s->c + first;                 \
                                                                                                   \
            for (tap = 0; tap < kw; tap++)                                                         \
                for (j = 0; j < vectors; j++)                                                      \
                    weight[tap][j] = name##_load(weights + (size_t)tap * s->c + j * (lanes));      \
            _Pragma("GCC unroll 16") for (seen = 0; seen < (STRIP - 1) * stride + kw; seen++)      \
            {                                                                                      \
                int column = s->column + seen;                                                     \
                                                                                                   \
                if (column < 0 || column >= s->columns)                                            \
                    continue;                                                                      \
                for (j = 0; j < vectors; j++) {                                                    \
                    name##_vector value = name##_load(x + (size_t)column * s->c + j * (lanes));    \
                                                                                                   \
                    _Pragma("GCC unroll 8") for (tap = 0; tap < kw; tap++)                         \
                    {                                                                              \
                        int by = seen - tap;                                                       \
                                                                                                   \
                        if (by >= 0 && by % stride == 0 && by / stride < STRIP)                    \
                            sum[by / stride][j] =                                                  \
                                name##_multiply_add(value, weight[tap][j], sum[by / stride][j]);   \
                    }                                                                              \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
        for (i = 0; i < STRIP; i++)                                                                \
            for (j = 0; j < vectors && i < s->count; j++)                                          \
                *(name##_vector *)(void *)(s->out + (size_t)i * s->c + first + j * (lanes)) =      \
                    sum[i][j];                                                                     \
    }                                                                                              \
                                                                                                   \
    /* One output and any window. */                                                               \
    isa static inline __attribute__((always_inline)) void name##_one(                              \
        const int kw, const int stride, const int vectors, const struct strip *s, size_t first)    \
    {                                                                                              \
        name##_vector sum[2];                                                                      \
        int j, row, tap;                                                                           \
                                                                                                   \
        (void)kw;                                                                                  \
        (void)stride;                                                                              \
        for (j = 0; j < vectors; j++)                                                              \
            sum[j] = s->bias ? name##_load(s->bias + first + j * (lanes)) : (name##_vector){0};    \
        for (row = 0; row < s->rows; row++) {                                                      \
            const float *x = s->x + (size_t)row * s->row_step + (size_t)s->column * s->c + first;  \
            const float *weights =                                                                 \
                s->weights + (size_t)(row * s->kw + s->first_tap) * s->c + first;                  \
                                                                                                   \
            for (tap = 0; tap < s->taps; tap++, x += s->tap_step, weights += s->c)                 \
                for (j = 0; j < vectors; j++)                                                      \
                    sum[j] = name##_multiply_add(name##_load(x + j * (lanes)),                     \
                                                 name##_load(weights + j * (lanes)), sum[j]);      \
        }                                                                                          \
        for (j = 0; j < vectors; j++)                                                              \
            *(name##_vector *)(void *)(s->out + first + j * (lanes)) = sum[j];                     \
    }                                                                                              \
                                                                                                   \
    isa static void name##_strip(const struct strip *s, int stride)                                \
    {                                                                                              \
        size_t first = 0;                                                                          \
                                                                                                   \
        for (; first + 2 * (lanes) <= s->c; first += 2 * (lanes))                                  \
            FOR_WINDOW(name, 2, s, stride, first)                                                  \
        if (first + (lanes) <= s->c) {                                                             \
            FOR_WINDOW(name, 1, s, stride, first)                                                  \
            first += (lanes);                                                                      \
        }                                                                                          \
        if (first < s->c) { /* some channels are computed twice, to the same bits */               \
            FOR_WINDOW(name, 1, s, stride, s->c - (lanes))                                         \
        }                                                                                          \
    }

/* Calls name##_window with the window's width and stride as constants. stride 0 means a single
 * output of any window. */
#define FOR_WINDOW(name, vectors, s, stride, first)                                                \
    {                                                                                              \
        switch (stride * (KW_MAX + 1) + (stride ? s->kw : 0)) {                                    \
        case (KW_MAX + 1) + 3:                                                                     \
            name##_window(3, 1, vectors, s, first);                                                \
            break;                                                                                 \
        case (KW_MAX + 1) + 5:                                                                     \
            name##_window(5, 1, vectors, s, first);                                                \
            break;                                                                                 \
        case (KW_MAX + 1) + 7:                                                                     \
            name##_window(7, 1, vectors, s, first);                                                \
            break;                                                                                 \
        case 2 * (KW_MAX + 1) + 3:                                                                 \
            name##_window(3, 2, vectors, s, first);                                                \
            break;                                                                                 \
        case 2 * (KW_MAX + 1) + 5:                                                                 \
            name##_window(5, 2, vectors, s, first);                                                \
            break;                                                                                 \
        case 2 * (KW_MAX + 1) + 7:                                                                 \
            name##_window(7, 2, vectors, s, first);                                                \
            break;                                                                                 \
        default:                                                                                   \
            name##_one(0, 0, vectors, s, first);                                                   \
            break;                                                                                 \
        }                                                                                          \
    }

STRIP_OF(one, 1, )
STRIP_OF(plain, 4, )
#if defined(__x86_64__) && defined(__GNUC__)
STRIP_OF(avx2, 8, __attribute__((target("avx2,fma"))))
STRIP_OF(avx512, 16, __attribute__((target("avx512f"))))
#endif

typedef void strip_fn(const struct strip *strip, int stride);

static strip_fn *strip_of(int c)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (c >= 16 && __builtin_cpu_supports("avx512f"))
        return avx512_strip;
    if (c >= 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return avx2_strip;
#endif
    return c >= 4 ? plain_strip : one_strip;
}

/* Whether outputs of this window are computed in strips; else they are computed one by one. */
static bool is_usual(const struct lsn_window *w)
{
    return w->dw == 1 && (w->kw == 3 || w->kw == 5 || w->kw == 7) && (w->sw == 1 || w->sw == 2);
}

void lsn_depthwise_row(const struct lsn_conv *conv, const float *packed, const float *bias,
                       const float *x, int oy, float *out)
{
    const struct lsn_window *w = &conv->window;
    size_t c = (size_t)conv->out.c;
    strip_fn *run = strip_of(conv->out.c);
    bool usual = is_usual(w);
    struct lsn_view view = lsn_window_view(w, conv->in, oy, 0);
    struct strip s = {
        .c = c,
        .row_step = (size_t)(w->dh * conv->in.w) * c,
        .tap_step = (size_t)w->dw * c,
        .rows = view.y_last - view.y_first,
        .kw = w->kw,
        .bias = bias,
        .weights = packed + (size_t)(view.y_first * w->kw) * c,
        .columns = conv->in.w,
    };
    int ox;

    if (s.rows > 0)
        s.x = x + (size_t)(view.y + view.y_first * w->dh) * (size_t)conv->in.w * c;
    for (ox = 0; ox < conv->out.w; ox += s.count) {
        s.out = out + (size_t)ox * c;
        s.column = ox * w->sw - w->pl;
        s.count = usual ? conv->out.w - ox : 1;
        s.count = s.count < STRIP ? s.count : STRIP;
        if (!usual) {
            view = lsn_window_view(w, conv->in, oy, ox);
            s.first_tap = view.x_first;
            s.taps = view.x_last - view.x_first;
            s.column += view.x_first * w->dw;
            s.column = s.taps > 0 ? s.column : 0;
        }
        run(&s, usual ? w->sw : 0);
    }
}
