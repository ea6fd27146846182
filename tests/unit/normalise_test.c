/* Contrast normalisation and pooling against NumPy and SciPy (golden/make_normalise.py)
 * and against twins; the texts; and graphs with a node normalised. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evaluate.h"
#include "format/safetensors.h"
#include "golden/normalise.h"
#include "lesion/normalise.h"
#include "lesion/stimulus.h"
#include "model/model.h"
#include "model/normalise.h"
#include "op/normalise.h"
#include "op/ref/ref.h"

#define GOLDEN    LSN_TESTS_DIR "/golden/normalise.safetensors"
#define TOLERANCE 1e-5 /* of the scale of the compared values */

static struct lsn_normalisation parse(const char *text)
{
    struct lsn_normalisation normalisation;
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_normalisation_parse(text, LSN_NORMALISATION_MEAN, LSN_NORMALISATION_SD,
                                    &normalisation, &err),
            &err);
    return normalisation;
}

/* What a node normalisation of that text runs. */
static struct lsn_normalise op_of(const char *text)
{
    const struct lsn_normalisation n = parse(text);

    return (struct lsn_normalise){n.kind == LSN_NORMALISATION_GLOBAL  ? LSN_NORMALISE_GLOBAL
                                  : n.kind == LSN_NORMALISATION_LOCAL ? LSN_NORMALISE_LOCAL
                                                                      : LSN_NORMALISE_DIVISIVE,
                                  n.sigma_px, n.half, n.power, false};
}

static struct lsn_pool pool_of(struct lsn_shape in, int kernel, int stride, int pad, int ceil)
{
    struct lsn_pool pool = {
        .in = in, .window = {kernel, kernel, stride, stride, 1, 1, pad, pad}, .pb = pad, .pr = pad};

    pool.out = (struct lsn_shape){in.c, lsn_window_length(in.h, kernel, stride, 1, pad, pad, ceil),
                                  lsn_window_length(in.w, kernel, stride, 1, pad, pad, ceil)};
    return pool;
}

/* A tensor of the golden file, fresh. */
static float *known(const struct lsn_safetensors *file, const char *name, size_t count)
{
    struct lsn_error err = LSN_ERROR_NONE;
    int rank, dims[4];
    float *data;

    test_ok(lsn_safetensors_floats(file, GOLDEN, name, &rank, dims, &data, &err), &err);
    assert_int_equal(rank, 3);
    assert_int_equal(dims[0] * dims[1] * dims[2], count);
    return data;
}

/* Of golden case number i: in place, but for the pool. The caller frees. */
static float *run_case(size_t i, float *x, size_t *count)
{
    struct lsn_shape s = normalised[i].shape;
    struct lsn_pool pool = pool_of(s, normalised[i].kernel ? normalised[i].kernel : 1,
                                   normalised[i].stride ? normalised[i].stride : 1,
                                   normalised[i].pad, normalised[i].ceil);
    size_t floats = lsn_normalise_scratch_count(s) > lsn_contrast_pool_scratch_count(&pool)
                        ? lsn_normalise_scratch_count(s)
                        : lsn_contrast_pool_scratch_count(&pool);
    double *scratch = (double *)(void *)test_scratch(2 * floats);
    float *out = NULL;

    *count = test_shape_count(s);
    if (strcmp(normalised[i].what, "pool") == 0) {
        *count = test_shape_count(pool.out);
        out = test_output(*count);
        lsn_contrast_pool(&pool, x, out, scratch);
    } else if (strcmp(normalised[i].what, "node") == 0) {
        const struct lsn_normalise op = op_of(normalised[i].text);

        out = test_output(*count);
        lsn_normalise(&op, s, x, out, scratch);
        lsn_normalise(&op, s, x, x, scratch);
        assert_memory_equal(out, x, *count * sizeof *x);
    } else {
        const struct lsn_normalisation n = parse(normalised[i].text);

        lsn_normalisation_apply(&n, s, x, scratch);
    }
    free(scratch);
    return out;
}

