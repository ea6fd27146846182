#include "sweep/crop.h"

#include "base/error.h"

enum lsn_status lsn_crop_load(const char *path, const struct lsn_model *model, enum lsn_alpha alpha,
                              struct lsn_image *crop, int size_px[2], struct lsn_error *err)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    struct lsn_image whole;
    enum lsn_status status;

    *crop = (struct lsn_image){0};
    LSN_TRY(lsn_image_load(path, alpha, &whole, err));
    if (size_px) {
        size_px[0] = whole.width;
        size_px[1] = whole.height;
    }
    status = lsn_input_crop(lsn_model_input(model), &whole, crop, &reason);
    lsn_image_free(&whole);
    return status == LSN_OK ? LSN_OK : lsn_fail(err, status, "%s: %s", path, reason.text);
}
