/* Makes the stimuli of one thread. The mask of a region is made anew for each stimulus instead of
 * being kept for all contrasts, as it costs little beside a pass of the network. Each thread also
 * computes the partners of images itself: they follow from the seed and the length of the whole
 * list, so all threads find the same. */
#include "lesion/stimulus_maker.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/crop.h"

#define NOTHING SIZE_MAX

/* A loaded crop and the number of its image. */
struct cached {
    struct lsn_image crop;
    size_t image;
};

struct lsn_stimulus_maker {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    struct lsn_image_options loading;
    struct cached own, other; /* other: the partner image, for the region other-edges */
    uint8_t *mask;            /* [h][w] */
    double *scratch;          /* scratch of the normalisation */
    size_t *partners;         /* [images]; NULL until they are needed */
    uint64_t seed;            /* the seed of the partners */
};

enum lsn_status lsn_stimulus_maker_create(const struct lsn_model *model,
                                          const struct lsn_dataset *dataset,
                                          const struct lsn_image_options *loading,
                                          struct lsn_stimulus_maker **maker, struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(model)->shape;
    struct lsn_stimulus_maker *made = lsn_alloc(1, sizeof *made);

    lsn_error_clear(err);
    *maker = made;
    if (!made)
        return lsn_fail_memory(err, "the stimuli");
    made->model = model;
    made->dataset = dataset;
    if (loading)
        made->loading = *loading;
    made->own.image = made->other.image = NOTHING;
    made->mask = lsn_alloc((size_t)s->h, (size_t)s->w);
    made->scratch = lsn_alloc(lsn_normalisation_scratch(*s), sizeof *made->scratch);
    if (made->mask && made->scratch)
        return LSN_OK;
    lsn_stimulus_maker_free(made);
    *maker = NULL;
    return lsn_fail_memory(err, "the stimuli");
}

void lsn_stimulus_maker_free(struct lsn_stimulus_maker *maker)
{
    if (!maker)
        return;
    lsn_image_free(&maker->own.crop);
    lsn_image_free(&maker->other.crop);
    lsn_free(maker->mask);
    lsn_free(maker->scratch);
    lsn_free(maker->partners);
    lsn_free(maker);
}

static enum lsn_status load_cached(const struct lsn_stimulus_maker *maker, struct cached *cached,
                                   size_t image, struct lsn_error *err)
{
    if (cached->image == image)
        return LSN_OK;
    cached->image = NOTHING;
    lsn_image_free(&cached->crop);
    LSN_TRY(lsn_crop_load(maker->dataset, image, maker->model, &maker->loading, &cached->crop, NULL,
                          err));
    cached->image = image;
    return LSN_OK;
}

/* Loads the partner image, whose edges become the region of `image` (region other-edges). */
static enum lsn_status load_partner(struct lsn_stimulus_maker *maker, size_t image, uint64_t seed,
                                    struct lsn_error *err)
{
    size_t count = lsn_dataset_count(maker->dataset);

    if (!maker->partners || maker->seed != seed) {
        if (!maker->partners)
            maker->partners = lsn_alloc(count, sizeof *maker->partners);
        if (!maker->partners)
            return lsn_fail_memory(err, "the pairs of images");
        LSN_TRY(lsn_dataset_partners(count, seed, maker->partners, err));
        maker->seed = seed;
    }
    return load_cached(maker, &maker->other, maker->partners[image], err);
}

enum lsn_status lsn_stimulus_maker_make(struct lsn_stimulus_maker *maker, size_t image,
                                        const struct lsn_condition *condition, float *pixels,
                                        const uint8_t **mask, struct lsn_error *err)
{
    const struct lsn_region *region = &condition->region;
    const struct lsn_image *other = NULL;

    lsn_error_clear(err);
    if (image >= lsn_dataset_count(maker->dataset))
        return lsn_fail(err, LSN_E_ARGUMENT, "image %zu: the list has %zu", image,
                        lsn_dataset_count(maker->dataset));
    LSN_TRY(load_cached(maker, &maker->own, image, err));
    if (region->kind == LSN_REGION_OTHER_EDGES) {
        LSN_TRY(load_partner(maker, image, region->seed, err));
        other = &maker->other.crop;
    }
    LSN_TRY(lsn_region_make(region, &maker->own.crop, other, image, maker->mask, err));
    lsn_stimulus_make(&maker->own.crop, condition, maker->mask, pixels, maker->scratch);
    if (mask)
        *mask = maker->mask;
    return LSN_OK;
}

enum lsn_status lsn_stimulus_maker_check(const struct lsn_model *model,
                                         const struct lsn_dataset *dataset,
                                         const struct lsn_condition *conditions,
                                         int condition_count, struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(model)->shape;
    int c;

    lsn_error_clear(err);
    for (c = 0; c < condition_count; c++) {
        const struct lsn_region *region = &conditions[c].region;

        LSN_TRY(lsn_normalisation_check(&conditions[c].normalisation, model, err));
        LSN_TRY(lsn_region_check(region, s->w, s->h, err));
        if (region->kind == LSN_REGION_OTHER_EDGES && lsn_dataset_count(dataset) < 2)
            return lsn_dataset_partners(lsn_dataset_count(dataset), region->seed, NULL, err);
    }
    return LSN_OK;
}
