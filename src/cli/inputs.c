#include "inputs.h"

#include <stdlib.h>
#include <string.h>

#include "lesion/parse.h"
#include "message.h"

#define CONDITIONS_MAX 1000

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

/* One level of the list from *at on; *at moves behind it and its comma. */
static bool next_contrast(const char **at, double *contrast)
{
    size_t length = strcspn(*at, ",");
    char text[64] = "";

    if (length < sizeof text)
        memcpy(text, *at, length);
    *at += length;
    if (!lsn_parse_float(text, 0, 1, contrast)) {
        message_usage("--contrast: '%s' is not a number in 0 ... 1", text);
        return false;
    }
    return true;
}

static bool read_conditions(const struct options *options, struct inputs *inputs)
{
    const char *at = options->contrast;
    int i;

    inputs->conditions = calloc(CONDITIONS_MAX, sizeof *inputs->conditions);
    if (!inputs->conditions) {
        message_error("out of memory for the conditions");
        return false;
    }
    for (;; at++) {
        struct lsn_condition *condition = &inputs->conditions[inputs->condition_count];

        if (inputs->condition_count == CONDITIONS_MAX) {
            message_usage("--contrast: more than %d levels", CONDITIONS_MAX);
            return false;
        }
        if (!next_contrast(&at, &condition->contrast))
            return false;
        condition->definition = (enum lsn_contrast_definition)options->definition;
        condition->quantize = (enum lsn_quantize)options->quantize;
        for (i = 0; i < inputs->condition_count; i++)
            if (inputs->conditions[i].contrast == condition->contrast) {
                message_usage("--contrast: %g is given twice", condition->contrast);
                return false;
            }
        inputs->condition_count++;
        if (!*at)
            return true;
    }
}

bool inputs_load(const struct options *options, struct inputs *inputs)
{
    *inputs = (struct inputs){.model = NULL};
    if (read_conditions(options, inputs) && inputs_load_model(options, &inputs->model) &&
        open_images(options, inputs))
        return true;
    inputs_free(inputs);
    return false;
}

void inputs_free(struct inputs *inputs)
{
    lsn_dataset_free(inputs->dataset);
    lsn_model_free(inputs->model);
    free(inputs->conditions);
    *inputs = (struct inputs){.model = NULL};
}
