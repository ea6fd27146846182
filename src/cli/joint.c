#include "joint.h"

#include "message.h"
#include "signals.h"

struct lsn_kernel *joint_parse_kernels(const struct sweeping *s, int *count)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_kernel *kernels;

    if (lsn_kernels_parse(s->inputs.model, s->line->options.kernels, &kernels, count, &err) ==
        LSN_OK)
        return kernels;
    message_failure(&err);
    return NULL;
}

static void write_table(const struct sweeping *s, const struct joint *joint, const char *output,
                        const struct lsn_results *results)
{
    struct lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;

    table.flips = (size_t)s->line->options.flips;
    table.seed = (uint64_t)s->line->options.seed;
    /* After an interruption signals_stop is set for good: to write the table of what is there, this
     * must not look at it. */
    table.stop = results->complete_images == results->image_count ? &signals_stop : NULL;
    sweeping_finish(s, joint->write(s->to, s->replace, results, &table, &err), &err, output,
                    results);
}

static void run_sets(struct sweeping *s, const struct joint *joint, const char *output)
{
    const struct options *options = &s->line->options;
    struct lsn_results *results;

    if (!sweeping_look(s))
        return;
    results = sweeping_run(&s->inputs, &s->sweep, joint->name);
    if (!results)
        return;
    sweeping_note_chance(results);
    if (options->run && results->complete_images == results->image_count)
        message_note("%s: complete, %zu lesion%s, %d condition%s, %zu image%s", options->run,
                     results->kernel_count, message_plural(results->kernel_count),
                     results->condition_count, message_plural((size_t)results->condition_count),
                     results->complete_images, message_plural(results->complete_images));
    if (!options->run || options->output)
        write_table(s, joint, output, results);
    lsn_results_free(results);
}

void joint_run(const struct command_line *line, const struct joint *joint)
{
    const struct options *options = &line->options;
    const char *output = options->output ? options->output : "-";
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_kernel_sets *sets = NULL;
    struct lsn_kernel *kernels = NULL;
    struct sweeping s;
    int count = 0;

    if (!inputs_one_lesion(options, joint->takes) || !sweeping_begin(&s, line, output, NULL, 0))
        return;
    s.sweep.kernels = NULL; /* read here, as LAYER:KERNEL */
    kernels = joint->read_kernels(&s, &count);
    if (kernels && joint->create(kernels, count, &sets, &err) != LSN_OK)
        message_failure(&err);
    s.sweep.sets = sets;
    if (sets)
        run_sets(&s, joint, output);
    lsn_kernel_sets_free(sets);
    lsn_kernels_free(kernels);
    sweeping_end(&s);
}
