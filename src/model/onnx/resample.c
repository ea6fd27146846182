/* Rows and columns chosen, weighed and exchanged: a Resample node, whose output rows are weighted
 * sums of its input's. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/move.h"

/* [count][n] with a 1 in row i at from[i], none where that is -1; n ones on the diagonal
 * where from is NULL. NULL: out of memory. */
static float *choosing(int n, int count, const int *from)
{
    float *weights = lsn_alloc_floats((size_t)n * (size_t)count);
    int i;

    for (i = 0; weights && i < count; i++)
        if (!from || from[i] >= 0)
            weights[(size_t)i * (size_t)n + (size_t)(from ? from[i] : i)] = 1;
    return weights;
}

/* Gives tensor [count][n] a copy of weights, or what leaves all as it is. */
static enum lsn_status set_side(struct lsn_importer *im, int n, int count, const float *weights,
                                struct lsn_tensor *tensor)
{
    tensor->rank = 2;
    tensor->dims[0] = count;
    tensor->dims[1] = n;
    tensor->data = weights ? lsn_alloc_floats((size_t)n * (size_t)count) : choosing(n, n, NULL);
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
    enum lsn_status status = set_side(im, s.h, h, rows, &node.tensors[0]);
    int d;

    if (status == LSN_OK)
        status = set_side(im, s.w, w, columns, &node.tensors[1]);
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
    float *weights = choosing(rows ? s.h : s.w, count, from);
    enum lsn_status status;

    if (!weights)
        return lsn_fail_memory(im->err, "weights of rows");
    status = rows ? lsn_import_resample(im, value, count, weights, s.w, NULL)
                  : lsn_import_resample(im, value, s.h, NULL, count, weights);
    lsn_free(weights);
    return status;
}

/* A square with ones on its diagonal. */
static enum lsn_status emit_diagonal(struct lsn_importer *im, int n, int *index)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONSTANT);

    node.tensors[0] = (struct lsn_tensor){.rank = 3, .dims = {1, n, n}};
    node.tensors[0].data = choosing(n, n, NULL);
    if (!node.tensors[0].data)
        return lsn_fail_memory(im->err, "a constant");
    return lsn_import_emit(im, &node, "diagonal", 0, NULL, index);
}

/* Repeated to a square, of which only the diagonal is kept, and summed across. */
enum lsn_status lsn_import_transpose_space(struct lsn_importer *im, struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_MUL);
    struct lsn_shape s = lsn_value_shape(im, value);
    int n = s.h * s.w, d, inputs[2];
    struct lsn_value turned = *value;
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
        status =
            lsn_import_resample(im, &turned, n, s.h == 1 ? ones : NULL, n, s.h == 1 ? NULL : ones);
    inputs[0] = turned.node;
    if (status == LSN_OK)
        status = lsn_import_emit(im, &node, "turned", 2, inputs, &turned.node);
    if (status == LSN_OK)
        status = lsn_import_resample(im, &turned, s.w, s.h == 1 ? NULL : ones, s.h,
                                     s.h == 1 ? ones : NULL);
    lsn_free(ones);
    value->node = turned.node;
    for (d = 0; d < value->rank; d++)
        if (value->axes[d].kind == LSN_AXIS_ROW || value->axes[d].kind == LSN_AXIS_COLUMN)
            value->axes[d].kind = s.h == 1 ? LSN_AXIS_ROW : LSN_AXIS_COLUMN;
    return status;
}
