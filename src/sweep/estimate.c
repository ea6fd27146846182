#include "sweep/estimate.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "lesion/decide.h"
#include "lesion/sweep.h"

#define LAYERS_MAX 6

static int kernels_of(const struct lsn_model *model, int layer)
{
    return lsn_model_node(model, lsn_model_layer_node(model, layer)).kernels;
}

double lsn_estimate_rate(const struct lsn_model *model, const struct lsn_network *network,
                         struct lsn_pass *pass, float *logits)
{
    int layers = lsn_model_layers(model), samples = layers < LAYERS_MAX ? layers : LAYERS_MAX, i, k;
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    double work = 0, taken = 0;

    for (i = 0; i < samples; i++) {
        int layer = (int)((2LL * i + 1) * layers / (2 * samples)), all = kernels_of(model, layer);
        int count = all < LSN_ESTIMATE_KERNELS ? all : LSN_ESTIMATE_KERNELS;
        int kernels[LSN_ESTIMATE_KERNELS];
        const struct lsn_variants variants = {layer, &whole, NULL, kernels, count};
        double start = lsn_clock_seconds();

        for (k = 0; k < count; k++)
            kernels[k] = (int)((long long)k * all / count);
        (void)lsn_pass_run_lesioned(pass, &variants, logits, NULL); /* cannot fail */
        taken += lsn_clock_seconds() - start;
        work += lsn_network_lesion_work(network, layer) * count;
    }
    return taken > 0 ? work / taken : 0;
}

/* Fills a stimulus with noise, for estimates without images: it leaves as many activations non-zero
 * as an image. */
static void make_noise(float *x, size_t count)
{
    uint32_t state = 1;
    size_t i;

    for (i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) / (float)(1 << 22) - 2.0f;
    }
}

static enum lsn_status estimate(const struct lsn_model *model, const struct lsn_network *network,
                                struct lsn_pass *pass, struct lsn_estimate *estimate,
                                struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * (size_t)s->c;
    size_t logits = LSN_ESTIMATE_KERNELS * (size_t)lsn_model_logits(model);
    float *x = lsn_alloc_floats(values + logits);
    double rate;
    int i;

    if (!x)
        return lsn_fail_memory(err, "an estimate");
    make_noise(x, values);
    (void)lsn_pass_run(pass, x);
    rate = lsn_estimate_rate(model, network, pass, x + values);
    lsn_free(x);
    for (i = 0; i < lsn_model_layers(model); i++)
        estimate->full_multiply_adds += lsn_network_lesion_work(network, i) * kernels_of(model, i);
    estimate->seconds = rate > 0 ? estimate->full_multiply_adds / rate : 0;
    estimate->memory = LSN_PROCESS_BYTES + LSN_WORKER_BYTES + lsn_network_bytes(network) +
                       lsn_pass_bytes(network, LSN_ENGINE_INCREMENTAL);
    estimate->threads = 1;
    return LSN_OK;
}

enum lsn_status lsn_sweep_estimate(const struct lsn_model *model, struct lsn_estimate *result,
                                   struct lsn_error *err)
{
    struct lsn_network *network;
    struct lsn_pass *pass = NULL;
    enum lsn_status status;

    lsn_error_clear(err);
    *result = (struct lsn_estimate){0};
    LSN_TRY(lsn_network_create(model, LSN_ENGINE_INCREMENTAL, &network, err));
    status = lsn_pass_create(network, LSN_ENGINE_INCREMENTAL, &pass, err);
    if (status == LSN_OK)
        status = estimate(model, network, pass, result, err);
    lsn_pass_free(pass);
    lsn_network_free(network);
    return status;
}
