/* Joins the shards of a run. Each shard has a contiguous part of the images, so each array of the
 * whole run is the shards' arrays end to end. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/looked.h"
#include "format/file.h"
#include "lesion/parse.h"
#include "outcome/axes.h"
#include "outcome/run.h"

struct shard {
    const char *folder;
    struct lsn_facts facts;
    struct lsn_results *results;
};

/* Reads a shard's number and the number of all shards. */
static enum lsn_status read_number(const struct shard *shard, int *number, int *of,
                                   struct lsn_error *err)
{
    const char *text = shard->facts.text[LSN_FACT_SHARD];

    if (!lsn_parse_shard(text, number, of))
        return lsn_fail(err, LSN_E_FORMAT, "%s: '%s' is not a shard", shard->folder, text);
    return LSN_OK;
}

static enum lsn_status check_finished(const struct shard *shard, struct lsn_error *err)
{
    const struct lsn_results *r = shard->results;

    if (r->raced)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: is a race's: run its command again without --top or --above",
                        shard->folder);
    if (r->complete_images < r->image_count)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: is not finished: %zu of its %zu images are; run its command again",
                        shard->folder, r->complete_images, r->image_count);
    return LSN_OK;
}

/* Checks that two shards are of one run: all facts must be equal except the number of the shard,
 * and all axes except the images. */
static enum lsn_status check_same_run(const struct shard *a, const struct shard *b, bool any_core,
                                      struct lsn_error *err)
{
    int i = lsn_facts_difference(&a->facts, &b->facts, any_core, true);

    if (i >= 0)
        return lsn_fail(err, LSN_E_DATA, "%s and %s are not of one run: %s %s and %s", a->folder,
                        b->folder, lsn_fact_name((enum lsn_fact)i), a->facts.text[i],
                        b->facts.text[i]);
    return lsn_axes_compare_shared(a->folder, b->folder, err);
}

/* Sorts the shards by number; all of them must be there, each once. */
static enum lsn_status sort(struct shard *sorted, const struct shard *shards, int count,
                            struct lsn_error *err)
{
    int i, number = 0, of = 0;

    for (i = 0; i < count; i++) {
        LSN_TRY(read_number(&shards[i], &number, &of, err));
        if (of == 1 && count > 1)
            return lsn_fail(err, LSN_E_DATA,
                            "%s: is a whole run, no shard: there is nothing to merge",
                            shards[i].folder);
        if (of != count)
            return lsn_fail(err, LSN_E_DATA, "%s: is shard %d of %d, and %d are given",
                            shards[i].folder, number, of, count);
        if (sorted[number - 1].folder)
            return lsn_fail(err, LSN_E_DATA, "%s and %s are both shard %d of %d",
                            sorted[number - 1].folder, shards[i].folder, number, of);
        sorted[number - 1] = shards[i];
    }
    return LSN_OK;
}

static enum lsn_status join_images(const struct shard *shards, int count, struct lsn_results *whole,
                                   struct lsn_error *err)
{
    size_t images = 0, at = 0, i;
    int s, c;

    for (s = 0; s < count; s++)
        images += shards[s].results->image_count;
    LSN_TRY(lsn_results_allocate_images(whole, images, err));
    for (s = 0; s < count; s++) {
        const struct lsn_results *r = shards[s].results;

        for (c = 0; c < whole->classes; c++)
            if (r->class_names[c] && !whole->class_names[c] &&
                !(whole->class_names[c] = lsn_strdup(r->class_names[c])))
                return lsn_fail_memory(err, "the list of images");
        for (i = 0; i < r->image_count; i++, at++) {
            whole->image_names[at] = lsn_strdup(r->image_names[i]);
            whole->image_classes[at] = r->image_classes[i];
            whole->image_bytes[at] = r->image_bytes[i];
            if (!whole->image_names[at])
                return lsn_fail_memory(err, "the list of images");
        }
    }
    return LSN_OK;
}

/* Copies the areas of the regions, for image i of a shard, which is image number `at` of the whole
 * run. */
