#include "data/dataset.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/sha256.h"
#include "data/listed.h"
#include "format/file.h"

enum lsn_status lsn_dataset_add(struct lsn_dataset *dataset, const char *folder, char *name,
                                int class_index, struct lsn_error *err)
{
    char *path = name[0] == '/' ? lsn_strdup(name) : lsn_path_join(folder, name);

    if (!path ||
        !lsn_grow(&dataset->items, &dataset->capacity, dataset->count, sizeof *dataset->items)) {
        lsn_free(path);
        lsn_free(name);
        return lsn_fail_memory(err, "the list of images");
    }
    dataset->items[dataset->count++] =
        (struct lsn_item){.name = name, .path = path, .class_index = class_index};
    return LSN_OK;
}

enum lsn_status lsn_dataset_hash(struct lsn_dataset *dataset, struct lsn_error *err)
{
    struct lsn_sha256 sha;
    size_t i;

    lsn_sha256_start(&sha);
    for (i = 0; i < dataset->count; i++)
        lsn_listed_add(&sha, dataset->items[i].name, dataset->items[i].class_index);
    return lsn_sha256_finish(&sha, dataset->sha256, err);
}

const struct lsn_item *lsn_dataset_memory(const struct lsn_dataset *dataset, size_t image)
{
    return dataset->items[image].memory.pixels ? &dataset->items[image] : NULL;
}

size_t lsn_item_bytes(const struct lsn_item *item)
{
    return (size_t)item->memory.width * (size_t)item->memory.height * (size_t)item->memory.channels;
}

static void free_items(struct lsn_item *items, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        lsn_free(items[i].name);
        lsn_free(items[i].path);
    }
    lsn_free(items);
}

void lsn_dataset_free(struct lsn_dataset *dataset)
{
    int kind, i;

    if (!dataset)
        return;
    free_items(dataset->items, dataset->count);
    free_items(dataset->left_out, dataset->left_out_count);
    for (kind = 0; kind < LSN_PASSED_KINDS; kind++)
        for (i = 0; i < LSN_PASSED_NAMED; i++)
            lsn_free(dataset->passed[kind].names[i]);
    lsn_text_free(&dataset->matching);
    lsn_free(dataset);
}

enum lsn_status lsn_dataset_leave_out(struct lsn_dataset *dataset, const uint8_t *is_out,
                                      struct lsn_error *err)
{
    size_t out = dataset->left_out_count, kept = 0, i;
    struct lsn_item *left_out;

    for (i = 0; i < dataset->count; i++)
        out += is_out[i];
    left_out = lsn_realloc(dataset->left_out, out ? out : 1, sizeof *left_out);
    if (!left_out)
        return lsn_fail_memory(err, "the list of images");
    dataset->left_out = left_out;
    for (i = 0; i < dataset->count; i++) {
        if (is_out[i])
            left_out[dataset->left_out_count++] = dataset->items[i];
        else
            dataset->items[kept++] = dataset->items[i];
    }
    dataset->count = kept;
    return lsn_dataset_hash(dataset, err);
}

size_t lsn_dataset_left_out_count(const struct lsn_dataset *dataset)
{
    return dataset->left_out_count;
}

const char *lsn_dataset_left_out_name(const struct lsn_dataset *dataset, size_t image)
{
    return image < dataset->left_out_count ? dataset->left_out[image].name : NULL;
}

enum lsn_status lsn_dataset_pass_over(struct lsn_dataset *dataset, enum lsn_passed kind,
                                      const char *folder, const char *name, struct lsn_error *err)
{
    struct lsn_passed_over *passed = &dataset->passed[kind];

    if (passed->count < LSN_PASSED_NAMED) {
        char **kept = &passed->names[passed->count];

        *kept = folder ? lsn_path_join(folder, name) : lsn_strdup(name);
        if (!*kept)
            return lsn_fail_memory(err, "a path");
    }
    passed->count++;
    return LSN_OK;
}

size_t lsn_dataset_passed(const struct lsn_dataset *dataset, enum lsn_passed kind,
                          const char *names[LSN_PASSED_NAMED], int *named)
{
    const struct lsn_passed_over *passed = &dataset->passed[kind];
    int i;

    *named = 0;
    if ((unsigned)kind >= LSN_PASSED_KINDS)
        return 0;
    *named = passed->count < LSN_PASSED_NAMED ? (int)passed->count : LSN_PASSED_NAMED;
    for (i = 0; i < *named; i++)
        names[i] = passed->names[i];
    return passed->count;
}

size_t lsn_dataset_count(const struct lsn_dataset *dataset)
{
    return dataset->count;
}

const char *lsn_dataset_name(const struct lsn_dataset *dataset, size_t image)
{
    return image < dataset->count ? dataset->items[image].name : NULL;
}

const char *lsn_dataset_path(const struct lsn_dataset *dataset, size_t image)
{
    return image < dataset->count ? dataset->items[image].path : NULL;
}

int lsn_dataset_class(const struct lsn_dataset *dataset, size_t image)
{
    return image < dataset->count ? dataset->items[image].class_index : -1;
}

const char *lsn_dataset_sha256(const struct lsn_dataset *dataset)
{
    return dataset->sha256;
}

const char *lsn_dataset_matching(const struct lsn_dataset *dataset)
{
    return dataset->matching.bytes;
}

/* Sattolo's shuffle: it draws one cycle through all images, so that no image is its own partner;
 * all cycles are equally likely. */
enum lsn_status lsn_dataset_partners(size_t count, uint64_t seed, size_t *partner,
                                     struct lsn_error *err)
{
    uint64_t state = seed;
    size_t i;

    lsn_error_clear(err);
    if (count < 2)
        return lsn_fail(err, LSN_E_DATA,
                        "another image for each, which other-edges and resample take: the list has "
                        "%zu image%s, two at least are wanted",
                        count, lsn_plural(count));
    for (i = 0; i < count; i++)
        partner[i] = i;
    for (i = count - 1; i > 0; i--) {
        size_t j = (size_t)lsn_random_below(&state, i), kept = partner[i];

        partner[i] = partner[j];
        partner[j] = kept;
    }
    return LSN_OK;
}
