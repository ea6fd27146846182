#include <string.h>

#include "command.h"
#include "folders.h"
#include "lesion/parse.h"
#include "lesion/table.h"
#include "message.h"
#include "sweeping.h"

static void note_size(const char *what, const char *state, const struct lsn_results *results)
{
    message_note("%s: %s%zu kernel%s, %d condition%s, %zu image%s", what, state,
                 results->kernel_count, message_plural(results->kernel_count),
                 results->condition_count, message_plural((size_t)results->condition_count),
                 results->complete_images, message_plural(results->complete_images));
}

static void write_table(const struct sweeping *s, const char *output, bool force,
                        const struct lsn_results *results)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (sweeping_finish(s, lsn_table_write_kernels(output, force, results, &err), &err, output,
                        force, results) &&
        strcmp(output, "-") != 0)
        note_size(output, "", results);
}

/* Whether the output is a table of a run that goes on, which is made anew. No other table, nor
 * a run directory's own, begins so. */
static bool is_earlier_table(const char *run, const char *output)
{
    return folders_is_run(run) &&
           folders_begins(output, "layer,layer_index,kernel,lesion,contrast,region,");
}

/* Says that a run directory is complete, and writes the table that was asked for beside it. */
static void finish_run(const struct sweeping *s, bool replace, const struct lsn_results *results)
{
    const struct options *options = &s->line->options;

    if (results->complete_images < results->image_count)
        return;
    note_size(options->run, "complete, ", results);
    if (options->output)
        write_table(s, options->output, replace, results);
}

static bool read_race(const struct options *options, struct lsn_ranking_options *race)
{
    *race = (struct lsn_ranking_options){.size = sizeof *race,
                                         .top = options->top,
                                         .measure = (enum lsn_race_measure)options->measure,
                                         .seed = (uint64_t)options->seed};
    if (options->run || options->shard)
        message_usage("--top is no run for --run or --shard: it is done when the race is");
    else if (!lsn_parse_float(options->confidence, 0, 1, &race->confidence) ||
             race->confidence <= 0 || race->confidence >= 1)
        message_usage("--confidence: '%s' is not between 0 and 1", options->confidence);
    else if (!lsn_parse_float(options->clip, 0, 1e6, &race->clip) || race->clip <= 0)
        message_usage("--clip: '%s' is not a number of nats above 0", options->clip);
    else
        return true;
    return false;
}

/* --top: finds the kernels by a race, and writes their table. */
static void race(struct sweeping *s, const struct lsn_ranking_options *options, const char *output)
{
    bool force = s->line->options.force;
    struct lsn_ranking *ranking = sweeping_race(&s->inputs, &s->sweep, options);
    struct lsn_error err = LSN_ERROR_NONE;

    if (!ranking)
        return;
    if (sweeping_finish(s, lsn_ranking_write(output, force, ranking, &err), &err, output, force,
                        ranking->axes))
        message_note("the top %d of %zu kernels: %.1f %% of the variants were run, %llu of %llu",
                     ranking->top, ranking->axes->kernel_count,
                     100 * (double)ranking->variants / (double)ranking->all_variants,
                     (unsigned long long)ranking->variants,
                     (unsigned long long)ranking->all_variants);
    lsn_ranking_free(ranking);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *output = options->output ? options->output : "-";
    struct lsn_ranking_options how;
    struct lsn_results *results = NULL;
    struct sweeping s;
    bool replace = options->force || (options->run && is_earlier_table(options->run, output));

    if (!sweeping_begin(&s, line, output, NULL, 0, replace))
        return;
    if ((options->top == 0 || read_race(options, &how)) && sweeping_look(&s)) {
        if (options->top > 0)
            race(&s, &how, output);
        else
            results = sweeping_run(&s.inputs, &s.sweep, "sweep");
    }
    if (results)
        sweeping_note_chance(results);
    if (results && options->run)
        finish_run(&s, replace, results);
    else if (results)
        write_table(&s, output, options->force, results);
    lsn_results_free(results);
    sweeping_end(&s);
}

const struct command cmd_sweep = {
    .name = "sweep",
    .bit = FOR_SWEEP,
    .operands = "",
    .run = run,
};