static enum lsn_status copy_areas(const struct shard *shard, size_t i, struct lsn_results *whole,
                                  size_t at, struct lsn_error *err)
{
    float area;
    int c;

    for (c = 0; c < whole->condition_count; c++) {
        LSN_TRY(lsn_store_get_area(shard->results->store,
                                   lsn_results_stimulus(shard->results, i, c), &area, err));
        LSN_TRY(lsn_store_put_area(whole->store, lsn_results_stimulus(whole, at, c), area, err));
    }
    return LSN_OK;
}

static enum lsn_status copy_outcomes(const struct shard *shards, int count,
                                     struct lsn_results *whole, struct lsn_error *err)
{
    size_t cells = (size_t)whole->condition_count * whole->kernel_count, at = 0, i;
    struct lsn_outcome *intact = lsn_alloc((size_t)whole->condition_count, sizeof *intact);
    struct lsn_outcome *lesioned = lsn_alloc(cells, sizeof *lesioned);
    uint8_t *same = lsn_alloc(cells, 1);
    enum lsn_status status =
        intact && lesioned && same ? LSN_OK : lsn_fail_memory(err, "the outcomes of an image");
    int s, c;

    for (s = 0; s < count; s++)
        for (i = 0; i < shards[s].results->image_count && status == LSN_OK; i++, at++) {
            status = lsn_results_read(shards[s].results, i, intact, lesioned, same, err);
            if (status == LSN_OK)
                status = copy_areas(&shards[s], i, whole, at, err);
            for (c = 0; c < whole->condition_count && status == LSN_OK; c++) {
                size_t stimulus = lsn_results_stimulus(whole, at, c);
                size_t first = (size_t)c * whole->kernel_count;

                status = lsn_store_put_intact(whole->store, stimulus, &intact[c], err);
                if (status == LSN_OK)
                    status = lsn_store_put(whole->store, stimulus, 0, whole->kernel_count,
                                           lesioned + first, same + first, err);
            }
        }
    lsn_free(intact);
    lsn_free(lesioned);
    lsn_free(same);
    return status == LSN_OK ? lsn_store_sync(whole->store, err) : status;
}

/* Reads a shard's file of mean planes; no bytes where it has none. */
static enum lsn_status read_means(const struct shard *shard, struct lsn_bytes *bytes,
                                  struct lsn_error *err)
{
    char *path = lsn_path_join(shard->folder, LSN_MEANS_FILE);
    enum lsn_status status = LSN_OK;

    *bytes = (struct lsn_bytes){.data = NULL};
    if (!path)
        return lsn_fail_memory(err, "a path");
    if (access(path, F_OK) == 0)
        status = lsn_file_read(path, SIZE_MAX - 1, bytes, err);
    lsn_free(path);
    return status;
}

/* Copies the mean planes. All shards must have the same ones, since each computes them over all
 * images of the list; or none has any. */
static enum lsn_status copy_means(const char *out, const struct shard *shards, int count,
                                  bool any_core, struct lsn_error *err)
{
    char *path = lsn_path_join(out, LSN_MEANS_FILE);
    struct lsn_bytes means = {.data = NULL}, other;
    enum lsn_status status =
        path ? read_means(&shards[0], &means, err) : lsn_fail_memory(err, "a path");
    int s;

    for (s = 1; s < count && status == LSN_OK && !any_core; s++) {
        status = read_means(&shards[s], &other, err);
        if (status == LSN_OK && (other.size != means.size ||
                                 (means.size && memcmp(other.data, means.data, means.size) != 0)))
            status = lsn_fail(err, LSN_E_DATA, "%s: its " LSN_MEANS_FILE " is not that of %s",
                              shards[s].folder, shards[0].folder);
        lsn_free(other.data);
    }
    if (status == LSN_OK && means.data)
        status = lsn_file_write(path, true, means.data, means.size, err);
    lsn_free(means.data);
    lsn_free(path);
    return status;
}

/* Refuses two shards that found different bytes in an image of the same name. */
static enum lsn_status compare_looks(const struct shard *a, const struct lsn_look *x,
                                     const struct shard *b, const struct lsn_look *y,
                                     struct lsn_error *err)
{
    struct lsn_names known = {0};
    enum lsn_status status = lsn_look_index(x, &known, err);
    size_t i;

