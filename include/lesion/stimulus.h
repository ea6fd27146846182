/* Makes stimuli from images: preprocessing, contrast, region and normalisation. */
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
    struct lsn_region region;               /* where contrast is changed; zeroes: everywhere */
    struct lsn_normalisation normalisation; /* applied afterwards; zeroes: none */
};

/* Reads a condition from a text such as "contrast=0.1,region=edges": items NAME=VALUE separated by
 * commas, each at most once, in any order. An item that is missing has its default, given first:
 *
 *     contrast=C         1; 0 ... 1
 *     region=TEXT        all; as for lsn_region_parse, a mask's file name without commas
 *     normalise=TEXT     none; as for lsn_normalisation_parse
 *     definition=NAME    mid-grey, mean, luminance-mean
 *     quantize=NAME      trunc, round, none
 *     seed=N             0; of the region
 *     mean=M, sd=S       LSN_NORMALISATION_MEAN, LSN_NORMALISATION_SD; of a normalised stimulus
 *
 * The file of a mask is not opened; lsn_region_load does that. LSN_E_ARGUMENT; *condition then
 * shows the image unchanged. */
enum lsn_status lsn_condition_parse(const char *text, struct lsn_condition *condition,
                                    struct lsn_error *err);

#define LSN_CONDITION_TEXT_MAX (LSN_REGION_TEXT_MAX + LSN_NORMALISATION_TEXT_MAX + 256)

/* Writes a text that is read as that condition: the contrast, and what differs from the default. */
void lsn_condition_text(const struct lsn_condition *condition, char text[LSN_CONDITION_TEXT_MAX]);

/* Reads conditions [*count] from such texts separated by semicolons, and loads their masks;
 * lsn_conditions_free frees them. Fails as lsn_condition_parse and lsn_region_load; LSN_E_MEMORY.
 */
enum lsn_status lsn_conditions_parse(const char *text, struct lsn_condition **conditions,
                                     int *count, struct lsn_error *err);
void lsn_conditions_free(struct lsn_condition *conditions, int count);

/* Measurements of a stimulus. Luminance is .299 R + .587 G + .114 B in 0 ... 1, or the grey value.
 */
struct lsn_shown {
    double area_frac;    /* share of the pixels that are in the region */
    double rms_contrast; /* standard deviation of the luminance over all pixels */
    double mean_luminance;
};

/* Converts the image to the input's channels (lsn_image_with_channels), resizes it and crops it to
 * the input's size, in this order, as torchvision's Grayscale, Resize and CenterCrop do. The caller
 * frees *crop. LSN_E_MEMORY. */
enum lsn_status lsn_input_crop(const struct lsn_input *input, const struct lsn_image *image,
                               struct lsn_image *crop, struct lsn_error *err);

/* Makes the stimulus: writes pixels [crop height][crop width][crop channels], in 0 ... 255, of the
 * crop under the condition. A crop of one channel gives the same values as one of three equal
 * channels. mask [crop height][crop width] is the condition's region from lsn_region_make; NULL:
 * everywhere. scratch is for the condition's normalisation, see lsn_normalisation_scratch; NULL
 * where that is none or of a node. */
void lsn_stimulus_make(const struct lsn_image *crop, const struct lsn_condition *condition,
                       const uint8_t *mask, float *pixels, double *scratch);

/* Measures pixels [count][channels] of a stimulus and its mask [count]. */
struct lsn_shown lsn_stimulus_measure(const float *pixels, const uint8_t *mask, size_t count,
                                      int channels);

/* Makes the network's input x [height][width][c] from pixels of the same shape:
 * (pixel*scale - mean)/std in the network's channel order. */
void lsn_input_normalise(const struct lsn_input *input, const float *pixels, float *x);

LSN_API_END
#endif
