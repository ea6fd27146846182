/* The ONNX import: the golden models give what PyTorch and NumPy gave
 * (golden/make_onnx.py), and files that are wrong, hostile, cut short or flipped here
 * and there give an error that says so. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"
#include "golden/onnx/list.h"
#include "lesion/model.h"
#include "lesion/network.h"
#include "model/onnx/index.h"
#include "onnx.pb-c.h"

#define GOLDEN    LSN_TESTS_DIR "/golden/onnx/"
#define INPUT     GOLDEN "image.input.json"
#define TOLERANCE 1e-5
#define MAX       64 /* the most of anything in one sketched file */

static const struct lsn_model_options input = {.size = sizeof input, .input_path = INPUT};

/* ---- golden models ---- */

static struct lsn_bytes golden_bytes(const char *name, const char *ending)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes bytes;
    char path[512];

    snprintf(path, sizeof path, GOLDEN "%s%s", name, ending);
    test_ok(lsn_file_read(path, 1 << 20, &bytes, &err), &err);
    return bytes;
}

static void check_names(const struct lsn_model *model, const struct golden_model *golden)
{
    int i;

    if (!golden->convs[0])
        return;
    for (i = 0; i < lsn_model_layers(model); i++) {
        const char *name = lsn_model_node(model, lsn_model_layer_node(model, i)).name;

        if (!golden->convs[i] || strcmp(name, golden->convs[i]) != 0)
            fail_msg("%s: convolution %d is called '%s'", golden->name, i, name);
    }
    assert_null(golden->convs[i]);
}

/* Both engines give the same logits for each lesion, and agree whether it changes anything. */
static void check_engines(const char *name, const struct lsn_model *model,
                          const struct lsn_network *network, struct lsn_pass *full,
                          const float *image)
{
    int classes = lsn_model_classes(model), layer, kernel;
    const float *intact = lsn_pass_activation(full, lsn_model_nodes(model) - 1);
    float *a = test_output((size_t)classes), *b = test_output((size_t)classes);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pass *incremental;
    double *wide;

    test_ok(lsn_pass_create(network, LSN_ENGINE_INCREMENTAL, &incremental, &err), &err);
    lsn_pass_run(incremental, image);
    for (layer = 0; layer < lsn_model_layers(model); layer++)
        for (kernel = 0; kernel < lsn_model_node(model, lsn_model_layer_node(model, layer)).kernels;
             kernel++) {
            test_run_lesioned(full, layer, &LSN_LESION_WHOLE, NULL, &kernel, 1, a);
            test_run_lesioned(incremental, layer, &LSN_LESION_WHOLE, NULL, &kernel, 1, b);
            wide = test_widen(a, (size_t)classes);
            test_close(name, b, wide, (size_t)classes, 1e-4 * test_scale(wide, (size_t)classes));
            free(wide);
            if (lsn_logits_same(a, intact, classes) != lsn_logits_same(b, intact, classes))
                fail_msg("%s: layer %d, kernel %d: one engine says it changes nothing", name, layer,
                         kernel);
        }
    lsn_pass_free(incremental);
    free(a);
    free(b);
}

static void check_logits(const char *name, const struct lsn_model *model, const float *image,
                         const float *wanted, size_t classes)
{
    struct lsn_error err = LSN_ERROR_NONE;
    double *wide = test_widen(wanted, classes);
    struct lsn_network *network;
    struct lsn_pass *pass;

    test_ok(lsn_network_create(model, LSN_ENGINE_INCREMENTAL, &network, &err), &err);
    test_ok(lsn_pass_create(network, LSN_ENGINE_FULL, &pass, &err), &err);
    test_close(name, lsn_pass_run(pass, image), wide, classes,
               TOLERANCE * test_scale(wide, classes));
    free(wide);
    check_engines(name, model, network, pass, image);
    lsn_pass_free(pass);
    lsn_network_free(network);
}

/* Straight from ONNX, and by way of a native file (batch-norm kept apart in it). */
static void golden_networks(void **state)
{
    struct lsn_bytes image = golden_bytes("image", ".f32"), logits = golden_bytes("logits", ".f32");
    const float *wanted = (const float *)(const void *)logits.data;
    size_t i, done = 0;

    (void)state;
    for (i = 0; i < TEST_COUNT(golden_models); i++) {
        const struct golden_model *golden = &golden_models[i];
        const struct lsn_model_options options = {sizeof options, INPUT, golden->output_name};
        struct lsn_error err = LSN_ERROR_NONE;
        char *native = lsn_path_join(test_scratch_folder, "a.bin");
        struct lsn_model *model;
        char path[512];
        int way;

        snprintf(path, sizeof path, GOLDEN "%s.onnx", golden->name);
        test_ok(lsn_model_convert(path, &options, NULL, native, true, &model, &err), &err);
        lsn_model_free(model);
        for (way = 0; way < 2; way++) {
            test_ok(lsn_model_load(way ? native : path, way ? NULL : &options, &model, &err), &err);
            assert_int_equal(lsn_model_classes(model), golden->classes);
            check_names(model, golden);
            check_logits(golden->name, model, (const float *)(const void *)image.data,
                         wanted + done, (size_t)golden->classes);
            lsn_model_free(model);
        }
        lsn_free(native);
        done += (size_t)golden->classes;
    }
    assert_int_equal(done * sizeof *wanted, logits.size);
    lsn_free(image.data);
    lsn_free(logits.data);
}

/* ---- files from a few words ----
 *
 * A sketch is nodes with ; between, each "Op INPUT... > OUTPUT... ATTRIBUTE=...". The
 * image is x, 1 x 3 x 8 x 10; the output is y. An input w:4x3x1x1 is an initialiser w
 * of that shape (one called nan holds a NaN), #1,-1 an initialiser of these integers,
 * $2.5 one number, _ an input left out. Attributes are integers, lists of them (with a
 * comma), floats (with a point), 'text, or a graph of one node [Op:input]. @name names the node,
 * %domain gives its domain. */

static struct sketch {
    char text[4096];
    Lsn__OnnxModel model;
    Lsn__OnnxGraph graph;
    Lsn__OnnxOpset opset, *opsets[1];
    Lsn__OnnxValueInfo values[8], *inputs[2], *outputs[6];
    Lsn__OnnxType type;
    Lsn__OnnxTensorType tensor_type;
    Lsn__OnnxShape shape;
    Lsn__OnnxDimension dims[MAX], *dim_list[MAX];
    Lsn__OnnxNode nodes[MAX], *node_list[MAX];
    char *node_inputs[MAX][MAX], *node_outputs[MAX][8];
    Lsn__OnnxAttribute attributes[MAX], *attribute_list[MAX][8];
    Lsn__OnnxTensor tensors[MAX], *tensor_list[MAX];
    char tensor_names[MAX][16];
    int64_t numbers[256];
    float number[MAX];
    size_t attribute_count, number_count, graph_count;
    uint8_t graphs[4][256];
    char graph_outputs[4][32];
    Lsn__OnnxPair pairs[3], *pair_list[3];
} s;

static float weights[4096], nan_weights[4096];

/* 1,-1 as a list; x instead of the comma for shapes. */
static int64_t *parse_numbers(const char *text, size_t *count)
{
    int64_t *numbers = &s.numbers[s.number_count];

    for (*count = 0; *text; text += *text ? 1 : 0) {
        char *end;

        numbers[(*count)++] = strtoll(text, &end, 10);
        assert_true(end > text && s.number_count + *count < TEST_COUNT(s.numbers));
        text = end;
    }
    s.number_count += *count;
    return numbers;
}

static Lsn__OnnxTensor *add_tensor(char *name)
{
    Lsn__OnnxTensor *t = &s.tensors[s.graph.n_initializer];

    assert_true(s.graph.n_initializer < MAX);
    lsn__onnx_tensor__init(t);
    t->name = name;
    t->has_data_type = 1;
    t->data_type = 1;
    s.tensor_list[s.graph.n_initializer++] = t;
    return t;
}

static char *parse_input(char *word)
{
    char *colon = strchr(word, ':'), *name = s.tensor_names[s.graph.n_initializer];
    Lsn__OnnxTensor *t;
    size_t i;

    if (strcmp(word, "_") == 0)
        return word + 1;
    snprintf(name, sizeof s.tensor_names[0], "k%zu", s.graph.n_initializer);
    if (word[0] == '#') {
        t = add_tensor(name);
        t->data_type = 7;
        t->int64_data = parse_numbers(word + 1, &t->n_int64_data);
        t->dims = &s.numbers[s.number_count++];
        t->dims[0] = (int64_t)t->n_int64_data;
        t->n_dims = 1;
        return name;
    }
    if (word[0] == '$') {
        t = add_tensor(name);
        t->float_data = &s.number[s.graph.n_initializer - 1];
        t->float_data[0] = strtof(word + 1, NULL);
        t->n_float_data = 1;
        return name;
    }
    if (!colon)
        return word;
    *colon = '\0';
    t = add_tensor(word);
    t->dims = parse_numbers(colon + 1, &t->n_dims);
    t->float_data = strcmp(word, "nan") == 0 ? nan_weights : weights;
    t->n_float_data = 1;
    for (i = 0; i < t->n_dims; i++)
        t->n_float_data *= (size_t)t->dims[i];
    assert_true(t->n_float_data <= TEST_COUNT(weights));
    return word;
}

/* Op:input */
static void parse_graph(char *text, Lsn__OnnxAttribute *a)
{
    char *colon = strchr(text, ':'), *name = s.graph_outputs[s.graph_count];
    Lsn__OnnxGraph graph = LSN__ONNX_GRAPH__INIT;
    Lsn__OnnxNode node = LSN__ONNX_NODE__INIT, *nodes[1] = {&node};
    Lsn__OnnxValueInfo output = LSN__ONNX_VALUE_INFO__INIT, *outputs[1] = {&output};
    char *from;

    assert_true(colon && s.graph_count < TEST_COUNT(s.graphs));
    *colon = '\0';
    from = colon + 1;
    snprintf(name, sizeof s.graph_outputs[0], "branch_%zu", s.graph_count);
    graph.node = nodes;
    graph.output = outputs;
    graph.n_node = graph.n_output = node.n_input = node.n_output = 1;
    node.op_type = text;
    node.input = &from;
    node.output = &name;
    output.name = name;
    assert_true(lsn__onnx_graph__get_packed_size(&graph) <= sizeof s.graphs[0]);
    a->type = 5;
    a->has_g = 1;
    a->g.data = s.graphs[s.graph_count++];
    a->g.len = lsn__onnx_graph__pack(&graph, a->g.data);
}

static void parse_attribute(Lsn__OnnxNode *node, char *word, char *equals)
{
    Lsn__OnnxAttribute *a = &s.attributes[s.attribute_count];

    assert_true(s.attribute_count++ < MAX && node->n_attribute < 8);
    lsn__onnx_attribute__init(a);
    *equals = '\0';
    a->name = word;
    a->has_type = a->has_i = a->has_f = 1;
    if (equals[1] == '\'') {
        a->type = 3;
        a->has_s = 1;
        a->s.data = (uint8_t *)equals + 2;
        a->s.len = strlen(equals + 2);
    } else if (equals[1] == '[') {
        parse_graph(equals + 2, a);
    } else if (strchr(equals + 1, ',')) {
        a->type = 7;
        a->ints = parse_numbers(equals + 1, &a->n_ints);
    } else if (strchr(equals + 1, '.')) {
        a->type = 1;
        a->f = strtof(equals + 1, NULL);
    } else {
        a->type = 2;
        a->i = strtoll(equals + 1, NULL, 10);
    }
    node->attribute[node->n_attribute++] = a;
}

static void parse_node(char *text)
{
    size_t index = s.graph.n_node++;
    Lsn__OnnxNode *node = &s.nodes[index];
    char *rest, *word = strtok_r(text, " ", &rest), *equals;
    int outputs = 0;

    assert_true(index < MAX);
    s.node_list[index] = node;
    lsn__onnx_node__init(node);
    node->op_type = word;
    node->input = s.node_inputs[index];
    node->output = s.node_outputs[index];
    node->attribute = s.attribute_list[index];
    while ((word = strtok_r(NULL, " ", &rest))) {
        if (strcmp(word, ">") == 0)
            outputs = 1;
        else if (word[0] == '@')
            node->name = word + 1;
        else if (word[0] == '%')
            node->domain = word + 1;
        else if ((equals = strchr(word, '=')))
            parse_attribute(node, word, equals);
        else if (outputs)
            node->output[node->n_output++] = word;
        else
            node->input[node->n_input++] = parse_input(word);
    }
}

