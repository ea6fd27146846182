/* What one kernel is worth at one contrast.
 * cc drop.c -o drop $(pkg-config --cflags --libs lesion); ./drop alexnet.bin val conv1 3 0.1 */
#include <lesion/lesion.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_condition shown = {.contrast = argc == 6 ? atof(argv[5]) : 1};
    struct lsn_dataset *images = NULL;
    struct lsn_results *results = NULL;
    struct lsn_model *model = NULL;
    struct lsn_drop drop;
    struct lsn_error err;

    if (argc != 6)
        return fprintf(stderr, "usage: drop MODEL IMAGES LAYER KERNEL CONTRAST\n"), 2;
    options.conditions = &shown;
    options.condition_count = 1;
    options.layers = argv[3];
    options.kernels = argv[4];
    if (lsn_model_load(argv[1], NULL, &model, &err) != LSN_OK ||
        lsn_dataset_open(argv[2], NULL, LSN_FOLDER_ORDER_AUTO, model, &images, &err) != LSN_OK ||
        lsn_sweep_run(model, images, &options, &results, &err) != LSN_OK ||
        lsn_results_drop(results, 0, 0, &drop, &err) != LSN_OK)
        fprintf(stderr, "%s\n", err.text);
    else
        printf("lost %zu, gained %zu of %zu images, drop %.9g\n", drop.lost, drop.gained,
               drop.images, drop.drop);
    lsn_results_free(results);
    lsn_dataset_free(images);
    lsn_model_free(model);
    return err.code != LSN_OK;
}
