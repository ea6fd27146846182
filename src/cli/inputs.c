#include "inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folders.h"
#include "lesion/decide.h"
#include "lesion/parse.h"
#include "lesion/results.h"
#include "lists.h"
#include "message.h"
#include "signals.h"

/* Makes the model decide between groups of classes, if --decide gives a map of them. */
static bool decide(const struct options *options, struct lsn_model *model)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (!options->decide)
        return true;
    if (lsn_model_decide(model, options->decide, (enum lsn_decide_by)options->decide_by, &err) !=
        LSN_OK) {
        message_failure(&err);
        return false;
    }
    message_note("%s", lsn_model_decision(model).text);
    return true;
}

/* Counts the layers with several places, with scaled only those whose weights differ by factors
 * between places. *example is the first of them. */
static int shared_layers(const struct lsn_model *model, bool scaled, int *example)
{
    int count = 0, i;

    for (i = lsn_model_layers(model) - 1; i >= 0; i--)
        if (lsn_model_layer_places(model, i) > 1 &&
            (lsn_model_layer_is_scaled(model, i) || !scaled)) {
            *example = i;
            count++;
        }
    return count;
}

bool inputs_places_text(const struct lsn_model *model, char *text, size_t size)
{
    int example = 0, shared = shared_layers(model, false, &example), scaled;
    size_t used;

    if (shared == 0)
        return false;
    snprintf(text, size,
             "the weights of %d layer%s are read at several places (%.100s at %d): a kernel is "
             "lesioned at all of them, unless --lesion-places each",
             shared, shared > 1 ? "s" : "", lsn_model_layer_name(model, example),
             lsn_model_layer_places(model, example));
    scaled = shared_layers(model, true, &example);
    used = strlen(text);
    if (scaled)
        snprintf(text + used, size - used,
                 "; at the places of %d (%.100s) they differ by a factor per kernel, as folded "
                 "batch-norms make it: taken as one layer for that, and for the nodes' names",
                 scaled, lsn_model_layer_name(model, example));
    return true;
}

/* Prints a note about layers with several places, and makes each place a layer of its own if
 * --lesion-places asks for that. */
static bool place_lesions(const struct options *options, struct lsn_model *model)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char text[INPUTS_PLACES_TEXT_MAX];

    if (!options->lesion)
        return true;
    if (inputs_places_text(model, text, sizeof text))
        message_note("%s", text);
    if (!options->lesion_places || lsn_model_separate_places(model, &err) == LSN_OK)
        return true;
    message_failure(&err);
    return false;
}

bool inputs_load_model(const struct options *options, struct lsn_model **model)
{
    const struct lsn_model_options from = {sizeof from, options->input, options->output_name};
    struct lsn_error err = LSN_ERROR_NONE;

    *model = NULL;
    signals_catch_cut_files();
    if (!options->model) {
        message_usage("--model is missing: which network?");
    } else if (!options->decide && options->decide_by != LSN_DECIDE_BY_MEAN) {
        message_usage("--decide-by goes with --decide");
    } else if (lsn_model_load(options->model, &from, model, &err) != LSN_OK) {
        message_failure(&err);
    } else if (!decide(options, *model) || !place_lesions(options, *model)) {
        lsn_model_free(*model);
        *model = NULL;
    }
    return *model != NULL;
}

void inputs_note_model(const char *path, const struct lsn_model *model)
{
    int i;

    for (i = 0; i < lsn_model_notes(model); i++)
        message_note("%s: %s", path, lsn_model_note(model, i));
}

static bool load_noted(const struct options *options, struct lsn_model **model)
{
    bool fine = inputs_load_model(options, model);

    if (fine)
        inputs_note_model(options->model, *model);
    return fine;
}

/* The path of images/ beside the model, as a fresh string. */
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

struct lsn_dataset *inputs_open_dataset(const char *folder, const struct options *options,
                                        const struct lsn_model *model)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;

    if (lsn_dataset_open(folder, options->labels, (enum lsn_folder_order)options->folder_order,
                         model, &dataset, &err) == LSN_OK)
        message_note("%s", lsn_dataset_matching(dataset));
    else
        message_failure(&err);
    return dataset;
}

/* Says that a run whose images are in the list's order cannot go on as the options ask. */
static void say_ordered(const struct options *options)
{
    if (options->time)
        message_usage("--time: %s has its images in the list's own order, of which a part is no "
                      "random sample; go on without --time, or begin another --run",
                      options->run);
    else
        message_usage("--sample-kernels: %s has its images in the list's own order, of which a "
                      "half is no random half; begin another --output",
                      options->run);
}

/* Shuffles the images: with the seed of the run that is continued, if that was shuffled, else if
 * --time is given, so that the images done in time are a random sample, or halves of them are
 * compared. */
static bool shuffle(const struct options *options, struct lsn_dataset *dataset)
{
    bool goes_on = options->run && folders_is_run(options->run);
    struct lsn_error err = LSN_ERROR_NONE;
    bool wanted = options->time || options->halved;
    int64_t seed = wanted ? options->seed : -1;

    if (goes_on && lsn_run_shuffle_seed(options->run, &seed, &err) != LSN_OK) {
        message_failure(&err);
        return false;
    }
    if (seed < 0 && wanted) {
        say_ordered(options);
        return false;
    }
    if (seed >= 0 && lsn_dataset_shuffle(dataset, seed, &err) != LSN_OK) {
        message_failure(&err);
        return false;
    }
    if (seed >= 0)
        message_note("the images come in a random order (seed %lld): a part of them is a random "
                     "sample",
                     (long long)seed);
    return true;
}

