/* Native model files that must be refused, each with its sentence: the reader and
 * the graph's checks, from hand-written graphs. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/safetensors.h"
#include "lesion/model.h"

#define INPUT                                                                                      \
    "{\"channels\":3,\"height\":8,\"width\":8,\"resize\":null,\"interpolation\":\"bilinear\","     \
    "\"order\":\"RGB\",\"scale\":1,\"mean\":[0,0,0],\"std\":[1,1,1]}"

/* Nodes that are in order: 4 x 8 x 8, its half, and two logits. */
#define CONV                                                                                       \
    "{'name':'c','op':'Conv','inputs':['input'],'attributes':{'pads':[1,1,1,1]},"                  \
    "'tensors':{'weight':'w','bias':'b'}}"
#define HALF                                                                                       \
    "{'name':'h','op':'MaxPool','inputs':['c'],'attributes':{'kernel':[2,2],'stride':[2,2]}}"
#define FLAT  "{'name':'f','op':'Flatten','inputs':['c']}"
#define LOGIT "{'name':'l','op':'Linear','inputs':['f'],'tensors':{'weight':'fc'}}"

/* Writes a container with these metadata and a few tensors; returns its path. */
static char *write_file(const char *const (*metadata)[2], size_t count)
{
    static float zeroes[2 * 256];
    static const float bad[3][4] = {{0, NAN, 0, 0}, {0, 0, -INFINITY, 0}, {-1, -1, -1, -1}};
    static const int w[] = {4, 3, 3, 3}, w4[] = {4, 4, 3, 3}, fc[] = {2, 256}, fc1[] = {1, 256};
    static const int four[] = {4}, three[] = {3};
    const struct lsn_safetensors_entry entries[] = {
        {"w", 4, w, zeroes},        {"w4", 4, w4, zeroes},    {"b", 1, four, zeroes},
        {"b3", 1, three, zeroes},   {"nan", 1, four, bad[0]}, {"inf", 1, four, bad[1]},
        {"minus", 1, four, bad[2]}, {"fc", 2, fc, zeroes},    {"fc1", 2, fc1, zeroes},
    };
    char *path = test_file(test_scratch_folder, "a.bin", "", 0);
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_safetensors_write(path, true, entries, TEST_COUNT(entries), metadata, count, &err),
            &err);
    return path;
}

/* In rest, a leading @ stands for the path and ": ". */
static void expect_error(const char *path, enum lsn_status code, const char *rest)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model = (struct lsn_model *)(void *)&err;
    char wanted[600];

    if (*rest == '@')
        snprintf(wanted, sizeof wanted, "%s: %s", path, rest + 1);
    else
        snprintf(wanted, sizeof wanted, "%s", rest);
    test_error(lsn_model_load(path, NULL, &model, &err), &err, code, wanted);
    assert_null(model);
}

