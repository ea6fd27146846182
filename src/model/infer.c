#include "model/infer.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "model/ops.h"
#include "op/window.h"

enum { WEIGHT, BIAS };

#define WHO(node) (node)->name, lsn_op_def((node)->op)->name

enum lsn_status lsn_infer_input(struct lsn_node *node, const struct lsn_shape *in,
                                struct lsn_error *err)
{
    (void)in;
    return lsn_fail(err, LSN_E_MODEL, "node '%s': only the image is an Input", node->name);
}

enum lsn_status lsn_infer_same(struct lsn_node *node, const struct lsn_shape *in,
                               struct lsn_error *err)
{
    (void)err;
    node->shape = in[0];
    return LSN_OK;
}

/* Every tensor is one number per channel. */
enum lsn_status lsn_infer_per_channel(struct lsn_node *node, const struct lsn_shape *in,
                                      struct lsn_error *err)
{
    int i;

    for (i = 0; i < LSN_TENSORS_MAX; i++) {
        const struct lsn_tensor *t = &node->tensors[i];

        if (t->data && (t->rank != 1 || t->dims[0] != in[0].c))
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): its %s has %zu value%s, its input %d channel%s",
                            WHO(node), lsn_op_def(node->op)->tensors[i], lsn_tensor_count(t),
                            lsn_plural(lsn_tensor_count(t)), in[0].c, lsn_plural((size_t)in[0].c));
    }
    return lsn_infer_same(node, in, err);
}

enum lsn_status lsn_infer_batch_norm(struct lsn_node *node, const struct lsn_shape *in,
                                     struct lsn_error *err)
{
    const struct lsn_tensor *var = &node->tensors[3];
    size_t c;

    LSN_TRY(lsn_infer_per_channel(node, in, err));
    for (c = 0; c < (size_t)in[0].c; c++)
        if (!(var->data[c] + node->attributes.epsilon > 0))
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): the variance of channel %zu is %g, epsilon %g",
                            WHO(node), c, (double)var->data[c], (double)node->attributes.epsilon);
    return LSN_OK;
}

static enum lsn_status check_bias(const struct lsn_node *node, struct lsn_error *err)
{
    const struct lsn_tensor *bias = &node->tensors[BIAS];

    if (bias->data && (bias->rank != 1 || bias->dims[0] != node->shape.c))
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): its bias has %zu value%s, wanted %d",
                        WHO(node), lsn_tensor_count(bias), lsn_plural(lsn_tensor_count(bias)),
                        node->shape.c);
    return LSN_OK;
}

/* Output height and width of a window op; pads are top, left, bottom, right. */
static enum lsn_status infer_window(struct lsn_node *node, const struct lsn_shape *in,
                                    struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;

    node->shape.h = lsn_window_length(in->h, a->kernel[0], a->stride[0], a->dilation[0], a->pads[0],
                                      a->pads[2], a->ceil_mode);
    node->shape.w = lsn_window_length(in->w, a->kernel[1], a->stride[1], a->dilation[1], a->pads[1],
                                      a->pads[3], a->ceil_mode);
    if (node->shape.h < 1 || node->shape.w < 1)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): a %d x %d window (dilation %d x %d) does not fit the "
                        "%d x %d input with its padding",
                        WHO(node), a->kernel[0], a->kernel[1], a->dilation[0], a->dilation[1],
                        in->h, in->w);
    return LSN_OK;
}

/* What the user can do where the first layer wants images of that many channels. */
static const char *other_images(const struct lsn_node *node, int channels)
{
    if (node->inputs[0] != 0 || node->attributes.groups != 1)
        return "";
    return channels == 1   ? "; 'channels' of the preprocessing must be 1 (grey) for it"
           : channels == 3 ? "; 'channels' of the preprocessing must be 3 (colour) for it"
                           : "";
}

enum lsn_status lsn_infer_conv(struct lsn_node *node, const struct lsn_shape *in,
                               struct lsn_error *err)
{
    const struct lsn_tensor *weight = &node->tensors[WEIGHT];
    struct lsn_attributes *a = &node->attributes;

