/* Products with weights: MatMul and Gemm. */
#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"
#include "model/onnx/weights.h"

/* [o][c] from [c][o] */
static enum lsn_status transpose(struct lsn_importer *im, struct lsn_tensor *weight)
{
    size_t c = (size_t)weight->dims[0], o = (size_t)weight->dims[1], i, j;
    float *data = lsn_alloc_floats(c * o);

    if (!data)
        return lsn_fail_memory(im->err, "a weight");
    for (i = 0; i < c; i++)
        for (j = 0; j < o; j++)
            data[j * c + i] = weight->data[i * o + j];
    if (!weight->mapped)
        lsn_free(weight->data);
    weight->data = data;
    weight->mapped = false;
    weight->dims[0] = (int)o;
    weight->dims[1] = (int)c;
    return LSN_OK;
}

/* Checks that value's last axis is all its channels, and emits a Linear node, which is over the
 * channels at each position. */
static enum lsn_status emit_linear(struct lsn_importer *im, struct lsn_node *node,
                                   const struct lsn_value *value)
{
    struct lsn_value out = *value;
    struct lsn_axis *last = &out.axes[out.rank > 0 ? out.rank - 1 : 0];
    int outputs = node->tensors[0].dims[0], c = lsn_value_shape(im, value).c;

    if (out.rank < 1 || last->size != c || (c > 1 && last->kind != LSN_AXIS_CHANNEL)) {
        lsn_node_free(node);
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "its input's last axis is not that of all channels");
    }
    LSN_TRY(lsn_import_emit(im, node, NULL, 1, &value->node, &out.node));
    *last = (struct lsn_axis){outputs == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, outputs, 1};
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_matmul(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_value *in;
    enum lsn_status status;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "second matrix", 2, &node.tensors[0]);
    if (status == LSN_OK)
        status = transpose(im, &node.tensors[0]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return emit_linear(im, &node, in);
}

enum lsn_status lsn_import_gemm(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_tensor *weight = &node.tensors[0];
    float alpha = 1, beta = 1;
    int trans_a = 0, trans_b = 0;
    enum lsn_status status;
    struct lsn_value *in;
    size_t i;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_float(im, "alpha", &alpha));
    LSN_TRY(lsn_import_float(im, "beta", &beta));
    LSN_TRY(lsn_import_int(im, "transA", 0, 0, &trans_a));
    LSN_TRY(lsn_import_int(im, "transB", 0, 1, &trans_b));
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "weight", 2, weight);
    if (status == LSN_OK && !trans_b)
        status = transpose(im, weight);
    if (status == LSN_OK && alpha != 1.0f)
        status = lsn_tensor_own(weight, im->err);
    for (i = 0; status == LSN_OK && alpha != 1.0f && i < lsn_tensor_count(weight); i++)
        weight->data[i] *= alpha;
    if (status == LSN_OK && lsn_import_input(im, 2))
        status = lsn_import_bias(im, lsn_import_input(im, 2), weight->dims[0], &node.tensors[1]);
    for (i = 0; status == LSN_OK && node.tensors[1].data && i < lsn_tensor_count(&node.tensors[1]);
         i++)
        node.tensors[1].data[i] *= beta;
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return emit_linear(im, &node, in);
}
