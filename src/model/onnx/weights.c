/* Constants as the tensors of nodes: weights, biases, scales. */
#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/importer.h"
#include "model/onnx/weights.h"

enum lsn_status lsn_import_tensor(struct lsn_importer *im, struct lsn_value *value,
                                  const char *what, int rank, struct lsn_tensor *tensor)
{
    const struct lsn_constant *constant = value ? &value->constant : NULL;
    size_t i;
    int d;

    if (!value || !value->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its %s is %s, only constants are supported",
                               what, value ? "computed from the image" : "missing");
    if ((rank >= 0 && constant->rank != rank) || constant->rank > 4)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its %s has %d dimension%s, wanted %d", what,
                               constant->rank, lsn_plural((size_t)constant->rank),
                               rank < 0 ? 4 : rank);
    for (d = 0; d < constant->rank; d++) {
        if (constant->dims[d] < 1 || constant->dims[d] > 1 << 30)
            return lsn_import_fail(im, LSN_E_MODEL, "dimension %d of its %s is %jd", d, what,
                                   (intmax_t)constant->dims[d]);
        tensor->dims[d] = (int)constant->dims[d];
    }
    tensor->rank = constant->rank;
    if (!constant->data) {
        struct lsn_error reason = LSN_ERROR_NONE;
        enum lsn_status status =
            lsn_onnx_floats(&im->onnx, constant->stored, &tensor->data, &tensor->mapped, &reason);

        return status == LSN_OK ? LSN_OK : lsn_import_fail(im, status, "%s", reason.text);
    }
    tensor->data = lsn_alloc_floats(constant->count);
    if (!tensor->data)
        return lsn_fail_memory(im->err, "a weight");
    for (i = 0; i < constant->count; i++)
        tensor->data[i] = (float)constant->data[i];
    return LSN_OK;
}

enum lsn_status lsn_import_per_channel(struct lsn_importer *im, struct lsn_value *constant,
                                       const struct lsn_value *value, float **numbers)
{
    const struct lsn_constant *k = &constant->constant;
    size_t c = (size_t)lsn_value_shape(im, value).c, i;
    const double *data;
    int d;

    *numbers = NULL;
    LSN_TRY(lsn_import_numbers(im, constant, &data));
    for (d = 0; d < k->rank; d++) {
        int axis = value->rank - k->rank + d;

        if (k->dims[d] != 1 &&
            (axis < 0 || !lsn_axis_is_whole(&value->axes[axis], LSN_AXIS_CHANNEL, (int)c) ||
             k->dims[d] != (int64_t)c))
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "a constant of %jd values along dimension %d does not fit the "
                                   "%zu channel%s of its input; only one number, or one per "
                                   "channel, is supported",
                                   (intmax_t)k->dims[d], d, c, lsn_plural(c));
    }
    if (k->count == 0)
        return lsn_import_fail(im, LSN_E_MODEL, "a constant holds no numbers");
    *numbers = lsn_alloc_floats(c);
    if (!*numbers)
        return lsn_fail_memory(im->err, "a constant");
    for (i = 0; i < c; i++)
        (*numbers)[i] = (float)data[k->count == 1 ? 0 : i];
    return LSN_OK;
}

enum lsn_status lsn_import_bias(struct lsn_importer *im, struct lsn_value *value, int outputs,
                                struct lsn_tensor *bias)
{
    struct lsn_tensor stored = {0};
    size_t count, i;
    enum lsn_status status = lsn_import_tensor(im, value, "bias", -1, &stored);

    count = status == LSN_OK ? lsn_tensor_count(&stored) : 0;
    if (status == LSN_OK && count != 1 && count != (size_t)outputs)
        status = lsn_import_fail(im, LSN_E_MODEL, "its bias has %zu value%s, wanted %d", count,
                                 lsn_plural(count), outputs);
    if (status == LSN_OK) {
        status = lsn_tensor_vector(bias, outputs, im->err);
        for (i = 0; bias->data && i < (size_t)outputs; i++)
            bias->data[i] = stored.data[count == 1 ? 0 : i];
    }
    lsn_tensor_free(&stored);
    return status;
}

enum lsn_status lsn_import_scale_and_shift(struct lsn_importer *im, struct lsn_node *node, int c,
                                           float scale)
{
    enum lsn_status status = lsn_tensor_vector(&node->tensors[0], c, im->err);
    int i;

    if (status == LSN_OK)
        status = lsn_tensor_vector(&node->tensors[1], c, im->err);
    if (status != LSN_OK) {
        lsn_node_free(node);
        return status;
    }
    for (i = 0; i < c; i++)
        node->tensors[0].data[i] = scale;
    return LSN_OK;
}
