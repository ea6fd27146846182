#include "op/product.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "op/terms.h"

#define COLUMNS LSN_PANEL_COLUMNS
#define ROWS    LSN_STRIP_ROWS

/* ---- one strip and one panel ---- */

struct strip {
    const struct lsn_product *product;
    const float *const *x;     /* pointers to the first parts of its rows */
    const int *counts;         /* [parts] number of terms of each part */
    const int *terms;          /* of all parts, one after another; only where any are left out */
    const float *panel, *bias; /* the panel [k][COLUMNS] and its bias [COLUMNS] */
    bool bounded;              /* whether low or high of the product is finite */
    float *out[ROWS];
    float *part; /* [ROWS][COLUMNS] outputs of a panel that has fewer columns than COLUMNS */
};

/* a * b + c, fused where the processor can. Written out, as a compiler chooses for each loop
 * whether to fuse, and a row's bits must not depend on how many rows are computed together. */
typedef float plain_vector __attribute__((vector_size(16), aligned(4), may_alias));
static inline plain_vector plain_multiply_add(float a, plain_vector b, plain_vector c)
{
#ifdef __aarch64__
    return vfmaq_n_f32(c, b, a);
#else
    return a * b + c;
#endif
}

static inline plain_vector plain_bounded(plain_vector x, float low, float high)
{
    int i;

    for (i = 0; i < 4; i++) {
        x[i] = x[i] < low ? low : x[i];
        x[i] = x[i] > high ? high : x[i];
    }
    return x;
}
#ifdef WIDE
typedef float avx2_vector __attribute__((vector_size(32), aligned(4), may_alias));
__attribute__((target("avx2,fma"))) static inline avx2_vector
avx2_multiply_add(float a, avx2_vector b, avx2_vector c)
{
    return (avx2_vector)_mm256_fmadd_ps(_mm256_set1_ps(a), (__m256)b, (__m256)c);
}

__attribute__((target("avx2"))) static inline avx2_vector avx2_bounded(avx2_vector x, float low,
                                                                       float high)
{
    x = (avx2_vector)_mm256_max_ps(_mm256_set1_ps(low), (__m256)x);
    return (avx2_vector)_mm256_min_ps(_mm256_set1_ps(high), (__m256)x);
}

typedef float avx512_vector __attribute__((vector_size(64), aligned(4), may_alias));
__attribute__((target("avx512f"))) static inline avx512_vector
avx512_multiply_add(float a, avx512_vector b, avx512_vector c)
{
    return (avx512_vector)_mm512_fmadd_ps(_mm512_set1_ps(a), (__m512)b, (__m512)c);
}

__attribute__((target("avx512f"))) static inline avx512_vector avx512_bounded(avx512_vector x,
                                                                              float low, float high)
{
    x = (avx512_vector)_mm512_max_ps(_mm512_set1_ps(low), (__m512)x);
    return (avx512_vector)_mm512_min_ps(_mm512_set1_ps(high), (__m512)x);
}
#endif

/* Defines the micro-kernel for one kind of processor. name##_sums multiplies rows
 * first ... first + m - 1 of a strip by some of the panel's columns, in vectors of so many lanes. m
 * and vectors are constants where it is called, and every loop over them is unrolled, so that the
 * sums stay in registers. The outputs are prefetched first: a wide output has left the cache since
 * it was last written, and stores that wait for it took as long as half of the products where few
 * values are summed (24 inputs, 144 outputs: 13 GMAC/s instead of 20; Zen 4). */
#define EACH _Pragma("GCC unroll 8")
#define ROWS_CASE(name, m)                                                                         \
    case m:                                                                                        \
        name##_columns(m, s, first, columns);                                                      \
        break;
