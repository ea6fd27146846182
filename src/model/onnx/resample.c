/* Rows and columns taken, weighed and transposed, by a Resample node: each of its output rows is a
 * weighted sum of the input's rows. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/move.h"

/* Weights [count][n] of count output rows of which row i is input row from[i], or zeroes where that
 * is -1; from NULL: of n rows that stay as they are. NULL: out of memory. */
static float *weights_taking(int n, int count, const int *from)
{
    float *weights = lsn_alloc_floats((size_t)n * (size_t)count);
    int i;

    for (i = 0; weights && i < count; i++)
        if (!from || from[i] >= 0)
            weights[(size_t)i * (size_t)n + (size_t)(from ? from[i] : i)] = 1;
    return weights;
}

/* A tensor [count][n] that is a copy of weights; NULL: that leaves all n rows as they are. */
static enum lsn_status set_weights(struct lsn_importer *im, int n, int count, const float *weights,
                                   struct lsn_tensor *tensor)
{
    tensor->rank = 2;
    tensor->dims[0] = count;
    tensor->dims[1] = n;
    tensor->data =
        weights ? lsn_alloc_floats((size_t)n * (size_t)count) : weights_taking(n, n, NULL);
    if (!tensor->data)
        return lsn_fail_memory(im->err, "weights of rows");
    if (weights)
        memcpy(tensor->data, weights, (size_t)n * (size_t)count * sizeof *weights);
    return LSN_OK;
}

enum lsn_status lsn_import_resample(struct lsn_importer *im, struct lsn_value *value, int h,
                                    const float *rows, int w, const float *columns)
{
    struct lsn_node node = lsn_node_default(LSN_OP_RESAMPLE);
    struct lsn_shape s = lsn_value_shape(im, value);
    enum lsn_status status = set_weights(im, s.h, h, rows, &node.tensors[0]);
    int d;

    if (status == LSN_OK)
        status = set_weights(im, s.w, w, columns, &node.tensors[1]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    LSN_TRY(lsn_import_emit(im, &node, "resample", 1, &value->node, &value->node));
    for (d = 0; d < value->rank; d++) {
        struct lsn_axis *a = &value->axes[d];

        if (a->kind == LSN_AXIS_ROW || a->kind == LSN_AXIS_COLUMN)
            a->size = a->kind == LSN_AXIS_ROW ? h : w;
        if (a->size == 1)
            *a = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
    }
    return LSN_OK;
}

enum lsn_status lsn_import_take_spatial(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        const int *from, int count)
{
    struct lsn_shape s = lsn_value_shape(im, value);
    float *weights = weights_taking(rows ? s.h : s.w, count, from);
    enum lsn_status status;

    if (!weights)
        return lsn_fail_memory(im->err, "weights of rows");
    status = rows ? lsn_import_resample(im, value, count, weights, s.w, NULL)
                  : lsn_import_resample(im, value, s.h, NULL, count, weights);
    lsn_free(weights);
    return status;
}

/* A Constant node 1 x n x n with ones on its diagonal. */
static enum lsn_status emit_diagonal(struct lsn_importer *im, int n, int *index)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONSTANT);

    node.tensors[0] = (struct lsn_tensor){.rank = 3, .dims = {1, n, n}};
    node.tensors[0].data = weights_taking(n, n, NULL);
    if (!node.tensors[0].data)
        return lsn_fail_memory(im->err, "a constant");
    return lsn_import_emit(im, &node, "diagonal", 0, NULL, index);
}

/* Resample can repeat and add rows and columns, but not exchange them. So a row of n is repeated to
 * n x n, multiplied by a map with ones on its diagonal, and each row of that added up: a column of
 * n. */
enum lsn_status lsn_import_transpose_space(struct lsn_importer *im, struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_MUL);
    struct lsn_shape s = lsn_value_shape(im, value);
    int n = s.h * s.w, d, inputs[2];
    struct lsn_value transposed = *value;
    enum lsn_status status;
    float *ones;

    if (s.h != 1 && s.w != 1)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "exchanges height and width of %d x %d values; of one row or "
                               "column they can be",
                               s.h, s.w);
    ones = lsn_alloc_floats((size_t)n);
    for (d = 0; ones && d < n; d++)
        ones[d] = 1;
    status = ones ? emit_diagonal(im, n, &inputs[1]) : lsn_fail_memory(im->err, "weights of rows");
    if (status == LSN_OK)
        status = lsn_import_resample(im, &transposed, n, s.h == 1 ? ones : NULL, n,
                                     s.h == 1 ? NULL : ones);
    inputs[0] = transposed.node;
    if (status == LSN_OK)
        status = lsn_import_emit(im, &node, "turned", 2, inputs, &transposed.node);
    if (status == LSN_OK)
        status = lsn_import_resample(im, &transposed, s.w, s.h == 1 ? NULL : ones, s.h,
                                     s.h == 1 ? ones : NULL);
    lsn_free(ones);
    value->node = transposed.node;
    for (d = 0; d < value->rank; d++)
        if (value->axes[d].kind == LSN_AXIS_ROW || value->axes[d].kind == LSN_AXIS_COLUMN)
            value->axes[d].kind = s.h == 1 ? LSN_AXIS_ROW : LSN_AXIS_COLUMN;
    return status;
}
