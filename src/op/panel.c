#include "op/panel.h"

#include <stdint.h>
#include <string.h>

#include "base/vector.h"

#define COLUMNS LSN_PANEL_COLUMNS

size_t lsn_panel_count(size_t k, size_t n)
{
    return (n + COLUMNS - 1) / COLUMNS * COLUMNS * k;
}

#define ROWS 64 /* of the weights that are packed while they are in cache */

void lsn_panel_pack(size_t k, size_t n, const float *weights, float *panels)
{
    size_t row, first, i;

    for (row = 0; row < k; row += ROWS) {
        size_t last = k - row < ROWS ? k : row + ROWS;

        for (first = 0; first + COLUMNS <= n; first += COLUMNS)
            for (i = row; i < last; i++)
                memcpy(panels + first * k + i * COLUMNS, weights + i * n + first,
                       COLUMNS * sizeof *panels);
        for (i = row; i < last && first < n; i++) {
            float *to = panels + first * k + i * COLUMNS;

            memcpy(to, weights + i * n + first, (n - first) * sizeof *to);
            memset(to + (n - first), 0, (COLUMNS - (n - first)) * sizeof *to);
        }
    }
}

#define BLOCK 64 /* places that are looked through at once */

/* Bit i: any of rows [count] is not 0 at place first + i. */
static inline uint64_t places(int count, size_t length, const float *const *rows, size_t first)
{
    uint8_t any[BLOCK] = {0};
    uint64_t bits = 0;
    size_t i;
    int r;

    for (r = 0; r < count; r++) {
        const float *row = rows[r] + first;

        if (length == BLOCK)
            for (i = 0; i < BLOCK; i++)
                any[i] |= row[i] != 0.0f;
        else
            for (i = 0; i < length; i++)
                any[i] |= row[i] != 0.0f;
    }
    for (i = 0; i < BLOCK; i++)
        bits |= (uint64_t)any[i] << i;
    return bits;
}

/* Copies the rows' values at the places in bits; m is a constant where it is called. */
static inline __attribute__((always_inline)) float *copy_places(const int m, uint64_t bits,
                                                                const float *const *rows,
                                                                size_t first, int first_term,
                                                                int *terms, float *values)
{
    const float *row[LSN_BUNDLE_ROWS];
    int r;

    for (r = 0; r < m; r++)
        row[r] = rows[r] + first;
    for (; bits; bits &= bits - 1, values += m) {
        size_t place = (size_t)__builtin_ctzll(bits);

        *terms++ = first_term + (int)place;
        for (r = 0; r < m; r++)
            values[r] = row[r][place];
    }
    return values;
}

LSN_VECTOR size_t lsn_panel_collect(int count, size_t n, const float *const *rows, int first_term,
                                    int *terms, float *values)
{
    size_t used = 0, first;

#define COPY(m) copy_places(m, bits, rows, first, first_term + (int)first, terms + used, values)
    for (first = 0; first < n; first += BLOCK) {
        uint64_t bits = places(count, n - first < BLOCK ? n - first : BLOCK, rows, first);

        switch (count) {
        case 1:
            values = COPY(1);
            break;
        case 2:
            values = COPY(2);
            break;
        case 3:
            values = COPY(3);
            break;
        case 4:
            values = COPY(4);
            break;
        case 5:
            values = COPY(5);
            break;
        case 6:
            values = COPY(6);
            break;
        case 7:
            values = COPY(7);
            break;
        default:
            values = COPY(8);
            break;
        }
        used += (size_t)__builtin_popcountll(bits);
    }
#undef COPY
    return used;
}

/* One panel's columns of the products of one bundle, in vectors of so many lanes, as
 * many of them at once as sums fit into the registers. m, vectors and columns are
 * constants where these are called, so that the sums stay in registers. */
