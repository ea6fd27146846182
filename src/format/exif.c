/* EXIF data are a TIFF file of their own; only its first directory is looked at, and in it
 * one tag. What does not fit is no orientation, not damage: no pixel depends on it. */
#include "format/exif.h"

#include <stdbool.h>
#include <string.h>

struct directory {
    const uint8_t *data;
    size_t size;
    bool big_endian;
    bool wide; /* BigTIFF: counts and offsets of 8 bytes */
};

/* Callers have checked that the bytes are there. */
static uint64_t number(const struct directory *d, size_t at, size_t bytes)
{
    uint64_t value = 0;
    size_t i;

    for (i = 0; i < bytes; i++)
        value = value << 8 | d->data[at + (d->big_endian ? i : bytes - 1 - i)];
    return value;
}

/* The value of an entry of BYTE, SHORT or LONG. */
static uint32_t value_of(const struct directory *d, size_t entry, uint32_t absent)
{
    size_t value = entry + (d->wide ? 12 : 8);

    switch (number(d, entry + 2, 2)) {
    case 1:
        return (uint32_t)number(d, value, 1);
    case 3:
        return (uint32_t)number(d, value, 2);
    case 4:
        return (uint32_t)number(d, value, 4);
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
        (number(&d, 2, 2) != 42 && number(&d, 2, 2) != 43))
        return absent;
    d.wide = number(&d, 2, 2) == 43;
    step = d.wide ? 20 : 12;
    start = d.wide ? number(&d, 8, 8) : number(&d, 4, 4);
    if (start > size - 8)
        return absent;
    entries = number(&d, (size_t)start, d.wide ? 8 : 2);
    for (entry = (size_t)start + (d.wide ? 8 : 2); entries > 0; entries--, entry += step) {
        if (entry > size || size - entry < step)
            return absent;
        if (number(&d, entry, 2) == tag)
            return value_of(&d, entry, absent);
    }
    return absent;
}

int lsn_exif_orientation(const uint8_t *data, size_t size)
{
    size_t skip = size >= 6 && memcmp(data, "Exif", 5) == 0 ? 6 : 0;
    uint32_t value = lsn_tiff_tag(data + skip, size - skip, LSN_TIFF_ORIENTATION, 1);

    return value >= 1 && value <= 8 ? (int)value : 1;
}
