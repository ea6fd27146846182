#include "sweep/planes.h"

#include "base/error.h"
#include "sweep/means.h"

enum lsn_status lsn_planes_find(struct lsn_worker *worker, size_t stimulus, int lesion, int layer,
                                const float **planes, struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    int condition = lsn_job_condition(job, stimulus);
    size_t image = lsn_job_image(job, stimulus);
    int places = lsn_model_layer_places(job->model, layer), i;

    switch (job->results->lesions[lesion].kind) {
    case LSN_LESION_MEAN:
        for (i = 0; i < places; i++)
            planes[i] = lsn_means_planes(job->means, condition, layer, i);
        break;
    case LSN_LESION_RESAMPLE:
        LSN_TRY(lsn_runner_show(&worker->partner, job->partners[image], condition, err));
        for (i = 0; i < places; i++)
            planes[i] = lsn_pass_activation(worker->partner.pass,
                                            lsn_model_layer_place(job->model, layer, i));
        break;
    case LSN_LESION_WEIGHTS:
    case LSN_LESION_PLANES:
    case LSN_LESION_LINES:
    case LSN_LESION_SILENCE:
        for (i = 0; i < places; i++)
            planes[i] = NULL;
        break;
    }
    return LSN_OK;
}
