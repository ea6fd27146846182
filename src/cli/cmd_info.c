#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "inputs.h"
#include "message.h"
#include "progress.h"

static void print_input(const struct lsn_model *model)
{
    const struct lsn_input *in = lsn_model_input(model);
    int i;

    printf("input        %d x %d x %d, ", in->shape.c, in->shape.h, in->shape.w);
    if (in->resize_h)
        printf("scaled to %d x %d px (%s), centre crop\n", in->resize_h, in->resize_w,
               lsn_interpolation_name(in->interpolation));
    else if (in->resize)
        printf("short side to %d px (%s), centre crop\n", in->resize,
               lsn_interpolation_name(in->interpolation));
    else
        printf("centre crop\n");
    printf("values       %s, (pixel * %g - mean) / std, mean", lsn_input_order(in), in->scale);
    for (i = 0; i < in->shape.c; i++)
        printf(" %g", in->mean[i]);
    printf(", std");
    for (i = 0; i < in->shape.c; i++)
        printf(" %g", in->std[i]);
    printf("\n");
}

static void print_notes(const struct lsn_model *model)
{
    int i;

    for (i = 0; i < lsn_model_notes(model); i++)
        printf("note         %s\n", lsn_model_note(model, i));
}

static void print_nodes(const struct lsn_model *model)
{
    int64_t parameters = 0, multiply_adds = 0;
    char places[INPUTS_PLACES_TEXT_MAX];
    int kernels = 0, i;

    printf("\n%5s %5s  %-32s %-18s %18s %8s %12s %14s\n", "node", "layer", "name", "op",
           "c x h x w", "kernels", "parameters", "multiply-adds");
    for (i = 0; i < lsn_model_nodes(model); i++) {
        struct lsn_node_info info = lsn_model_node(model, i);
        char layer[16] = "", count[16] = "", shape[48];

        if (info.layer >= 0) {
            snprintf(layer, sizeof layer, "%d", info.layer);
            snprintf(count, sizeof count, "%d", info.kernels);
        }
        snprintf(shape, sizeof shape, "%d x %d x %d", info.shape.c, info.shape.h, info.shape.w);
        printf("%5d %5s  %-32s %-18s %18s %8s %12" PRId64 " %14" PRId64 "\n", i, layer, info.name,
               info.op, shape, count, info.parameters, info.multiply_adds);
        parameters += info.parameters;
        multiply_adds += info.multiply_adds;
        kernels += info.place > 1 ? 0 : info.kernels;
    }
    printf("\n%d layer%s with %d kernel%s, %" PRId64 " parameters, %" PRId64
           " multiply-adds an image, %d classes\n",
           lsn_model_layers(model), message_plural((size_t)lsn_model_layers(model)), kernels,
           message_plural((size_t)kernels), parameters, multiply_adds, lsn_model_classes(model));
    if (inputs_places_text(model, places, sizeof places))
        printf("%s\n", places);
}

/* Prints the time and memory of a sweep on this machine. This takes a moment: the network is
 * prepared and run to measure them. */
static void print_estimate(const struct lsn_model *model)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_estimate estimate;
    char time[32];

    if (lsn_model_layers(model) == 0)
        return;
    if (lsn_sweep_estimate(model, &estimate, &err) != LSN_OK) {
        message_failure(&err);
        return;
    }
    progress_duration(estimate.seconds, time, sizeof time);
    printf(
        "a sweep of all kernels: about %s an image and contrast in one thread here, with %zu MiB; "
        "%.3g multiply-adds for the full engine\n",
        time, estimate.memory >> 20, estimate.full_multiply_adds);
}

static void run(const struct command_line *line)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    if (line->options.json && line->options.estimate) {
        message_usage("--estimate: is a line of text, and does not go with --json");
        return;
    }
    if (!inputs_load_model(&line->options, &model))
        return;
    if (line->options.json) {
        if (lsn_model_write_json(model, "-", false, &err) != LSN_OK)
            message_failure(&err);
    } else {
        print_input(model);
        print_notes(model);
        print_nodes(model);
        if (line->options.estimate)
            print_estimate(model);
    }
    lsn_model_free(model);
}

const struct command cmd_info = {
    .name = "info",
    .bit = FOR_INFO,
    .operands = "",
    .run = run,
};
