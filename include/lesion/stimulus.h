/* From an image to what the network is shown: preprocessing and contrast. */
#ifndef LESION_STIMULUS_H
#define LESION_STIMULUS_H

#include "lesion/error.h"
#include "lesion/image.h"
#include "lesion/model.h"
#include "lesion/normalise.h"
#include "lesion/region.h"

LSN_API_BEGIN

/* What a pixel value x in [0,1] becomes at contrast c. */
enum lsn_contrast_definition {
    LSN_CONTRAST_MID_GREY, /* (1-c)/2 + c x  (Akbarinia & Gil-Rodriguez 2020) */
    LSN_CONTRAST_MEAN,     /* m + c (x-m), m = the image's own mean of each channel (ImageNet-C) */
    LSN_CONTRAST_LUMINANCE_MEAN /* m + c (x-m), m = the one mean of .299 R + .587 G + .114 B; of
                                 * grey images, which are their own luminance, the same as
                                 * LSN_CONTRAST_MEAN */
};

/* How the result is brought back to 8 bits. */
enum lsn_quantize {
    LSN_QUANTIZE_TRUNC, /* towards zero, as the paper's code does */
    LSN_QUANTIZE_ROUND, /* to the nearest, halves away from zero */
    LSN_QUANTIZE_NONE   /* not at all */
};

/* One way of showing an image. */
struct lsn_condition {
    double contrast; /* in [0,1]; 1 is the identity */
    enum lsn_contrast_definition definition;
    enum lsn_quantize quantize;
    struct lsn_region region;               /* where; zeroes: everywhere */
    struct lsn_normalisation normalisation; /* then; zeroes: none */
};

/* As a text: NAME=VALUE with commas between, each once and in any order,
 *
 *     contrast=C         0 ... 1; 1 where it is not given, as all that follow have defaults
 *     region=TEXT        as for lsn_region_parse; of a mask, no comma in the file's name
 *     normalise=TEXT     as for lsn_normalisation_parse
 *     definition=NAME    mid-grey, mean, luminance-mean
 *     quantize=NAME      trunc, round, none
 *     seed=N             of the region
 *     mean=M, sd=S       that a normalised stimulus is brought to
 *
 * "contrast=0.1,region=edges", say. The file of a mask is not opened, lsn_region_load does that.
 * LSN_E_ARGUMENT; *condition is then the image as it is. */
enum lsn_status lsn_condition_parse(const char *text, struct lsn_condition *condition,
                                    struct lsn_error *err);

#define LSN_CONDITION_TEXT_MAX (LSN_REGION_TEXT_MAX + LSN_NORMALISATION_TEXT_MAX + 256)

/* A text that is read as that condition: its contrast, and what is not the default. */
void lsn_condition_text(const struct lsn_condition *condition, char text[LSN_CONDITION_TEXT_MAX]);

/* conditions [*count], fresh, of such texts with semicolons between, masks loaded;
 * lsn_conditions_free frees them. As lsn_condition_parse and lsn_region_load; LSN_E_MEMORY. */
enum lsn_status lsn_conditions_parse(const char *text, struct lsn_condition **conditions,
                                     int *count, struct lsn_error *err);
void lsn_conditions_free(struct lsn_condition *conditions, int count);

/* Of a stimulus. Luminance is .299 R + .587 G + .114 B in 0 ... 1, or the grey. */
struct lsn_shown {
    double area_frac;    /* share of the pixels that the region takes in */
    double rms_contrast; /* standard deviation of the luminance over all pixels */
    double mean_luminance;
};

/* The image in the input's channels (lsn_image_with_channels), resized and cropped to its
 * size, in that order: torchvision's Grayscale, Resize and CenterCrop. LSN_E_MEMORY. */
enum lsn_status lsn_input_crop(const struct lsn_input *input, const struct lsn_image *image,
                               struct lsn_image *crop, struct lsn_error *err);

/* pixels [crop height][crop width][crop channels], in 0 ... 255: crop as the condition
 * shows it. A grey image is shown as three equal channels are. mask [crop height][crop width] is
 * what lsn_region_make makes of the condition's region; NULL: everywhere. scratch is for the
 * condition's normalisation, see lsn_normalisation_scratch; NULL where that is none or of a node.
 */
void lsn_stimulus_make(const struct lsn_image *crop, const struct lsn_condition *condition,
                       const uint8_t *mask, float *pixels, double *scratch);

/* Measures pixels [count][channels] of a stimulus and its mask [count]. */
struct lsn_shown lsn_stimulus_measure(const float *pixels, const uint8_t *mask, size_t count,
                                      int channels);

/* x [height][width][c] from pixels of the same shape: (pixel*scale - mean)/std in
 * the network's channel order. */
void lsn_input_normalise(const struct lsn_input *input, const float *pixels, float *x);

LSN_API_END
#endif
