/* Reads one tag of a TIFF directory; EXIF data contain such a directory, too. */
#ifndef LSN_FORMAT_EXIF_H
#define LSN_FORMAT_EXIF_H

#include <stddef.h>
#include <stdint.h>

#define LSN_TIFF_PHOTOMETRIC 262
#define LSN_TIFF_ORIENTATION 274

/* The first value of a tag in the first directory of a TIFF file of size bytes; absent where the
 * tag is missing or its value is no whole number. */
uint32_t lsn_tiff_tag(const uint8_t *data, size_t size, uint32_t tag, uint32_t absent);

/* The orientation 1 ... 8 in size bytes of EXIF data, which may begin with "Exif" and two more
 * bytes; 1 where they give none. */
int lsn_exif_orientation(const uint8_t *data, size_t size);

#endif
