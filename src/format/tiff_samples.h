/* Interprets the samples of a TIFF file; does not use libtiff. */
#ifndef LSN_FORMAT_TIFF_SAMPLES_H
#define LSN_FORMAT_TIFF_SAMPLES_H

#include <stdbool.h>

#include "base/error.h"
#include "lesion/image.h"

struct lsn_tiff_samples {
    const char *path;
    struct lsn_error *err;
    uint32_t width, height;
    uint16_t bits, samples;     /* bits of a sample; samples of a pixel */
    uint16_t photometric;       /* value of the tag PhotometricInterpretation */
    uint16_t extra;             /* first value of the tag ExtraSamples; 0: none */
    bool together, compressed;  /* channels interleaved; file compressed */
    const uint16_t *colours[3]; /* a palette's R, G and B, each [1 << bits] */
    uint8_t *raw; /* [height][width][samples] of 8 bits, or of 16 in the machine's byte order */
};

/* Whether Pillow reads samples of this kind, and reads them correctly. */
bool lsn_tiff_known(const struct lsn_tiff_samples *s);

/* Converts raw in place to [height][width][3], R G B; the samples must pass lsn_tiff_known, and raw
 * must have room for 4 samples a pixel. LSN_E_UNSUPPORTED (alpha, 16-bit grey, a palette of 8-bit
 * values). */
enum lsn_status lsn_tiff_to_rgb(const struct lsn_tiff_samples *s,
                                const struct lsn_image_options *options);

#endif
