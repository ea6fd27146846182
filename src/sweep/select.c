#include "sweep/select.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sweep/sample.h"

enum lsn_status lsn_select_next(const char **at, char **item, struct lsn_error *err)
{
    size_t length = strcspn(*at, ",");

    *item = lsn_strndup(*at, length);
    if (!*item)
        return lsn_fail_memory(err, "a list of names");
    *at = (*at)[length] ? *at + length + 1 : NULL;
    return LSN_OK;
}

const char *lsn_select_hint(const struct lsn_model *model, const char *name)
{
    bool joint = false;
    int i;

    for (i = 0; i < lsn_model_layers(model); i++)
        joint = joint || lsn_model_layer_places(model, i) > 1;
    return joint && strchr(name, '@') ? "; one place of a layer is chosen by --lesion-places each"
                                      : "";
}

static int kernels_of(const struct lsn_model *model, int layer)
{
    return lsn_model_node(model, lsn_model_layer_node(model, layer)).kernels;
}

enum lsn_status lsn_select_names(const struct lsn_model *model, const struct lsn_name_list *named,
                                 const char *patterns, bool *chosen, struct lsn_error *err)
{
    int i;

    if (patterns && !patterns[0])
        patterns = NULL;
    for (i = 0; i < named->count; i++)
        chosen[i] = !patterns;
    while (patterns) {
        bool any = false;
        enum lsn_status status = LSN_OK;
        char *pattern;

        LSN_TRY(lsn_select_next(&patterns, &pattern, err));
        for (i = 0; i < named->count; i++)
            if (fnmatch(pattern, named->name(model, i), 0) == 0)
                any = chosen[i] = true;
        if (!any)
            status = lsn_fail(err, LSN_E_ARGUMENT,
                              "%s: '%s' matches none of the model's %d %s, from '%s' to '%s'%s",
                              named->option, pattern, named->count, named->things,
                              named->name(model, 0), named->name(model, named->count - 1),
                              named->name == lsn_model_layer_name ? lsn_select_hint(model, pattern)
                                                                  : "");
        lsn_free(pattern);
        LSN_TRY(status);
    }
    return LSN_OK;
}

bool lsn_span_parse(const char *text, int *first, int *last)
{
    size_t length = strcspn(text, "-");
    char low[16] = "";
    int64_t value;

    if (length >= sizeof low)
        return false;
    memcpy(low, text, length);
    if (!lsn_parse_int(low, 0, INT_MAX, &value))
        return false;
    *first = *last = (int)value;
    if (!text[length])
        return true;
    if (!lsn_parse_int(text + length + 1, *first, INT_MAX, &value))
        return false;
    *last = (int)value;
    return true;
}

static enum lsn_status choose_range(const char *item, int largest, bool *chosen,
                                    struct lsn_error *err)
{
    int first, last;

    if (!lsn_span_parse(item, &first, &last))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "kernels: '%s' is neither a number nor a range such as 0-15", item);
    if (first >= largest)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "kernels: '%s' is beyond every chosen layer; the largest has kernels 0-%d",
                        item, largest - 1);
    for (; first <= last && first < largest; first++)
        chosen[first] = true;
    return LSN_OK;
}

static enum lsn_status choose_kernels(const char *kernels, int largest, bool *chosen,
                                      struct lsn_error *err)
{
    while (kernels) {
        enum lsn_status status;
        char *item;

        LSN_TRY(lsn_select_next(&kernels, &item, err));
        status = choose_range(item, largest, chosen, err);
        lsn_free(item);
        LSN_TRY(status);
    }
    return LSN_OK;
}

/* Appends the kernels that a lesion can be applied to. */
static enum lsn_status add_lesion(const struct lsn_model *model, const struct lsn_kernel *kernels,
                                  int count, const struct lsn_lesion *lesion, int index,
                                  struct lsn_selection *selection, struct lsn_error *err)
{
    char text[LSN_LESION_TEXT_MAX];
    size_t before = selection->count;
    int i;