static void as_numpy(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_safetensors file;
    size_t i, count;

    (void)state;
    test_ok(lsn_safetensors_open(GOLDEN, &file, &err), &err);
    for (i = 0; i < TEST_COUNT(normalised); i++) {
        char name[100];
        float *x = known(&file, normalised[i].input, test_shape_count(normalised[i].shape)), *out;
        float *wanted;
        double *wide;

        out = run_case(i, x, &count);
        snprintf(name, sizeof name, "%s %s", normalised[i].input, normalised[i].text);
        wanted = known(&file, name, count);
        wide = test_widen(wanted, count);
        test_close(name, out ? out : x, wide, count, TOLERANCE * fmax(1, test_scale(wide, count)));
        free(out);
        free(wide);
        lsn_free(wanted);
        lsn_free(x);
    }
    lsn_safetensors_close(&file);
}

static const struct lsn_shape shapes[] = {{1, 1, 1}, {3, 1, 9},   {3, 9, 1},   {1, 12, 7},
                                          {3, 7, 5}, {40, 6, 11}, {3, 21, 30}, {96, 13, 13}};
static const char *const texts[] = {"global",           "local:0.1",          "local:0.7",
                                    "local:2",          "local:9.5",          "divisive:0.4:1:1",
                                    "divisive:1.3:2:2", "divisive:4:0.5:0.7", "divisive:30:5:3"};

/* A thousand values in a sum of squares, in double; the output is rounded once. */
static void as_twins(void **state)
{
    uint64_t seed = 1;
    size_t s, t;

    (void)state;
    for (s = 0; s < TEST_COUNT(shapes); s++)
        for (t = 0; t < TEST_COUNT(texts); t++) {
            struct lsn_normalise op = op_of(texts[t]);
            size_t count = test_shape_count(shapes[s]);
            float *x = test_floats(&seed, count, -3, 4), *out = test_output(count);
            float *scratch = test_scratch(2 * lsn_normalise_scratch_count(shapes[s]));
            double *wide = test_widen(x, count), *wanted = calloc(count, sizeof *wanted);

            assert_non_null(wanted);
            op.centred = test_random_int(&seed, 0, 1);
            lsn_normalise(&op, shapes[s], x, out, (double *)(void *)scratch);
            lsn_ref_normalise(&op, shapes[s], wide, wanted);
            test_close(texts[t], out, wanted, count,
                       2 * TEST_ROUNDOFF * fmax(1e-3, test_scale(wanted, count)));
            free(x);
            free(out);
            free(scratch);
            free(wide);
            free(wanted);
        }
}

static void pooling_as_twin(void **state)
{
    uint64_t seed = 2;
    int i;

    (void)state;
    for (i = 0; i < 200; i++) {
        int kernel = test_random_int(&seed, 1, 4), pad = test_random_int(&seed, 0, kernel - 1);
        struct lsn_shape in = {test_random_int(&seed, 1, 9), test_random_int(&seed, 4, 12),
                               test_random_int(&seed, 4, 12)};
        struct lsn_pool pool =
            pool_of(in, kernel, test_random_int(&seed, 1, 3), pad, test_random_int(&seed, 0, 1));
        size_t count = test_shape_count(pool.out);
        float limit = test_random_float(&seed, 0.1f, 2); /* variances below and beyond 1 */
        float *x = test_floats(&seed, test_shape_count(in), -limit, limit);
        float *out = test_output(count);
        float *scratch = test_scratch(2 * lsn_contrast_pool_scratch_count(&pool));
        double *wide = test_widen(x, test_shape_count(in)), *wanted = calloc(count, sizeof *wanted);

        assert_non_null(wanted);
        lsn_contrast_pool(&pool, x, out, (double *)(void *)scratch);
        lsn_ref_contrast_pool(&pool, wide, wanted);
        test_close("contrast pooling", out, wanted, count, 4 * TEST_ROUNDOFF * (double)limit);
        free(x);
        free(out);
        free(scratch);
        free(wide);
        free(wanted);
    }
}

