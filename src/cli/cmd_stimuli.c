#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "inputs.h"
#include "message.h"
#include "signals.h"

/* Makes the folders that lead to the file at path. */
static bool make_folders(char *path)
{
    char *slash;

    for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            message_error("%s: cannot create: %s", path, strerror(errno));
            return false;
        }
        *slash = '/';
    }
    return true;
}

/* FOLDER/contrast-0.05/NAME.png: each condition's folder is a dataset of its own. */
static bool write_stimulus(const char *folder, const char *name, double contrast, bool force,
                           const struct lsn_image *image)
{
    struct lsn_error err = LSN_ERROR_NONE;
    const char *dot = strrchr(name, '.');
    int stem = dot ? (int)(dot - name) : (int)strlen(name);
    size_t size = strlen(folder) + strlen(name) + 64;
    char *path = malloc(size);
    bool done = false;

    if (!path) {
        message_error("out of memory for a path");
        return false;
    }
    snprintf(path, size, "%s/contrast-%.9g/%.*s.png", folder, contrast, stem, name);
    if (make_folders(path)) {
        done = lsn_image_save_png(path, force, image, &err) == LSN_OK;
        if (!done)
            message_error("%s", err.text);
    }
    free(path);
    return done;
}

/* The stimulus as the 8-bit image nearest to it. */
static void to_image(const float *pixels, const struct lsn_image *image)
{
    size_t count = (size_t)image->width * (size_t)image->height * 3, i;

    for (i = 0; i < count; i++)
        image->pixels[i] = (uint8_t)(pixels[i] + 0.5f);
}

static bool write_image(const struct options *options, const struct inputs *inputs, size_t index,
                        float *pixels, const struct lsn_image *shown)
{
    struct lsn_image whole, crop;
    struct lsn_error err = LSN_ERROR_NONE;
    enum lsn_status status = lsn_image_load(lsn_dataset_path(inputs->dataset, index),
                                            (enum lsn_alpha)options->alpha, &whole, &err);
    bool fine = true;
    int c;

    if (status == LSN_OK) {
        status = lsn_input_crop(lsn_model_input(inputs->model), &whole, &crop, &err);
        lsn_image_free(&whole);
    }
    if (status != LSN_OK) {
        message_error("%s", err.text);
        return false;
    }
    for (c = 0; c < inputs->condition_count && fine; c++) {
        lsn_stimulus_make(&crop, &inputs->conditions[c], NULL, pixels);
        to_image(pixels, shown);
        fine = write_stimulus(options->output, lsn_dataset_name(inputs->dataset, index),
                              inputs->conditions[c].contrast, options->force, shown);
    }
    lsn_image_free(&crop);
    return fine;
}

static void write_all(const struct options *options, const struct inputs *inputs)
{
    const struct lsn_shape *s = &lsn_model_input(inputs->model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * 3, i;
    float *pixels = calloc(values, sizeof *pixels);
    struct lsn_image shown = {.width = s->w, .height = s->h, .pixels = calloc(values, 1)};

    if (!pixels || !shown.pixels)
        message_error("out of memory for a stimulus");
    for (i = 0; pixels && shown.pixels && i < lsn_dataset_count(inputs->dataset); i++) {
        if (atomic_load(&signals_stop)) {
            message_note("interrupted: %zu of %zu images are written", i,
                         lsn_dataset_count(inputs->dataset));
            message_set_exit(EXIT_INTERRUPTED);
            break;
        }
        if (!write_image(options, inputs, i, pixels, &shown))
            break;
    }
    free(pixels);
    free(shown.pixels);
}

static void run(const struct command_line *line)
{
    struct inputs inputs;

    if (!line->options.output) {
        message_usage("--output is missing: to which folder?");
        return;
    }
    if (!inputs_load(&line->options, &inputs))
        return;
    signals_catch();
    write_all(&line->options, &inputs);
    inputs_free(&inputs);
}

const struct command cmd_stimuli = {
    .name = "stimuli",
    .bit = FOR_STIMULI,
    .summary = "what the network is shown, as PNG files to look at",
    .operands = "",
    .description = "Writes DIR/contrast-LEVEL/NAME.png for every image and contrast, cropped and\n"
                   "scaled as the network sees it.\n",
    .run = run,
};
