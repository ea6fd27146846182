#include "outcome/removal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "format/file.h"
#include "outcome/axes.h"
#include "outcome/run.h"

#define WAY_OUT "put it back whole, or begin another run directory"

/* A run from whose list of images some were taken away. */
struct removal {
    const char *folder;
    struct lsn_results *old; /* the run as it is on disk */
    size_t *kept;            /* [kept_count] indices in old of the images that stay */
    size_t kept_count;
    size_t first;          /* index in old of the first image that is gone */
    uint8_t *has_outcomes; /* [old's images] 1: it has outcomes */
};

/* Finds the images that stay. *fits is true where results differ from the old run only in that some
 * of its images are gone. */
static enum lsn_status match(struct removal *r, const struct lsn_results *results, bool *fits,
                             struct lsn_error *err)
{
    const struct lsn_results *old = r->old;
    size_t i;

    r->kept = lsn_alloc(old->image_count, sizeof *r->kept);
    r->has_outcomes = lsn_alloc(old->image_count, sizeof *r->has_outcomes);
    if (!r->kept || !r->has_outcomes)
        return lsn_fail_memory(err, "the images of a run");
    r->first = old->image_count;
    for (i = 0; i < old->image_count; i++) {
        size_t at = r->kept_count;

        if (at < results->image_count &&
            strcmp(old->image_names[i], results->image_names[at]) == 0 &&
            old->image_classes[i] == results->image_classes[at])
            r->kept[r->kept_count++] = i;
        else if (r->first == old->image_count)
            r->first = i;
    }
    *fits = r->kept_count == results->image_count && r->first < old->image_count &&
            lsn_axes_compare_others(r->folder, results, NULL) == LSN_OK;
    return LSN_OK;
}

/* Refuses to remove images on which an outcome depends: an image with outcomes itself; and, where
 * something is drawn by a seed, an image whose removal changes the length of the list or the
 * positions of images with outcomes. */
static enum lsn_status check_outcomes(const struct removal *r, struct lsn_error *err)
{
    const struct lsn_results *old = r->old;
    const char *missing = old->image_names[r->first], *drawn = NULL;
    bool any = false, moved = false;
    size_t i, k = 0;
    int j;

    for (i = 0; i < old->image_count; i++) {
        bool is_kept = k < r->kept_count && r->kept[k] == i;

        if (r->has_outcomes[i] && !is_kept)
            return lsn_fail(
                err, LSN_E_DATA,
                "%s: without its image %s, which has outcomes, it would be another run: " WAY_OUT,
                r->folder, old->image_names[i]);
        any = any || r->has_outcomes[i];
        moved = moved || (r->has_outcomes[i] && i > r->first);
        k += is_kept;
    }
    for (j = 0; j < old->condition_count; j++) {
        enum lsn_region_kind kind = old->conditions[j].region.kind;

        if ((any && kind == LSN_REGION_OTHER_EDGES) || (moved && kind == LSN_REGION_RANDOM))
            drawn = kind == LSN_REGION_RANDOM ? "random" : "other-edges";
    }
    for (j = 0; j < old->lesion_count; j++)
        if (any && old->lesions[j].kind == LSN_LESION_RESAMPLE)
            drawn = "resample";
    if (drawn)
        return lsn_fail(
            err, LSN_E_DATA,
            "%s: without its image %s, %s would draw anew for images that have outcomes: " WAY_OUT,
            r->folder, missing, drawn);
    return LSN_OK;
}

/* Removes the mean planes, which were computed with the images that are gone. Refused where there
 * are outcomes, since they were computed with these mean planes. */
static enum lsn_status drop_means(const struct removal *r, struct lsn_error *err)
{
    char *path = lsn_path_join(r->folder, LSN_MEANS_FILE);
    enum lsn_status status = path ? LSN_OK : lsn_fail_memory(err, "a path");
    bool there = path && access(path, F_OK) == 0;
    size_t i;

