/* With x = pixel / 255 and m as the definition says, y = m' + c (x - m') and the
 * shown pixel is quantise(255 y). The arithmetic is that of the authors' code
 * (adjust_contrast of kernelphysiology), operation by operation: the quotient x in
 * float32, everything after it in double,
 *
 *     mid-grey        y = (1 - c) / 2 + x c
 *     mean, luminance y = m + c (x - m)
 *
 * The float32 quotient is not a blemish to be mended. In binary, pixel / 255 is the
 * pixel's byte repeated for ever, so what lies beyond the 24 bits of a float starts
 * with a one: the quotient is always rounded up, and truncation never lands below
 * the exact value. With x in double it does, for eight grey levels at c = 0.6.
 *
 * A stimulus depends on a pixel's value and channel only, so it is 3 tables. */
#include "lesion/stimulus.h"

#include <assert.h>
#include <math.h>

#include "base/error.h"

enum lsn_status lsn_input_crop(const struct lsn_input *input, const struct lsn_image *image,
                               struct lsn_image *crop, struct lsn_error *err)
{
    struct lsn_image resized;
    enum lsn_status status;

    *crop = (struct lsn_image){0};
    if (input->resize == 0)
        return lsn_image_center_crop(image, input->shape.w, input->shape.h, crop, err);
    LSN_TRY(lsn_image_resize_short(image, input->resize, input->interpolation, &resized, err));
    status = lsn_image_center_crop(&resized, input->shape.w, input->shape.h, crop, err);
    lsn_image_free(&resized);
    return status;
}

static double unit_value(int pixel)
{
    return (double)((float)pixel / 255.0f);
}

/* From the counts of the values, so that a flat image's mean is its value exactly. */
static void channel_means(const struct lsn_image *crop, double mean[3])
{
    size_t counts[3][256] = {{0}}, pixels = (size_t)crop->width * (size_t)crop->height, i;
    int k, v;

    for (i = 0; i < pixels; i++)
        for (k = 0; k < 3; k++)
            counts[k][crop->pixels[i * 3 + (size_t)k]]++;
    for (k = 0; k < 3; k++) {
        mean[k] = 0.0;
        for (v = 0; v < 256; v++)
            mean[k] += (double)counts[k][v] * unit_value(v);
        mean[k] /= (double)pixels;
    }
}

/* .299 R + .587 G + .114 B, written so that it is exact for R = G = B. */
static double luminance(const double rgb[3])
{
    return rgb[1] + .299 * (rgb[0] - rgb[1]) + .114 * (rgb[2] - rgb[1]);
}

static float quantise(double shown, enum lsn_quantize quantize)
{
    shown = shown < 0.0 ? 0.0 : shown > 255.0 ? 255.0 : shown;
    switch (quantize) {
    case LSN_QUANTIZE_TRUNC:
        return (float)floor(shown);
    case LSN_QUANTIZE_ROUND:
        return (float)round(shown);
    case LSN_QUANTIZE_NONE:
        break;
    }
    return (float)shown;
}

static void fill_table(const struct lsn_condition *condition, double mean, float table[256])
{
    double c = condition->contrast;
    int v;

    for (v = 0; v < 256; v++) {
        double x = unit_value(v), y;

        if (condition->definition == LSN_CONTRAST_MID_GREY)
            y = (1.0 - c) / 2.0 + x * c;
        else
            y = mean + c * (x - mean);
        /* The identity, also where float32's x times 255 is not whole again. */
        table[v] = c == 1.0 ? (float)v : quantise(y * 255.0, condition->quantize);
    }
}

void lsn_stimulus_make(const struct lsn_image *crop, const struct lsn_condition *condition,
                       float *pixels)
{
    size_t count = (size_t)crop->width * (size_t)crop->height, i;
    double mean[3] = {0.5, 0.5, 0.5};
    float tables[3][256];
    int k;

    assert(condition->contrast >= 0.0 && condition->contrast <= 1.0);
    if (condition->definition != LSN_CONTRAST_MID_GREY)
        channel_means(crop, mean);
    if (condition->definition == LSN_CONTRAST_LUMINANCE_MEAN)
        mean[0] = mean[1] = mean[2] = luminance(mean);
    for (k = 0; k < 3; k++)
        fill_table(condition, mean[k], tables[k]);
    for (i = 0; i < count * 3; i += 3)
        for (k = 0; k < 3; k++)
            pixels[i + (size_t)k] = tables[k][crop->pixels[i + (size_t)k]];
}

void lsn_input_normalise(const struct lsn_input *input, const float *pixels, float *x)
{
    size_t count = (size_t)input->shape.h * (size_t)input->shape.w, i;
    int k;

    for (i = 0; i < count; i++, pixels += 3, x += 3)
        for (k = 0; k < 3; k++) {
            double pixel = (double)pixels[input->bgr ? 2 - k : k];

            x[k] = (float)((pixel * input->scale - input->mean[k]) / input->std[k]);
        }
}
