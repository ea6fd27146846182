/* Reads lists of kernels that the user names one by one, as LAYER:KERNEL. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/sweep.h"
#include "sweep/select.h"

static int find_layer(const struct lsn_model *model, const char *name, size_t length)
{
    int i;

    for (i = 0; i < lsn_model_layers(model); i++) {
        const char *layer = lsn_model_layer_name(model, i);

        if (strlen(layer) == length && strncmp(layer, name, length) == 0)
            return i;
    }
    return -1;
}

/* Reads one item, a NUL-terminated string. The name of a layer may contain colons, numbers do not,
 * so the last colon separates them. */
static enum lsn_status parse_item(const struct lsn_model *model, const char *item,
                                  struct lsn_kernel *first, int *last, struct lsn_error *err)
{
    const char *colon = strrchr(item, ':');
    int kernels;

    if (!colon || !lsn_span_parse(colon + 1, &first->kernel, last))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "kernels: '%.100s' is neither NAME:KERNEL nor NAME:FIRST-LAST", item);
    first->layer = find_layer(model, item, (size_t)(colon - item));
    if (first->layer < 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "kernels: '%.*s' is no convolution of the model%s",
                        (int)(colon - item), item, lsn_select_hint(model, item));
    kernels = lsn_model_node(model, lsn_model_layer_node(model, first->layer)).kernels;
    if (*last >= kernels)
        return lsn_fail(err, LSN_E_ARGUMENT, "kernels: '%.100s': the layer has kernels 0-%d", item,
                        kernels - 1);
    return LSN_OK;
}

static int compare(const void *a, const void *b)
{
    const struct lsn_kernel *x = a, *y = b;

    return x->layer != y->layer     ? (x->layer > y->layer) - (x->layer < y->layer)
           : x->kernel != y->kernel ? (x->kernel > y->kernel) - (x->kernel < y->kernel)
                                    : 0;
}

/* Appends the kernels that an item names to the growing array kernels. */
static enum lsn_status add_item(const struct lsn_model *model, const char *item,
                                struct lsn_kernel **kernels, int *count, struct lsn_error *err)
{
    struct lsn_kernel first, *grown;
    int last;

    LSN_TRY(parse_item(model, item, &first, &last, err));
    grown = lsn_alloc((size_t)*count + (size_t)(last - first.kernel) + 1, sizeof *grown);
    if (!grown)
        return lsn_fail_memory(err, "a list of kernels");
    if (*count)
        memcpy(grown, *kernels, (size_t)*count * sizeof *grown);
    lsn_free(*kernels);
    *kernels = grown;
    for (; first.kernel <= last; first.kernel++)
        grown[(*count)++] = first;
    return LSN_OK;
}

static enum lsn_status check_twice(const struct lsn_model *model, const struct lsn_kernel *kernels,
                                   int count, struct lsn_error *err)
{
    int i;

    for (i = 1; i < count; i++)
        if (compare(&kernels[i - 1], &kernels[i]) == 0)
            return lsn_fail(err, LSN_E_ARGUMENT, "kernels: %s:%d is named twice",
                            lsn_model_layer_name(model, kernels[i].layer), kernels[i].kernel);
    return LSN_OK;
}

enum lsn_status lsn_kernels_parse(const struct lsn_model *model, const char *text,
                                  struct lsn_kernel **kernels, int *count, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;

    lsn_error_clear(err);
    *kernels = NULL;
    *count = 0;
    while (text && status == LSN_OK) {
        char *item;

        status = lsn_select_next(&text, &item, err);
        if (status == LSN_OK)
            status = add_item(model, item, kernels, count, err);
        lsn_free(item);
    }
    if (status == LSN_OK) {
        qsort(*kernels, (size_t)*count, sizeof **kernels, compare);
        status = check_twice(model, *kernels, *count, err);
    }
    if (status != LSN_OK) {
        lsn_free(*kernels);
        *kernels = NULL;
    }
    return status;
}

void lsn_kernels_free(struct lsn_kernel *kernels)
{
    lsn_free(kernels);
}
