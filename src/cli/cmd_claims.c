#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "folders.h"
#include "handful.h"
#include "ladder.h"
#include "lesion/claims.h"
#include "looking.h"
#include "message.h"
#include "signals.h"
#include "sweeping.h"

#define CLAIMS_IMAGES_MIN 2 /* fewer have no intervals */

/* Checks that the command's files can be written to the folder; false after an error message. In a
 * folder that is no run yet, files in tables/ are not checked: that would make the folder tables/,
 * and the sweep begins a new run in an empty folder only. */
static bool check_folder(const struct options *options)
{
    static const char *const names[] = {
        "claims.txt",        "claims.csv",        "claims.csv.json",        "tables/kernels.csv",
        "tables/layers.csv", "tables/intact.csv", "tables/selectivity.csv", "tables/ladder.csv"};
    enum { AT_TOP = 3 };
    size_t count = folders_is_run(options->output) ? sizeof names / sizeof names[0] : AT_TOP, i;
    bool fine = true;

    for (i = 0; i < count && fine; i++) {
        struct lsn_error err = LSN_ERROR_NONE;
        char *path = folders_path(options->output, names[i]);

        fine = path && lsn_table_check(path, true, &err) == LSN_OK;
        if (err.code != LSN_OK)
            message_failure(&err);
        free(path);
    }
    return fine;
}

/* The results if all images are complete, or if time is up and at least so many are; otherwise
 * frees them and returns NULL. */
static struct lsn_results *enough(struct lsn_results *results, size_t least)
{
    size_t complete = results ? results->complete_images : 0;

    if (results &&
        (complete == results->image_count || (signals_time_is_up() && complete >= least)))
        return results;
    if (signals_time_is_up())
        message_error("time was up before the claims could be put to two images: give --time more");
    lsn_results_free(results);
    return NULL;
}

/* Runs the sweep that answers the claims, and sets conditions [LSN_CLAIMS_CONDITIONS] to its own.
 * NULL after a message where it is not complete. */
static struct lsn_results *sweep_claims(const struct options *options, const struct inputs *inputs,
                                        double low, struct lsn_condition *conditions)
{
    const struct lsn_condition *high = &inputs->conditions[inputs->condition_count - 1];
    struct lsn_claims_contrasts contrasts;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_sweep_options sweep;
    int c;

    (void)sweeping_options(options, inputs, &sweep); /* fails for --shard only, not taken here */
    sweep.conditions = conditions;
    sweep.condition_count = LSN_CLAIMS_CONDITIONS;
    sweep.run = options->output;
    contrasts = (struct lsn_claims_contrasts){low, high->contrast, options->region,
                                              (uint64_t)options->seed};
    if (lsn_claims_conditions(inputs->model, inputs->dataset, &sweep.loading, &contrasts,
                              conditions, &err) != LSN_OK) {
        message_failure(&err);
        return NULL;
    }
    for (c = 0; c < LSN_CLAIMS_CONDITIONS; c++) {
        conditions[c].definition = high->definition;
        conditions[c].quantize = high->quantize;
    }
    return enough(sweeping_run(inputs, &sweep, "claims"), CLAIMS_IMAGES_MIN);
}

/* Runs the intact network under conditions [count]. NULL after a message where it is not complete.
 */
static struct lsn_results *evaluate(const struct options *options, const struct inputs *inputs,
                                    const struct lsn_condition *conditions, int count,
                                    const char *what)
{
    struct lsn_sweep_options sweep;

    (void)sweeping_options(options, inputs, &sweep);
    sweep.conditions = conditions;
    sweep.condition_count = count;
    sweep.engine = LSN_ENGINE_INTACT;
    return enough(sweeping_run(inputs, &sweep, what), SIZE_MAX);
}

/* Runs the intact network at every contrast of the ladder. The inputs' conditions are sorted by
 * contrast, and of each contrast the first is the one without normalisation. */
static struct lsn_results *climb_ladder(const struct options *options, const struct inputs *inputs)
{
    int contrasts = inputs->condition_count / inputs->normalisation_count, i;
    struct lsn_condition conditions[LADDER_RUNGS + 2];

    for (i = 0; i < contrasts; i++)
        conditions[i] = inputs->conditions[i * inputs->normalisation_count];
    return evaluate(options, inputs, conditions, contrasts, "ladder");
}

/* Runs the intact network with each normalisation at the low and the high contrast. low: the index
 * of the low contrast in the ladder. */
static struct lsn_results *normalise(const struct options *options, const struct inputs *inputs,
                                     int low)
{
    int pairs = inputs->normalisation_count, i;
    struct lsn_condition *conditions = calloc((size_t)pairs, 2 * sizeof *conditions);
    struct lsn_results *results;

    if (!conditions) {
        message_error("out of memory for the conditions");
        return NULL;
    }
    for (i = 0; i < pairs; i++) {
        conditions[2 * i] = inputs->conditions[low * pairs + i];
        conditions[2 * i + 1] = inputs->conditions[inputs->condition_count - pairs + i];
    }
    results = evaluate(options, inputs, conditions, 2 * pairs, "normalisations");
    free(conditions);
    return results;
}

/* The index in the ladder of the low contrast; -1 after an error message. */
static int choose_low(const struct ladder *shown, const struct lsn_results *ladder)
{
    struct lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    struct ends ends = shown->ends;

    ends.high = -1; /* the default, the highest, which is the ladder's last */
    return ends_find(&ends, ladder, &table) && ends_note(&ends, ladder, &table) ? table.low : -1;
}

