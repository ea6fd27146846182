/* The workings of the ONNX import, shared by its files.
 *
 * ONNX's values are arrays of any rank; lesion's are feature maps c x h x w. The
 * import picks the output (output.c), walks the nodes that lead to it in order (order.c)
 * and keeps for every ONNX value what it is here:
 * a constant, or a node of the graph seen through a list of axes. Transposes and
 * reshapes then mostly change the list only, and what they really move (channel
 * shuffles, flattening) becomes a Select or Flatten node. */
#ifndef LSN_MODEL_ONNX_IMPORTER_H
#define LSN_MODEL_ONNX_IMPORTER_H

#include "base/error.h"
#include "base/names.h"
#include "base/notes.h"
#include "format/onnx.h"
#include "model/graph.h"
#include "model/onnx/import.h"

#define LSN_RANK_MAX LSN_ONNX_RANK_MAX

/* Numbers that are known at load. */
struct lsn_constant {
    int rank;
    int64_t dims[LSN_RANK_MAX];
    size_t count;
    bool integer;                         /* division truncates */
    double *data;                         /* [count], owned; NULL: not fetched yet */
    const struct lsn_onnx_tensor *stored; /* where to fetch it; NULL: data is all */
};

enum lsn_axis_kind {
    LSN_AXIS_ONE, /* of size 1, whatever it stands for: every axis of size 1 is one */
    LSN_AXIS_CHANNEL,
    LSN_AXIS_ROW,
    LSN_AXIS_COLUMN,
    LSN_AXIS_SPACE /* rows and columns as one, row-major */
};

struct lsn_axis {
    enum lsn_axis_kind kind;
    int size;
    int step; /* CHANNEL: from one index to the next, in channels */
};

struct lsn_value {
    bool is_constant;
    struct lsn_constant constant;
    /* otherwise: */
    int node; /* of the graph */
    int rank;
    struct lsn_axis axes[LSN_RANK_MAX];
    bool grouped; /* planes seen as 1 x groups x all the rest, as torch's GroupNorm does */
};

/* What stands at the network's end and is taken off: it changes no answer. */
struct lsn_end {
    const char *what;  /* "Softmax"; NULL: nothing */
    const char *value; /* that comes before it, and before what only rearranges */
    int nodes[2];      /* [count] indices in the ONNX graph */
    int count;
};

struct lsn_importer {
    const char *path;
    const struct lsn_input *input;
    struct lsn_onnx onnx; /* lent by the file, but for the list of nodes: those wanted, sorted */
    struct lsn_graph *graph;
    struct lsn_notes *notes;
    struct lsn_error *err;
    struct lsn_value *values; /* [value_count] */
    size_t value_count, value_capacity;
    struct lsn_names value_names; /* ONNX value to index in values */
    char **names;                 /* [onnx.node_count] of the graph's nodes */
    struct lsn_names taken;       /* names of nodes: in the graph, or spoken for */
    int *place_of; /* [onnx.node_count] a Conv's earlier Conv with the same weights, or -1 */
    bool *done;    /* [onnx.node_count] part of a pattern */
    const struct lsn_onnx_node *current; /* being imported */
    size_t current_index;
    struct lsn_end end;
    int64_t batch; /* images that the file takes at once; one is shown */
    int flat;      /* the node of the image as one vector; 0: the file's image has planes */
    bool one_logit;
    struct lsn_value spread; /* in place of the current node's input 1, where is_spread */
    bool is_spread;
    struct lsn_names producers; /* of onnx: which node makes a value */
};

/* An error about the current node: "path: node 'name' (Op): ...". */
enum lsn_status lsn_import_fail(struct lsn_importer *im, enum lsn_status code, const char *format,
                                ...) LSN_PRINTF(3, 4);

/* ---- import.c ---- */

/* Imports of the file what output is computed from. producers: as below. */
enum lsn_status lsn_import_walk(struct lsn_importer *im, const struct lsn_onnx *file,
                                const struct lsn_names *producers, const char *output);
void lsn_import_free(struct lsn_importer *im);

/* ---- order.c ---- */

/* Which node makes each value; names are lent by onnx. LSN_E_MODEL where two make one. */
enum lsn_status lsn_import_producers(const char *path, const struct lsn_onnx *onnx,
                                     struct lsn_names *producers, struct lsn_error *err);

/* Marks in wanted [onnx->node_count] the nodes that output is computed from. */
enum lsn_status lsn_import_mark_wanted(const struct lsn_onnx *onnx,
                                       const struct lsn_names *producers, const char *output,
                                       bool *wanted, struct lsn_error *err);

/* im->onnx becomes file with those nodes only, each after the ones it reads from; nodes
 * that stand so already keep their order. LSN_E_MODEL where they form a circle. */
