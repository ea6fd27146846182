/* Writes the JSON file beside a table: what is needed to compute the table again. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/listed.h"
#include "format/file.h"
#include "format/json.h"
#include "lesion/decide.h"
#include "lesion/table.h"
#include "lesion/version.h"
#include "outcome/results.h"
#include "outcome/run.h"

static void add_pair(struct lsn_text *text, const char *key, const char *value)
{
    lsn_json_add_string(text, key);
    lsn_text_add(text, ": ");
    lsn_json_add_path(text, value); /* some options are paths */
}

static enum lsn_status mean_area(const struct lsn_results *r, int condition, double *area,
                                 struct lsn_error *err)
{
    size_t image;
    float one;

    *area = 0;
    for (image = 0; image < r->complete_images; image++) {
        LSN_TRY(lsn_store_get_area(r->store, lsn_results_stimulus(r, image, condition), &one, err));
        *area += (double)one / (double)r->complete_images;
    }
    return LSN_OK;
}

static enum lsn_status add_conditions(struct lsn_text *text, const struct lsn_results *r,
                                      struct lsn_error *err)
{
    char region[LSN_REGION_TEXT_MAX], normalise[LSN_NORMALISATION_TEXT_MAX];
    double area;
    int c;

    lsn_text_add(text, ",\n  \"conditions\": [");
    for (c = 0; c < r->condition_count; c++) {
        LSN_TRY(mean_area(r, c, &area, err));
        lsn_region_text(&r->conditions[c].region, region);
        lsn_normalisation_text(&r->conditions[c].normalisation, normalise);
        lsn_text_add(text, "%s\n    {\"contrast\": %.9g, ", c ? "," : "",
                     r->conditions[c].contrast);
        add_pair(text, "region", region);
        lsn_text_add(text, ", ");
        add_pair(text, "normalise", normalise);
        lsn_text_add(text, ", \"area\": %.9g}", area);
    }
    lsn_text_add(text, "\n  ]");
    return LSN_OK;
}

/* Adds what was assumed about the network's file. */
static void add_model_notes(struct lsn_text *text, const struct lsn_model *model)
{
    int i;

    for (i = 0; i < lsn_model_notes(model); i++) {
        lsn_text_add(text, i ? ",\n    " : ",\n  \"model_notes\": [\n    ");
        lsn_json_add_string(text, lsn_model_note(model, i));
    }
    lsn_text_add(text, i ? "\n  ]" : "");
}

/* Adds what tells whether another table or run is of the same images, in whatever order. */
static enum lsn_status add_image_set(struct lsn_text *text, const struct lsn_dataset *dataset,
                                     struct lsn_error *err)
{
    size_t count = lsn_dataset_count(dataset), i;
    struct lsn_listed *images = lsn_alloc(count, sizeof *images);
    enum lsn_status status = images ? LSN_OK : lsn_fail_memory(err, "the provenance");
    char hex[65];

    for (i = 0; i < count && status == LSN_OK; i++)
        images[i] =
            (struct lsn_listed){lsn_dataset_name(dataset, i), lsn_dataset_class(dataset, i)};
    if (status == LSN_OK)
        status = lsn_listed_sha256(images, count, hex, err);
    if (status == LSN_OK)
        lsn_text_add(text, ",\n  \"image_set_sha256\": \"%s\"", hex);
    lsn_free(images);
    return status;
}

/* Adds the images that were left out of the list, and so are counted nowhere. */
static void add_left_out(struct lsn_text *text, const struct lsn_dataset *dataset)
{
    size_t count = lsn_dataset_left_out_count(dataset), i;

    if (count == 0)
        return;
    lsn_text_add(text, ",\n  \"left_out\": [");
    for (i = 0; i < count; i++) {
        lsn_text_add(text, i ? ",\n    " : "\n    ");
        lsn_json_add_path(text, lsn_dataset_left_out_name(dataset, i));
    }
    lsn_text_add(text, "\n  ]");
}

/* Adds the groups of classes between which the network decides: the tables have the groups' numbers
 * in place of classes. */
static void add_decision(struct lsn_text *text, const struct lsn_model *model)
{
    struct lsn_decision_info decision = lsn_model_decision(model);
    int i;

    if (!decision.text)
        return;
    lsn_text_add(text, ",\n  \"decide\": {");
    add_pair(text, "map_sha256", decision.sha256);
    lsn_text_add(text, ", ");
    add_pair(text, "by", decision.by);
    lsn_text_add(text, ", \"classes\": %d, \"groups\": %d, \"group_names\": [", decision.classes,
                 decision.groups);
    for (i = 0; i < decision.groups; i++) {
        lsn_text_add(text, i ? ",\n    " : "\n    ");
        lsn_json_add_path(text, lsn_model_class_name(model, i));
    }
    lsn_text_add(text, "\n  ]}");
}

enum lsn_status lsn_provenance_write(const char *path, bool force,
                                     const struct lsn_provenance *provenance, struct lsn_error *err)
{
    const struct lsn_dataset *dataset = provenance->dataset;
    const struct lsn_results *results = provenance->results;
    struct lsn_blas blas = lsn_blas_describe();
    const char *const facts[][2] = {
        {"lesion", lsn_version()},
        {"openblas", blas.config},
        {"blas_core", blas.core},
        {"vector_math", lsn_vector_math()},
        {"model_sha256", lsn_model_sha256(provenance->model)},
        {"command", provenance->command},
        {"image_list_sha256", lsn_dataset_sha256(dataset)},
    };
    char order[LSN_ORDER_TEXT_MAX];
    struct lsn_text text = {0};
    enum lsn_status status;
    size_t i;
    int j;

    lsn_error_clear(err);
    for (i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        lsn_text_add(&text, i ? ",\n  " : "{\n  ");
        add_pair(&text, facts[i][0], facts[i][1]);
    }
    status = add_image_set(&text, dataset, err);
    add_model_notes(&text, provenance->model);
    lsn_text_add(&text, ",\n  \"images_listed\": %zu", lsn_dataset_count(dataset));
    if (lsn_dataset_count(dataset) > 0 && lsn_dataset_memory(dataset, 0))
        lsn_text_add(&text, ",\n  \"images_from\": \"memory\"");
    /* A command that stores no outcomes (eval, invariance) lists its images in the table itself. */
    if (results->store)
        lsn_text_add(&text, ",\n  \"images\": %zu", results->complete_images);
    if (lsn_dataset_shuffle_seed(dataset) >= 0) {
        /* The first images in this order are a random sample, so it must be known. */
        lsn_order_text(dataset, order);
        lsn_text_add(&text, ",\n  ");
        add_pair(&text, "image_order", order);
    }
    add_left_out(&text, dataset);
    add_decision(&text, provenance->model);
    lsn_text_add(&text, ",\n  \"options\": {");
    for (j = 0; j < provenance->option_count; j++) {
        lsn_text_add(&text, j ? ",\n    " : "\n    ");
        add_pair(&text, provenance->options[j][0], provenance->options[j][1]);
    }
    lsn_text_add(&text, "\n  }");
    if (status == LSN_OK && results->store)
        status = add_conditions(&text, results, err);
    lsn_text_add(&text, "\n}\n");
    if (status == LSN_OK)
        status = text.failed ? lsn_fail_memory(err, "the provenance")
                             : lsn_file_write(path, force, text.bytes, text.length, err);
    lsn_text_free(&text);
    return status;
}
