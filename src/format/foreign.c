#include "format/foreign.h"

#include "base/text.h"

#include <string.h>

#define CONVERT  "convert it to PNG"
#define DOWNLOAD "download the image again"
#define READABLE "PNG, JPEG, WebP, TIFF, BMP or PNM is wanted"

/* clang-format off */
static const struct magic {
    const char *bytes; /* what such a file has at offset */
    size_t size, offset;
    const char *name, *advice;
} magics[] = {
#define MAGIC(text, offset, name, advice) {text, sizeof text - 1, offset, name, advice}
    MAGIC("GIF8", 0, "a GIF", CONVERT),
    MAGIC("ftypheic", 4, "an HEIC image", CONVERT),
    MAGIC("ftypheix", 4, "an HEIC image", CONVERT),
    MAGIC("ftyphevc", 4, "an HEIC image", CONVERT),
    MAGIC("ftypmif1", 4, "an HEIF or AVIF image", CONVERT),
    MAGIC("ftypmsf1", 4, "an HEIF or AVIF image", CONVERT),
    MAGIC("ftypavif", 4, "an AVIF image", CONVERT),
    MAGIC("ftypavis", 4, "an AVIF image", CONVERT),
    MAGIC("ftyp", 4, "a video, or another file of its family", CONVERT),
    MAGIC("\0\0\0\x0CjP  ", 0, "a JPEG 2000 image", CONVERT),
    MAGIC("\xFF\x4F\xFF\x51", 0, "a JPEG 2000 image", CONVERT),
    MAGIC("\0\0\0\x0CJXL ", 0, "a JPEG XL image", CONVERT),
    MAGIC("\xFF\x0A", 0, "a JPEG XL image", CONVERT),
    MAGIC("\xFF\xD8", 0, "a JPEG file that is cut off or damaged", DOWNLOAD),
    MAGIC("\x89PNG", 0, "a PNG file that is cut off or damaged", DOWNLOAD),
    MAGIC("II\xBC", 0, "a JPEG XR image", CONVERT),
    MAGIC("8BPS", 0, "a Photoshop file", CONVERT),
    MAGIC("\0\0\1\0", 0, "an icon", CONVERT),
    MAGIC("P7\n", 0, "a PAM image", CONVERT),
    MAGIC("PF\n", 0, "a PFM image", CONVERT),
    MAGIC("Pf\n", 0, "a PFM image", CONVERT),
    MAGIC("DDS ", 0, "a DDS texture", CONVERT),
    MAGIC("\x76\x2F\x31\x01", 0, "an OpenEXR image", CONVERT),
    MAGIC("#?RADIANCE", 0, "a Radiance image", CONVERT),
    MAGIC("qoif", 0, "a QOI image", CONVERT),
    MAGIC("%PDF", 0, "a PDF document", CONVERT),
    MAGIC("%!PS", 0, "a PostScript file", CONVERT),
    MAGIC("\x93NUMPY", 0, "a NumPy array", CONVERT),
    MAGIC("\x89HDF", 0, "an HDF5 file", CONVERT),
    MAGIC("PK\3\4", 0, "a ZIP archive", "unpack it"),
    MAGIC("\x1F\x8B", 0, "a gzip file", "unpack it"),
    MAGIC("\0\5\x16\7", 0, "a file that macOS leaves beside another (AppleDouble)", "remove it"),
    MAGIC("version https://git-lfs", 0, "a Git LFS pointer, not the file itself",
          "fetch that with git lfs pull"),
#undef MAGIC
};

/* Text formats: the file starts with this word in any case, perhaps after a byte-order mark and
 * white space. */
static const struct {
    const char *start, *name, *advice;
} texts[] = {
    {"<!doctype html", "an HTML page", DOWNLOAD},
    {"<html", "an HTML page", DOWNLOAD},
    {"<head", "an HTML page", DOWNLOAD},
    {"<svg", "an SVG drawing", CONVERT},
    {"<?xml", "an XML file", CONVERT " if it is an SVG drawing, else " DOWNLOAD},
};
/* clang-format on */

static char lower(uint8_t c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

static bool text_starts(const struct lsn_bytes *bytes, const char *start)
{
    size_t at = bytes->size >= 3 && memcmp(bytes->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (at < bytes->size &&
           (bytes->data[at] == ' ' || (bytes->data[at] >= '\t' && bytes->data[at] <= '\r')))
        at++;
    for (; *start; start++, at++)
        if (at == bytes->size || lower(bytes->data[at]) != *start)
            return false;
    return true;
}

static bool all_zero(const struct lsn_bytes *bytes)
{
    size_t i;

    for (i = 0; i < bytes->size; i++)
        if (bytes->data[i])
            return false;
    return true;
}

enum lsn_status lsn_foreign_refuse(const char *path, const struct lsn_bytes *bytes,
                                   struct lsn_error *err)
{
    const uint8_t *b = bytes->data;
    size_t i;

    if (bytes->size == 0)
        return lsn_fail(err, LSN_E_FORMAT, "%s: is empty: " DOWNLOAD, path);
    if (all_zero(bytes))
        return lsn_fail(err, LSN_E_FORMAT, "%s: holds zeros alone: " DOWNLOAD, path);
    for (i = 0; i < sizeof magics / sizeof *magics; i++)
        if (bytes->size >= magics[i].offset + magics[i].size &&
            memcmp(b + magics[i].offset, magics[i].bytes, magics[i].size) == 0)
            return lsn_fail(err, LSN_E_FORMAT, "%s: is %s, which is not read: %s", path,
                            magics[i].name, magics[i].advice);
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        if (text_starts(bytes, texts[i].start))
            return lsn_fail(err, LSN_E_FORMAT, "%s: is %s, which is not read: %s", path,
                            texts[i].name, texts[i].advice);
    if (bytes->size < 4)
        return lsn_fail(err, LSN_E_FORMAT, "%s: has %zu byte%s, " READABLE, path, bytes->size,
                        lsn_plural(bytes->size));
    return lsn_fail(err, LSN_E_FORMAT, "%s: starts with the bytes %02X %02X %02X %02X, " READABLE,
                    path, b[0], b[1], b[2], b[3]);
}