enum lsn_status lsn_import_sort(struct lsn_importer *im, const struct lsn_onnx *file,
                                const struct lsn_names *producers, const char *output);

/* LSN_E_UNSUPPORTED, naming it, where the network has attention. */
enum lsn_status lsn_import_check_attention(struct lsn_importer *im);

/* ---- output.c ---- */

/* Finds which output the logits are: *value is its name in the graph. LSN_E_ARGUMENT
 * (the request's output_name), LSN_E_UNSUPPORTED where several may be meant. */
enum lsn_status lsn_import_choose_output(const char *path, const struct lsn_onnx_request *request,
                                         const struct lsn_onnx *file,
                                         const struct lsn_names *producers, const char **value,
                                         struct lsn_notes *notes, struct lsn_error *err);

/* ---- end.c ---- */

/* Steps back from *value over what only rearranges it: the node that makes it then, or -1. */
int lsn_import_behind_views(const struct lsn_onnx *onnx, const struct lsn_names *producers,
                            const char **value);

struct lsn_end lsn_import_end(const struct lsn_onnx *onnx, const struct lsn_names *producers,
                              const char *output);

/* Takes off the current node if it is of im->end. */
enum lsn_status lsn_import_take_off(struct lsn_importer *im, bool *taken);

/* Makes output the graph's last node; one logit becomes two, 0 and itself. */
enum lsn_status lsn_import_end_at(struct lsn_importer *im, const char *output);

/* ---- image.c ---- */

/* Binds the ONNX graph's input to the image. */
enum lsn_status lsn_import_bind_image(struct lsn_importer *im);

/* The current Reshape's target [rank] without the images beside the first, where the file
 * has a batch written in it. count: elements of its input, of one image. */
void lsn_import_drop_batch(const struct lsn_importer *im, int64_t *target, size_t rank,
                           int64_t count);

/* Where value is the image as one vector and target [rank] gives it its planes again,
 * value becomes these; else *unrolled is false. */
void lsn_import_unroll(const struct lsn_importer *im, const int64_t *target, size_t rank,
                       struct lsn_value *value, bool *unrolled);

/* Says which layout was assumed where a node reads the image as one vector. */
enum lsn_status lsn_import_note_flat(struct lsn_importer *im);

enum lsn_status lsn_import_image_scaler(struct lsn_importer *im);

/* ---- older.c ---- */

/* Whether the current node is of an opset before 7, which had the attribute for its op. */
bool lsn_import_is_old_attribute(const struct lsn_importer *im, const char *name);

/* The current node of an opset before 7 as opset 7 means it: its input 1 is im->spread
 * where it broadcasts otherwise, until lsn_import_renewed. LSN_E_UNSUPPORTED, LSN_E_MODEL. */
enum lsn_status lsn_import_renew(struct lsn_importer *im);
void lsn_import_renewed(struct lsn_importer *im);

/* ---- name.c ---- */

/* Chooses im->names and im->place_of. LSN_E_MODEL where convolutions of different weights would
 * bear one name. */
enum lsn_status lsn_import_choose_names(struct lsn_importer *im);

/* ---- places.c ---- */

/* Finds which convolutions of the finished graph are places of one layer. */
enum lsn_status lsn_import_find_places(struct lsn_importer *im);

/* ---- value.c ---- */

/* Input i of the current node, or NULL where it is left out. */
struct lsn_value *lsn_import_input(struct lsn_importer *im, size_t i);

/* The same, which must be there and be a feature map. */
enum lsn_status lsn_import_map(struct lsn_importer *im, size_t i, struct lsn_value **value);

/* The same, which must be laid out N x C x H x W with N = 1. */
enum lsn_status lsn_import_planes(struct lsn_importer *im, size_t i, struct lsn_value **value);

/* Takes value over under this name, which no other value has. */
enum lsn_status lsn_import_bind_named(struct lsn_importer *im, const char *name,
                                      struct lsn_value *value);

/* Takes value over as output i of the current node. */
enum lsn_status lsn_import_bind(struct lsn_importer *im, size_t i, struct lsn_value *value);

/* Adds *node (taken over) to the graph with these inputs. part: NULL for the op
 * itself, or a word that tells it from the other nodes that the current ONNX node
 * becomes. */
enum lsn_status lsn_import_emit(struct lsn_importer *im, struct lsn_node *node, const char *part,
                                int input_count, const int *inputs, int *index);

/* Emits an op with one input and binds it with the input's axes as output 0. */
enum lsn_status lsn_import_same(struct lsn_importer *im, struct lsn_node *node,
                                const struct lsn_value *input);

/* A node of the graph seen as N x C x H x W. */
struct lsn_value lsn_import_as_planes(const struct lsn_importer *im, int node);

