#include "experiment/ranking_run.h"

#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"
#include "outcome/run.h"

static const char *const measures[] = {[LSN_RACE_ACCURACY] = "accuracy",
                                       [LSN_RACE_LOSS] = "loss",
                                       [LSN_RACE_SELECTIVITY] = "selectivity",
                                       [LSN_RACE_LOST_SELECTIVITY] = "lost-selectivity",
                                       [LSN_RACE_LOSS_SELECTIVITY] = "loss-selectivity"};

/* race.json stands before the first outcome that a race puts: a sweep that finds it knows that
 * kernels did not go together as its own do. */
static enum lsn_status say_race(const struct lsn_ranker *r, struct lsn_error *err)
{
    const struct lsn_ranking_options *o = r->options;
    char *path = lsn_path_join(r->job.options->run, LSN_RACE_FILE);
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_text_add(&text, "{\n  \"measure\": \"%s\",\n  \"seed\": %llu,\n  \"confidence\": ",
                 measures[o->measure], (unsigned long long)o->seed);
    lsn_text_add_number(&text, o->confidence);
    lsn_text_add(&text, ",\n  \"clip\": ");
    lsn_text_add_number(&text, o->clip);
    if (o->above) {
        lsn_text_add(&text, ",\n  \"above\": ");
        lsn_text_add_number(&text, o->bar);
        lsn_text_add(&text, ",\n  \"fdr\": ");
        lsn_text_add_number(&text, o->fdr);
    } else {
        lsn_text_add(&text, ",\n  \"top\": %d", o->top);
        if (o->screen)
            lsn_text_add(&text, ",\n  \"screen\": \"taylor\"");
    }
    lsn_text_add(&text, ",\n  \"right_in_both\": %s\n}\n",
                 r->job.results->raced_right || o->measure == LSN_RACE_LOST_SELECTIVITY ? "true"
                                                                                        : "false");
    status = path && !text.failed ? lsn_file_write(path, true, text.bytes, text.length, err)
                                  : lsn_fail_memory(err, "a run's race");
    lsn_text_free(&text);
    lsn_free(path);
    return status;
}

enum lsn_status lsn_ranking_open_run(struct lsn_ranker *r, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = r->job.options;
    struct lsn_results *results = r->job.results;
    struct lsn_facts facts = lsn_facts_of(r->job.model, r->job.dataset, o->engine, &o->loading,
                                          o->shards ? o->shard : 1, o->shards ? o->shards : 1);

    LSN_TRY(lsn_run_open(o->run, &facts, o->any_core, o->look, results, &r->lock, err));
    LSN_TRY(lsn_results_find_outcomes(results, r->has, err));
    LSN_TRY(lsn_results_count_complete(results, err));
    return results->complete_images == results->image_count ? LSN_OK : say_race(r, err);
}

enum lsn_status lsn_ranking_close_run(struct lsn_ranker *r, enum lsn_status status,
                                      struct lsn_error *err)
{
    enum lsn_status synced = LSN_OK;

    struct lsn_results *axes = r->ranking->axes;

    if (axes && axes->store) {
        synced = lsn_store_sync(axes->store, status == LSN_OK ? err : NULL);
        lsn_store_free(axes->store);
        axes->store = NULL;
    }
    if (r->lock >= 0)
        close(r->lock);
    return status == LSN_OK ? synced : status;
}
