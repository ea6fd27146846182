#include "sweep/select.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* The next item of a comma-separated list as a fresh string; *at moves behind it. */
static enum lsn_status next_item(const char **at, char **item, struct lsn_error *err)
{
    size_t length = strcspn(*at, ",");

    *item = lsn_strndup(*at, length);
    if (!*item)
        return lsn_fail_memory(err, "a list of names");
    *at += length;
    *at += **at == ',';
    return LSN_OK;
}

static const char *layer_name(const struct lsn_model *model, int layer)
{
    return lsn_model_node(model, lsn_model_layer_node(model, layer)).name;
}

static int kernels_of(const struct lsn_model *model, int layer)
{
    return lsn_model_node(model, lsn_model_layer_node(model, layer)).kernels;
}

enum lsn_status lsn_select_names(const struct lsn_model *model, const char *option,
                                 const char *things, int count, lsn_name_fn *name,
                                 const char *patterns, bool *chosen, struct lsn_error *err)
{
    int i;

    for (i = 0; i < count; i++)
        chosen[i] = !patterns || !patterns[0];
    while (patterns && *patterns) {
        bool any = false;
        enum lsn_status status = LSN_OK;
        char *pattern;

        LSN_TRY(next_item(&patterns, &pattern, err));
        for (i = 0; i < count; i++)
            if (fnmatch(pattern, name(model, i), 0) == 0)
                any = chosen[i] = true;
        if (!any)
            status =
                lsn_fail(err, LSN_E_ARGUMENT,
                         "%s: '%s' matches none of the model's %d %s, from '%s' to '%s'", option,
                         pattern, count, things, name(model, 0), name(model, count - 1));
        lsn_free(pattern);
        LSN_TRY(status);
    }
    return LSN_OK;
}

static enum lsn_status choose_range(const char *item, int largest, bool *chosen,
                                    struct lsn_error *err)
{
    const char *dash = strchr(item, '-');
    char *low = dash ? lsn_strndup(item, (size_t)(dash - item)) : lsn_strdup(item);
    enum lsn_status status = LSN_OK;
    int64_t first = 0, last = 0;

    if (!low)
        return lsn_fail_memory(err, "a list of kernels");
    if (!lsn_parse_int(low, 0, INT_MAX, &first) ||
        !lsn_parse_int(dash ? dash + 1 : low, first, INT_MAX, &last))
        status = lsn_fail(err, LSN_E_ARGUMENT,
                          "kernels: '%s' is neither a number nor a range such as 0-15", item);
    else if (first >= largest)
        status =
            lsn_fail(err, LSN_E_ARGUMENT,
                     "kernels: '%s' is beyond every chosen layer; the largest has kernels 0-%d",
                     item, largest - 1);
    lsn_free(low);
    LSN_TRY(status);
    for (; first <= last && first < largest; first++)
        chosen[first] = true;
    return LSN_OK;
}

static enum lsn_status choose_kernels(const char *kernels, int largest, bool *chosen,
                                      struct lsn_error *err)
{
    while (*kernels) {
        enum lsn_status status;
        char *item;

        LSN_TRY(next_item(&kernels, &item, err));
        status = choose_range(item, largest, chosen, err);
        lsn_free(item);
        LSN_TRY(status);
    }
    return LSN_OK;
}

static enum lsn_status collect(const struct lsn_model *model, const bool *layers,
                               const bool *kernels, struct lsn_selection *selection,
                               struct lsn_error *err)
{
    size_t total = 0;
    int i, k;

    for (i = 0; i < lsn_model_layers(model); i++)
        total += layers[i] ? (size_t)kernels_of(model, i) : 0;
    selection->layer = lsn_alloc(total, sizeof *selection->layer);
    selection->kernel = lsn_alloc(total, sizeof *selection->kernel);
    if (!selection->layer || !selection->kernel)
        return lsn_fail_memory(err, "a list of kernels");
    for (i = 0; i < lsn_model_layers(model); i++)
        for (k = 0; layers[i] && k < kernels_of(model, i); k++)
            if (kernels[k]) {
                selection->layer[selection->count] = i;
                selection->kernel[selection->count++] = k;
            }
    return LSN_OK;
}

enum lsn_status lsn_selection_make(const struct lsn_model *model, const char *layers,
                                   const char *kernels, struct lsn_selection *selection,
                                   struct lsn_error *err)
{
    int layer_count = lsn_model_layers(model), largest = 0, i;
    bool *layer_chosen, *kernel_chosen = NULL;
    enum lsn_status status;

    *selection = (struct lsn_selection){0};
    if (layer_count == 0)
        return lsn_fail(err, LSN_E_MODEL, "the model has no convolution to lesion");
    layer_chosen = lsn_alloc((size_t)layer_count, sizeof *layer_chosen);
    if (!layer_chosen)
        return lsn_fail_memory(err, "a list of layers");
    status = lsn_select_names(model, "layers", "convolutions", layer_count, layer_name, layers,
                              layer_chosen, err);
    for (i = 0; i < layer_count; i++)
        if (layer_chosen[i] && kernels_of(model, i) > largest)
            largest = kernels_of(model, i);
    if (status == LSN_OK) {
        kernel_chosen = lsn_alloc((size_t)largest, sizeof *kernel_chosen);
        if (!kernel_chosen)
            status = lsn_fail_memory(err, "a list of kernels");
    }
    for (i = 0; status == LSN_OK && i < largest; i++)
        kernel_chosen[i] = !kernels || !kernels[0];
    if (status == LSN_OK && kernels)
        status = choose_kernels(kernels, largest, kernel_chosen, err);
    if (status == LSN_OK)
        status = collect(model, layer_chosen, kernel_chosen, selection, err);
    lsn_free(layer_chosen);
    lsn_free(kernel_chosen);
    if (status != LSN_OK)
        lsn_selection_free(selection);
    return status;
}

void lsn_selection_free(struct lsn_selection *selection)
{
    lsn_free(selection->layer);
    lsn_free(selection->kernel);
    *selection = (struct lsn_selection){0};
}