static void add_value(Lsn__OnnxValueInfo *value, char *name)
{
    lsn__onnx_value_info__init(value);
    value->name = name;
}

/* The image's type, with these sizes. */
static void set_image(const int64_t *dims, size_t rank)
{
    size_t i;

    lsn__onnx_type__init(&s.type);
    lsn__onnx_tensor_type__init(&s.tensor_type);
    lsn__onnx_shape__init(&s.shape);
    for (i = 0; i < rank; i++) {
        lsn__onnx_dimension__init(&s.dims[i]);
        s.dims[i].has_dim_value = 1;
        s.dims[i].dim_value = dims[i];
        s.dim_list[i] = &s.dims[i];
    }
    s.shape.n_dim = rank;
    s.shape.dim = s.dim_list;
    s.tensor_type.shape = &s.shape;
    s.type.tensor_type = &s.tensor_type;
    s.values[0].type = &s.type;
}

static void draw(const char *text, int opset)
{
    char *rest, *node;
    size_t i;

    memset(&s, 0, sizeof s);
    for (i = 0; i < TEST_COUNT(weights); i++)
        weights[i] = nan_weights[i] = 0.1f * (float)(i % 13) - 0.5f;
    nan_weights[5] = NAN;
    lsn__onnx_model__init(&s.model);
    lsn__onnx_graph__init(&s.graph);
    lsn__onnx_opset__init(&s.opset);
    s.opset.has_version = 1;
    s.opset.version = opset;
    s.opsets[0] = &s.opset;
    s.model.opset_import = s.opsets;
    s.model.n_opset_import = 1;
    s.model.graph = &s.graph;
    s.graph.node = s.node_list;
    s.graph.initializer = s.tensor_list;
    s.graph.input = s.inputs;
    s.graph.output = s.outputs;
    add_value(s.inputs[0] = &s.values[0], "x");
    add_value(s.outputs[0] = &s.values[1], "y");
    s.graph.n_input = s.graph.n_output = 1;
    set_image((const int64_t[]){1, 3, 8, 10}, 4);
    snprintf(s.text, sizeof s.text, "%s", text);
    for (node = strtok_r(s.text, ";", &rest); node; node = strtok_r(NULL, ";", &rest))
        parse_node(node);
}

/* Saves the sketch as a.onnx in folder and loads it. */
static enum lsn_status load_sketch_with(const struct lsn_model_options *options,
                                        struct lsn_model **model, struct lsn_error *err)
{
    size_t size = lsn__onnx_model__get_packed_size(&s.model);
    uint8_t *bytes = malloc(size + 1);
    enum lsn_status status;
    char *path;

    assert_non_null(bytes);
    lsn__onnx_model__pack(&s.model, bytes);
    path = test_file(test_scratch_folder, "a.onnx", bytes, size);
    status = lsn_model_load(path, options, model, err);
    free(path);
    free(bytes);
    return status;
}

static enum lsn_status load_sketch(struct lsn_model **model, struct lsn_error *err)
{
    return load_sketch_with(&input, model, err);
}

/* The sketch must be refused with the path, ": " and this sentence. */
static void refused(const char *what, enum lsn_status code, const char *sentence)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    enum lsn_status status = load_sketch(&model, &err);
    char wanted[1024];

    snprintf(wanted, sizeof wanted, "%s/a.onnx: %s", test_scratch_folder, sentence);
    if (status != code || strcmp(err.text, wanted) != 0)
        fail_msg("%s: %s\n   '%s'\nwanted %s\n   '%s'", what, lsn_status_name(status), err.text,
                 lsn_status_name(code), wanted);
    assert_null(model);
}

static void loads(const char *text, int opset)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    draw(text, opset);
    test_ok(load_sketch(&model, &err), &err);
    lsn_model_free(model);
}

#define TAIL   "; GlobalAveragePool a > p; Flatten p > y"
#define CONV   "Conv x w:4x3x1x1 > c; "
#define SMOOTH "Conv x w:4x3x1x1 > c; GlobalAveragePool c > gap; Flatten gap > v; "