    for (i = 0; there && i < r->old->image_count && status == LSN_OK; i++)
        if (r->has_outcomes[i])
            status = lsn_fail(err, LSN_E_DATA,
                              "%s: without its image %s, the mean planes that %s was lesioned with "
                              "would be others: " WAY_OUT,
                              r->folder, r->old->image_names[r->first], r->old->image_names[i]);
    if (there && status == LSN_OK && unlink(path) != 0)
        status = lsn_fail_errno(err, errno, "%s: cannot remove", path);
    lsn_free(path);
    return status;
}

/* Copies the outcomes of one image. outcomes and same [kernel_count] are buffers. */
static enum lsn_status copy_image(const struct removal *r, size_t at, struct lsn_store *store,
                                  struct lsn_outcome *outcomes, uint8_t *same,
                                  struct lsn_error *err)
{
    const struct lsn_results *old = r->old;
    struct lsn_outcome intact;
    float area_frac;
    int c;

    for (c = 0; c < old->condition_count; c++) {
        size_t from = lsn_results_stimulus(old, r->kept[at], c);
        size_t to = lsn_results_stimulus(old, at, c);

        LSN_TRY(lsn_store_get_intact(old->store, from, &intact, err));
        LSN_TRY(lsn_store_put_intact(store, to, &intact, err));
        LSN_TRY(lsn_store_get_area(old->store, from, &area_frac, err));
        LSN_TRY(lsn_store_put_area(store, to, area_frac, err));
        LSN_TRY(lsn_store_get(old->store, from, 0, old->kernel_count, outcomes, same, err));
        LSN_TRY(lsn_store_put(store, to, 0, old->kernel_count, outcomes, same, err));
    }
    return LSN_OK;
}

static enum lsn_status copy_outcomes(const struct removal *r, const char *fewer,
                                     struct lsn_error *err)
{
    struct lsn_store_shape shape = lsn_results_shape(r->old);
    struct lsn_outcome *outcomes = lsn_alloc(shape.kernels, sizeof *outcomes);
    uint8_t *same = lsn_alloc(shape.kernels, 1);
    struct lsn_store *store = NULL;
    enum lsn_status status = outcomes && same ? LSN_OK : lsn_fail_memory(err, "the outcomes");
    size_t at;

    shape.images = r->kept_count;
    if (status == LSN_OK)
        status = lsn_store_create(fewer, shape, &store, err);
    for (at = 0; at < r->kept_count && status == LSN_OK; at++)
        status = copy_image(r, at, store, outcomes, same, err);
    if (status == LSN_OK)
        status = lsn_store_sync(store, err);
    lsn_store_free(store);
    lsn_free(outcomes);
    lsn_free(same);
    return status;
}

/* Removes the images that are gone from old's axis of images. */
static void shorten(struct removal *r)
{
    struct lsn_results *old = r->old;
    size_t i, at = 0;

    for (i = 0; i < old->image_count; i++) {
        if (at == r->kept_count || r->kept[at] != i) {
            lsn_free(old->image_names[i]);
            old->image_names[i] = NULL;
            continue;
        }
        if (at < i) {
            old->image_names[at] = old->image_names[i];
            old->image_names[i] = NULL;
        }
        old->image_classes[at] = old->image_classes[i];
        old->image_bytes[at++] = old->image_bytes[i];
    }
    old->image_count = at;
}

static enum lsn_status lay_out(struct removal *r, const char *fewer, struct lsn_error *err)
{
    enum lsn_status status;

    LSN_TRY(lsn_results_find_outcomes(r->old, r->has_outcomes, err));
    LSN_TRY(check_outcomes(r, err));
    LSN_TRY(drop_means(r, err));
    if (mkdir(fewer, 0777) != 0)
        return lsn_fail_errno(err, errno, "%s: cannot create", fewer);
    status = copy_outcomes(r, fewer, err);
    shorten(r);
    if (status == LSN_OK)
        status = lsn_axes_write_images(fewer, r->old, err);
    if (status != LSN_OK)
        (void)lsn_removal_finish(r->folder, NULL);
    return status;
}

