/* EXIF data are a small TIFF file. Only one tag of its first directory is read. Damaged EXIF data
 * count as absent, not as an error: the orientation changes no decoded pixel, except in TIFF
 * files. */
#include "format/exif.h"

#include <stdbool.h>
#include <string.h>

struct directory {
    const uint8_t *data;
    size_t size;
    bool big_endian;
    bool wide; /* BigTIFF: counts and offsets of 8 bytes */
};

/* Reads an unsigned integer of the file's byte order; the caller has checked that the bytes are
 * there. */
static uint64_t read_integer(const struct directory *d, size_t at, size_t bytes)
{
    uint64_t value = 0;
    size_t i;

    for (i = 0; i < bytes; i++)
        value = value << 8 | d->data[at + (d->big_endian ? i : bytes - 1 - i)];
    return value;
}

/* The first value of a directory entry of type BYTE, SHORT or LONG; absent for other types. */
static uint32_t first_value(const struct directory *d, size_t entry, uint32_t absent)
{
    size_t value = entry + (d->wide ? 12 : 8);

    switch (read_integer(d, entry + 2, 2)) {
    case 1:
        return (uint32_t)read_integer(d, value, 1);
    case 3:
        return (uint32_t)read_integer(d, value, 2);
    case 4:
        return (uint32_t)read_integer(d, value, 4);
    default:
        return absent;
    }
}

uint32_t lsn_tiff_tag(const uint8_t *data, size_t size, uint32_t tag, uint32_t absent)
{
    struct directory d = {data, size, false, false};
    size_t entry, step;
    uint64_t start, entries;

    if (size < 16)
        return absent;
    d.big_endian = data[0] == 'M';
    if (data[0] != data[1] || (data[0] != 'I' && data[0] != 'M') ||
        (read_integer(&d, 2, 2) != 42 && read_integer(&d, 2, 2) != 43))
        return absent;
    d.wide = read_integer(&d, 2, 2) == 43;
    step = d.wide ? 20 : 12;
    start = d.wide ? read_integer(&d, 8, 8) : read_integer(&d, 4, 4);
    if (start > size - 8)
        return absent;
    entries = read_integer(&d, (size_t)start, d.wide ? 8 : 2);
    for (entry = (size_t)start + (d.wide ? 8 : 2); entries > 0; entries--, entry += step) {
        if (entry > size || size - entry < step)
            return absent;
        if (read_integer(&d, entry, 2) == tag)
            return first_value(&d, entry, absent);
    }
    return absent;
}

int lsn_exif_orientation(const uint8_t *data, size_t size)
{
    size_t skip = size >= 6 && memcmp(data, "Exif", 5) == 0 ? 6 : 0;
    uint32_t value = lsn_tiff_tag(data + skip, size - skip, LSN_TIFF_ORIENTATION, 1);

    return value >= 1 && value <= 8 ? (int)value : 1;
}