/* clang-format off */
static const struct refusal {
    int opset;
    const char *sketch;
    enum lsn_status code;
    const char *sentence;
} refusals[] = {
    {13, "Frobnicate x > y", LSN_E_UNSUPPORTED, "node 'Frobnicate' (Frobnicate): this op is not supported"},
    {13, "ConvTranspose x w:3x4x1x1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'ConvTranspose' (ConvTranspose): this op is not supported"},
    {13, "Conv x w:4x3x1x1 > a frobnicate=1" TAIL, LSN_E_UNSUPPORTED, "node 'w' (Conv): attribute 'frobnicate' is not supported"},
    {13, "Conv x w:4x3x1x1 > a =1" TAIL, LSN_E_UNSUPPORTED, "node 'w' (Conv): attribute '' is not supported"},
    {13, "Conv x w:4x3x1x1 > a group=1,1" TAIL, LSN_E_MODEL, "node 'w' (Conv): attribute 'group' is not of its type"},
    {13, "Conv x w:4x3x1x1 > a strides=0,1" TAIL, LSN_E_UNSUPPORTED, "node 'w' (Conv): attribute 'strides' is 0, supported are 1 ... 65536"},
    {13, "Conv x w:4x3x1x1 > a strides=1,1,1" TAIL, LSN_E_UNSUPPORTED, "node 'w' (Conv): attribute 'strides' has 3 values, 2 are supported"},
    {13, "Conv x w:4x3x1x1 > a pads=-1,0,0,0" TAIL, LSN_E_UNSUPPORTED, "node 'w' (Conv): attribute 'pads' is -1, supported are 0 ... 65536"},
    {13, "Conv x w:4x3x1x1 > a auto_pad='SAME" TAIL, LSN_E_UNSUPPORTED, "node 'w' (Conv): attribute 'auto_pad' is 'SAME', not supported"},
    {13, "Conv x w:4x3x1x1 > a kernel_shape=3,3" TAIL, LSN_E_MODEL, "node 'w' (Conv): attribute 'kernel_shape' is not its weight's"},
    {13, "Conv x w:4x3x1x1 > a group=3" TAIL, LSN_E_MODEL, "node 'w' (Conv): a weight of 4 x 3 x 1 x 1 with 3 groups does not fit an input of 3 channels"},
    {13, "Conv x w:4x1x1x1 > a" TAIL, LSN_E_MODEL, "node 'w' (Conv): a weight of 4 x 1 x 1 x 1 with 1 group does not fit an input of 3 channels; 'channels' of the preprocessing must be 1 (grey) for it"},
    {13, "Conv x w:4x3x9x1 > a" TAIL, LSN_E_MODEL, "node 'w' (Conv): a 9 x 1 window (dilation 1 x 1) does not fit the 8 x 10 input with its padding"},
    {13, "Conv x w:4x3x1x40 > a auto_pad='SAME_UPPER dilations=1,65536" TAIL, LSN_E_MODEL, "node 'w' (Conv): pads is 1.27795e+06, must be in 0 ... 65536"},
    {13, "Conv x w:4x3x1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'w' (Conv): its weight has 3 dimensions, wanted 4"},
    {13, "Conv x w > a" TAIL, LSN_E_MODEL, "node 'w' (Conv): its input 'w' is no node's output"},
    {13, "Conv x > a" TAIL, LSN_E_UNSUPPORTED, "node 'Conv' (Conv): its weight is missing, only constants are supported"},
    {13, "Conv x x > a" TAIL, LSN_E_UNSUPPORTED, "node 'x' (Conv): its weight is computed from the image, only constants are supported"},
    {13, "Conv x w:4x3x1x1 b:3 > a" TAIL, LSN_E_MODEL, "node 'w' (Conv): its bias has 3 values, wanted 4"},
    {13, "Conv x nan:4x3x1x1 > a" TAIL, LSN_E_MODEL, "node 'nan' (Conv): element 5 of its weight is NaN, not a finite number"},
    {13, "Conv x w:4x3x1x1 nan:8 > a" TAIL, LSN_E_MODEL, "node 'w' (Conv): element 5 of its bias is NaN, not a finite number"},
    {13, "Conv a w:3x3x1x1 > a" TAIL, LSN_E_MODEL, "node 'Conv' (Conv) is computed from its own output: the nodes form a circle"},
    {13, "Conv z w:3x3x1x1 > a; Relu b > z; Relu a > b" TAIL, LSN_E_MODEL, "node 'Conv' (Conv) is computed from its own output: the nodes form a circle"},
    {13, "FusedConv x w:4x3x1x1 > a %com.microsoft" TAIL, LSN_E_UNSUPPORTED, "node 'FusedConv' (FusedConv): ops of the domain 'com.microsoft' are not supported"},
    {13, "Conv x w:4x3x1x1 > c @one; Conv c v:4x4x1x1 > a @one" TAIL, LSN_E_MODEL, "two convolutions would be called 'one' (ONNX node 'one')"},
    {13, "Conv x w.weight:3x3x1x1 > c @Conv_3; Conv c w_weight:3x3x1x1 > a" TAIL, LSN_E_MODEL, "two convolutions would be called 'w' (ONNX node '')"},
    {13, "Conv x w:4x3x1x1 > a @input" TAIL, LSN_E_MODEL, "a convolution is called 'input' (ONNX node 'input'), which is the image"},
    {13, "Relu x > a; Conv x w:4x3x1x1 > a" TAIL, LSN_E_MODEL, "node 'Conv' (Conv): another node has the output 'a', too"},
    {13, "Relu x > w; Conv x w:4x3x1x1 > a" TAIL, LSN_E_MODEL, "node 'Relu' (Relu): its output 'w' is a weight or the image, too"},
    {13, "Relu x > a; Flatten x > y; Relu a > y", LSN_E_MODEL, "node 'Relu' (Relu): another node has the output 'y', too"},
    {13, "Conv x w:4x3x1x1 > a", LSN_E_MODEL, "its output 'y' is not computed from the image"},
    {13, SMOOTH "Relu v > z", LSN_E_MODEL, "its output 'y' is not computed from the image"},
    {13, "Constant > y value_ints=1,2", LSN_E_MODEL, "its output 'y' is not computed from the image"},
    {13, CONV "Softmax c > s; Relu s > a" TAIL, LSN_E_UNSUPPORTED, "node 'Softmax' (Softmax): a Softmax is supported at the network's end only"},
    {13, SMOOTH "Softmax v > s; Mul s $2.0 > y", LSN_E_UNSUPPORTED, "node 'Softmax' (Softmax): a Softmax is supported at the network's end only"},
    {13, SMOOTH "Softmax v > s; Softmax s > y", LSN_E_UNSUPPORTED, "node 'Softmax' (Softmax): a Softmax is supported at the network's end only"},
    {13, CONV "Softmax c > y axis=1", LSN_E_UNSUPPORTED, "node 'Softmax' (Softmax): only a Softmax over the classes at the end is supported"},
    {13, "Conv x w:1x3x8x10 > a; Softmax a > y axis=1", LSN_E_UNSUPPORTED, "its output is the Softmax of one number, which never changes"},
    {13, SMOOTH "ArgMax v > y", LSN_E_UNSUPPORTED, "its output 'y' is a label, not the logits it is found from; export these"},
    {13, SMOOTH "MatMul v k:4x4 > q; MatMul q v > s; Softmax s > t; Identity t > u; MatMul u v > y", LSN_E_UNSUPPORTED, "node 'v.MatMul' (MatMul): is attention, a product of computed maps weighted by their Softmax, as in transformers; lesion runs convolutional networks without it"},
    {13, SMOOTH "Attention v k:4x4 > y %com.microsoft", LSN_E_UNSUPPORTED, "node 'Attention' (Attention): is attention, a product of computed maps weighted by their Softmax, as in transformers; lesion runs convolutional networks without it"},
    {13, CONV "Softmax c > y axis=2", LSN_E_UNSUPPORTED, "node 'Softmax' (Softmax): only a Softmax over the classes at the end is supported"},
    {11, CONV "Softmax c > y axis=1", LSN_E_UNSUPPORTED, "node 'Softmax' (Softmax): only a Softmax over the classes at the end is supported"},
    {13, CONV "Reshape c #1,5,-1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Reshape' (Reshape): reshapes space and channels in a way that is not supported; only splitting and merging channels, and flattening all, are"},
    {13, CONV "Reshape c #1,-1,-1 > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): reshapes 320 values with -1 along axis 2"},
    {13, CONV "Reshape c #1,4,9223372036854775807 > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): reshapes 320 values with 4611686018427387903 along axis 2"},
    {13, CONV "Reshape c #0,0,0,0,0 > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): reshapes 320 values with 0 along axis 4"},
    {13, CONV "Reshape c #1,1,1,1,1,1,1,1,-1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Reshape' (Reshape): reshapes to 9 dimensions, at most 8 are supported"},
    {13, CONV "Reshape c #1,2,160 > g; Relu g > a" TAIL, LSN_E_UNSUPPORTED, "node 'Relu' (Relu): reads channels and space reshaped into groups, which only InstanceNormalization may"},
    {13, CONV "Reshape c #1,2,160 > g; Reshape g #1,2,2,8,10 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Reshape_2' (Reshape): reshapes groups of channels with their space to something else than the planes they were"},
    {13, CONV "Reshape c > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): has no shape"},
    {13, CONV "Reshape c c > a" TAIL, LSN_E_UNSUPPORTED, "node 'Reshape' (Reshape): its shape must be constant"},
    {13, CONV "Reshape c $-1.5 > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): its shape must be whole numbers, not -1.5"},
    {13, CONV "Reshape c nan:6 > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): its shape must be whole numbers, not -0.5"},
    {13, CONV "Slice c #0 #2 #1 #0 > a" TAIL, LSN_E_MODEL, "node 'Slice' (Slice): a step is 0"},
    {13, CONV "Unsqueeze c #0 > u; Reshape c #1,4,80 > r; Slice r #0 #4 #2 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Slice' (Slice): cuts axis 2; channels, height and width can be cut"},
    {13, CONV "Slice c #2 #2 #1 > a" TAIL, LSN_E_MODEL, "node 'Slice' (Slice): keeps nothing of axis 1"},
    {13, CONV "Slice c #0,0 #4 #2 > a" TAIL, LSN_E_MODEL, "node 'Slice' (Slice): its starts, ends, axes and steps do not fit"},
    {13, CONV "Slice c #0 #4 #7 > a" TAIL, LSN_E_MODEL, "node 'Slice' (Slice): axis 7 is outside its input of rank 4"},
    {13, CONV "Split c #1,2 > a b axis=1" TAIL, LSN_E_MODEL, "node 'Split' (Split): its parts have 3 of 4 values"},
    {13, CONV "Split c #1,4 > a b axis=1" TAIL, LSN_E_MODEL, "node 'Split' (Split): part 1 has 4 of 4 values"},
    {13, CONV "Split c #1,3,0 > a b axis=1" TAIL, LSN_E_MODEL, "node 'Split' (Split): has 2 outputs and 3 sizes"},
    {13, CONV "Split c #5,-1 > a b axis=1" TAIL, LSN_E_MODEL, "node 'Split' (Split): part 0 has 5 of 4 values"},
    {13, CONV "Split c > a b d e f axis=1" TAIL, LSN_E_MODEL, "node 'Split' (Split): part 4 has 0 of 4 values"},
    {13, CONV "Gather c #0,4 > a axis=1" TAIL, LSN_E_MODEL, "node 'Gather' (Gather): index 4 is outside 4 elements"},
    {13, CONV "Gather c #-5 > a axis=1" TAIL, LSN_E_MODEL, "node 'Gather' (Gather): index -5 is outside 4 elements"},
    {13, CONV "Gather c #0,0 > a axis=0" TAIL, LSN_E_UNSUPPORTED, "node 'Gather' (Gather): repeats axis 0"},
    {13, CONV "Gather c # > a axis=1" TAIL, LSN_E_UNSUPPORTED, "node 'Gather' (Gather): gathers by an index that is computed from the image, or by a table; a constant index or list is supported"},
    {13, CONV "Reshape c #1,4,80 > r; Concat r r > a axis=2" TAIL, LSN_E_UNSUPPORTED, "node 'Concat' (Concat): concatenates along axis 2, height and width as one; channels, height or width can be"},
    {13, CONV "Slice c #0 #8 #3 > s; Transpose s > t perm=0,1,3,2; Concat s t > a axis=1" TAIL, LSN_E_UNSUPPORTED, "node 'Concat' (Concat): axis 2 of inputs 0 and 1 stands for different things"},
    {13, CONV "Slice c #0 #8 #3 > s; Transpose s > t perm=0,1,3,2; Concat s t > a axis=2" TAIL, LSN_E_UNSUPPORTED, "node 'Concat' (Concat): axis 3 of inputs 0 and 1 stands for different things"},
    {13, CONV "Concat c v:1x3x10 > a axis=2" TAIL, LSN_E_MODEL, "node 'Concat' (Concat): input 1 has 3 dimensions, the others 4"},
    {13, CONV "Concat c v:1x4x3x9 > a axis=2" TAIL, LSN_E_UNSUPPORTED, "node 'Concat' (Concat): a constant of 9 values along dimension 3 does not fit its input's 10 there"},
    {13, CONV "MaxPool c > m kernel_shape=2,2; Concat c m > a axis=1" TAIL, LSN_E_MODEL, "node 'Concat' (Concat): inputs 0 and 1 have 8 and 7 values along axis 2"},
    {13, CONV "Concat c > a axis=4" TAIL, LSN_E_MODEL, "node 'Concat' (Concat): axis 4 is outside its input of rank 4"},
    {13, CONV "Transpose c > a perm=0,1,1,2" TAIL, LSN_E_MODEL, "node 'Transpose' (Transpose): attribute 'perm' has axis 1 twice"},
    {13, CONV "Transpose c > a perm=0,1,2" TAIL, LSN_E_UNSUPPORTED, "node 'Transpose' (Transpose): attribute 'perm' has 3 values, 4 are supported"},
    {13, CONV "Transpose c > t perm=0,2,3,1; Relu t > u; Conv u v:4x8x1x1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'v' (Conv): input 0 is not laid out batch x channels x height x width, the one layout supported there (rank 4)"},
    {13, CONV "MaxPool c > a" TAIL, LSN_E_MODEL, "node 'MaxPool' (MaxPool): has no kernel_shape"},
    {13, CONV "MaxPool c > a i kernel_shape=2,2" TAIL, LSN_E_UNSUPPORTED, "node 'MaxPool' (MaxPool): its output of indices is not supported"},
    {13, CONV "MaxPool c > a kernel_shape=2,2 pads=2,0,0,0" TAIL, LSN_E_MODEL, "node 'MaxPool' (MaxPool): padding 2, 0 is as large as its window of 2"},
    {13, CONV "MaxPool c > a kernel_shape=65536,65536 dilations=65536,65536 auto_pad='SAME_LOWER" TAIL, LSN_E_MODEL, "node 'MaxPool' (MaxPool): pads is 1.07374e+09, must be in 0 ... 65536"},
    {13, CONV "AveragePool c > a kernel_shape=9,9" TAIL, LSN_E_MODEL, "node 'AveragePool' (AveragePool): a 9 x 9 window (dilation 1 x 1) does not fit the 8 x 10 input with its padding"},
    {13, CONV "BatchNormalization c s:4 t:4 m:4 > a" TAIL, LSN_E_UNSUPPORTED, "node 's' (BatchNormalization): its variance is missing, only constants are supported"},
    {13, CONV "BatchNormalization c s:4 t:4 m:4 n:3 > a" TAIL, LSN_E_MODEL, "node 's' (BatchNormalization): its var has 3 values, its input 4 channels"},
    {13, CONV "BatchNormalization c s:4 t:4 m:4 n:4 > a" TAIL, LSN_E_MODEL, "node 's' (BatchNormalization): the variance of channel 0 is -0.5, epsilon 1e-05"},
    {13, CONV "BatchNormalization c s:4 t:4 m:4 n:4 > a training_mode=1" TAIL, LSN_E_UNSUPPORTED, "node 's' (BatchNormalization): attribute 'training_mode' is 1, supported are 0 ... 0"},
    {13, "Conv x w:8x3x1x1 > c; Transpose c > t perm=0,2,3,1; BatchNormalization t s:8 t2:8 m:8 n:8 > a" TAIL, LSN_E_UNSUPPORTED, "node 's' (BatchNormalization): its input's axis 1 is not the channels"},
    {13, "Conv x w:10x3x1x1 > c; MatMul c m:10x4 > a" TAIL, LSN_E_UNSUPPORTED, "node 'm' (MatMul): its input's last axis is not that of all channels"},
    {13, CONV "MatMul c c > a" TAIL, LSN_E_UNSUPPORTED, "node 'c' (MatMul): its second matrix is computed from the image, only constants are supported"},
    {13, SMOOTH "Gemm v m:5x3 > y", LSN_E_MODEL, "node 'm' (Linear): a weight of 2 dimensions, 3 x 5, does not fit an input of 4 channels"},
    {13, SMOOTH "Gemm v m:4x3 b:2 > y", LSN_E_MODEL, "node 'm' (Gemm): its bias has 2 values, wanted 3"},
    {13, SMOOTH "Gemm v m:4x3 > y transA=1", LSN_E_UNSUPPORTED, "node 'm' (Gemm): attribute 'transA' is 1, supported are 0 ... 0"},
    {13, SMOOTH "Unsqueeze v #2 > u; Add u v > a" TAIL, LSN_E_UNSUPPORTED, "node 'Add' (Add): axis 1 of its two inputs (4 and 1 values) stands for different things"},
    {13, "Conv x w:10x3x1x1 > c; GlobalAveragePool c > gap; Flatten gap > v; Mul c v > a" TAIL, LSN_E_UNSUPPORTED, "node 'Mul' (Mul): axis 1 of its two inputs (10 and 1 values) stands for different things"},
    {13, CONV "Div c $0.0 > a" TAIL, LSN_E_MODEL, "node 'Div' (Affine): element 0 of its scale is Inf, not a finite number"},
    {13, CONV "Add c k:9 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Add' (Add): a constant of 9 values along dimension 0 does not fit its input's 10 there"},
    {13, CONV "Add c k:3x1x1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Add' (Add): a constant of 3 values along dimension 0 does not fit its input's 4 there"},
    {13, CONV "Add c > a" TAIL, LSN_E_MODEL, "node 'Add' (Add): has not two inputs"},
    {13, CONV "Add c k:1x1x1x1x1x1x1x1x1 > a" TAIL, LSN_E_UNSUPPORTED, "tensor 'k' has 9 dimensions, at most 8 are supported"},
    {13, CONV "Reshape c #1,2,2,8,10 > s; ReduceL2 s > a axes=1," TAIL, LSN_E_UNSUPPORTED, "node 'ReduceL2' (ReduceL2): reduces some of the channels, or channels and one of height and width, which only a mean, a sum, a maximum or a minimum may"},
    {13, "Conv x w:130x3x1x1 > c; Reshape c #1,65,2,8,10 > s; ReduceMax s > a axes=1," TAIL, LSN_E_UNSUPPORTED, "node 'ReduceMax' (ReduceMax): reduces 65 by 65 of the channels; all of them can be reduced, or at most 64 by 64"},
    {13, "Range #0 #8 #0 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Range' (Range): makes inf numbers"},
    {13, "Range #0,1 #8 #1 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Range' (Range): its start, limit or delta is not one number"},
    {13, "Tile w:4x3x1x1 #1,1 > t; Conv x t > a" TAIL, LSN_E_MODEL, "node 'Tile' (Tile): has 2 repeats for 4 dimensions"},
    {13, "Tile w:4x3x1x1 #1,1,-1,1 > t; Conv x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'Tile' (Tile): repeats 1 value -1 times"},
    {13, "Tile w:4x3x1x1 #1073741824,1073741824,1073741824,1 > t; Conv x t > a" TAIL, LSN_E_MODEL, "node 'Tile' (Tile): computes a constant with 4294967296 along axis 0"},
    {13, "MatMul w:4x3 v:4x3 > t; MatMul x t > a" TAIL, LSN_E_MODEL, "node 'v' (MatMul): multiplies rows of 3 by columns of 4"},
    {13, "MatMul w:1x4x3 v:3x4 > t; MatMul x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'v' (MatMul): multiplies constants of 3 and 2 dimensions; vectors and matrices can be"},
    {13, "ConstantOfShape #10000,10000 > m; MatMul m m > t; MatMul x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'm' (MatMul): multiplies constants of 10000 x 10000 and 10000 x 10000, which is too much"},
    {13, "BatchNormalization w:4x3x1x1 s:4 b:3 m:3 v:3 > t; Conv x t > a" TAIL, LSN_E_MODEL, "node 's' (BatchNormalization): input 1 has 4 numbers, axis 1 3"},
    {13, CONV "If c > a then_branch=[Identity:c else_branch=[Identity:x" TAIL, LSN_E_UNSUPPORTED, "node 'If' (If): its condition depends on the image; one that is known when the model is loaded is supported"},
    {13, CONV "If #1 > a then_branch=[Relu:c else_branch=[Identity:x" TAIL, LSN_E_UNSUPPORTED, "node 'If' (Relu): stands in a branch of an If, where only what rearranges is supported"},
    {13, CONV "If #1 > a else_branch=[Identity:x" TAIL, LSN_E_UNSUPPORTED, "node 'If' (If): has not two branches with one output each"},
    {13, CONV "If #1 > a then_branch=[Identity:w else_branch=[Identity:x" TAIL, LSN_E_UNSUPPORTED, "node 'If' (If): its branch gives no feature map"},
    {13, CONV "If #1 > a then_branch=[Identity:d else_branch=[Identity:x" TAIL, LSN_E_MODEL, "node 'If' (If): its input 'd' is no node's output"},
    {13, CONV "Loop #1 > a then_branch=[Identity:d" TAIL, LSN_E_UNSUPPORTED, "node 'Loop' (Loop): this op is not supported"},
    {13, CONV "Tile c #1,2,1 > a" TAIL, LSN_E_MODEL, "node 'Tile' (Tile): has 3 repeats for 4 dimensions"},
    {13, CONV "Tile c #1,1,-2,1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Tile' (Tile): repeats the 8 values of axis 2 -2 times; all channels, height and width can be repeated, to at most 65536"},
    {13, CONV "Expand c #2,4,8,10 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Expand' (Expand): repeats the 1 value of axis 0 2 times; all channels, height and width can be repeated, to at most 65536"},
    {13, CONV "Expand c #1,8,8,10 > a" TAIL, LSN_E_MODEL, "node 'Expand' (Expand): expands the 4 values of axis 1 to 8"},
    {13, CONV "ReduceL2 c > a axes=2," TAIL, LSN_E_UNSUPPORTED, "node 'ReduceL2' (ReduceL2): reduces rows or columns alone, which only a mean, a sum, a maximum or a minimum may"},
    {13, CONV "ReduceL1 c > a axes=1,2" TAIL, LSN_E_UNSUPPORTED, "node 'ReduceL1' (ReduceL1): reduces some of the channels, or channels and one of height and width, which only a mean, a sum, a maximum or a minimum may"},
    {13, CONV "ReduceMean c > a axes=4," TAIL, LSN_E_MODEL, "node 'ReduceMean' (ReduceMean): axis 4 is outside its input of rank 4"},
    {17, CONV "LayerNormalization c k:10 > a" TAIL, LSN_E_UNSUPPORTED, "node 'k' (LayerNormalization): normalisation is supported over the channels, or over these and all of space"},
    {17, CONV "LayerNormalization c k:3x1x1 > a axis=1" TAIL, LSN_E_UNSUPPORTED, "node 'k' (LayerNormalization): a constant of 3 values along dimension 0 does not fit its input's 4 there"},
    {17, SMOOTH "Unsqueeze v #2 > u; LayerNormalization u k:1 > y axis=2", LSN_E_UNSUPPORTED, "node 'k' (LayerNormalization): normalisation is supported over the channels, or over these and all of space"},
    {13, CONV "Clip c c > a" TAIL, LSN_E_UNSUPPORTED, "node 'Clip' (Clip): an input is not constant"},
    {13, CONV "Clip c #1,2 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Clip' (Clip): its min is not one number"},
    {13, CONV "Pad c #1,0,0,0,0,0,0,0 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Pad' (Pad): pads axis 0 by 1; channels, height and width can be padded"},
    {13, CONV "Pad c #0,-1,0,0,0,0,0,0 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Pad' (Pad): pads channels by -1 and 0; they can be padded with constants"},
    {13, CONV "Pad c #0,0,0 > a" TAIL, LSN_E_MODEL, "node 'Pad' (Pad): has 3 pads for 4 axes"},
    {13, CONV "Pad c #0,0,1,1,0,0,0,0 > a mode='mirror" TAIL, LSN_E_UNSUPPORTED, "node 'Pad' (Pad): attribute 'mode' is 'mirror', not supported"},
    {13, CONV "Pad c > a" TAIL, LSN_E_MODEL, "node 'Pad' (Pad): has 0 pads for 4 axes"},
    {13, CONV "Squeeze c #1 > a" TAIL, LSN_E_MODEL, "node 'Squeeze' (Squeeze): axis 1 has 4 values, not 1"},
    {13, CONV "Unsqueeze c #9 > a" TAIL, LSN_E_MODEL, "node 'Unsqueeze' (Unsqueeze): axis 9 is outside its input of rank 5"},
    {13, CONV "Unsqueeze c #0,1,2,3,4 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Unsqueeze' (Unsqueeze): its result has more than 8 dimensions"},
    {13, CONV "Unsqueeze c #1,1 > a" TAIL, LSN_E_MODEL, "node 'Unsqueeze' (Unsqueeze): axis 1 is listed twice"},
    {13, CONV "Cast c > a to=7" TAIL, LSN_E_UNSUPPORTED, "node 'Cast' (Cast): attribute 'to' is type 7; a feature map stays in floats"},
    {13, CONV "Gelu c > a approximate='sigmoid" TAIL, LSN_E_UNSUPPORTED, "node 'Gelu' (Gelu): attribute 'approximate' is 'sigmoid', not supported"},
    {13, CONV "Flatten c > a axis=5" TAIL, LSN_E_UNSUPPORTED, "node 'Flatten' (Flatten): attribute 'axis' is 5, supported are -4 ... 4"},
    {13, CONV "LRN c > a size=0" TAIL, LSN_E_UNSUPPORTED, "node 'LRN' (LRN): attribute 'size' is 0, supported are 1 ... 65536"},
    {13, CONV "LRN c > a alpha=0.5" TAIL, LSN_E_MODEL, "node 'LRN' (LRN): has no size"},
    {13, CONV "LeakyRelu c > a alpha=1" TAIL, LSN_E_MODEL, "node 'LeakyRelu' (LeakyRelu): attribute 'alpha' is not of its type"},
    {13, "Transpose w:4x3 > t perm=0,0; Conv x t > a" TAIL, LSN_E_MODEL, "node 'Transpose' (Transpose): attribute 'perm' has axis 0 twice"},
    {13, "Reshape w:1 > t; Conv x t > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): has no shape"},
    {13, "Reshape w:2x2 #3,-1 > t; Conv x t > a" TAIL, LSN_E_MODEL, "node 'Reshape' (Reshape): reshapes 4 values to 3"},
    {13, "Gather #1,2 #2 > t axis=0; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Gather' (Gather): index 2 is outside 2 elements"},
    {13, "Gather #1,2 nan:6 > t axis=0; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Gather' (Gather): index nan is outside 2 elements"},
    {13, "Slice #1,2 #0 #2 #0 #0 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Slice' (Slice): a step is 0"},
    {13, "Concat #1 _ > t axis=0; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Concat' (Concat): has no input 1"},
    {13, "Concat _ #1 > t axis=0; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Concat' (Concat): has no input 0"},
    {13, "Concat #1 w:1x1 > t axis=0; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Concat' (Concat): its constants do not fit together"},
    {13, "Squeeze #1,2 #0 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Squeeze' (Squeeze): 2 numbers cannot be reshaped to 1"},
    {13, "Add #1,2 #1,2,3 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Add' (Add): its constants do not broadcast"},
    {13, "ConstantOfShape #100000,100000 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'ConstantOfShape' (ConstantOfShape): computes a constant with 100000 along axis 1"},
    {13, "ConstantOfShape #-1 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'ConstantOfShape' (ConstantOfShape): computes a constant with -1 along axis 0"},
    {13, "ConstantOfShape nan:6 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'ConstantOfShape' (ConstantOfShape): its shape must be whole numbers, not -0.5"},
    {13, "Constant > t value_string='a; Reshape x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'Constant' (Constant): attribute 'value_string' is not supported"},
    {13, "Constant > t; Reshape x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'Constant' (Constant): attribute '(none)' is not supported"},
    {13, "Shape x > t start=5; Reshape x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'Shape' (Shape): attribute 'start' is 5, supported are -4 ... 4"},
    {5, SMOOTH "Relu v > y", LSN_E_UNSUPPORTED, "uses opset 5 of ONNX, supported are 6 and later"},
    {6, CONV "Add c k:4 > a broadcast=1 axis=4" TAIL, LSN_E_MODEL, "node 'Add' (Add): its second input of 1 dimension does not fit the first one's 4 from axis 4 on"},
    {6, CONV "Add c k:4 > a broadcast=1 axis=-1" TAIL, LSN_E_UNSUPPORTED, "node 'Add' (Add): attribute 'axis' is -1, supported are 0 ... 7"},
    {6, CONV "BatchNormalization c s:4 t:4 m:4 n:4 > a is_test=0" TAIL, LSN_E_UNSUPPORTED, "node 's' (BatchNormalization): attribute 'is_test' is 0, supported are 1 ... 1"},
    {7, CONV "Add c k:4x1x1 > a broadcast=1" TAIL, LSN_E_UNSUPPORTED, "node 'Add' (Add): attribute 'broadcast' is not supported"},
    {13, CONV "BatchNormalization c s:4 t:4 m:4 n:4 > a mean var" TAIL, LSN_E_UNSUPPORTED, "node 's' (BatchNormalization): has the outputs of training mode; export the network for inference (in PyTorch after model.eval())"},
    {8, CONV "ImageScaler c > a bias=1,2" TAIL, LSN_E_MODEL, "node 'ImageScaler' (ImageScaler): its bias is not one number for each of 4 channels"},
    {13, "Unsqueeze #1,2 #0,0 > t; Reshape x t > a" TAIL, LSN_E_MODEL, "node 'Unsqueeze' (Unsqueeze): axis 0 is listed twice"},
    {13, "Slice #1,2 #0,0 #1,1 #0,0 > t; Reshape x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'Slice' (Slice): slices a constant along 2 axes, one is supported"},
    {13, CONV "Gather c nan:6 > a axis=1" TAIL, LSN_E_MODEL, "node 'Gather' (Gather): its indices must be whole numbers, not -0.5"},
    {13, CONV "Pow c c > d; Relu d > a" TAIL, LSN_E_UNSUPPORTED, "node 'Pow' (Pow): its exponent is computed from the image; a constant one is supported"},
    {13, CONV "ReduceMean c > m axes=1,; Sub c m > d; Pow d > q; Relu q > a" TAIL, LSN_E_UNSUPPORTED, "node 'Pow' (Pow): its exponent is missing; a constant one is supported"},
    {13, CONV "HardSigmoid c > a alpha=-1.0" TAIL, LSN_E_MODEL, "node 'HardSigmoid' (HardSigmoid): alpha is -1, must be in 0 ... 1e+30"},
    {13, CONV "Clip c _ $1e38 > d; Clip d $nan > a" TAIL, LSN_E_MODEL, "node 'Clip_2' (Clip): min is nan, must be in -1e+30 ... 1e+30"},
    {13, CONV "Slice c #0 #-9223372036854775808 #1 #-9223372036854775808 > d; Slice d #5 > a" TAIL, LSN_E_MODEL, "node 'Slice_2' (Slice): its starts, ends, axes and steps do not fit"},
    {10, CONV "Dropout c > d ratio=0.5 is_test=1; Relu d > a" TAIL, LSN_E_UNSUPPORTED, "node 'Dropout' (Dropout): attribute 'is_test' is not supported"},
    {13, CONV "Max > a" TAIL, LSN_E_MODEL, "node 'Max' (Max): has no input"},
    {13, CONV "Sum c _ > a" TAIL, LSN_E_MODEL, "node 'Sum' (Sum): has no input 1"},
    {13, CONV "Mean c c k:3 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Mean' (Mean): a constant of 3 values along dimension 0 does not fit its input's 10 there"},
    {13, CONV "Pow $2.0 c > a" TAIL, LSN_E_UNSUPPORTED, "node 'Pow' (Pow): input 0 is a constant, only feature maps are supported there"},
    {13, CONV "Pow c k:4x1x1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Pow' (Pow): its exponent is not one number"},
    {13, CONV "PRelu c c > a" TAIL, LSN_E_UNSUPPORTED, "node 'PRelu' (PRelu): its slope must be constant"},
    {13, CONV "PRelu c k:8x10 > a" TAIL, LSN_E_UNSUPPORTED, "node 'PRelu' (PRelu): a constant of 8 values along dimension 0 does not fit the 4 channels of its input; only one number, or one per channel, is supported"},
    {13, CONV "PRelu c k:0 > a" TAIL, LSN_E_UNSUPPORTED, "node 'PRelu' (PRelu): a constant of 0 values along dimension 0 does not fit the 4 channels of its input; only one number, or one per channel, is supported"},
    {13, CONV "Celu c > a alpha=0.0" TAIL, LSN_E_MODEL, "node 'Celu' (Celu): alpha is 0, must be in 1e-30 ... 1e+30"},
    {18, CONV "GroupNormalization c s:4 t:4 > a" TAIL, LSN_E_MODEL, "node 'GroupNormalization' (GroupNormalization): has no num_groups"},
    {18, CONV "GroupNormalization c s:4 t:4 > a num_groups=3" TAIL, LSN_E_MODEL, "node 'GroupNormalization' (GroupNormalization): 4 channels do not make 3 equal groups"},
    {18, CONV "GroupNormalization c s:3 t:4 > a num_groups=2" TAIL, LSN_E_MODEL, "node 'GroupNormalization' (GroupNormalization): its scale has 3 values, its input 4 channels"},
    {13, CONV "InstanceNormalization c s:4 c > a" TAIL, LSN_E_UNSUPPORTED, "node 'InstanceNormalization' (InstanceNormalization): its bias is computed from the image, only constants are supported"},
    {13, CONV "MeanVarianceNormalization c > a axes=0,2" TAIL, LSN_E_UNSUPPORTED, "node 'MeanVarianceNormalization' (MeanVarianceNormalization): normalises over other axes than height and width, and channels"},
    {13, CONV "LpNormalization c > a axis=1 p=3" TAIL, LSN_E_UNSUPPORTED, "node 'LpNormalization' (LpNormalization): attribute 'p' is 3, supported are 1 ... 2"},
    {18, CONV "LpPool c > a kernel_shape=2,2 ceil_mode=1" TAIL, LSN_E_UNSUPPORTED, "node 'LpPool' (LpPool): ceil_mode and dilations are not supported"},
    {18, CONV "LpPool c > a kernel_shape=2,2 dilations=1,2" TAIL, LSN_E_UNSUPPORTED, "node 'LpPool' (LpPool): ceil_mode and dilations are not supported"},
    {13, CONV "Pad c #0,0,-4,0,0,0,-4,0 > a" TAIL, LSN_E_MODEL, "node 'Pad' (Pad): pads 8 values by -4 and -4"},
    {13, CONV "Pad c #0,1,0,0,0,0,0,0 > a mode='edge" TAIL, LSN_E_UNSUPPORTED, "node 'Pad' (Pad): pads channels by 1 and 0; they can be padded with constants"},
    {13, CONV "Resize c > a" TAIL, LSN_E_MODEL, "node 'Resize' (Resize): has neither scales nor sizes"},
    {13, CONV "Resize c _ _ #1,8,8,10 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Resize' (Resize): resizes more than height and width"},
    {13, CONV "Resize c _ #1,2,1,1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Resize' (Resize): resizes more than height and width"},
    {13, CONV "Resize c _ #2,1,1,1 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Resize' (Resize): resizes more than height and width"},
    {13, CONV "Resize c _ _ #1,4,8 > a" TAIL, LSN_E_MODEL, "node 'Resize' (Resize): has 3 scales or sizes, not 4"},
    {13, CONV "Resize c _ _ #1,4,0,10 > a" TAIL, LSN_E_MODEL, "node 'Resize' (Resize): resizes 8 rows or columns to 0"},
    {18, CONV "Resize c _ _ #8,10 > a" TAIL, LSN_E_MODEL, "node 'Resize' (Resize): has 2 scales or sizes, not 4"},
    {18, CONV "Resize c _ _ #10,8 > a axes=3,2" TAIL, LSN_E_UNSUPPORTED, "node 'Resize' (Resize): resizes axes 3 and 2; height and width, 2 and 3, can be resized"},
    {13, CONV "Resize c _ c > a" TAIL, LSN_E_UNSUPPORTED, "node 'Resize' (Resize): an input is not constant"},
    {13, CONV "Resize c _ #1,1,2,2 > a coordinate_transformation_mode='tf_crop_and_resize" TAIL, LSN_E_UNSUPPORTED, "node 'Resize' (Resize): attribute 'coordinate_transformation_mode' is 'tf_crop_and_resize', not supported"},
    {18, CONV "Resize c _ #1,1,2,2 > a antialias=1" TAIL, LSN_E_UNSUPPORTED, "node 'Resize' (Resize): attribute 'antialias' is 1, supported are 0 ... 0"},
    {7, CONV "Upsample c > a scales=1,1,2,2" TAIL, LSN_E_UNSUPPORTED, "node 'Upsample' (Upsample): attribute 'scales' is not supported"},
    {13, SMOOTH "Unsqueeze v #1 > u; Conv u k:2x1x3 > a" TAIL, LSN_E_UNSUPPORTED, "node 'k' (Conv): a convolution over a vector may have one input and one output channel, and no auto_pad"},
    {13, SMOOTH "Unsqueeze v #1 > u; Conv u k:1x1x5 > a" TAIL, LSN_E_MODEL, "node 'k' (Conv): its kernel does not fit its 4 values"},
    {13, SMOOTH "Unsqueeze v #1 > u; Conv u k:1x1x3 > a dilations=65536," TAIL, LSN_E_MODEL, "node 'k' (Conv): its kernel does not fit its 4 values"},
    {13, "DequantizeLinear w:4x3x1x1 s:3 > q axis=0; Conv x q > a" TAIL, LSN_E_UNSUPPORTED, "node 'DequantizeLinear' (DequantizeLinear): its scale has 3 values; one, or one for each index of an axis, is supported"},
    {13, "DequantizeLinear w:4x3x1x1 s:4 z:3 > q axis=0; Conv x q > a" TAIL, LSN_E_UNSUPPORTED, "node 'DequantizeLinear' (DequantizeLinear): its scale has 4 values; one, or one for each index of an axis, is supported"},
    {13, "DequantizeLinear w:4x3x1x1 s:4 > q axis=4; Conv x q > a" TAIL, LSN_E_MODEL, "node 'DequantizeLinear' (DequantizeLinear): axis 4 is outside its input of rank 4"},
    {13, "Expand w:4x3x1x1 #1,1,1,1,1,1,1,1,1 > q; Conv x q > a" TAIL, LSN_E_UNSUPPORTED, "node 'Expand' (Expand): expands to 9 dimensions"},
    {13, "Expand w:4x3x1x1 #2,1,1,1 > q; Conv x q > a" TAIL, LSN_E_MODEL, "node 'Expand' (Expand): its constants do not broadcast"},
    {13, "Where #1 w:4x3x1x1 v:3x3x1x1 > q; Conv x q > a" TAIL, LSN_E_MODEL, "node 'Where' (Where): its constants do not broadcast"},
    {13, "ReduceMean w:4x3x1x1 > q axes=4,; Conv x q > a" TAIL, LSN_E_MODEL, "node 'ReduceMean' (ReduceMean): axis 4 is outside its input of rank 4"},
    {13, "ConstantOfShape #1,1,1,1,1,1,1,1,1 > t; Reshape x t > a" TAIL, LSN_E_UNSUPPORTED, "node 'ConstantOfShape' (ConstantOfShape): its shape or value is not supported"},
    {13, CONV "Expand c #1,1,4,8,10 > a" TAIL, LSN_E_UNSUPPORTED, "node 'Expand' (Expand): expands 4 dimensions to 5"},
    {13, CONV "SpaceToDepth c > a" TAIL, LSN_E_MODEL, "node 'SpaceToDepth' (SpaceToDepth): has no blocksize"},
    {13, CONV "SpaceToDepth c > a blocksize=4" TAIL, LSN_E_MODEL, "node 'SpaceToDepth' (SpaceToDepth): 8 x 10 does not divide into blocks of 4"},
    {13, CONV "DepthToSpace c > a blocksize=3" TAIL, LSN_E_MODEL, "node 'DepthToSpace' (DepthToSpace): 4 channels do not divide into blocks of 3"},
};
/* clang-format on */

