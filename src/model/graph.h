/* The network as a list of ops in execution order.
 *
 * Node 0 is the image (LSN_OP_INPUT, named "input"); every node has exactly one
 * output, so a value is named by its node's index. The last node's output is
 * the logits. A node is checked and its output shape inferred when it is added:
 * a graph never holds an inconsistent node. */
#ifndef LSN_MODEL_GRAPH_H
#define LSN_MODEL_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "format/map.h"
#include "lesion/model.h"
#include "op/join.h"
#include "op/normalise.h"
#include "op/reduce.h"
#include "op/unary.h"

/* PyTorch and ONNX meaning of each, on one image. Tensors in brackets. */
enum lsn_op {
    LSN_OP_INPUT,
    LSN_OP_CONV,       /* weight [o][i/groups][kh][kw], bias [o] optional */
    LSN_OP_LINEAR,     /* over channels at each position: weight [o][c], bias [o] opt. */
    LSN_OP_BATCH_NORM, /* scale, bias, mean, var [c]; folded or made Affine at load */
    LSN_OP_AFFINE,     /* scale, bias [c]: y = scale * x + bias */
    LSN_OP_LAYER_NORM, /* over channels at each position; scale, bias [c] */
    LSN_OP_LRN,        /* over channels: size, alpha, beta, bias as ONNX */
    LSN_OP_GROUP_NORM, /* over space and the channels of each group; scale, bias [c] */
    LSN_OP_PRELU,      /* slope [c] */
#define ROW(id, name, function, parameters) LSN_OP_##id,
    LSN_UNARY_LIST(ROW) /* functions of one value: op/unary.h */
#undef ROW
#define ROW(id, name, function) LSN_OP_##id,
    LSN_JOIN_LIST(ROW)   /* of two inputs, each dimension of which is equal or 1 */
    LSN_REDUCE_LIST(ROW) /* over_channels, over_space: those become 1 */
#undef ROW
    LSN_OP_CONSTANT,                    /* value [c][h][w]; no input */
    LSN_OP_CONCAT,                      /* over channels */
    LSN_OP_SELECT,                      /* output channel i is input channel channels[i] */
    LSN_OP_PAD,                         /* pads, value; over space */
    LSN_OP_RESAMPLE,                    /* rows [h][in h], columns [w][in w]: op/resample.h */
    LSN_OP_MAX_POOL,                    /* kernel, stride, pads, dilation, ceil_mode */
    LSN_OP_AVERAGE_POOL,                /* kernel, stride, pads, ceil_mode, count_include_pad */
    LSN_OP_GLOBAL_AVERAGE_POOL,         /* c x h x w to c x 1 x 1 */
    LSN_OP_FLATTEN,                     /* c x h x w to (c h w) x 1 x 1, index (c*h + y)*w + x */
    LSN_OP_IN_FILES,                    /* those from here on are made by normalise.h only */
    LSN_OP_NORMALISE = LSN_OP_IN_FILES, /* normalise */
    LSN_OP_CONTRAST_POOL,               /* as MaxPool */
    LSN_OP_COUNT
};

#define LSN_TENSORS_MAX 4
#define LSN_NODES_MAX   10000 /* ten times any network; names and plans take the square of it */

/* A weight array in the file's (PyTorch's) order. */
struct lsn_tensor {
    char *name; /* in the file; owned */
    int rank;   /* 0 ... 4 */
    int dims[4];
    float *data; /* [product of dims], owned; NULL: absent */
    bool mapped; /* data lie in one of the graph's files instead: not to be written or freed */
};

size_t lsn_tensor_count(const struct lsn_tensor *tensor);
/* Makes an empty tensor a vector of count zeroes. LSN_E_MEMORY. */
enum lsn_status lsn_tensor_vector(struct lsn_tensor *tensor, int count, struct lsn_error *err);

void lsn_tensor_free(struct lsn_tensor *tensor);

/* Gives the tensor data of its own, to be written, if it has not. LSN_E_MEMORY. */
enum lsn_status lsn_tensor_own(struct lsn_tensor *tensor, struct lsn_error *err);

/* Gives back the memory of count elements that are mapped, the first one at first. */
void lsn_tensor_forget(const struct lsn_tensor *tensor, size_t first, size_t count);

/* The attributes of every op in one place; the op table (model/ops.h) says
 * which of them an op has, with defaults and ranges. */
struct lsn_attributes {
    int kernel[2], stride[2], dilation[2]; /* y, x */
    int pads[4];                           /* top, left, bottom, right */
    int groups;
    int size;
    float bias, epsilon, value;
    float alpha, beta, gamma, min, max, exponent; /* of functions of one value; LRN's, too */
    bool ceil_mode, count_include_pad, tanh_approx, over_channels, over_space;
    int *channels; /* [channel_count], owned */
    int channel_count;
    struct lsn_normalise normalise;
};

struct lsn_node {
    char *name; /* unique in the graph; owned */
    enum lsn_op op;
    int *inputs; /* [input_count] indices of earlier nodes; owned */
    int input_count;
    struct lsn_attributes attributes;
    struct lsn_tensor tensors[LSN_TENSORS_MAX]; /* by role, see the op table */
    struct lsn_shape shape;                     /* of the output; set by lsn_graph_add */
    char *layer;       /* of a Conv: the name of the layer that it is another place of; NULL: it
                          begins one by its own name; owned */
    bool layer_scaled; /* its weights are that layer's but for a factor per kernel */
    bool lends;        /* name, layer, channels and tensors are lent by another graph's node */
};

struct lsn_graph {
    struct lsn_node *nodes; /* [count] */
    int count;
    size_t capacity;
    struct lsn_maps files; /* in which tensors lie that are mapped */
};

/* A node with op's default attributes and nothing else. */
struct lsn_node lsn_node_default(enum lsn_op op);

/* Sets name and inputs (copied). LSN_E_MEMORY. */
enum lsn_status lsn_node_set(struct lsn_node *node, const char *name, const int *inputs,
                             int input_count, struct lsn_error *err);

void lsn_node_free(struct lsn_node *node);

/* Starts an empty graph with the image's node. */
enum lsn_status lsn_graph_start(struct lsn_graph *graph, struct lsn_shape image,
                                struct lsn_error *err);

/* Takes *node over (zeroing it, also on failure) as the next node, after
 * checking its name (present, unique), inputs (earlier nodes), attributes,
 * tensor shapes and finite values, and inferring its shape. index may be NULL.
 * LSN_E_MODEL, LSN_E_UNSUPPORTED, LSN_E_MEMORY. */
enum lsn_status lsn_graph_add(struct lsn_graph *graph, struct lsn_node *node, int *index,
                              struct lsn_error *err);

/* The index of the node with this name, or -1. */
int lsn_graph_find(const struct lsn_graph *graph, const char *name);

void lsn_graph_free(struct lsn_graph *graph);

/* Checks that the last node is a vector of at least two logits and that every
 * node leads to it (nodes that do not are removed). */
enum lsn_status lsn_graph_finish(struct lsn_graph *graph, struct lsn_error *err);

/* Folds every BatchNormalization and Affine into the Conv, Linear, Affine, LayerNormalization
 * or GroupNormalization that feeds it alone (the pair keeps that node's name), and
 * turns the other BatchNormalizations into Affine. Arithmetic in double.
 * LSN_E_MODEL where a result is not finite. */
enum lsn_status lsn_graph_fold(struct lsn_graph *graph, struct lsn_error *err);

#endif
