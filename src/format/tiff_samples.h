/* What the samples of a TIFF file mean, without libtiff. */
#ifndef LSN_FORMAT_TIFF_SAMPLES_H
#define LSN_FORMAT_TIFF_SAMPLES_H

#include <stdbool.h>

#include "base/error.h"
#include "lesion/image.h"

struct lsn_tiff_samples {
    const char *path;
    struct lsn_error *err;
    uint32_t width, height;
    uint16_t bits, samples;     /* of a sample; of a pixel */
    uint16_t photometric;       /* the tag's value */
    uint16_t extra;             /* of the tag ExtraSamples, the first value; 0: none */
    bool together, compressed;  /* not plane by plane; not as they are */
    const uint16_t *colours[3]; /* of a palette, each [1 << bits], R G B */
    uint8_t *raw;               /* [height][width][samples], 8 bits or native 16 */
};

/* Whether Pillow reads samples of such a kind, and as they are meant. */
bool lsn_tiff_known(const struct lsn_tiff_samples *s);

/* raw, of samples that are known, becomes [height][width][3], R G B, in its place; it has room
 * for 4 samples a pixel. LSN_E_UNSUPPORTED (alpha, 16-bit grey, a palette of 8-bit values). */
enum lsn_status lsn_tiff_to_rgb(const struct lsn_tiff_samples *s,
                                const struct lsn_image_options *options);

#endif
