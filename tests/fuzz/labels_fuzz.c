/* A labels.csv, of a folder with two images, for the golden alexnet's classes. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "lesion/dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lsn_model *model; /* for all inputs of the process */
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;
    char folder[200];
    size_t i;

    if (!model) {
        (void)fuzz_file("a.png", data, 0);
        (void)fuzz_file("b.jpg", data, 0);
        if (lsn_model_load(fuzz_golden("networks/alexnet.bin", "m.bin"), NULL, &model, NULL))
            return 0;
    }
    strcpy(folder, fuzz_file("list.csv", data, size));
    *strrchr(folder, '/') = '\0';
    if (lsn_dataset_open(folder, fuzz_path("list.csv"), LSN_FOLDER_ORDER_AUTO, model, &dataset,
                         &err) != LSN_OK) {
        fuzz_must(err.text[0] && !dataset, "a failure says why");
        return 0;
    }
    for (i = 0; i < lsn_dataset_count(dataset); i++)
        fuzz_must(lsn_dataset_class(dataset, i) >= 0 &&
                      lsn_dataset_class(dataset, i) < lsn_model_classes(model),
                  "a class of the model");
    lsn_dataset_free(dataset);
    return 0;
}
