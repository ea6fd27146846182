/* libpng reports an error by a longjmp. Everything that must be read or freed after the jump is in
 * a struct of the caller, so no local variable of a function that calls setjmp changes after it,
 * and none has to be volatile. */
#include "format/png.h"

#include <errno.h>
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"
#include "format/exif.h"
#include "format/pixels.h"

#define COLOURS_MAX   256
#define OUT_OF_MEMORY "%s: out of memory for reading a PNG file"

/* The pixel formats that libpng is asked to decode to. WIDE: 16 bits. */
enum layout { INDICES, COLOURS, COLOURS_ALPHA, WIDE_GREY, WIDE_GREY_ALPHA };

struct reader {
    const char *path;
    struct lsn_error *err;
    enum lsn_status status; /* why reading stopped */
    bool out_of_memory;     /* libpng's own message would then wrongly blame the file */
    const uint8_t *at;      /* the next byte for libpng */
    size_t left;
    png_structp png;
    png_infop info;
    int width, height; /* px */
    enum layout layout;
    size_t pixel_bytes; /* bytes of a pixel in that layout */
    uint8_t *raw;       /* [height][width][pixel_bytes], allocated with at least 4 bytes a pixel */
    uint8_t colours[COLOURS_MAX][4];
    int colour_count;
};

bool lsn_png_starts(const struct lsn_bytes *bytes)
{
    return bytes->size >= 8 && png_sig_cmp(bytes->data, 0, 8) == 0;
}

static void read_failed(png_structp png, png_const_charp message)
{
    struct reader *r = png_get_error_ptr(png);

    r->status = r->out_of_memory ? lsn_fail(r->err, LSN_E_MEMORY, OUT_OF_MEMORY, r->path)
                                 : lsn_fail(r->err, LSN_E_FORMAT,
                                            "%s: is not an intact PNG file: %s", r->path, message);
    png_longjmp(png, 1);
}

static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
    struct reader *r = png_get_mem_ptr(png);
    void *block = lsn_realloc(NULL, size, 1);

    r->out_of_memory = r->out_of_memory || !block;
    return block;
}

static void release(png_structp png, png_voidp block)
{
    (void)png;
    lsn_free(block);
}

static void pass_over_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* Makes an error of a warning that may mean wrong pixels. Warnings begin with the name of a chunk.
 * Those about chunks that change no pixel are ignored, and so are those about IDAT: they concern
 * bytes after the last pixel. A warning about any other chunk may mean that transparency (tRNS) was
 * lost, possibly because a flipped bit changed the chunk's name. */
static void heed_warning(png_structp png, png_const_charp message)
{
    static const char harmless[] = "IDAT bKGD cHRM cICP eXIf gAMA hIST iCCP iTXt oFFs pCAL pHYs "
                                   "sBIT sCAL sPLT sRGB sTER tEXt tIME zTXt acTL fcTL fdAT";
    size_t i;

    if (strlen(message) < 5 || message[4] != ':')
        return;
    for (i = 0; i < sizeof harmless; i += 5)
        if (memcmp(message, harmless + i, 4) == 0)
            return;
    png_error(png, message);
}

static void read_bytes(png_structp png, png_bytep to, size_t size)
{
    struct reader *r = png_get_io_ptr(png);

    if (size > r->left)
        png_error(png, "it ends early");
    memcpy(to, r->at, size);
    r->at += size;
    r->left -= size;
}

/* Sets libpng's checks. A wrong checksum in a chunk that holds pixels is an error. A chunk beside
 * the pixels that has a wrong checksum is dropped with a warning; heed_warning() makes an error of
 * it where tRNS may be lost. Other such chunks are not parsed at all, so odd colour profiles of
 * real files do no harm. Some encoders announce a smaller zlib window than their data need, hence
 * the largest is always used, as Pillow does. */
static void be_strict(png_structp png)
{
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_benign_errors(png, 1);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
}