/* Text with ' for ", so that graphs can be read here; the caller frees it. */
static char *quoted(const char *text)
{
    char *copy = malloc(strlen(text) + 1), *c;

    assert_non_null(copy);
    strcpy(copy, text);
    for (c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static void expect_graph_error(const char *graph, enum lsn_status code, const char *rest)
{
    char *json = quoted(graph);
    const char *const metadata[][2] = {
        {"format", "lesion-model"}, {"version", "1"}, {"graph", json}};
    char *path = write_file(metadata, 3);

    expect_error(path, code, rest);
    free(path);
    free(json);
}

static void expect_nodes_error(const char *nodes, enum lsn_status code, const char *rest)
{
    struct lsn_text graph = {0};

    lsn_text_add(&graph, "{'input':%s,'nodes':[%s]}", INPUT, nodes);
    expect_graph_error(graph.bytes, code, rest);
    lsn_text_free(&graph);
}

struct bad_nodes {
    const char *nodes, *rest;
};

static void expect_all(const struct bad_nodes *cases, size_t count, enum lsn_status code)
{
    size_t i;

    for (i = 0; i < count; i++)
        expect_nodes_error(cases[i].nodes, code, cases[i].rest);
}

#define NODE(op, inputs) "{'name':'x','op':'" op "','inputs':[" inputs "]}"
#define WITH(op, inputs, attributes)                                                               \
    "{'name':'x','op':'" op "','inputs':[" inputs "],'attributes':{" attributes "}}"
#define HOLDING(op, inputs, tensors)                                                               \
    "{'name':'x','op':'" op "','inputs':[" inputs "],'tensors':{" tensors "}}"

/* What breaks the format of the graph. */
static void malformed_nodes(void **state)
{
    static const struct bad_nodes cases[] = {
        {"{'op':'Relu','inputs':['input']}", "@a node has no name or no op"},
        {"{'name':'x','inputs':['input']}", "@a node has no name or no op"},
        {"{'name':7,'op':'Relu','inputs':['input']}", "@a node has no name or no op"},
        {"7", "@a node has no name or no op"},
        {NODE("Relu", "'nope'"), "@node 'x': its input 'nope' is no earlier node"},
        {NODE("Relu", "'x'"), "@node 'x': its input 'x' is no earlier node"},
        {NODE("Relu", "0"), "@node 'x': its input '(not a string)' is no earlier node"},
        {WITH("Relu", "'input'", "'alpha':1"),
         "@node 'x' (Relu): has an attribute that this op does not know"},
        {WITH("LRN", "'input'", "'size':3,'Alpha':1"),
         "@node 'x' (LRN): has an attribute that this op does not know"},
        {NODE("MaxPool", "'input'"), "@node 'x' (MaxPool): attribute 'kernel' is missing"},
        {WITH("MaxPool", "'input'", "'kernel':3"),
         "@node 'x' (MaxPool): attribute 'kernel' is not of its type"},
        {WITH("MaxPool", "'input'", "'kernel':[3]"),
         "@node 'x' (MaxPool): attribute 'kernel' is not of its type"},
        {WITH("MaxPool", "'input'", "'kernel':[3,2.5]"),
         "@node 'x' (MaxPool): attribute 'kernel' is not of its type"},
        {WITH("MaxPool", "'input'", "'kernel':[3,3000000000]"),
         "@node 'x' (MaxPool): attribute 'kernel' is not of its type"},
        {WITH("MaxPool", "'input'", "'kernel':[3,3],'ceil_mode':1"),
         "@node 'x' (MaxPool): attribute 'ceil_mode' is not of its type"},
        {WITH("LRN", "'input'", "'size':5,'alpha':1e39"),
         "@node 'x' (LRN): attribute 'alpha' is not of its type"},
        {WITH("Select", "'input'", "'channels':[0,'1']"),
         "@node 'x' (Select): attribute 'channels' is not of its type"},
        {HOLDING("Conv", "'input'", "'weight':'w','scale':'b'"),
         "@node 'x' (Conv): has a tensor that this op does not know"},
        {HOLDING("Conv", "'input'", "'weight':'gone'"), "@has no tensor 'gone'"},
        {"{'name':'x','op':'Relu','layer':'c','inputs':['input']}",
         "@node 'x' (Relu): has a layer, which is for Conv"},
        {"{'name':'x','op':'Conv','layer':7,'inputs':['input'],'tensors':{'weight':'w'}}",
         "@node 'x' (Conv): its layer is not a name"},
        {"{'name':'x','op':'Conv','layer':'','inputs':['input'],'tensors':{'weight':'w'}}",
         "@node 'x' (Conv): its layer is not a name"},
        {"", "@its graph has no list of nodes"},
    };

    (void)state;
    expect_all(cases, TEST_COUNT(cases), LSN_E_FORMAT);
    expect_nodes_error(NODE("Softmax", "'input'"), LSN_E_UNSUPPORTED,
                       "@node 'x': the op 'Softmax' is not supported");
    expect_nodes_error(NODE("relu", "'input'"), LSN_E_UNSUPPORTED,
                       "@node 'x': the op 'relu' is not supported");
}

/* What breaks the rules of a graph: names, inputs and attributes. */
static void inconsistent_nodes(void **state)
{
    static const struct bad_nodes cases[] = {
        {NODE("Input", ""), "node 'x': only the image is an Input"},
        {"{'name':'','op':'Relu','inputs':['input']}", "a Relu node has no name"},
        {CONV "," CONV, "node 'c' (Conv): another node has the same name"},
        {"{'name':'input','op':'Relu','inputs':['input']}",
         "node 'input' (Relu): another node has the same name"},
        {NODE("Relu", ""), "node 'x' (Relu): has 0 inputs, needs 1"},
        {NODE("Add", "'input'"), "node 'x' (Add): has 1 input, needs 2"},
        {NODE("Concat", ""), "node 'x' (Concat): has 0 inputs, needs 1 or more"},
        {WITH("MaxPool", "'input'", "'kernel':[2,2],'stride':[1,0]"),
         "node 'x' (MaxPool): stride is 0, must be in 1 ... 65536"},
        {WITH("MaxPool", "'input'", "'kernel':[2,65537]"),
         "node 'x' (MaxPool): kernel is 65537, must be in 1 ... 65536"},
        {WITH("Pad", "'input'", "'pads':[0,0,-1,0]"),
         "node 'x' (Pad): pads is -1, must be in 0 ... 65536"},
        {WITH("LRN", "'input'", "'size':0"), "node 'x' (LRN): size is 0, must be in 1 ... 65536"},
        {WITH("LRN", "'input'", "'size':5,'beta':-1"),
         "node 'x' (LRN): beta is -1, must be in 0 ... 1e+30"},
        {WITH("Clip", "'input'", "'max':1e31"),
         "node 'x' (Clip): max is 1e+31, must be in -1e+30 ... 1e+30"},
        {WITH("Conv", "'input'", "'groups':0"), "node 'x' (Conv): has no tensor 'weight'"},
    };

    (void)state;
    expect_all(cases, TEST_COUNT(cases), LSN_E_MODEL);
}

/* Places of one layer whose weights have different shapes, whichever comes first. */
static void unfit_places(void **state)
{
    static const struct bad_nodes cases[] = {
        {CONV ",{'name':'x','op':'Conv','layer':'c','inputs':['c'],'attributes':{'pads':[1,1,1,1]},"
              "'tensors':{'weight':'w4'}},{'name':'f','op':'Flatten','inputs':['x']}," LOGIT,
         "node 'x' (Conv): is a place of the layer 'c', whose weights have another shape at 'c'"},
        {"{'name':'a','op':'Conv','layer':'x','inputs':['input'],'attributes':{'pads':[1,1,1,1]},"
         "'tensors':{'weight':'w'}},"
         "{'name':'x','op':'Conv','inputs':['a'],'attributes':{'pads':[1,1,1,1]},"
         "'tensors':{'weight':'w4'}},{'name':'f','op':'Flatten','inputs':['x']}," LOGIT,
         "node 'x' (Conv): is a place of the layer 'x', whose weights have another shape at 'a'"},
    };

    (void)state;
    expect_all(cases, TEST_COUNT(cases), LSN_E_MODEL);
}

/* A file of another's making may give two convolutions one tensor, which makes them a layer; its
 * places cannot be told apart where another node's layer bears such a name. */
static void places_of_one_tensor(void **state)
{
    char *json = quoted("{'input':" INPUT ",'nodes':[" CONV
                        ",{'name':'d','op':'Conv','inputs':['c'],'attributes':{'pads':[1,1,1,1]},"
                        "'tensors':{'weight':'w4'}},"
                        "{'name':'e','op':'Conv','inputs':['d'],'attributes':{'pads':[1,1,1,1]},"
                        "'tensors':{'weight':'w4','bias':'b'}},"
                        "{'name':'d@2','op':'Conv','inputs':['e'],'attributes':{'pads':[1,1,1,1]},"
                        "'tensors':{'weight':'w4'},'layer':'d@2'},"
                        "{'name':'f','op':'Flatten','inputs':['d@2']}," LOGIT "]}");
    const char *const metadata[][2] = {
        {"format", "lesion-model"}, {"version", "1"}, {"graph", json}};
    char *path = write_file(metadata, 3);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    (void)state;
    test_ok(lsn_model_load(path, NULL, &model, &err), &err);
    assert_int_equal(lsn_model_layers(model), 3);
    assert_string_equal(lsn_model_layer_name(model, 1), "d");
    assert_int_equal(lsn_model_layer_places(model, 1), 2);
    assert_int_equal(lsn_model_layer_place(model, 1, 1), 3);
    assert_false(lsn_model_layer_is_scaled(model, 1));
    assert_string_equal(lsn_model_layer_name(model, 2), "d@2");
    test_error(lsn_model_separate_places(model, &err), &err, LSN_E_MODEL,
               "two layers would be called 'd@2': rename one, or lesion all places");
    lsn_model_free(model);
    free(path);
    free(json);
}

/* Weights that are not numbers or do not fit. */
static void unfit_tensors(void **state)
{
    static const struct bad_nodes cases[] = {
        {HOLDING("Conv", "'input'", "'weight':'w','bias':'nan'"),
         "node 'x' (Conv): element 1 of its bias is NaN, not a finite number"},
        {HOLDING("Conv", "'input'", "'weight':'w','bias':'inf'"),
         "node 'x' (Conv): element 2 of its bias is Inf, not a finite number"},
        {HOLDING("Conv", "'input'", "'weight':'b'"),
         "node 'x' (Conv): its weight has 1 dimension, wanted 4"},
        {HOLDING("Conv", "'input'", "'weight':'w4'"),
         "node 'x' (Conv): a weight of 4 x 4 x 3 x 3 with 1 group does not fit an input of 3 "
         "channels"},
        {HOLDING("Conv", "'input'", "'weight':'w','bias':'b3'"),
         "node 'x' (Conv): its bias has 3 values, wanted 4"},
        {"{'name':'x','op':'Conv','inputs':['input'],'attributes':{'groups':3},"
         "'tensors':{'weight':'w'}}",
         "node 'x' (Conv): a weight of 4 x 3 x 3 x 3 with 3 groups does not fit an input of 3 "
         "channels"},
        {"{'name':'x','op':'Conv','inputs':['input'],'attributes':{'dilation':[5,1]},"
         "'tensors':{'weight':'w'}}",
         "node 'x' (Conv): a 3 x 3 window (dilation 5 x 1) does not fit the 8 x 8 input with its "
         "padding"},
        {HOLDING("Linear", "'input'", "'weight':'w'"),
         "node 'x' (Linear): a weight of 4 dimensions, 4 x 3, does not fit an input of 3 channels"},
        {CONV
         "," HOLDING("BatchNormalization", "'c'", "'scale':'b','bias':'b','mean':'b3','var':'b'"),
         "node 'x' (BatchNormalization): its mean has 3 values, its input 4 channels"},
        {CONV "," HOLDING("BatchNormalization", "'c'",
                          "'scale':'b','bias':'b','mean':'b','var':'minus'"),
         "node 'x' (BatchNormalization): the variance of channel 0 is -1, epsilon 1e-05"},
        {CONV "," HOLDING("BatchNormalization", "'c'", "'scale':'b','bias':'b','mean':'b'"),
         "node 'x' (BatchNormalization): has no tensor 'var'"},
    };

    (void)state;
    expect_all(cases, TEST_COUNT(cases), LSN_E_MODEL);
}

/* Shapes that do not go together. */
static void unfit_shapes(void **state)
{
    static const struct bad_nodes cases[] = {
        {WITH("MaxPool", "'input'", "'kernel':[3,3],'pads':[3,0,0,0]"),
         "node 'x' (MaxPool): padding 3, 0 is as large as its window of 3"},
        {WITH("MaxPool", "'input'", "'kernel':[2,2],'dilation':[9,1],'pads':[1,0,1,0]"),
         "node 'x' (MaxPool): its window at row 0 meets no pixel of the 8 x 8 input, only padding"},
        {WITH("AveragePool", "'input'", "'kernel':[1,2],'dilation':[1,12],'pads':[0,9,0,3]"),
         "node 'x' (AveragePool): its window at column 5 meets no pixel of the 8 x 8 input, only "
         "padding"},
        {WITH("AveragePool", "'input'",
              "'kernel':[65536,65536],'dilation':[65536,65536],'pads':[9,9,9,9]"),
         "node 'x' (AveragePool): a 65536 x 65536 window (dilation 65536 x 65536) does not fit "
         "the 8 x 8 input with its padding"},
        {CONV "," NODE("Add", "'c','input'"),
         "node 'x' (Add): shapes 4 x 8 x 8 and 3 x 8 x 8 do not match"},
        {CONV "," HALF "," NODE("Mul", "'h','c'"),
         "node 'x' (Mul): shapes 4 x 4 x 4 and 4 x 8 x 8 do not match"},
        {CONV "," HALF "," NODE("Concat", "'c','h'"),
         "node 'x' (Concat): input 1 is 4 x 4, input 0 is 8 x 8"},
        {WITH("Select", "'input'", "'channels':[2,3]"),
         "node 'x' (Select): channel 3 is asked for, its input has 3"},
        {WITH("Select", "'input'", "'channels':[]"),
         "node 'x' (Select): its output would be 0 x 8 x 8"},
        {WITH("Pad", "'input'", "'pads':[65536,65536,65536,65536]"),
         "node 'x' (Pad): its output would be 3 x 131080 x 131080"},
        {CONV,
         "@node 'c' is the network's output with shape 4 x 8 x 8, wanted a vector of at least "
         "2 logits"},
        {CONV "," FLAT ",{'name':'l','op':'Linear','inputs':['f'],'tensors':{'weight':'fc1'}}",
         "@node 'l' is the network's output with shape 1 x 1 x 1, wanted a vector of at least 2 "
         "logits"},
    };

    (void)state;
    expect_all(cases, TEST_COUNT(cases), LSN_E_MODEL);
}

/* Channels doubled until three times as many are more than an int holds. */
static void too_many_channels(void **state)
{
    struct lsn_text nodes = {0};
    int i;

    (void)state;
    lsn_text_add(&nodes, "{'name':'x0','op':'Flatten','inputs':['input']}");
    for (i = 0; i < 22; i++)
        lsn_text_add(&nodes, ",{'name':'x%d','op':'Concat','inputs':['x%d','x%d']}", i + 1, i, i);
    lsn_text_add(&nodes, "," NODE("Concat", "'x22','x22','x22'"));
    expect_nodes_error(nodes.bytes, LSN_E_MODEL, "node 'x' (Concat): too many channels");
    lsn_text_free(&nodes);
}

/* What no file says, whose inputs are names and whose tensors are looked up by role. */
static void misused_graphs(void **state)
{
    static const int places[] = {-1, 1};
    struct lsn_graph graph = {0};
    struct lsn_error err = LSN_ERROR_NONE;
    const int image = 0, one[] = {1};
    struct lsn_node node;
    uint64_t seed = 1;
    size_t i;

    (void)state;
    test_ok(lsn_graph_start(&graph, (struct lsn_shape){3, 8, 8}, &err), &err);
    for (i = 0; i < TEST_COUNT(places); i++) {
        node = lsn_node_default(LSN_OP_RELU);
        test_ok(lsn_node_set(&node, "x", &places[i], 1, &err), &err);
        test_error(lsn_graph_add(&graph, &node, NULL, &err), &err, LSN_E_MODEL,
                   "node 'x' (Relu): input 0 is not an earlier node");
        err.code = LSN_OK;
    }
    node = lsn_node_default(LSN_OP_RELU);
    test_ok(lsn_node_set(&node, "x", &image, 1, &err), &err);
    test_tensor(&node, 0, &seed, 1, one, 0, 1);
    test_error(lsn_graph_add(&graph, &node, NULL, &err), &err, LSN_E_MODEL,
               "node 'x' (Relu): has a tensor too many");
    lsn_graph_free(&graph);
}

#define RESIZE                                                                                     \
    "'resize' must be a whole number in 0 ... 16384, [height, width] with two in 1 ... 16384, "    \
    "or null"

static void wrong_inputs(void **state)
{
    static const char *const cases[][2] = {
        {"{'nodes':[]}", "the model's input: is not a JSON object"},
        {"[]", "the model's input: is not a JSON object"},
        {"{'input':{'Height':8}}", "the model's input: the key 'Height' is not known"},
        {"{'input':{'channels':3,'height':0}}",
         "the model's input: 'height' must be a whole number in 1 ... 16384"},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':-1}}", "the model's input: " RESIZE},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':[]}}", "the model's input: " RESIZE},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':[8]}}",
         "the model's input: " RESIZE},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':[8,0]}}",
         "the model's input: " RESIZE},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':{'h':8,'w':8}}}",
         "the model's input: " RESIZE},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':7,'interpolation':'box'}}",
         "the model's input: 'interpolation' is box, wanted \"nearest\", \"bilinear\", "
         "\"bicubic\" or \"lanczos\""},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':8,'interpolation':'bicubic'}}",
         "the model's input: 'order' is missing, wanted \"RGB\" or \"BGR\""},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':8,'interpolation':'bicubic',"
         "'order':'BGR','scale':0}}",
         "the model's input: 'scale' must be a number in 1e-06 ... 1e+06"},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':8,'interpolation':'bicubic',"
         "'order':'BGR','scale':1,'mean':[1,2]}}",
         "the model's input: 'mean' must be 3 numbers in -1e+06 ... 1e+06, in brackets, one for "
         "each channel"},
        {"{'input':{'channels':3,'height':8,'width':8,'resize':8,'interpolation':'bicubic',"
         "'order':'BGR','scale':1,'mean':[1,2,3],'std':[1,0,1]}}",
         "the model's input: 'std' must be 3 numbers in 1e-06 ... 1e+06, in brackets, one for each "
         "channel"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++)
        expect_graph_error(cases[i][0], LSN_E_FORMAT, cases[i][1]);
    expect_graph_error("{'input':{'channels':2}}", LSN_E_UNSUPPORTED,
                       "the model's input: 'channels' is 2, supported are 3 (colour) and 1 (grey)");
    expect_graph_error("{'input':{'channels':1,'height':8,'width':8,'resize':8,'interpolation':"
                       "'bicubic','order':'CMYK'}}",
                       LSN_E_FORMAT,
                       "the model's input: 'order' is CMYK, wanted \"GREY\" or none where "
                       "'channels' is 1");
    expect_graph_error("{'input':" INPUT "}", LSN_E_FORMAT, "@its graph has no list of nodes");
    expect_graph_error("{'input':" INPUT ",'nodes':{'a':1}}", LSN_E_FORMAT,
                       "@its graph has no list of nodes");
    expect_graph_error("{'input':1,'input':1}", LSN_E_FORMAT,
                       "the model's graph: the key 'input' stands twice in one object");
    expect_graph_error("{'input':" INPUT ",'classes':[{'id':'a'}],'nodes':[" CONV "," FLAT "," LOGIT
                       "]}",
                       LSN_E_MODEL, "@names 1 class, the network answers with 2");
    expect_graph_error("{'input':" INPUT ",'notes':['a',1],'nodes':[" CONV "," FLAT "," LOGIT "]}",
                       LSN_E_FORMAT, "@its notes are no list of sentences");
    expect_graph_error("{'input':" INPUT ",'notes':{'a':'b'},'nodes':[" CONV "," FLAT "," LOGIT
                       "]}",
                       LSN_E_FORMAT, "@its notes are no list of sentences");
}

