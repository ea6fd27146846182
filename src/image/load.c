#include "base/memory.h"
#include "format/file.h"
#include "format/jpeg.h"
#include "format/png.h"
#include "lesion/image.h"

#define FILE_BYTES_MAX ((size_t)1 << 30)

static enum lsn_status refuse_type(const char *path, const struct lsn_bytes *bytes,
                                   struct lsn_error *err)
{
    if (bytes->size < 4)
        return lsn_fail(err, LSN_E_FORMAT, "%s: has %zu bytes, a PNG or JPEG file is wanted", path,
                        bytes->size);
    return lsn_fail(err, LSN_E_FORMAT,
                    "%s: starts with the bytes %02X %02X %02X %02X, a PNG or JPEG file is wanted",
                    path, bytes->data[0], bytes->data[1], bytes->data[2], bytes->data[3]);
}

enum lsn_status lsn_image_load(const char *path, enum lsn_alpha alpha, struct lsn_image *image,
                               struct lsn_error *err)
{
    struct lsn_bytes bytes;
    enum lsn_status status;

    *image = (struct lsn_image){0};
    LSN_TRY(lsn_file_read(path, FILE_BYTES_MAX, &bytes, err));
    if (lsn_png_starts(&bytes))
        status = lsn_png_decode(path, &bytes, alpha, image, err);
    else if (lsn_jpeg_starts(&bytes))
        status = lsn_jpeg_decode(path, &bytes, image, err);
    else
        status = refuse_type(path, &bytes, err);
    lsn_free(bytes.data);
    return status;
}

enum lsn_status lsn_image_save_png(const char *path, bool force, const struct lsn_image *image,
                                   struct lsn_error *err)
{
    struct lsn_output output;
    enum lsn_status status;

    LSN_TRY(lsn_output_open(&output, path, force, err));
    status = lsn_png_encode(path, image, output.stream, err);
    if (status == LSN_OK)
        return lsn_output_commit(&output, err);
    lsn_output_abort(&output);
    return status;
}

void lsn_image_free(struct lsn_image *image)
{
    lsn_free(image->pixels);
    *image = (struct lsn_image){0};
}