#define STRIP_OF(name, lanes, isa)                                                                 \
    /* Adds value i of each row times its row of weights. */                                       \
    isa static inline __attribute__((always_inline)) void name##_term(                             \
        const int m, const int vectors, const float *const *row, size_t i, const float *weights,   \
        name##_vector(*sum)[2])                                                                    \
    {                                                                                              \
        int r, j;                                                                                  \
                                                                                                   \
        EACH for (j = 0; j < vectors; j++)                                                         \
        {                                                                                          \
            name##_vector weight = ((const name##_vector *)(const void *)weights)[j];              \
                                                                                                   \
            EACH for (r = 0; r < m; r++) sum[r][j] =                                               \
                name##_multiply_add(row[r][i], weight, sum[r][j]);                                 \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    isa static inline __attribute__((always_inline)) void name##_sums(                             \
        const int m, const int vectors, const struct strip *s, int first, int column)              \
    {                                                                                              \
        const struct lsn_product *product = s->product;                                            \
        const name##_vector *bias = (const name##_vector *)(const void *)(s->bias + column);       \
        const float *panel = s->panel + column, *const *x = s->x + first, *row[ROWS], *at;         \
        const int *term = s->terms, *last;                                                         \
        name##_vector sum[ROWS][2];                                                                \
        size_t part = 0, i;                                                                        \
        int r, j;                                                                                  \
                                                                                                   \
        EACH for (r = 0; r < m; r++)                                                               \
        {                                                                                          \
            EACH for (j = 0; j < vectors; j++)                                                     \
            {                                                                                      \
                sum[r][j] = bias[j];                                                               \
                __builtin_prefetch(s->out[first + r] + column + j * (lanes), 1);                   \
            }                                                                                      \
        }                                                                                          \
        do {                                                                                       \
            EACH for (r = 0; r < m; r++) row[r] = x[r] + product->offset;                          \
            /* A list takes registers: without, groups of 8 columns went from 25 to 31 GMAC/s. */  \
            if (!product->skip)                                                                    \
                for (i = 0, at = panel; i < product->length; i++, at += COLUMNS)                   \
                    name##_term(m, vectors, row, i, at, sum);                                      \
            else                                                                                   \
                for (last = term + s->counts[part]; term < last; term++)                           \
                    name##_term(m, vectors, row, (size_t)*term, panel + (size_t)*term * COLUMNS,   \
                                sum);                                                              \
            panel += product->part_step * COLUMNS;                                                 \
            x += product->x_step;                                                                  \
        } while (++part < product->parts);                                                         \
        if (s->bounded)                                                                            \
            EACH for (r = 0; r < m; r++)                                                           \
            {                                                                                      \
                EACH for (j = 0; j < vectors; j++) sum[r][j] =                                     \
                    name##_bounded(sum[r][j], product->low, product->high);                        \
            }                                                                                      \
        EACH for (r = 0; r < m; r++)                                                               \
        {                                                                                          \
            name##_vector *out = (name##_vector *)(void *)(s->out[first + r] + column);            \
                                                                                                   \
            EACH for (j = 0; j < vectors; j++) out[j] = sum[r][j];                                 \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    isa static inline __attribute__((always_inline)) void name##_columns(                          \
        const int m, const struct strip *s, int first, int columns)                                \
    {                                                                                              \
        int column = 0;                                                                            \
                                                                                                   \
        for (; column + (lanes) < columns; column += 2 * (lanes))                                  \
            name##_sums(m, 2, s, first, column);                                                   \
        if (column < columns)                                                                      \
            name##_sums(m, 1, s, first, column);                                                   \
    }                                                                                              \
                                                                                                   \
    isa static void name##_rows(int rows, const struct strip *s, int first, int columns)           \
    {                                                                                              \
        switch (rows) {                                                                            \
            ROWS_CASE(name, 1)                                                                     \
            ROWS_CASE(name, 2)                                                                     \
            ROWS_CASE(name, 3)                                                                     \
            ROWS_CASE(name, 4)                                                                     \
            ROWS_CASE(name, 5)                                                                     \
            ROWS_CASE(name, 6)                                                                     \
            ROWS_CASE(name, 7)                                                                     \
            ROWS_CASE(name, 8)                                                                     \
        }                                                                                          \
    }

STRIP_OF(plain, 4, )
#ifdef WIDE
STRIP_OF(avx2, 8, __attribute__((target("avx2,fma"))))
STRIP_OF(avx512, 16, __attribute__((target("avx512f"))))
#endif

/* A version for one kind of processor. */
struct version {
    void (*rows)(int rows, const struct strip *strip, int first, int columns);
    void (*narrow)(int rows, const struct strip *strip, int first, int columns); /* <= 8 columns */
    lsn_terms_fn *terms;
    int height; /* rows whose sums fit into the registers */
};

/* Finds a version by number, the fastest being 0. False if this processor cannot run it. */
static bool version_of(int number, struct version *version)
{
    switch (number) {
#ifdef WIDE
    case 0:
        *version = (struct version){avx512_rows, avx2_rows, lsn_terms_avx512, 8};
        return __builtin_cpu_supports("avx512f");
    case 1:
        *version = (struct version){avx2_rows, avx2_rows, lsn_terms_avx2, 4};
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    case LSN_PRODUCT_VERSIONS - 1:
        *version = (struct version){plain_rows, plain_rows, lsn_terms_plain, 4};
        return true;
    default:
        return false;
    }
}

/* ---- all rows ---- */

static size_t strips_of(size_t rows)
{
    return (rows + ROWS - 1) / ROWS;
}

/* For counts [strips][parts], then terms [strips][parts * length], and the ints that a lsn_terms_fn
 * may write after them. */
size_t lsn_product_scratch(size_t parts, size_t length, size_t rows)
{
    return strips_of(rows) * parts * (length + 1) + LSN_TERMS_BLOCK;
}

/* Finds each strip's terms. Returns the sum over rows of how many terms their strip has. */
static double find_all(const struct version *version, const struct lsn_product *product,
                       size_t rows, const float *const *x, int *counts, int *terms)
{
    size_t parts = product->parts, first, part;
    double all = 0;

    if (!product->skip)
        return (double)(rows * parts * product->length);
    for (first = 0; first < rows;
         first += ROWS, counts += parts, terms += parts * product->length) {
        int count = rows - first < ROWS ? (int)(rows - first) : ROWS, r;
        const float *row[ROWS];
        size_t used = 0;

        for (part = 0; part < parts; part++) {
            for (r = 0; r < count; r++)
                row[r] = x[part * product->x_step + first + (size_t)r] + product->offset;
            counts[part] = (int)version->terms(count, row, product->length, terms + used);
            used += (size_t)counts[part];
        }
        all += (double)used * count;
    }
    return all;
}

/* Multiplies one strip by the first `columns` columns of one panel. */
static void run_strip(const struct version *version, struct strip *strip, int count, size_t columns,
                      float *const *out, size_t column)
{
    /* For other numbers of columns the last vector would write beyond them: then to strip->part. */
    bool whole = columns == COLUMNS || columns == 16 || columns == 8;
    int r, height;

    for (r = 0; r < count; r++)
        strip->out[r] = whole ? out[r] + column : strip->part + r * COLUMNS;
    for (r = 0; r < count; r += height) {
        height = count - r < version->height ? count - r : version->height;
        (columns > 8 ? version->rows : version->narrow)(height, strip, r, (int)columns);
    }
    for (r = 0; r < count && !whole; r++)
        memcpy(out[r] + column, strip->out[r], columns * sizeof **out);
}

double lsn_product_run_by(int number, const struct lsn_product *product, size_t rows,
                          const float *const *x, float *const *out, int *scratch)
{
    size_t parts = product->parts, column, i;
    int *counts = scratch, *terms = scratch + strips_of(rows) * parts;
    float part[ROWS * COLUMNS] = {0};
    struct version version;
    double all;

    if (!version_of(number, &version))
        return -1;
    all = find_all(&version, product, rows, x, counts, terms);
    for (column = 0; column < product->n; column += COLUMNS) {
        size_t columns = product->n - column < COLUMNS ? product->n - column : COLUMNS;
        float bias[COLUMNS] = {0};

        if (product->bias)
            memcpy(bias, product->bias + column, columns * sizeof *bias);
        for (i = 0; i < strips_of(rows); i++) {
            size_t first = i * ROWS;
            struct strip strip = {.product = product,
                                  .x = x + first,
                                  .counts = counts + i * parts,
                                  .terms = terms + i * parts * product->length,
                                  .panel = product->panels + column * product->k,
                                  .bias = bias,
                                  .bounded = product->low > -INFINITY || product->high < INFINITY,
                                  .part = part};

            run_strip(&version, &strip, rows - first < ROWS ? (int)(rows - first) : ROWS, columns,
                      out + first, column);
        }
    }
    return all * (double)product->n;
}

double lsn_product_run(const struct lsn_product *product, size_t rows, const float *const *x,
                       float *const *out, int *scratch)
{
    int version = 0;
    double done;

    while ((done = lsn_product_run_by(version, product, rows, x, out, scratch)) < 0)
        version++;
    return done;
}
