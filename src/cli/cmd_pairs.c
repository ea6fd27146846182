#include <stdio.h>
#include <string.h>

#include "command.h"
#include "folders.h"
#include "lesion/pairs.h"
#include "lesion/parse.h"
#include "message.h"
#include "signals.h"
#include "sweeping.h"

/* Checks which options are given together. False after an error message. */
static bool check_options(const struct options *options)
{
    if (!options->kernels == !options->from)
        message_usage("which kernels: --from RUN --top N, or --kernels conv1:3,conv2:0-7?");
    else if (options->from && options->top < 2)
        message_usage("--from: wants --top N, of at least 2 kernels");
    else if (!options->from && (options->top > 0 || options->at))
        message_usage("--top and --at go with --from RUN");
    else if (options->from && options->run && folders_is_same_place(options->from, options->run))
        message_usage("--run: %s is the run of --from", options->run);
    else
        return true;
    return false;
}

/* Sets *condition to that at which the drops of --from are compared: the first region and
 * normalisation asked for, at --at. False after an error message. */
static bool find_condition(const struct sweeping *s, struct lsn_condition *condition)
{
    const char *at = s->line->options.at;
    int i;

    *condition = s->inputs.conditions[0];
    for (i = 1; i < s->inputs.condition_count; i++)
        if (s->inputs.conditions[i].contrast > condition->contrast)
            condition->contrast = s->inputs.conditions[i].contrast;
    if (!at || lsn_parse_float(at, 0, 1, &condition->contrast))
        return true;
    message_usage("--at: '%s' is not a number in 0 ... 1", at);
    return false;
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

    if (!find_condition(s, &condition))
        return NULL;
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
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_kernel *kernels;

    if (s->line->options.from)
        return choose_kernels(s, count);
    if (lsn_kernels_parse(s->inputs.model, s->line->options.kernels, &kernels, count, &err) ==
        LSN_OK)
        return kernels;
    message_failure(&err);
    return NULL;
}

static void write_table(const struct sweeping *s, const char *output, bool replace,
                        const struct lsn_results *results)
{
    struct lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;

    table.flips = (size_t)s->line->options.flips;
    table.seed = (uint64_t)s->line->options.seed;
    /* After an interruption signals_stop is set for good: to write the table of what is there, this
     * must not look at it. */
    table.stop = results->complete_images == results->image_count ? &signals_stop : NULL;
    sweeping_finish(s, lsn_pairs_write(output, replace, results, &table, &err), &err, output,
                    replace, results);
}

static void run_pairs(struct sweeping *s, const struct lsn_pairs *pairs, bool replace)
{
    const struct options *options = &s->line->options;
    const char *output = options->output ? options->output : "-";
    struct lsn_results *results;
    bool complete;

    s->sweep.sets = &pairs->sets;
    if (!sweeping_look(s))
        return;
    results = sweeping_run(&s->inputs, &s->sweep, "pairs");
    if (!results)
        return;
    sweeping_note_chance(results);
    complete = results->complete_images == results->image_count;
    if (options->run && complete)
        message_note("%s: complete, %d kernels and pairs, %d condition%s, %zu image%s",
                     options->run, pairs->sets.count, results->condition_count,
                     message_plural((size_t)results->condition_count), results->complete_images,
                     message_plural(results->complete_images));
    if (options->run ? complete && options->output : true)
        write_table(s, output, replace, results);
    lsn_results_free(results);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *output = options->output ? options->output : "-";
    bool replace = options->force || (options->run && folders_is_run(options->run) &&
                                      folders_begins(output, "layer_a,layer_index_a,kernel_a,"));
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_kernel *kernels = NULL;
    struct lsn_pairs *pairs = NULL;
    struct sweeping s;
    int count = 0;

    if (!check_options(options) || !sweeping_begin(&s, line, output, NULL, 0, replace))
        return;
    s.sweep.kernels = NULL; /* read here, as LAYER:KERNEL */
    if (s.inputs.lesion_count > 1)
        message_usage("--lesion: pairs take one");
    else
        kernels = read_kernels(&s, &count);
    if (kernels && lsn_pairs_create(kernels, count, &pairs, &err) != LSN_OK)
        message_failure(&err);
    if (pairs)
        run_pairs(&s, pairs, replace);
    lsn_pairs_free(pairs);
    lsn_kernels_free(kernels);
    sweeping_end(&s);
}

const struct command cmd_pairs = {
    .name = "pairs",
    .bit = FOR_PAIRS,
    .operands = "",
    .run = run,
};