static void refused_graphs(void **state)
{
    size_t i;

    (void)state;
    /* The sketches are correct apart from the one fault each: without it they load. */
    loads("Conv x w:4x3x1x1 > a" TAIL, 13);
    loads("Conv z w:4x3x1x1 > a; Relu x > z" TAIL, 13); /* not in order */
    loads(SMOOTH "Reshape v #1,2,-1 > r; Squeeze r > s; Unsqueeze s #0 > u; Reshape u #1,4 > y",
          13);
    for (i = 0; i < TEST_COUNT(refusals); i++) {
        draw(refusals[i].sketch, refusals[i].opset);
        refused(refusals[i].sketch, refusals[i].code, refusals[i].sentence);
    }
}

/* Of an If node whose condition is constant, the chosen branch: the image's three channels, or the
 * convolution's four. */
static void chosen_branches(void **state)
{
    static const char *const sketches[] = {
        CONV "If #0 > a then_branch=[Identity:c else_branch=[Identity:x" TAIL,
        CONV "If #1 > a then_branch=[Identity:c else_branch=[Identity:x" TAIL};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        draw(sketches[i], 13);
        test_ok(load_sketch(&model, &err), &err);
        assert_int_equal(lsn_model_classes(model), 3 + i);
        lsn_model_free(model);
    }
    draw(sketches[0], 13);
    s.graphs[0][1] = 0xff; /* no length of a node */
    refused("a damaged branch", LSN_E_FORMAT, "attribute 'then_branch' holds no graph");
}

