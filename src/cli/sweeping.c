#include "sweeping.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "lesion/floor.h"
#include "lesion/machine.h"
#include "lesion/parse.h"
#include "lesion/table.h"
#include "looking.h"
#include "signals.h"
#include "tables.h"

#define MEMORY_DEFAULT ((size_t)4 << 30)

/* The memory to use, bytes: what --memory says; else 4 GiB or, if that is less, three quarters of
 * what the machine has. */
static size_t choose_memory(const struct options *options)
{
    const char *threads_by, *memory_by, *share = "";
    struct lsn_machine machine;
    size_t there, memory;
    int threads;

    lsn_machine_look(&machine);
    threads = lsn_threads_limit(&machine, options->threads, &threads_by);
    there = lsn_memory_limit(&machine, &memory_by);
    memory = there / 4 * 3;
    if (options->memory) {
        memory = options->memory;
        memory_by = "as asked for";
    } else if (there && memory < MEMORY_DEFAULT) {
        share = "three quarters of that ";
    } else {
        memory = MEMORY_DEFAULT;
        memory_by = "the default";
    }
    message_detail("threads: at most %d, %s; memory: at most %zu MiB, %s%s", threads, threads_by,
                   memory >> 20, share, memory_by);
    return memory;
}

static bool read_shard(const struct options *options, int *shard, int *shards)
{
    if (!options->shard || lsn_parse_shard(options->shard, shard, shards))
        return true;
    message_usage("--shard: '%s' is not I/N with I in 1 ... N", options->shard);
    return false;
}

bool sweeping_options(const struct options *options, const struct inputs *inputs,
                      struct lsn_sweep_options *sweep)
{
    *sweep = (struct lsn_sweep_options){
        .size = sizeof *sweep,
        .conditions = inputs->conditions,
        .condition_count = inputs->condition_count,
        .layers = options->layers,
        .kernels = options->kernels,
        .lesions = inputs->lesions,
        .lesion_count = inputs->lesion_count,
        .run = options->run,
        .any_core = options->any_core,
        .loading = {(enum lsn_alpha)options->alpha, (enum lsn_depth)options->depth},
        .engine = (enum lsn_engine)options->engine,
        .threads = options->threads,
        .memory = choose_memory(options),
        .stop = &signals_stop,
        .sample_kernels = options->sample_kernels,
        .sample_seed = options->seed,
    };
    return read_shard(options, &sweep->shard, &sweep->shards);
}

void sweeping_note_sample(const struct options *options)
{
    if (options->sample_kernels > 0)
        message_note("%d kernel%s of each layer, drawn at random (seed %d), stand%s for all of it",
                     options->sample_kernels, message_plural((size_t)options->sample_kernels),
                     options->seed, options->sample_kernels == 1 ? "s" : "");
}

bool sweeping_look(struct sweeping *s)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_sweep_check(s->inputs.model, s->inputs.dataset, &s->sweep, &err) == LSN_OK) {
        sweeping_note_sample(&s->line->options);
        return looking_check(&s->line->options, &s->inputs, s->sweep.run);
    }
    message_failure(&err);
    return false;
}

void sweeping_prepare(struct lsn_sweep_options *options, struct progress *progress,
                      const char *what)
{
    signals_catch();
    progress_start(progress, what);
    if (!message_is_quiet())
        options->started = progress_started;
    if (progress_wanted()) {
        options->progress = progress_report;
        options->progress_context = progress;
    }
}

void sweeping_say_end(enum lsn_status status, const struct lsn_error *err, const char *format, ...)
{
    char text[200];
    va_list arguments;

    progress_end();
    if (status == LSN_E_INTERRUPTED) {
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        message_note("%s: %s", signals_time_is_up() ? "time is up" : "interrupted", text);
        if (!signals_time_is_up())
            message_set_exit(EXIT_INTERRUPTED);
    } else if (status != LSN_OK) {
        message_failure(err);
    }
}

