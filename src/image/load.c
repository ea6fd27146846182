#include "image/load.h"

#include "base/error.h"
#include "base/memory.h"
#include "format/bmp.h"
#include "format/file.h"
#include "format/foreign.h"
#include "format/jpeg.h"
#include "format/png.h"
#include "format/pnm.h"
#include "format/tiff.h"
#include "format/webp.h"

#define FILE_BYTES_MAX ((size_t)1 << 30)

#ifdef LSN_WEBP
#define WEBP_LIBRARY "libwebp"
#define DECODE_WEBP  lsn_webp_decode
#else
#define WEBP_LIBRARY NULL
#define DECODE_WEBP  NULL
#endif

#ifdef LSN_TIFF
#define TIFF_LIBRARY "libtiff"
#define DECODE_TIFF  lsn_tiff_decode
#else
#define TIFF_LIBRARY NULL
#define DECODE_TIFF  NULL
#endif

static const struct lsn_image_format formats[] = {
    {"PNG", "libpng"},      {"JPEG", "libjpeg"}, {"WebP", WEBP_LIBRARY},
    {"TIFF", TIFF_LIBRARY}, {"BMP", "lesion"},   {"PNM", "lesion"},
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

/* The readers, in the order of the image formats. */
static const struct reader {
    bool (*starts)(const struct lsn_bytes *bytes);
    enum lsn_status (*decode)(const char *path, const struct lsn_bytes *bytes,
                              const struct lsn_image_options *options, struct lsn_image *image,
                              struct lsn_error *err);
} readers[FORMAT_COUNT] = {
    {lsn_png_starts, lsn_png_decode}, {lsn_jpeg_starts, lsn_jpeg_decode},
    {lsn_webp_starts, DECODE_WEBP},   {lsn_tiff_starts, DECODE_TIFF},
    {lsn_bmp_starts, lsn_bmp_decode}, {lsn_pnm_starts, lsn_pnm_decode},
};

enum lsn_status lsn_image_decode(const char *path, const struct lsn_bytes *bytes,
                                 const struct lsn_image_options *options, struct lsn_image *image,
                                 struct lsn_error *err)
{
    static const struct lsn_image_options refuse = {0};
    size_t i;

    *image = (struct lsn_image){0};
    for (i = 0; i < FORMAT_COUNT; i++) {
        if (!readers[i].starts(bytes))
            continue;
        if (readers[i].decode)
            return readers[i].decode(path, bytes, options ? options : &refuse, image, err);
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: is a %s file, which this build does not read: convert it to PNG", path,
                        formats[i].name);
    }
    return lsn_foreign_refuse(path, bytes, err);
}

enum lsn_status lsn_image_load(const char *path, const struct lsn_image_options *options,
                               struct lsn_image *image, struct lsn_error *err)
{
    enum lsn_status status;
    struct lsn_bytes bytes;

    lsn_error_clear(err);
    *image = (struct lsn_image){0};
    LSN_TRY(lsn_file_read(path, FILE_BYTES_MAX, &bytes, err));
    status = lsn_image_decode(path, &bytes, options, image, err);
    lsn_free(bytes.data);
    return status;
}

const struct lsn_image_format *lsn_image_formats(int *count)
{
    *count = (int)FORMAT_COUNT;
    return formats;
}

enum lsn_status lsn_image_save_png(const char *path, bool force, const struct lsn_image *image,
                                   struct lsn_error *err)
{
    struct lsn_output output;
    enum lsn_status status;

    lsn_error_clear(err);
    LSN_TRY(lsn_output_open(&output, path, force, err));
    status = lsn_png_encode(path, image, output.stream, err);
    if (status == LSN_OK)
        return lsn_output_commit(&output, err);
    lsn_output_abort(&output);
    return status;
}
