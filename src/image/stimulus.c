/* Changes the contrast of an image. With x = pixel / 255, the shown pixel is quantise(255 y), where
 *
 *     mid-grey        y = (1 - c) / 2 + c x
 *     mean, luminance y = m + c (x - m)
 *
 * in double. Truncation turns an error in the last bit into a whole level: at c = .6 the pixel 65
 * comes out as 89.99..., where exactly 90 is meant. So SLACK is added first, far more than these
 * errors and far less than any step of a contrast that people type. With it, every contrast of up
 * to 3 decimals gives what exact arithmetic gives, c = 1 is the identity, and contrast around its
 * own mean leaves a flat image as it is. The authors' code (kernelphysiology's adjust_contrast) is
 * right by chance: its x is float32, which for a pixel / 255 is always rounded up. The two agree in
 * every level at every contrast of up to 4 decimals.
 *
 * A shown pixel depends only on its value and channel, so a table for each channel is computed
 * once. A grey image counts as three equal channels, here, for edges and for normalisation. */
#include "lesion/stimulus.h"

#include <assert.h>
#include <math.h>

#include "base/error.h"

#define SLACK        1e-9 /* in pixel values, of 255 */
#define CHANNELS_MAX 3

/* Resizes and crops an image that already has the input's number of channels. */
static enum lsn_status resize_and_crop(const struct lsn_input *input, const struct lsn_image *image,
                                       struct lsn_image *crop, struct lsn_error *err)
{
    struct lsn_image resized;
    enum lsn_status status;

    if (input->resize_h)
        LSN_TRY(lsn_image_resize(image, input->resize_w, input->resize_h, input->interpolation,
                                 &resized, err));
    else if (input->resize)
        LSN_TRY(lsn_image_resize_short(image, input->resize, input->interpolation, &resized, err));
    else
        return lsn_image_center_crop(image, input->shape.w, input->shape.h, crop, err);
    status = lsn_image_center_crop(&resized, input->shape.w, input->shape.h, crop, err);
    lsn_image_free(&resized);
    return status;
}

enum lsn_status lsn_input_crop(const struct lsn_input *input, const struct lsn_image *image,
                               struct lsn_image *crop, struct lsn_error *err)
{
    struct lsn_image converted;
    enum lsn_status status;

    lsn_error_clear(err);
    *crop = (struct lsn_image){0};
    if (image->channels == input->shape.c)
        return resize_and_crop(input, image, crop, err);
    LSN_TRY(lsn_image_with_channels(image, input->shape.c, &converted, err));
    status = resize_and_crop(input, &converted, crop, err);
    lsn_image_free(&converted);
    return status;
}

/* The mean of x in each channel. */
static void channel_means(const struct lsn_image *crop, double mean[CHANNELS_MAX])
{
    size_t pixels = (size_t)crop->width * (size_t)crop->height, i;
    const uint8_t *values = crop->pixels;
    uint64_t sum[CHANNELS_MAX] = {0};
    int k;

    for (i = 0; i < pixels; i++, values += crop->channels)
        for (k = 0; k < crop->channels; k++)
            sum[k] += values[k];
    for (k = 0; k < crop->channels; k++)
        mean[k] = (double)sum[k] / (double)pixels / 255.0;
}

static float quantise(double shown, enum lsn_quantize quantize)
{
    shown = shown < 0.0 ? 0.0 : shown > 255.0 ? 255.0 : shown;
    switch (quantize) {
    case LSN_QUANTIZE_TRUNC:
        return (float)floor(shown + SLACK);
    case LSN_QUANTIZE_ROUND:
        return (float)round(shown + SLACK);
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
        double x = v / 255.0, y;

        if (condition->definition == LSN_CONTRAST_MID_GREY)
            y = (1.0 - c) / 2.0 + c * x;
        else
            y = mean + c * (x - mean);
        table[v] = quantise(y * 255.0, condition->quantize);
    }
}

void lsn_stimulus_make(const struct lsn_image *crop, const struct lsn_condition *condition,
                       const uint8_t *mask, float *pixels, double *scratch)
{
    size_t count = (size_t)crop->width * (size_t)crop->height, i;
    double mean[CHANNELS_MAX] = {0.5, 0.5, 0.5};
    const uint8_t *values = crop->pixels;
    float tables[CHANNELS_MAX][256], *shown = pixels;
    int channels = crop->channels, k;

    assert(condition->contrast >= 0.0 && condition->contrast <= 1.0);
    if (condition->definition != LSN_CONTRAST_MID_GREY)
        channel_means(crop, mean);
    if (condition->definition == LSN_CONTRAST_LUMINANCE_MEAN && channels == CHANNELS_MAX)
        mean[0] = mean[1] = mean[2] = .299 * mean[0] + .587 * mean[1] + .114 * mean[2];
    for (k = 0; k < channels; k++)
        fill_table(condition, mean[k], tables[k]);
    for (i = 0; i < count; i++, values += channels, shown += channels)
        for (k = 0; k < channels; k++)
            shown[k] = !mask || mask[i] ? tables[k][values[k]] : (float)values[k];
    lsn_normalisation_apply(&condition->normalisation,
                            (struct lsn_shape){channels, crop->height, crop->width}, pixels,
                            scratch);
}

static double luminance(const float *pixel, int channels)
{
    if (channels == 1)
        return (double)pixel[0] / 255.0;
    return (.299 * (double)pixel[0] + .587 * (double)pixel[1] + .114 * (double)pixel[2]) / 255.0;
}

struct lsn_shown lsn_stimulus_measure(const float *pixels, const uint8_t *mask, size_t count,
                                      int channels)
{
    /* Sums differences from the first pixel, so that a flat image has a contrast of exactly 0. */
    double first = luminance(pixels, channels), mean = 0.0, square = 0.0;
    size_t i;

    for (i = 0; i < count; i++)
        mean += luminance(pixels + i * (size_t)channels, channels) - first;
    mean /= (double)count;
    for (i = 0; i < count; i++) {
        double from_mean = luminance(pixels + i * (size_t)channels, channels) - first - mean;

        square += from_mean * from_mean;
    }
    return (struct lsn_shown){.area_frac = lsn_region_area(mask, count),
                              .rms_contrast = sqrt(square / (double)count),
                              .mean_luminance = first + mean};
}

void lsn_input_normalise(const struct lsn_input *input, const float *pixels, float *x)
{
    size_t count = (size_t)input->shape.h * (size_t)input->shape.w, i;
    int channels = input->shape.c, k;

    for (i = 0; i < count; i++, pixels += channels, x += channels)
        for (k = 0; k < channels; k++) {
            double pixel = (double)pixels[input->bgr ? channels - 1 - k : k];

            x[k] = (float)((pixel * input->scale - input->mean[k]) / input->std[k]);
        }
}