    if (weight->rank != 4)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): its weight has %d dimension%s, wanted 4",
                        WHO(node), weight->rank, lsn_plural((size_t)weight->rank));
    if (in->c % a->groups != 0 || weight->dims[0] % a->groups != 0 ||
        weight->dims[1] != in->c / a->groups)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): a weight of %d x %d x %d x %d with %d group%s does not "
                        "fit an input of %d channel%s%s",
                        WHO(node), weight->dims[0], weight->dims[1], weight->dims[2],
                        weight->dims[3], a->groups, lsn_plural((size_t)a->groups), in->c,
                        lsn_plural((size_t)in->c), other_images(node, weight->dims[1]));
    a->kernel[0] = weight->dims[2];
    a->kernel[1] = weight->dims[3];
    node->shape.c = weight->dims[0];
    LSN_TRY(infer_window(node, in, err));
    return check_bias(node, err);
}

enum lsn_status lsn_infer_linear(struct lsn_node *node, const struct lsn_shape *in,
                                 struct lsn_error *err)
{
    const struct lsn_tensor *weight = &node->tensors[WEIGHT];

    if (weight->rank != 2 || weight->dims[1] != in->c)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): a weight of %d dimension%s, %d x %d, does not fit an "
                        "input of %d channel%s",
                        WHO(node), weight->rank, lsn_plural((size_t)weight->rank), weight->dims[0],
                        weight->rank > 1 ? weight->dims[1] : 1, in->c, lsn_plural((size_t)in->c));
    node->shape = (struct lsn_shape){weight->dims[0], in->h, in->w};
    return check_bias(node, err);
}

/* With dilation, all taps of a window may fall on padding. There is no maximum or mean of no
 * pixels, so that is refused. */
static enum lsn_status check_taps(const struct lsn_node *node, const struct lsn_shape *in,
                                  struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;
    const int sizes[2] = {in->h, in->w}, counts[2] = {node->shape.h, node->shape.w};
    int i, at, first, last;

    for (i = 0; i < 2; i++)
        for (at = 0; at < counts[i]; at++) {
            const struct lsn_window_axis axis = {a->kernel[i], a->stride[i], a->dilation[i],
                                                 a->pads[i]};

            lsn_window_taps(axis, at, sizes[i], &first, &last);
            if (first == last)
                return lsn_fail(err, LSN_E_MODEL,
                                "node '%s' (%s): its window at %s %d meets no pixel of the "
                                "%d x %d input, only padding",
                                WHO(node), i ? "column" : "row", at, in->h, in->w);
        }
    return LSN_OK;
}

enum lsn_status lsn_infer_pool(struct lsn_node *node, const struct lsn_shape *in,
                               struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;
    int i;

    for (i = 0; i < 2; i++) {
        long long extent = (long long)a->dilation[i] * (a->kernel[i] - 1) + 1;

        if (a->pads[i] >= extent || a->pads[i + 2] >= extent)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): padding %d, %d is as large as its window of %d",
                            WHO(node), a->pads[i], a->pads[i + 2], a->kernel[i]);
    }
    node->shape.c = in->c;
    LSN_TRY(infer_window(node, in, err));
    return check_taps(node, in, err);
}

enum lsn_status lsn_infer_broadcast(struct lsn_node *node, const struct lsn_shape *in,
                                    struct lsn_error *err)
{
    const int a[3] = {in[0].c, in[0].h, in[0].w}, b[3] = {in[1].c, in[1].h, in[1].w};
    int out[3], i;

    for (i = 0; i < 3; i++) {
        if (a[i] != b[i] && a[i] != 1 && b[i] != 1)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): shapes %d x %d x %d and %d x %d x %d do not match",
                            WHO(node), a[0], a[1], a[2], b[0], b[1], b[2]);
        out[i] = a[i] > b[i] ? a[i] : b[i];
    }
    node->shape = (struct lsn_shape){out[0], out[1], out[2]};
    return LSN_OK;
}

