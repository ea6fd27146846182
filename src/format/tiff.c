/* Reads a TIFF file in memory through libtiff, which gets its own error handlers for each file;
 * that needs libtiff 4.5, before which they were global to the process. Strips or tiles are decoded
 * one after another into samples of 8 or 16 bits; tiff_samples.c interprets the samples. */
#include "format/tiff.h"

#include <string.h>

bool lsn_tiff_starts(const struct lsn_bytes *bytes)
{
    static const char magics[][5] = {"II*\0", "MM\0*", "II+\0", "MM\0+"};
    size_t i;

    for (i = 0; i < sizeof magics / sizeof *magics; i++)
        if (bytes->size >= 4 && memcmp(bytes->data, magics[i], 4) == 0)
            return true;
    return false;
}

#ifdef LSN_TIFF

#include <errno.h>
#include <stdio.h>

#include <tiffio.h>

#include "base/memory.h"
#include "format/exif.h"
#include "format/pixels.h"
#include "format/tiff_samples.h"

/* The largest single allocation that libtiff may make. */
#define PIECE_BYTES_MAX ((tmsize_t)1 << 30)

struct reader {
    enum lsn_status status; /* of libtiff's first complaint */
    const uint8_t *data;
    size_t size, at;
    TIFF *tiff;
    bool decoding; /* while decoding, warnings count as damage */
    uint16_t compression, planar, orientation;
    struct lsn_tiff_samples s; /* raw is allocated with 4 samples a pixel */
};

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t size)
{
    struct reader *r = handle;
    size_t left = r->at < r->size ? r->size - r->at : 0;
    size_t count = size < 0 ? 0 : (size_t)size < left ? (size_t)size : left;

    memcpy(to, r->data + (count ? r->at : 0), count);
    r->at += count;
    return (tmsize_t)count;
}

/* The write function that libtiff asks for; the file is only read. */
static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t size)
{
    return handle || from || size ? -1 : 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence)
{
    struct reader *r = handle;

    if (whence == SEEK_CUR)
        offset += r->at;
    else if (whence == SEEK_END)
        offset += r->size;
    r->at = (size_t)offset;
    return offset;
}

static int close_nothing(thandle_t handle)
{
    return handle ? 0 : -1;
}

static toff_t get_size(thandle_t handle)
{
    return ((struct reader *)handle)->size;
}

static enum lsn_status fail_memory(const struct reader *r)
{
    return lsn_fail(r->s.err, LSN_E_MEMORY, "%s: out of memory for reading a TIFF file", r->s.path);
}

/* Records libtiff's first complaint. libtiff does not report a lack of memory in any special way,
 * but malloc leaves ENOMEM in errno. */
static void complain(struct reader *r, const char *text)
{
    if (r->status == LSN_OK)
        r->status = errno == ENOMEM
                        ? fail_memory(r)
                        : lsn_fail(r->s.err, LSN_E_FORMAT, "%s: is not an intact TIFF file: %s",
                                   r->s.path, text);
}

LSN_PRINTF(4, 0)
static int on_error(TIFF *tiff, void *reader, const char *module, const char *format,
                    va_list arguments)
{
    char text[300];

    (void)tiff;
    (void)module;
    vsnprintf(text, sizeof text, format, arguments);
    complain(reader, text);
    return 1;
}

/* Whether a warning that a tag was ignored means wrong pixels: it does for the tags that the pixels
 * depend on. libtiff also warns of tags that it does not know, which is harmless. */
static bool is_damage(const char *warning)
{
    static const char *const needed[] = {
        "\"Bits",       "\"Color",  "\"Compression", "\"ExtraSamples", "\"FillOrder", "\"Image",
        "\"JPEGTables", "\"Orient", "\"Photometric", "\"Planar",       "\"Predictor", "\"Rows",
        "\"Samples",    "\"Strip",  "\"SubSampling", "\"Tile",         "\"YCbCr",     "\"Group"};
    size_t i;

    for (i = 0; i < sizeof needed / sizeof *needed; i++)
        if (strstr(warning, needed[i]))
            return true;
    return false;
}

