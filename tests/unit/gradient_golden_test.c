/* Gradients against PyTorch's autograd (golden/make_gradients.py, which says what the files hold):
 * at every node of the golden networks, which use every op, and what they foresee of every lesion;
 * the slopes of the functions of one value and ties, where a convention decides; and the
 * derivatives of loss and margin. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../golden/gradients.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluate.h"
#include "format/safetensors.h"
#include "lesion/decide.h"
#include "lesion/gradient.h"
#include "model/model.h"
#include "op/backward.h"

#define TOLERANCE 1e-4
#define NOISE     1e-6 /* of gradients that cancel to 0, where the loss's are up to 1 */

enum { TRUE_CLASS = 1, CLASSES_MAX = 16, INPUTS = sizeof golden_inputs / sizeof *golden_inputs };

static const char *const names[] = {"alexnet", "inception", "resnet",    "mobilenet", "convnext",
                                    "shuffle", "lenet",     "functions", "attention"};

/* A file of tensors beside a golden network. */
struct tensors {
    char *path;
    struct lsn_safetensors file;
};

static char *path_of(const char *name, const char *ending)
{
    struct lsn_text text = {0};

    lsn_text_add(&text, "%s/golden/networks/%s.%s", LSN_TESTS_DIR, name, ending);
    assert_false(text.failed);
    return text.bytes;
}

static struct tensors open_tensors(const char *name, const char *ending)
{
    struct tensors t = {.path = path_of(name, ending)};
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_safetensors_open(t.path, &t.file, &err), &err);
    return t;
}

static void close_tensors(struct tensors *t)
{
    lsn_safetensors_close(&t->file);
    lsn_free(t->path);
}

/* A tensor that must have this many values. */
static float *known(const struct tensors *t, const char *prefix, const char *name, size_t count)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_text text = {0};
    size_t product = 1;
    int rank, dims[4], i;
    float *data;

    lsn_text_add(&text, "%s%s", prefix, name);
    test_ok(lsn_safetensors_floats(&t->file, t->path, text.bytes, &rank, dims, &data, &err), &err);
    for (i = 0; i < rank; i++)
        product *= (size_t)dims[i];
    assert_int_equal(product, count);
    lsn_text_free(&text);
    return data;
}

struct golden {
    const char *name;
    struct lsn_model *model;
    struct lsn_network *network;
    struct lsn_pass *pass, *partner;
    struct lsn_gradient *gradient;
    struct tensors gradients;
};

static void run(struct golden *g)
{
    struct tensors inputs = open_tensors(g->name, "activations");
    size_t count = test_shape_count(lsn_model_input(g->model)->shape);
    float *x = known(&inputs, "", "input", count), *y = known(&inputs, "", "partner", count);
    float d_loss[CLASSES_MAX], d_margin[CLASSES_MAX];
    struct lsn_error err = LSN_ERROR_NONE;

    lsn_pass_run(g->partner, y);
    test_ok(lsn_outcome_gradients(g->model, lsn_pass_run(g->pass, x), TRUE_CLASS, d_loss, d_margin,
                                  &err),
            &err);
    test_ok(lsn_gradient_run(g->gradient, g->pass, d_margin, &err), &err); /* leaves no trace */
    test_ok(lsn_gradient_run(g->gradient, g->pass, d_loss, &err), &err);
    lsn_free(x);
    lsn_free(y);
    close_tensors(&inputs);
}

static struct golden open_golden(const char *name)
{
    struct golden g = {.name = name, .gradients = open_tensors(name, "gradients")};
    struct lsn_error err = LSN_ERROR_NONE;
    char *path = path_of(name, "bin");

