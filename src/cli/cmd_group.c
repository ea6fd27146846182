#include "command.h"
#include "lesion/table.h"
#include "message.h"
#include "signals.h"
#include "sweeping.h"

/* Lesions the kernels one by one, then all at once, and writes a table that compares them. */
static void run_group(struct sweeping *s)
{
    const struct options *options = &s->line->options;
    struct lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_results *singles, *joint = NULL;
    struct lsn_error err = LSN_ERROR_NONE;

    singles = sweeping_run(&s->inputs, &s->sweep, "one by one");
    if (singles && singles->complete_images == singles->image_count) {
        s->sweep.fixed = s->sweep.picked;
        s->sweep.fixed_count = s->sweep.picked_count;
        s->sweep.engine = LSN_ENGINE_INTACT;
        joint = sweeping_run(&s->inputs, &s->sweep, "together");
    }
    table.flips = (size_t)options->flips;
    table.seed = (uint64_t)options->seed;
    if (joint) {
        enum lsn_status status;

        /* After an interruption signals_stop is set for good: to write the table of what is there,
         * this must not look at it. */
        table.stop = joint->complete_images == joint->image_count ? &signals_stop : NULL;
        status =
            lsn_table_write_group(options->output, options->force, singles, joint, &table, &err);
        sweeping_finish(s, status, &err, options->output, options->force, joint);
    }
    lsn_results_free(singles);
    lsn_results_free(joint);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_kernel *kernels;
    struct sweeping s;

    if (!options->kernels) {
        message_usage("--kernels is missing: which group?");
        return;
    }
    if (!sweeping_begin(&s, line, options->output, NULL, 0, options->force))
        return;
    s.sweep.kernels = NULL;
    if (s.inputs.lesion_count > 1)
        message_usage("--lesion: a group takes one");
    else if (lsn_kernels_parse(s.inputs.model, options->kernels, &kernels, &s.sweep.picked_count,
                               &err) != LSN_OK)
        message_failure(&err);
    else {
        s.sweep.picked = kernels;
        if (sweeping_look(&s))
            run_group(&s);
        lsn_kernels_free(kernels);
    }
    sweeping_end(&s);
}

const struct command cmd_group = {
    .name = "group",
    .bit = FOR_GROUP,
    .operands = "",
    .run = run,
};
