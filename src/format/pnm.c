/* A reader of its own, since the format is simple and Debian's libnetpbm prints and exits on wrong
 * input. Samples are scaled in double, as Pillow does. */
#include "format/pnm.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "format/pixels.h"

#define DIGITS_MAX 10

struct reader {
    const char *path;
    struct lsn_error *err;
    const uint8_t *at, *end;
    char kind; /* '1' ... '6' */
    unsigned long width, height, largest;
    size_t channels; /* in the file: 1 or 3 */
    bool wide;       /* decoded to 16-bit grey */
};

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool lsn_pnm_starts(const struct lsn_bytes *bytes)
{
    return bytes->size >= 3 && bytes->data[0] == 'P' && bytes->data[1] >= '1' &&
           bytes->data[1] <= '6' && (is_space(bytes->data[2]) || bytes->data[2] == '#');
}

static enum lsn_status fail_early(const struct reader *r)
{
    return lsn_fail(r->err, LSN_E_FORMAT, "%s: is not an intact PNM file: it ends early", r->path);
}

static void skip_comment(struct reader *r)
{
    while (r->at < r->end && *r->at != '\n' && *r->at != '\r')
        r->at++;
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && (is_space(*r->at) || *r->at == '#')) {
        if (*r->at == '#')
            skip_comment(r);
        else
            r->at++;
    }
}

/* Reads a decimal number and the one white space after it; the file may also end there. */
static enum lsn_status read_number(struct reader *r, unsigned long most, unsigned long *number)
{
    const uint8_t *start;

    skip_space(r);
    start = r->at;
    *number = 0;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        if (r->at - start == DIGITS_MAX)
            return lsn_fail(r->err, LSN_E_FORMAT, "%s: has a number of more than %d digits",
                            r->path, DIGITS_MAX);
        *number = *number * 10 + (unsigned long)(*r->at - '0');
    }
    if (r->at == r->end && r->at == start)
        return fail_early(r);
    if (r->at == start || (r->at < r->end && !is_space(*r->at) && *r->at != '#'))
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: has the byte %02X where a number is wanted",
                        r->path, *r->at);
    if (*number > most)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: has the number %lu, at most %lu is wanted there",
                        r->path, *number, most);
    /* A number at the very end of the file may have lost digits: it is refused where another digit
     * would still be in range. */
    if (r->at == r->end && *number > 0 && *number <= most / 10)
        return fail_early(r);
    if (r->at < r->end && *r->at == '#')
        skip_comment(r);
    if (r->at < r->end)
        r->at++;
    return LSN_OK;
}

static enum lsn_status read_header(struct reader *r)
{
    r->kind = (char)r->at[1];
    r->at += 2;
    r->channels = r->kind == '3' || r->kind == '6' ? 3 : 1;
    r->largest = 1;
    LSN_TRY(read_number(r, UINT32_MAX, &r->width));
    LSN_TRY(read_number(r, UINT32_MAX, &r->height));
    if (r->kind == '1' || r->kind == '4')
        return LSN_OK;
    LSN_TRY(read_number(r, 65535, &r->largest));
    if (r->largest == 0)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: its largest value is 0, 1 ... 65535 is wanted",
                        r->path);
    r->wide = r->channels == 1 && r->largest > 255;
    return LSN_OK;
}

/* Reads one bit of a plain PBM file, where bits need no white space between them. */
static enum lsn_status read_bit(struct reader *r, unsigned long *bit)
{
    skip_space(r);
    if (r->at == r->end)
        return fail_early(r);
    if (*r->at != '0' && *r->at != '1')
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: has the byte %02X where 0 or 1 is wanted",
                        r->path, *r->at);
    *bit = (unsigned long)(*r->at++ - '0');
    return LSN_OK;
}

/* Scales a sample to 8 or 16 bits and writes it as sample number i. */
static void write_sample(const struct reader *r, unsigned long sample, size_t i, uint8_t *pixels)
{
    double top = r->wide ? 65535 : 255;
    double scaled = fmin(nearbyint((double)sample / (double)r->largest * top), top);
    uint16_t wide = (uint16_t)scaled;

    if (r->wide)
        memcpy(pixels + 2 * i, &wide, sizeof wide);
    else
        pixels[i] = (uint8_t)scaled;
}

static enum lsn_status read_plain(struct reader *r, size_t count, uint8_t *pixels)
{
    unsigned long sample = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        if (r->kind == '1') {
            LSN_TRY(read_bit(r, &sample));
            sample = 1 - sample; /* in PBM files 1 is black */
        } else {
            LSN_TRY(read_number(r, r->largest, &sample));
        }
        write_sample(r, sample, i, pixels);
    }
    return LSN_OK;
}

/* Reads the rows of a raw PBM file: bits, 1 for black, each row padded to a whole byte. */
static enum lsn_status read_bits(struct reader *r, uint8_t *pixels)
{
    size_t width = r->width, stride = (width + 7) / 8, x, y;

    if ((size_t)(r->end - r->at) / stride < r->height)
        return fail_early(r);
    for (y = 0; y < r->height; y++)
        for (x = 0; x < width; x++)
            pixels[y * width + x] =
                (uint8_t)(r->at[y * stride + x / 8] >> (7 - x % 8) & 1 ? 0 : 255);
    return LSN_OK;
}

static enum lsn_status read_raw(struct reader *r, size_t count, uint8_t *pixels)
{
    size_t bytes = r->largest > 255 ? 2 : 1, i;

    if ((size_t)(r->end - r->at) / bytes < count)
        return fail_early(r);
    for (i = 0; i < count; i++, r->at += bytes)
        write_sample(r, bytes == 2 ? (unsigned long)r->at[0] << 8 | r->at[1] : r->at[0], i, pixels);
    return LSN_OK;
}

static enum lsn_status read_pixels(struct reader *r, enum lsn_depth depth, uint8_t *pixels)
{
    size_t count = (size_t)r->width * (size_t)r->height;

    if (r->kind == '4')
        LSN_TRY(read_bits(r, pixels));
    else if (r->kind < '4')
        LSN_TRY(read_plain(r, count * r->channels, pixels));
    else
        LSN_TRY(read_raw(r, count * r->channels, pixels));
    if (r->wide)
        LSN_TRY(lsn_pixels_narrow(r->path, depth, count, pixels, r->err));
    if (r->channels == 1)
        lsn_pixels_spread(count, pixels);
    return LSN_OK;
}

enum lsn_status lsn_pnm_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err)
{
    struct reader r = {
        .path = path, .err = err, .at = bytes->data, .end = bytes->data + bytes->size};
    enum lsn_status status;
    uint8_t *pixels;

    *image = (struct lsn_image){0};
    LSN_TRY(read_header(&r));
    LSN_TRY(lsn_pixels_create(path, r.width, r.height, 3, &pixels, err));
    status = read_pixels(&r, options->depth, pixels);
    if (status != LSN_OK) {
        lsn_free(pixels);
        return status;
    }
    *image = (struct lsn_image){.width = (int)r.width,
                                .height = (int)r.height,
                                .channels = 3,
                                .pixels = pixels,
                                .orientation = 1};
    return LSN_OK;
}
