/* libjpeg reports an error by a longjmp, in fail() and jump_out(). Everything that must be read or
 * freed after the jump is in struct reader, which belongs to the caller of the function that calls
 * setjmp; so no variable has to be volatile. */
#include "format/jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/memory.h"
#include "format/exif.h"
#include "format/pixels.h"

/* A progressive file costs a pass over the image for each scan. Encoders make about ten scans, but
 * a few hostile bytes can ask for any number. */
#define SCANS_MAX 500

struct reader {
    struct jpeg_decompress_struct jpeg; /* client_data is this struct */
    struct jpeg_error_mgr manager;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    const char *path;
    struct lsn_error *err;
    enum lsn_status status; /* why reading stopped */
    int orientation;        /* by EXIF */
    size_t channels;        /* of what libjpeg decodes to: 3 for R G B, 4 for C M Y K */
    uint8_t *pixels;        /* [height][width][channels] */
};

bool lsn_jpeg_starts(const struct lsn_bytes *bytes)
{
    const uint8_t *b = bytes->data;

    return bytes->size >= 3 && b[0] == 0xFF && b[1] == 0xD8 && b[2] == 0xFF;
}

/* Ends the decoding with libjpeg's current message as the reason; does not return. */
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

/* Makes warnings errors. A negative level means that data are missing or damaged, where libjpeg
 * would go on with invented pixels. Some warnings are ignored, since they change no pixel, and
 * libjpeg decodes these files as Pillow does: a header of an unknown revision; an unknown colour
 * transform (taken for YCbCr or YCCK); scan parameters that sequential files do not use (phones
 * write 0 0 0); and superfluous bytes before a marker, as some files of ImageNet have before the
 * end-of-image marker. Superfluous bytes before a restart marker stay an error: there they mean
 * that the interval before was not decoded to its end. */
static void on_message(j_common_ptr jpeg, int level)
{
    int marker = jpeg->err->msg_parm.i[1];

    if (level >= 0)
        return;
    switch (jpeg->err->msg_code) {
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_NOT_SEQUENTIAL:
        return;
    case JWRN_EXTRANEOUS_DATA:
        if (!(marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7))
            return;
        break;
    default:
        break;
    }
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

static bool check_header(struct reader *r)
{
    switch (r->jpeg.jpeg_color_space) {
    case JCS_GRAYSCALE:
    case JCS_RGB:
    case JCS_YCbCr:
        r->jpeg.out_color_space = JCS_RGB;
        r->channels = 3;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        r->jpeg.out_color_space = JCS_CMYK;
        r->channels = 4;
        break;
    default:
        r->status = lsn_fail(r->err, LSN_E_UNSUPPORTED,
                             "%s: has %d components, a JPEG of 1, 3 or 4 is read", r->path,
                             r->jpeg.num_components);
        return false;
    }
    r->status = lsn_pixels_create(r->path, r->jpeg.image_width, r->jpeg.image_height, r->channels,
                                  &r->pixels, r->err);
    return r->status == LSN_OK;
}

/* The orientation by the first EXIF block, as in Pillow. Called before the pixels are read, since
 * libjpeg forgets the markers at the end of the image. */
static int exif_orientation(const struct reader *r)
{
    jpeg_saved_marker_ptr marker;

    for (marker = r->jpeg.marker_list; marker; marker = marker->next)
        if (marker->data_length >= 6 && memcmp(marker->data, "Exif", 5) == 0)
            return lsn_exif_orientation(marker->data, marker->data_length);
    return 1;
}

static bool read_jpeg(struct reader *r, const struct lsn_bytes *bytes)
{
    if (setjmp(r->escape))
        return false;
    jpeg_create_decompress(&r->jpeg);
    r->jpeg.progress = &r->progress;
    jpeg_mem_src(&r->jpeg, bytes->data, (unsigned long)bytes->size);
    jpeg_save_markers(&r->jpeg, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&r->jpeg, TRUE);
    if (!check_header(r))
        return false;
    r->orientation = exif_orientation(r);
    jpeg_start_decompress(&r->jpeg);
    while (r->jpeg.output_scanline < r->jpeg.output_height) {
        JSAMPROW row = r->pixels +
                       (size_t)r->jpeg.output_scanline * (size_t)r->jpeg.output_width * r->channels;

        jpeg_read_scanlines(&r->jpeg, &row, 1);
    }
    /* Reads up to the end-of-image marker, so that a file without one is refused. */
    jpeg_finish_decompress(&r->jpeg);
    return true;
}

/* CMYK becomes R G B. As Pillow does, all CMYK files are taken for inverted, as Adobe's are, even
 * without Adobe's marker. */
static void cmyk_to_rgb(struct reader *r)
{
    size_t count = (size_t)r->jpeg.output_width * r->jpeg.output_height, i;

    if (r->channels == 3)
        return;
    for (i = 0; i < count * 4; i++)
        r->pixels[i] = (uint8_t)(255 - r->pixels[i]);
    lsn_pixels_from_cmyk(count, r->pixels);
}

enum lsn_status lsn_jpeg_decode(const char *path, const struct lsn_bytes *bytes,
                                const struct lsn_image_options *options, struct lsn_image *image,
                                struct lsn_error *err)
{
    struct reader r = {.path = path, .err = err};

    (void)options; /* JPEG has neither alpha nor 16-bit samples */
    *image = (struct lsn_image){0};
    r.jpeg.err = jpeg_std_error(&r.manager);
    r.jpeg.client_data = &r;
    r.manager.error_exit = fail;
    r.manager.emit_message = on_message;
    r.progress.progress_monitor = on_progress;
    if (read_jpeg(&r, bytes)) {
        cmyk_to_rgb(&r);
        *image = (struct lsn_image){.width = (int)r.jpeg.output_width,
                                    .height = (int)r.jpeg.output_height,
                                    .channels = 3,
                                    .pixels = r.pixels,
                                    .orientation = r.orientation};
        r.pixels = NULL;
    }
    jpeg_destroy_decompress(&r.jpeg);
    lsn_free(r.pixels);
    return r.status;
}