/* A weight: constant as floats in *tensor, which must have this rank (-1: any). */
enum lsn_status lsn_import_tensor(struct lsn_importer *im, struct lsn_value *value,
                                  const char *what, int rank, struct lsn_tensor *tensor);

/* A constant as broadcast against value: one number per channel, [channels],
 * fresh. LSN_E_UNSUPPORTED where it varies over space. */
enum lsn_status lsn_import_per_channel(struct lsn_importer *im, struct lsn_value *constant,
                                       const struct lsn_value *value, float **numbers);

/* Gives *node (freed on failure) the same scale for each of c channels, and shift 0. */
enum lsn_status lsn_import_scale_and_shift(struct lsn_importer *im, struct lsn_node *node, int c,
                                           float scale);

/* What axis d of value stands for; of size 1 it goes by its place in N x C x H x W. */
enum lsn_axis_kind lsn_import_kind_at(const struct lsn_value *value, int d);

struct lsn_shape lsn_import_shape(const struct lsn_importer *im, const struct lsn_value *value);

/* ---- attribute.c ---- */

/* Attributes of the current node; absent ones leave *value as it is. Ranges are
 * inclusive. */
enum lsn_status lsn_import_int(struct lsn_importer *im, const char *name, int64_t low, int64_t high,
                               int *value);
enum lsn_status lsn_import_flag(struct lsn_importer *im, const char *name, bool *value);
enum lsn_status lsn_import_float(struct lsn_importer *im, const char *name, float *value);
enum lsn_status lsn_import_ints(struct lsn_importer *im, const char *name, size_t count,
                                int64_t low, int64_t high, int *values);
enum lsn_status lsn_import_string(struct lsn_importer *im, const char *name,
                                  const char *const *choices, int *chosen);

/* The attribute perm, or the axes in reverse; LSN_E_MODEL where it is no permutation. */
enum lsn_status lsn_import_perm(struct lsn_importer *im, int rank, int *perm);

/* An axis number in [-rank, rank), made positive. */
enum lsn_status lsn_import_axis(struct lsn_importer *im, int64_t axis, int rank, int *result);

/* Sets marked[axis] for each axis in a list, of rank in all, none of them twice. */
enum lsn_status lsn_import_mark_axes(struct lsn_importer *im, const int64_t *list, size_t count,
                                     int rank, bool *marked);

/* A list of integers that newer opsets pass as input i, older ones as the
 * attribute: fresh, *count of them, large ones cut to half of what int64_t holds;
 * NULL where it is in neither place. */
enum lsn_status lsn_import_list(struct lsn_importer *im, size_t i, const char *attribute,
                                int64_t **list, size_t *count);

/* A scalar that newer opsets pass as constant input i, older ones as the attribute; absent
 * ones leave *value as it is. */
enum lsn_status lsn_import_scalar(struct lsn_importer *im, size_t i, const char *attribute,
                                  float *value);

/* kernel_shape, strides, dilations, pads and auto_pad of a window over images of shape in. */
enum lsn_status lsn_import_window(struct lsn_importer *im, struct lsn_shape in,
                                  struct lsn_attributes *a);

/* ---- constant.c, constant_view.c ---- */

/* The constant's numbers, fetched where they are not yet. */
enum lsn_status lsn_import_numbers(struct lsn_importer *im, struct lsn_value *value,
                                   const double **data);

/* Computes the current node where all its inputs are constants (or it is a Shape)
 * and the op is one of those that exporters compute shapes with. */
enum lsn_status lsn_import_fold(struct lsn_importer *im, bool *folded);

/* ---- view.c ---- */

enum lsn_status lsn_import_reshape(struct lsn_importer *im);
enum lsn_status lsn_import_flatten(struct lsn_importer *im);
enum lsn_status lsn_import_transpose(struct lsn_importer *im);
enum lsn_status lsn_import_squeeze(struct lsn_importer *im);
enum lsn_status lsn_import_unsqueeze(struct lsn_importer *im);

/* Resolves -1 and 0 in a Reshape's target against count elements in dims. */
enum lsn_status lsn_import_target(struct lsn_importer *im, const int64_t *dims, int rank,
                                  int64_t count, int64_t *target, size_t target_rank,
                                  bool zero_is_zero);

/* ---- channels.c ---- */

enum lsn_status lsn_import_slice(struct lsn_importer *im);
enum lsn_status lsn_import_split(struct lsn_importer *im);
enum lsn_status lsn_import_gather(struct lsn_importer *im);

/* The indices start, start+step, ... of ONNX's Slice on an axis of this size. */
void lsn_import_range(int64_t start, int64_t end, int64_t step, int64_t size, int64_t *first,
                      int64_t *count);