static void read_palette(struct reader *r)
{
    png_colorp palette = NULL;
    png_bytep opacity = NULL;
    int i, opacities = 0;

    png_get_PLTE(r->png, r->info, &palette, &r->colour_count);
    png_get_tRNS(r->png, r->info, &opacity, &opacities, NULL);
    for (i = 0; i < r->colour_count && i < COLOURS_MAX; i++) {
        r->colours[i][0] = palette[i].red;
        r->colours[i][1] = palette[i].green;
        r->colours[i][2] = palette[i].blue;
        r->colours[i][3] = i < opacities ? opacity[i] : 255;
    }
}

static bool is_little_endian(void)
{
    const uint16_t one = 1;

    return *(const uint8_t *)&one == 1;
}

/* Chooses what libpng decodes to. Palette indices are looked up here, since libpng would turn an
 * index beyond the palette into black where it must be an error. 16-bit grey stays 16 bits wide, in
 * the machine's byte order. */
static void choose_layout(struct reader *r)
{
    static const size_t bytes[] = {
        [INDICES] = 1, [COLOURS] = 3, [COLOURS_ALPHA] = 4, [WIDE_GREY] = 2, [WIDE_GREY_ALPHA] = 4};
    int type = png_get_color_type(r->png, r->info);
    bool transparent = png_get_valid(r->png, r->info, PNG_INFO_tRNS) != 0;

    if (type == PNG_COLOR_TYPE_PALETTE) {
        read_palette(r);
        png_set_packing(r->png);
        r->layout = INDICES;
    } else {
        png_set_expand(r->png);
        if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(r->png, r->info) == 16) {
            if (is_little_endian())
                png_set_swap(r->png);
            r->layout = transparent ? WIDE_GREY_ALPHA : WIDE_GREY;
        } else {
            png_set_strip_16(r->png);
            png_set_gray_to_rgb(r->png);
            r->layout = (type & PNG_COLOR_MASK_ALPHA) || transparent ? COLOURS_ALPHA : COLOURS;
        }
    }
    r->pixel_bytes = bytes[r->layout];
}

/* Reads the pixels; chunks after the last pixels are not read. */
static void read_rows(struct reader *r)
{
    size_t stride = (size_t)r->width * r->pixel_bytes;
    int passes = png_set_interlace_handling(r->png), pass, y;

    png_read_update_info(r->png, r->info);
    if (png_get_rowbytes(r->png, r->info) != stride)
        png_error(r->png, "its rows have an unexpected length");
    for (pass = 0; pass < passes; pass++)
        for (y = 0; y < r->height; y++)
            png_read_row(r->png, r->raw + (size_t)y * stride, NULL);
}

static bool read_png(struct reader *r)
{
    png_uint_32 width, height;

    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_set_read_fn(r->png, r, read_bytes);
    be_strict(r->png);
    png_read_info(r->png, r->info);
    width = png_get_image_width(r->png, r->info);
    height = png_get_image_height(r->png, r->info);
    r->status = lsn_pixels_create(r->path, width, height, 4, &r->raw, r->err);
    if (r->status != LSN_OK)
        return false;
    r->width = (int)width;
    r->height = (int)height;
    choose_layout(r);
    read_rows(r);
    return true;
}

/* Converts palette indices to R G B alpha, in place. */
static enum lsn_status look_up(struct reader *r)
{
    size_t width = (size_t)r->width, i;

    for (i = width * (size_t)r->height; i-- > 0;) {
        uint8_t index = r->raw[i];

        if (index >= r->colour_count)
            return lsn_fail(r->err, LSN_E_FORMAT,
                            "%s: pixel (%zu, %zu) has colour %d, the palette has %d", r->path,
                            i % width, i / width, index, r->colour_count);
        memcpy(r->raw + 4 * i, r->colours[index], 4);
    }
    return LSN_OK;
}

/* Converts 16-bit grey with alpha to R G B alpha. Alpha comes from tRNS here: a pixel is either
 * opaque or transparent. */
static enum lsn_status narrow_with_alpha(struct reader *r, enum lsn_depth depth)
{
    size_t count = (size_t)r->width * (size_t)r->height, i;
    uint8_t *grey = lsn_alloc(count, 2);
    enum lsn_status status;

