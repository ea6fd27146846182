#include <errno.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "format/file.h"

static enum lsn_status read_images(const char *folder, const char *labels_path,
                                   enum lsn_folder_order order, const struct lsn_classes *classes,
                                   struct lsn_dataset *dataset, struct lsn_error *err)
{
    enum lsn_status status;
    struct stat info;
    char *own;

    if (stat(folder, &info) != 0)
        return lsn_fail_errno(err, errno, "%s: cannot open the folder of images", folder);
    if (!S_ISDIR(info.st_mode))
        return lsn_fail(err, LSN_E_IO, "%s: is not a folder", folder);
    if (labels_path)
        return lsn_dataset_add_table(dataset, folder, labels_path, classes, err);
    own = lsn_path_join(folder, "labels.csv");
    if (!own)
        return lsn_fail_memory(err, "a path");
    /* Where labels.csv exists but cannot be examined, opening it fails with the reason; it is not
     * treated as absent. */
    if (stat(own, &info) == 0 || errno != ENOENT)
        status = lsn_dataset_add_table(dataset, folder, own, classes, err);
    else
        status = lsn_dataset_add_folders(dataset, folder, classes, order, err);
    lsn_free(own);
    return status;
}

enum lsn_status lsn_dataset_open(const char *folder, const char *labels_path,
                                 enum lsn_folder_order order, const struct lsn_model *model,
                                 struct lsn_dataset **dataset, struct lsn_error *err)
{
    struct lsn_classes classes;
    enum lsn_status status;

    lsn_error_clear(err);
    *dataset = lsn_alloc(1, sizeof **dataset);
    if (!*dataset)
        return lsn_fail_memory(err, "the list of images");
    status = lsn_classes_read(model, &classes, err);
    if (status == LSN_OK)
        status = read_images(folder, labels_path, order, &classes, *dataset, err);
    lsn_classes_free(&classes);
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
