/* Concat. Along channels it is a Concat node. Along rows or columns there is no such node: each
 * input is placed among zeroes on a map of the full size, and the maps are added. An axis of size 1
 * that is neither (torch.stack makes one) becomes one of channels. */
#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/index.h"
#include "model/onnx/move.h"

struct concat {
    int axis, count;
    enum lsn_axis_kind kind;  /* along axis: channels, rows or columns */
    struct lsn_value *inputs; /* [count] maps */
};

/* What runs along the axis: what it is of any feature map with more than one value there, else what
 * its place in N x C x H x W says. */
static enum lsn_axis_kind find_kind(struct lsn_importer *im, const struct lsn_value *like, int axis)
{
    enum lsn_axis_kind kind = lsn_value_axis_kind(like, axis);
    struct lsn_shape s = lsn_value_shape(im, like);
    size_t i;

    for (i = 0; i < im->current->input_count; i++) {
        const struct lsn_value *in = lsn_import_input(im, i);

        if (in && !in->is_constant && axis < in->rank && in->axes[axis].kind != LSN_AXIS_ONE)
            return in->axes[axis].kind;
    }
    if ((kind == LSN_AXIS_ROW && s.h == 1) || (kind == LSN_AXIS_COLUMN && s.w == 1))
        return kind;
    return LSN_AXIS_CHANNEL;
}

/* Input i as a feature map. A constant becomes one that fits like on all axes but the one
 * concatenated along. */
static enum lsn_status read_input(struct lsn_importer *im, const struct concat *c,
                                  struct lsn_value like, size_t i)
{
    struct lsn_value *in = lsn_import_input(im, i);

    if (!in)
        return lsn_import_fail(im, LSN_E_MODEL, "has no input %zu", i);
    if (!in->is_constant) {
        LSN_TRY(lsn_import_order_channels(im, in));
        c->inputs[i] = *in;
        return LSN_OK;
    }
    if (in->constant.rank != like.rank)
        return lsn_import_fail(im, LSN_E_MODEL, "input %zu has %d dimension%s, the others %d", i,
                               in->constant.rank, lsn_plural((size_t)in->constant.rank), like.rank);
    like.axes[c->axis] = (struct lsn_axis){c->kind, 1, 1};
    return lsn_import_constant_map(im, in, &like, &c->inputs[i]);
}

/* All axes but the one concatenated along must be of the same size, and run over the same. */
static enum lsn_status check_inputs(struct lsn_importer *im, const struct concat *c)
{
    const struct lsn_value *first = &c->inputs[0];
    int i, d;

    for (i = 1; i < c->count; i++) {
        const struct lsn_value *in = &c->inputs[i];

        if (in->rank != first->rank)
            return lsn_import_fail(im, LSN_E_MODEL, "input %d has %d dimension%s, input 0 has %d",
                                   i, in->rank, lsn_plural((size_t)in->rank), first->rank);
        for (d = 0; d < in->rank; d++) {
            const struct lsn_axis *x = &first->axes[d], *y = &in->axes[d];

            if (d != c->axis && x->size != y->size)
                return lsn_import_fail(im, LSN_E_MODEL,
                                       "inputs 0 and %d have %d and %d values "
                                       "along axis %d",
                                       i, x->size, y->size, d);
            if (d != c->axis && x->kind != y->kind)
                return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                       "axis %d of inputs 0 and %d stands for different things", d,
                                       i);
        }
    }
    return LSN_OK;
}

/* Concat nodes append all channels of one input to those of another. For that the axis is made the
 * outermost of each input's axes of channels. */
