#include "format/webp.h"

#include <string.h>

bool lsn_webp_starts(const struct lsn_bytes *bytes)
{
    return bytes->size >= 12 && memcmp(bytes->data, "RIFF", 4) == 0 &&
           memcmp(bytes->data + 8, "WEBP", 4) == 0;
}

#ifdef LSN_WEBP

#include <errno.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "base/memory.h"
#include "format/exif.h"
#include "format/pixels.h"

/* Reports a decoding failure. libwebp does not always report a lack of memory, but malloc leaves
 * ENOMEM in errno. */
static enum lsn_status fail_decoding(const char *path, VP8StatusCode code, struct lsn_error *err)
{
    switch (errno == ENOMEM ? VP8_STATUS_OUT_OF_MEMORY : code) {
    case VP8_STATUS_OUT_OF_MEMORY:
        return lsn_fail(err, LSN_E_MEMORY, "%s: out of memory for reading a WebP file", path);
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: WebP of a kind that is not read", path);
    case VP8_STATUS_NOT_ENOUGH_DATA:
        return lsn_fail(err, LSN_E_FORMAT, "%s: is not an intact WebP file: it ends early", path);
    default:
        return lsn_fail(err, LSN_E_FORMAT, "%s: is not an intact WebP file: its data are damaged",
                        path);
    }
}

/* Decodes a frame to its place on the canvas [height][width][4]. */
static enum lsn_status decode_frame(const char *path, const WebPIterator *frame, size_t width,
                                    size_t height, uint8_t *canvas, struct lsn_error *err)
{
    size_t x = (size_t)frame->x_offset, y = (size_t)frame->y_offset;
    size_t w = (size_t)frame->width, h = (size_t)frame->height;
    WebPDecoderConfig config;
    VP8StatusCode code;

    if (!WebPInitDecoderConfig(&config))
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: libwebp is of another version than built with",
                        path);
    code = WebPGetFeatures(frame->fragment.bytes, frame->fragment.size, &config.input);
    if (code != VP8_STATUS_OK)
        return fail_decoding(path, code, err);
    if (x > width || w > width - x || y > height || h > height - y ||
        (size_t)config.input.width != w || (size_t)config.input.height != h)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: its frame of %zu x %zu px does not fit %zu x %zu px", path, w, h,
                        width, height);
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = canvas + (y * width + x) * 4;
    config.output.u.RGBA.stride = (int)(width * 4);
    config.output.u.RGBA.size = (height - y) * width * 4 - x * 4;
    code = WebPDecode(frame->fragment.bytes, frame->fragment.size, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? LSN_OK : fail_decoding(path, code, err);
}

static int orientation_of(const WebPDemuxer *demuxer)
{
    WebPChunkIterator chunk;
    int orientation = 1;

    if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk))
        orientation = lsn_exif_orientation(chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return orientation;
}

static enum lsn_status decode(const char *path, const WebPDemuxer *demuxer, enum lsn_alpha alpha,
                              struct lsn_image *image, struct lsn_error *err)
{
    size_t width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    size_t height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    bool has_alpha = WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS) & ALPHA_FLAG;
    enum lsn_status status;
    WebPIterator frame;
    uint8_t *pixels;

    LSN_TRY(lsn_pixels_create(path, width, height, 4, &pixels, err));
    if (!WebPDemuxGetFrame(demuxer, 1, &frame) || !frame.complete)
        status = lsn_fail(err, LSN_E_FORMAT,
                          "%s: is not an intact WebP file: it has no whole frame", path);
    else
        status = decode_frame(path, &frame, width, height, pixels, err);
    WebPDemuxReleaseIterator(&frame);
    if (status == LSN_OK)
        status = lsn_pixels_flatten(path, has_alpha ? alpha : LSN_ALPHA_DROP, (int)width,
                                    (int)height, pixels, err);
    if (status != LSN_OK) {
        lsn_free(pixels);
        return status;
    }
    *image = (struct lsn_image){.width = (int)width,
                                .height = (int)height,
                                .channels = 3,
                                .pixels = pixels,
                                .orientation = orientation_of(demuxer)};
    return LSN_OK;
}

enum lsn_status lsn_webp_decode(const char *path, const struct lsn_bytes *bytes,
                                const struct lsn_image_options *options, struct lsn_image *image,
                                struct lsn_error *err)
{
    const WebPData data = {bytes->data, bytes->size};
    enum lsn_status status;
    WebPDemuxer *demuxer;

    *image = (struct lsn_image){0};
    errno = 0;
    demuxer = WebPDemux(&data);
    if (!demuxer)
        return fail_decoding(path, VP8_STATUS_NOT_ENOUGH_DATA, err);
    status = decode(path, demuxer, options->alpha, image, err);
    WebPDemuxDelete(demuxer);
    return status;
}

#endif