/* Equal values give 0: roundoff is not amplified. */
static void equal_values(void **state)
{
    static const float values[] = {0, 1, 0.1f, 127, -3.3e7f, 1e-30f};
    size_t s, t, v, i;

    (void)state;
    for (s = 0; s < TEST_COUNT(shapes); s++)
        for (t = 0; t < TEST_COUNT(texts); t++)
            for (v = 0; v < TEST_COUNT(values); v++) {
                struct lsn_normalise op = op_of(texts[t]);
                size_t count = test_shape_count(shapes[s]);
                float *x = test_output(count);
                float *scratch = test_scratch(2 * lsn_normalise_scratch_count(shapes[s]));

                op.centred = true;
                for (i = 0; i < count; i++)
                    x[i] = values[v];
                lsn_normalise(&op, shapes[s], x, x, (double *)(void *)scratch);
                for (i = 0; i < count; i++)
                    assert_true(x[i] == 0.0f);
                free(x);
                free(scratch);
            }
}

/* A stimulus without contrast is all at the mean; others have mean and sd but for what is
 * clipped, at any contrast alike. */
static void stimuli(void **state)
{
    static const char *const ways[] = {"global", "local:1.5", "divisive:1.5:0.01:2"};
    struct lsn_image crop = {
        .width = 16, .height = 12, .channels = 3, .pixels = calloc(16 * 12, 3)};
    double scratch[3 * 16 * 12 + 16];
    float pixels[16 * 12 * 3];
    uint64_t seed = 3;
    size_t i, w;

    (void)state;
    assert_non_null(crop.pixels);
    for (i = 0; i < sizeof pixels / sizeof *pixels; i++)
        crop.pixels[i] = (uint8_t)test_random_int(&seed, 100, 156);
    for (w = 0; w < TEST_COUNT(ways); w++) {
        struct lsn_condition condition = {.contrast = 0, .normalisation = parse(ways[w])};
        double sum = 0, squares = 0, n = TEST_COUNT(pixels);

        condition.normalisation.mean = 0.5;
        condition.normalisation.sd = 0.1;
        lsn_stimulus_make(&crop, &condition, NULL, pixels, scratch);
        for (i = 0; i < TEST_COUNT(pixels); i++)
            assert_true(pixels[i] == 127.5f);
        condition.contrast = 1;
        lsn_stimulus_make(&crop, &condition, NULL, pixels, scratch);
        for (i = 0; i < TEST_COUNT(pixels); i++) {
            assert_true(pixels[i] >= 0 && pixels[i] <= 255);
            sum += (double)pixels[i] / 255;
            squares += (double)pixels[i] * (double)pixels[i] / 255 / 255;
        }
        assert_true(fabs(sum / n - 0.5) < 1e-6);
        assert_true(fabs(sqrt(squares / n - sum / n * sum / n) - 0.1) < 1e-6);
    }
    free(crop.pixels);
}

static void texts_come_back(void **state)
{
    static const char *const pairs[][2] = {
        {"none", "none"},
        {"global", "global"},
        {"global@conv1", "global@conv1"},
        {"local:2", "local:2"},
        {"local:2.50", "local:2.5"},
        {"local:1e3", "local:1000"},
        {"local:0.123456789012", "local:0.123456789012"},
        {"local:2@a/b:0.c@d", "local:2@a/b:0.c@d"},
        {"divisive:2:.1:2", "divisive:2:0.1:2"},
        {"divisive:2:0.000001:2@x", "divisive:2:1e-06:2@x"},
        {"pool@pool1", "pool@pool1"},
    };
    char text[LSN_NORMALISATION_TEXT_MAX];
    struct lsn_normalisation n;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(pairs); i++) {
        n = parse(pairs[i][0]);
        lsn_normalisation_text(&n, text);
        assert_string_equal(text, pairs[i][1]);
        assert_true((n.sd > 0) == (!n.node[0] && n.kind != LSN_NORMALISATION_NONE));
    }
    n = parse("local:2@a:b@c");
    assert_string_equal(n.node, "a:b@c");
    n = parse("divisive:2:0.1:1.5");
    assert_true(n.sigma_px == 2 && n.half == 0.1 && n.power == 1.5);
}

