/* Normalisations: by stored statistics, over channels, over space and groups of channels. */
#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/index.h"
#include "model/onnx/move.h"
#include "model/onnx/weights.h"

#define EXTENT_MAX 65536

enum lsn_status lsn_import_batch_norm(struct lsn_importer *im)
{
    static const char *const roles[4] = {"scale", "bias", "mean", "variance"};
    struct lsn_node node = lsn_node_default(LSN_OP_BATCH_NORM);
    enum lsn_status status = LSN_OK;
    struct lsn_value *in;
    int training = 0, spatial = 1, i, c;
    float momentum;

    /* The further outputs are the batch's mean and variance, which only training computes. */
    for (i = 1; i < (int)im->current->output_count; i++)
        if (im->current->outputs[i][0])
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "has the outputs of training mode; export the network for "
                                   "inference (in PyTorch after model.eval())");
    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    c = lsn_value_shape(im, in).c;
    if (in->rank < 2 || in->axes[1].size != c || (c > 1 && in->axes[1].kind != LSN_AXIS_CHANNEL))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its input's axis 1 is not the channels");
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_int(im, "training_mode", 0, 0, &training));
    LSN_TRY(lsn_import_int(im, "spatial", 1, 1, &spatial));
    LSN_TRY(lsn_import_float(im, "momentum", &momentum));
    LSN_TRY(lsn_import_float(im, "epsilon", &node.attributes.epsilon));
    for (i = 0; i < 4 && status == LSN_OK; i++)
        status = lsn_import_tensor(im, lsn_import_input(im, (size_t)i + 1), roles[i], 1,
                                   &node.tensors[i]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_emit_and_bind(im, &node, in);
}

enum lsn_status lsn_import_lrn(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LRN);
    struct lsn_value *in;

    if (!lsn_onnx_attribute(im->current, "size"))
        return lsn_import_fail(im, LSN_E_MODEL, "has no size");
    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(lsn_import_int(im, "size", 1, EXTENT_MAX, &node.attributes.size));
    LSN_TRY(lsn_import_float(im, "alpha", &node.attributes.alpha));
    LSN_TRY(lsn_import_float(im, "beta", &node.attributes.beta));
    LSN_TRY(lsn_import_float(im, "bias", &node.attributes.bias));
    return lsn_import_emit_and_bind(im, &node, in);
}

/* A vector of one number per channel, from a constant that has one per channel or one per group. */
static enum lsn_status per_channel(struct lsn_importer *im, struct lsn_value *value,
                                   const char *what, int c, struct lsn_tensor *tensor)
{
    struct lsn_tensor stored = {0};
    enum lsn_status status = lsn_import_tensor(im, value, what, 1, &stored);
    int count = status == LSN_OK ? stored.dims[0] : 1, i;

    if (status == LSN_OK && c % count != 0)
        status = lsn_import_fail(im, LSN_E_MODEL, "its %s has %d value%s, its input %d channel%s",
                                 what, count, lsn_plural((size_t)count), c, lsn_plural((size_t)c));
    if (status == LSN_OK)
        status = lsn_tensor_vector(tensor, c, im->err);
    for (i = 0; status == LSN_OK && i < c; i++)
        tensor->data[i] = stored.data[i / (c / count)];
    lsn_tensor_free(&stored);
    return status;
}

/* InstanceNormalization, which is a GroupNormalization with one channel per group, and
 * GroupNormalization itself, which in opset 18 has a scale per group. */
enum lsn_status lsn_import_group_norm(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_GROUP_NORM);
    bool instance = im->current->op[0] == 'I';
    struct lsn_value *in;
    enum lsn_status status;
    int c, stash_type = 1;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    if (!in->grouped && in->rank != 3)
        LSN_TRY(lsn_import_nchw(im, 0, &in));
    else if (!in->grouped)
        LSN_TRY(lsn_import_order_channels(im, in));
    c = lsn_value_shape(im, in).c;
    if (in->rank == 3 && !in->grouped &&
        (in->axes[1].size != c || in->axes[1].kind != LSN_AXIS_CHANNEL))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its input's axis 1 is not the channels");
    node.attributes.groups = in->grouped ? in->axes[1].size : instance ? c : 0;
    LSN_TRY(lsn_import_int(im, "num_groups", 1, c, &node.attributes.groups));
    LSN_TRY(lsn_import_int(im, "stash_type", 1, 1, &stash_type));
    LSN_TRY(lsn_import_float(im, "epsilon", &node.attributes.epsilon));
    if (node.attributes.groups == 0)
        return lsn_import_fail(im, LSN_E_MODEL, "has no num_groups");
    status = per_channel(im, lsn_import_input(im, 1), "scale", c, &node.tensors[0]);
    if (status == LSN_OK)
        status = per_channel(im, lsn_import_input(im, 2), "bias", c, &node.tensors[1]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_emit_and_bind(im, &node, in);
}

