#include "fuzz/run_model.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "lesion/decide.h"
#include "lesion/gradient.h"

#define SMALL 2000000 /* values and multiply-adds */

static int is_small(const struct lsn_model *model)
{
    double values = 0, work = 0;
    int i;

    for (i = 0; i < lsn_model_nodes(model); i++) {
        struct lsn_node_info info = lsn_model_node(model, i);

        values += (double)info.shape.c * (double)info.shape.h * (double)info.shape.w;
        work += (double)info.multiply_adds;
    }
    return values < SMALL && work < SMALL;
}

static void lesion(const struct lsn_model *model, const struct lsn_network *network,
                   enum lsn_engine engine, const float *x)
{
    float *logits = malloc((size_t)lsn_model_classes(model) * sizeof *logits);
    struct lsn_pass *pass;
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    int layer, kernel;
    struct lsn_variants variants = {0, &whole, NULL, &kernel, 1};

    if (logits && lsn_pass_create(network, engine, &pass, NULL) == LSN_OK) {
        (void)lsn_pass_run(pass, x);
        for (layer = 0; layer < lsn_model_layers(model); layer++) {
            kernel = lsn_model_node(model, lsn_model_layer_node(model, layer)).kernels - 1;
            variants.layer = layer;
            (void)lsn_pass_run_lesioned(pass, &variants, logits, NULL);
        }
        lsn_pass_free(pass);
    }
    free(logits);
}

static void go_back(const struct lsn_model *model, const struct lsn_network *network,
                    const float *x)
{
    float *d_logits = calloc((size_t)lsn_model_logits(model), sizeof *d_logits);
    struct lsn_pass *pass = NULL;
    struct lsn_gradient *gradient = NULL;

    if (d_logits && lsn_pass_create(network, LSN_ENGINE_INTACT, &pass, NULL) == LSN_OK &&
        lsn_gradient_create(network, &gradient, NULL) == LSN_OK) {
        d_logits[0] = 1;
        (void)lsn_pass_run(pass, x);
        (void)lsn_gradient_run(gradient, pass, d_logits, NULL);
    }
    lsn_gradient_free(gradient);
    lsn_pass_free(pass);
    free(d_logits);
}

/* The last kernel of each layer, all together. */
static void lesion_together(const struct lsn_model *model, const struct lsn_network *base,
                            enum lsn_engine engine, const float *x)
{
    int count = lsn_model_layers(model), start[2] = {0, count}, i;
    float *logits = malloc((size_t)lsn_model_classes(model) * sizeof *logits);
    struct lsn_kernel *kernels = malloc((size_t)count * sizeof *kernels);
    int *layers = malloc((size_t)count * sizeof *layers);
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    const struct lsn_joint sets = {&whole, NULL, kernels, start, 1};
    struct lsn_network *network = NULL;
    struct lsn_pass *pass;

    for (i = 0; kernels && layers && i < count; i++) {
        layers[i] = kernels[i].layer = i;
        kernels[i].kernel = lsn_model_node(model, lsn_model_layer_node(model, i)).kernels - 1;
    }
    if (logits && kernels && layers && count > 0)
        (void)lsn_network_create_joint(base, layers, count, &network, NULL);
    if (network && lsn_pass_create(network, engine, &pass, NULL) == LSN_OK) {
        (void)lsn_pass_run(pass, x);
        fuzz_must(lsn_pass_run_joint(pass, &sets, logits, NULL) == LSN_OK, "a joint lesion runs");
        lsn_pass_free(pass);
    }
    lsn_network_free(network);
    free(logits);
    free(kernels);
    free(layers);
}

static void run(const struct lsn_model *model)
{
    const struct lsn_shape *s = &lsn_model_input(model)->shape;
    float *x = calloc((size_t)s->h * (size_t)s->w * (size_t)s->c, sizeof *x);
    struct lsn_network *network;

    if (x && lsn_network_create(model, LSN_ENGINE_INCREMENTAL, &network, NULL) == LSN_OK) {
        x[0] = 1;
        lesion(model, network, LSN_ENGINE_INCREMENTAL, x);
        lesion(model, network, LSN_ENGINE_FULL, x);
        go_back(model, network, x);
        lesion_together(model, network, LSN_ENGINE_INCREMENTAL, x);
        lesion_together(model, network, LSN_ENGINE_FULL, x);
        lsn_network_free(network);
    }
    free(x);
}

void fuzz_run_model(const char *path, const char *input_path)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    const struct lsn_model_options options = {.size = sizeof options, .input_path = input_path};
    enum lsn_status status = lsn_model_load(path, &options, &model, &err);

    fuzz_must((status == LSN_OK) == (model != NULL), "a model if and only if it was loaded");
    fuzz_must(status == LSN_OK || err.text[0], "a failure says why");
    if (!model)
        return;
    if (is_small(model))
        run(model);
    (void)lsn_model_write_json(model, fuzz_path("m.json"), 1, NULL);
    lsn_model_free(model);
}