LSN_PRINTF(4, 0)
static int on_warning(TIFF *tiff, void *reader, const char *module, const char *format,
                      va_list arguments)
{
    struct reader *r = reader;
    char text[300];

    (void)tiff;
    (void)module;
    vsnprintf(text, sizeof text, format, arguments);
    if (r->decoding || (strstr(text, "tag ignored") && is_damage(text)))
        complain(r, text);
    return 1;
}

static enum lsn_status fail_damaged(struct reader *r)
{
    if (r->status == LSN_OK)
        r->status = errno == ENOMEM ? fail_memory(r)
                                    : lsn_fail(r->s.err, LSN_E_FORMAT,
                                               "%s: is not an intact TIFF file", r->s.path);
    return r->status;
}

static enum lsn_status fail_kind(const struct reader *r, const char *what)
{
    return lsn_fail(r->s.err, LSN_E_UNSUPPORTED,
                    "%s: TIFF of a kind that is not read: %s (%u samples of %u bits, photometric "
                    "%u, compression %u): convert it to PNG",
                    r->s.path, what, r->s.samples, r->s.bits, r->s.photometric, r->compression);
}

static enum lsn_status open_tiff(struct reader *r)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();

    errno = 0;
    if (!options)
        return fail_memory(r);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, PIECE_BYTES_MAX);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, r);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, r);
    /* "r" read, "m" do not map the file, "c" do not merge or split the file's strips */
    r->tiff = TIFFClientOpenExt("file", "rmc", r, read_bytes, write_nothing, seek, close_nothing,
                                get_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return r->tiff && r->status == LSN_OK ? LSN_OK : fail_damaged(r);
}

static bool compression_known(uint16_t compression)
{
    static const uint16_t known[] = {
        COMPRESSION_NONE,    COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3,     COMPRESSION_CCITTFAX4,
        COMPRESSION_LZW,     COMPRESSION_JPEG,     COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS,
        COMPRESSION_DEFLATE, COMPRESSION_LZMA,     COMPRESSION_ZSTD};
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (compression == known[i])
            return TIFFIsCODECConfigured(compression) == 1;
    return false;
}

static enum lsn_status read_header(struct reader *r)
{
    uint16_t format = SAMPLEFORMAT_UINT, order = FILLORDER_MSB2LSB, extras = 0, *extra = NULL;

    if (!TIFFGetField(r->tiff, TIFFTAG_IMAGEWIDTH, &r->s.width) ||
        !TIFFGetField(r->tiff, TIFFTAG_IMAGELENGTH, &r->s.height))
        return lsn_fail(r->s.err, LSN_E_FORMAT, "%s: is a TIFF file without a width or a height",
                        r->s.path);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_BITSPERSAMPLE, &r->s.bits);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_SAMPLESPERPIXEL, &r->s.samples);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_COMPRESSION, &r->compression);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_PLANARCONFIG, &r->planar);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_ORIENTATION, &r->orientation);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_FILLORDER, &order);
    TIFFGetFieldDefaulted(r->tiff, TIFFTAG_EXTRASAMPLES, &extras, &extra);
    r->s.extra = extras ? extra[0] : EXTRASAMPLE_UNSPECIFIED;
    r->s.together = r->planar == PLANARCONFIG_CONTIG;
    r->s.compressed = r->compression != COMPRESSION_NONE;
    if (!TIFFGetField(r->tiff, TIFFTAG_PHOTOMETRIC, &r->s.photometric))
        return fail_kind(r, "it does not say what its samples mean");
    /* Where a palette image has no palette, libtiff calls it grey; the file's own tag tells. */
    if (lsn_tiff_tag(r->data, r->size, LSN_TIFF_PHOTOMETRIC, r->s.photometric) != r->s.photometric)
        return lsn_fail(r->s.err, LSN_E_FORMAT, "%s: is a TIFF file without its palette",
                        r->s.path);
    if (format != SAMPLEFORMAT_UINT)
        return fail_kind(r, "its samples are signed, or no integers");
    if (!compression_known(r->compression))
        return fail_kind(r, "its compression");
    if (!lsn_tiff_known(&r->s))
        return fail_kind(r, "its samples");
    if (order == FILLORDER_LSB2MSB && (r->s.samples % 2 == 0 || r->s.bits == 16))
        return fail_kind(r, "its bytes have their bits reversed");
    if (r->s.photometric == PHOTOMETRIC_YCBCR && r->compression != COMPRESSION_JPEG &&
        r->orientation != ORIENTATION_TOPLEFT)
        return fail_kind(r, "YCbCr with an orientation, which Pillow turns twice");
    /* libjpeg converts it to RGB, as in Pillow. */
    if (r->s.photometric == PHOTOMETRIC_YCBCR && r->compression == COMPRESSION_JPEG)
        TIFFSetField(r->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    return LSN_OK;
}

