/* The ONNX graph's input as the one image that is shown. Files take it as batch x channels x height
 * x width, with channels last (TensorFlow's exporters), without the batch, or as one vector. */
#include <string.h>

#include "base/text.h"
#include "model/onnx/image.h"

/* Whether a size that the file declares is this one, or left open. */
static bool may_be(int64_t declared, int64_t size)
{
    return declared <= 0 || declared == size;
}

/* Puts the three axes of the image into the order that dims [3], declared by the file, have them
 * in: channels first or last. False where they are of another size. */
static bool order_planes(const int64_t *dims, struct lsn_shape s, struct lsn_axis *axes)
{
    bool first = may_be(dims[0], s.c) && may_be(dims[1], s.h) && may_be(dims[2], s.w);
    bool last = may_be(dims[0], s.h) && may_be(dims[1], s.w) && may_be(dims[2], s.c);
    struct lsn_axis channel = axes[0];

    if (first || !last)
        return first;
    memmove(&axes[0], &axes[1], 2 * sizeof channel);
    axes[2] = channel;
    return true;
}

/* A file that takes whole numbers can be given only pixels that the preprocessing leaves at 0 ...
 * 255. */
static enum lsn_status check_integer(struct lsn_importer *im, const struct lsn_onnx_port *in)
{
    const struct lsn_input *input = im->input;
    bool same = input->scale == 1, holds = in->type != LSN_ONNX_INT8;
    int c;

    holds = holds && (in->type <= LSN_ONNX_INT64 || in->type == LSN_ONNX_UINT32 ||
                      in->type == LSN_ONNX_UINT64);
    if (!in->type || !lsn_onnx_is_integer(&(struct lsn_onnx_tensor){.type = in->type}))
        return LSN_OK;
    for (c = 0; c < input->shape.c; c++)
        same = same && input->mean[c] == 0 && input->std[c] == 1;
    if (!same || !holds)
        return lsn_fail(im->err, LSN_E_MODEL,
                        "%s: input '%s' takes whole numbers only (ONNX type %d), and the "
                        "preprocessing makes others of pixels of 0 ... 255: it must have scale 1, "
                        "mean 0 and std 1, and the type hold them",
                        im->path, in->name, in->type);
    return lsn_notes_add(im->notes, im->err,
                         "input '%s' takes whole numbers; where a stimulus is not quantised "
                         "(--quantize none, --normalise) it is given fractions",
                         in->name);
}

/* Where the file takes images of the same size, but of another number of channels, says what the
 * preprocessing's 'channels' must be. */
static enum lsn_status check_channels(const struct lsn_importer *im, const struct lsn_onnx_port *in)
{
    const int64_t *d = in->dims + (in->rank == 4);
    struct lsn_shape s = im->input->shape;
    int64_t channels = 0;

    if (in->rank == 3 || in->rank == 4)
        channels = may_be(d[1], s.h) && may_be(d[2], s.w)   ? d[0]
                   : may_be(d[0], s.h) && may_be(d[1], s.w) ? d[2]
                                                            : 0;
    if (channels <= 0 || channels == s.c)
        return LSN_OK;
    if (channels == 1 || channels == 3)
        return lsn_fail(im->err, LSN_E_MODEL,
                        "%s: input '%s' takes images of %s, and 'channels' of the preprocessing "
                        "is %d: it must be %d there, with as many numbers in 'mean' and 'std'",
                        im->path, in->name, channels == 1 ? "1 channel" : "3 channels", s.c,
                        (int)channels);
    return lsn_fail(im->err, LSN_E_UNSUPPORTED,
                    "%s: input '%s' takes images of %jd channels, supported are 3 (colour) and 1 "
                    "(grey)",
                    im->path, in->name, (intmax_t)channels);
}

static enum lsn_status fail_shape(struct lsn_importer *im, const struct lsn_onnx_port *in)
{
    struct lsn_shape s = im->input->shape;
    struct lsn_text text = {0};
    enum lsn_status status;
    int d;

