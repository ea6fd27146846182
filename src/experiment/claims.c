#include "experiment/claims.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "format/file.h"
#include "lesion/floor.h"
#include "outcome/results.h"
#include "table/columns.h"

/* Reports the intact accuracy at each contrast from which the low contrast was chosen. */
static enum lsn_status say_ladder(struct lsn_claims *c, struct lsn_error *err)
{
    const struct lsn_results *r = c->ladder;
    struct lsn_text text = {0};
    int i;

    for (i = 0; i < r->condition_count; i++) {
        struct lsn_interval interval;
        size_t right;

        LSN_TRY(lsn_results_count_right(r, i, &right, err));
        interval = lsn_accuracy_interval(r->complete_images, right, LSN_TABLE_LEVEL);
        lsn_claims_row(c, "intact_accuracy", NULL, &r->conditions[i],
                       (double)right / (double)r->complete_images, interval.low, interval.high);
        lsn_text_add(&text, "%s%.1f %% at %.9g", i ? ", " : "",
                     100 * (double)right / (double)r->complete_images, r->conditions[i].contrast);
    }
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(c, "Over contrast it is right, of %zu image%s, on %s.", r->complete_images,
                       lsn_plural(r->complete_images), text.bytes);
    lsn_text_free(&text);
    return LSN_OK;
}

/* Writes the first paragraphs: what was run, and the intact network's accuracy. */
static enum lsn_status introduce(struct lsn_claims *c, const char *network, struct lsn_error *err)
{
    const struct lsn_results *r = c->sweep;
    const struct lsn_condition *high = &r->conditions[LSN_CLAIMS_HIGH];
    const struct lsn_condition *low = &r->conditions[LSN_CLAIMS_LOW];
    struct lsn_interval at_high, at_low;
    char lesion[LSN_LESION_TEXT_MAX], words[LSN_FLOOR_TEXT_MAX], sample[80] = "", part[80] = "";
    struct lsn_floor floor = c->floor;
    double images = (double)floor.images;

    at_high = lsn_accuracy_interval(floor.images, floor.right_high, LSN_TABLE_LEVEL);
    at_low = lsn_accuracy_interval(floor.images, floor.right_low, LSN_TABLE_LEVEL);
    lsn_lesion_text(&r->lesions[0], lesion);
    lsn_claims_row(c, "accuracy", NULL, high, (double)floor.right_high / images, at_high.low,
                   at_high.high);
    lsn_claims_row(c, "accuracy", NULL, low, (double)floor.right_low / images, at_low.low,
                   at_low.high);
    if (r->complete_images < r->image_count)
        snprintf(part, sizeof part, " of %zu, those that were complete,", r->image_count);
    if (r->sampled_from)
        snprintf(sample, sizeof sample, " drawn at random from the %.0f of their layers",
                 c->folds.all);
    lsn_claims_say(
        c,
        "%s: %zu kernel%s%s, each lesioned by %s, on %zu image%s%s at contrast %.9g and %.9g. "
        "Intervals in brackets are of 95 %%%s.",
        network, r->kernel_count, lsn_plural(r->kernel_count), sample, lesion, floor.images,
        lsn_plural(floor.images), part, low->contrast, high->contrast,
        r->sampled_from ? ", for other images and for all kernels of the layers" : "");
    lsn_claims_say(c,
                   "Intact, it is right on %.1f %% of them (%.1f to %.1f) at contrast %.9g, and on "
                   "%.1f %% (%.1f to %.1f) at %.9g; in both on %zu.",
                   100 * (double)floor.right_high / images, 100 * at_high.low, 100 * at_high.high,
                   high->contrast, 100 * (double)floor.right_low / images, 100 * at_low.low,
                   100 * at_low.high, low->contrast, floor.right_both);
    lsn_claims_row(c, "images_right_in_both", NULL, NULL, (double)floor.right_both, (double)NAN,
                   (double)NAN);
    lsn_claims_row(c, "usual_ratio", NULL, NULL, c->folds.usual, (double)NAN, (double)NAN);
    if (c->ladder)
        LSN_TRY(say_ladder(c, err));
    if (lsn_floor_text(&floor, words))
        lsn_claims_say(c, "%s", words);
    return LSN_OK;
}

static enum lsn_status make(struct lsn_claims *c, const char *network, struct lsn_error *err)
{
    /* Group 0 is the low and the high contrast of the whole image, for claims 1 and 2; group 1 is
     * the regions, for claim 3. */
    static const int group[LSN_CLAIMS_CONDITIONS] = {[LSN_CLAIMS_EDGES] = 1,
                                                     [LSN_CLAIMS_NON_EDGES] = 1,
                                                     [LSN_CLAIMS_OTHER_EDGES] = 1,
                                                     [LSN_CLAIMS_RANDOM] = 1};
    const struct lsn_folds_groups groups = {group, 2, LSN_CLAIMS_LOW, LSN_CLAIMS_HIGH};
    size_t kernels = c->sweep->kernel_count;

    LSN_TRY(lsn_folds_make(c->sweep, &groups, NULL, c->stop, &c->folds, err));
    LSN_TRY(lsn_floor_find(c->sweep, LSN_CLAIMS_LOW, LSN_CLAIMS_HIGH, &c->floor, err));
    c->x = lsn_alloc(kernels, sizeof *c->x);
    c->y = lsn_alloc(kernels, sizeof *c->y);
    c->scratch = lsn_alloc(kernels, 2 * sizeof *c->scratch);
    if (!c->x || !c->y || !c->scratch)
        return lsn_fail_memory(err, "the claims");
    lsn_text_add(&c->table, "claim,quantity,layer," LSN_CONDITION ",value,ci_low,ci_high\n");
    LSN_TRY(introduce(c, network, err));
    c->claim = 1;
    LSN_TRY(lsn_claim_layers(c, err));
    c->claim = 2;
    LSN_TRY(lsn_claim_handful(c, err));
    c->claim = 3;
    LSN_TRY(lsn_claim_edges(c, err));
    c->claim = 4;
    return c->intact ? lsn_claim_normalised(c, err) : LSN_OK;
}

static enum lsn_status write(const char *folder, const char *name, struct lsn_text *text,
                             struct lsn_error *err)
{
    char *path = lsn_path_join(folder, name);
    enum lsn_status status = lsn_columns_write(path ? path : "", true, text,
                                               path ? LSN_OK : lsn_fail_memory(err, "a path"), err);

    lsn_free(path);
    return status;
}

enum lsn_status lsn_claims_write(const char *folder, const char *network,
                                 const struct lsn_claims_runs *runs, const struct lsn_stop *stop,
                                 struct lsn_error *err)
{
    struct lsn_claims c = {.sweep = runs->sweep,
                           .intact = runs->intact,
                           .ladder = runs->ladder,
                           .halves = runs->halves,
                           .folder = folder,
                           .stop = stop};
    enum lsn_status status;

    lsn_error_clear(err);
    status = make(&c, network, err);
    if (status == LSN_OK)
        status = write(folder, "claims.csv", &c.table, err);
    if (status == LSN_OK)
        status = write(folder, "claims.txt", &c.words, err);
    lsn_text_free(&c.words);
    lsn_text_free(&c.table);
    lsn_folds_free(&c.folds);
    lsn_free(c.x);
    lsn_free(c.y);
    lsn_free(c.scratch);
    return status;
}