#define PANEL_OF(name, lanes, registers, isa)                                                      \
    typedef float name##_vector                                                                    \
        __attribute__((vector_size((lanes) * sizeof(float)), aligned(4), may_alias));              \
    isa static inline __attribute__((always_inline)) void name##_sums(                             \
        const int m, const int vectors, const struct lsn_bundle *b, const float *panel,            \
        size_t column, float *const *out)                                                          \
    {                                                                                              \
        name##_vector sum[LSN_BUNDLE_ROWS][COLUMNS / (lanes)];                                     \
        const float *values[LSN_BUNDLE_ROWS];                                                      \
        const int *term = b->terms, *last = term + b->count;                                       \
        size_t at = 0;                                                                             \
        int r, j;                                                                                  \
                                                                                                   \
        for (r = 0; r < m; r++) {                                                                  \
            values[r] = b->values + (size_t)r * b->row_step;                                       \
            for (j = 0; j < vectors; j++)                                                          \
                sum[r][j] = (name##_vector){0};                                                    \
        }                                                                                          \
        for (; term < last; term++, at += b->term_step) {                                          \
            const float *weights = panel + (size_t)*term * COLUMNS + column;                       \
                                                                                                   \
            for (j = 0; j < vectors; j++) {                                                        \
                name##_vector weight = ((const name##_vector *)(const void *)weights)[j];          \
                                                                                                   \
                for (r = 0; r < m; r++)                                                            \
                    sum[r][j] += values[r][at] * weight;                                           \
            }                                                                                      \
        }                                                                                          \
        for (r = 0; r < m; r++)                                                                    \
            for (j = 0; j < vectors; j++)                                                          \
                ((name##_vector *)(void *)(out[r] + column))[j] = sum[r][j];                       \
    }                                                                                              \
                                                                                                   \
    isa static inline __attribute__((always_inline)) void name##_rows(                             \
        const int m, const int columns, const struct lsn_bundle *b, const float *panel,            \
        float *const *out)                                                                         \
    {                                                                                              \
        const int all = columns / (lanes), fit = (registers) / m;                                  \
        const int vectors = fit >= all       ? all                                                 \
                            : fit >= all / 2 ? all / 2                                             \
                            : fit >= all / 4 ? all / 4                                             \
                                             : 1;                                                  \
        int column;                                                                                \
                                                                                                   \
        for (column = 0; column < columns; column += vectors * (lanes))                            \
            name##_sums(m, vectors, b, panel, (size_t)column, out);                                \
    }                                                                                              \
                                                                                                   \
    isa static void name##_panel(const struct lsn_bundle *b, const float *panel, bool whole,       \
                                 float *const *out)                                                \
    {                                                                                              \
        if (whole)                                                                                 \
            FOR_ROWS(name##_rows, COLUMNS, b, panel, out)                                          \
        else                                                                                       \
            FOR_ROWS(name##_rows, COLUMNS / 2, b, panel, out)                                      \
    }

/* Calls rows with the bundle's number of them as a constant. */
#define FOR_ROWS(rows_fn, columns, b, panel, out)                                                  \
    switch (b->rows) {                                                                             \
    case 1:                                                                                        \
        rows_fn(1, columns, b, panel, out);                                                        \
        break;                                                                                     \
    case 2:                                                                                        \
        rows_fn(2, columns, b, panel, out);                                                        \
        break;                                                                                     \
    case 3:                                                                                        \
        rows_fn(3, columns, b, panel, out);                                                        \
        break;                                                                                     \
    case 4:                                                                                        \
        rows_fn(4, columns, b, panel, out);                                                        \
        break;                                                                                     \
    case 5:                                                                                        \
        rows_fn(5, columns, b, panel, out);                                                        \
        break;                                                                                     \
    case 6:                                                                                        \
        rows_fn(6, columns, b, panel, out);                                                        \
        break;                                                                                     \
    case 7:                                                                                        \
        rows_fn(7, columns, b, panel, out);                                                        \
        break;                                                                                     \
    default:                                                                                       \
        rows_fn(8, columns, b, panel, out);                                                        \
        break;                                                                                     \
    }

/* Writes out [rows][COLUMNS], or only the first half of the columns. */
typedef void panel_fn(const struct lsn_bundle *bundle, const float *panel, bool whole,
                      float *const *out);

PANEL_OF(plain, 4, 12, )
#if defined(__x86_64__) && defined(__GNUC__)
PANEL_OF(avx2, 8, 12, __attribute__((target("avx2,fma"))))
PANEL_OF(avx512, 16, 24, __attribute__((target("avx512f"))))
#endif

/* The version, or NULL where this processor does not run it; the best one is 0. */
static panel_fn *panel_of(int version)
{
    switch (version) {
#if defined(__x86_64__) && defined(__GNUC__)
    case 0:
        return __builtin_cpu_supports("avx512f") ? avx512_panel : NULL;
    case 1:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2_panel : NULL;
#endif
    case LSN_PANEL_VERSIONS - 1:
        return plain_panel;
    default:
        return NULL;
    }
}

/* The last panel, of which only so many columns are there. */
static void multiply_part(panel_fn *multiply, const struct lsn_bundle *bundle, const float *panel,
                          size_t first, size_t columns)
{
    float sums[LSN_BUNDLE_ROWS][COLUMNS], *out[LSN_BUNDLE_ROWS];
    int r;

    for (r = 0; r < LSN_BUNDLE_ROWS; r++)
        out[r] = sums[r];
    multiply(bundle, panel, columns > COLUMNS / 2, out);
    for (r = 0; r < bundle->rows && r < LSN_BUNDLE_ROWS; r++)
        memcpy(bundle->out[r] + first, sums[r], columns * sizeof(float));
}

bool lsn_panel_multiply_by(int version, size_t k, size_t n, const struct lsn_bundle *bundles,
                           size_t count)
{
    panel_fn *multiply = panel_of(version);
    float *out[LSN_BUNDLE_ROWS];
    size_t first, i;
    int r;

    if (!multiply)
        return false;
    for (first = 0; first + COLUMNS <= n; first += COLUMNS)
        for (i = 0; i < count; i++) {
            for (r = 0; r < bundles[i].rows && r < LSN_BUNDLE_ROWS; r++)
                out[r] = bundles[i].out[r] + first;
            multiply(&bundles[i], bundles[i].panels + first * k, true, out);
        }
    for (i = 0; i < count && first < n; i++)
        multiply_part(multiply, &bundles[i], bundles[i].panels + first * k, first, n - first);
    return true;
}

void lsn_panel_multiply(size_t k, size_t n, const struct lsn_bundle *bundles, size_t count)
{
    int version = 0;

    while (!lsn_panel_multiply_by(version, k, n, bundles, count))
        version++;
}
