#include "sweep/runner.h"

#include "base/error.h"
#include "base/memory.h"
#include "lesion/machine.h"
#include "sweep/estimate.h"

#define NOTHING SIZE_MAX

static enum lsn_status open_passes(struct lsn_runner *runner, enum lsn_engine engine,
                                   struct lsn_error *err)
{
    const struct lsn_networks *n = runner->networks;
    int i;

    runner->passes = lsn_alloc((size_t)n->count, sizeof *runner->passes);
    if (!runner->passes)
        return lsn_fail_memory(err, "a forward pass");
    for (i = 0; i < n->count; i++)
        if (n->used[i])
            LSN_TRY(lsn_pass_create(n->list[i], engine, &runner->passes[i], err));
    return LSN_OK;
}

enum lsn_status lsn_runner_open(struct lsn_runner *runner, const struct lsn_job *job,
                                const struct lsn_networks *networks, enum lsn_engine engine,
                                struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(job->model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * (size_t)s->c;

    *runner = (struct lsn_runner){.job = job, .networks = networks, .image = NOTHING};
    runner->pixels = lsn_alloc_floats(values);
    runner->x = lsn_alloc_floats(values);
    if (!runner->pixels || !runner->x)
        return lsn_fail_memory(err, "a stimulus");
    LSN_TRY(lsn_stimulus_maker_create(job->model, job->dataset, &job->options->loading,
                                      &runner->maker, err));
    return open_passes(runner, engine, err);
}

void lsn_runner_close(struct lsn_runner *runner)
{
    int i;

    for (i = 0; runner->passes && i < runner->networks->count; i++)
        lsn_pass_free(runner->passes[i]);
    lsn_free(runner->passes);
    lsn_stimulus_maker_free(runner->maker);
    lsn_free(runner->pixels);
    lsn_free(runner->x);
}

enum lsn_status lsn_runner_show(struct lsn_runner *runner, size_t image, int condition,
                                struct lsn_error *err)
{
    const struct lsn_job *job = runner->job;
    const struct lsn_shape *s = &lsn_model_input(job->model)->shape;
    const uint8_t *mask;

    if (runner->image == image && runner->condition == condition)
        return LSN_OK;
    runner->image = NOTHING;
    LSN_TRY(lsn_stimulus_maker_make(runner->maker, image, &job->options->conditions[condition],
                                    runner->pixels, &mask, err));
    runner->area_frac = (float)lsn_region_area(mask, (size_t)s->h * (size_t)s->w);
    lsn_input_normalise(lsn_model_input(job->model), runner->pixels, runner->x);
    runner->pass = lsn_runner_pass(runner, condition);
    (void)lsn_pass_run(runner->pass, runner->x);
    runner->image = image;
    runner->condition = condition;
    return LSN_OK;
}

struct lsn_pass *lsn_runner_pass(const struct lsn_runner *runner, int condition)
{
    return runner->passes[runner->networks->of[condition]];
}

double lsn_runner_work(const struct lsn_runner *runner)
{
    double work = 0;
    int i;

    for (i = 0; runner->passes && i < runner->networks->count; i++)
        if (runner->passes[i])
            work += lsn_pass_work(runner->passes[i]);
    return work;
}

size_t lsn_runner_bytes(const struct lsn_networks *networks, enum lsn_engine engine)
{
    return LSN_WORKER_BYTES + lsn_networks_pass_bytes(networks, engine);
}
