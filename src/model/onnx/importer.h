/* The state of an ONNX import, and what every part of it needs: the values known so far, and the
 * functions that look them up, add nodes to the graph and report errors.
 *
 * A value of ONNX is an array of any rank; a node of lesion's graph makes one feature map
 * c x h x w. So the import keeps for each ONNX value either its numbers (a constant), or a node
 * of the graph and a list of axes: axis d of the ONNX array runs, say, over the rows of that
 * node's feature map. An ONNX node that only rearranges (Transpose, most Reshapes) then changes
 * that list and adds no node; what it really moves (shuffled channels, maps flattened to a
 * vector) becomes a Select or Flatten node.
 *
 * The files build on each other in this order, none uses a later one:
 *   importer, value                     this header
 *   attribute, index                    attributes of the current node; arithmetic of indices
 *   weights                             constants as the tensors of nodes
 *   select, resample, move              nodes that choose and weigh channels, rows and columns
 *   constant and constant_*             ONNX nodes of constants alone, computed at load
 *   image                               the graph's input
 *   conv, linear, pool, norm, join ...  a function for each ONNX op (handlers.h)
 *   table                               which op is imported by which of these
 *   order, name, older, pattern, end    what is done before, during and after the walk (walk.h)
 *   walk                                each node in turn
 *   output                              which output the logits are
 *   import                              a file */
#ifndef LSN_MODEL_ONNX_IMPORTER_H
#define LSN_MODEL_ONNX_IMPORTER_H

#include "base/error.h"
#include "base/names.h"
#include "base/notes.h"
#include "format/onnx.h"
#include "model/graph.h"

#define LSN_RANK_MAX LSN_ONNX_RANK_MAX

/* Numbers that are known when the model is loaded. */
struct lsn_constant {
    int rank;
    int64_t dims[LSN_RANK_MAX];
    size_t count;
    bool integer;                         /* division truncates */
    double *data;                         /* [count], owned; NULL: not read from the file yet */
    const struct lsn_onnx_tensor *stored; /* where the file has it; NULL: data is all there is */
};

enum lsn_axis_kind {
    LSN_AXIS_ONE, /* of size 1: it may stand for anything, so every axis of size 1 is of this kind
                   */
    LSN_AXIS_CHANNEL,
    LSN_AXIS_ROW,
    LSN_AXIS_COLUMN,
    LSN_AXIS_SPACE /* rows and columns as one axis, row after row */
};

/* What one axis of an ONNX array runs over in the feature map of a node. */
struct lsn_axis {
    enum lsn_axis_kind kind;
    int size;
    int step; /* CHANNEL: how many channels further the next index is. The channels as 4 groups of
                 8 are two axes: 4 with step 8, and 8 with step 1 */
};

/* An ONNX value. */
struct lsn_value {
    bool is_constant;
    struct lsn_constant constant;
    /* otherwise a feature map: */
    int node; /* of the graph: the one that makes it */
    int rank;
    struct lsn_axis axes[LSN_RANK_MAX];
    bool grouped; /* reshaped to 1 x groups x all the rest, as PyTorch writes a GroupNorm: only
                     an InstanceNormalization may read it, and a Reshape back */
};

/* The Softmax or the like at the network's end. It is taken off, as it changes no answer. */
struct lsn_end {
    const char *what;  /* "Softmax"; NULL: there is none */
    const char *value; /* the ONNX value before it, and before nodes that only rearrange */
    int nodes[2];      /* [count] its ONNX nodes, by index */
    int count;
};