/* Outputs that cannot be logits; these sentences come from the graph, without the path. */
static void refused_outputs(void **state)
{
    static const struct {
        const char *sketch, *sentence;
    } cases[] = {
        {"Relu x > y", "node 'Relu' is the network's output with shape 3 x 8 x 10, wanted a "
                       "vector of at least 2 logits"},
        {"Conv x w:1x3x1x1 > y", "node 'w' is the network's output with shape 1 x 8 x 10, wanted a "
                                 "vector of at least 2 logits"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        draw(cases[i].sketch, 13);
        refused(cases[i].sketch, LSN_E_MODEL, cases[i].sentence);
    }
}

/* The weight of the sketch that the next tests spoil. */
static Lsn__OnnxTensor *fresh_weight(void)
{
    draw("Conv x w:4x3x1x1 > a" TAIL, 13);
    return &s.tensors[0];
}

static void refused_dims(void **state)
{
    static const struct {
        int64_t dims[4];
        enum lsn_status code;
        const char *sentence;
    } cases[] = {
        {{-4, 3, 1, 1}, LSN_E_FORMAT, "tensor 'w': dimension 0 is -4"},
        {{4, 3, 1, INT64_MAX}, LSN_E_FORMAT, "tensor 'w': dimension 3 is 9223372036854775807"},
        {{1 << 21, 1 << 20, 1, 1}, LSN_E_FORMAT, "tensor 'w': dimension 1 is 1048576"},
        /* The product of these dimensions overflows to 12, or is 0. */
        {{(int64_t)1 << 62, 4, 12, 1},
         LSN_E_FORMAT,
         "tensor 'w': dimension 0 is 4611686018427387904"},
        {{0, (int64_t)1 << 62, 4, 1},
         LSN_E_FORMAT,
         "tensor 'w': dimension 1 is 4611686018427387904"},
        {{4, 3, 0, 1}, LSN_E_MODEL, "node 'w' (Conv): dimension 2 of its weight is 0"},
        {{4, 3, 1, 2},
         LSN_E_FORMAT,
         "node 'w' (Conv): tensor 'w': holds 12 elements, its shape wants 24"},
        {{4, 3, 1 << 16, 1},
         LSN_E_FORMAT,
         "node 'w' (Conv): tensor 'w': holds 12 elements, its shape wants 786432"},
    };
    int64_t nine[9] = {4, 3, 1, 1, 1, 1, 1, 1, 1};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        memcpy(fresh_weight()->dims, cases[i].dims, sizeof cases[i].dims);
        refused("dims", cases[i].code, cases[i].sentence);
    }
    fresh_weight()->dims = nine;
    s.tensors[0].n_dims = 9;
    refused("rank", LSN_E_UNSUPPORTED, "tensor 'w' has 9 dimensions, at most 8 are supported");
    s.tensors[0].n_dims = 5;
    refused("rank", LSN_E_UNSUPPORTED, "node 'w' (Conv): its weight has 5 dimensions, wanted 4");
    s.tensors[0].n_dims = 0;
    refused("rank", LSN_E_UNSUPPORTED, "node 'w' (Conv): its weight has 0 dimensions, wanted 4");
}

