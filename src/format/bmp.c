/* A reader of its own, since Debian has no library that reads BMP files as Pillow does. The file is
 * hostile: bytes are read through next_bytes(), which checks for the end of the file, or after a
 * check that the whole rows lie in the file. */
#include "format/bmp.h"

#include <string.h>

#include "base/memory.h"
#include "format/pixels.h"

#define FILE_HEADER 14
#define COLOURS_MAX 256

enum compression { RAW = 0, RLE8 = 1, RLE4 = 2, BITFIELDS = 3 };

/* The bit fields of a pixel of 16 or 32 bits, in the order R G B alpha; width 0: it has no such
 * channel. */
struct fields {
    uint8_t shift[4], width[4];
};

struct reader {
    const char *path;
    struct lsn_error *err;
    const uint8_t *data;
    size_t size, at;
    size_t header_bytes, width, height;
    bool top_down, has_alpha;
    uint32_t bits, compression, colour_count;
    uint8_t colours[COLOURS_MAX][3];
    struct fields fields;
    uint8_t *pixels; /* [height][width][4] */
};

bool lsn_bmp_starts(const struct lsn_bytes *bytes)
{
    return bytes->size >= 2 && bytes->data[0] == 'B' && bytes->data[1] == 'M';
}

/* Returns the next bytes of the file and steps over them; NULL where the file ends before. */
static const uint8_t *next_bytes(struct reader *r, size_t bytes)
{
    const uint8_t *found = r->data + r->at;

    if (r->at > r->size || bytes > r->size - r->at)
        return NULL;
    r->at += bytes;
    return found;
}

static uint32_t little_endian(const uint8_t *bytes, size_t count)
{
    uint32_t value = 0;

    while (count-- > 0)
        value = value << 8 | bytes[count];
    return value;
}

static enum lsn_status fail_early(const struct reader *r)
{
    return lsn_fail(r->err, LSN_E_FORMAT, "%s: is not an intact BMP file: it ends early", r->path);
}

static enum lsn_status fail_kind(const struct reader *r, const char *what)
{
    return lsn_fail(r->err, LSN_E_UNSUPPORTED, "%s: BMP of a kind that is not read: %s", r->path,
                    what);
}

/* Reads width, height, bits and compression. A Windows header has 32-bit sizes, the header of OS/2
 * 1 has 16-bit ones. */
static void read_sizes(struct reader *r, const uint8_t *header)
{
    uint32_t height = little_endian(header + 8, 4);

    r->width = little_endian(header + 4, 4);
    r->top_down = header[11] == 0xFF;
    r->height = r->top_down ? UINT32_MAX - height + 1 : height;
    r->bits = little_endian(header + 14, 2);
    r->compression = little_endian(header + 16, 4);
    r->colour_count = little_endian(header + 32, 4);
}

/* Reads the masks of the bit fields and refuses combinations that Pillow does not read. */
static enum lsn_status read_masks(struct reader *r, const uint8_t *header)
{
    static const struct {
        uint32_t bits, masks[4];
        struct fields fields;
    } known[] = {
        {32, {0xFF0000, 0xFF00, 0xFF, 0}, {{16, 8, 0, 0}, {8, 8, 8, 0}}},
        {32, {0xFF000000, 0xFF0000, 0xFF00, 0}, {{24, 16, 8, 0}, {8, 8, 8, 0}}},
        {32, {0xFF000000, 0xFF0000, 0xFF00, 0xFF}, {{24, 16, 8, 0}, {8, 8, 8, 8}}},
        {32, {0xFF, 0xFF00, 0xFF0000, 0xFF000000}, {{0, 8, 16, 24}, {8, 8, 8, 8}}},
        {32, {0xFF0000, 0xFF00, 0xFF, 0xFF000000}, {{16, 8, 0, 24}, {8, 8, 8, 8}}},
        {32, {0, 0, 0, 0}, {{16, 8, 0, 24}, {8, 8, 8, 8}}},
        {24, {0xFF0000, 0xFF00, 0xFF, 0}, {{16, 8, 0, 0}, {8, 8, 8, 0}}},
        {16, {0xF800, 0x7E0, 0x1F, 0}, {{11, 5, 0, 0}, {5, 6, 5, 0}}},
        {16, {0x7C00, 0x3E0, 0x1F, 0}, {{10, 5, 0, 0}, {5, 5, 5, 0}}},
    };
    bool within = r->header_bytes >= 56;
    const uint8_t *masks = within ? header + 40 : next_bytes(r, 12);
    size_t i, count = within && r->bits == 32 ? 4 : 3, k;

    if (!masks)
        return fail_early(r);
    for (i = 0; i < sizeof known / sizeof *known; i++) {
        bool same = known[i].bits == r->bits && (count == 4 || known[i].masks[3] == 0);

        for (k = 0; k < count; k++)
            same = same && little_endian(masks + 4 * k, 4) == known[i].masks[k];
        if (same) {
            r->fields = known[i].fields;
            return LSN_OK;
        }
    }
    return fail_kind(r, "its colours have other masks than are read");
}

