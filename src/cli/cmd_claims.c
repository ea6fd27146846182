#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "ends.h"
#include "folders.h"
#include "lesion/claims.h"
#include "message.h"
#include "signals.h"
#include "sweeping.h"

/* Whether all that the command writes to the folder can be written. In a folder that is no
 * run yet only at its top: tables/ would be made by the question, and a new run's folder must
 * be empty, which the sweep looks for. An error is said. */
static bool check_folder(const struct options *options)
{
    static const char *const names[] = {
        "claims.txt",        "claims.csv",        "claims.csv.json",       "tables/kernels.csv",
        "tables/layers.csv", "tables/intact.csv", "tables/selectivity.csv"};
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

/* Where the list has the item none; NULL: nowhere. */
static const char *find_none(const char *list)
{
    while (list) {
        size_t length = strcspn(list, ",");

        if (length == 4 && memcmp(list, "none", 4) == 0)
            return list;
        list = list[length] ? list + length + 1 : NULL;
    }
    return NULL;
}

/* The list with none as its first item, wherever it was, fresh; NULL: out of memory. */
static char *put_none_first(const char *list)
{
    const char *none = find_none(list);
    size_t size = sizeof "none," + strlen(list);
    char *all = malloc(size);

    if (!all)
        return NULL;
    if (none && none > list)
        snprintf(all, size, "none,%.*s%s", (int)(none - list) - 1, list, none + strlen("none"));
    else if (none || !*list)
        snprintf(all, size, "none%s", none ? none + strlen("none") : "");
    else
        snprintf(all, size, "none,%s", list);
    return all;
}

/* The options as of an eval at both contrasts, with and without normalisations. */
struct shown {
    struct options options;
    char contrasts[80], *normalisations;
};

static bool show(const struct options *options, struct shown *shown)
{
    double ends[2];

    if (!ends_parse(options, ends))
        return false;
    if (ends[0] >= ends[1]) {
        message_usage("the low contrast, %.9g, is not below the high one, %.9g", ends[0], ends[1]);
        return false;
    }
    shown->options = *options;
    snprintf(shown->contrasts, sizeof shown->contrasts, "%.17g,%.17g", ends[0], ends[1]);
    shown->normalisations = put_none_first(options->normalise);
    if (!shown->normalisations) {
        message_error("out of memory for the normalisations");
        return false;
    }
    shown->options.contrast = shown->contrasts;
    shown->options.region = "all";
    shown->options.normalise = shown->normalisations;
    return true;
}

/* Runs the sweep that the claims are of; NULL where it is not complete, which is said. */
static struct lsn_results *sweep_claims(const struct options *options, const struct inputs *inputs,
                                        struct lsn_condition *conditions)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_sweep_options sweep;
    struct lsn_results *results;
    int c;

    (void)sweeping_options(options, inputs, &sweep); /* no shard here that could be wrong */
    sweep.conditions = conditions;
    sweep.condition_count = LSN_CLAIMS_CONDITIONS;
    sweep.run = options->output;
    if (lsn_claims_conditions(inputs->model, inputs->dataset, sweep.alpha,
                              inputs->conditions[0].contrast,
                              inputs->conditions[inputs->condition_count - 1].contrast,
                              options->region, (uint64_t)options->seed, conditions, &err)) {
        message_failure(&err);
        return NULL;
    }
    for (c = 0; c < LSN_CLAIMS_CONDITIONS; c++) {
        conditions[c].definition = inputs->conditions[0].definition;
        conditions[c].quantize = inputs->conditions[0].quantize;
    }
    results = sweeping_run(inputs, &sweep, "claims");
    if (results && results->complete_images < results->image_count) {
        lsn_results_free(results);
        results = NULL;
    }
    return results;
}

/* The intact network on pairs of low and high contrast, one pair a normalisation. */
static struct lsn_results *evaluate(const struct options *options, const struct inputs *inputs)
{
    int pairs = inputs->condition_count / 2, i;
    struct lsn_condition *conditions = calloc((size_t)pairs, 2 * sizeof *conditions);
    struct lsn_sweep_options sweep;
    struct lsn_results *results;