    for (i = 0; i < count; i++) {
        if (!lsn_lesion_fits(lesion, model, kernels[i].layer))
            continue;
        selection->lesion[selection->count] = index;
        selection->layer[selection->count] = kernels[i].layer;
        selection->kernel[selection->count++] = kernels[i].kernel;
    }
    if (selection->count > before || count == 0)
        return LSN_OK;
    lsn_lesion_text(lesion, text);
    return lsn_fail(err, LSN_E_ARGUMENT, "lesion '%s': no chosen layer's kernels have it", text);
}

static enum lsn_status add_lesions(const struct lsn_model *model, const struct lsn_kernel *kernels,
                                   int count, const struct lsn_lesion *lesions, int lesion_count,
                                   struct lsn_selection *selection, struct lsn_error *err)
{
    size_t total = (size_t)count * (size_t)lesion_count;
    int i;

    selection->lesion = lsn_alloc(total, sizeof *selection->lesion);
    selection->layer = lsn_alloc(total, sizeof *selection->layer);
    selection->kernel = lsn_alloc(total, sizeof *selection->kernel);
    if (!selection->lesion || !selection->layer || !selection->kernel)
        return lsn_fail_memory(err, "a list of kernels");
    for (i = 0; i < lesion_count; i++)
        LSN_TRY(add_lesion(model, kernels, count, &lesions[i], i, selection, err));
    return LSN_OK;
}

enum lsn_status lsn_select_check(const struct lsn_model *model, const struct lsn_kernel *kernels,
                                 int count, struct lsn_error *err)
{
    int i;

    for (i = 0; i < count; i++) {
        int layer = kernels[i].layer, kernel = kernels[i].kernel;

        if (layer < 0 || layer >= lsn_model_layers(model) || kernel < 0 ||
            kernel >= kernels_of(model, layer))
            return lsn_fail(err, LSN_E_ARGUMENT, "the model has no kernel %d in a layer %d", kernel,
                            layer);
    }
    return LSN_OK;
}

static bool is_before(struct lsn_kernel a, struct lsn_kernel b)
{
    return a.layer < b.layer || (a.layer == b.layer && a.kernel < b.kernel);
}

enum lsn_status lsn_select_check_picked(const struct lsn_model *model,
                                        const struct lsn_kernel *kernels, int count,
                                        const struct lsn_lesion *lesions, int lesion_count,
                                        struct lsn_error *err)
{
    char text[LSN_LESION_TEXT_MAX];
    int i, k;

    LSN_TRY(lsn_select_check(model, kernels, count, err));
    for (k = 1; k < count; k++)
        if (!is_before(kernels[k - 1], kernels[k]))
            return lsn_fail(err, LSN_E_ARGUMENT,
                            "the kernel %.100s:%d is picked out of the model's order",
                            lsn_model_layer_name(model, kernels[k].layer), kernels[k].kernel);
    for (i = 0; i < lesion_count; i++)
        for (k = 0; k < count; k++)
            if (!lsn_lesion_fits(&lesions[i], model, kernels[k].layer)) {
                lsn_lesion_text(&lesions[i], text);
                return lsn_fail(err, LSN_E_ARGUMENT,
                                "lesion '%s': the kernel %.100s:%d has no such", text,
                                lsn_model_layer_name(model, kernels[k].layer), kernels[k].kernel);
            }
    return LSN_OK;
}

/* What the options layers and kernels choose. */
struct choice {
    bool *layers, *kernels;  /* [model's layers], [largest layer's] */
    struct lsn_kernel *list; /* [count] in the model's order */
    int count;
};

static enum lsn_status list_choice(const struct lsn_model *model, struct choice *choice,
                                   struct lsn_error *err)
{
    size_t total = 0;
    int i, k;

