/* libpng leaves by longjmp. Whatever has to be seen or freed after the jump lives
 * in a struct of the caller's, so no local of a function that calls setjmp is
 * changed after it, and nothing has to be volatile. */
#include "format/png.h"

#include <errno.h>
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"

#define COLOURS_MAX   256
#define OUT_OF_MEMORY "%s: out of memory for reading a PNG file"

struct reader {
    const char *path;
    struct lsn_error *err;
    enum lsn_status status; /* why reading stopped */
    bool out_of_memory;     /* what libpng then says would blame the file */
    const uint8_t *at;      /* what libpng reads next */
    size_t left;
    png_structp png;
    png_infop info;
    int width, height; /* px */
    int channels;      /* 1: palette indices, 3: R G B, 4: R G B alpha */
    uint8_t *raw;      /* [height][width][channels] */
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

static void read_bytes(png_structp png, png_bytep to, size_t size)
{
    struct reader *r = png_get_io_ptr(png);

    if (size > r->left)
        png_error(png, "it ends early");
    memcpy(to, r->at, size);
    r->at += size;
    r->left -= size;
}

/* Nothing is forgiven: by default libpng drops an ancillary chunk with a wrong
 * CRC or content, which would lose tRNS, and takes a wrong zlib checksum. The
 * other ancillary chunks are not parsed, so real files' odd profiles do no harm. */
static void be_strict(png_structp png)
{
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_benign_errors(png, 0);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
}

static bool check_size(struct reader *r)
{
    png_uint_32 width = png_get_image_width(r->png, r->info);
    png_uint_32 height = png_get_image_height(r->png, r->info);

    if ((uint64_t)width * height > LSN_IMAGE_PIXELS_MAX) {
        r->status =
            lsn_fail(r->err, LSN_E_MEMORY, "%s: has %lu x %lu px, at most %d px are read", r->path,
                     (unsigned long)width, (unsigned long)height, LSN_IMAGE_PIXELS_MAX);
        return false;
    }
    r->width = (int)width;
    r->height = (int)height;
    return true;
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

/* Palette indices stay indices: libpng's own expansion turns one beyond the
 * palette into black, and it has to be an error. */
static void choose_layout(struct reader *r)
{
    int type = png_get_color_type(r->png, r->info);

    if (type == PNG_COLOR_TYPE_PALETTE) {
        read_palette(r);
        png_set_packing(r->png);
        r->channels = 1;
    } else {
        bool transparent = png_get_valid(r->png, r->info, PNG_INFO_tRNS) != 0;

        png_set_expand(r->png);
        png_set_strip_16(r->png);
        png_set_gray_to_rgb(r->png);
        r->channels = (type & PNG_COLOR_MASK_ALPHA) || transparent ? 4 : 3;
    }
}

static void read_rows(struct reader *r)
{
    size_t stride = (size_t)r->width * (size_t)r->channels;
    int passes = png_set_interlace_handling(r->png), pass, y;

    png_read_update_info(r->png, r->info);
    if (png_get_rowbytes(r->png, r->info) != stride)
        png_error(r->png, "its rows have an unexpected length");
    for (pass = 0; pass < passes; pass++)
        for (y = 0; y < r->height; y++)
            png_read_row(r->png, r->raw + (size_t)y * stride, NULL);
    png_read_end(r->png, NULL);
}

static bool read_png(struct reader *r)
{
    if (setjmp(png_jmpbuf(r->png)))
        return false;
    png_set_read_fn(r->png, r, read_bytes);
    be_strict(r->png);
    png_read_info(r->png, r->info);
    if (!check_size(r))
        return false;
    choose_layout(r);
    r->raw = lsn_alloc((size_t)r->width * (size_t)r->height, (size_t)r->channels);
    if (!r->raw) {
        r->status = lsn_fail(r->err, LSN_E_MEMORY, "%s: out of memory for %d x %d px", r->path,
                             r->width, r->height);
        return false;
    }
    read_rows(r);
    return true;
}

/* One pixel of raw as R G B alpha, or NULL for an index beyond the palette. */
static const uint8_t *colour_at(const struct reader *r, size_t pixel)
{
    if (r->channels == 4)
        return r->raw + pixel * 4;
    return r->raw[pixel] < r->colour_count ? r->colours[r->raw[pixel]] : NULL;
}

static enum lsn_status flatten(const struct reader *r, enum lsn_alpha alpha, uint8_t *pixels)
{
    size_t count = (size_t)r->width * (size_t)r->height, width = (size_t)r->width, i;
    int k;

    for (i = 0; i < count; i++, pixels += 3) {
        const uint8_t *colour = colour_at(r, i);

        if (!colour)
            return lsn_fail(r->err, LSN_E_FORMAT,
                            "%s: pixel (%zu, %zu) has colour %d, the palette has %d", r->path,
                            i % width, i / width, r->raw[i], r->colour_count);
        if (colour[3] != 255 && alpha == LSN_ALPHA_REFUSE)
            return lsn_fail(r->err, LSN_E_UNSUPPORTED,
                            "%s: pixel (%zu, %zu) has alpha %d of 255, only opaque images are "
                            "taken unless compositing on black is asked for (--alpha black)",
                            r->path, i % width, i / width, colour[3]);
        for (k = 0; k < 3; k++)
            pixels[k] = (uint8_t)((colour[k] * colour[3] + 127) / 255);
    }
    return LSN_OK;
}

static enum lsn_status to_rgb(struct reader *r, enum lsn_alpha alpha, struct lsn_image *image)
{
    uint8_t *pixels;

    if (r->channels == 3) {
        pixels = r->raw;
        r->raw = NULL;
    } else {
        enum lsn_status status;

        pixels = lsn_alloc((size_t)r->width * (size_t)r->height, 3);
        if (!pixels)
            return lsn_fail(r->err, LSN_E_MEMORY, "%s: out of memory for %d x %d px", r->path,
                            r->width, r->height);
        status = flatten(r, alpha, pixels);
        if (status != LSN_OK) {
            lsn_free(pixels);
            return status;
        }
    }
    *image = (struct lsn_image){.width = r->width, .height = r->height, .pixels = pixels};
    return LSN_OK;
}

enum lsn_status lsn_png_decode(const char *path, const struct lsn_bytes *bytes,
                               enum lsn_alpha alpha, struct lsn_image *image, struct lsn_error *err)
{
    struct reader r = {.path = path, .err = err, .at = bytes->data, .left = bytes->size};

    *image = (struct lsn_image){0};
    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, read_failed, pass_over_warning, &r,
                                     allocate, release);
    if (r.png)
        r.info = png_create_info_struct(r.png);
    if (!r.info)
        r.status = lsn_fail(err, LSN_E_MEMORY, OUT_OF_MEMORY, path);
    else if (read_png(&r))
        r.status = to_rgb(&r, alpha, image);
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
    size_t stride = (size_t)image->width * 3;
    int y;

    if (setjmp(png_jmpbuf(w->png)))
        return;
    png_init_io(w->png, stream);
    png_set_IHDR(w->png, w->info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
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
