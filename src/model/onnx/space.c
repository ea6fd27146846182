/* Ops that move values over space: cutting, padding, repeating, and moving blocks of space
 * to channels and back. All are linear maps of rows and of columns: a Resample node. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

#define EXTENT_MAX 65536

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
    struct lsn_shape s = lsn_import_shape(im, value);
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

enum lsn_status lsn_import_take_side(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                     const int *from, int count)
{
    struct lsn_shape s = lsn_import_shape(im, value);
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
enum lsn_status lsn_import_turn(struct lsn_importer *im, struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_MUL);
    struct lsn_shape s = lsn_import_shape(im, value);
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

/* ---- Pad ---- */

enum pad_mode { PAD_CONSTANT, PAD_REFLECT, PAD_EDGE, PAD_WRAP };

/* The input index that output index i, counted from the first input one, shows. */
static int padded_index(enum pad_mode mode, int i, int n)
{
    if (i >= 0 && i < n)
        return i;
    if (mode == PAD_EDGE)
        return i < 0 ? 0 : n - 1;
    if (mode == PAD_WRAP)
        return (i % n + n) % n;
    if (mode == PAD_REFLECT && n > 1) {
        i = (i % (2 * n - 2) + 2 * n - 2) % (2 * n - 2);
        return i < n ? i : 2 * n - 2 - i;
    }
    return mode == PAD_REFLECT ? 0 : -1;
}

/* One side of space, by a mode or a cut (negative pads). */
static enum lsn_status pad_side(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                enum pad_mode mode, const int pads[2])
{
    struct lsn_shape s = lsn_import_shape(im, value);
    int n = rows ? s.h : s.w, count = n + pads[0] + pads[1], *from, i;
    enum lsn_status status;

    if (pads[0] == 0 && pads[1] == 0)
        return LSN_OK;
    if (count < 1)
        return lsn_import_fail(im, LSN_E_MODEL, "pads %d values by %d and %d", n, pads[0], pads[1]);
    from = lsn_alloc((size_t)count, sizeof *from);
    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < count; i++)
        from[i] = padded_index(mode, i - pads[0], n);
    status = lsn_import_take_side(im, value, rows, from, count);
    lsn_free(from);
    return status;
}

/* A map of one number beside value, count channels of it; or value's own shape. */
static enum lsn_status pad_channels(struct lsn_importer *im, struct lsn_value *value,
                                    const int pads[2], float number)
{
    struct lsn_shape s = lsn_import_shape(im, value);
    int inputs[3], count = 0, side, d;
    struct lsn_node node;
    size_t i;

    for (side = 0; side < 2; side++) {
        if (side == 1)
            inputs[count++] = value->node;
        if (pads[side] == 0)
            continue;
        node = lsn_node_default(LSN_OP_CONSTANT);
        node.tensors[0] = (struct lsn_tensor){.rank = 3, .dims = {pads[side], s.h, s.w}};
        node.tensors[0].data = lsn_alloc_floats(lsn_tensor_count(&node.tensors[0]));
        if (!node.tensors[0].data)
            return lsn_fail_memory(im->err, "padding");
        for (i = 0; i < lsn_tensor_count(&node.tensors[0]); i++)
            node.tensors[0].data[i] = number;
        LSN_TRY(lsn_import_emit(im, &node, "padding", 0, NULL, &inputs[count++]));
    }
    node = lsn_node_default(LSN_OP_CONCAT);
    LSN_TRY(lsn_import_emit(im, &node, "channels", count, inputs, &value->node));
    for (d = 0; d < value->rank; d++)
        if (value->axes[d].kind == LSN_AXIS_CHANNEL)
            value->axes[d].size += pads[0] + pads[1];
    return LSN_OK;
}

/* pads of count axes, before then behind, as those of channels, rows and columns. axes: NULL:
 * all in order. */