    if (!conditions) {
        message_error("out of memory for the conditions");
        return NULL;
    }
    for (i = 0; i < pairs; i++) {
        conditions[2 * i] = inputs->conditions[i];
        conditions[2 * i + 1] = inputs->conditions[pairs + i];
    }
    (void)sweeping_options(options, inputs, &sweep);
    sweep.conditions = conditions;
    sweep.condition_count = 2 * pairs;
    sweep.engine = LSN_ENGINE_INTACT;
    results = sweeping_run(inputs, &sweep, "normalisations");
    free(conditions);
    if (results && results->complete_images < results->image_count) {
        lsn_results_free(results);
        results = NULL;
    }
    return results;
}

/* Says why something was not written. Whether it was. */
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

/* The tables behind the claims. False, with an error said, on failure. */
static bool write_tables(const struct options *options, const struct lsn_results *results)
{
    struct lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    char *selectivity = folders_path(options->output, "tables/selectivity.csv");
    char *kernels = folders_path(options->output, "tables/kernels.csv");
    char *layers = folders_path(options->output, "tables/layers.csv");
    char *intact = folders_path(options->output, "tables/intact.csv");
    bool fine = selectivity && kernels && layers && intact;

    table.flips = (size_t)options->flips;
    table.seed = (uint64_t)options->seed;
    table.stop = &signals_stop;
    fine =
        fine &&
        is_written(lsn_table_write_selectivity(selectivity, true, results, &table, &err), &err) &&
        is_written(lsn_table_write_kernels(kernels, true, results, &err), &err) &&
        is_written(lsn_table_write_layers(layers, true, results, &err), &err) &&
        is_written(lsn_table_write_intact(intact, true, results, &err), &err);
    free(selectivity);
    free(kernels);
    free(layers);
    free(intact);
    return fine;
}

/* Copies claims.txt to standard output. */
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

static void put_claims(const struct command_line *line, const struct inputs *inputs,
                       const struct lsn_results *sweep, const struct lsn_results *intact)
{
    const struct options *options = &line->options;
    const char *slash = strrchr(options->model, '/');
    struct lsn_error err = LSN_ERROR_NONE;
    char *csv = folders_path(options->output, "claims.csv");

    if (csv && write_tables(options, sweep) &&
        is_written(lsn_claims_write(options->output, slash ? slash + 1 : options->model, sweep,
                                    intact, &err),
                   &err)) {
        sweeping_write_provenance(line, FOR_CLAIMS, "claims", csv, true, inputs, sweep);
        print_claims(options->output);
    }
    free(csv);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_condition conditions[LSN_CLAIMS_CONDITIONS];
    struct lsn_results *sweep, *intact = NULL;
    struct shown shown = {.normalisations = NULL};
    struct inputs inputs;

    if (!options->output) {
        message_usage("--output is missing: to which folder?");
        return;
    }
    if (show(options, &shown) && inputs_load(&shown.options, &inputs)) {
        sweep = inputs.lesion_count > 1 ? (message_usage("--lesion: the claims take one"), NULL)
                : check_folder(options) ? sweep_claims(options, &inputs, conditions)
                                        : NULL;
        if (sweep)
            intact = evaluate(options, &inputs);
        if (intact)
            put_claims(line, &inputs, sweep, intact);
        lsn_results_free(sweep);
        lsn_results_free(intact);
        inputs_free(&inputs);
    }
    free(shown.normalisations);
}

const struct command cmd_claims = {
    .name = "claims",
    .bit = FOR_CLAIMS,
    .summary = "put the paper's claims about contrast to this network",
    .operands = "",
    .description =
        "Lesions each kernel at high contrast and at low contrast: everywhere, at edges, at\n"
        "non-edges, at another image's edges, and at as many random pixels; shows the intact\n"
        "network both with and without contrast normalisation; and says in words whether\n"
        "contrast is encoded in shallow layers, whether a handful of kernels carries it, and\n"
        "whether edges are distinct, with all numbers and their intervals. --output is a run\n"
        "directory, in which the same command goes on where it ended, and which lesion report\n"
        "shows; it keeps claims.txt, the words; claims.csv, every number in them; and the\n"
        "tables behind them in tables/.\n",
    .run = run,
};
