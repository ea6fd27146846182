/* The network's end. Only logits are compared, so a final Softmax, LogSoftmax or Sigmoid is taken
 * off: it does not change which class is the largest. An earlier Sigmoid is an op as others, an
 * earlier Softmax is refused. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/image.h"
#include "model/onnx/index.h"
#include "model/onnx/move.h"
#include "model/onnx/walk.h"

struct lsn_end lsn_import_find_end(const struct lsn_onnx *onnx, const struct lsn_names *producers,
                                   const char *output)
{
    struct lsn_end end = {.value = output};
    int node = lsn_import_skip_rearranging(onnx, producers, &end.value), before;
    const char *op = node >= 0 ? onnx->nodes[node].op : "", *inner;

    if (node < 0 || onnx->nodes[node].input_count != 1)
        return end;
    inner = onnx->nodes[node].inputs[0];
    if (strcmp(op, "Log") == 0) {
        before = lsn_import_skip_rearranging(onnx, producers, &inner);
        if (before < 0 || strcmp(onnx->nodes[before].op, "Softmax") != 0 ||
            onnx->nodes[before].input_count != 1)
            return end;
        inner = onnx->nodes[before].inputs[0];
        end.what = "Softmax and Log";
        end.nodes[end.count++] = before;
    } else if (strcmp(op, "Softmax") == 0 || strcmp(op, "LogSoftmax") == 0 ||
               strcmp(op, "Sigmoid") == 0) {
        end.what = op;
    } else {
        return end;
    }
    end.nodes[end.count++] = node;
    end.value = inner;
    (void)lsn_import_skip_rearranging(onnx, producers, &end.value);
    return end;
}

/* Checks that the current Softmax is over all channels of value, and over nothing else. */
static enum lsn_status check_over_classes(struct lsn_importer *im, const struct lsn_value *value)
{
    bool one_axis = im->onnx.opset >= 13; /* earlier, axis and all after it */
    int axis = one_axis ? -1 : 1, d;
    bool covered = true;

    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis));
    LSN_TRY(lsn_import_axis(im, axis, value->rank, &axis));
    for (d = 0; d < value->rank; d++)
        if (value->axes[d].kind != LSN_AXIS_ONE)
            covered = covered && value->axes[d].kind == LSN_AXIS_CHANNEL &&
                      (one_axis ? d == axis : d >= axis);
    if (!covered)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "only a Softmax over the classes at the end is supported");
    return LSN_OK;
}

enum lsn_status lsn_import_take_off_end(struct lsn_importer *im, bool *taken)
{
    struct lsn_value *in, out;
    int i;

    *taken = false;
    for (i = 0; i < im->end.count; i++)
        *taken = *taken || (size_t)im->end.nodes[i] == im->current_index;
    if (!*taken)
        return LSN_OK;
    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    if (strstr(im->current->op, "Softmax"))
        LSN_TRY(check_over_classes(im, in));
    out = *in;
    return lsn_import_bind(im, 0, &out);
}

/* A network with one output z answers yes where z is above 0. Two classes with the logits 0 and z
 * have the same probabilities (a Softmax of them is the Sigmoid of z), and the same answer. */
static enum lsn_status make_two(struct lsn_importer *im, int from)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_tensor *weight = &node.tensors[0];

    im->one_logit = true;
    if (im->end.what && strcmp(im->end.what, "Sigmoid") != 0)
        return lsn_fail(im->err, LSN_E_UNSUPPORTED,
                        "%s: its output is the %s of one number, which never changes", im->path,
                        im->end.what);
    weight->rank = 2;
    weight->dims[0] = 2;
    weight->dims[1] = 1;
    weight->data = lsn_alloc_floats(2);
    if (!weight->data)
        return lsn_fail_memory(im->err, "a weight");
    weight->data[1] = 1;
    LSN_TRY(lsn_import_emit(im, &node, "two_classes", 1, &from, &from));
    return lsn_notes_add(im->notes, im->err,
                         "its one output is two classes: 0 (no) with the logit 0, 1 (yes) with the "
                         "logit z%s",
                         im->end.what ? " before the final Sigmoid, which is taken off"
                                      : " that it is");
}

enum lsn_status lsn_import_finish(struct lsn_importer *im, const char *output)
{
    int index = lsn_names_find(&im->value_names, output);
    struct lsn_value *value = index < 0 ? NULL : &im->values[index];
    struct lsn_shape s;

    if (!value || value->is_constant || im->onnx.node_count == 0)
        return lsn_fail(im->err, LSN_E_MODEL, "%s: its output '%s' is not computed from the image",
                        im->path, output);
    LSN_TRY(lsn_import_order_channels(im, value));
    while (im->graph->count > value->node + 1)
        lsn_node_free(&im->graph->nodes[--im->graph->count]);
    LSN_TRY(lsn_import_note_flat_image(im));
    s = lsn_value_shape(im, value);
    if (s.c == 1 && s.h == 1 && s.w == 1)
        return make_two(im, value->node);
    if (!im->end.what)
        return LSN_OK;
    return lsn_notes_add(im->notes, im->err,
                         "the final %s is taken off; it leaves the order of the classes as it is, "
                         "and what counts are the logits before it",
                         im->end.what);
}
