/* What made a table, beside it: enough to make it again. */
#include "base/error.h"
#include "base/text.h"
#include "format/file.h"
#include "format/json.h"
#include "lesion/table.h"
#include "lesion/version.h"

static void add_pair(struct lsn_text *text, const char *key, const char *value)
{
    lsn_json_add_string(text, key);
    lsn_text_add(text, ": ");
    lsn_json_add_string(text, value);
}

enum lsn_status lsn_provenance_write(const char *path, bool force, const struct lsn_model *model,
                                     const struct lsn_dataset *dataset, const char *command,
                                     const char *const (*options)[2], int option_count,
                                     size_t images, struct lsn_error *err)
{
    struct lsn_blas blas = lsn_blas_describe();
    const char *const facts[][2] = {
        {"lesion", lsn_version()}, {"openblas", blas.config},
        {"blas_core", blas.core},  {"model_sha256", lsn_model_sha256(model)},
        {"command", command},      {"image_list_sha256", lsn_dataset_sha256(dataset)},
    };
    struct lsn_text text = {0};
    enum lsn_status status;
    size_t i;
    int j;

    for (i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        lsn_text_add(&text, i ? ",\n  " : "{\n  ");
        add_pair(&text, facts[i][0], facts[i][1]);
    }
    lsn_text_add(&text, ",\n  \"images_listed\": %zu,\n  \"images\": %zu,\n  \"options\": {",
                 lsn_dataset_count(dataset), images);
    for (j = 0; j < option_count; j++) {
        lsn_text_add(&text, j ? ",\n    " : "\n    ");
        add_pair(&text, options[j][0], options[j][1]);
    }
    lsn_text_add(&text, "\n  }\n}\n");
    status = text.failed ? lsn_fail_memory(err, "the provenance")
                         : lsn_file_write(path, force, text.bytes, text.length, err);
    lsn_text_free(&text);
    return status;
}