struct lsn_results *sweeping_run(const struct inputs *inputs, struct lsn_sweep_options *options,
                                 const char *what)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    struct progress progress;
    size_t complete, images;
    enum lsn_status status;

    options->look = inputs->look;
    sweeping_prepare(options, &progress, what);
    status = lsn_sweep_run(inputs->model, inputs->dataset, options, &results, &err);
    complete = results ? results->complete_images : 0;
    images = results ? results->image_count : 0;
    sweeping_say_end(status, &err, "%zu of %zu image%s %s complete%s", complete, images,
                     message_plural(images), message_are(complete),
                     options->run ? "; the same command goes on" : "");
    if (results && results->images_renewed > 0)
        message_note("%s: %zu of its images %s mended or replaced since; none had outcomes",
                     options->run, results->images_renewed, message_were(results->images_renewed));
    if (results && results->images_removed > 0)
        message_note("%s: goes on without %zu of its images, which had no outcomes", options->run,
                     results->images_removed);
    if (results && status != LSN_OK && status != LSN_E_INTERRUPTED)
        message_note("%zu of %zu image%s %s complete%s", complete, images, message_plural(images),
                     message_are(complete),
                     options->run ? "; once that is mended, the same command goes on" : "");
    if (results && results->complete_images == 0) { /* nothing to put into a table */
        if (signals_time_is_up() && !options->run)
            message_error("no image was complete when time was up: give --time more");
        lsn_results_free(results);
        return NULL;
    }
    if (results && options->engine != LSN_ENGINE_INTACT && results->seconds > 0)
        message_detail("%d thread%s, %.3f s; multiply-adds for the lesions: %.4g, of %.4g that the "
                       "full engine takes",
                       results->threads, message_plural((size_t)results->threads), results->seconds,
                       results->multiply_adds, results->full_multiply_adds);
    return results;
}

void sweeping_note_chance(const struct lsn_results *results)
{
    char text[LSN_FLOOR_TEXT_MAX];
    struct lsn_error err = LSN_ERROR_NONE;
    bool at_chance;

    if (lsn_chance_text(results, text, &at_chance, &err) != LSN_OK)
        message_failure(&err);
    else if (at_chance)
        message_note("%s", text);
}

struct lsn_ranking *sweeping_race(const struct inputs *inputs, struct lsn_sweep_options *options,
                                  const struct lsn_ranking_options *race)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_ranking *ranking;
    struct progress progress;

    options->look = inputs->look;
    sweeping_prepare(options, &progress, "race");
    sweeping_say_end(lsn_ranking_run(inputs->model, inputs->dataset, options, race, &ranking, &err),
                     &err, "the race was not over%s",
                     options->run ? "; the same command goes on" : "");
    if (ranking && ranking->axes->images_renewed > 0)
        message_note("%s: %zu of its images %s mended or replaced since; none had outcomes",
                     options->run, ranking->axes->images_renewed,
                     message_were(ranking->axes->images_renewed));
    if (ranking && ranking->axes->images_removed > 0)
        message_note("%s: goes on without %zu of its images, which had no outcomes", options->run,
                     ranking->axes->images_removed);
    return ranking;
}

struct lsn_invariance *sweeping_compare(const struct inputs *inputs,
                                        struct lsn_sweep_options *options, const char *nodes)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_invariance *invariance;
    struct progress progress;
    size_t complete, images;
    enum lsn_status status;

    sweeping_prepare(options, &progress, "invariance");
    status = lsn_invariance_run(inputs->model, inputs->dataset, options, nodes, &invariance, &err);
    complete = invariance ? invariance->axes->complete_images : 0;
    images = invariance ? invariance->axes->image_count : 0;
    sweeping_say_end(status, &err, "%zu of %zu image%s %s complete", complete, images,
                     message_plural(images), message_are(complete));
    if (invariance && invariance->axes->complete_images == 0) {
        lsn_invariance_free(invariance);
        return NULL;
    }
    return invariance;
}

struct lsn_greedy *sweeping_greedy(const struct inputs *inputs, struct lsn_sweep_options *options,
                                   const struct lsn_greedy_options *how)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_greedy *greedy;
    struct progress progress;

    sweeping_prepare(options, &progress, "greedy");
    sweeping_say_end(lsn_greedy_run(inputs->model, inputs->dataset, options, how, &greedy, &err),
                     &err, "the table holds the steps that were done");
    return greedy;
}

