/* libjpeg leaves by the longjmp in fail() and jump_out(). Whatever has to be seen or
 * freed after the jump lives in struct reader, which the caller of setjmp's function
 * owns, so nothing has to be volatile. */
#include "format/jpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/memory.h"

/* A progressive file costs a pass over the image per scan; encoders make about
 * ten, and a few bytes can ask for any number. */
#define SCANS_MAX 500

struct reader {
    struct jpeg_decompress_struct jpeg; /* client_data is this struct */
    struct jpeg_error_mgr manager;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    const char *path;
    struct lsn_error *err;
    enum lsn_status status; /* why reading stopped */
    uint8_t *pixels;        /* [height][width][3] */
};

bool lsn_jpeg_starts(const struct lsn_bytes *bytes)
{
    const uint8_t *b = bytes->data;

    return bytes->size >= 3 && b[0] == 0xFF && b[1] == 0xD8 && b[2] == 0xFF;
}

/* libjpeg's current message as the reason for ending; does not return. */
static void fail(j_common_ptr jpeg)
{
    struct reader *r = jpeg->client_data;
    char message[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, message);
    switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
        r->status = lsn_fail(r->err, LSN_E_MEMORY, "%s: %s", r->path, message);
        break;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_ARITH_NOTIMPL:
        r->status = lsn_fail(r->err, LSN_E_UNSUPPORTED, "%s: JPEG of a kind that is not read: %s",
                             r->path, message);
        break;
    default:
        r->status =
            lsn_fail(r->err, LSN_E_FORMAT, "%s: is not an intact JPEG file: %s", r->path, message);
    }
    longjmp(r->escape, 1);
}

/* A negative level is libjpeg's warning: data are missing or damaged, and it would
 * go on with invented pixels. The one that is let pass is bytes too many before a
 * marker: real ImageNet files have a few before EOI, and no pixel depends on them.
 * Before a restart marker, though, they mean that an interval did not decode to its
 * end. */
static void on_message(j_common_ptr jpeg, int level)
{
    int marker = jpeg->err->msg_parm.i[1];

    if (level >= 0)
        return;
    if (jpeg->err->msg_code == JWRN_EXTRANEOUS_DATA &&
        !(marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7))
        return;
    fail(jpeg);
}

static void on_progress(j_common_ptr jpeg)
{
    struct reader *r = jpeg->client_data;

    if (r->jpeg.input_scan_number <= SCANS_MAX)
        return;
    r->status =
        lsn_fail(r->err, LSN_E_UNSUPPORTED, "%s: has more than %d scans", r->path, SCANS_MAX);
    longjmp(r->escape, 1);
}

static const char *unsupported_colours(J_COLOR_SPACE space)
{
    switch (space) {
    case JCS_GRAYSCALE:
    case JCS_RGB:
    case JCS_YCbCr:
        return NULL;
    case JCS_CMYK:
        return "CMYK";
    case JCS_YCCK:
        return "YCCK";
    default:
        return "unknown";
    }
}

static bool check_header(struct reader *r)
{
    const char *colours = unsupported_colours(r->jpeg.jpeg_color_space);
    uint64_t pixels = (uint64_t)r->jpeg.image_width * r->jpeg.image_height;

    if (colours)
        r->status = lsn_fail(r->err, LSN_E_UNSUPPORTED,
                             "%s: has %s colours (%d components), grey, YCbCr or RGB is wanted",
                             r->path, colours, r->jpeg.num_components);
    else if (pixels > LSN_IMAGE_PIXELS_MAX)
        r->status = lsn_fail(r->err, LSN_E_MEMORY, "%s: has %lu x %lu px, at most %d px are read",
                             r->path, (unsigned long)r->jpeg.image_width,
                             (unsigned long)r->jpeg.image_height, LSN_IMAGE_PIXELS_MAX);
    else
        r->pixels = lsn_alloc((size_t)pixels, 3);
    if (!r->pixels && r->status == LSN_OK)
        r->status =
            lsn_fail(r->err, LSN_E_MEMORY, "%s: out of memory for %lu x %lu px", r->path,
                     (unsigned long)r->jpeg.image_width, (unsigned long)r->jpeg.image_height);
    return r->status == LSN_OK;
}

static bool read_jpeg(struct reader *r, const struct lsn_bytes *bytes)
{
    if (setjmp(r->escape))
        return false;
    jpeg_create_decompress(&r->jpeg);
    r->jpeg.progress = &r->progress;
    jpeg_mem_src(&r->jpeg, bytes->data, (unsigned long)bytes->size);
    jpeg_read_header(&r->jpeg, TRUE);
    if (!check_header(r))
        return false;
    r->jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&r->jpeg);
    while (r->jpeg.output_scanline < r->jpeg.output_height) {
        JSAMPROW row =
            r->pixels + (size_t)r->jpeg.output_scanline * (size_t)r->jpeg.output_width * 3;

        jpeg_read_scanlines(&r->jpeg, &row, 1);
    }
    /* Reads up to EOI, so a file without one does not pass. */
    jpeg_finish_decompress(&r->jpeg);
    return true;
}

enum lsn_status lsn_jpeg_decode(const char *path, const struct lsn_bytes *bytes,
                                struct lsn_image *image, struct lsn_error *err)
{
    struct reader r = {.path = path, .err = err};

    *image = (struct lsn_image){0};
    r.jpeg.err = jpeg_std_error(&r.manager);
    r.jpeg.client_data = &r;
    r.manager.error_exit = fail;
    r.manager.emit_message = on_message;
    r.progress.progress_monitor = on_progress;
    if (read_jpeg(&r, bytes)) {
        *image = (struct lsn_image){.width = (int)r.jpeg.output_width,
                                    .height = (int)r.jpeg.output_height,
                                    .pixels = r.pixels};
        r.pixels = NULL;
    }
    jpeg_destroy_decompress(&r.jpeg);
    lsn_free(r.pixels);
    return r.status;
}
