#include "op/winograd.h"

#include "base/vector.h"
#include "op/panel.h"

#define CHANNELS_MIN 24

/* Lavin and Gray's matrix G, which transforms 3 weights to 6 points along one dimension. */
static const double weight_matrix[6][3] = {
    {1.0 / 4, 0, 0},
    {-1.0 / 6, -1.0 / 6, -1.0 / 6},
    {-1.0 / 6, 1.0 / 6, -1.0 / 6},
    {1.0 / 24, 1.0 / 12, 1.0 / 6},
    {1.0 / 24, -1.0 / 12, 1.0 / 6},
    {0, 0, 1},
};

bool lsn_winograd_fits(const struct lsn_conv *conv)
{
    const struct lsn_window *w = &conv->window;

    return w->kh == 3 && w->kw == 3 && w->sh == 1 && w->sw == 1 && w->dh == 1 && w->dw == 1 &&
           conv->groups == 1 && conv->in.c >= CHANNELS_MIN && conv->out.c >= CHANNELS_MIN &&
           conv->out.h >= 4 && conv->out.w >= 4;
}

size_t lsn_winograd_weight_count(const struct lsn_conv *conv)
{
    return (size_t)LSN_WINOGRAD_POINTS * (size_t)conv->in.c * (size_t)conv->out.c;
}

#define LANES 16

/* Transforms the weights [9][LANES] of LANES kernels. Point t is written to panel + t * distance,
 * [LANES]. */
static inline __attribute__((always_inline)) void transform(const double *weight, float *panel,
                                                            size_t distance)
{
    double half[6][3][LANES] = {{{0}}};
    int y, x, a, b, l;

    for (y = 0; y < 6; y++)
        for (x = 0; x < 3; x++)
            for (a = 0; a < 3; a++)
                for (l = 0; l < LANES; l++)
                    half[y][x][l] += weight_matrix[y][a] * weight[(a * 3 + x) * LANES + l];
    for (y = 0; y < 6; y++)
        for (x = 0; x < 6; x++) {
            double sum[LANES] = {0};

            for (b = 0; b < 3; b++)
                for (l = 0; l < LANES; l++)
                    sum[l] += half[y][b][l] * weight_matrix[x][b];
            for (l = 0; l < LANES; l++)
                panel[(size_t)(y * 6 + x) * distance + (size_t)l] = (float)sum[l];
        }
}

LSN_VECTOR void lsn_winograd_pack(const struct lsn_conv *conv, const float *weight, float *panels)
{
    size_t c_in = (size_t)conv->in.c, c_out = (size_t)conv->out.c, first, i, t, l;
    size_t distance = lsn_panel_count(c_in, c_out);

    for (first = 0; first < distance / c_in; first += LANES) {
        size_t lanes = first >= c_out ? 0 : c_out - first < LANES ? c_out - first : LANES;
        float *panel = panels + first / LSN_PANEL_COLUMNS * LSN_PANEL_COLUMNS * c_in +
                       first % LSN_PANEL_COLUMNS;

        for (i = 0; i < c_in; i++, panel += LSN_PANEL_COLUMNS) {
            double w[9 * LANES] = {0};

            for (l = 0; l < lanes; l++)
                for (t = 0; t < 9; t++)
                    w[t * LANES + l] = (double)weight[((first + l) * c_in + i) * 9 + t];
            transform(w, panel, distance);
        }
    }
}

/* Multiplies by Lavin and Gray's B^T: from 6 vectors d of LANES floats to 6 vectors t. The vectors
 * are `distance` floats apart. */
#define INPUT_LINE(d, t, distance)                                                                 \
    for (l = 0; l < LANES; l++) {                                                                  \
        float d0 = (d)[l], d1 = (d)[(distance) + l], d2 = (d)[2 * (distance) + l];                 \
        float d3 = (d)[3 * (distance) + l], d4 = (d)[4 * (distance) + l];                          \
        float d5 = (d)[5 * (distance) + l];                                                        \
        float even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1;                                         \
        float small_even = d4 - d2, small_odd = 2.0f * (d3 - d1);                                  \
        (t)[l] = 4.0f * d0 - 5.0f * d2 + d4;                                                       \
        (t)[(distance) + l] = even + odd;                                                          \
        (t)[2 * (distance) + l] = even - odd;                                                      \
        (t)[3 * (distance) + l] = small_even + small_odd;                                          \
        (t)[4 * (distance) + l] = small_even - small_odd;                                          \
        (t)[5 * (distance) + l] = 4.0f * d1 - 5.0f * d3 + d5;                                      \
    }