static enum lsn_status place_pads(struct lsn_importer *im, const struct lsn_value *value,
                                  const int64_t *pads, const int64_t *axes, size_t count,
                                  int out[3][2])
{
    size_t i;
    int d, side;

    memset(out, 0, sizeof(int[3][2]));
    for (i = 0; i < count; i++) {
        enum lsn_axis_kind kind;

        LSN_TRY(lsn_import_axis(im, axes ? axes[i] : (int64_t)i, value->rank, &d));
        kind = lsn_import_kind_at(value, d);
        for (side = 0; side < 2; side++) {
            int64_t pad = pads[i + (side ? count : 0)];

            if (pad == 0)
                continue;
            if (kind == LSN_AXIS_ONE || kind == LSN_AXIS_SPACE || pad < -EXTENT_MAX ||
                pad > EXTENT_MAX)
                return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                       "pads axis %d by %jd; channels, height and width can be "
                                       "padded",
                                       d, (intmax_t)pad);
            out[kind - LSN_AXIS_CHANNEL][side] = (int)pad;
        }
    }
    return LSN_OK;
}

/* Cuts, then the padding itself. */
static enum lsn_status pad(struct lsn_importer *im, struct lsn_value *value, enum pad_mode mode,
                           float number, int pads[3][2])
{
    struct lsn_node node = lsn_node_default(LSN_OP_PAD);
    int cut[2], side, d;

    if (pads[0][0] < 0 || pads[0][1] < 0 || (mode != PAD_CONSTANT && (pads[0][0] || pads[0][1])))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "pads channels by %d and %d; they can be padded with constants",
                               pads[0][0], pads[0][1]);
    for (d = 1; d < 3; d++) {
        for (side = 0; side < 2; side++) {
            cut[side] = pads[d][side] < 0 ? pads[d][side] : 0;
            pads[d][side] -= cut[side];
        }
        LSN_TRY(pad_side(im, value, d == 1, mode, cut));
        if (mode != PAD_CONSTANT)
            LSN_TRY(pad_side(im, value, d == 1, mode, pads[d]));
    }
    if (pads[0][0] || pads[0][1])
        LSN_TRY(pad_channels(im, value, pads[0], number));
    if (mode != PAD_CONSTANT || !(pads[1][0] || pads[1][1] || pads[2][0] || pads[2][1]))
        return LSN_OK;
    for (d = 0; d < 4; d++)
        node.attributes.pads[d] = pads[1 + d % 2][d / 2];
    node.attributes.value = number;
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &value->node, &value->node));
    for (d = 0; d < value->rank; d++) {
        enum lsn_axis_kind kind = lsn_import_kind_at(value, d);

        if (kind == LSN_AXIS_ROW || kind == LSN_AXIS_COLUMN) {
            struct lsn_shape s = lsn_import_shape(im, value);
            int size = kind == LSN_AXIS_ROW ? s.h : s.w;

            value->axes[d] = (struct lsn_axis){size == 1 ? LSN_AXIS_ONE : kind, size, 1};
        }
    }
    return LSN_OK;
}

enum lsn_status lsn_import_pad(struct lsn_importer *im)
{
    static const char *const modes[] = {"constant", "reflect", "edge", "wrap", NULL};
    bool marked[LSN_RANK_MAX] = {false};
    int64_t *pads = NULL, *axes = NULL;
    size_t count = 0, axis_count = 0;
    struct lsn_value *in, out;
    enum lsn_status status;
    float number = 0;
    int mode = 0, placed[3][2];

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    out = *in;
    LSN_TRY(lsn_import_string(im, "mode", modes, &mode));
    LSN_TRY(lsn_import_scalar(im, 2, "value", &number));
    /* Before a MaxPool, "nothing" is written as the lowest float or minus infinity. */
    number = number < -1e30f ? -1e30f : number;
    status = lsn_import_list(im, 1, "pads", &pads, &count);
    if (status == LSN_OK)
        status = lsn_import_list(im, 3, "axes", &axes, &axis_count);
    if (status == LSN_OK)
        status = lsn_import_mark_axes(im, axes, axis_count, out.rank, marked);
    axis_count = axes ? axis_count : (size_t)out.rank;
    if (status == LSN_OK && (!pads || count != 2 * axis_count))
        status = lsn_import_fail(im, LSN_E_MODEL, "has %zu pads for %zu axes", count, axis_count);
    if (status == LSN_OK)
        status = place_pads(im, &out, pads, axes, axis_count, placed);
    lsn_free(pads);
    lsn_free(axes);
    LSN_TRY(status);
    LSN_TRY(pad(im, &out, (enum pad_mode)mode, number, placed));
    return lsn_import_bind(im, 0, &out);
}
