/* Native models written and read back, and what the public API tells about one. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "format/file.h"
#include "lesion/model.h"
#include "model/model.h"
#include "model/native.h"
#include "model/ops.h"

static char *folder;

static int open_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int close_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

/* A Conv or Linear to that many channels; kh 0 makes it a Linear. */
static struct lsn_node weighted(uint64_t *seed, int in_c, int out_c, int groups, int kh, int kw,
                                bool with_bias)
{
    struct lsn_node node = lsn_node_default(kh ? LSN_OP_CONV : LSN_OP_LINEAR);
    const int dims[4] = {out_c, in_c / groups, kh, kw};

    test_tensor(&node, 0, seed, kh ? 4 : 2, dims, -0.5f, 0.5f);
    if (with_bias)
        test_tensor(&node, 1, seed, 1, dims, -1, 1);
    if (kh)
        node.attributes.groups = groups;
    return node;
}

/* Every tensor of the op is one positive number per channel. */
static struct lsn_node per_channel(uint64_t *seed, enum lsn_op op, int c)
{
    struct lsn_node node = lsn_node_default(op);
    int i;

    for (i = 0; i < lsn_op_def(op)->tensors_required; i++)
        test_tensor(&node, i, seed, 1, &c, 0.5f, 2);
    return node;
}

static struct lsn_node window(enum lsn_op op, int size, int stride, int pad)
{
    struct lsn_node node = lsn_node_default(op);
    struct lsn_attributes *a = &node.attributes;

    a->kernel[0] = a->kernel[1] = size;
    a->stride[0] = a->stride[1] = stride;
    a->pads[0] = a->pads[1] = a->pads[2] = a->pads[3] = pad;
    return node;
}

static void add_windows(struct lsn_graph *graph, uint64_t *seed)
{
    struct lsn_node node = weighted(seed, 3, 8, 1, 3, 5, true);
    int last;

    node.attributes.stride[0] = 2;
    node.attributes.dilation[1] = 2;
    memcpy(node.attributes.pads, (const int[]){1, 4, 3, 2}, 4 * sizeof(int));
    test_add(graph, &node, "conv \"1\", \xc3\xa9", (const int[]){0}, 1);
    node = per_channel(seed, LSN_OP_BATCH_NORM, 8);
    node.attributes.epsilon = 1e-3f;
    test_add(graph, &node, "bn", (const int[]){1}, 1);
    node = weighted(seed, 8, 8, 4, 1, 1, false);
    test_add(graph, &node, "grouped", (const int[]){2}, 1);
    node = window(LSN_OP_MAX_POOL, 3, 2, 1);
    node.attributes.ceil_mode = true;
    test_add(graph, &node, "max", (const int[]){3}, 1);
    node = window(LSN_OP_AVERAGE_POOL, 2, 1, 1);
    node.attributes.count_include_pad = true;
    test_add(graph, &node, "average", (const int[]){4}, 1);
    node = lsn_node_default(LSN_OP_PAD);
    memcpy(node.attributes.pads, (const int[]){0, 1, 2, 3}, 4 * sizeof(int));
    node.attributes.value = -1.0f / 3;
    last = test_add(graph, &node, "pad", (const int[]){5}, 1);
    node = lsn_node_default(LSN_OP_RESAMPLE);
    test_tensor(&node, 0, seed, 2, (const int[]){3, graph->nodes[last].shape.h}, 0, 1);
    test_tensor(&node, 1, seed, 2, (const int[]){4, graph->nodes[last].shape.w}, 0, 1);
    test_add(graph, &node, "resample", &last, 1);
}