struct lsn_shapley *sweeping_shapley(const struct inputs *inputs, struct lsn_sweep_options *options,
                                     const struct lsn_shapley_options *how)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_shapley *shapley;
    struct progress progress;
    enum lsn_status status;

    options->look = inputs->look;
    sweeping_prepare(options, &progress, "shapley");
    status = lsn_shapley_run(inputs->model, inputs->dataset, options, how, &shapley, &err);
    sweeping_say_end(status, &err, "%s%s",
                     shapley ? "the table is of the rounds that were complete"
                             : "no round is complete",
                     options->run ? "; the same command goes on" : "");
    if (status == LSN_E_INTERRUPTED && !shapley && signals_time_is_up() && !options->run)
        message_error("no round was complete when time was up: give --time more");
    return shapley;
}

void sweeping_write_provenance(const struct command_line *line, const struct inputs *inputs,
                               const char *output, bool force, const struct lsn_results *results)
{
    enum { TEXT_MAX = 64, PAIRS_MAX = 64 };
    struct lsn_provenance provenance;
    const char *pairs[PAIRS_MAX][2];
    char buffers[PAIRS_MAX][TEXT_MAX];
    struct lsn_error err = LSN_ERROR_NONE;
    char *path = tables_is_standard(output) ? NULL : tables_provenance(output);
    int count = 0, i;

    if (!path)
        return;
    for (i = 0; i < option_count && count < PAIRS_MAX; i++) {
        const char *value;

        if (!option_table[i].provenance || !(option_table[i].commands & line->command->bit))
            continue;
        value = option_text(&option_table[i], &line->options, buffers[count], TEXT_MAX);
        if (!value)
            continue;
        pairs[count][0] = option_table[i].name;
        pairs[count++][1] = value;
    }
    provenance = (struct lsn_provenance){.model = inputs->model,
                                         .dataset = inputs->dataset,
                                         .command = line->command->name,
                                         .options = (const char *const(*)[2])pairs,
                                         .option_count = count,
                                         .results = results};
    if (lsn_provenance_write(path, tables_replace_provenance(path, force), &provenance, &err) !=
        LSN_OK)
        message_failure(&err);
    free(path);
}

bool sweeping_start_clock(const char *text)
{
    static const struct {
        char letter;
        double seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
    size_t length = text ? strlen(text) : 0, i;
    char number[32] = "";
    double value;

    if (!text)
        return true;
    if (length > 1 && length <= sizeof number)
        memcpy(number, text, length - 1);
    for (i = 0; i < sizeof units / sizeof units[0]; i++)
        if (length > 1 && text[length - 1] == units[i].letter &&
            lsn_parse_float(number, 0, 1e6, &value) && value > 0) {
            if (signals_stop_after(value * units[i].seconds))
                return true;
            message_error("--time: no timer can be set");
            return false;
        }
    message_usage("--time: '%s' is not a time such as 90s, 30m or 2h", text);
    return false;
}

bool sweeping_begin(struct sweeping *s, const struct command_line *line, const char *output,
                    const char *const *others, int count)
{
    int shard, shards; /* read once more with the other options, once all is loaded */

    *s = (struct sweeping){.line = line, .to = output, .replace = line->options.force};
    if (!read_shard(&line->options, &shard, &shards) || !sweeping_start_clock(line->options.time) ||
        !tables_spare_run(line->options.run, output) ||
        !tables_check(&line->options, output, others, count) ||
        !tables_draft(&line->options, output, &s->draft) ||
        !inputs_load(&line->options, &s->inputs))
        goto failed;
    if (s->draft) {
        s->to = s->draft;
        s->replace = true;
    }
    if (sweeping_options(&line->options, &s->inputs, &s->sweep))
        return true;
    inputs_free(&s->inputs);
failed:
    free(s->draft);
    return false;
}

void sweeping_end(struct sweeping *s)
{
    inputs_free(&s->inputs);
    free(s->draft);
}

bool sweeping_finish(const struct sweeping *s, enum lsn_status status, const struct lsn_error *err,
                     const char *output, const struct lsn_results *axes)
{
    const struct options *options = &s->line->options;
    struct lsn_error reason = *err;
    bool written;

    if (status == LSN_OK && s->draft) {
        status = lsn_run_publish(options->run, s->draft, output,
                                 tables_may_replace(options, output), &reason);
        unlink(s->draft);
    }
    written = tables_say_end(status, &reason, output);
    if (written)
        sweeping_write_provenance(s->line, &s->inputs, output, options->force, axes);
    return written;
}
