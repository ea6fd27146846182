#include <stdio.h>
#include <string.h>

#include "command.h"
#include "ends.h"
#include "folders.h"
#include "lesion/parse.h"
#include "lesion/table.h"
#include "message.h"
#include "sweeping.h"

static void write_table(const struct command_line *line, const char *output, bool force,
                        const struct inputs *inputs, const struct lsn_results *results)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_table_write_kernels(output, force, results, &err) != LSN_OK) {
        message_failure(&err);
        return;
    }
    sweeping_write_provenance(line, FOR_SWEEP, "sweep", output, force, inputs, results);
    if (strcmp(output, "-") != 0)
        message_note("%s: %zu kernels, %d conditions, %zu images", output, results->kernel_count,
                     results->condition_count, results->complete_images);
}

/* Whether the output is a table of a run that goes on, which is made anew. No other table, nor
 * a run directory's own, begins so. */
static bool is_earlier_table(const char *run, const char *output)
{
    static const char *const begins[] = {"layer,layer_index,kernel,lesion,contrast,region,",
                                         "contrast,region,normalise,rank,",
                                         "contrast_low,contrast_high,region,normalise,rank,"};
    bool found = false;
    size_t i;

    for (i = 0; i < sizeof begins / sizeof begins[0] && !found; i++)
        found = folders_begins(output, begins[i]);
    return found && folders_is_run(run);
}

/* What there is to say, and to write, of a run directory. */
static void finish_run(const struct command_line *line, bool replace, const struct inputs *inputs,
                       const struct lsn_results *results)
{
    if (results->complete_images < results->image_count)
        return;
    message_note("%s: complete, %zu kernels, %d conditions, %zu images", line->options.run,
                 results->kernel_count, results->condition_count, results->image_count);
    if (line->options.output)
        write_table(line, line->options.output, replace, inputs, results);
}

static bool is_race(const struct options *options)
{
    return options->top > 0 || options->above;
}

/* What goes with what. */
static bool check_race(const struct options *options)
{
    if (!is_race(options) && (options->fdr || options->measure != LSN_RACE_ACCURACY))
        message_usage("--fdr and --measure are of races: with --top N or --above X");
    else if (options->top > 0 && options->above)
        message_usage("--top and --above are two races: one at a time (--run keeps the outcomes)");
    else if (options->fdr && !options->above)
        message_usage("--fdr goes with --above");
    else if (options->measure < LSN_RACE_SELECTIVITY && (options->low || options->high))
        message_usage("--low and --high go with --measure selectivity, lost-selectivity and "
                      "loss-selectivity");
    else if (is_race(options) && options->shard)
        message_usage("--shard: a race's images come in one order, and what was seen of all of "
                      "them decides; --layers and --kernels may share out the kernels of --above, "
                      "each part with a --run and a --confidence of its own");
    else
        return true;
    return false;
}

/* The conditions of the two contrasts of a selectivity. */
static bool read_ends(const struct options *options, const struct inputs *inputs,
                      struct lsn_ranking_options *race)
{
    const struct lsn_results conditions = {.conditions = inputs->conditions,
                                           .condition_count = inputs->condition_count};
    struct lsn_table_options table;
    struct ends ends;

    if (!ends_parse(options, &ends))
        return false;
    if (ends.chosen) {
        message_usage("--low: auto takes the intact accuracies of a whole sweep: give a race the "
                      "contrast that lesion eval leads to");
        return false;
    }
    if (!ends_find(&ends, &conditions, &table))
        return false;
    race->low = table.low;
    race->high = table.high;
    return true;
}

static bool read_race(const struct options *options, const struct inputs *inputs,
                      struct lsn_ranking_options *race)
{
    *race = (struct lsn_ranking_options){.top = options->top,
                                         .measure = (enum lsn_race_measure)options->measure,
                                         .seed = (uint64_t)options->seed,
                                         .above = options->above};
    if (!lsn_parse_float(options->confidence, 0, 1, &race->confidence) || race->confidence <= 0 ||
        race->confidence >= 1)
        message_usage("--confidence: '%s' is not between 0 and 1", options->confidence);
    else if (!lsn_parse_float(options->clip, 0, 1e6, &race->clip) || race->clip <= 0)
        message_usage("--clip: '%s' is not a number of nats above 0", options->clip);
    else if (options->above && !lsn_parse_float(options->above, -1e6, 1e6, &race->bar))
        message_usage("--above: '%s' is not a number", options->above);
    else if (options->fdr &&
             (!lsn_parse_float(options->fdr, 0, 1, &race->fdr) || race->fdr <= 0 || race->fdr >= 1))
        message_usage("--fdr: '%s' is not between 0 and 1", options->fdr);
    else
        return read_ends(options, inputs, race);
    return false;
}

