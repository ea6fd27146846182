#include <stdio.h>
#include <string.h>

#include "command.h"
#include "ends.h"
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

static void write_table(const struct sweeping *s, const char *output,
                        const struct lsn_results *results)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (sweeping_finish(s, lsn_table_write_kernels(s->to, s->replace, results, &err), &err, output,
                        results) &&
        strcmp(output, "-") != 0)
        note_size(output, "", results);
}

/* If the run is complete, prints that and writes the table of --output. */
static void finish_run(const struct sweeping *s, const struct lsn_results *results)
{
    const struct options *options = &s->line->options;

    if (results->complete_images < results->image_count)
        return;
    note_size(options->run, "complete, ", results);
    if (options->output)
        write_table(s, options->output, results);
}

static bool is_race(const struct options *options)
{
    return options->top > 0 || options->above;
}

/* Checks which options of races are given together. False after an error message. */
static bool check_race(const struct options *options)
{
    if (!is_race(options) && (options->fdr || options->measure != LSN_RACE_ACCURACY))
        message_usage("--fdr and --measure are of races: with --top N or --above X");
    else if (options->top > 0 && options->above)
        message_usage("--top and --above are two races: one at a time (--run keeps the outcomes)");
    else if (options->screen && options->top == 0)
        message_usage("--screen goes with --top");
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

/* Sets the conditions whose contrasts a race for selectivity compares. False after an error
 * message. */
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

/* Reads what is asked of a race, before anything is loaded; read_ends reads the rest. False after
 * an error message. */
static bool read_race(const struct options *options, struct lsn_ranking_options *race)
{
    *race = (struct lsn_ranking_options){.size = sizeof *race,
                                         .top = options->top,
                                         .measure = (enum lsn_race_measure)options->measure,
                                         .seed = (uint64_t)options->seed,
                                         .above = options->above,
                                         .screen = options->screen};
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
        return inputs_one_lesion(options, "a race takes");
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
    message_note("%s %zu kernel%s: %.1f %% of the variants were run, %llu of %llu%s", what,
                 ranking->axes->kernel_count, message_plural(ranking->axes->kernel_count),
                 100 * (double)ranking->variants / (double)ranking->all_variants,
                 (unsigned long long)ranking->variants, (unsigned long long)ranking->all_variants,
                 before);
}

/* Runs a race and writes the table of its kernels. */
static void race(struct sweeping *s, const struct lsn_ranking_options *options, const char *output)
{
    struct lsn_ranking *ranking = sweeping_race(&s->inputs, &s->sweep, options);
    struct lsn_error err = LSN_ERROR_NONE;

    if (!ranking)
        return;
    if (sweeping_finish(s, lsn_ranking_write(s->to, s->replace, ranking, &err), &err, output,
                        ranking->axes))
        note_race(&s->line->options, ranking);
    lsn_ranking_free(ranking);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *output = options->output ? options->output : "-";
    struct lsn_ranking_options how;
    struct lsn_results *results = NULL;
    struct sweeping s;

    if (!check_race(options) || (is_race(options) && !read_race(options, &how)) ||
        !sweeping_begin(&s, line, output, NULL, 0))
        return;
    if ((!is_race(options) || read_ends(options, &s.inputs, &how)) && sweeping_look(&s)) {
        if (is_race(options))
            race(&s, &how, output);
        else
            results = sweeping_run(&s.inputs, &s.sweep, "sweep");
    }
    if (results)
        sweeping_note_chance(results);
    if (results && options->run)
        finish_run(&s, results);
    else if (results)
        write_table(&s, output, results);
    lsn_results_free(results);
    sweeping_end(&s);
}

const struct command cmd_sweep = {
    .name = "sweep",
    .bit = FOR_SWEEP,
    .operands = "",
    .run = run,
};
