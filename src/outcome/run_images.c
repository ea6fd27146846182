#include "outcome/run_images.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/looked.h"
#include "format/csv.h"
#include "format/file.h"
#include "lesion/parse.h"
#include "outcome/axes.h"
#include "outcome/run.h"

#define WAY_OUT "or begin another run directory"

static enum lsn_status compare_names(const char *folder, const struct lsn_look *was,
                                     const struct lsn_look *now, struct lsn_error *err)
{
    struct lsn_names known = {0};
    enum lsn_status status = lsn_look_index(now, &known, err);
    size_t i;

    for (i = 0; i < was->count && status == LSN_OK; i++) {
        const struct lsn_looked *image = &was->images[i];
        int at = lsn_names_find(&known, image->name);
        const struct lsn_looked *other = at >= 0 ? &now->images[at] : NULL;

        if (!image->fault && !other)
            status = lsn_fail(err, LSN_E_DATA,
                              "%s: its image %s is not in the list: put it back, " WAY_OUT, folder,
                              image->name);
        else if (!image->fault && other->fault)
            status = lsn_fail(err, LSN_E_DATA, "%s: has the image of %s: mend it, " WAY_OUT, folder,
                              other->fault);
        else if (image->fault && other && !other->fault)
            status = lsn_fail(err, LSN_E_DATA,
                              "%s: has left out %s: go on with --damaged leave-out, " WAY_OUT,
                              folder, image->name);
    }
    lsn_names_free(&known);
    return status;
}

enum lsn_status lsn_run_name_difference(const char *folder, const struct lsn_look *look,
                                        struct lsn_error *err)
{
    struct lsn_names known = {0};
    struct lsn_look *was;
    enum lsn_status status;
    size_t i;

    LSN_TRY(lsn_looked_read(folder, &was, err));
    if (!was)
        return LSN_OK;
    status = compare_names(folder, was, look, err);
    if (status == LSN_OK)
        status = lsn_look_index(was, &known, err);
    for (i = 0; i < look->count && status == LSN_OK; i++)
        if (!look->images[i].fault && lsn_names_find(&known, look->images[i].name) < 0)
            status =
                lsn_fail(err, LSN_E_DATA, "%s: has no image %s: take it from the list, " WAY_OUT,
                         folder, look->images[i].name);
    lsn_names_free(&known);
    lsn_look_free(was);
    return status;
}

/* The images of a run, compared with those of today. */
struct change {
    const char *folder;
    struct lsn_results *results;
    const struct lsn_looked **images; /* [count] images of the look that are not left out */
    size_t count, first;              /* first: index of the results' first image among them */
    size_t *partner;                  /* [count] */
    uint8_t *is_changed;              /* [count] 1: its contents have changed */
    uint8_t *has_outcomes;            /* [results' images] 1: it has outcomes */
};

static void release(struct change *c)
{
    lsn_free(c->images);
    lsn_free(c->partner);
    lsn_free(c->is_changed);
    lsn_free(c->has_outcomes);
}

static enum lsn_status list_images(struct change *c, const struct lsn_look *look,
                                   struct lsn_error *err)
{
    const struct lsn_results *r = c->results;
    size_t i;

    c->images = lsn_alloc(look->count, sizeof *c->images);
    c->partner = lsn_alloc(look->count, sizeof *c->partner);
    c->is_changed = lsn_alloc(look->count, 1);
    c->has_outcomes = lsn_alloc(r->image_count, 1);
    if (!c->images || !c->partner || !c->is_changed || !c->has_outcomes)
        return lsn_fail_memory(err, "the images of a run");
    for (i = 0; i < look->count; i++)
        if (!look->images[i].fault)
            c->images[c->count++] = &look->images[i];
    while (c->first < c->count && strcmp(c->images[c->first]->name, r->image_names[0]) != 0)
        c->first++;
    if (c->first + r->image_count > c->count)
        return lsn_fail(err, LSN_E_ARGUMENT, "%s: the images that were looked at are not the run's",
                        c->folder);
    return LSN_OK;
}

/* Finds changed images by the file sizes in images.csv, the only thing that older runs know about
 * their images. */
static enum lsn_status compare_bytes(struct change *c, struct lsn_error *err)
{
    const struct lsn_results *r = c->results;
    char *path = lsn_path_join(c->folder, "images.csv");
    struct lsn_csv csv = {0};
    enum lsn_status status = path ? lsn_csv_read(path, &csv, err) : lsn_fail_memory(err, "a path");
    int column = status == LSN_OK ? lsn_csv_column(&csv, "bytes") : -1;
    size_t i;

    for (i = 0; i < r->image_count && status == LSN_OK; i++) {
        int64_t bytes;

        c->is_changed[c->first + i] =
            column < 0 || i >= csv.row_count ||
            !lsn_parse_int(lsn_csv_cell(&csv, i, column), 0, INT64_MAX, &bytes) ||
            (uint64_t)bytes != r->image_bytes[i];
    }
    lsn_csv_free(&csv);
    lsn_free(path);
    return status;
}