struct lsn_importer {
    const char *path;
    const struct lsn_input *input;
    struct lsn_onnx onnx; /* lent by the file, but for its nodes: those that the output is computed
                             from, sorted */
    struct lsn_graph *graph; /* what is built */
    struct lsn_notes *notes; /* what was assumed or left out */
    struct lsn_error *err;
    struct lsn_value *values; /* [value_count] */
    size_t value_count, value_capacity;
    struct lsn_names value_names; /* an ONNX value's name to its index in values */
    struct lsn_names producers;   /* an ONNX value's name to the ONNX node that makes it */
    char **names;                 /* [onnx.node_count] what the graph's nodes are called */
    struct lsn_names taken;       /* the names that nodes have, or are to get */
    int *place_of; /* [onnx.node_count] of a Conv: the earlier one with the same weights, or -1 */
    bool *is_matched; /* [onnx.node_count] imported already, with the first node of a pattern */
    const struct lsn_onnx_node *current; /* the ONNX node that is imported now */
    size_t current_index;
    struct lsn_end end;
    int64_t
        batch; /* images that the file takes at once, of which one is shown; 1 where it is open */
    int flat_image; /* the node of the image as one vector; 0: the file takes it as planes */
    bool one_logit; /* the file has one, which becomes two */
    /* Before opset 7 the second input of an Add and the like could stand at any axis of the first.
     * It is replaced by one with axes of size 1 after its own while its node is imported. */
    struct lsn_value aligned; /* input 1 of the current node, where is_aligned */
    bool is_aligned;
    /* Imports the nodes of a branch of an If. The walk (walk.c) sets it: an If is an op, and ops
     * know nothing of the walk, which comes to them by their table. */
    enum lsn_status (*import_branch)(struct lsn_importer *im, const struct lsn_onnx *branch);
};

/* ---- importer.c ---- */

/* An error about the current node: "path: node 'name' (Op): ...". */
enum lsn_status lsn_import_fail(struct lsn_importer *im, enum lsn_status code, const char *format,
                                ...) LSN_PRINTF(3, 4);

/* Input i of the current node, or NULL where it is left out. */
struct lsn_value *lsn_import_input(struct lsn_importer *im, size_t i);

/* The same, which must be there and be a feature map. */
enum lsn_status lsn_import_feature_map(struct lsn_importer *im, size_t i, struct lsn_value **value);

/* The constant's numbers [count], lent; read from the file where they are not yet. */
enum lsn_status lsn_import_numbers(struct lsn_importer *im, struct lsn_value *value,
                                   const double **data);

/* Takes value over under this name, which no other value has. */
enum lsn_status lsn_import_bind_named(struct lsn_importer *im, const char *name,
                                      struct lsn_value *value);

/* Takes value over as output i of the current node. */
enum lsn_status lsn_import_bind(struct lsn_importer *im, size_t i, struct lsn_value *value);

/* Adds *node (taken over) to the graph with these inputs; *index becomes its number there. An
 * ONNX node may become several: the one that makes its output bears its name (suffix NULL), each
 * other one its name and a suffix. */
enum lsn_status lsn_import_emit(struct lsn_importer *im, struct lsn_node *node, const char *suffix,
                                int input_count, const int *inputs, int *index);

/* Emits a node with one input, and binds as output 0 what has the axes of that input. */
enum lsn_status lsn_import_emit_and_bind(struct lsn_importer *im, struct lsn_node *node,
                                         const struct lsn_value *input);

/* Frees what the importer owns: not the graph, nor the notes. */
void lsn_importer_free(struct lsn_importer *im);

/* ---- value.c ---- */

/* The shape of the feature map that value's axes run over. */
struct lsn_shape lsn_value_shape(const struct lsn_importer *im, const struct lsn_value *value);

/* The feature map of a node of the graph as ONNX has images, N x C x H x W with N = 1. */
struct lsn_value lsn_value_nchw(const struct lsn_importer *im, int node);

/* What axis d of value runs over; of an axis of size 1 of four it goes by its place in
 * N x C x H x W. */
enum lsn_axis_kind lsn_value_axis_kind(const struct lsn_value *value, int d);

/* Whether an axis runs over all `size` channels, rows or columns in their own order. */
bool lsn_axis_is_whole(const struct lsn_axis *axis, enum lsn_axis_kind kind, int size);

#endif