static bool open_images(const struct options *options, struct inputs *inputs)
{
    const char *folder = options->images ? options->images : getenv("LESION_IMAGES");
    char *beside = folder && folder[0] ? NULL : images_beside(options->model);

    if (beside)
        folder = beside;
    if (!folder)
        message_error("out of memory for a path");
    else
        inputs->dataset = inputs_open_dataset(folder, options, inputs->model);
    free(beside);
    return inputs->dataset && shuffle(options, inputs->dataset);
}

static bool parse_contrast(const struct options *options, const char *text, void *item)
{
    bool fine = lsn_parse_float(text, 0, 1, item);

    (void)options;
    if (!fine)
        message_usage("--contrast: '%s' is not a number in 0 ... 1", text);
    return fine;
}

/* With the digits that tables have: contrasts that look the same there could not be told apart. */
static void print_contrast(const void *item, char *text)
{
    snprintf(text, LIST_TEXT_MAX, "%.9g", *(const double *)item);
}

static bool parse_region(const struct options *options, const char *text, void *item)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_region_parse(text, (uint64_t)options->seed, item, &err) == LSN_OK)
        return true;
    message_usage("--region: %s", err.text);
    return false;
}

static void print_region(const void *item, char *text)
{
    lsn_region_text(item, text);
}

static bool parse_normalisation(const struct options *options, const char *text, void *item)
{
    struct lsn_error err = LSN_ERROR_NONE;
    double mean, sd;

    if (!lsn_parse_float(options->stimulus_mean, 0, 1, &mean))
        message_usage("--stimulus-mean: '%s' is not a number in 0 ... 1", options->stimulus_mean);
    else if (!lsn_parse_float(options->stimulus_sd, 0, 1, &sd) || sd <= 0)
        message_usage("--stimulus-sd: '%s' is not a number above 0 and up to 1",
                      options->stimulus_sd);
    else if (lsn_normalisation_parse(text, mean, sd, item, &err) != LSN_OK)
        message_usage("--normalise: %s", err.text);
    else
        return true;
    return false;
}

static void print_normalisation(const void *item, char *text)
{
    lsn_normalisation_text(item, text);
}

static bool parse_lesion(const struct options *options, const char *text, void *item)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_lesion_parse(text, (uint64_t)options->seed, item, &err) == LSN_OK)
        return true;
    message_usage("--lesion: %s", err.text);
    return false;
}

static void print_lesion(const void *item, char *text)
{
    lsn_lesion_text(item, text);
}

static const struct list_kind contrast_list = {"--contrast", sizeof(double), parse_contrast,
                                               print_contrast};
static const struct list_kind region_list = {"--region", sizeof(struct lsn_region), parse_region,
                                             print_region};
static const struct list_kind normalisation_list = {"--normalise", sizeof(struct lsn_normalisation),
                                                    parse_normalisation, print_normalisation};
static const struct list_kind lesion_list = {"--lesion", sizeof(struct lsn_lesion), parse_lesion,
                                             print_lesion};

/* Makes the conditions: every contrast with every region and normalisation. Copies of a region
 * share the mask that inputs->regions own. */
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

/* Reads the mask files of the regions that have one. */
static bool load_regions(struct inputs *inputs)
{
    struct lsn_error err = LSN_ERROR_NONE;
    int i;

    for (i = 0; i < inputs->region_count; i++)
        if (lsn_region_load(&inputs->regions[i], &err) != LSN_OK) {
            message_failure(&err);
            return false;
        }
    return true;
}

static bool read_conditions(const struct options *options, struct inputs *inputs)
{
    void *contrasts = NULL, *regions = NULL, *normalisations = NULL;
    int count;
    bool fine = list_read(&contrast_list, options, options->contrast, &contrasts, &count) &&
                list_read(&normalisation_list, options, options->normalise, &normalisations,
                          &inputs->normalisation_count) &&
                list_read(&region_list, options, options->region, &regions, &inputs->region_count);

    inputs->regions = regions;
    inputs->normalisations = normalisations;
    fine = fine && load_regions(inputs) && cross(options, contrasts, count, inputs);
    free(contrasts);
    return fine;
}

static bool read_lesions(const struct options *options, struct inputs *inputs)
{
    void *lesions = NULL;
    bool fine = list_read(&lesion_list, options, options->lesion, &lesions, &inputs->lesion_count);

    inputs->lesions = lesions;
    return fine;
}

bool inputs_one_lesion(const struct options *options, const char *takes)
{
    if (!strchr(options->lesion, ',')) /* no lesion has one in its name */
        return true;
    message_usage("--lesion: %s one", takes);
    return false;
}

bool inputs_load_images(const struct options *options, struct inputs *inputs)
{
    *inputs = (struct inputs){.model = NULL};
    return load_noted(options, &inputs->model) && open_images(options, inputs);
}

bool inputs_load(const struct options *options, struct inputs *inputs)
{
    *inputs = (struct inputs){.model = NULL};
    if (read_conditions(options, inputs) && (!options->lesion || read_lesions(options, inputs)) &&
        load_noted(options, &inputs->model) && open_images(options, inputs))
        return true;
    inputs_free(inputs);
    return false;
}

void inputs_free(struct inputs *inputs)
{
    int i;

    lsn_look_free(inputs->look);
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