/* What stops the making of tables: after --time has stopped the sweep, nothing. */
static const struct lsn_stop *stop_of_tables(void)
{
    return signals_time_is_up() ? NULL : &signals_stop;
}

/* Takes the status of writing a file; prints why it was not written, unless that is LSN_OK. Returns
 * whether it was written. */
static bool is_written(enum lsn_status status, const struct lsn_error *err)
{
    if (status == LSN_E_INTERRUPTED) {
        message_note("interrupted: the claims are not written; the same command goes on");
        message_set_exit(EXIT_INTERRUPTED);
    } else if (status != LSN_OK) {
        message_failure(err);
    }
    return status == LSN_OK;
}

/* Writes the tables that the claims were computed from. False after an error message. */
static bool write_tables(const struct options *options, const struct lsn_results *results,
                         const struct lsn_results *rungs)
{
    struct lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    char *selectivity = folders_path(options->output, "tables/selectivity.csv");
    char *kernels = folders_path(options->output, "tables/kernels.csv");
    char *layers = folders_path(options->output, "tables/layers.csv");
    char *intact = folders_path(options->output, "tables/intact.csv");
    char *ladder = folders_path(options->output, "tables/ladder.csv");
    bool fine = selectivity && kernels && layers && intact && ladder;

    table.flips = (size_t)options->flips;
    table.seed = (uint64_t)options->seed;
    table.stop = stop_of_tables();
    fine =
        fine &&
        is_written(lsn_table_write_selectivity(selectivity, true, results, &table, &err), &err) &&
        is_written(lsn_table_write_kernels(kernels, true, results, &err), &err) &&
        is_written(lsn_table_write_layers(layers, true, results, &err), &err) &&
        is_written(lsn_table_write_intact(intact, true, results, &err), &err) &&
        is_written(lsn_table_write_intact(ladder, true, rungs, &err), &err);
    free(selectivity);
    free(kernels);
    free(layers);
    free(intact);
    free(ladder);
    return fine;
}

/* Prints claims.txt on standard output. */
static void print_claims(const char *folder)
{
    char *path = folders_path(folder, "claims.txt"), block[4096];
    FILE *stream = path ? fopen(path, "r") : NULL;
    size_t size;

    while (stream && (size = fread(block, 1, sizeof block, stream)) > 0)
        fwrite(block, 1, size, stdout);
    if (path && (!stream || ferror(stream)))
        message_error("%s: cannot read", path);
    if (stream)
        fclose(stream);
    free(path);
}

/* The results that the claims are computed from. */
struct found {
    struct lsn_results *ladder, *sweep, *intact;
    struct handful handful;
};

static void put_claims(const struct command_line *line, const struct inputs *inputs,
                       const struct found *found)
{
    const struct options *options = &line->options;
    const char *slash = strrchr(options->model, '/');
    const struct lsn_claims_runs runs = {found->sweep, found->intact, found->ladder,
                                         handful_halves(&found->handful)};
    struct lsn_error err = LSN_ERROR_NONE;
    char *csv = folders_path(options->output, "claims.csv");

    if (csv && write_tables(options, found->sweep, found->ladder) &&
        is_written(lsn_claims_write(options->output, slash ? slash + 1 : options->model, &runs,
                                    stop_of_tables(), &err),
                   &err)) {
        sweeping_write_provenance(line, inputs, csv, true, found->sweep);
        print_claims(options->output);
    }
    free(csv);
}

static void find_claims(const struct command_line *line, const struct ladder *shown,
                        const struct inputs *inputs)
{
    const struct options *options = &line->options;
    struct lsn_condition conditions[LSN_CLAIMS_CONDITIONS];
    struct found found = {.ladder = climb_ladder(options, inputs)};
    int low = found.ladder ? choose_low(shown, found.ladder) : -1;

    if (low >= 0) /* before the sweep, which takes all of --time */
        found.intact = normalise(options, inputs, low);
    if (found.intact)
        found.sweep =
            sweep_claims(options, inputs, found.ladder->conditions[low].contrast, conditions);
    if (found.sweep && handful_find(options, inputs, found.sweep, conditions, &found.handful))
        put_claims(line, inputs, &found);
    handful_free(&found.handful);
    lsn_results_free(found.ladder);
    lsn_results_free(found.sweep);
    lsn_results_free(found.intact);
}

/* output: the run directory. */
static void run_in(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct ladder shown = {.normalisations = NULL};
    struct inputs inputs;

    if (!ladder_make(options, &shown))
        return;
    shown.options.run = options->output; /* whose images may have an order to go on with */
    shown.options.halved = options->sample_kernels > 0;
    if (inputs_load(&shown.options, &inputs)) {
        if (looking_check(options, &inputs, options->output) && check_folder(options)) {
            sweeping_note_sample(options);
            find_claims(line, &shown, &inputs);
        }
        inputs_free(&inputs);
    }
    ladder_free(&shown);
}

static void run(const struct command_line *given)
{
    struct command_line line = *given;
    char *temporary = NULL;

    if (!inputs_one_lesion(&line.options, "the claims take") ||
        !sweeping_start_clock(line.options.time))
        return;
    if (!line.options.output)
        line.options.output = temporary = folders_temporary();
    if (!line.options.output)
        return;
    run_in(&line);
    if (temporary) {
        folders_remove(temporary);
        message_note(
            "the run and its tables are not kept; with --output DIR they are, and the same "
            "command goes on");
    }
    free(temporary);
}

const struct command cmd_claims = {
    .name = "claims",
    .bit = FOR_CLAIMS,
    .operands = "",
    .run = run,
};