    test_ok(lsn_model_load(path, NULL, &g.model, &err), &err);
    assert_true(lsn_model_logits(g.model) <= CLASSES_MAX);
    test_ok(lsn_network_create(g.model, LSN_ENGINE_FULL, &g.network, &err), &err);
    test_ok(lsn_pass_create(g.network, LSN_ENGINE_FULL, &g.pass, &err), &err);
    test_ok(lsn_pass_create(g.network, LSN_ENGINE_INTACT, &g.partner, &err), &err);
    test_ok(lsn_gradient_create(g.network, &g.gradient, &err), &err);
    run(&g);
    lsn_free(path);
    return g;
}

static void close_golden(struct golden *g)
{
    close_tensors(&g->gradients);
    lsn_gradient_free(g->gradient);
    lsn_pass_free(g->partner);
    lsn_pass_free(g->pass);
    lsn_network_free(g->network);
    lsn_model_free(g->model);
}

/* A gradient is as exact as the largest one of its node. */
static void gradients(void **state)
{
    char what[200];
    size_t i;
    int node, compared = 0;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++) {
        struct golden g = open_golden(names[i]);

        assert_null(lsn_gradient_at(g.gradient, 0));
        for (node = 1; node < lsn_model_nodes(g.model); node++) {
            struct lsn_node_info info = lsn_model_node(g.model, node);
            size_t count = test_shape_count(info.shape);
            const float *got = lsn_gradient_at(g.gradient, node);
            float *wanted;
            double *wide;

            if (!got)
                continue;
            wanted = known(&g.gradients, "d/", info.name, count);
            wide = test_widen(wanted, count);
            snprintf(what, sizeof what, "%s, node '%s' (%s)", names[i], info.name, info.op);
            test_close(what, got, wide, count, TOLERANCE * test_scale(wide, count) + NOISE);
            free(wide);
            lsn_free(wanted);
            compared++;
        }
        close_golden(&g);
    }
    assert_true(compared > 100);
}

static void check_lesion(const struct golden *g, int layer, const char *text)
{
    struct lsn_node_info info = lsn_model_node(g->model, lsn_model_layer_node(g->model, layer));
    const float *planes = lsn_pass_activation(g->partner, lsn_model_layer_node(g->model, layer));
    double estimates[CLASSES_MAX], scale = 1e-30;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_lesion lesion;
    char prefix[100];
    float *wanted;
    int kernel;

    assert_true(info.kernels <= CLASSES_MAX);
    test_ok(lsn_lesion_parse(text, 0, &lesion, &err), &err);
    test_ok(lsn_gradient_estimate(g->gradient, g->pass, layer, &lesion, &planes, estimates, &err),
            &err);
    snprintf(prefix, sizeof prefix, "%s/", text);
    wanted = known(&g->gradients, prefix, info.name, (size_t)info.kernels);
    for (kernel = 0; kernel < info.kernels; kernel++)
        scale = fmax(scale, fabs((double)wanted[kernel]));
    for (kernel = 0; kernel < info.kernels; kernel++)
        if (!(fabs(estimates[kernel] - (double)wanted[kernel]) <= TOLERANCE * scale + NOISE))
            fail_msg("%s, %s, kernel %d, %s: the estimate is %g, wanted %g", g->name, info.name,
                     kernel, text, estimates[kernel], (double)wanted[kernel]);
    lsn_free(wanted);
}

static void estimates(void **state)
{
    static const char *const lesions[] = {"weights",           "planes:in=0", "planes:row=0",
                                          "lines:row=0:col=0", "silence",     "resample"};
    size_t i, j;
    int layer;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++) {
        struct golden g = open_golden(names[i]);

        for (layer = 0; layer < lsn_model_layers(g.model); layer++)
            for (j = 0; j < TEST_COUNT(lesions); j++)
                check_lesion(&g, layer, lesions[j]);
        close_golden(&g);
    }
}