static enum lsn_status read_palette(struct reader *r)
{
    size_t bytes = r->header_bytes == 12 ? 3 : 4, i;
    const uint8_t *palette;
    bool grey = true;

    if (r->colour_count > COLOURS_MAX)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: has a palette of %lu colours, at most %d can be",
                        r->path, (unsigned long)r->colour_count, COLOURS_MAX);
    palette = next_bytes(r, r->colour_count * bytes);
    if (!palette)
        return fail_early(r);
    for (i = 0; i < r->colour_count; i++, palette += bytes) {
        uint8_t level = r->colour_count == 2 && i == 1 ? 255 : (uint8_t)i;

        r->colours[i][0] = palette[2];
        r->colours[i][1] = palette[1];
        r->colours[i][2] = palette[0];
        grey = grey && palette[0] == level && palette[1] == level && palette[2] == level;
    }
    /* Pillow recognises a palette that is a grey ramp and then reads the pixels with 1 or 8 bits,
     * whatever the file's own number of bits is. Files where that goes wrong are refused. */
    if (grey && (r->bits != (r->colour_count == 2 ? 1 : 8) ||
                 (r->colour_count == 2 && r->compression != RAW)))
        return fail_kind(r, "its palette is a grey ramp of another length than its bits ask for");
    return LSN_OK;
}

static enum lsn_status check_kind(const struct reader *r)
{
    switch (r->bits) {
    case 1:
    case 4:
    case 8:
    case 16:
    case 24:
    case 32:
        break;
    default:
        return lsn_fail(r->err, LSN_E_UNSUPPORTED,
                        "%s: has %lu bits a pixel, 1, 4, 8, 16, 24 or 32 are read", r->path,
                        (unsigned long)r->bits);
    }
    if (r->compression == RAW ||
        (r->compression == BITFIELDS && r->bits >= 16 && r->header_bytes != 64))
        return LSN_OK;
    if ((r->compression == RLE8 && r->bits == 8) || (r->compression == RLE4 && r->bits == 4))
        return LSN_OK;
    return lsn_fail(r->err, LSN_E_UNSUPPORTED,
                    "%s: has compression %lu at %lu bits, none, RLE8 at 8 and RLE4 at 4 are read",
                    r->path, (unsigned long)r->compression, (unsigned long)r->bits);
}

/* Reads the headers and the palette; afterwards r->at is where the pixels start. */
static enum lsn_status read_header(struct reader *r)
{
    const uint8_t *file = next_bytes(r, FILE_HEADER), *header = file ? next_bytes(r, 4) : NULL;
    size_t offset;

    if (!header)
        return fail_early(r);
    offset = little_endian(file + 10, 4);
    r->header_bytes = little_endian(header, 4);
    if (r->header_bytes != 12 && r->header_bytes != 40 && r->header_bytes != 64 &&
        r->header_bytes != 108 && r->header_bytes != 124)
        return lsn_fail(r->err, LSN_E_UNSUPPORTED,
                        "%s: has a BMP header of %zu bytes, 12, 40, 64, 108 or 124 are read",
                        r->path, r->header_bytes);
    if (!next_bytes(r, r->header_bytes - 4))
        return fail_early(r);
    if (r->header_bytes == 12) {
        r->width = little_endian(header + 4, 2);
        r->height = little_endian(header + 6, 2);
        r->bits = little_endian(header + 10, 2);
    } else {
        read_sizes(r, header);
    }
    LSN_TRY(check_kind(r));
    if (r->colour_count == 0 && r->bits <= 8)
        r->colour_count = 1u << r->bits;
    /* Some writers forget to count the palette in the offset of the pixels; Pillow corrects that in
     * the same way. */
    if (offset == FILE_HEADER + r->header_bytes && r->bits <= 8)
        offset += 4 * (size_t)r->colour_count;
    r->fields = r->bits == 16 ? (struct fields){{10, 5, 0, 0}, {5, 5, 5, 0}}
                              : (struct fields){{16, 8, 0, 0}, {8, 8, 8, 0}};
    if (r->compression == BITFIELDS)
        LSN_TRY(read_masks(r, header));
    if (r->bits <= 8)
        LSN_TRY(read_palette(r));
    r->has_alpha = r->fields.width[3] != 0;
    if (offset)
        r->at = offset;
    return LSN_OK;
}

static enum lsn_status put_colour(struct reader *r, uint32_t colour, size_t pixel)
{
    if (colour >= r->colour_count)
        return lsn_fail(r->err, LSN_E_FORMAT,
                        "%s: pixel (%zu, %zu) has colour %lu, the palette has %lu", r->path,
                        pixel % r->width, pixel / r->width, (unsigned long)colour,
                        (unsigned long)r->colour_count);
    memcpy(r->pixels + 4 * pixel, r->colours[colour], 3);
    r->pixels[4 * pixel + 3] = 255;
    return LSN_OK;
}

/* The index, in the image, of the first pixel of the file's row number y: files list rows from the
 * bottom up unless they say otherwise. */
static size_t row_start(const struct reader *r, size_t y)
{
    return (r->top_down ? y : r->height - 1 - y) * r->width;
}