    for (d = 0; d < in->rank && d < LSN_RANK_MAX; d++)
        lsn_text_add(&text, d ? " x %jd" : "%jd", (intmax_t)in->dims[d]);
    status = lsn_fail(im->err, LSN_E_MODEL,
                      "%s: input '%s' is %s (0: any size); the preprocessing makes one image of "
                      "%d x %d x %d",
                      im->path, in->name, text.failed || !text.bytes ? "a number" : text.bytes, s.c,
                      s.h, s.w);
    lsn_text_free(&text);
    return status;
}

/* The image as one vector, by a Flatten node; where the file only reshapes it back to planes,
 * nothing reads that node and it is removed with the unused ones. */
static enum lsn_status flatten_image(struct lsn_importer *im, struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_FLATTEN);
    const int image = 0;
    int size;
    enum lsn_status status = lsn_node_set(&node, "input.flatten", &image, 1, im->err);

    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    LSN_TRY(lsn_graph_add(im->graph, &node, &im->flat_image, im->err));
    size = im->graph->nodes[im->flat_image].shape.c;
    *value = (struct lsn_value){.node = im->flat_image, .rank = 2};
    value->axes[0] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
    value->axes[1] = (struct lsn_axis){size == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, size, 1};
    return LSN_OK;
}

static enum lsn_status note_batch(struct lsn_importer *im, int64_t declared)
{
    im->batch = declared > 1 ? declared : 1;
    if (im->batch == 1)
        return LSN_OK;
    return lsn_notes_add(im->notes, im->err, "its batch of %jd images is taken as 1",
                         (intmax_t)im->batch);
}

enum lsn_status lsn_import_bind_image(struct lsn_importer *im)
{
    const struct lsn_onnx_port *in = im->onnx.inputs;
    struct lsn_value value = lsn_value_nchw(im, 0);
    struct lsn_shape s = im->input->shape;
    bool fits = in->rank == -1;

    LSN_TRY(check_integer(im, in));
    if (in->rank == 4)
        fits = order_planes(in->dims + 1, s, value.axes + 1);
    else if (in->rank == 3 && order_planes(in->dims, s, value.axes + 1)) {
        fits = true;
        memmove(value.axes, value.axes + 1, 3 * sizeof value.axes[0]);
        value.rank = 3;
    } else if (in->rank == 2)
        fits = may_be(in->dims[1], (int64_t)s.c * s.h * s.w);
    if (!fits) {
        LSN_TRY(check_channels(im, in));
        return fail_shape(im, in);
    }
    if (in->rank == 2)
        LSN_TRY(flatten_image(im, &value));
    if (in->rank == 2 || in->rank == 4)
        LSN_TRY(note_batch(im, in->dims[0]));
    return lsn_import_bind_named(im, in->name, &value);
}

void lsn_import_drop_batch(const struct lsn_importer *im, int64_t *target, size_t rank,
                           int64_t count)
{
    int64_t product = 1;
    bool open = false;
    size_t d;

    if (im->batch == 1 || rank == 0 || target[0] != im->batch)
        return;
    for (d = 0; d < rank; d++) {
        open = open || target[d] <= 0;
        if (target[d] > 0) /* more than there are counts as one more */
            product = target[d] > count / product ? count + 1 : product * target[d];
    }
    /* A size that only looks like the batch leaves the element count as it is. */
    if (open || product != count)
        target[0] = 1;
}

void lsn_import_unflatten_image(const struct lsn_importer *im, const int64_t *target, size_t rank,
                                struct lsn_value *value, bool *unflattened)
{
    struct lsn_value planes = lsn_value_nchw(im, 0);

    *unflattened = im->flat_image && value->node == im->flat_image && rank == 4 && target[0] == 1 &&
                   order_planes(target + 1, im->input->shape, planes.axes + 1);
    if (*unflattened)
        *value = planes;
}

enum lsn_status lsn_import_note_flat_image(struct lsn_importer *im)
{
    bool is_read = false;
    int i, j;

    for (i = 0; im->flat_image && i < im->graph->count; i++)
        for (j = 0; j < im->graph->nodes[i].input_count; j++)
            is_read = is_read || im->graph->nodes[i].inputs[j] == im->flat_image;
    if (!is_read || im->input->shape.c == 1)
        return LSN_OK;
    return lsn_notes_add(im->notes, im->err,
                         "its input is one vector, taken as channels x height x width");
}
