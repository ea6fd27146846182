/* The conditions under which images must be shown to judge the claims. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/claims.h"
#include "lesion/stimulus_maker.h"

/* Sets area to the fraction of pixels in a condition's region, averaged over all images. */
static enum lsn_status measure_area(const struct lsn_model *model,
                                    const struct lsn_dataset *dataset,
                                    const struct lsn_image_options *loading,
                                    const struct lsn_condition *condition, double *area,
                                    struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(model)->shape;
    size_t pixels = (size_t)s->h * (size_t)s->w, images = lsn_dataset_count(dataset), i;
    struct lsn_stimulus_maker *showing = NULL;
    float *shown = lsn_alloc_floats(pixels * (size_t)s->c);
    enum lsn_status status = shown
                                 ? lsn_stimulus_maker_create(model, dataset, loading, &showing, err)
                                 : lsn_fail_memory(err, "a stimulus");

    *area = 0;
    for (i = 0; i < images && status == LSN_OK; i++) {
        const uint8_t *mask;

        status = lsn_stimulus_maker_make(showing, i, condition, shown, &mask, err);
        if (status == LSN_OK)
            *area += lsn_region_area(mask, pixels) / (double)images;
    }
    lsn_stimulus_maker_free(showing);
    lsn_free(shown);
    return status;
}

enum lsn_status lsn_claims_conditions(const struct lsn_model *model,
                                      const struct lsn_dataset *dataset,
                                      const struct lsn_image_options *loading,
                                      const struct lsn_claims_contrasts *contrasts,
                                      struct lsn_condition *conditions, struct lsn_error *err)
{
    static const char *const prefixes[LSN_CLAIMS_CONDITIONS] = {[LSN_CLAIMS_EDGES] = "",
                                                                [LSN_CLAIMS_NON_EDGES] = "non-",
                                                                [LSN_CLAIMS_OTHER_EDGES] =
                                                                    "other-"};
    double low = contrasts->low, high = contrasts->high, area;
    const char *edges = contrasts->edges;
    uint64_t seed = contrasts->seed;
    char text[LSN_REGION_TEXT_MAX];
    int c;

    lsn_error_clear(err);
    if (!(low < high))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "the low contrast, %.9g, is not below the high one, "
                        "%.9g",
                        low, high);
    if (strncmp(edges, "edges", 5) != 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "region '%.100s': is none of edges[:SIGMA[:DILATE]]",
                        edges);
    for (c = 0; c < LSN_CLAIMS_CONDITIONS; c++) {
        conditions[c] = (struct lsn_condition){.contrast = c == LSN_CLAIMS_HIGH ? high : low};
        if (!prefixes[c])
            continue;
        snprintf(text, sizeof text, "%s%s", prefixes[c], edges);
        LSN_TRY(lsn_region_parse(text, seed, &conditions[c].region, err));
    }
    LSN_TRY(measure_area(model, dataset, loading, &conditions[LSN_CLAIMS_EDGES], &area, err));
    snprintf(text, sizeof text, "random:%.4f", area > 1e-4 ? area : 1e-4);
    return lsn_region_parse(text, seed, &conditions[LSN_CLAIMS_RANDOM].region, err);
}