/* A strip or tile: where it lies in the image, and how its rows are laid out. */
struct block {
    uint32_t x, y, width, height; /* px; the part inside the image */
    uint16_t plane, samples;      /* first channel; channels in it */
    size_t stride;                /* bytes from one of its rows to the next */
};

static void unpack(struct reader *r, const struct block *b, const uint8_t *bytes)
{
    size_t x, y, k, wide = r->s.bits == 16 ? 2 : 1;

    for (y = 0; y < b->height; y++)
        for (x = 0; x < b->width; x++)
            for (k = 0; k < b->samples; k++) {
                const uint8_t *row = bytes + y * b->stride;
                size_t from = x * b->samples + k, bit = from * r->s.bits;
                uint8_t *to =
                    r->s.raw +
                    (((b->y + y) * r->s.width + b->x + x) * r->s.samples + b->plane + k) * wide;

                if (r->s.bits >= 8)
                    memcpy(to, row + from * wide, wide);
                else
                    *to = (uint8_t)(row[bit / 8] >> (8 - r->s.bits - bit % 8) &
                                    ((1 << r->s.bits) - 1));
            }
}

/* Decodes all strips or tiles into the samples; buffer [bytes] has room for the largest. */
static enum lsn_status read_blocks(struct reader *r, uint32_t width, uint32_t height,
                                   uint8_t *buffer, tmsize_t bytes)
{
    bool tiled = TIFFIsTiled(r->tiff) != 0;
    uint16_t planes = r->s.together ? 1 : r->s.samples;
    struct block b = {.samples = (uint16_t)(r->s.samples / planes)};

    b.stride = ((size_t)width * b.samples * r->s.bits + 7) / 8;
    for (b.plane = 0; b.plane < planes; b.plane++)
        for (b.y = 0; b.y < r->s.height; b.y += b.height)
            for (b.x = 0; b.x < r->s.width; b.x += b.width) {
                tmsize_t wanted, got;

                b.width = width < r->s.width - b.x ? width : r->s.width - b.x;
                b.height = height < r->s.height - b.y ? height : r->s.height - b.y;
                wanted = tiled ? bytes : (tmsize_t)(b.stride * b.height);
                got = tiled ? TIFFReadEncodedTile(r->tiff,
                                                  TIFFComputeTile(r->tiff, b.x, b.y, 0, b.plane),
                                                  buffer, bytes)
                            : TIFFReadEncodedStrip(r->tiff, TIFFComputeStrip(r->tiff, b.y, b.plane),
                                                   buffer, wanted);
                if (got != wanted || r->status != LSN_OK)
                    return fail_damaged(r);
                unpack(r, &b, buffer);
            }
    return LSN_OK;
}

static uint64_t rounded_up(uint64_t size, uint64_t step)
{
    return (size + step - 1) / step * step;
}

static enum lsn_status read_samples(struct reader *r)
{
    uint32_t width = r->s.width, height = r->s.height;
    uint16_t together = r->s.together ? r->s.samples : 1;
    enum lsn_status status;
    size_t stride, bytes;
    uint8_t *buffer;