/* A GroupNormalization without scale and shift. */
static enum lsn_status emit_plain(struct lsn_importer *im, const char *suffix, int groups,
                                  float epsilon, const struct lsn_value *in, int *index)
{
    struct lsn_node node = lsn_node_default(LSN_OP_GROUP_NORM);

    node.attributes.groups = groups;
    node.attributes.epsilon = epsilon;
    LSN_TRY(lsn_import_scale_and_shift(im, &node, lsn_value_shape(im, in).c, 1));
    return lsn_import_emit(im, &node, suffix, 1, &in->node, index);
}

#define MEAN_VARIANCE_EPSILON 1e-18f /* ONNX adds 1e-9 to the deviation itself */

/* MeanVarianceNormalization: over space, or over space and channels. */
enum lsn_status lsn_import_mean_variance(struct lsn_importer *im)
{
    bool marked[LSN_RANK_MAX] = {false};
    int64_t *axes = NULL;
    enum lsn_status status;
    struct lsn_value *in, out;
    size_t count = 0;
    int c;

    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(lsn_import_list(im, 1, "axes", &axes, &count));
    marked[2] = marked[3] = !axes;
    status = lsn_import_mark_axes(im, axes, count, 4, marked);
    lsn_free(axes);
    LSN_TRY(status);
    if (!marked[2] || !marked[3])
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "normalises over other axes than height and width, and channels");
    c = lsn_value_shape(im, in).c;
    out = *in;
    LSN_TRY(emit_plain(im, NULL, marked[1] ? 1 : c, MEAN_VARIANCE_EPSILON, in, &out.node));
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status import_layer_norm_of_all(struct lsn_importer *im, float epsilon)
{
    static const enum lsn_op ops[2] = {LSN_OP_MUL, LSN_OP_ADD};
    struct lsn_value *in, out, map = {.rank = 0};
    size_t i;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    out = *in;
    LSN_TRY(emit_plain(im, "norm", 1, epsilon, in, &out.node));
    for (i = 0; i < 2; i++)
        if (lsn_import_input(im, i + 1)) {
            LSN_TRY(lsn_import_constant_map(im, lsn_import_input(im, i + 1), &out, &map));
            LSN_TRY(lsn_import_join(im, ops[i], i ? NULL : "scaled", &out, &map, &out));
        }
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_layer_norm(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LAYER_NORM);
    enum lsn_status status;
    struct lsn_value *in;
    int axis = -1, stash_type = 1, covered = 1, i, c;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    c = lsn_value_shape(im, in).c;
    LSN_TRY(lsn_import_int(im, "axis", -in->rank, in->rank - 1, &axis));
    LSN_TRY(lsn_import_int(im, "stash_type", 1, 1, &stash_type));
    LSN_TRY(lsn_import_float(im, "epsilon", &node.attributes.epsilon));
    axis += axis < 0 ? in->rank : 0;
    for (i = axis; i < in->rank; i++)
        covered *= in->axes[i].kind == LSN_AXIS_ONE || in->axes[i].kind == LSN_AXIS_CHANNEL
                       ? in->axes[i].size
                       : 0;
    if (axis <= 1 && in->rank == 4)
        return import_layer_norm_of_all(im, node.attributes.epsilon);
    if (covered != c)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "normalisation is supported over the channels, or over these and "
                               "all of space");
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "scale", 1, &node.tensors[0]);
    if (status == LSN_OK && lsn_import_input(im, 2))
        status = lsn_import_tensor(im, lsn_import_input(im, 2), "bias", 1, &node.tensors[1]);
    else if (status == LSN_OK) {
        status = lsn_tensor_vector(&node.tensors[1], node.tensors[0].dims[0], im->err);
    }
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_emit_and_bind(im, &node, in);
}