/* The functions in the order of golden_slopes, with the parameters of golden/make_unary.py. */
static void slopes(void **state)
{
    static const struct {
        enum lsn_unary_function function;
        struct lsn_unary parameters;
    } cases[] = {
        {LSN_UNARY_RELU, {.alpha = 0}},
        {LSN_UNARY_LEAKY_RELU, {.alpha = 0.125f}},
        {LSN_UNARY_CLIP, {.min = -1.5f, .max = 6}},
        {LSN_UNARY_HARD_SWISH, {.alpha = 0}},
        {LSN_UNARY_HARD_SIGMOID, {.alpha = 0.25f, .beta = 0.625f}},
        {LSN_UNARY_SIGMOID, {.alpha = 0}},
        {LSN_UNARY_TANH, {.alpha = 0}},
        {LSN_UNARY_ERF, {.alpha = 0}},
        {LSN_UNARY_GELU, {.alpha = 0}},
        {LSN_UNARY_GELU, {.tanh_approx = true}},
        {LSN_UNARY_SILU, {.alpha = 0}},
        {LSN_UNARY_ELU, {.alpha = 0.75f}},
        {LSN_UNARY_SELU, {.alpha = 0.75f, .gamma = 1.25f}},
        {LSN_UNARY_CELU, {.alpha = 0.75f}},
        {LSN_UNARY_THRESHOLDED_RELU, {.alpha = 0.75f}},
        {LSN_UNARY_SOFTPLUS, {.alpha = 0}},
        {LSN_UNARY_SOFTSIGN, {.alpha = 0}},
        {LSN_UNARY_MISH, {.alpha = 0}},
        {LSN_UNARY_ABS, {.alpha = 0}},
        {LSN_UNARY_NEG, {.alpha = 0}},
        {LSN_UNARY_EXP, {.alpha = 0}},
        {LSN_UNARY_LOG, {.alpha = 0}},
        {LSN_UNARY_SQRT, {.alpha = 0}},
        {LSN_UNARY_RECIPROCAL, {.alpha = 0}},
        {LSN_UNARY_SIN, {.alpha = 0}},
        {LSN_UNARY_COS, {.alpha = 0}},
        {LSN_UNARY_POW, {.exponent = 3}},
    };
    size_t i, j;

    (void)state;
    assert_int_equal(TEST_COUNT(cases), TEST_COUNT(golden_slopes));
    for (i = 0; i < TEST_COUNT(cases); i++) {
        float y[INPUTS], dy[INPUTS], dx[INPUTS];

        for (j = 0; j < INPUTS; j++) {
            dy[j] = 2;
            dx[j] = 0;
        }
        lsn_unary_run(cases[i].function, &cases[i].parameters, INPUTS, golden_inputs, y);
        lsn_unary_backward(cases[i].function, &cases[i].parameters, INPUTS, golden_inputs, y, dy,
                           dx);
        for (j = 0; j < INPUTS; j++) {
            double wanted = 2 * golden_slopes[i].slopes[j], got = (double)dx[j];

            if (isnan(wanted)
                    ? !isnan(got)
                    : !(got == wanted || fabs(got - wanted) <= 1e-6 + 1e-6 * fabs(wanted)))
                fail_msg("%s at %g: %g, wanted %g", golden_slopes[i].name, (double)golden_inputs[j],
                         got, wanted);
        }
    }
}

/* ---- ties ---- */

enum { TIED = sizeof golden_x / sizeof *golden_x };
static const struct lsn_shape tied_shape = {2, 4, 3};

/* dy = 1, 2, 3, ... */
static void counting(float *dy, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        dy[i] = (float)(i + 1);
}

static void pool_ties(float *dx)
{
    const struct lsn_pool pool = {tied_shape, {2, 2, 2}, {3, 3, 2, 2, 1, 1, 1, 1}, 1, 1, false};
    float y[8], dy[8], scratch[2];

    counting(dy, 8);
    lsn_max_pool(&pool, golden_x, y);
    lsn_max_pool_backward(&pool, golden_x, y, dy, dx, scratch);
}

static void reduce_ties(enum lsn_reduce_function function, bool over_channels, bool over_space,
                        float *dx)
{
    const struct lsn_shape out = {over_channels ? 1 : 2, over_space ? 1 : 4, over_space ? 1 : 3};
    float y[TIED], dy[TIED];

    counting(dy, TIED);
    lsn_reduce(function, over_channels, over_space, tied_shape, golden_x, y);
    lsn_reduce_backward(function, tied_shape, out, golden_x, y, dy, dx);
}

