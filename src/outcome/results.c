#include "outcome/results.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "lesion/decide.h"

struct lsn_results *lsn_results_empty(void)
{
    return lsn_alloc(1, sizeof(struct lsn_results));
}

enum lsn_status lsn_results_allocate_images(struct lsn_results *r, size_t count,
                                            struct lsn_error *err)
{
    r->image_count = count;
    r->image_names = lsn_alloc(count, sizeof *r->image_names);
    r->image_classes = lsn_alloc(count, sizeof *r->image_classes);
    r->image_bytes = lsn_alloc(count, sizeof *r->image_bytes);
    return r->image_names && r->image_classes && r->image_bytes
               ? LSN_OK
               : lsn_fail_memory(err, "the list of images");
}

static enum lsn_status describe_images(struct lsn_results *r, const struct lsn_dataset *dataset,
                                       size_t first, size_t count, struct lsn_error *err)
{
    size_t i;

    LSN_TRY(lsn_results_allocate_images(r, count, err));
    for (i = 0; i < r->image_count; i++) {
        const struct lsn_item *memory = lsn_dataset_memory(dataset, first + i);
        const char *path = lsn_dataset_path(dataset, first + i);
        struct stat info;

        r->image_names[i] = lsn_strdup(lsn_dataset_name(dataset, first + i));
        r->image_classes[i] = lsn_dataset_class(dataset, first + i);
        if (!r->image_names[i])
            return lsn_fail_memory(err, "the list of images");
        if (!memory && stat(path, &info) != 0)
            return lsn_fail_errno(err, errno, "%s: cannot open", path);
        r->image_bytes[i] = memory ? lsn_item_bytes(memory) : (uint64_t)info.st_size;
    }
    return LSN_OK;
}

static enum lsn_status name_layer(struct lsn_results *r, const struct lsn_model *model, int layer,
                                  struct lsn_error *err)
{
    char **name = &r->layer_names[layer];

    if (!*name)
        *name = lsn_strdup(lsn_model_layer_name(model, layer));
    return *name ? LSN_OK : lsn_fail_memory(err, "the names of a run");
}

static enum lsn_status describe_model(struct lsn_results *r, const struct lsn_model *model,
                                      struct lsn_error *err)
{
    size_t k;
    int c;

    r->classes = lsn_model_classes(model);
    r->logit_count = lsn_model_logits(model);
    r->layer_count = lsn_model_layers(model);
    r->class_names = lsn_alloc((size_t)r->classes, sizeof *r->class_names);
    r->layer_names = lsn_alloc((size_t)r->layer_count, sizeof *r->layer_names);
    if (!r->class_names || !r->layer_names)
        return lsn_fail_memory(err, "the names of a run");
    for (c = 0; c < r->classes; c++) {
        const char *name = lsn_model_class_name(model, c);

        name = name ? name : lsn_model_class_id(model, c);
        r->class_names[c] = name ? lsn_strdup(name) : NULL;
        if (name && !r->class_names[c])
            return lsn_fail_memory(err, "the names of a run");
    }
    for (k = 0; k < r->kernel_count; k++)
        LSN_TRY(name_layer(r, model, r->kernel_layer[k], err));
    for (c = 0; r->set_start && c < r->set_start[r->kernel_count]; c++)
        LSN_TRY(name_layer(r, model, r->set_kernels[c].layer, err));
    return LSN_OK;
}

static enum lsn_status describe(struct lsn_results *r, const struct lsn_results_plan *plan,
                                struct lsn_selection *selection, struct lsn_error *err)
{
    int c;

    r->lesions = lsn_alloc((size_t)plan->lesion_count, sizeof *r->lesions);
    if (!r->lesions)
        return lsn_fail_memory(err, "the lesions");
    memcpy(r->lesions, plan->lesions, (size_t)plan->lesion_count * sizeof *r->lesions);
    r->lesion_count = plan->lesion_count;
    r->kernel_count = selection->count;
    r->kernel_lesion = selection->lesion;
    r->kernel_layer = selection->layer;
    r->kernel_index = selection->kernel;
    r->sampled_from = selection->sampled_from;
    r->set_kernels = selection->set_kernels;
    r->set_start = selection->set_start;
    *selection = (struct lsn_selection){0};
    r->condition_count = plan->condition_count;
    r->conditions = lsn_alloc((size_t)r->condition_count, sizeof *r->conditions);
    if (!r->conditions)
        return lsn_fail_memory(err, "the conditions");
    for (c = 0; c < r->condition_count; c++) {
        r->conditions[c] = plan->conditions[c];
        /* Results may outlive the pixels of a mask; they need only its name. */
        r->conditions[c].region.mask = (struct lsn_image){0};
    }
    LSN_TRY(describe_images(r, plan->dataset, plan->first, plan->count, err));
    return describe_model(r, plan->model, err);
}

enum lsn_status lsn_results_describe(const struct lsn_results_plan *plan,
                                     struct lsn_selection *selection, struct lsn_results **results,
                                     struct lsn_error *err)
{
    enum lsn_status status;

    *results = lsn_results_empty();
    if (!*results)
        return lsn_fail_memory(err, "the outcomes");
    status = describe(*results, plan, selection, err);
    if (status != LSN_OK) {
        lsn_results_free(*results);
        *results = NULL;
    }
    return status;
}

static void free_texts(char **texts, size_t count)
{
    size_t i;

    for (i = 0; texts && i < count; i++)
        lsn_free(texts[i]);
    lsn_free(texts);
}

