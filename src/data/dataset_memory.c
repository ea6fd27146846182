/* A list of images in memory. */
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "data/dataset.h"

static enum lsn_status add_memory(struct lsn_dataset *dataset, const struct lsn_image *image,
                                  int class_index, int classes, struct lsn_error *err)
{
    struct lsn_item item = {.class_index = class_index, .memory = *image};
    size_t index = dataset->count;
    struct lsn_sha256 sha;
    char name[80];

    if (!image->pixels || image->width < 1 || image->height < 1 ||
        (image->channels != 1 && image->channels != 3))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "image %zu in memory: %d x %d px of %d channel%s%s, wanted 1 or 3 channels",
                        index, image->width, image->height, image->channels,
                        image->channels == 1 ? "" : "s", image->pixels ? "" : " without pixels");
    if (class_index < 0 || class_index >= classes)
        return lsn_fail(err, LSN_E_ARGUMENT, "image %zu in memory: class %d, the model has %d",
                        index, class_index, classes);
    lsn_sha256_start(&sha);
    lsn_sha256_add(&sha, image->pixels, lsn_item_bytes(&item));
    LSN_TRY(lsn_sha256_finish(&sha, item.sha256, err));
    snprintf(name, sizeof name, "memory:%zu:%.16s", index, item.sha256);
    item.name = lsn_strdup(name);
    item.path = lsn_strdup(name);
    if (!item.name || !item.path ||
        !lsn_grow(&dataset->items, &dataset->capacity, dataset->count, sizeof *dataset->items)) {
        lsn_free(item.name);
        lsn_free(item.path);
        return lsn_fail_memory(err, "the list of images");
    }
    dataset->items[dataset->count++] = item;
    return LSN_OK;
}

enum lsn_status lsn_dataset_create(const struct lsn_model *model, const struct lsn_image *images,
                                   const int *classes, size_t count, struct lsn_dataset **dataset,
                                   struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    size_t i;

    lsn_error_clear(err);
    *dataset = NULL;
    if (count == 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "images in memory: there are none");
    *dataset = lsn_alloc(1, sizeof **dataset);
    if (!*dataset)
        return lsn_fail_memory(err, "the list of images");
    for (i = 0; i < count && status == LSN_OK; i++)
        status = add_memory(*dataset, &images[i], classes[i], lsn_model_classes(model), err);
    lsn_text_add(&(*dataset)->matching, "memory: %zu image%s with the caller's classes", count,
                 lsn_plural(count));
    if (status == LSN_OK && (*dataset)->matching.failed)
        status = lsn_fail_memory(err, "the list of images");
    if (status == LSN_OK)
        status = lsn_dataset_hash(*dataset, err);
    if (status != LSN_OK) {
        lsn_dataset_free(*dataset);
        *dataset = NULL;
    }
    return status;
}
