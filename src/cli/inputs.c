#include "inputs.h"

#include <stdlib.h>
#include <string.h>

#include "lesion/parse.h"
#include "lists.h"
#include "message.h"

#define CONTRASTS_MAX      1000
#define REGIONS_MAX        100
#define NORMALISATIONS_MAX 100

bool inputs_load_model(const struct options *options, struct lsn_model **model)
{
    struct lsn_error err = LSN_ERROR_NONE;

    *model = NULL;
    if (!options->model)
        message_usage("--model is missing: which network?");
    else if (lsn_model_load(options->model, options->input, model, &err) != LSN_OK)
        message_error("%s", err.text);
    return *model != NULL;
}

/* images/ beside the model, fresh. */
static char *images_beside(const char *model)
{
    const char *slash = strrchr(model, '/');
    size_t length = slash ? (size_t)(slash - model) + 1 : 0;
    char *path = calloc(length + sizeof "images", 1);

    if (path) {
        memcpy(path, model, length);
        memcpy(path + length, "images", sizeof "images");
    }
    return path;
}

static bool open_images(const struct options *options, struct inputs *inputs)
{
    struct lsn_error err = LSN_ERROR_NONE;
    const char *folder = options->images ? options->images : getenv("LESION_IMAGES");
    char *beside = folder && folder[0] ? NULL : images_beside(options->model);

    if (beside)
        folder = beside;
    if (!folder)
        message_error("out of memory for a path");
    else if (lsn_dataset_open(folder, options->labels, inputs->model, &inputs->dataset, &err) !=
             LSN_OK)
        message_error("%s", err.text);
    free(beside);
    return inputs->dataset != NULL;
}

static bool read_contrasts(const struct options *options, double *contrasts, int *count)
{
    const char *at = options->contrast;
    int i;

    for (*count = 0; at; ++*count) {
        char *item = list_next(&at);
        bool fine = item && *count < CONTRASTS_MAX;

        if (item && !fine)
            message_usage("--contrast: more than %d levels", CONTRASTS_MAX);
        if (fine && !lsn_parse_float(item, 0, 1, &contrasts[*count])) {
            message_usage("--contrast: '%s' is not a number in 0 ... 1", item);
            fine = false;
        }
        free(item);
        for (i = 0; fine && i < *count; i++)
            if (contrasts[i] == contrasts[*count]) {
                message_usage("--contrast: %g is given twice", contrasts[i]);
                fine = false;
            }
        if (!fine)
            return false;
    }
    return true;
}

/* Whether regions [count] have one like the next already, which is said. */
static bool is_given(const struct lsn_region *regions, int count)
{
    char text[LSN_REGION_TEXT_MAX], other[LSN_REGION_TEXT_MAX];
    int i;

    lsn_region_text(&regions[count], text);
    for (i = 0; i < count; i++) {
        lsn_region_text(&regions[i], other);
        if (strcmp(text, other) == 0) {
            message_usage("--region: %s is given twice", text);
            return true;
        }
    }
    return false;
}

/* Also where it fails, *count regions are to be freed. */
static bool read_regions(const struct options *options, struct lsn_region *regions, int *count)
{
    const char *at = options->region;

    *count = 0;
    while (at) {
        struct lsn_error err = LSN_ERROR_NONE;
        char *item = list_next(&at);
        bool fine = item && *count < REGIONS_MAX;

        if (item && !fine)
            message_usage("--region: more than %d regions", REGIONS_MAX);
        if (fine && lsn_region_parse(item, (uint64_t)options->seed, &regions[*count], &err)) {
            message_usage("--region: %s", err.text);
            fine = false;
        }
        free(item);
        if (!fine || is_given(regions, *count))
            return false;
        if (lsn_region_load(&regions[*count], &err) != LSN_OK) {
            message_error("%s", err.text);
            return false;
        }
        ++*count;
    }
    return true;
}

/* Whether normalisations [count] have one like the next already, which is said. */
static bool is_given_twice(const struct lsn_normalisation *normalisations, int count)
{
    char text[LSN_NORMALISATION_TEXT_MAX], other[LSN_NORMALISATION_TEXT_MAX];
    int i;

    lsn_normalisation_text(&normalisations[count], text);
    for (i = 0; i < count; i++) {
        lsn_normalisation_text(&normalisations[i], other);
        if (strcmp(text, other) == 0) {
            message_usage("--normalise: %s is given twice", text);
            return true;
        }
    }
    return false;
}

static bool read_normalisations(const struct options *options,
                                struct lsn_normalisation *normalisations, int *count)
{
    const char *at = options->normalise;
    double mean, sd;