enum lsn_status lsn_infer_reduce(struct lsn_node *node, const struct lsn_shape *in,
                                 struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;

    if (!a->over_channels && !a->over_space)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): reduces neither channels nor space",
                        WHO(node));
    node->shape = *in;
    if (a->over_channels)
        node->shape.c = 1;
    if (a->over_space)
        node->shape.h = node->shape.w = 1;
    return LSN_OK;
}

enum lsn_status lsn_infer_group_norm(struct lsn_node *node, const struct lsn_shape *in,
                                     struct lsn_error *err)
{
    if (in->c % node->attributes.groups != 0)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): %d channel%s not make %d equal groups",
                        WHO(node), in->c, in->c == 1 ? " does" : "s do", node->attributes.groups);
    return lsn_infer_per_channel(node, in, err);
}

enum lsn_status lsn_infer_constant(struct lsn_node *node, const struct lsn_shape *in,
                                   struct lsn_error *err)
{
    const struct lsn_tensor *value = &node->tensors[0];

    (void)in;
    if (value->rank != 3)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): its value has %d dimension%s, wanted 3",
                        WHO(node), value->rank, lsn_plural((size_t)value->rank));
    node->shape = (struct lsn_shape){value->dims[0], value->dims[1], value->dims[2]};
    return LSN_OK;
}

enum lsn_status lsn_infer_resample(struct lsn_node *node, const struct lsn_shape *in,
                                   struct lsn_error *err)
{
    const struct lsn_tensor *rows = &node->tensors[0], *columns = &node->tensors[1];

    if (rows->rank != 2 || columns->rank != 2 || rows->dims[1] != in->h ||
        columns->dims[1] != in->w)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): its rows and columns do not fit an input of %d x %d",
                        WHO(node), in->h, in->w);
    node->shape = (struct lsn_shape){in->c, rows->dims[0], columns->dims[0]};
    return LSN_OK;
}

enum lsn_status lsn_infer_concat(struct lsn_node *node, const struct lsn_shape *in,
                                 struct lsn_error *err)
{
    int i;

    node->shape = in[0];
    for (i = 1; i < node->input_count; i++) {
        if (in[i].h != in[0].h || in[i].w != in[0].w)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): input %d is %d x %d, input 0 is %d x %d", WHO(node), i,
                            in[i].h, in[i].w, in[0].h, in[0].w);
        if (in[i].c > INT_MAX - node->shape.c)
            return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): too many channels", WHO(node));
        node->shape.c += in[i].c;
    }
    return LSN_OK;
}

enum lsn_status lsn_infer_select(struct lsn_node *node, const struct lsn_shape *in,
                                 struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;
    int i;

    for (i = 0; i < a->channel_count; i++)
        if (a->channels[i] < 0 || a->channels[i] >= in->c)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): channel %d is asked for, its input has %d", WHO(node),
                            a->channels[i], in->c);
    node->shape = (struct lsn_shape){a->channel_count, in->h, in->w};
    return LSN_OK;
}

enum lsn_status lsn_infer_pad(struct lsn_node *node, const struct lsn_shape *in,
                              struct lsn_error *err)
{
    const int *p = node->attributes.pads;

    (void)err;
    node->shape = (struct lsn_shape){in->c, in->h + p[0] + p[2], in->w + p[1] + p[3]};
    return LSN_OK;
}

enum lsn_status lsn_infer_global_pool(struct lsn_node *node, const struct lsn_shape *in,
                                      struct lsn_error *err)
{
    (void)err;
    node->shape = (struct lsn_shape){in->c, 1, 1};
    return LSN_OK;
}

enum lsn_status lsn_infer_flatten(struct lsn_node *node, const struct lsn_shape *in,
                                  struct lsn_error *err)
{
    (void)err;
    node->shape = (struct lsn_shape){in->c * in->h * in->w, 1, 1};
    return LSN_OK;
}
