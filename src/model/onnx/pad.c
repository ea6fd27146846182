/* Pad: of rows and columns by constants it is a Pad node, otherwise a Resample, as each output row
 * is one of the input; of channels a Concat with constants. Negative pads cut. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/index.h"
#include "model/onnx/move.h"

#define EXTENT_MAX 65536

enum pad_mode { PAD_CONSTANT, PAD_REFLECT, PAD_EDGE, PAD_WRAP };

/* Which input row (or column) of n is shown at place i; places before the first and after the last
 * are padding, by mode. -1: none. */
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

/* Cuts or pads rows (or columns), pads before and after. */
static enum lsn_status pad_spatial(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                   enum pad_mode mode, const int pads[2])
{
    struct lsn_shape s = lsn_value_shape(im, value);
    int n = rows ? s.h : s.w, count = n + pads[0] + pads[1], *from, i;
    enum lsn_status status;

    if (pads[0] == 0 && pads[1] == 0)
        return LSN_OK;
    if (count < 1)
        return lsn_import_fail(im, LSN_E_MODEL, "pads %d value%s by %d and %d", n,
                               lsn_plural((size_t)n), pads[0], pads[1]);
    from = lsn_alloc((size_t)count, sizeof *from);
    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < count; i++)
        from[i] = padded_index(mode, i - pads[0], n);
    status = lsn_import_take_spatial(im, value, rows, from, count);
    lsn_free(from);
    return status;
}

/* Concatenates constant channels, of this number, before and after value's. */
static enum lsn_status pad_channels(struct lsn_importer *im, struct lsn_value *value,
                                    const int pads[2], float number)
{
    struct lsn_shape s = lsn_value_shape(im, value);
    int inputs[3], count = 0, end, d;
    struct lsn_node node;
    size_t i;

    for (end = 0; end < 2; end++) {
        if (end == 1)
            inputs[count++] = value->node;
        if (pads[end] == 0)
            continue;
        node = lsn_node_default(LSN_OP_CONSTANT);
        node.tensors[0] = (struct lsn_tensor){.rank = 3, .dims = {pads[end], s.h, s.w}};
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

/* Sorts pads, given for each of `count` axes and first all before, then all after, into those of
 * channels, rows and columns, out [channels, rows, columns][before, after]. axes NULL: all in
 * order. */
static enum lsn_status place_pads(struct lsn_importer *im, const struct lsn_value *value,
                                  const int64_t *pads, const int64_t *axes, size_t count,
                                  int out[3][2])
{
    size_t i;
    int d, end;

    memset(out, 0, sizeof(int[3][2]));
    for (i = 0; i < count; i++) {
        enum lsn_axis_kind kind;

        LSN_TRY(lsn_import_axis(im, axes ? axes[i] : (int64_t)i, value->rank, &d));
        kind = lsn_value_axis_kind(value, d);
        for (end = 0; end < 2; end++) {
            int64_t pad = pads[i + (end ? count : 0)];

            if (pad == 0)
                continue;
            if (kind == LSN_AXIS_ONE || kind == LSN_AXIS_SPACE || pad < -EXTENT_MAX ||
                pad > EXTENT_MAX)
                return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                       "pads axis %d by %jd; channels, height and width can be "
                                       "padded",
                                       d, (intmax_t)pad);
            out[kind - LSN_AXIS_CHANNEL][end] = (int)pad;
        }
    }
    return LSN_OK;
}

/* First what is cut, then what is padded. pads [channels, rows, columns][before, after]. */
static enum lsn_status pad(struct lsn_importer *im, struct lsn_value *value, enum pad_mode mode,
                           float number, int pads[3][2])
{
    struct lsn_node node = lsn_node_default(LSN_OP_PAD);
    int cut[2], end, d;

    if (pads[0][0] < 0 || pads[0][1] < 0 || (mode != PAD_CONSTANT && (pads[0][0] || pads[0][1])))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "pads channels by %d and %d; they can be padded with constants",
                               pads[0][0], pads[0][1]);
    for (d = 1; d < 3; d++) {
        for (end = 0; end < 2; end++) {
            cut[end] = pads[d][end] < 0 ? pads[d][end] : 0;
            pads[d][end] -= cut[end];
        }
        LSN_TRY(pad_spatial(im, value, d == 1, mode, cut));
        if (mode != PAD_CONSTANT)
            LSN_TRY(pad_spatial(im, value, d == 1, mode, pads[d]));
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
        enum lsn_axis_kind kind = lsn_value_axis_kind(value, d);

        if (kind == LSN_AXIS_ROW || kind == LSN_AXIS_COLUMN) {
            struct lsn_shape s = lsn_value_shape(im, value);
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

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
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
        status = lsn_import_fail(im, LSN_E_MODEL, "has %zu pad%s for %zu ax%s", count,
                                 lsn_plural(count), axis_count, axis_count == 1 ? "is" : "es");
    if (status == LSN_OK)
        status = place_pads(im, &out, pads, axes, axis_count, placed);
    lsn_free(pads);
    lsn_free(axes);
    LSN_TRY(status);
    LSN_TRY(pad(im, &out, (enum pad_mode)mode, number, placed));
    return lsn_import_bind(im, 0, &out);
}