enum lsn_status lsn_removal_lay_out(const char *folder, const struct lsn_results *results,
                                    size_t *count, struct lsn_error *err)
{
    struct removal r = {.folder = folder};
    char *fewer = lsn_path_join(folder, LSN_REMOVAL_FOLDER);
    enum lsn_status status = fewer ? LSN_OK : lsn_fail_memory(err, "a path");
    struct lsn_facts facts;
    bool fits = false;
    size_t before = 0;

    *count = 0;
    if (status == LSN_OK)
        status = lsn_run_read(folder, &facts, &r.old, err);
    if (status == LSN_OK) {
        before = r.old->image_count;
        status = match(&r, results, &fits, err);
    }
    if (status == LSN_OK && fits)
        status = lay_out(&r, fewer, err);
    if (status == LSN_OK && fits)
        *count = before - r.kept_count;
    lsn_results_free(r.old);
    lsn_free(r.kept);
    lsn_free(r.has_outcomes);
    lsn_free(fewer);
    return status;
}

/* Empties the folder: moves all files except run.json to the run directory (moves), or removes
 * all. */
static enum lsn_status empty_folder(const char *fewer, int from, int to, bool moves,
                                    struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    DIR *stream = opendir(fewer);
    struct dirent *entry;

    if (!stream)
        return lsn_fail_errno(err, errno, "%s: cannot open", fewer);
    while (status == LSN_OK && (entry = readdir(stream)) != NULL) {
        const char *name = entry->d_name;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            (moves && strcmp(name, LSN_FACTS_FILE) == 0))
            continue;
        if ((moves ? renameat(from, name, to, name) : unlinkat(from, name, 0)) != 0)
            status = lsn_fail_errno(err, errno, "%s/%s: cannot %s", fewer, name,
                                    moves ? "move" : "remove");
    }
    closedir(stream);
    return status;
}

/* Moves run.json, after making sure that the earlier moves are on the disk. */
static enum lsn_status move_facts(const char *folder, int from, int to, struct lsn_error *err)
{
    if ((fsync(to) != 0 && errno != EINVAL) ||
        renameat(from, LSN_FACTS_FILE, to, LSN_FACTS_FILE) != 0 ||
        (fsync(to) != 0 && errno != EINVAL))
        return lsn_fail_errno(err, errno, "%s/" LSN_FACTS_FILE ": cannot move", folder);
    return LSN_OK;
}

static enum lsn_status finish(const char *folder, const char *fewer, struct lsn_error *err)
{
    int from = open(fewer, O_RDONLY | O_DIRECTORY | O_CLOEXEC), to;
    enum lsn_status status;
    bool begun;

    if (from < 0)
        return errno == ENOENT ? LSN_OK : lsn_fail_errno(err, errno, "%s: cannot open", fewer);
    to = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    status = to >= 0 ? lsn_removal_is_begun(folder, &begun, err)
                     : lsn_fail_errno(err, errno, "%s: cannot open", folder);
    if (status == LSN_OK)
        status = empty_folder(fewer, from, to, begun, err);
    if (status == LSN_OK && begun)
        status = move_facts(folder, from, to, err);
    if (status == LSN_OK && rmdir(fewer) != 0)
        status = lsn_fail_errno(err, errno, "%s: cannot remove", fewer);
    close(from);
    if (to >= 0)
        close(to);
    return status;
}

enum lsn_status lsn_removal_finish(const char *folder, struct lsn_error *err)
{
    char *fewer = lsn_path_join(folder, LSN_REMOVAL_FOLDER);
    enum lsn_status status = fewer ? finish(folder, fewer, err) : lsn_fail_memory(err, "a path");

    lsn_free(fewer);
    return status;
}
