/* Helpers that the readers of image files share: from a file's samples to 8-bit RGB, as Pillow
 * converts them. */
#ifndef LSN_FORMAT_PIXELS_H
#define LSN_FORMAT_PIXELS_H

#include "base/error.h"
#include "lesion/image.h"

/* Allocates *pixels [height][width][bytes], zeroed, for the image of a file; path names the file in
 * error sentences. LSN_E_MEMORY; LSN_E_UNSUPPORTED for more than LSN_IMAGE_PIXELS_MAX pixels;
 * LSN_E_FORMAT where width or height is 0. On failure *pixels is NULL. */
enum lsn_status lsn_pixels_create(const char *path, uint64_t width, uint64_t height, size_t bytes,
                                  uint8_t **pixels, struct lsn_error *err);

/* Converts pixels in place from [height][width][4], R G B alpha, to [height][width][3].
 * LSN_E_UNSUPPORTED where the option alpha says to refuse transparent pixels. */
enum lsn_status lsn_pixels_flatten(const char *path, enum lsn_alpha alpha, int width, int height,
                                   uint8_t *pixels, struct lsn_error *err);

/* Converts pixels in place from 16-bit grey samples in the machine's byte order ([count][2] bytes,
 * at an even address) to 8-bit ones [count]. Where depth is LSN_DEPTH_REFUSE, an image that would
 * become nearly black is refused: LSN_E_UNSUPPORTED. */
enum lsn_status lsn_pixels_narrow(const char *path, enum lsn_depth depth, size_t count,
                                  uint8_t *pixels, struct lsn_error *err);

/* Converts grey to R G B in place: the first count bytes of pixels [count][3] are the grey
 * levels. */
void lsn_pixels_spread(size_t count, uint8_t *pixels);

/* Converts pixels in place from [count][4], C M Y K with 0 for no ink, to [count][3], R G B. */
void lsn_pixels_from_cmyk(size_t count, uint8_t *pixels);

/* Turns and mirrors *image as a TIFF or EXIF orientation 1 ... 8 asks for; any other number does
 * nothing. LSN_E_MEMORY; *image is then unchanged. */
enum lsn_status lsn_pixels_turn(const char *path, int orientation, struct lsn_image *image,
                                struct lsn_error *err);

#endif