/* Multiplies by A^T: from 6 vectors m, in_distance floats apart, to 4 vectors t, out_distance
 * apart. */
#define OUTPUT_LINE(m, in_distance, t, out_distance)                                               \
    for (l = 0; l < LANES; l++) {                                                                  \
        float m0 = (m)[l], m1 = (m)[(in_distance) + l], m2 = (m)[2 * (in_distance) + l];           \
        float m3 = (m)[3 * (in_distance) + l], m4 = (m)[4 * (in_distance) + l];                    \
        float m5 = (m)[5 * (in_distance) + l];                                                     \
        float sum = m1 + m2, difference = m1 - m2, sum2 = m3 + m4, difference2 = m3 - m4;          \
        (t)[l] = m0 + sum + sum2;                                                                  \
        (t)[(out_distance) + l] = difference + 2.0f * difference2;                                 \
        (t)[2 * (out_distance) + l] = sum + 4.0f * sum2;                                           \
        (t)[3 * (out_distance) + l] = difference + 8.0f * difference2 + m5;                        \
    }

LSN_VECTOR void lsn_winograd_input(size_t c, const float *const *rows, float *out, size_t distance)
{
    float d[36 * LANES] = {0}, t[36 * LANES];
    size_t first, l;
    int i;

    for (first = 0; first < c; first += LANES) {
        size_t lanes = c - first < LANES ? c - first : LANES;

        if (lanes == LANES)
            for (i = 0; i < 36; i++)
                for (l = 0; l < LANES; l++)
                    d[(size_t)i * LANES + l] = rows[i][first + l];
        else
            for (i = 0; i < 36; i++)
                for (l = 0; l < lanes; l++)
                    d[(size_t)i * LANES + l] = rows[i][first + l];
        for (i = 0; i < 6; i++)
            INPUT_LINE(d + i * LANES, t + i * LANES, 6 * LANES)
        for (i = 0; i < 6; i++)
            INPUT_LINE(t + 6 * i * LANES, d + 6 * i * LANES, LANES)
        if (lanes == LANES)
            for (i = 0; i < 36; i++)
                for (l = 0; l < LANES; l++)
                    out[(size_t)i * distance + first + l] = d[(size_t)i * LANES + l];
        else
            for (i = 0; i < 36; i++)
                for (l = 0; l < lanes; l++)
                    out[(size_t)i * distance + first + l] = d[(size_t)i * LANES + l];
    }
}

/* Transforms LANES channels of one tile: first along columns, then along rows. */
static inline __attribute__((always_inline)) void output_block(const float *in, size_t distance,
                                                               float *restrict out, size_t c)
{
    float t[24 * LANES];
    size_t l;
    int i;

    for (i = 0; i < 6; i++)
        OUTPUT_LINE(in + (size_t)i * distance, 6 * distance, t + i * LANES, 6 * LANES)
    for (i = 0; i < 4; i++)
        OUTPUT_LINE(t + 6 * i * LANES, LANES, out + (size_t)i * 4 * c, c)
}

LSN_VECTOR void lsn_winograd_output(size_t c, const float *in, size_t distance, float *out)
{
    float part[36 * LANES] = {0}, result[16 * LANES];
    size_t first = 0, l;
    int i;

    for (; first + LANES <= c; first += LANES)
        output_block(in + first, distance, out + first, c);
    if (first == c)
        return;
    for (i = 0; i < 36; i++)
        for (l = 0; l < c - first; l++)
            part[(size_t)i * LANES + l] = in[(size_t)i * distance + first + l];
    output_block(part, LANES, result, LANES);
    for (i = 0; i < 16; i++)
        for (l = 0; l < c - first; l++)
            out[(size_t)i * c + first + l] = result[(size_t)i * LANES + l];
}
