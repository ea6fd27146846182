#include <string.h>

#include "command.h"
#include "folders.h"
#include "lesion/parse.h"
#include "lesion/table.h"
#include "message.h"
#include "sweeping.h"

static void write_table(const struct sweeping *s, const char *output, bool force,
                        const struct lsn_results *results)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (sweeping_finish(s, lsn_table_write_kernels(output, force, results, &err), &err, output,
                        force, results) &&
        strcmp(output, "-") != 0)
        message_note("%s: %zu kernels, %d conditions, %zu images", output, results->kernel_count,
                     results->condition_count, results->complete_images);
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
    message_note("%s: complete, %zu kernels, %d conditions, %zu images", options->run,
                 results->kernel_count, results->condition_count, results->image_count);
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
    .summary = "lesion one kernel at a time and tabulate what is lost at each contrast",
    .operands = "",
    .description =
        "Shows every image at every contrast, intact and with each chosen kernel lesioned\n"
        "(its weights zeroed, its bias and batch-norm kept, or as --lesion says), and writes\n"
        "one CSV row per kernel, lesion, contrast, region and normalisation. This is also what\n"
        "'lesion --model ...' runs. After Ctrl-C the table holds the images that were complete.\n"
        "With --run the outcomes are kept on disk as they come: a run that was ended, even by\n"
        "kill -9 or a power cut, goes on with the same command; lesion stats makes its tables.\n"
        "With --shard, too, any number of machines share a run, and lesion merge joins their\n"
        "run directories.\n"
        "With --top N only the N kernels with the largest drop at each contrast are found,\n"
        "by a race in which kernels that are surely among them, or surely not, are no\n"
        "longer run: contrast,region,normalise,rank,layer,layer_index,kernel,lesion,images,lost,\n"
        "gained,top1_drop,loss_drop, of the images that the kernel was run on.\n",
    .run = run,
};