    if (TIFFIsTiled(r->tiff)) {
        TIFFGetField(r->tiff, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(r->tiff, TIFFTAG_TILELENGTH, &height);
    } else if (TIFFGetField(r->tiff, TIFFTAG_ROWSPERSTRIP, &height) && height > r->s.height) {
        height = r->s.height;
    }
    /* Limits the tiles' total size, since large tiles of a small image would take far more memory
     * than its pixels. */
    if (width == 0 || height == 0 ||
        rounded_up(r->s.height, height) > LSN_IMAGE_PIXELS_MAX / rounded_up(r->s.width, width))
        return lsn_fail(r->s.err, LSN_E_UNSUPPORTED,
                        "%s: its tiles or strips of %u x %u px are too large", r->s.path, width,
                        height);
    stride = ((size_t)width * together * r->s.bits + 7) / 8;
    bytes = stride * height;
    if ((uint64_t)bytes !=
        (TIFFIsTiled(r->tiff) ? TIFFTileSize64(r->tiff) : TIFFVStripSize64(r->tiff, height)))
        return fail_kind(r, "its tiles or strips have an unexpected size");
    buffer = lsn_alloc(height, stride);
    if (!buffer)
        return fail_memory(r);
    status = read_blocks(r, width, height, buffer, (tmsize_t)bytes);
    lsn_free(buffer);
    return status;
}

/* Reads YCbCr, which may be subsampled; libtiff converts it to RGB, as in Pillow. */
static enum lsn_status read_ycbcr(struct reader *r)
{
    size_t count = (size_t)r->s.width * r->s.height, i;
    uint32_t *raster = lsn_alloc(count, sizeof *raster);
    char reason[1024] = "";
    TIFFRGBAImage image;
    int done = 0;

    if (!raster)
        return fail_memory(r);
    if (TIFFRGBAImageBegin(&image, r->tiff, 1, reason)) {
        image.req_orientation = image.orientation; /* the caller turns the image */
        done = TIFFRGBAImageGet(&image, raster, r->s.width, r->s.height);
        TIFFRGBAImageEnd(&image);
    }
    for (i = 0; i < count; i++) {
        r->s.raw[3 * i] = (uint8_t)TIFFGetR(raster[i]);
        r->s.raw[3 * i + 1] = (uint8_t)TIFFGetG(raster[i]);
        r->s.raw[3 * i + 2] = (uint8_t)TIFFGetB(raster[i]);
    }
    lsn_free(raster);
    return done && r->status == LSN_OK ? LSN_OK : fail_damaged(r);
}

static enum lsn_status read_tiff(struct reader *r, const struct lsn_image_options *options,
                                 struct lsn_image *image)
{
    bool ycbcr;

    LSN_TRY(open_tiff(r));
    LSN_TRY(read_header(r));
    if (r->s.photometric == PHOTOMETRIC_PALETTE &&
        !TIFFGetField(r->tiff, TIFFTAG_COLORMAP, &r->s.colours[0], &r->s.colours[1],
                      &r->s.colours[2]))
        return lsn_fail(r->s.err, LSN_E_FORMAT, "%s: is a TIFF file without its palette",
                        r->s.path);
    /* Room for 4 samples of 8 or 16 bits. */
    LSN_TRY(lsn_pixels_create(r->s.path, r->s.width, r->s.height, r->s.bits == 16 ? 8 : 4,
                              &r->s.raw, r->s.err));
    r->decoding = true;
    errno = 0;
    ycbcr = r->s.photometric == PHOTOMETRIC_YCBCR && r->compression != COMPRESSION_JPEG;
    LSN_TRY(ycbcr ? read_ycbcr(r) : read_samples(r));
    LSN_TRY(lsn_tiff_to_rgb(&r->s, options));
    *image = (struct lsn_image){.width = (int)r->s.width,
                                .height = (int)r->s.height,
                                .channels = 3,
                                .pixels = r->s.raw,
                                .orientation = 1};
    r->s.raw = NULL;
    return lsn_pixels_turn(r->s.path, r->orientation, image, r->s.err);
}

enum lsn_status lsn_tiff_decode(const char *path, const struct lsn_bytes *bytes,
                                const struct lsn_image_options *options, struct lsn_image *image,
                                struct lsn_error *err)
{
    struct reader r = {.s = {.path = path, .err = err}, .data = bytes->data, .size = bytes->size};
    enum lsn_status status;

    *image = (struct lsn_image){0};
    status = read_tiff(&r, options, image);
    if (r.tiff)
        TIFFClose(r.tiff);
    lsn_free(r.s.raw);
    if (status != LSN_OK)
        lsn_image_free(image);
    return status;
}

#endif