static void texts_refused(void **state)
{
    static const char *const cases[][2] = {
        {"", "is none of none, global, local:SIGMA, divisive:SIGMA:HALF:N, these with @NODE, "
             "pool@NODE"},
        {"hexagon", "is none of none, global, local:SIGMA, divisive:SIGMA:HALF:N, these with "
                    "@NODE, pool@NODE"},
        {"local", "is not of the form local:SIGMA"},
        {"local@conv1", "is not of the form local:SIGMA"},
        {"local:2:3", "is not of the form local:SIGMA"},
        {"local:", "its sigma '' is not a number in 0.1 ... 1000"},
        {"local:0.09", "its sigma '0.09' is not a number in 0.1 ... 1000"},
        {"local:x@conv1", "its sigma 'x' is not a number in 0.1 ... 1000"},
        {"divisive:2:0.1", "is not of the form divisive:SIGMA:HALF:N"},
        {"divisive:2:0:2", "its half '0' is not a number in 1e-06 ... 1e+06"},
        {"divisive:2:1:11", "its N '11' is not a number in 0.1 ... 10"},
        {"global:1", "is not of the form global"},
        {"global@", "wants a node of the network behind @"},
        {"pool", "wants a node of the network behind @"},
        {"none@conv1", "none is of no node"},
    };
    struct lsn_normalisation n;
    char wanted[300], longest[600];
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_error err = LSN_ERROR_NONE;

        snprintf(wanted, sizeof wanted, "normalisation '%s': %s", cases[i][0], cases[i][1]);
        test_error(lsn_normalisation_parse(cases[i][0], .4, .2, &n, &err), &err, LSN_E_ARGUMENT,
                   wanted);
    }
    memset(longest, 'n', sizeof longest - 1);
    memcpy(longest, "pool@", 5);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(lsn_normalisation_parse(longest, .4, .2, &n, NULL), LSN_E_ARGUMENT);
    longest[5 + LSN_NORMALISATION_NODE_MAX - 1] = '\0';
    assert_int_equal(lsn_normalisation_parse(longest, .4, .2, &n, NULL), LSN_OK);
    assert_int_equal(lsn_normalisation_parse("global", -.1, .2, &n, NULL), LSN_E_ARGUMENT);
    assert_int_equal(lsn_normalisation_parse("global", .1, 0, &n, NULL), LSN_E_ARGUMENT);
    assert_int_equal(lsn_normalisation_parse("global", .1, (double)NAN, &n, NULL), LSN_E_ARGUMENT);
    assert_int_equal(lsn_normalisation_parse("global@conv", -.1, 0, &n, NULL), LSN_OK);
}

/* input - conv - relu - pool - flatten - logits, where conv is read twice. */
static void build(struct lsn_model *model)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_graph *graph = &model->graph;
    struct lsn_node node;
    uint64_t seed = 4;

    test_ok(lsn_graph_start(graph, (struct lsn_shape){3, 6, 6}, &err), &err);
    node = lsn_node_default(LSN_OP_CONV);
    test_tensor(&node, 0, &seed, 4, (const int[]){4, 3, 3, 3}, -1, 1);
    test_add(graph, &node, "conv", (const int[]){0}, 1);
    node = lsn_node_default(LSN_OP_RELU);
    test_add(graph, &node, "relu", (const int[]){1}, 1);
    node = lsn_node_default(LSN_OP_ADD);
    test_add(graph, &node, "add", (const int[]){2, 1}, 2);
    node = lsn_node_default(LSN_OP_MAX_POOL);
    node.attributes.kernel[0] = node.attributes.kernel[1] = 2;
    test_add(graph, &node, "pool", (const int[]){3}, 1);
    node = lsn_node_default(LSN_OP_FLATTEN);
    test_add(graph, &node, "flatten", (const int[]){4}, 1);
    node = lsn_node_default(LSN_OP_LINEAR);
    test_tensor(&node, 0, &seed, 2, (const int[]){3, 36}, -1, 1);
    test_add(graph, &node, "logits", (const int[]){5}, 1);
    test_ok(lsn_graph_finish(graph, &err), &err);
}

