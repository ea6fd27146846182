#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "folders.h"
#include "inputs.h"
#include "lesion/stimulus_maker.h"
#include "lesion/table.h"
#include "looking.h"
#include "message.h"
#include "signals.h"

/* Replaces the characters that a folder's name should not have. */
static void make_word(char *text)
{
    for (; *text; text++)
        if (*text == ':' || *text == '/')
            *text = '-';
}

enum { CONDITION_FOLDER_MAX = LSN_REGION_TEXT_MAX + LSN_NORMALISATION_TEXT_MAX + 64 };

/* Writes the name of a condition's folder, as contrast-0.05-edges-local-2; region "all" and
 * normalisation "none" are left out. Each such folder can be used as --images. */
static void print_folder(const struct lsn_condition *condition, char text[CONDITION_FOLDER_MAX])
{
    char region[LSN_REGION_TEXT_MAX + 1] = "", normalisation[LSN_NORMALISATION_TEXT_MAX + 1] = "";

    if (condition->region.kind != LSN_REGION_ALL) {
        region[0] = '-';
        lsn_region_text(&condition->region, region + 1);
    }
    if (condition->normalisation.kind != LSN_NORMALISATION_NONE) {
        normalisation[0] = '-';
        lsn_normalisation_text(&condition->normalisation, normalisation + 1);
    }
    make_word(region);
    make_word(normalisation);
    snprintf(text, CONDITION_FOLDER_MAX, "contrast-%.9g%s%s", condition->contrast, region,
             normalisation);
}

/* The length of an image's path without its extension. */
static size_t stem_length(const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    const char *dot = strrchr(base, '.');

    return dot ? (size_t)(dot - name) : strlen(name);
}

/* FOLDER/CONDITION/NAME.png as a fresh string; NULL after an error message: out of memory. */
static char *stimulus_path(const char *folder, const char *name,
                           const struct lsn_condition *condition)
{
    char within[CONDITION_FOLDER_MAX];
    size_t size = strlen(folder) + strlen(name) + sizeof within + sizeof "//.png";
    char *path = malloc(size);

    if (!path) {
        message_error("out of memory for a path");
        return NULL;
    }
    print_folder(condition, within);
    snprintf(path, size, "%s/%s/%.*s.png", folder, within, (int)stem_length(name), name);
    return path;
}

/* Compares paths without their extensions, then whole, so that check_names always names the same
 * two. */
static int compare_names(const void *a, const void *b)
{
    const char *first = *(const char *const *)a, *second = *(const char *const *)b;
    size_t n = stem_length(first), m = stem_length(second);
    int order = memcmp(first, second, n < m ? n : m);

    if (order == 0)
        order = (n > m) - (n < m);
    return order ? order : strcmp(first, second);
}

/* Checks that no two images would be written to the same file, as a.png and a.jpg would. False
 * after an error message. */
static bool check_names(const struct lsn_dataset *dataset)
{
    size_t count = lsn_dataset_count(dataset), i;
    const char **names = malloc(count * sizeof *names);
    bool fine = names != NULL;

    if (!names)
        message_error("out of memory for the images' names");
    for (i = 0; i < count && fine; i++)
        names[i] = lsn_dataset_name(dataset, i);
    if (fine)
        qsort(names, count, sizeof *names, compare_names);
    for (i = 1; i < count && fine; i++) {
        size_t length = stem_length(names[i]);

        fine = stem_length(names[i - 1]) != length || memcmp(names[i - 1], names[i], length) != 0;
        if (!fine)
            message_error("%s and %s: both would be written to %.*s.png", names[i - 1], names[i],
                          (int)length, names[i]);
    }
    free(names);
    return fine;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Checks that no two conditions would be written to the same folder, as the masks a/b.png and
 * a-b.png would. False after an error message. */
static bool check_folders(const struct inputs *inputs)
{
    /* Those of the first contrast suffice: folders' names tell contrasts apart. */
    size_t count = (size_t)inputs->region_count * (size_t)inputs->normalisation_count, i;
    char **folders = calloc(count, sizeof *folders), text[CONDITION_FOLDER_MAX];
    bool fine = folders != NULL;

    for (i = 0; i < count && fine; i++) {
        print_folder(&inputs->conditions[i], text);
        folders[i] = strdup(text);
        fine = folders[i] != NULL;
    }
    if (!fine)
        message_error("out of memory for the folders' names");
    else
        qsort(folders, count, sizeof *folders, compare_texts);
    for (i = 1; i < count && fine; i++) {
        fine = strcmp(folders[i - 1], folders[i]) != 0;
        if (!fine)
            message_error("%s: two regions would both be written there", folders[i]);
    }
    for (i = 0; i < count && folders; i++)
        free(folders[i]);
    free(folders);
    return fine;
}

static bool write_stimulus(const char *folder, const char *name,
                           const struct lsn_condition *condition, bool force,
                           const struct lsn_image *image)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char *path = stimulus_path(folder, name, condition);
    bool done = false;

    if (path && folders_make(path)) {
        done = lsn_image_save_png(path, force, image, &err) == LSN_OK;
        if (!done)
            message_failure(&err);
    }
    free(path);
    return done;
}

/* Rounds a stimulus to 8 bits. */
static void to_image(const float *pixels, const struct lsn_image *image)
{
    size_t count = (size_t)image->width * (size_t)image->height * (size_t)image->channels, i;

    for (i = 0; i < count; i++)
        image->pixels[i] = (uint8_t)(pixels[i] + 0.5f);
}