static enum lsn_status read_row(struct reader *r, const uint8_t *row, size_t first)
{
    size_t x, k;

    for (x = 0; x < r->width; x++) {
        uint8_t *to = r->pixels + 4 * (first + x);
        uint32_t value;

        if (r->bits <= 8) {
            size_t bit = x * r->bits;

            value = (uint32_t)row[bit / 8] >> (8 - r->bits - bit % 8);
            LSN_TRY(put_colour(r, value & ((1u << r->bits) - 1), first + x));
            continue;
        }
        value = little_endian(row + x * (r->bits / 8), r->bits / 8);
        for (k = 0; k < 4; k++) {
            uint32_t top = (1u << r->fields.width[k]) - 1;

            to[k] = (uint8_t)(top ? (value >> r->fields.shift[k] & top) * 255 / top : 255);
        }
    }
    return LSN_OK;
}

/* Reads uncompressed rows. Each is padded to a multiple of 4 bytes, but the padding of the last row
 * may be missing. */
static enum lsn_status read_rows(struct reader *r)
{
    size_t bytes = (r->width * r->bits + 7) / 8, stride = (bytes + 3) / 4 * 4, y;

    if (r->at > r->size || (r->size - r->at) < bytes ||
        (r->size - r->at - bytes) / stride < r->height - 1)
        return fail_early(r);
    for (y = 0; y < r->height; y++)
        LSN_TRY(read_row(r, r->data + r->at + y * stride, row_start(r, y)));
    return LSN_OK;
}

/* Reads a run of count pixels of an RLE file at (x, y): one repeated byte, or, where single is set,
 * a byte (half a byte at 4 bits) for each pixel. ImageMagick writes repeated runs that go on into
 * the padding of a row; the pixels there are dropped, as in Pillow. Single pixels may not go beyond
 * the row: Pillow would put them into the next row. */
static enum lsn_status read_run(struct reader *r, size_t count, bool single, size_t x, size_t y)
{
    size_t bytes = !single ? 1 : r->bits == 8 ? count : count / 2, i;
    size_t padded = (r->width * r->bits + 31) / 32 * 32 / r->bits, end = single ? r->width : padded;
    const uint8_t *run = next_bytes(r, bytes + (single && bytes % 2));

    if (!run)
        return fail_early(r);
    if (y >= r->height || x > end || count > end - x)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: is not an intact BMP file: a run leaves row %zu",
                        r->path, y);
    if (single && r->bits == 4 && count % 2)
        return fail_kind(r, "RLE4 with an odd run of single pixels");
    for (i = 0; i < count && x + i < r->width; i++) {
        uint8_t byte = !single ? run[0] : r->bits == 8 ? run[i] : run[i / 2];

        if (r->bits == 4)
            byte = (uint8_t)(i % 2 ? byte & 15 : byte >> 4);
        LSN_TRY(put_colour(r, byte, row_start(r, y) + x + i));
    }
    return LSN_OK;
}

/* Ends an RLE row early, at x: its other pixels have colour 0. */
static enum lsn_status end_row(struct reader *r, size_t x, size_t y)
{
    if (x == 0)
        return fail_kind(r, "RLE with an empty row");
    for (; x < r->width; x++)
        LSN_TRY(put_colour(r, 0, row_start(r, y) + x));
    return LSN_OK;
}

static enum lsn_status read_rle(struct reader *r)
{
    size_t x = 0, y = 0;

    while (y < r->height && !(y == r->height - 1 && x >= r->width)) {
        const uint8_t *code = next_bytes(r, 2);

        if (!code || (code[0] == 0 && code[1] == 1))
            return fail_early(r);
        if (code[0] == 0 && code[1] == 2)
            return fail_kind(r, "RLE with offsets");
        if (code[0] == 0 && code[1] == 0) {
            LSN_TRY(end_row(r, x, y));
            x = 0;
            y++;
        } else {
            size_t count = code[0] ? code[0] : code[1];

            r->at -= code[0] ? 1 : 0; /* step back to the byte to repeat */
            LSN_TRY(read_run(r, count, code[0] == 0, x, y));
            x += count;
        }
    }
    return LSN_OK;
}

enum lsn_status lsn_bmp_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err)
{
    struct reader r = {.path = path, .err = err, .data = bytes->data, .size = bytes->size};
    enum lsn_status status;

    *image = (struct lsn_image){0};
    LSN_TRY(read_header(&r));
    LSN_TRY(lsn_pixels_create(path, r.width, r.height, 4, &r.pixels, err));
    status = r.compression == RLE8 || r.compression == RLE4 ? read_rle(&r) : read_rows(&r);
    if (status == LSN_OK)
        status = lsn_pixels_flatten(path, r.has_alpha ? options->alpha : LSN_ALPHA_DROP,
                                    (int)r.width, (int)r.height, r.pixels, err);
    if (status != LSN_OK) {
        lsn_free(r.pixels);
        return status;
    }
    *image = (struct lsn_image){.width = (int)r.width,
                                .height = (int)r.height,
                                .channels = 3,
                                .pixels = r.pixels,
                                .orientation = 1};
    return LSN_OK;
}
