#include "sweep/viewer.h"

#include "base/error.h"
#include "base/memory.h"
#include "lesion/machine.h"
#include "sweep/estimate.h"

#define NOTHING SIZE_MAX

static enum lsn_status open_passes(struct lsn_viewer *viewer, enum lsn_engine engine,
                                   struct lsn_error *err)
{
    const struct lsn_networks *n = viewer->networks;
    int i;

    viewer->passes = lsn_alloc((size_t)n->count, sizeof *viewer->passes);
    if (!viewer->passes)
        return lsn_fail_memory(err, "a forward pass");
    for (i = 0; i < n->count; i++)
        if (n->used[i])
            LSN_TRY(lsn_pass_create(n->list[i], engine, &viewer->passes[i], err));
    return LSN_OK;
}

enum lsn_status lsn_viewer_open(struct lsn_viewer *viewer, const struct lsn_job *job,
                                const struct lsn_networks *networks, enum lsn_engine engine,
                                struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(job->model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * (size_t)s->c;

    *viewer = (struct lsn_viewer){.job = job, .networks = networks, .image = NOTHING};
    viewer->pixels = lsn_alloc_floats(values);
    viewer->x = lsn_alloc_floats(values);
    if (!viewer->pixels || !viewer->x)
        return lsn_fail_memory(err, "a stimulus");
    LSN_TRY(lsn_showing_create(job->model, job->dataset, &job->options->loading, &viewer->showing,
                               err));
    return open_passes(viewer, engine, err);
}

void lsn_viewer_close(struct lsn_viewer *viewer)
{
    int i;

    for (i = 0; viewer->passes && i < viewer->networks->count; i++)
        lsn_pass_free(viewer->passes[i]);
    lsn_free(viewer->passes);
    lsn_showing_free(viewer->showing);
    lsn_free(viewer->pixels);
    lsn_free(viewer->x);
}

enum lsn_status lsn_viewer_show(struct lsn_viewer *viewer, size_t image, int condition,
                                struct lsn_error *err)
{
    const struct lsn_job *job = viewer->job;
    const struct lsn_shape *s = &lsn_model_input(job->model)->shape;
    const uint8_t *mask;

    if (viewer->image == image && viewer->condition == condition)
        return LSN_OK;
    viewer->image = NOTHING;
    LSN_TRY(lsn_showing_make(viewer->showing, image, &job->options->conditions[condition],
                             viewer->pixels, &mask, err));
    viewer->area_frac = (float)lsn_region_area(mask, (size_t)s->h * (size_t)s->w);
    lsn_input_normalise(lsn_model_input(job->model), viewer->pixels, viewer->x);
    viewer->pass = lsn_viewer_pass(viewer, condition);
    (void)lsn_pass_run(viewer->pass, viewer->x);
    viewer->image = image;
    viewer->condition = condition;
    return LSN_OK;
}

struct lsn_pass *lsn_viewer_pass(const struct lsn_viewer *viewer, int condition)
{
    return viewer->passes[viewer->networks->of[condition]];
}

double lsn_viewer_work(const struct lsn_viewer *viewer)
{
    double work = 0;
    int i;

    for (i = 0; viewer->passes && i < viewer->networks->count; i++)
        if (viewer->passes[i])
            work += lsn_pass_work(viewer->passes[i]);
    return work;
}

size_t lsn_viewer_bytes(const struct lsn_networks *networks, enum lsn_engine engine)
{
    return LSN_WORKER_BYTES + lsn_networks_pass_bytes(networks, engine);
}