/* What writing the stimuli needs. */
struct work {
    const struct options *options;
    const struct inputs *inputs;
    struct lsn_stimulus_maker *maker;
    float *pixels;           /* [h][w][c] */
    struct lsn_image image;  /* pixels rounded to 8 bits */
    struct lsn_shown *shown; /* [images][condition_count] */
};

static bool write_image(struct work *work, size_t index)
{
    const struct inputs *inputs = work->inputs;
    size_t count = (size_t)work->image.width * (size_t)work->image.height;
    struct lsn_shown *shown = work->shown + index * (size_t)inputs->condition_count;
    int c;

    for (c = 0; c < inputs->condition_count; c++) {
        const struct lsn_condition *condition = &inputs->conditions[c];
        struct lsn_error err = LSN_ERROR_NONE;
        const uint8_t *mask;

        if (lsn_stimulus_maker_make(work->maker, index, condition, work->pixels, &mask, &err) !=
            LSN_OK) {
            message_failure(&err);
            return false;
        }
        shown[c] = lsn_stimulus_measure(work->pixels, mask, count, work->image.channels);
        to_image(work->pixels, &work->image);
        if (work->options->output &&
            !write_stimulus(work->options->output, lsn_dataset_name(inputs->dataset, index),
                            condition, work->options->force, &work->image))
            return false;
    }
    return true;
}

/* Writes the stimuli of all images, or until interrupted: of *done images. False after an error
 * message. */
static bool write_images(struct work *work, size_t *done)
{
    size_t count = lsn_dataset_count(work->inputs->dataset);

    for (*done = 0; *done < count; ++*done) {
        if (lsn_stop_asked(&signals_stop)) {
            message_note("interrupted: %zu of %zu image%s %s written", *done, count,
                         message_plural(count), message_are(*done));
            message_set_exit(EXIT_INTERRUPTED);
            break;
        }
        if (!write_image(work, *done))
            return false;
    }
    return true;
}

static void write_all(struct work *work)
{
    const struct inputs *inputs = work->inputs;
    const struct lsn_shape *s = &lsn_model_input(inputs->model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * (size_t)s->c, done;
    size_t images = lsn_dataset_count(inputs->dataset);
    const struct lsn_image_options loading = {(enum lsn_alpha)work->options->alpha,
                                              (enum lsn_depth)work->options->depth};
    struct lsn_shown_list list;
    struct lsn_error err = LSN_ERROR_NONE;

    work->pixels = calloc(values, sizeof *work->pixels);
    work->image = (struct lsn_image){
        .width = s->w, .height = s->h, .channels = s->c, .pixels = calloc(values, 1)};
    work->shown = calloc(images, (size_t)inputs->condition_count * sizeof *work->shown);
    if (!work->pixels || !work->image.pixels || !work->shown) {
        message_error("out of memory for the stimuli");
        return;
    }
    if (lsn_stimulus_maker_create(inputs->model, inputs->dataset, &loading, &work->maker, &err) !=
        LSN_OK) {
        message_failure(&err);
        return;
    }
    if (!write_images(work, &done) || !work->options->stats)
        return;
    list = (struct lsn_shown_list){inputs->dataset, done, inputs->conditions,
                                   inputs->condition_count, work->shown};
    if (lsn_table_write_shown(work->options->stats, work->options->force, &list, &err) != LSN_OK)
        message_failure(&err);
}

/* Checks that the conditions fit the network and the images. False after an error message. */
static bool check_conditions(const struct inputs *inputs)
{
    struct lsn_error err = LSN_ERROR_NONE;
    bool fine = lsn_stimulus_maker_check(inputs->model, inputs->dataset, inputs->conditions,
                                         inputs->condition_count, &err) == LSN_OK;

    if (!fine)
        message_failure(&err);
    return fine;
}

/* Refuses normalisations within the network, which no stimulus shows. False after an error message.
 */
static bool check_normalisations(const struct inputs *inputs)
{
    char text[LSN_NORMALISATION_TEXT_MAX];
    int i;

    for (i = 0; i < inputs->normalisation_count; i++)
        if (inputs->normalisations[i].node[0]) {
            lsn_normalisation_text(&inputs->normalisations[i], text);
            message_usage("--normalise: %s is of a node, and changes no stimulus", text);
            return false;
        }
    return true;
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct work work = {.options = options};
    struct lsn_error err = LSN_ERROR_NONE;
    struct inputs inputs;

    if (!options->output && !options->stats) {
        message_usage("--output is missing: to which folder? (or --stats: to which table?)");
        return;
    }
    if (options->stats && lsn_table_check(options->stats, options->force, &err) != LSN_OK) {
        message_failure(&err);
        return;
    }
    if (!inputs_load(options, &inputs))
        return;
    work.inputs = &inputs;
    if (check_normalisations(&inputs) && check_conditions(&inputs) &&
        (!options->output || (check_names(inputs.dataset) && check_folders(&inputs))) &&
        looking_check(options, &inputs, NULL))
        write_all(&work);
    lsn_stimulus_maker_free(work.maker);
    free(work.pixels);
    free(work.image.pixels);
    free(work.shown);
    inputs_free(&inputs);
}

const struct command cmd_stimuli = {
    .name = "stimuli",
    .bit = FOR_STIMULI,
    .operands = "",
    .run = run,
};