/* Too few or too many raw bytes, and numbers in another type's field. */
static void refused_storage(void **state)
{
    Lsn__OnnxTensor *t = fresh_weight();
    static const int types[] = {6, 7, 10, 11, 13, 16};
    int32_t ints[12] = {0};
    char sentence[256];
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(types); i++) {
        t->data_type = types[i];
        snprintf(sentence, sizeof sentence,
                 "node 'w' (Conv): tensor 'w': its elements of ONNX type %d stand in another "
                 "type's field",
                 types[i]);
        refused("field", LSN_E_FORMAT, sentence);
    }
    t->n_float_data = 0;
    t->n_int32_data = 12;
    t->int32_data = ints;
    for (i = 1; i <= 13; i += 10) { /* read as bits of 16, these would be read too far */
        t->data_type = (int32_t)i;
        snprintf(sentence, sizeof sentence,
                 "node 'w' (Conv): tensor 'w': its elements of ONNX type %zu stand in another "
                 "type's field",
                 i);
        refused("field", LSN_E_FORMAT, sentence);
    }
    t->data_type = 8;
    refused("type", LSN_E_UNSUPPORTED,
            "node 'w' (Conv): tensor 'w': elements of ONNX type 8 are not supported");
    t->data_type = 1;
    t->n_int32_data = 0;
    refused("nothing", LSN_E_FORMAT,
            "node 'w' (Conv): tensor 'w': holds 0 elements, its shape wants 12");
    t->has_raw_data = 1;
    t->raw_data.data = (uint8_t *)weights;
    t->raw_data.len = 47;
    refused("raw", LSN_E_FORMAT, "node 'w' (Conv): tensor 'w': holds 47 bytes, its shape wants 48");
    t->raw_data.len = 49;
    refused("raw", LSN_E_FORMAT, "node 'w' (Conv): tensor 'w': holds 49 bytes, its shape wants 48");
    t->raw_data.len = 0;
    refused("raw", LSN_E_FORMAT,
            "node 'w' (Conv): tensor 'w': holds 0 elements, its shape wants 12");
    /* The fields that say where raw data lie are the reader's own: a file may not give them. */
    t->has_raw_data = 0;
    t->has_lent_offset = t->has_lent_length = 1;
    t->lent_offset = 8;
    t->lent_length = 48;
    refused("lent", LSN_E_FORMAT,
            "node 'w' (Conv): tensor 'w': holds 0 elements, its shape wants 12");
}

#define ONE_CHANNEL                                                                                \
    "input 'x' takes images of 1 channel, and 'channels' of the preprocessing is 3: it must "      \
    "be 1 there, with as many numbers in 'mean' and 'std'"
#define THREE_OR_ONE ", supported are 3 (colour) and 1 (grey)"

static void refused_images(void **state)
{
    static const struct {
        int64_t dims[9];
        size_t rank;
        const char *size, *sentence; /* one of them */
    } images[] = {
        {{1, 3, 10, 8}, 4, "1 x 3 x 10 x 8", NULL},
        {{1, 1, 8, 10}, 4, NULL, ONE_CHANNEL},
        {{1, 8, 10, 1}, 4, NULL, ONE_CHANNEL},
        {{1, 8, 10}, 3, NULL, ONE_CHANNEL},
        {{1, 4, 0, 0}, 4, NULL, "input 'x' takes images of 4 channels" THREE_OR_ONE},
        {{1, 2, 8, 10}, 4, NULL, "input 'x' takes images of 2 channels" THREE_OR_ONE},
        {{1, 3, 80}, 3, "1 x 3 x 80", NULL},
        {{3, 10, 8}, 3, "3 x 10 x 8", NULL},
        {{1, 241}, 2, "1 x 241", NULL},
        {{240}, 1, "240", NULL},
        {{1, 3, 8, 10, 1, 1, 1, 1, 1}, 9, "1 x 3 x 8 x 10 x 1 x 1 x 1 x 1", NULL},
    };
    char sentence[256];
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(images); i++) {
        fresh_weight();
        set_image(images[i].dims, images[i].rank);
        snprintf(sentence, sizeof sentence,
                 "input 'x' is %s (0: any size); the preprocessing makes one image of 3 x 8 x 10",
                 images[i].size ? images[i].size : "");
        refused("image",
                images[i].sentence && strstr(images[i].sentence, "supported") ? LSN_E_UNSUPPORTED
                                                                              : LSN_E_MODEL,
                images[i].sentence ? images[i].sentence : sentence);
    }
}

#define NO_OPSET                                                                                   \
    "does not say by which version of ONNX's ops it is meant (opset_import); set it with "         \
    "onnx.helper.make_opsetid, or export it again"

/* Inputs, outputs, nodes and opset: too many or none. */
static void refused_counts(void **state)
{
    (void)state;
    fresh_weight();
    add_value(s.inputs[1] = &s.values[2], "z");
    s.graph.n_input = 2;
    refused("inputs", LSN_E_UNSUPPORTED, "the network has 2 inputs, wanted one image");
    s.graph.n_input = 0;
    refused("inputs", LSN_E_UNSUPPORTED, "the network has 0 inputs, wanted one image");
    fresh_weight();
    s.graph.n_output = 0;
    refused("outputs", LSN_E_UNSUPPORTED, "the network has 0 outputs, supported are 1 ... 64");
    fresh_weight();
    s.graph.n_node = 0;
    refused("empty", LSN_E_UNSUPPORTED, "has 0 nodes, supported are 1 ... 50000");
    s.model.graph = NULL;
    refused("no graph", LSN_E_FORMAT, "holds no ONNX graph");
    draw("Conv x w:4x3x1x1 > c @one; Conv c w:4x4x1x1 > a @two" TAIL, 13);
    refused("two initialisers", LSN_E_MODEL, "two initialisers are called 'w'");
    fresh_weight();
    s.model.n_opset_import = 0;
    refused("no opset", LSN_E_FORMAT, NO_OPSET);
    s.model.n_opset_import = 1;
    s.opset.domain = "com.microsoft";
    refused("opset", LSN_E_FORMAT, NO_OPSET);
}

/* ---- several outputs, and what is said of them ---- */

/* The outputs of the sketch besides y, with spaces between. */
static void add_outputs(char *names)
{
    char *rest, *name;

    for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        assert_true(s.graph.n_output < TEST_COUNT(s.outputs));
        add_value(s.outputs[s.graph.n_output] = &s.values[2 + s.graph.n_output], name);
        s.graph.n_output++;
    }
}

#define CHOSEN(name, count) "its output '" name "', one of " count ", is taken as the logits"
#define UNTOLD              "which of its outputs are the logits cannot be told: "
#define NAME_IT             "; name the logits with --output-name"
#define HEADS               SMOOTH "Gemm v h:4x3 > y; Gemm v g:4x5 > z"

/* clang-format off */
static const struct several {
    const char *sketch, *others, *name;
    int classes; /* 0: refused */
    const char *said; /* the first note, or the error */
} several[] = {
    {SMOOTH "Gemm v h:4x3 > y", "c v", NULL, 3, CHOSEN("y", "3")},
    {SMOOTH "Gemm v h:4x3 > z; Gemm z g:3x1 > y", "z", NULL, 3, CHOSEN("z", "2")},
    {SMOOTH "Gemm v h:4x1 > z; Sigmoid z > y", "c", NULL, 2, CHOSEN("y", "2")},
    {SMOOTH "Gemm v h:4x3 > z; Softmax z > y; Frobnicate z > q; ArgMax q > l", "z l", NULL, 3, CHOSEN("z", "3")},
    {HEADS, "z", NULL, 0, UNTOLD "'y' (3 numbers), 'z' (5 numbers)" NAME_IT},
    {HEADS, "z v", NULL, 0, UNTOLD "'y' (3 numbers), 'z' (5 numbers), 'v' (4 numbers)" NAME_IT},
    {HEADS, "z", "z", 5, CHOSEN("z", "2")},
    {HEADS, "z", "v", 0, "has no output 'v': 'y' (3 numbers), 'z' (5 numbers)" NAME_IT},
    {HEADS "; ArgMax z > l", "l z", "l", 0, "its output 'l' is a label, not the logits it is found from; export these"},
    {HEADS "; Frobnicate z > f", "f", NULL, 0, UNTOLD "'y' (3 numbers), 'f' (not supported)" NAME_IT},
    {SMOOTH "Gemm v h:4x3 > z; Frobnicate z > y", "z", NULL, 0, UNTOLD "'y' (not supported), 'z' (3 numbers)" NAME_IT},
    {SMOOTH "Gemm v h:4x3 > z; Softmax z > p; Frobnicate p > q; Relu q > y", "p", NULL, 3, CHOSEN("p", "2")},
    {CONV "Frobnicate c > y; Relu y > z", "z", NULL, 0, "node 'Frobnicate' (Frobnicate): this op is not supported"},
    {CONV "Relu c > y; Tanh c > z", "z", NULL, 0, UNTOLD "'y' (4 x 8 x 10), 'z' (4 x 8 x 10)" NAME_IT},
};
/* clang-format on */

static void several_outputs(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(several); i++) {
        const struct several *one = &several[i];
        const struct lsn_model_options options = {sizeof options, INPUT, one->name};
        struct lsn_error err = LSN_ERROR_NONE;
        char others[64], wanted[600];
        struct lsn_model *model;

        draw(one->sketch, 13);
        snprintf(others, sizeof others, "%s", one->others);
        add_outputs(others);
        if (one->classes) {
            test_ok(load_sketch_with(&options, &model, &err), &err);
            assert_int_equal(lsn_model_classes(model), one->classes);
            assert_string_equal(lsn_model_note(model, 0), one->said);
            lsn_model_free(model);
            continue;
        }
        snprintf(wanted, sizeof wanted, "%s/a.onnx: %s", test_scratch_folder, one->said);
        assert_true(load_sketch_with(&options, &model, &err) != LSN_OK);
        assert_string_equal(err.text, wanted);
        assert_null(model);
    }
}