    for (i = 0; i < lsn_model_layers(model); i++)
        total += choice->layers[i] ? (size_t)kernels_of(model, i) : 0;
    choice->list = lsn_alloc(total, sizeof *choice->list);
    if (!choice->list)
        return lsn_fail_memory(err, "a list of kernels");
    for (i = 0; i < lsn_model_layers(model); i++)
        for (k = 0; choice->layers[i] && k < kernels_of(model, i); k++)
            if (choice->kernels[k])
                choice->list[choice->count++] = (struct lsn_kernel){i, k};
    return LSN_OK;
}

/* Fills choice, which the caller frees, also on failure. */
static enum lsn_status choose(const struct lsn_model *model, const char *layers,
                              const char *kernels, struct choice *choice, struct lsn_error *err)
{
    const struct lsn_name_list named = {lsn_model_layers(model), lsn_model_layer_name, "layers",
                                        "convolutions"};
    int layer_count = lsn_model_layers(model), largest = 0, i;

    if (layer_count == 0)
        return lsn_fail(err, LSN_E_MODEL, "the model has no convolution to lesion");
    choice->layers = lsn_alloc((size_t)layer_count, sizeof *choice->layers);
    if (!choice->layers)
        return lsn_fail_memory(err, "a list of layers");
    LSN_TRY(lsn_select_names(model, &named, layers, choice->layers, err));
    for (i = 0; i < layer_count; i++)
        if (choice->layers[i] && kernels_of(model, i) > largest)
            largest = kernels_of(model, i);
    choice->kernels = lsn_alloc((size_t)largest, sizeof *choice->kernels);
    if (!choice->kernels)
        return lsn_fail_memory(err, "a list of kernels");
    if (kernels && !kernels[0])
        kernels = NULL;
    for (i = 0; i < largest; i++)
        choice->kernels[i] = !kernels;
    if (kernels)
        LSN_TRY(choose_kernels(kernels, largest, choice->kernels, err));
    return list_choice(model, choice, err);
}

enum lsn_status lsn_selection_make(const struct lsn_model *model,
                                   const struct lsn_sweep_options *options,
                                   const struct lsn_lesion *lesions, int lesion_count,
                                   struct lsn_selection *selection, struct lsn_error *err)
{
    struct choice choice = {NULL, NULL, NULL, 0};
    enum lsn_status status;

    *selection = (struct lsn_selection){0};
    if (options->sample_kernels < 0 || options->sample_seed < 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a sample of %d kernels a layer by seed %" PRId64
                        ": neither can be negative",
                        options->sample_kernels, options->sample_seed);
    if (options->picked && options->sample_kernels > 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "kernels that are named one by one are no sample");
    if (options->picked) {
        status = lsn_select_check_picked(model, options->picked, options->picked_count, lesions,
                                         lesion_count, err);
        if (status == LSN_OK)
            status = add_lesions(model, options->picked, options->picked_count, lesions,
                                 lesion_count, selection, err);
    } else {
        status = choose(model, options->layers, options->kernels, &choice, err);
        if (status == LSN_OK && options->sample_kernels > 0)
            status = lsn_sample_kernels(model, options->sample_kernels, options->sample_seed,
                                        choice.list, &choice.count, &selection->sampled_from, err);
        if (status == LSN_OK)
            status = add_lesions(model, choice.list, choice.count, lesions, lesion_count, selection,
                                 err);
    }
    lsn_free(choice.layers);
    lsn_free(choice.kernels);
    lsn_free(choice.list);
    if (status != LSN_OK)
        lsn_selection_free(selection);
    return status;
}

void lsn_selection_free(struct lsn_selection *selection)
{
    lsn_free(selection->lesion);
    lsn_free(selection->layer);
    lsn_free(selection->kernel);
    lsn_free(selection->sampled_from);
    lsn_free(selection->set_kernels);
    lsn_free(selection->set_start);
    *selection = (struct lsn_selection){0};
}
