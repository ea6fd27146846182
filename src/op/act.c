#include "op/act.h"

#include <math.h>

static float clamp(float x, float low, float high)
{
    return x < low ? low : x > high ? high : x;
}

/* Written so that NaN stays NaN: an overflow is not to end as a plausible 0. */
void lsn_relu(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = x[i] < 0.0f ? 0.0f : x[i];
}

void lsn_leaky_relu(size_t n, float alpha, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = x[i] >= 0.0f ? x[i] : alpha * x[i];
}

void lsn_clip(size_t n, float min, float max, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = clamp(x[i], min, max);
}

void lsn_hard_swish(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = x[i] * clamp(x[i] / 6.0f + 0.5f, 0.0f, 1.0f);
}

void lsn_hard_sigmoid(size_t n, float alpha, float beta, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = clamp(alpha * x[i] + beta, 0.0f, 1.0f);
}

void lsn_sigmoid(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = 1.0f / (1.0f + expf(-x[i]));
}

void lsn_tanh(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = tanhf(x[i]);
}

void lsn_erf(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = erff(x[i]);
}

void lsn_gelu(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = 0.5f * x[i] * (1.0f + erff(x[i] * 0.70710678f));
}

void lsn_gelu_tanh(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] =
            0.5f * x[i] * (1.0f + tanhf(0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i])));
}

void lsn_silu(size_t n, const float *x, float *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        out[i] = x[i] / (1.0f + expf(-x[i]));
}