static void wrong_containers(void **state)
{
    static const struct {
        const char *metadata[3][2];
        enum lsn_status code;
        const char *rest;
    } cases[] = {
        {{{"format", "pt"}, {"a", "b"}, {"c", "d"}},
         LSN_E_FORMAT,
         "@is a safetensors file of weights alone, without the graph of a network: load them into "
         "the network's code and export that with torch.onnx.export"},
        {{{"Format", "lesion-model"}, {"a", "b"}, {"c", "d"}},
         LSN_E_FORMAT,
         "@is no lesion model: its metadata has format (none), not lesion-model"},
        {{{"format", "lesion-model"}, {"version", "2"}, {"c", "d"}},
         LSN_E_UNSUPPORTED,
         "@is of version 2, this program reads 1"},
        {{{"format", "lesion-model"}, {"version", "1"}, {"c", "d"}},
         LSN_E_FORMAT,
         "@its metadata has no graph"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        char *path = write_file(cases[i].metadata, 3);

        expect_error(path, cases[i].code, cases[i].rest);
        free(path);
    }
    expect_error("/nowhere/a.bin", LSN_E_IO, "@cannot open: No such file or directory");
    expect_error(test_scratch_folder, LSN_E_IO, "@is not a regular file");
}

/* A hostile file of 100000 nodes was at work for many minutes. */
static void too_many_nodes(void **state)
{
    struct lsn_graph graph = {0};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_node node;
    char name[20];
    int i;

    (void)state;
    test_ok(lsn_graph_start(&graph, (struct lsn_shape){3, 8, 8}, &err), &err);
    for (i = 1; i < LSN_NODES_MAX; i++) {
        snprintf(name, sizeof name, "n%d", i);
        node = lsn_node_default(LSN_OP_RELU);
        test_add(&graph, &node, name, (const int[]){i - 1}, 1);
    }
    node = lsn_node_default(LSN_OP_RELU);
    test_ok(lsn_node_set(&node, "more", &i, 1, &err), &err);
    test_error(lsn_graph_add(&graph, &node, NULL, &err), &err, LSN_E_UNSUPPORTED,
               "node 'more' (Relu): comes after 10000 nodes, the most that are supported");
    lsn_graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(malformed_nodes),      TEST_IN_FOLDER(inconsistent_nodes),
        TEST_IN_FOLDER(unfit_tensors),        TEST_IN_FOLDER(unfit_places),
        TEST_IN_FOLDER(places_of_one_tensor), TEST_IN_FOLDER(unfit_shapes),
        TEST_IN_FOLDER(too_many_channels),    TEST_IN_FOLDER(wrong_inputs),
        TEST_IN_FOLDER(wrong_containers),     cmocka_unit_test(misused_graphs),
        cmocka_unit_test(too_many_nodes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