/* Each output of a file is a network of its own in a run. */
static void outputs_differ_in_hash(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char name[2] = "y", z[2] = "z", hashes[2][65];
    const struct lsn_model_options options = {sizeof options, INPUT, name};
    struct lsn_model *model;

    (void)state;
    for (; name[0] <= 'z'; name[0]++) {
        draw(HEADS, 13);
        add_outputs(z);
        test_ok(load_sketch_with(&options, &model, &err), &err);
        snprintf(hashes[name[0] - 'y'], 65, "%s", lsn_model_sha256(model));
        lsn_model_free(model);
    }
    assert_string_not_equal(hashes[0], hashes[1]);
}

#define OFF(what)                                                                                  \
    "the final " what " is taken off; it leaves the order of the classes as it is, and what "      \
    "counts are the logits before it"

static void notes(void **state)
{
    static const struct {
        const char *sketch, *note; /* NULL: none */
    } cases[] = {
        {SMOOTH "Relu v > y", NULL},
        {SMOOTH "Identity v > y", NULL},
        {SMOOTH "Softmax v > s; Reshape s #-1 > y", OFF("Softmax")},
        {SMOOTH "LogSoftmax v > y", OFF("LogSoftmax")},
        {SMOOTH "Softmax v > s; Log s > y", OFF("Softmax and Log")},
        {SMOOTH "Sigmoid v > y", OFF("Sigmoid")},
        {SMOOTH "Sigmoid v > s; Mul s v > y", NULL},
        {SMOOTH "Gemm v h:4x1 > y",
         "its one output is two classes: 0 (no) with the logit 0, 1 (yes) with the logit z that "
         "it is"},
        {SMOOTH "Gemm v h:4x1 > z; Sigmoid z > y",
         "its one output is two classes: 0 (no) with the logit 0, 1 (yes) with the logit z before "
         "the final Sigmoid, which is taken off"},
    };
    struct lsn_error err = LSN_ERROR_NONE;
    char *native = lsn_path_join(test_scratch_folder, "b.bin"),
         *path = lsn_path_join(test_scratch_folder, "a.onnx");
    struct lsn_model *model;
    size_t i;
    int way;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        draw(cases[i].sketch, 13);
        for (way = 0; way < 3; way++) { /* read, converted, and read back */
            if (way == 0)
                test_ok(load_sketch(&model, &err), &err);
            else if (way == 1)
                test_ok(lsn_model_convert(path, &input, NULL, native, true, &model, &err), &err);
            else
                test_ok(lsn_model_load(native, NULL, &model, &err), &err);
            assert_int_equal(lsn_model_notes(model), cases[i].note ? 1 : 0);
            if (cases[i].note)
                assert_string_equal(lsn_model_note(model, 0), cases[i].note);
            lsn_model_free(model);
        }
    }
    draw(SMOOTH "Relu v > y", 13);
    set_image((const int64_t[]){16, 3, 8, 10}, 4);
    test_ok(load_sketch(&model, &err), &err);
    assert_int_equal(lsn_model_notes(model), 1);
    assert_string_equal(lsn_model_note(model, 0), "its batch of 16 images is taken as 1");
    lsn_model_free(model);
    draw("Gemm x h:240x3 > y", 13);
    set_image((const int64_t[]){1, 240}, 2);
    test_ok(load_sketch(&model, &err), &err);
    assert_int_equal(lsn_model_notes(model), 1);
    assert_string_equal(lsn_model_note(model, 0),
                        "its input is one vector, taken as channels x height x width");
    lsn_model_free(model);
    draw("Reshape x #1,8,10,3 > r; Transpose r > t perm=0,3,1,2; Conv t w:4x3x1x1 > a" TAIL, 13);
    set_image((const int64_t[]){1, 240}, 2);
    test_ok(load_sketch(&model, &err), &err);
    assert_int_equal(lsn_model_notes(model), 0);
    lsn_model_free(model);
    lsn_free(native);
    lsn_free(path);
}

/* Pixels as they are, 0 ... 255, can be given to an input of whole numbers; others not. */
static void integer_image(void **state)
{
    static const char format[] =
        "{\"channels\":3,\"height\":8,\"width\":10,\"resize\":null,\"interpolation\":"
        "\"bilinear\",\"order\":\"RGB\",\"scale\":%s,\"mean\":[0,%s,0],\"std\":[1,1,%s]}";
    static const struct {
        int type;
        const char *scale, *mean, *std;
        bool fine;
    } cases[] = {{2, "1", "0", "1", true},  {7, "1", "0", "1", true},    {1, "0.5", "0", "1", true},
                 {3, "1", "0", "1", false}, {2, "0.5", "0", "1", false}, {2, "1", "2", "1", false},
                 {6, "1", "0", "2", false}, {9, "1", "0", "1", false},   {8, "1", "0", "1", false}};
    char text[512], wanted[600];
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_model_options options = LSN_MODEL_OPTIONS_DEFAULT;
        struct lsn_model *model;
        char *json;

        snprintf(text, sizeof text, format, cases[i].scale, cases[i].mean, cases[i].std);
        options.input_path = json = test_file(test_scratch_folder, "int.json", text, strlen(text));
        draw("Cast x > f to=1; Conv f w:4x3x1x1 > a" TAIL, 13);
        s.tensor_type.has_elem_type = 1;
        s.tensor_type.elem_type = cases[i].type;
        snprintf(wanted, sizeof wanted,
                 "%s/a.onnx: input 'x' takes whole numbers only (ONNX type %d), and the "
                 "preprocessing makes others of pixels of 0 ... 255: it must have scale 1, mean 0 "
                 "and std 1, and the type hold them",
                 test_scratch_folder, cases[i].type);
        if (cases[i].fine) {
            test_ok(load_sketch_with(&options, &model, &err), &err);
            assert_int_equal(lsn_model_notes(model), cases[i].type == 1 ? 0 : 1);
        } else {
            test_error(load_sketch_with(&options, &model, &err), &err, LSN_E_MODEL, wanted);
        }
        lsn_model_free(model);
        free(json);
    }
}

/* The layers of a sketch as "NAME PLACES, ..." */
static void check_layers(const char *text, const char *wanted)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    char got[300] = "";
    size_t used = 0;
    int i;

    draw(text, 13);
    test_ok(load_sketch(&model, &err), &err);
    for (i = 0; i < lsn_model_layers(model); i++)
        used += (size_t)snprintf(got + used, sizeof got - used, "%s%s %d", i ? ", " : "",
                                 lsn_model_layer_name(model, i), lsn_model_layer_places(model, i));
    assert_string_equal(got, wanted);
    lsn_model_free(model);
}

/* Which convolutions are one layer: weights that are shared, by another name, too, and weights
 * that are proportional where the names say so. A sketch's weights repeat every 13. */
static void shared_weights(void **state)
{
    (void)state;
    check_layers("Conv x w.weight:3x3x1x1 > c; Conv c w.weight > d; Conv d w.weight > a" TAIL,
                 "w 3");
    check_layers("Conv x w:3x3x1x1 > c @one; Conv c w > a @two" TAIL, "one 2");
    check_layers("Identity w:3x3x1x1 > v; Identity v > u; Conv x u > c; Conv c w > a" TAIL, "u 2");
    check_layers(
        "Conv x w:3x3x1x1 > c @/a/conv/Conv; Relu c > d; Conv d v:3x3x1x1 > a @/a_1/conv/Conv" TAIL,
        "w 1, v 1");
    check_layers("Conv x 497:3x3x1x1 > c @/a/conv/Conv; Conv c 498:3x3x1x1 > d @/a_1/conv_2/Conv; "
                 "Conv d 499:3x3x1x1 > a @/b/conv/Conv" TAIL,
                 "a.conv 2, b.conv 1");
    check_layers("Conv x 497:3x3x1x1 > c @Conv_0; Conv c 498:3x3x1x1 > a @Conv_1" TAIL, "Conv_0 2");
    check_layers("Conv x 497:3x3x1x1 > c @/a/Conv; Conv c 498:3x3x3x3 > a @/a_1/Conv" TAIL,
                 "a 1, a_1 1");
    check_layers("Conv x 497:3x1x1x1 > c group=3 @/a/Conv; Conv c 498:3x1x1x1 > a group=3 "
                 "@/a_1/Conv" TAIL,
                 "a 1, a_1 1");
}

/* An empty list may pass through nodes, but counts as the shape of a single number. */
static void empty_constants(void **state)
{
    (void)state;
    draw("Constant > t value_ints=1,; Transpose t > u; Reshape x u > a" TAIL, 13);
    s.attributes[0].n_ints = 0;
    refused("empty list", LSN_E_MODEL, "node 'Reshape' (Reshape): reshapes 240 values to 1");
}

/* The elements that Slice keeps by its specification, step by step: start is clamped to an element
 * (or, going up, to the end), and the walk stops at the given end. */
static void slice_twin(int start, int end, int step, int size, int64_t *first, int64_t *count)
{
    int last = step > 0 ? size : size - 1, at;

    start += start < 0 ? size : 0;
    end += end < 0 ? size : 0;
    start = start < 0 ? 0 : start > last ? last : start;
    *first = start;
    *count = 0;
    for (at = start; at >= 0 && at < size && (step > 0 ? at < end : at > end); at += step)
        ++*count;
}

static void slices(void **state)
{
    static const int64_t far = 1LL << 61;
    int64_t first, count, wanted_first, wanted_count;
    int size, start, end, step;

    (void)state;
    for (size = 0; size <= 5; size++)
        for (start = -12; start <= 12; start++)
            for (end = -12; end <= 12; end++)
                for (step = -7; step <= 7; step++) {
                    if (step == 0)
                        continue;
                    lsn_import_slice_indices(start, end, step, size, &first, &count);
                    slice_twin(start, end, step, size, &wanted_first, &wanted_count);
                    if (count != wanted_count || (count && first != wanted_first))
                        fail_msg("%d:%d:%d of %d: %d from %d on, wanted %d from %d on", start, end,
                                 step, size, (int)count, (int)first, (int)wanted_count,
                                 (int)wanted_first);
                }
    lsn_import_slice_indices(-far, -2 * far, -1, 5, &first, &count);
    assert_true(first == 0 && count == 1);
    lsn_import_slice_indices(far, -far, -2, 5, &first, &count);
    assert_true(first == 4 && count == 3);
    lsn_import_slice_indices(-far, far, far, 5, &first, &count);
    assert_true(first == 0 && count == 1);
}

/* ---- weights in other files ---- */

static void set_outside(const char *location, const char *offset, const char *length)
{
    const char *keys[3] = {"location", "offset", "length"};
    const char *values[3] = {location, offset, length};
    Lsn__OnnxTensor *t = fresh_weight();
    size_t i;

    t->n_float_data = 0;
    t->has_data_location = t->data_location = 1;
    t->external_data = s.pair_list;
    for (i = 0; i < 3; i++)
        if (values[i]) {
            Lsn__OnnxPair *pair = s.pair_list[t->n_external_data++] = &s.pairs[i];

            lsn__onnx_pair__init(pair);
            pair->key = (char *)(uintptr_t)keys[i];
            pair->value = (char *)(uintptr_t)values[i];
        }
}

static void refused_at(const char *location, const char *offset, const char *length,
                       enum lsn_status code, const char *format, ...) LSN_PRINTF(5, 6);