/* From node 7 on: every op that works at each position, in a chain. */
static void add_positions(struct lsn_graph *graph, uint64_t *seed)
{
    static const int channels[] = {7, 0, 3, 3};
    struct lsn_node node = lsn_node_default(LSN_OP_LRN);
    char name[] = "reduced ?";
    int last, constant, reduced, i;

    node.attributes.size = 3;
    node.attributes.alpha = 0.1f;
    last = test_add(graph, &node, "lrn", (const int[]){7}, 1);
    node = lsn_node_default(LSN_OP_CLIP);
    node.attributes.max = 0.7f;
    last = test_add(graph, &node, "clip", &last, 1);
    node = lsn_node_default(LSN_OP_LEAKY_RELU);
    node.attributes.alpha = 0.3f;
    last = test_add(graph, &node, "leaky", &last, 1);
    node = lsn_node_default(LSN_OP_HARD_SIGMOID);
    last = test_add(graph, &node, "hard sigmoid", &last, 1);
    node = lsn_node_default(LSN_OP_GELU);
    node.attributes.tanh_approx = true;
    last = test_add(graph, &node, "gelu", &last, 1);
    for (i = LSN_OP_RELU; i < LSN_OP_RELU + LSN_UNARY_COUNT; i++) {
        node = lsn_node_default((enum lsn_op)i);
        node.attributes.exponent = 1.0f / 3;
        last = test_add(graph, &node, lsn_op_def(node.op)->name, &last, 1);
    }
    node = per_channel(seed, LSN_OP_AFFINE, 8);
    last = test_add(graph, &node, "affine", &last, 1);
    node = per_channel(seed, LSN_OP_LAYER_NORM, 8);
    last = test_add(graph, &node, "layer norm", &last, 1);
    node = per_channel(seed, LSN_OP_GROUP_NORM, 8);
    node.attributes.groups = 4;
    last = test_add(graph, &node, "group norm", &last, 1);
    node = lsn_node_default(LSN_OP_PRELU);
    test_tensor(&node, 0, seed, 1, (const int[]){8}, 0, 1);
    last = test_add(graph, &node, "prelu", &last, 1);
    node = lsn_node_default(LSN_OP_CONSTANT);
    test_tensor(&node, 0, seed, 3, (const int[]){8, 1, 1}, 0, 1);
    constant = test_add(graph, &node, "constant", NULL, 0);
    for (i = LSN_OP_ADD; i < LSN_OP_ADD + LSN_JOIN_COUNT; i++) {
        node = lsn_node_default((enum lsn_op)i);
        last = test_add(graph, &node, lsn_op_def(node.op)->name, (const int[]){last, constant}, 2);
    }
    for (i = LSN_OP_REDUCE_MEAN; i < LSN_OP_REDUCE_MEAN + LSN_REDUCE_COUNT; i++) {
        node = lsn_node_default((enum lsn_op)i);
        node.attributes.over_channels = true;
        node.attributes.over_space = i % 2 == 0;
        reduced = test_add(graph, &node, lsn_op_def(node.op)->name, &last, 1);
        node = lsn_node_default(LSN_OP_MUL);
        name[8] = (char)('0' + (i - LSN_OP_REDUCE_MEAN));
        last = test_add(graph, &node, name, (const int[]){last, reduced}, 2);
    }
    node = lsn_node_default(LSN_OP_CONCAT);
    last = test_add(graph, &node, "concat", (const int[]){last, 7, last}, 3);
    node = lsn_node_default(LSN_OP_SELECT);
    node.attributes.channels = lsn_alloc(4, sizeof(int));
    assert_non_null(node.attributes.channels);
    memcpy(node.attributes.channels, channels, sizeof channels);
    node.attributes.channel_count = 4;
    test_add(graph, &node, "select", &last, 1);
}

/* A model with every op; its logits are 5. */
static struct lsn_model *every_op(void)
{
    struct lsn_model *model = lsn_alloc(1, sizeof *model);
    struct lsn_error err = LSN_ERROR_NONE;
    uint64_t seed = 43;
    struct lsn_node node;
    int i, last;

    assert_non_null(model);
    model->input = (struct lsn_input){
        {3, 12, 10}, 0, 16, 9, LSN_LANCZOS, true, 1.0 / 3, {0.485, 1e-300, -3}, {0.1, 0.2, 1e6}};
    test_ok(lsn_graph_start(&model->graph, model->input.shape, &err), &err);
    add_windows(&model->graph, &seed);
    add_positions(&model->graph, &seed);
    last = model->graph.count - 1;
    node = weighted(&seed, 4, 3, 1, 0, 0, true);
    last = test_add(&model->graph, &node, "linear", &last, 1);
    node = lsn_node_default(LSN_OP_GLOBAL_AVERAGE_POOL);
    last = test_add(&model->graph, &node, "global", &last, 1);
    node = lsn_node_default(LSN_OP_FLATTEN);
    last = test_add(&model->graph, &node, "flat", &last, 1);
    node = weighted(&seed, 3, 5, 1, 0, 0, false);
    test_add(&model->graph, &node, "logits", &last, 1);
    model->class_count = 5;
    model->classes = lsn_alloc(5, sizeof *model->classes);
    assert_non_null(model->classes);
    for (i = 0; i < 4; i++) {
        model->classes[i].id = i & 1 ? lsn_strdup("n01440764") : NULL;
        model->classes[i].name = i & 2 ? lsn_strdup("\"tench\", Tinca\n\xc3\xa9") : NULL;
    }
    return model;
}

