#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "ends.h"
#include "folders.h"
#include "lesion/table.h"
#include "message.h"
#include "signals.h"
#include "tables.h"

/* The tables in the order of writing. selectivity comes first: only its options can be wrong for
 * the run, and then no other table has been written. Each table has one of the two functions. */
static const struct table {
    const char *name;
    enum lsn_status (*write)(const char *path, bool force, const struct lsn_results *results,
                             struct lsn_error *err);
    enum lsn_status (*write_by)(const char *path, bool force, const struct lsn_results *results,
                                const struct lsn_table_options *options, struct lsn_error *err);
} tables[] = {
    {"selectivity", NULL, lsn_table_write_selectivity}, {"kernels", lsn_table_write_kernels, NULL},
    {"intact", lsn_table_write_intact, NULL},           {"images", lsn_table_write_images, NULL},
    {"layers", lsn_table_write_layers, NULL},           {"classes", NULL, lsn_table_write_classes},
};

enum { SELECTIVITY = 0, KERNELS = 1, TABLES = sizeof tables / sizeof tables[0] };

struct plan {
    bool chosen[TABLES];
    const char *folder;
    struct lsn_table_options options;
};

static int find_table(const char *name, size_t length)
{
    int i;

    for (i = 0; i < TABLES; i++)
        if (strlen(tables[i].name) == length && memcmp(tables[i].name, name, length) == 0)
            return i;
    return -1;
}

/* Sets chosen [TABLES] to which tables list names; NULL chooses all. False after an error message.
 */
static bool choose_tables(const char *list, bool *chosen)
{
    int i;

    for (i = 0; i < TABLES; i++)
        chosen[i] = !list;
    while (list) {
        size_t length = strcspn(list, ",");

        i = find_table(list, length);
        if (i < 0) {
            message_usage("--table: '%.*s' is none of kernels, intact, images, selectivity, layers "
                          "and classes",
                          (int)length, list);
            return false;
        }
        chosen[i] = true;
        list = list[length] ? list + length + 1 : NULL;
    }
    return true;
}

/* FOLDER/NAME.csv as a fresh string, after making the folders. NULL after an error message. */
static char *table_path(const char *folder, const char *name)
{
    char file[40];

    snprintf(file, sizeof file, "%s.csv", name);
    return folders_path(folder, file);
}

static bool check_table(const char *path, bool force)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_table_check(path, force, &err) != LSN_OK)
        message_failure(&err);
    return err.code == LSN_OK;
}

static bool write_table(const struct table *table, const char *path, bool force,
                        const struct lsn_results *results, const struct lsn_table_options *options)
{
    struct lsn_error err = LSN_ERROR_NONE;
    enum lsn_status status = lsn_stop_asked(&signals_stop) ? LSN_E_INTERRUPTED
                             : table->write ? table->write(path, force, results, &err)
                                            : table->write_by(path, force, results, options, &err);

    if (!tables_say_end(status, &err, path))
        return false;
    message_detail("%s: written", path);
    return true;
}

/* Writes the chosen tables. The first pass over them checks that all can be written, the second
 * writes. */
static void write_tables(const struct plan *plan, bool force, const struct lsn_results *results)
{
    bool fine = true;
    int i;

    for (i = 0; i < 2 * TABLES && fine; i++) {
        const struct table *table = &tables[i % TABLES];
        char *path;

        if (!plan->chosen[i % TABLES])
            continue;
        path = table_path(plan->folder, table->name);
        fine = path && (i < TABLES ? check_table(path, force)
                                   : write_table(table, path, force, results, &plan->options));
        free(path);
    }
}

/* After races, kernels have outcomes for different images, so only kernels.csv can be made: the
 * other tables compare kernels on the same images. Drops these from the plan and prints a note.
 * False after an error message where --table asked for one of them (asked: --table was given). */
static bool keep_raced(const char *run, bool raced_right, bool asked, struct plan *plan)
{
    int i;

    for (i = 0; i < TABLES; i++) {
        if (i != KERNELS && plan->chosen[i] && asked) {
            message_error("%s: is a race's, and %s.csv wants every kernel on every image: its "
                          "command without --top or --above runs what is left",
                          run, tables[i].name);
            return false;
        }
        plan->chosen[i] = plan->chosen[i] && i == KERNELS;
    }
    message_note(
        "%s: is a race's: kernels.csv is of the images that each kernel was run on, without "
        "intervals and tests where these are not all%s; the other tables want the whole "
        "sweep, which its command without --top or --above goes on to",
        run,
        raced_right ? ", and counts alone, as lost-selectivity is raced on images right "
                      "in both contrasts when intact"
                    : "");
    return true;
}

static void tabulate(const char *run, const struct options *options, struct plan *plan,
                     const struct ends *ends, const struct lsn_results *results)
{
    if (results->raced) {
        if (keep_raced(run, results->raced_right, options->table != NULL, plan))
            write_tables(plan, options->force, results);
        return;
    }
    if (!folders_is_begun(run, results) || !ends_find(ends, results, &plan->options))
        return;
    /* A run at one contrast has no selectivity, which is an error only if the user asked for it. */
    if (lsn_results_one_contrast(results) && !options->table && !options->low && !options->high) {
        message_note("no selectivity.csv: the run has one contrast only");
        plan->chosen[SELECTIVITY] = false;
    }
    if (plan->chosen[SELECTIVITY] && !ends_note(ends, results, &plan->options))
        return;
    if (results->complete_images < results->image_count)
        message_note("%s: not finished; tables of the first %zu of %zu images, which %s complete",
                     run, results->complete_images, results->image_count,
                     message_are(results->complete_images));
    signals_catch();
    write_tables(plan, options->force, results);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *run = line->operands[0];
    struct plan plan = {.options = LSN_TABLE_OPTIONS_DEFAULT};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results = NULL;
    struct ends ends;
    char *folder;

    if (!choose_tables(options->table, plan.chosen) || !ends_parse(options, &ends))
        return;
    plan.options.flips = (size_t)options->flips;
    plan.options.seed = (uint64_t)options->seed;
    plan.options.stop = &signals_stop;
    folder = tables_folder(run, options->output);
    if (!folder)
        return;
    plan.folder = folder;
    if (lsn_results_open(run, &results, &err) != LSN_OK)
        message_failure(&err);
    else
        tabulate(run, options, &plan, &ends, results);
    lsn_results_free(results);
    free(folder);
}

const struct command cmd_stats = {
    .name = "stats",
    .bit = FOR_STATS,
    .operands = "RUN",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