/* Keeps of an axis of channels, rows or columns the given indices [count]. */
enum lsn_status lsn_import_keep(struct lsn_importer *im, struct lsn_value *value, int axis,
                                const int64_t *indices, int count);

/* Renumbers value's channels so that its channel axes run through them in order:
 * a Select node where they do not already. */
enum lsn_status lsn_import_order_channels(struct lsn_importer *im, struct lsn_value *value);

/* ---- pattern.c ---- */

/* Recognises LayerNormalization and Gelu written out as arithmetic that starts at
 * the current node; then *matched, and the nodes of it are done. */
enum lsn_status lsn_import_pattern(struct lsn_importer *im, bool *matched);

/* ---- ops.c, arithmetic.c ---- */

struct lsn_import_op {
    const char *op;
    const char *attributes; /* those understood, each followed by a space */
    bool view;              /* only rearranges: may follow the Softmax that is taken off */
    enum lsn_status (*import)(struct lsn_importer *im);
};

/* The row for an ONNX op, or NULL. */
const struct lsn_import_op *lsn_import_find(const char *op);

/* Add, Sub, Mul, Div of two; Sum, Mean, Max, Min of any number. */
enum lsn_status lsn_import_binary(struct lsn_importer *im);
enum lsn_status lsn_import_variadic(struct lsn_importer *im);

/* Emits a join of two maps; out is seen through the axes of both. part as lsn_import_emit. */
enum lsn_status lsn_import_join(struct lsn_importer *im, enum lsn_op op, const char *part,
                                const struct lsn_value *a, const struct lsn_value *b,
                                struct lsn_value *out);

/* A constant as a map that broadcasts against value. */
enum lsn_status lsn_import_constant_map(struct lsn_importer *im, struct lsn_value *constant,
                                        const struct lsn_value *value, struct lsn_value *out);

enum lsn_status lsn_import_matmul(struct lsn_importer *im);
enum lsn_status lsn_import_gemm(struct lsn_importer *im);
enum lsn_status lsn_import_softmax(struct lsn_importer *im); /* end.c: one that is not at the end */

/* Conv over a vector of channels laid out N x 1 x C; in is input 0, its channels in order. */
enum lsn_status lsn_import_conv_of_vector(struct lsn_importer *im, struct lsn_value *in);

/* A constant with one number, or one per output, as a vector of them. */
enum lsn_status lsn_import_spread(struct lsn_importer *im, struct lsn_value *value, int outputs,
                                  struct lsn_tensor *bias);

/* ---- concat.c ---- */

enum lsn_status lsn_import_concat(struct lsn_importer *im);

/* ---- reduce.c, norm.c ---- */

enum lsn_status lsn_import_reduce(struct lsn_importer *im);
enum lsn_status lsn_import_lp_normalization(struct lsn_importer *im);
enum lsn_status lsn_import_lp_pool(struct lsn_importer *im);
enum lsn_status lsn_import_channel_pool(struct lsn_importer *im);
enum lsn_status lsn_import_group_norm(struct lsn_importer *im);
enum lsn_status lsn_import_mean_variance(struct lsn_importer *im);

/* LayerNormalization over channels and space of input 0. */
enum lsn_status lsn_import_layer_norm_of_all(struct lsn_importer *im, float epsilon);

/* ---- space.c, blocks.c, resize.c ---- */

/* Emits a Resample to h x w; rows [h][old h], columns [w][old w]; NULL: as they are. value's
 * axes of rows and columns follow. */
enum lsn_status lsn_import_resample(struct lsn_importer *im, struct lsn_value *value, int h,
                                    const float *rows, int w, const float *columns);

/* Makes row (or column) i the one at from[i], count in all; zeroes where that is -1. */
enum lsn_status lsn_import_take_side(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                     const int *from, int count);

/* Makes a map of one row one of one column, or the reverse. */
enum lsn_status lsn_import_turn(struct lsn_importer *im, struct lsn_value *value);

enum lsn_status lsn_import_pad(struct lsn_importer *im);
enum lsn_status lsn_import_expand(struct lsn_importer *im);
enum lsn_status lsn_import_tile(struct lsn_importer *im);

/* Axis d, all rows (or columns), becomes two: blocks of this size, which divides it, and the
 * place in its block, an axis of channels. */
enum lsn_status lsn_import_split_blocks(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        int d, int size);

/* The reverse: the channels of axis d become rows (or columns) in the blocks of axis d - 1;
 * axis d stays, of size 1. */
enum lsn_status lsn_import_merge_blocks(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        int d);
enum lsn_status lsn_import_space_to_depth(struct lsn_importer *im);
enum lsn_status lsn_import_depth_to_space(struct lsn_importer *im);
enum lsn_status lsn_import_resize(struct lsn_importer *im);

#endif
