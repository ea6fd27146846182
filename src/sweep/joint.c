#include "sweep/joint.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/model.h"
#include "sweep/planes.h"

struct lsn_set_planes {
    const float **planes;        /* [layers][most places] */
    const float *const **layers; /* [layers] where each layer's begin */
};

enum lsn_status lsn_set_planes_create(const struct lsn_job *job, struct lsn_set_planes **made,
                                      struct lsn_error *err)
{
    size_t layers = (size_t)job->results->layer_count, i;
    size_t most = (size_t)lsn_model_places_max(job->model);
    struct lsn_set_planes *planes = *made = lsn_alloc(1, sizeof *planes);

    if (!planes)
        return lsn_fail_memory(err, "a worker");
    planes->planes = lsn_alloc(layers * most, sizeof *planes->planes);
    planes->layers = lsn_alloc(layers, sizeof *planes->layers);
    if (!planes->planes || !planes->layers)
        return lsn_fail_memory(err, "a worker");
    for (i = 0; i < layers; i++)
        planes->layers[i] = planes->planes + i * most;
    return LSN_OK;
}

void lsn_set_planes_free(struct lsn_set_planes *planes)
{
    if (!planes)
        return;
    lsn_free(planes->planes);
    lsn_free(planes->layers);
    lsn_free(planes);
}

enum lsn_status lsn_joint_run(struct lsn_worker *worker, size_t first, size_t count,
                              struct lsn_error *err)
{
    const struct lsn_results *r = worker->job->results;
    const struct lsn_joint sets = {&r->lesions[0], worker->set_planes->layers, r->set_kernels,
                                   r->set_start + first, (int)count};
    size_t most = (size_t)lsn_model_places_max(worker->job->model);
    int layer;

    for (layer = 0; layer < r->layer_count; layer++)
        if (r->layer_names[layer])
            LSN_TRY(lsn_planes_find(worker, worker->stimulus, 0, layer,
                                    worker->set_planes->planes + (size_t)layer * most, err));
    return lsn_pass_run_joint(worker->own.pass, &sets, worker->lesioned, err);
}
