/* A run directory in which one file is replaced: the first byte says which. All tables are
 * made of what is read. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "lesion/table.h"

static const char *const files[] = {"run.json",        "images.csv",       "conditions.csv",
                                    "kernels.csv",     "predicted.npy",    "rank.npy",
                                    "loss.npy",        "margin.npy",       "same.npy",
                                    "area.npy",        "intact_rank.npy",  "intact_predicted.npy",
                                    "intact_loss.npy", "intact_margin.npy"};

#define FILES (sizeof files / sizeof files[0])

static void write_tables(const struct lsn_results *results)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;

    options.flips = 3;
    (void)lsn_table_write_kernels(fuzz_path("t"), true, results, NULL);
    (void)lsn_table_write_layers(fuzz_path("t"), true, results, NULL);
    (void)lsn_table_write_intact(fuzz_path("t"), true, results, NULL);
    (void)lsn_table_write_images(fuzz_path("t"), true, results, NULL);
    (void)lsn_table_write_selectivity(fuzz_path("t"), true, results, &options, NULL);
    (void)lsn_table_write_classes(fuzz_path("t"), true, results, &options, NULL);
}

static void restore(const char *name)
{
    char golden[100] = "tables/run/";

    (void)fuzz_golden(strcat(golden, name), name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int laid_out;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    const char *name;
    char folder[200];
    size_t i;

    for (i = 0; i < FILES && !laid_out; i++)
        restore(files[i]);
    laid_out = 1;
    if (size < 1)
        return 0;
    name = files[data[0] % FILES];
    strcpy(folder, fuzz_file(name, data + 1, size - 1));
    *strrchr(folder, '/') = '\0';
    if (lsn_results_open(folder, &results, &err) == LSN_OK)
        write_tables(results);
    else
        fuzz_must(err.text[0] && !results, "a failure says why");
    lsn_results_free(results);
    restore(name);
    return 0;
}