static void note_race(const struct options *options, const struct lsn_ranking *ranking)
{
    char what[100], before[60] = "";

    if (options->above)
        snprintf(what, sizeof what, "those above %.30s of", options->above);
    else
        snprintf(what, sizeof what, "the top %d of", options->top);
    if (ranking->replayed > 0)
        snprintf(before, sizeof before, "; %llu of these were there before",
                 (unsigned long long)ranking->replayed);
    message_note("%s %zu kernels: %.1f %% of the variants were run, %llu of %llu%s", what,
                 ranking->axes->kernel_count,
                 100 * (double)ranking->variants / (double)ranking->all_variants,
                 (unsigned long long)ranking->variants, (unsigned long long)ranking->all_variants,
                 before);
}

/* Finds kernels by a race, and writes their table. replace: over an earlier one. */
static void race(const struct command_line *line, bool replace, const struct inputs *inputs,
                 struct lsn_sweep_options *sweep, const struct lsn_ranking_options *options)
{
    const char *output = line->options.output ? line->options.output : "-";
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_ranking *ranking;

    ranking = sweeping_race(inputs, sweep, options);
    if (!ranking)
        return;
    if (lsn_ranking_write(output, replace, ranking, &err) != LSN_OK) {
        message_failure(&err);
    } else {
        sweeping_write_provenance(line, FOR_SWEEP, "sweep", output, replace, inputs, ranking->axes);
        note_race(&line->options, ranking);
    }
    lsn_ranking_free(ranking);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *output = options->output ? options->output : "-";
    struct lsn_sweep_options sweep;
    struct lsn_ranking_options how;
    struct lsn_results *results = NULL;
    struct inputs inputs;
    bool replace = options->force || (options->run && is_earlier_table(options->run, output));

    if (!check_race(options) || !sweeping_check_outputs(output, NULL, 0, replace) ||
        !inputs_load(options, &inputs))
        return;
    if (sweeping_options(options, &inputs, &sweep) &&
        (!is_race(options) || read_race(options, &inputs, &how)) &&
        sweeping_look(options, &inputs, &sweep)) {
        if (is_race(options))
            race(line, replace, &inputs, &sweep, &how);
        else
            results = sweeping_run(&inputs, &sweep, "sweep");
    }
    if (results)
        sweeping_note_chance(results);
    if (results && options->run)
        finish_run(line, replace, &inputs, results);
    else if (results)
        write_table(line, output, options->force, &inputs, results);
    lsn_results_free(results);
    inputs_free(&inputs);
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
        "with --above X only those whose drop is above X, by a race in which kernels that are\n"
        "surely among them, or surely not, are no longer run; --confidence and --fdr say how\n"
        "sure. What cannot be told apart is run on all images, and is exact. Columns:\n"
        "contrast,region,normalise,rank,layer,layer_index,kernel,lesion,images,lost,gained,\n"
        "top1_drop,loss_drop,value,value_ci_low,value_ci_high,decided: of the images that the\n"
        "kernel was run on; value: what was raced (--measure), its interval for this kernel\n"
        "alone; decided: accepted, or exact. --measure selectivity, lost-selectivity and\n"
        "loss-selectivity race the difference between --low and --high contrast; columns:\n"
        "contrast_low,contrast_high,region,normalise,rank,layer,layer_index,kernel,lesion,\n"
        "images,both,lost_low,gained_low,lost_high,gained_high,lost_low_only,lost_high_only,\n"
        "loss_drop_low,loss_drop_high,value,value_ci_low,value_ci_high,decided.\n"
        "With --run a race goes on as a sweep does, and a sweep runs what a race has left.\n",
    .run = run,
};