    for (i = 0; i < y->count && status == LSN_OK; i++) {
        int at = lsn_names_find(&known, y->images[i].name);

        if (at >= 0 && strcmp(x->images[at].sha256, y->images[i].sha256) != 0)
            status = lsn_fail(err, LSN_E_DATA, "%s and %s are of other images: %s is not the same",
                              a->folder, b->folder, y->images[i].name);
    }
    lsn_names_free(&known);
    return status;
}

/* Reads what the shards saw of the images, which must agree; *look is NULL where any shard did not
 * store it. */
static enum lsn_status read_looks(const struct shard *shards, int count, struct lsn_look **look,
                                  struct lsn_error *err)
{
    enum lsn_status status = lsn_looked_read(shards[0].folder, look, err);
    int s;

    for (s = 1; s < count && *look && status == LSN_OK; s++) {
        struct lsn_look *other = NULL;

        status = lsn_looked_read(shards[s].folder, &other, err);
        if (other)
            status = compare_looks(&shards[0], *look, &shards[s], other, err);
        if (!other || status != LSN_OK) {
            lsn_look_free(*look);
            *look = NULL;
        }
        lsn_look_free(other);
    }
    return status;
}

/* Writes the whole run: the axes of its first shard, with the images of all. */
static enum lsn_status join(const char *out, const struct shard *shards, int count, bool any_core,
                            struct lsn_error *err)
{
    struct lsn_facts facts = shards[0].facts;
    struct lsn_results *whole = lsn_results_empty();
    struct lsn_look *look = NULL;
    enum lsn_status status;
    int lock = -1;

    if (!whole)
        return lsn_fail_memory(err, "the whole run");
    snprintf(facts.text[LSN_FACT_SHARD], sizeof facts.text[LSN_FACT_SHARD], "1/1");
    whole->classes = shards[0].results->classes;
    status = lsn_axes_read_shared(shards[0].folder, whole, err);
    if (status == LSN_OK)
        status = join_images(shards, count, whole, err);
    if (status == LSN_OK)
        status = read_looks(shards, count, &look, err);
    if (status == LSN_OK)
        status = lsn_run_open(out, &facts, any_core, look, whole, &lock, err);
    if (status == LSN_OK)
        status = copy_means(out, shards, count, any_core, err);
    if (status == LSN_OK)
        status = copy_outcomes(shards, count, whole, err);
    lsn_results_free(whole);
    lsn_look_free(look);
    if (lock >= 0)
        close(lock);
    return status;
}

static enum lsn_status merge(const char *out, struct shard *shards, struct shard *sorted, int count,
                             bool any_core, struct lsn_error *err)
{
    int i;

    for (i = 0; i < count; i++) {
        LSN_TRY(lsn_run_read(shards[i].folder, &shards[i].facts, &shards[i].results, err));
        LSN_TRY(check_same_run(&shards[0], &shards[i], any_core, err));
    }
    LSN_TRY(sort(sorted, shards, count, err));
    for (i = 0; i < count; i++)
        LSN_TRY(check_finished(&sorted[i], err));
    return join(out, sorted, count, any_core, err);
}

enum lsn_status lsn_run_merge(const char *out, const char *const *folders, int count, bool any_core,
                              struct lsn_error *err)
{
    struct shard *shards, *sorted;
    enum lsn_status status;
    int i;

    lsn_error_clear(err);
    if (count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "no shards are given");
    shards = lsn_alloc((size_t)count, sizeof *shards);
    sorted = lsn_alloc((size_t)count, sizeof *sorted);
    for (i = 0; shards && i < count; i++)
        shards[i].folder = folders[i];
    status = shards && sorted ? merge(out, shards, sorted, count, any_core, err)
                              : lsn_fail_memory(err, "the list of shards");
    for (i = 0; shards && i < count; i++)
        lsn_results_free(shards[i].results);
    lsn_free(shards);
    lsn_free(sorted);
    return status;
}