static void same_attributes(const struct lsn_node *a, const struct lsn_node *b)
{
    const struct lsn_op_def *def = lsn_op_def(a->op);
    static const size_t sizes[] = {
        [LSN_ATTR_INT] = sizeof(int),      [LSN_ATTR_INT2] = 2 * sizeof(int),
        [LSN_ATTR_INT4] = 4 * sizeof(int), [LSN_ATTR_CHANNELS] = 0,
        [LSN_ATTR_FLOAT] = sizeof(float),  [LSN_ATTR_BOOL] = sizeof(bool)};
    int i;

    for (i = 0; i < def->attribute_count; i++) {
        size_t offset = def->attributes[i].offset;

        assert_memory_equal((const char *)&a->attributes + offset,
                            (const char *)&b->attributes + offset, sizes[def->attributes[i].type]);
    }
    assert_int_equal(a->attributes.channel_count, b->attributes.channel_count);
    for (i = 0; i < a->attributes.channel_count; i++)
        assert_int_equal(a->attributes.channels[i], b->attributes.channels[i]);
}

static void same_node(const struct lsn_node *a, const struct lsn_node *b)
{
    int i;

    assert_string_equal(a->name, b->name);
    assert_int_equal(a->op, b->op);
    assert_memory_equal(&a->shape, &b->shape, sizeof a->shape);
    assert_int_equal(a->input_count, b->input_count);
    for (i = 0; i < a->input_count; i++)
        assert_int_equal(a->inputs[i], b->inputs[i]);
    same_attributes(a, b);
    for (i = 0; i < LSN_TENSORS_MAX; i++) {
        const struct lsn_tensor *x = &a->tensors[i], *y = &b->tensors[i];

        assert_int_equal(!x->data, !y->data);
        assert_int_equal(x->rank, y->rank);
        assert_memory_equal(x->dims, y->dims, (size_t)x->rank * sizeof x->dims[0]);
        if (x->data)
            assert_memory_equal(x->data, y->data, lsn_tensor_count(x) * sizeof *x->data);
    }
}

static void same_text(const char *a, const char *b)
{
    assert_int_equal(!a, !b);
    if (a)
        assert_string_equal(a, b);
}

static void native_round_trip(void **state)
{
    struct lsn_model *model = every_op(), *again = lsn_alloc(1, sizeof *again);
    char *path = lsn_path_join(folder, "a.bin");
    struct lsn_error err = LSN_ERROR_NONE;
    int i;

    (void)state;
    for (i = 0; i < LSN_OP_IN_FILES; i++) {
        int node = 0;

        while (node < model->graph.count && model->graph.nodes[node].op != (enum lsn_op)i)
            node++;
        assert_true(node < model->graph.count); /* so that none is forgotten here */
    }
    test_ok(lsn_native_write(path, false, model, &err), &err);
    test_ok(lsn_native_read(path, again, &err), &err);
    assert_int_equal(again->graph.count, model->graph.count);
    for (i = 0; i < model->graph.count; i++)
        same_node(&again->graph.nodes[i], &model->graph.nodes[i]);
    assert_memory_equal(&again->input.shape, &model->input.shape, sizeof model->input.shape);
    assert_true(again->input.resize == 0 && again->input.interpolation == LSN_LANCZOS);
    assert_true(again->input.resize_h == 16 && again->input.resize_w == 9);
    assert_true(again->input.bgr && again->input.scale == model->input.scale);
    assert_memory_equal(again->input.mean, model->input.mean, sizeof model->input.mean);
    assert_memory_equal(again->input.std, model->input.std, sizeof model->input.std);
    assert_int_equal(again->class_count, 5);
    for (i = 0; i < 5; i++) {
        same_text(again->classes[i].id, model->classes[i].id);
        same_text(again->classes[i].name, model->classes[i].name);
    }
    assert_int_equal(lsn_native_write(path, false, again, &err), LSN_E_IO);
    lsn_model_free(model);
    lsn_model_free(again);
    lsn_free(path);
}

/* The same model is the same bytes, also after a round through a file. */
static void same_bytes(void **state)
{
    struct lsn_model *model = every_op(), *again = lsn_alloc(1, sizeof *again);
    char *paths[2] = {lsn_path_join(folder, "a.bin"), lsn_path_join(folder, "b.bin")};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes bytes[2];

    (void)state;
    test_ok(lsn_native_write(paths[0], false, model, &err), &err);
    test_ok(lsn_native_read(paths[0], again, &err), &err);
    test_ok(lsn_native_write(paths[1], false, again, &err), &err);
    test_ok(lsn_file_read(paths[0], 1 << 20, &bytes[0], &err), &err);
    test_ok(lsn_file_read(paths[1], 1 << 20, &bytes[1], &err), &err);
    assert_int_equal(bytes[0].size, bytes[1].size);
    assert_memory_equal(bytes[0].data, bytes[1].data, bytes[0].size);
    lsn_free(bytes[0].data);
    lsn_free(bytes[1].data);
    lsn_free(paths[0]);
    lsn_free(paths[1]);
    lsn_model_free(model);
    lsn_model_free(again);
}

