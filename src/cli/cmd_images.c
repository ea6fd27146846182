#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lesion/table.h"
#include "looking.h"
#include "message.h"

static void print_classes(const struct inputs *inputs)
{
    int classes = lsn_model_classes(inputs->model), shown = 0, i;
    size_t count = lsn_dataset_count(inputs->dataset), image;
    bool *has = calloc((size_t)classes, sizeof *has);

    if (!has) {
        message_error("out of memory for the classes");
        return;
    }
    for (image = 0; image < count; image++)
        has[lsn_dataset_class(inputs->dataset, image)] = true;
    for (i = 0; i < classes; i++)
        shown += has[i];
    printf("images   %zu\nclasses  %d with images, %d without\n", count, shown, classes - shown);
    free(has);
}

static void print_sizes(const struct lsn_look *look)
{
    int low[2] = {0, 0}, high[2] = {0, 0};
    size_t i;
    int side;

    for (i = 0; i < look->count; i++) {
        const int size[2] = {look->images[i].width, look->images[i].height};

        for (side = 0; side < 2 && size[0] > 0; side++) {
            if (low[side] == 0 || size[side] < low[side])
                low[side] = size[side];
            if (size[side] > high[side])
                high[side] = size[side];
        }
    }
    if (low[0] > 0)
        printf("width    %d ... %d px\nheight   %d ... %d px\n", low[0], high[0], low[1], high[1]);
}

/* A file name's extension with its dot, or "". */
static const char *extension_of(const char *name)
{
    const char *slash = strrchr(name, '/'), *dot = strrchr(slash ? slash : name, '.');

    return dot ? dot : "";
}

/* Prints how many images have each extension, upper and lower case apart, in the list's order. */
static void print_types(const struct lsn_dataset *dataset)
{
    enum { TYPES_MAX = 20 };
    const char *types[TYPES_MAX];
    size_t counts[TYPES_MAX] = {0}, others = 0, i;
    int known = 0, t;

    for (i = 0; i < lsn_dataset_count(dataset); i++) {
        const char *type = extension_of(lsn_dataset_name(dataset, i));

        for (t = 0; t < known && strcmp(types[t], type) != 0; t++)
            ;
        if (t == known && known < TYPES_MAX)
            types[known++] = type;
        if (t < TYPES_MAX)
            counts[t]++;
        else
            others++;
    }
    for (t = 0; t < known; t++)
        printf("%s%zu %s", t ? ", " : "types    ", counts[t], types[t][0] ? types[t] : "without");
    if (others)
        printf(", %zu other%s", others, message_plural(others));
    putchar('\n');
}

static void print_passed(const struct lsn_dataset *dataset)
{
    static const struct {
        const char *one, *several;
    } what[LSN_PASSED_KINDS] = {
        [LSN_PASSED_FORMAT] = {"in a format that is not read", "in a format that is not read"},
        [LSN_PASSED_HIDDEN] = {"hidden", "hidden"},
        [LSN_PASSED_OUTSIDE] = {"outside class folders", "outside class folders"},
        [LSN_PASSED_EMPTY] = {"class folder without an image", "class folders without an image"},
        [LSN_PASSED_OTHER] = {"other file", "other files"}};
    int kind, i;

    for (kind = 0; kind < LSN_PASSED_KINDS; kind++) {
        const char *names[LSN_PASSED_NAMED];
        int named;
        size_t count = lsn_dataset_passed(dataset, (enum lsn_passed)kind, names, &named);

        if (count == 0)
            continue;
        printf("passed over: %zu %s:", count, count == 1 ? what[kind].one : what[kind].several);
        for (i = 0; i < named; i++)
            printf("%s %s", i ? "," : "", names[i]);
        puts(count > (size_t)named ? " ..." : "");
    }
}

static void look(const struct options *options, struct inputs *inputs)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (!looking_look(options, inputs, NULL))
        return;
    if (options->output && lsn_look_write(options->output, options->force, inputs->model,
                                          inputs->dataset, inputs->look, &err) != LSN_OK) {
        message_failure(&err);
        return;
    }
    if (!options->output || strcmp(options->output, "-") != 0) {
        print_classes(inputs);
        print_sizes(inputs->look);
        print_types(inputs->dataset);
        print_passed(inputs->dataset);
        printf("faults   %zu\n", inputs->look->faults);
    }
    looking_note_orientations(inputs);
    looking_say_faults(inputs);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct inputs inputs;

    if (options->output && lsn_table_check(options->output, options->force, &err) != LSN_OK) {
        message_failure(&err);
        return;
    }
    if (inputs_load_images(options, &inputs))
        look(options, &inputs);
    inputs_free(&inputs);
}

const struct command cmd_images = {
    .name = "images",
    .bit = FOR_IMAGES,
    .operands = "",
    .run = run,
};