void lsn_results_free(struct lsn_results *results)
{
    if (!results)
        return;
    free_texts(results->image_names, results->image_count);
    free_texts(results->layer_names, (size_t)results->layer_count);
    free_texts(results->class_names, (size_t)results->classes);
    lsn_free(results->image_classes);
    lsn_free(results->image_bytes);
    lsn_free(results->conditions);
    lsn_free(results->lesions);
    lsn_free(results->kernel_lesion);
    lsn_free(results->kernel_layer);
    lsn_free(results->kernel_index);
    lsn_free(results->sampled_from);
    lsn_free(results->set_kernels);
    lsn_free(results->set_start);
    lsn_free(results->logits);
    lsn_store_free(results->store);
    lsn_free(results);
}

struct lsn_store_shape lsn_results_shape(const struct lsn_results *results)
{
    return (struct lsn_store_shape){.images = results->image_count,
                                    .conditions = (size_t)results->condition_count,
                                    .kernels = results->kernel_count};
}

size_t lsn_results_stimulus(const struct lsn_results *results, size_t image, int condition)
{
    return image * (size_t)results->condition_count + (size_t)condition;
}

enum lsn_status lsn_results_check(const struct lsn_results *results, int condition,
                                  struct lsn_error *err)
{
    if (condition < 0 || condition >= results->condition_count)
        return lsn_fail(err, LSN_E_ARGUMENT, "condition %d: the results have %d", condition,
                        results->condition_count);
    return results->store ? LSN_OK
                          : lsn_fail(err, LSN_E_ARGUMENT, "these results keep no outcomes");
}

enum lsn_status lsn_results_check_single(const struct lsn_results *results, struct lsn_error *err)
{
    return results->set_start
               ? lsn_fail(err, LSN_E_ARGUMENT,
                          "these results are of kernels lesioned together: lsn_group_write and "
                          "lsn_pairs_write make tables of them")
               : LSN_OK;
}

enum lsn_status lsn_results_read(const struct lsn_results *results, size_t image,
                                 struct lsn_outcome *intact, struct lsn_outcome *lesioned,
                                 uint8_t *same, struct lsn_error *err)
{
    int c;

    lsn_error_clear(err);
    LSN_TRY(lsn_results_check(results, 0, err));
    if (image >= results->image_count)
        return lsn_fail(err, LSN_E_ARGUMENT, "image %zu: the results have %zu", image,
                        results->image_count);
    for (c = 0; c < results->condition_count; c++) {
        size_t stimulus = lsn_results_stimulus(results, image, c);
        size_t at = (size_t)c * results->kernel_count;

        LSN_TRY(lsn_store_get_intact(results->store, stimulus, &intact[c], err));
        LSN_TRY(lsn_store_get(results->store, stimulus, 0, results->kernel_count, lesioned + at,
                              same + at, err));
    }
    return LSN_OK;
}

/* Whether all outcomes of an image are there. outcomes and same [kernel_count] are buffers. */
static enum lsn_status image_complete(const struct lsn_results *results, size_t image,
                                      struct lsn_outcome *outcomes, uint8_t *same, bool *complete,
                                      struct lsn_error *err)
{
    int c;

    *complete = true;
    for (c = 0; c < results->condition_count && *complete; c++) {
        size_t stimulus = lsn_results_stimulus(results, image, c);
        struct lsn_outcome intact;

        LSN_TRY(lsn_store_get_intact(results->store, stimulus, &intact, err));
        LSN_TRY(
            lsn_store_get(results->store, stimulus, 0, results->kernel_count, outcomes, same, err));
        *complete = intact.predicted >= 0 && lsn_store_all_there(outcomes, results->kernel_count);
    }
    return LSN_OK;
}

enum lsn_status lsn_results_count_complete(struct lsn_results *results, struct lsn_error *err)
{
    struct lsn_outcome *outcomes = lsn_alloc(results->kernel_count, sizeof *outcomes);
    uint8_t *same = lsn_alloc(results->kernel_count, 1);
    enum lsn_status status = outcomes && same ? LSN_OK : lsn_fail_memory(err, "the outcomes");
    bool complete = true;

    results->complete_images = 0;
    while (status == LSN_OK && results->complete_images < results->image_count) {
        status = image_complete(results, results->complete_images, outcomes, same, &complete, err);
        if (status != LSN_OK || !complete)
            break;
        results->complete_images++;
    }
    lsn_free(outcomes);
    lsn_free(same);
    return status;
}

enum lsn_status lsn_results_find_outcomes(const struct lsn_results *results, uint8_t *has,
                                          struct lsn_error *err)
{
    size_t conditions = (size_t)results->condition_count, stimulus, k;
    struct lsn_outcome *outcomes = lsn_alloc(results->kernel_count, sizeof *outcomes), intact;
    uint8_t *same = lsn_alloc(results->kernel_count, 1);
    enum lsn_status status = outcomes && same ? LSN_OK : lsn_fail_memory(err, "the outcomes");

    for (stimulus = 0; stimulus < results->image_count * conditions && status == LSN_OK;
         stimulus++) {
        uint8_t *found = &has[stimulus / conditions];

        if (*found)
            continue;
        status = lsn_store_get_intact(results->store, stimulus, &intact, err);
        if (status == LSN_OK)
            status = lsn_store_get(results->store, stimulus, 0, results->kernel_count, outcomes,
                                   same, err);
        *found = intact.predicted >= 0;
        for (k = 0; k < results->kernel_count && status == LSN_OK && !*found; k++)
            *found = outcomes[k].predicted >= 0;
    }
    lsn_free(outcomes);
    lsn_free(same);
    return status;
}
