/* Resizes 8-bit images exactly as Pillow's Image.resize, to the bit, since the published accuracy
 * of networks was measured with it. An output sample is a weighted sum of the input samples under a
 * filter centred on it; for shrinking, the filter is as many times wider as the image gets smaller.
 * Passes in floating point would be simpler and closer to the ideal, but would differ from Pillow
 * in one pixel of some hundreds. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/image.h"

/* Weights are integers with this many fractional bits. A sum of 8-bit samples times weights that
 * sum to 1 takes 8 + 22 bits; two more bits are left for the overshoot of bicubic and lanczos. */
#define PRECISION_BITS 22

#define CHANNELS_MAX 3

/* The weighted sums along one axis: which input samples make each output sample. */
struct taps {
    int out_size;
    int count_max;
    int *first;       /* [out_size] index of the first input sample */
    int *count;       /* [out_size] number of input samples */
    int32_t *weights; /* [out_size][count_max] */
};

static double triangle(double x)
{
    x = fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

static double cubic(double x)
{
    const double a = -0.5;

    x = fabs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    if (x < 2.0)
        return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
    return 0.0;
}

static double sinc(double x)
{
    x *= M_PI;
    return x == 0.0 ? 1.0 : sin(x) / x;
}

static double lanczos(double x)
{
    return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
}

static const struct {
    const char *name;
    double (*filter)(double); /* NULL: the nearest sample is copied */
    double support;           /* how far the filter reaches, samples */
} filters[LSN_INTERPOLATIONS] = {
    [LSN_BILINEAR] = {"bilinear", triangle, 1.0},
    [LSN_BICUBIC] = {"bicubic", cubic, 2.0},
    [LSN_NEAREST] = {"nearest", NULL, 0.0},
    [LSN_LANCZOS] = {"lanczos", lanczos, 3.0},
};

const char *lsn_interpolation_name(enum lsn_interpolation interpolation)
{
    return (unsigned)interpolation < LSN_INTERPOLATIONS ? filters[interpolation].name : NULL;
}

static void free_taps(struct taps *taps)
{
    lsn_free(taps->first);
    lsn_free(taps->count);
    lsn_free(taps->weights);
    *taps = (struct taps){0};
}

/* Computes the weights of output sample i; w [count_max] is scratch. The order of the operations is
 * Pillow's. */
static void fill_tap(struct taps *taps, int i, int in_size, double support,
                     double (*filter)(double), double *w)
{
    double scale = (double)in_size / taps->out_size, widening = scale < 1.0 ? 1.0 : scale;
    double reach = support * widening, narrowing = 1.0 / widening;
    double centre = (i + 0.5) * scale, sum = 0.0;
    int first = (int)(centre - reach + 0.5), end = (int)(centre + reach + 0.5), k;
    int32_t *to = taps->weights + (size_t)i * (size_t)taps->count_max;

    first = first < 0 ? 0 : first;
    end = end > in_size ? in_size : end;
    taps->first[i] = first;
    taps->count[i] = end - first;
    for (k = 0; k < end - first; k++) {
        w[k] = filter((k + first - centre + 0.5) * narrowing);
        sum += w[k];
    }
    for (k = 0; k < end - first; k++) {
        double weight = (sum != 0.0 ? w[k] / sum : w[k]) * (1 << PRECISION_BITS);

        to[k] = (int32_t)(weight < 0.0 ? weight - 0.5 : weight + 0.5);
    }
}

/* Gives each output sample one input sample of weight 1. As in Pillow, the centre is found by
 * adding up steps, so that its rounding errors decide between two samples that are equally near. */
static void fill_nearest(struct taps *taps, int in_size)
{
    double step = (double)in_size / taps->out_size, centre = step * 0.5;
    int i;

    for (i = 0; i < taps->out_size; i++, centre += step) {
        taps->first[i] = centre < in_size ? (int)centre : in_size - 1;
        taps->count[i] = 1;
        taps->weights[i] = 1 << PRECISION_BITS;
    }
}

static enum lsn_status make_taps(int in_size, int out_size, enum lsn_interpolation interpolation,
                                 struct taps *taps, struct lsn_error *err)
{
    double (*filter)(double) = filters[interpolation].filter;
    double support = filters[interpolation].support;
    double widening = in_size > out_size ? (double)in_size / out_size : 1.0, *scratch;
    size_t weights;
    int i;

    *taps = (struct taps){.out_size = out_size};
    taps->count_max = (int)ceil(support * widening) * 2 + 1;
    scratch = lsn_alloc((size_t)taps->count_max, sizeof *scratch);
    taps->first = lsn_alloc((size_t)out_size, sizeof *taps->first);
    taps->count = lsn_alloc((size_t)out_size, sizeof *taps->count);
    if (lsn_mul_size((size_t)out_size, (size_t)taps->count_max, &weights))
        taps->weights = lsn_alloc(weights, sizeof *taps->weights);
    if (!scratch || !taps->first || !taps->count || !taps->weights) {
        lsn_free(scratch);
        free_taps(taps);
        return lsn_fail_memory(err, "the weights of a resize");
    }
    if (!filter)
        fill_nearest(taps, in_size);
    for (i = 0; filter && i < out_size; i++)
        fill_tap(taps, i, in_size, support, filter, scratch);
    lsn_free(scratch);
    return LSN_OK;
}

static uint8_t to_sample(int32_t sum)
{
    if (sum <= 0)
        return 0;
    sum >>= PRECISION_BITS;
    return (uint8_t)(sum > 255 ? 255 : sum);
}

/* Resizes a row: in [in_width][channels] to out [taps->out_size][channels]. Inlined with a constant
 * number of channels, so that the sums stay in registers. */
static inline void scale_row(const struct taps *taps, const uint8_t *in, int channels, uint8_t *out)
{
    int x, k, c;

    for (x = 0; x < taps->out_size; x++, out += channels) {
        const int32_t *w = taps->weights + (size_t)x * (size_t)taps->count_max;
        const uint8_t *from = in + (size_t)taps->first[x] * (size_t)channels;
        int32_t sums[CHANNELS_MAX];

        for (c = 0; c < channels; c++)
            sums[c] = 1 << (PRECISION_BITS - 1);
        for (k = 0; k < taps->count[x]; k++, from += channels)
            for (c = 0; c < channels; c++)
                sums[c] += from[c] * w[k];
        for (c = 0; c < channels; c++)
            out[c] = to_sample(sums[c]);
    }
}

/* Resizes all rows of image to out [image->height][taps->out_size][channels]. */
static void scale_rows(const struct taps *taps, const struct lsn_image *image, uint8_t *out)
{
    size_t pixel = (size_t)image->channels, stride = (size_t)image->width * pixel;
    const uint8_t *in = image->pixels;
    int y;

    for (y = 0; y < image->height; y++, in += stride, out += (size_t)taps->out_size * pixel) {
        if (image->channels == 1)
            scale_row(taps, in, 1, out);
        else
            scale_row(taps, in, CHANNELS_MAX, out);
    }
}

/* Resizes the columns: in [in_height][samples] to out [taps->out_size][samples]; sums [samples] is
 * scratch. */
static void scale_columns(const struct taps *taps, const uint8_t *in, size_t samples, int32_t *sums,
                          uint8_t *out)
{
    size_t i;
    int y, k;

    for (y = 0; y < taps->out_size; y++, out += samples) {
        const int32_t *w = taps->weights + (size_t)y * (size_t)taps->count_max;
        const uint8_t *from = in + (size_t)taps->first[y] * samples;

        for (i = 0; i < samples; i++)
            sums[i] = 1 << (PRECISION_BITS - 1);
        for (k = 0; k < taps->count[y]; k++, from += samples)
            for (i = 0; i < samples; i++)
                sums[i] += from[i] * w[k];
        for (i = 0; i < samples; i++)
            out[i] = to_sample(sums[i]);
    }
}

static enum lsn_status start_image(int width, int height, int channels, struct lsn_image *image,
                                   struct lsn_error *err)
{
    *image = (struct lsn_image){.width = width, .height = height, .channels = channels};
    image->pixels = lsn_alloc((size_t)width * (size_t)height, (size_t)channels);
    if (!image->pixels) {
        *image = (struct lsn_image){0};
        return lsn_fail(err, LSN_E_MEMORY, "resize: out of memory for %d x %d px", width, height);
    }
    return LSN_OK;
}

static enum lsn_status resize_width(const struct lsn_image *image, int width,
                                    enum lsn_interpolation interpolation, struct lsn_image *out,
                                    struct lsn_error *err)
{
    struct taps taps;

    LSN_TRY(start_image(width, image->height, image->channels, out, err));
    if (width == image->width) {
        memcpy(out->pixels, image->pixels,
               (size_t)width * (size_t)image->height * (size_t)image->channels);
        return LSN_OK;
    }
    if (make_taps(image->width, width, interpolation, &taps, err) != LSN_OK) {
        lsn_image_free(out);
        return LSN_E_MEMORY;
    }
    scale_rows(&taps, image, out->pixels);
    free_taps(&taps);
    return LSN_OK;
}

static enum lsn_status resize_height(const struct lsn_image *image, int height,
                                     enum lsn_interpolation interpolation, struct lsn_image *out,
                                     struct lsn_error *err)
{
    size_t samples = (size_t)image->width * (size_t)image->channels;
    struct taps taps;
    int32_t *sums;

    LSN_TRY(start_image(image->width, height, image->channels, out, err));
    sums = lsn_alloc(samples, sizeof *sums);
    if (!sums || make_taps(image->height, height, interpolation, &taps, err) != LSN_OK) {
        lsn_free(sums);
        lsn_image_free(out);
        return lsn_fail_memory(err, "a row of a resize");
    }
    scale_columns(&taps, image->pixels, samples, sums, out->pixels);
    free_taps(&taps);
    lsn_free(sums);
    return LSN_OK;
}

static enum lsn_status check(const struct lsn_image *image, enum lsn_interpolation interpolation,
                             struct lsn_error *err)
{
    if (image->width < 1 || image->height < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "resize: from %d x %d px, at least 1 x 1 is wanted",
                        image->width, image->height);
    if (!lsn_interpolation_name(interpolation))
        return lsn_fail(err, LSN_E_ARGUMENT, "resize: interpolation %d, there are %d",
                        (int)interpolation, LSN_INTERPOLATIONS);
    return LSN_OK;
}

enum lsn_status lsn_image_resize(const struct lsn_image *image, int new_width, int new_height,
                                 enum lsn_interpolation interpolation, struct lsn_image *out,
                                 struct lsn_error *err)
{
    struct lsn_image wide;
    enum lsn_status status;

    lsn_error_clear(err);
    *out = (struct lsn_image){0};
    LSN_TRY(check(image, interpolation, err));
    if (new_width < 1 || new_height < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "resize: to %d x %d px, at least 1 x 1 is wanted",
                        new_width, new_height);
    if ((int64_t)new_width * new_height > LSN_IMAGE_PIXELS_MAX ||
        (int64_t)new_width * image->height > LSN_IMAGE_PIXELS_MAX)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "resize: from %d x %d to %d x %d px, at most %d px are made", image->width,
                        image->height, new_width, new_height, LSN_IMAGE_PIXELS_MAX);
    status = resize_width(image, new_width, interpolation, &wide, err);
    if (status != LSN_OK || new_height == image->height) {
        *out = wide;
        return status;
    }
    status = resize_height(&wide, new_height, interpolation, out, err);
    lsn_image_free(&wide);
    return status;
}

enum lsn_status lsn_image_resize_short(const struct lsn_image *image, int short_side,
                                       enum lsn_interpolation interpolation, struct lsn_image *out,
                                       struct lsn_error *err)
{
    bool portrait = image->width <= image->height;
    int from_short = portrait ? image->width : image->height;
    int from_long = portrait ? image->height : image->width;
    int64_t long_side;

    lsn_error_clear(err);
    *out = (struct lsn_image){0};
    LSN_TRY(check(image, interpolation, err));
    long_side = (int64_t)short_side * from_long / from_short;
    if (short_side < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "resize: to %d px, at least 1 is wanted", short_side);
    if (long_side > LSN_IMAGE_PIXELS_MAX / short_side)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "resize: from %d x %d px to a short side of %d px makes the long one %lld, "
                        "at most %d px are made in all",
                        image->width, image->height, short_side, (long long)long_side,
                        LSN_IMAGE_PIXELS_MAX);
    return lsn_image_resize(image, portrait ? short_side : (int)long_side,
                            portrait ? (int)long_side : short_side, interpolation, out, err);
}
