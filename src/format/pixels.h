/* What the readers of image files share: from samples to 8-bit RGB, as Pillow does it. */
#ifndef LSN_FORMAT_PIXELS_H
#define LSN_FORMAT_PIXELS_H

#include "base/error.h"
#include "lesion/image.h"

/* *pixels: fresh [height][width][bytes] zeroed bytes for an image of a file; path is for the
 * sentences. LSN_E_MEMORY; LSN_E_UNSUPPORTED where it has more than LSN_IMAGE_PIXELS_MAX;
 * LSN_E_FORMAT where it has no pixel. On failure *pixels is NULL. */
enum lsn_status lsn_pixels_create(const char *path, uint64_t width, uint64_t height, size_t bytes,
                                  uint8_t **pixels, struct lsn_error *err);

/* pixels [height][width][4], R G B alpha, become [height][width][3] in their place.
 * LSN_E_UNSUPPORTED where alpha has to be refused. */
enum lsn_status lsn_pixels_flatten(const char *path, enum lsn_alpha alpha, int width, int height,
                                   uint8_t *pixels, struct lsn_error *err);

/* pixels [count][2], native 16-bit grey samples at an even address, become [count] in their
 * place. LSN_E_UNSUPPORTED where depth has to be refused. */
enum lsn_status lsn_pixels_narrow(const char *path, enum lsn_depth depth, size_t count,
                                  uint8_t *pixels, struct lsn_error *err);

/* pixels [count][3], of which the first count are grey, become R G B in their place. */
void lsn_pixels_spread(size_t count, uint8_t *pixels);

/* pixels [count][4], C M Y K with 0 for no ink, become [count][3] in their place. */
void lsn_pixels_from_cmyk(size_t count, uint8_t *pixels);

/* Turns and mirrors *image as a TIFF orientation 1 ... 8 asks for; others ask for nothing.
 * LSN_E_MEMORY, and *image stays as it was. */
enum lsn_status lsn_pixels_turn(const char *path, int orientation, struct lsn_image *image,
                                struct lsn_error *err);

#endif
