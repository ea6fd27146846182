#include <stdio.h>
#include <string.h>

#include "command.h"
#include "folders.h"
#include "joint.h"
#include "lesion/pairs.h"
#include "lesion/parse.h"
#include "message.h"

/* Checks which options are given together. False after an error message. */
static bool check_options(const struct options *options)
{
    double contrast;

    if (!options->kernels == !options->from)
        message_usage("which kernels: --from RUN --top N, or --kernels conv1:3,conv2:0-7?");
    else if (options->from && options->top < 2)
        message_usage("--from: wants --top N, of at least 2 kernels");
    else if (!options->from && (options->top > 0 || options->at))
        message_usage("--top and --at go with --from RUN");
    else if (options->from && options->run && folders_is_same_place(options->from, options->run))
        message_usage("--run: %s is the run of --from", options->run);
    else if (options->at && !lsn_parse_float(options->at, 0, 1, &contrast))
        message_usage("--at: '%s' is not a number in 0 ... 1", options->at);
    else
        return true;
    return false;
}

/* Sets *condition to that at which the drops of --from are compared: the first region and
 * normalisation asked for, at --at. */
static void find_condition(const struct sweeping *s, struct lsn_condition *condition)
{
    const char *at = s->line->options.at;
    int i;

    *condition = s->inputs.conditions[0];
    for (i = 1; i < s->inputs.condition_count; i++)
        if (s->inputs.conditions[i].contrast > condition->contrast)
            condition->contrast = s->inputs.conditions[i].contrast;
    if (at)
        (void)lsn_parse_float(at, 0, 1, &condition->contrast); /* check_options refused others */
}

static void note_kernel(const struct lsn_model *model, const struct lsn_kernel *kernel, char *text,
                        size_t size)
{
    size_t length = strlen(text);

    snprintf(text + length, size - length, " %s:%d", lsn_model_layer_name(model, kernel->layer),
             kernel->kernel);
}

/* Chooses the kernels of --from. NULL after an error message. */
static struct lsn_kernel *choose_kernels(const struct sweeping *s, int *count)
{
    const struct options *options = &s->line->options;
    struct lsn_condition condition;
    struct lsn_pairs_choice choice = {options->top, (enum lsn_race_measure)options->measure,
                                      &condition, &s->inputs.lesions[0]};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_kernel *kernels;
    char names[400] = "";
    size_t images;
    int i;

    find_condition(s, &condition);
    if (lsn_pairs_choose(options->from, s->inputs.model, &choice, &kernels, &images, &err) !=
        LSN_OK) {
        message_failure(&err);
        return NULL;
    }
    *count = options->top;
    for (i = 0; i < *count; i++)
        note_kernel(s->inputs.model, &kernels[i], names, sizeof names);
    message_note("%s: the %d kernels with the largest drop of %s at contrast %.9g, on %zu image%s:"
                 "%s%s",
                 options->from, *count, options->measure == LSN_RACE_LOSS ? "the loss" : "accuracy",
                 condition.contrast, images, message_plural(images), names,
                 strlen(names) + 1 == sizeof names ? " ..." : "");
    return kernels;
}

static struct lsn_kernel *read_kernels(const struct sweeping *s, int *count)
{
    return s->line->options.from ? choose_kernels(s, count) : joint_parse_kernels(s, count);
}

static const struct joint pairs = {
    .name = "pairs",
    .takes = "pairs take",
    .read_kernels = read_kernels,
    .create = lsn_pairs_create,
    .write = lsn_pairs_write,
};

static void run(const struct command_line *line)
{
    if (check_options(&line->options))
        joint_run(line, &pairs);
}

const struct command cmd_pairs = {
    .name = "pairs",
    .bit = FOR_PAIRS,
    .operands = "",
    .run = run,
};