static void nodes_refused(void **state)
{
    static const char *const cases[][2] = {
        {"local:2@nope", "normalisation local:2@nope: the network has no node 'nope'; lesion info "
                         "names them"},
        {"global@input", "normalisation global@input: the node is the image: use it on the "
                         "stimulus, without @input"},
        {"global@logits", "normalisation global@logits: nothing reads the node, it is the "
                          "network's output"},
        {"pool@relu", "normalisation pool@relu: the node is a Relu, wanted a MaxPool"},
    };
    struct lsn_model model = {.layer_count = 0};
    size_t i;

    (void)state;
    build(&model);
    for (i = 0; i < TEST_COUNT(cases); i++) {
        const struct lsn_normalisation n = parse(cases[i][0]);
        struct lsn_error err = LSN_ERROR_NONE;

        test_error(lsn_normalisation_check(&n, &model, &err), &err, LSN_E_ARGUMENT, cases[i][1]);
    }
    for (i = 0; i < TEST_COUNT(texts); i++) {
        const struct lsn_normalisation n = parse(texts[i]);

        assert_int_equal(lsn_normalisation_check(&n, &model, NULL), LSN_OK);
    }
    lsn_graph_free(&model.graph);
}

static void graphs(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model model = {.layer_count = 0};
    const struct lsn_graph *base = &model.graph;
    struct lsn_normalisation n = parse("local:2@conv");
    struct lsn_graph graph;
    int inserted;

    (void)state;
    build(&model);
    test_ok(lsn_graph_normalise(base, &n, &graph, &inserted, &err), &err);
    assert_int_equal(inserted, 2);
    assert_int_equal(graph.count, base->count + 1);
    assert_int_equal(graph.nodes[2].op, LSN_OP_NORMALISE);
    assert_string_equal(graph.nodes[2].name, "local:2@conv");
    assert_int_equal(graph.nodes[2].inputs[0], 1);
    assert_int_equal(graph.nodes[3].inputs[0], 2); /* both readers of conv read it */
    assert_true(graph.nodes[4].inputs[0] == 3 && graph.nodes[4].inputs[1] == 2);
    assert_ptr_equal(graph.nodes[1].tensors[0].data, base->nodes[1].tensors[0].data);
    assert_ptr_equal(graph.nodes[7].tensors[0].data, base->nodes[6].tensors[0].data);
    lsn_graph_free(&graph);
    n = parse("pool@pool");
    test_ok(lsn_graph_normalise(base, &n, &graph, &inserted, &err), &err);
    assert_true(inserted == base->count && graph.count == base->count);
    assert_int_equal(graph.nodes[4].op, LSN_OP_CONTRAST_POOL);
    lsn_graph_free(&graph);
    assert_true(base->nodes[1].tensors[0].data[0] != 0); /* lent weights are there */
    lsn_graph_free(&model.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_numpy),        cmocka_unit_test(as_twins),
        cmocka_unit_test(pooling_as_twin), cmocka_unit_test(equal_values),
        cmocka_unit_test(stimuli),         cmocka_unit_test(texts_come_back),
        cmocka_unit_test(texts_refused),   cmocka_unit_test(nodes_refused),
        cmocka_unit_test(graphs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