static enum lsn_status join_channels(struct lsn_importer *im, const struct concat *c,
                                     struct lsn_value *out)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONCAT);
    int *nodes = lsn_alloc((size_t)c->count, sizeof *nodes), total = 0, i, inner;
    enum lsn_status status = nodes ? LSN_OK : lsn_fail_memory(im->err, "a list of inputs");

    for (i = 0; i < c->count && status == LSN_OK; i++) {
        struct lsn_value *in = &c->inputs[i];
        struct lsn_axis first = in->axes[0];

        in->axes[0] = in->axes[c->axis];
        in->axes[c->axis] = first;
        status = lsn_import_order_channels(im, in);
        first = in->axes[0];
        in->axes[0] = in->axes[c->axis];
        in->axes[c->axis] = first;
        total += first.size;
        nodes[i] = in->node;
    }
    *out = c->inputs[0];
    inner = lsn_value_shape(im, out).c / out->axes[c->axis].size;
    if (status == LSN_OK)
        status = lsn_import_emit(im, &node, NULL, c->count, nodes, &out->node);
    lsn_free(nodes);
    out->axes[c->axis] =
        (struct lsn_axis){total == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, total, inner};
    return status;
}

/* Places value's rows (or columns) at `start` among `total`; the others are zeroes. */
static enum lsn_status place(struct lsn_importer *im, struct lsn_value *value, bool rows, int start,
                             int total)
{
    struct lsn_shape s = lsn_value_shape(im, value);
    int n = rows ? s.h : s.w, i, *from = lsn_alloc((size_t)total, sizeof *from);
    enum lsn_status status;

    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < total; i++)
        from[i] = i >= start && i < start + n ? i - start : -1;
    status = lsn_import_take_spatial(im, value, rows, from, total);
    lsn_free(from);
    return status;
}

/* Along rows or columns. Coordinate attention concatenates a line of column means with one of row
 * means, H x 1 with 1 x W transposed: that one is transposed by nodes first. */
static enum lsn_status join_spatial(struct lsn_importer *im, const struct concat *c,
                                    struct lsn_value *out)
{
    bool rows = c->kind == LSN_AXIS_ROW;
    int total = 0, start = 0, sum[2] = {0, 0}, i;

    for (i = 0; i < c->count; i++)
        total += c->inputs[i].axes[c->axis].size;
    for (i = 0; i < c->count; i++) {
        struct lsn_value *in = &c->inputs[i];
        struct lsn_node node = lsn_node_default(LSN_OP_ADD);
        int size = in->axes[c->axis].size;

        if (size > 1 && in->axes[c->axis].kind != c->kind)
            LSN_TRY(lsn_import_transpose_space(im, in));
        LSN_TRY(place(im, in, rows, start, total));
        sum[1] = in->node;
        if (i > 0)
            LSN_TRY(lsn_import_emit(im, &node, i + 1 < c->count ? "sum" : NULL, 2, sum, &sum[1]));
        sum[0] = sum[1];
        start += size;
    }
    *out = c->inputs[0];
    out->node = sum[0];
    out->axes[c->axis] = (struct lsn_axis){total == 1 ? LSN_AXIS_ONE : c->kind, total, 1};
    return LSN_OK;
}

static enum lsn_status concat(struct lsn_importer *im, struct concat *c)
{
    struct lsn_value *like = NULL, first, out;
    int i;

    for (i = 0; i < c->count && (!like || like->is_constant); i++)
        like = lsn_import_input(im, (size_t)i);
    if (!like || like->is_constant)
        return lsn_import_feature_map(im, 0, &like);
    LSN_TRY(lsn_import_order_channels(im, like));
    first = *like;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &c->axis));
    LSN_TRY(lsn_import_axis(im, c->axis, first.rank, &c->axis));
    c->kind = find_kind(im, &first, c->axis);
    for (i = 0; i < c->count; i++)
        LSN_TRY(read_input(im, c, first, (size_t)i));
    LSN_TRY(check_inputs(im, c));
    if (c->kind == LSN_AXIS_SPACE)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "concatenates along axis %d, height and width as one; channels, "
                               "height or width can be",
                               c->axis);
    LSN_TRY(c->kind == LSN_AXIS_CHANNEL ? join_channels(im, c, &out) : join_spatial(im, c, &out));
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_concat(struct lsn_importer *im)
{
    struct concat c = {.axis = 1, .count = (int)im->current->input_count};
    enum lsn_status status;

    c.inputs = lsn_alloc((size_t)c.count, sizeof *c.inputs);
    if (!c.inputs)
        return lsn_fail_memory(im->err, "a list of inputs");
    status = concat(im, &c);
    lsn_free(c.inputs);
    return status;
}
