/* Canny's edge detector, as lesion/region.h defines it. */
#ifndef LSN_IMAGE_CANNY_H
#define LSN_IMAGE_CANNY_H

#include <stdint.h>

#include "lesion/image.h"

/* Fills edges [height][width]: 1 on an edge, else 0. LSN_E_MEMORY. */
enum lsn_status lsn_canny(const struct lsn_image *image, double sigma_px, uint8_t *edges,
                          struct lsn_error *err);

#endif