    *count = 0;
    if (!lsn_parse_float(options->stimulus_mean, 0, 1, &mean)) {
        message_usage("--stimulus-mean: '%s' is not a number in 0 ... 1", options->stimulus_mean);
        return false;
    }
    if (!lsn_parse_float(options->stimulus_sd, 0, 1, &sd) || sd <= 0) {
        message_usage("--stimulus-sd: '%s' is not a number above 0 and up to 1",
                      options->stimulus_sd);
        return false;
    }
    while (at) {
        struct lsn_error err = LSN_ERROR_NONE;
        char *item = list_next(&at);
        bool fine = item && *count < NORMALISATIONS_MAX;

        if (item && !fine)
            message_usage("--normalise: more than %d", NORMALISATIONS_MAX);
        if (fine && lsn_normalisation_parse(item, mean, sd, &normalisations[*count], &err)) {
            message_usage("--normalise: %s", err.text);
            fine = false;
        }
        free(item);
        if (!fine || is_given_twice(normalisations, *count))
            return false;
        ++*count;
    }
    return true;
}

/* Every contrast with every region, which share their masks, and every normalisation. */
static bool cross(const struct options *options, const double *contrasts, int contrast_count,
                  struct inputs *inputs)
{
    int inner = inputs->normalisation_count, outer = inner * inputs->region_count;
    int count = contrast_count * outer, i;

    inputs->conditions = calloc((size_t)count, sizeof *inputs->conditions);
    if (!inputs->conditions) {
        message_error("out of memory for the conditions");
        return false;
    }
    inputs->condition_count = count;
    for (i = 0; i < count; i++)
        inputs->conditions[i] = (struct lsn_condition){
            .contrast = contrasts[i / outer],
            .definition = (enum lsn_contrast_definition)options->definition,
            .quantize = (enum lsn_quantize)options->quantize,
            .region = inputs->regions[i % outer / inner],
            .normalisation = inputs->normalisations[i % inner],
        };
    return true;
}

static bool read_conditions(const struct options *options, struct inputs *inputs)
{
    double *contrasts = calloc(CONTRASTS_MAX, sizeof *contrasts);
    int count;
    bool fine;

    inputs->regions = calloc(REGIONS_MAX, sizeof *inputs->regions);
    inputs->normalisations = calloc(NORMALISATIONS_MAX, sizeof *inputs->normalisations);
    if (!contrasts || !inputs->regions || !inputs->normalisations) {
        message_error("out of memory for the conditions");
        free(contrasts);
        return false;
    }
    fine = read_contrasts(options, contrasts, &count) &&
           read_normalisations(options, inputs->normalisations, &inputs->normalisation_count) &&
           read_regions(options, inputs->regions, &inputs->region_count) &&
           cross(options, contrasts, count, inputs);
    free(contrasts);
    return fine;
}

static bool read_lesions(const struct options *options, struct inputs *inputs)
{
    const char *at = options->lesion;
    int *count = &inputs->lesion_count;

    inputs->lesions = calloc(list_count(at), sizeof *inputs->lesions);
    if (!inputs->lesions)
        message_error("out of memory for the lesions");
    while (at && inputs->lesions) {
        char texts[2][LSN_LESION_TEXT_MAX];
        struct lsn_error err = LSN_ERROR_NONE;
        char *item = list_next(&at);
        bool fine = item && lsn_lesion_parse(item, (uint64_t)options->seed,
                                             &inputs->lesions[*count], &err) == LSN_OK;
        int i;

        if (item && !fine)
            message_usage("--lesion: %s", err.text);
        free(item);
        for (i = 0; i < *count && fine; i++) {
            lsn_lesion_text(&inputs->lesions[i], texts[0]);
            lsn_lesion_text(&inputs->lesions[*count], texts[1]);
            fine = strcmp(texts[0], texts[1]) != 0;
            if (!fine)
                message_usage("--lesion: %s is given twice", texts[0]);
        }
        if (!fine)
            return false;
        ++*count;
    }
    return inputs->lesions != NULL;
}

bool inputs_load(const struct options *options, struct inputs *inputs)
{
    *inputs = (struct inputs){.model = NULL};
    if (read_conditions(options, inputs) && (!options->lesion || read_lesions(options, inputs)) &&
        inputs_load_model(options, &inputs->model) && open_images(options, inputs))
        return true;
    inputs_free(inputs);
    return false;
}

void inputs_free(struct inputs *inputs)
{
    int i;

    lsn_dataset_free(inputs->dataset);
    lsn_model_free(inputs->model);
    for (i = 0; i < inputs->region_count; i++)
        lsn_region_free(&inputs->regions[i]);
    free(inputs->regions);
    free(inputs->normalisations);
    free(inputs->conditions);
    free(inputs->lesions);
    *inputs = (struct inputs){.model = NULL};
}