    if (!grey)
        return lsn_fail(r->err, LSN_E_MEMORY, OUT_OF_MEMORY, r->path);
    for (i = 0; i < count; i++)
        memcpy(grey + 2 * i, r->raw + 4 * i, 2);
    status = lsn_pixels_narrow(r->path, depth, count, grey, r->err);
    for (i = 0; i < count; i++) {
        r->raw[4 * i + 3] = r->raw[4 * i + 2];
        memset(r->raw + 4 * i, grey[i], 3);
    }
    lsn_free(grey);
    return status;
}

static enum lsn_status to_rgb(struct reader *r, const struct lsn_image_options *options)
{
    size_t count = (size_t)r->width * (size_t)r->height;

    switch (r->layout) {
    case COLOURS:
        return LSN_OK;
    case WIDE_GREY:
        LSN_TRY(lsn_pixels_narrow(r->path, options->depth, count, r->raw, r->err));
        lsn_pixels_spread(count, r->raw);
        return LSN_OK;
    case WIDE_GREY_ALPHA:
        LSN_TRY(narrow_with_alpha(r, options->depth));
        break;
    case INDICES:
        LSN_TRY(look_up(r));
        break;
    case COLOURS_ALPHA:
        break;
    }
    return lsn_pixels_flatten(r->path, options->alpha, r->width, r->height, r->raw, r->err);
}

/* The orientation in the first eXIf chunk; 1 where there is none. A damaged list of chunks is no
 * error here. */
static int orientation_of(const struct lsn_bytes *bytes)
{
    size_t at = 8;

    while (bytes->size - at >= 12) {
        const uint8_t *chunk = bytes->data + at;
        size_t size = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 |
                      (size_t)chunk[3];

        if (size > bytes->size - at - 12)
            break;
        if (memcmp(chunk + 4, "eXIf", 4) == 0)
            return lsn_exif_orientation(chunk + 8, size);
        at += 12 + size;
    }
    return 1;
}

enum lsn_status lsn_png_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err)
{
    struct reader r = {.path = path, .err = err, .at = bytes->data, .left = bytes->size};

    *image = (struct lsn_image){0};
    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, read_failed, heed_warning, &r,
                                     allocate, release);
    if (r.png)
        r.info = png_create_info_struct(r.png);
    if (!r.info)
        r.status = lsn_fail(err, LSN_E_MEMORY, OUT_OF_MEMORY, path);
    else if (read_png(&r))
        r.status = to_rgb(&r, options);
    if (r.status == LSN_OK) {
        *image = (struct lsn_image){.width = r.width,
                                    .height = r.height,
                                    .channels = 3,
                                    .pixels = r.raw,
                                    .orientation = orientation_of(bytes)};
        r.raw = NULL;
    }
    png_destroy_read_struct(&r.png, &r.info, NULL);
    lsn_free(r.raw);
    return r.status;
}

struct writer {
    const char *path;
    struct lsn_error *err;
    enum lsn_status status;
    png_structp png;
    png_infop info;
};

static void write_failed(png_structp png, png_const_charp message)
{
    struct writer *w = png_get_error_ptr(png);

    w->status = lsn_fail(w->err, LSN_E_IO, "%s: cannot write: %s", w->path, message);
    png_longjmp(png, 1);
}

static void write_png(struct writer *w, const struct lsn_image *image, FILE *stream)
{
    size_t stride = (size_t)image->width * (size_t)image->channels;
    int type = image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, y;

    if (setjmp(png_jmpbuf(w->png)))
        return;
    png_init_io(w->png, stream);
    png_set_IHDR(w->png, w->info, (png_uint_32)image->width, (png_uint_32)image->height, 8, type,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(w->png, w->info);
    for (y = 0; y < image->height; y++)
        png_write_row(w->png, image->pixels + (size_t)y * stride);
    png_write_end(w->png, w->info);
}

enum lsn_status lsn_png_encode(const char *path, const struct lsn_image *image, FILE *stream,
                               struct lsn_error *err)
{
    struct writer w = {.path = path, .err = err};

    w.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &w, write_failed, pass_over_warning);
    if (w.png)
        w.info = png_create_info_struct(w.png);
    if (w.info)
        write_png(&w, image, stream);
    else
        w.status = lsn_fail(err, LSN_E_MEMORY, "%s: out of memory for writing a PNG file", path);
    png_destroy_write_struct(&w.png, &w.info);
    return w.status;
}