static void check_digest(const char *path, const char *hex)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes bytes;
    struct lsn_sha256 sha;
    char wanted[65];

    test_ok(lsn_file_read(path, 1 << 20, &bytes, &err), &err);
    lsn_sha256_start(&sha);
    lsn_sha256_add(&sha, bytes.data, bytes.size);
    assert_int_equal(lsn_sha256_finish(&sha, wanted, NULL), LSN_OK);
    assert_string_equal(hex, wanted);
    lsn_free(bytes.data);
}

/* After loading: batch-norm is gone, convolutions are numbered, nodes counted. */
static void public_view(void **state)
{
    struct lsn_model *model = every_op(), *loaded, *refused;
    char *path = lsn_path_join(folder, "a.bin");
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_node_info info;

    (void)state;
    test_ok(lsn_native_write(path, false, model, &err), &err);
    test_ok(lsn_model_load(path, NULL, &loaded, &err), &err);
    check_digest(path, lsn_model_sha256(loaded));
    assert_int_equal(lsn_model_nodes(loaded), model->graph.count - 1);
    assert_int_equal(lsn_model_layers(loaded), 2);
    assert_int_equal(lsn_model_layer_node(loaded, 0), 1);
    assert_int_equal(lsn_model_layer_node(loaded, 1), 2);
    assert_int_equal(lsn_model_classes(loaded), 5);
    assert_null(lsn_model_class_id(loaded, 0));
    assert_string_equal(lsn_model_class_id(loaded, 1), "n01440764");
    assert_null(lsn_model_class_name(loaded, 5));
    info = lsn_model_node(loaded, 1);
    assert_string_equal(info.op, "Conv");
    assert_true(info.kernels == 8 && info.layer == 0 && info.input_count == 1);
    assert_true(info.shape.c == 8 && info.shape.h == 7 && info.shape.w == 8);
    assert_int_equal(info.parameters, 8 * 3 * 3 * 5 + 8);
    assert_int_equal(info.multiply_adds, 7 * 8 * 8 * 3 * 3 * 5);
    info = lsn_model_node(loaded, 0);
    assert_string_equal(info.op, "Input");
    assert_true(info.layer == -1 && info.kernels == 0 && info.parameters == 0);
    assert_int_equal(lsn_model_load(path,
                                    &(struct lsn_model_options){sizeof(struct lsn_model_options),
                                                                "a.input.json", NULL},
                                    &refused, &err),
                     LSN_E_ARGUMENT);
    assert_null(refused);
    lsn_model_free(refused);
    lsn_model_free(loaded);
    lsn_model_free(model);
    lsn_free(path);
}

/* Nodes that do not lead to the logits are left out. */
static void dead_branches(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_graph graph;
    uint64_t seed = 47;
    struct lsn_node node;

    (void)state;
    test_ok(lsn_graph_start(&graph, (struct lsn_shape){3, 4, 4}, &err), &err);
    node = weighted(&seed, 3, 6, 1, 3, 3, true);
    test_add(&graph, &node, "dead conv", (const int[]){0}, 1);
    node = lsn_node_default(LSN_OP_GLOBAL_AVERAGE_POOL);
    test_add(&graph, &node, "pool", (const int[]){0}, 1);
    node = lsn_node_default(LSN_OP_RELU);
    test_add(&graph, &node, "dead relu", (const int[]){1}, 1);
    node = weighted(&seed, 3, 2, 1, 0, 0, true);
    test_add(&graph, &node, "logits", (const int[]){2}, 1);
    test_ok(lsn_graph_finish(&graph, &err), &err);
    assert_int_equal(graph.count, 3);
    assert_int_equal(lsn_graph_find(&graph, "dead conv"), -1);
    assert_int_equal(lsn_graph_find(&graph, "logits"), 2);
    assert_int_equal(graph.nodes[2].inputs[0], 1);
    assert_int_equal(graph.nodes[1].inputs[0], 0);
    lsn_graph_free(&graph);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(native_round_trip),
        IN_FOLDER(same_bytes),
        IN_FOLDER(public_view),
        cmocka_unit_test(dead_branches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