static void join_ties(enum lsn_join_function function, float *dx)
{
    const struct lsn_shape shapes[2] = {tied_shape, tied_shape};
    const float *const in[2] = {golden_x, golden_y};
    float dy[TIED];

    counting(dy, TIED);
    lsn_join_backward(function, tied_shape, 0, shapes, in, dy, dx);
}

static void ties(void **state)
{
    size_t i;

    (void)state;
    assert_int_equal(TEST_COUNT(golden_ties), 8);
    for (i = 0; i < TEST_COUNT(golden_ties); i++) {
        float dx[TIED] = {0};

        switch (i) {
        case 0:
            pool_ties(dx);
            break;
        case 1:
            reduce_ties(LSN_REDUCE_MAX, true, false, dx);
            break;
        case 2:
            reduce_ties(LSN_REDUCE_MIN, false, true, dx);
            break;
        case 3:
            reduce_ties(LSN_REDUCE_MAX, true, true, dx);
            break;
        case 4:
            reduce_ties(LSN_REDUCE_L1, false, true, dx);
            break;
        case 5:
            reduce_ties(LSN_REDUCE_L2, true, false, dx);
            break;
        case 6:
            join_ties(LSN_JOIN_MAX, dx);
            break;
        default:
            join_ties(LSN_JOIN_MIN, dx);
        }
        test_close(golden_ties[i].name, dx, golden_ties[i].dx, TIED, 1e-5);
    }
}

/* ---- loss and margin ---- */

static void decide(struct lsn_model *model, enum lsn_decide_by by)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_text map = {0};
    char *path;
    int group;
    size_t i;

    lsn_text_add(&map, "class,group\n");
    for (group = 0; group < 3; group++) /* groups are numbered in the order of the lines */
        for (i = 0; i < TEST_COUNT(golden_groups); i++)
            if (golden_groups[i] == group)
                lsn_text_add(&map, "%zu,g%d\n", i, group);
    assert_false(map.failed);
    path = test_file(test_scratch_folder, "map.csv", map.bytes, strlen(map.bytes));
    test_ok(lsn_model_decide(model, path, by, &err), &err);
    lsn_text_free(&map);
    free(path);
}

static void outcomes(void **state)
{
    enum { LOGITS = sizeof golden_logits / sizeof *golden_logits };
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    char what[100];
    size_t i;

    (void)state;
    test_ok(lsn_model_load(LSN_TESTS_DIR "/../data/demo.bin", NULL, &model, &err), &err);
    assert_int_equal(lsn_model_logits(model), LOGITS);
    for (i = 0; i < TEST_COUNT(golden_outcomes); i++) {
        float *d_loss = test_output(LOGITS), *d_margin = test_output(LOGITS);

        if (strcmp(golden_outcomes[i].rule, "none") != 0)
            decide(model, strcmp(golden_outcomes[i].rule, "mean") == 0 ? LSN_DECIDE_BY_MEAN
                                                                       : LSN_DECIDE_BY_MAX);
        test_ok(lsn_outcome_gradients(model, golden_logits, golden_outcomes[i].true_class, d_loss,
                                      d_margin, &err),
                &err);
        snprintf(what, sizeof what, "%s, class %d", golden_outcomes[i].rule,
                 golden_outcomes[i].true_class);
        test_close(what, d_loss, golden_outcomes[i].d_loss, LOGITS, 1e-6);
        test_close(what, d_margin, golden_outcomes[i].d_margin, LOGITS, 1e-6);
        free(d_loss);
        free(d_margin);
    }
    lsn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients), cmocka_unit_test(estimates), cmocka_unit_test(slopes),
        cmocka_unit_test(ties),      TEST_IN_FOLDER(outcomes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