static void refused_at(const char *location, const char *offset, const char *length,
                       enum lsn_status code, const char *format, ...)
{
    char sentence[900], prefixed[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    snprintf(prefixed, sizeof prefixed, "node 'w' (Conv): %s", sentence);
    set_outside(location, offset, length);
    refused(location, code, prefixed);
}

static void outside_folder(void **state)
{
    char beside[256], up[512], into[512], absolute[512], link[512], wanted[1024];
    struct lsn_model *model;
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    /* A folder whose name begins with that of the model's. */
    snprintf(beside, sizeof beside, "%s-too", test_scratch_folder);
    assert_int_equal(mkdir(beside, 0700), 0);
    free(test_file(beside, "data.bin", weights, 48));
    free(test_file(test_scratch_folder, "data.bin", weights, 48));
    snprintf(up, sizeof up, "../%s/data.bin", lsn_path_base(beside));
    snprintf(into, sizeof into, "../%s/data.bin", lsn_path_base(test_scratch_folder));
    snprintf(absolute, sizeof absolute, "%s/data.bin", test_scratch_folder);
    snprintf(link, sizeof link, "%s/link.bin", test_scratch_folder);
    snprintf(wanted, sizeof wanted, "%s/data.bin", beside);
    assert_int_equal(symlink(wanted, link), 0);
#define OUTSIDE "tensor 'w': its data file '%s' lies outside the model's folder"
    refused_at(up, NULL, NULL, LSN_E_FORMAT, OUTSIDE, up);
    refused_at(absolute, NULL, NULL, LSN_E_FORMAT, OUTSIDE, absolute);
    refused_at("link.bin", NULL, NULL, LSN_E_FORMAT, OUTSIDE, "link.bin");
    refused_at("..", NULL, NULL, LSN_E_FORMAT, OUTSIDE, "..");
    refused_at("", NULL, NULL, LSN_E_FORMAT, OUTSIDE, "");
    set_outside(into, NULL, NULL); /* a roundabout way, but inside */
    test_ok(load_sketch(&model, &err), &err);
    lsn_model_free(model);
    set_outside("data.bin", "0", "48");
    test_ok(load_sketch(&model, &err), &err);
    lsn_model_free(model);
    assert_int_equal(remove(wanted), 0);
    assert_int_equal(rmdir(beside), 0);
}

static void outside_sizes(void **state)
{
    (void)state;
    free(test_file(test_scratch_folder, "data.bin", weights, 50));
    free(test_file(test_scratch_folder, "empty.bin", weights, 0));
#define NUMBER "tensor 'w': its external offset or length is no number"
    refused_at("data.bin", "-1", "48", LSN_E_FORMAT, NUMBER);
    refused_at("data.bin", "0x1", "48", LSN_E_FORMAT, NUMBER);
    refused_at("data.bin", "0", "99999999999999999999", LSN_E_FORMAT, NUMBER);
    refused_at("data.bin", "", "48", LSN_E_FORMAT, NUMBER);
    refused_at("data.bin", NULL, NULL, LSN_E_FORMAT,
               "tensor 'w': holds 50 bytes, its shape wants 48");
    refused_at("data.bin", "0", "47", LSN_E_FORMAT,
               "tensor 'w': holds 47 bytes, its shape wants 48");
    refused_at("empty.bin", NULL, NULL, LSN_E_FORMAT,
               "tensor 'w': holds 0 bytes, its shape wants 48");
    refused_at("data.bin", "3", "48", LSN_E_FORMAT,
               "%s/data.bin: has 50 bytes, 48 from byte 3 on were wanted", test_scratch_folder);
    refused_at("data.bin", "51", "48", LSN_E_FORMAT,
               "%s/data.bin: has 50 bytes, 48 from byte 51 on were wanted", test_scratch_folder);
    refused_at("none.bin", NULL, NULL, LSN_E_IO,
               "tensor 'w': its data file 'none.bin' cannot be found in %s", test_scratch_folder);
}

static void check_hash(const char *path, const char *sha256, bool equal)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    test_ok(lsn_model_load(path, &input, &model, &err), &err);
    if (equal)
        assert_string_equal(lsn_model_sha256(model), sha256);
    else
        assert_string_not_equal(lsn_model_sha256(model), sha256);
    lsn_model_free(model);
}

/* The model's hash covers the file, what it uses of its data file, and the preprocessing; computed
 * by Python's hashlib from the parts of the data file that the initialisers name. */
static void hash_covers_outside(void **state)
{
    static const char wanted[] = "5988164928b5cf1b4948bd707e9b91c210b56f18620c7608fc868335d36b9cfb";
    struct lsn_bytes file = golden_bytes("outside", ".onnx"), data = golden_bytes("data", ".bin");
    char *path = test_file(test_scratch_folder, "a.onnx", file.data, file.size);

    (void)state;
    check_hash(GOLDEN "silu.onnx",
               "0a4594ab5f0f357671a00d2fee9f5641d302272920b6877790095a04137a7e39", true);
    check_hash(GOLDEN "outside.onnx", wanted, true);
    data.data[440] ^= 1; /* between two spans */
    free(test_file(test_scratch_folder, "data.bin", data.data, data.size));
    check_hash(path, wanted, true);
    data.data[100] ^= 1;
    free(test_file(test_scratch_folder, "data.bin", data.data, data.size));
    check_hash(path, wanted, false);
    free(path);
    lsn_free(file.data);
    lsn_free(data.data);
}

/* ---- the preprocessing beside a model ---- */

static void preprocessing(void **state)
{
    static const char whole[] =
        "{\"channels\":3,\"height\":8,\"width\":10,\"resize\":null,\"interpolation\":"
        "\"bilinear\",\"order\":\"RGB\",\"scale\":1,\"mean\":[0,0,0],\"std\":[1,1,1]}";
    static const struct {
        const char *gone, *instead; /* of whole */
        enum lsn_status code;
        const char *sentence;
    } cases[] = {
        {"\"channels\":3,", "", LSN_E_FORMAT, "'channels' must be a whole number in 1 ... 16384"},
        {"\"channels\":3,", "\"channels\":2,", LSN_E_UNSUPPORTED,
         "'channels' is 2, supported are 3 (colour) and 1 (grey)"},
        {"\"channels\":3,", "\"channels\":4,", LSN_E_UNSUPPORTED,
         "'channels' is 4, supported are 3 (colour) and 1 (grey)"},
        {"\"channels\":3,", "\"channels\":1,", LSN_E_FORMAT,
         "'mean' must be 1 number in -1e+06 ... 1e+06, in brackets, one for each channel"},
        {"\"height\":8,", "", LSN_E_FORMAT, "'height' must be a whole number in 1 ... 16384"},
        {"\"width\":10,", "\"width\":\"10\",", LSN_E_FORMAT,
         "'width' must be a whole number in 1 ... 16384"},
        {"\"resize\":null", "\"resize\":[9,8,7]", LSN_E_FORMAT,
         "'resize' must be a whole number in 0 ... 16384, [height, width] with two in 1 ... 16384, "
         "or null"},
        {"\"order\":\"RGB\",", "", LSN_E_FORMAT, "'order' is missing, wanted \"RGB\" or \"BGR\""},
        {"\"RGB\"", "\"GREY\"", LSN_E_FORMAT, "'order' is GREY, wanted \"RGB\" or \"BGR\""},
        {"\"scale\":1,", "", LSN_E_FORMAT, "'scale' must be a number in 1e-06 ... 1e+06"},
        {"[0,0,0]", "[0,0]", LSN_E_FORMAT,
         "'mean' must be 3 numbers in -1e+06 ... 1e+06, in brackets, one for each channel"},
        {"[1,1,1]", "[1,0,1]", LSN_E_FORMAT,
         "'std' must be 3 numbers in 1e-06 ... 1e+06, in brackets, one for each channel"},
        {"\"scale\"", "\"size\"", LSN_E_FORMAT, "the key 'size' is not known"},
    };
    char text[512], wanted[1024];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    char *onnx, *json = NULL;
    struct lsn_bytes bytes = golden_bytes("silu", ".onnx");
    size_t i;

    (void)state;
    onnx = test_file(test_scratch_folder, "a.onnx", bytes.data, bytes.size);
    lsn_free(bytes.data);
    snprintf(wanted, sizeof wanted,
             "%s/a.input.json: cannot open: No such file or directory; the preprocessing of %s is "
             "read from there (--input names another)",
             test_scratch_folder, onnx);
    test_error(lsn_model_load(onnx, NULL, &model, &err), &err, LSN_E_IO, wanted);
    for (i = 0; i < TEST_COUNT(cases); i++) {
        const char *at = strstr(whole, cases[i].gone);
        struct lsn_error why = LSN_ERROR_NONE;

        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, cases[i].instead,
                 at + strlen(cases[i].gone));
        free(json);
        json = test_file(test_scratch_folder, "a.input.json", text, strlen(text));
        snprintf(wanted, sizeof wanted, "%s: %s", json, cases[i].sentence);
        test_error(lsn_model_load(onnx, NULL, &model, &why), &why, cases[i].code, wanted);
    }
    free(json);
    json = test_file(test_scratch_folder, "a.input.json", whole, strlen(whole));
    err = (struct lsn_error)LSN_ERROR_NONE;
    test_ok(lsn_model_load(onnx, NULL, &model, &err), &err);
    lsn_model_free(model);
    free(json);
    free(onnx);
}

/* ---- damage ---- */

/* Removes a file before it is written again: overwriting the same file many times would wait for
 * the disk. */
static void remove_file(char *path)
{
    assert_int_equal(remove(path), 0);
    free(path);
}

/* Cut short anywhere, a file gives an error with a sentence. */
static void truncated(void **state)
{
    static const char *const names[] = {"view", "torch_fire_7"};
    size_t i, size;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++) {
        struct lsn_bytes bytes = golden_bytes(names[i], ".onnx");

        for (size = 0; size < bytes.size; size++) {
            char *path = test_file(test_scratch_folder, "a.onnx", bytes.data, size);
            struct lsn_error err = LSN_ERROR_NONE;
            struct lsn_model *model;
            enum lsn_status status = lsn_model_load(path, &input, &model, &err);

            if (status == LSN_OK || err.code != status || !err.text[0] || model)
                fail_msg("%s cut to %zu bytes: %s", names[i], size, lsn_status_name(status));
            remove_file(path);
        }
        lsn_free(bytes.data);
    }
}

/* With a bit flipped anywhere, the file loads or is refused; the sanitizers find no fault. */
static void flipped(void **state)
{
    static const char *const names[] = {"constant_arithmetic",
                                        "layer_norm_first_9",
                                        "slice_inputs",
                                        "types",
                                        "torch_shuffle_11",
                                        "outputs_same",
                                        "outputs_labels",
                                        "unsorted",
                                        "opset_6",
                                        "batch_of_four",
                                        "variadic",
                                        "resize_cubic_11",
                                        "cosine_head",
                                        "dequantized_13",
                                        "pad_modes_13",
                                        "torch_norms_13"};
    uint64_t seed = 20;
    int i, j, loaded = 0;

    (void)state;
    for (i = 0; i < 4000; i++) {
        struct lsn_bytes bytes = golden_bytes(names[(size_t)i % TEST_COUNT(names)], ".onnx");
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_model *model;
        char *path;

        for (j = 0; j <= i % 3; j++)
            bytes.data[test_random(&seed) % bytes.size] ^=
                (uint8_t)(1 << (test_random(&seed) >> 61));
        path = test_file(test_scratch_folder, "a.onnx", bytes.data, bytes.size);
        if (lsn_model_load(path, &input, &model, &err) == LSN_OK)
            loaded++;
        else
            assert_true(err.text[0] && !model);
        lsn_model_free(model);
        lsn_free(bytes.data);
        remove_file(path);
    }
    assert_in_range(loaded, 1, 3999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(golden_networks),
        TEST_IN_FOLDER(refused_graphs),
        TEST_IN_FOLDER(refused_outputs),
        TEST_IN_FOLDER(refused_dims),
        TEST_IN_FOLDER(refused_storage),
        TEST_IN_FOLDER(refused_images),
        TEST_IN_FOLDER(refused_counts),
        TEST_IN_FOLDER(empty_constants),
        TEST_IN_FOLDER(outside_folder),
        TEST_IN_FOLDER(shared_weights),
        TEST_IN_FOLDER(several_outputs),
        TEST_IN_FOLDER(notes),
        TEST_IN_FOLDER(integer_image),
        TEST_IN_FOLDER(outputs_differ_in_hash),
        cmocka_unit_test(slices),
        TEST_IN_FOLDER(outside_sizes),
        TEST_IN_FOLDER(hash_covers_outside),
        TEST_IN_FOLDER(preprocessing),
        TEST_IN_FOLDER(truncated),
        TEST_IN_FOLDER(flipped),
        TEST_IN_FOLDER(chosen_branches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
