#include "data/crop.h"

#include "base/error.h"
#include "data/dataset.h"

enum lsn_status lsn_crop_load(const struct lsn_dataset *dataset, size_t image,
                              const struct lsn_model *model,
                              const struct lsn_image_options *loading, struct lsn_image *crop,
                              struct lsn_crop_facts *facts, struct lsn_error *err)
{
    const struct lsn_item *memory = lsn_dataset_memory(dataset, image);
    const char *path = lsn_dataset_path(dataset, image);
    struct lsn_error reason = LSN_ERROR_NONE;
    struct lsn_image whole;
    enum lsn_status status;

    *crop = (struct lsn_image){0};
    if (memory)
        whole = memory->memory;
    else
        LSN_TRY(lsn_image_load(path, loading, &whole, err));
    if (facts)
        *facts = (struct lsn_crop_facts){whole.width, whole.height, whole.orientation};
    status = lsn_input_crop(lsn_model_input(model), &whole, crop, &reason);
    if (!memory)
        lsn_image_free(&whole);
    return status == LSN_OK ? LSN_OK : lsn_fail(err, status, "%s: %s", path, reason.text);
}