/* Finds changed images. *stale is set where looked.csv differs from what look saw. */
static enum lsn_status compare_images(struct change *c, const struct lsn_look *was,
                                      const struct lsn_look *look, bool *stale,
                                      struct lsn_error *err)
{
    struct lsn_names known = {0};
    enum lsn_status status = was ? lsn_look_index(was, &known, err) : compare_bytes(c, err);
    size_t i;

    *stale = !was || was->count != look->count;
    for (i = 0; i < c->count && was && status == LSN_OK; i++) {
        const struct lsn_looked *image = c->images[i];
        int at = lsn_names_find(&known, image->name);
        const struct lsn_looked *before = at >= 0 ? &was->images[at] : NULL;

        c->is_changed[i] = !before || strcmp(before->sha256, image->sha256) != 0;
        *stale = *stale || c->is_changed[i] || before->modified_ns != image->modified_ns;
    }
    /* Images that are left out. */
    for (i = 0; i < look->count && was && status == LSN_OK && !*stale; i++) {
        int at = lsn_names_find(&known, look->images[i].name);

        *stale = at < 0 || !was->images[at].fault != !look->images[i].fault;
    }
    lsn_names_free(&known);
    return status;
}

/* Refuses a changed image that was the partner, by a seed, of an image with outcomes. */
static enum lsn_status check_partners(struct change *c, uint64_t seed, struct lsn_error *err)
{
    size_t i;

    LSN_TRY(lsn_dataset_partners(c->count, seed, c->partner, err));
    for (i = 0; i < c->results->image_count; i++) {
        size_t partner = c->partner[c->first + i];

        if (c->has_outcomes[i] && c->is_changed[partner])
            return lsn_fail(err, LSN_E_DATA,
                            "%s: its image %s was changed, and %s has outcomes that it is the "
                            "partner of: put the old one back, " WAY_OUT,
                            c->folder, c->images[partner]->name, c->results->image_names[i]);
    }
    return LSN_OK;
}

/* Refuses a changed image on which outcomes depend. */
static enum lsn_status check_outcomes(struct change *c, struct lsn_error *err)
{
    const struct lsn_results *r = c->results;
    size_t i;
    int j;

    for (i = 0; i < r->image_count; i++)
        if (c->has_outcomes[i] && c->is_changed[c->first + i])
            return lsn_fail(err, LSN_E_DATA,
                            "%s: its image %s was changed, and has outcomes: put the old one "
                            "back, " WAY_OUT,
                            c->folder, r->image_names[i]);
    for (j = 0; j < r->condition_count; j++)
        if (r->conditions[j].region.kind == LSN_REGION_OTHER_EDGES)
            LSN_TRY(check_partners(c, r->conditions[j].region.seed, err));
    for (j = 0; j < r->lesion_count; j++)
        if (r->lesions[j].kind == LSN_LESION_RESAMPLE)
            LSN_TRY(check_partners(c, r->lesions[j].seed, err));
    return LSN_OK;
}

/* Removes the mean planes, which were computed with the old contents of a changed image. Refused
 * where there are outcomes, since they were computed with these mean planes. */
static enum lsn_status drop_means(const struct change *c, struct lsn_error *err)
{
    char *path = lsn_path_join(c->folder, LSN_MEANS_FILE);
    enum lsn_status status = path ? LSN_OK : lsn_fail_memory(err, "a path");
    size_t other = 0, i;

    while (other < c->count && !c->is_changed[other])
        other++;
    if (path && access(path, F_OK) == 0) {
        for (i = 0; i < c->results->image_count && status == LSN_OK; i++)
            if (c->has_outcomes[i])
                status = lsn_fail(err, LSN_E_DATA,
                                  "%s: its image %s was changed, and the mean planes that %s was "
                                  "lesioned with have it: put the old one back, " WAY_OUT,
                                  c->folder, c->images[other]->name, c->results->image_names[i]);
        if (status == LSN_OK && unlink(path) != 0)
            status = lsn_fail_errno(err, errno, "%s: cannot remove", path);
    }
    lsn_free(path);
    return status;
}

static enum lsn_status renew(struct change *c, const struct lsn_look *look, struct lsn_error *err)
{
    struct lsn_look *was;
    enum lsn_status status;
    bool stale = false;
    size_t i, changed = 0;

    LSN_TRY(list_images(c, look, err));
    LSN_TRY(lsn_looked_read(c->folder, &was, err));
    status = compare_images(c, was, look, &stale, err);
    lsn_look_free(was);
    LSN_TRY(status);
    for (i = 0; i < c->count; i++)
        changed += c->is_changed[i];
    if (changed > 0) {
        LSN_TRY(lsn_results_find_outcomes(c->results, c->has_outcomes, err));
        LSN_TRY(check_outcomes(c, err));
        LSN_TRY(drop_means(c, err));
        LSN_TRY(lsn_axes_write_images(c->folder, c->results, err));
        c->results->images_renewed = changed;
    }
    return stale ? lsn_looked_write(c->folder, look, err) : LSN_OK;
}

enum lsn_status lsn_run_renew_images(const char *folder, const struct lsn_look *look,
                                     struct lsn_results *results, struct lsn_error *err)
{
    struct change change = {.folder = folder, .results = results};
    enum lsn_status status = renew(&change, look, err);

    release(&change);
    return status;
}
