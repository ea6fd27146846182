/* The walk over an ONNX file's nodes. */
#include "model/onnx/import.h"

#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

#define NODES_MAX 50000
#define OPSET_MIN 7

static enum lsn_status bind_named(struct lsn_importer *im, const char *name, struct lsn_value value)
{
    if (!lsn_grow(&im->values, &im->value_capacity, im->value_count, sizeof *im->values) ||
        !lsn_names_set(&im->value_names, name, (int)im->value_count))
        return lsn_fail_memory(im->err, "a value");
    im->values[im->value_count++] = value;
    return LSN_OK;
}

static enum lsn_status bind_initialisers(struct lsn_importer *im)
{
    size_t i;

    for (i = 0; i < im->onnx.initialiser_count; i++) {
        const struct lsn_onnx_tensor *t = &im->onnx.initialisers[i];
        struct lsn_value value = {.is_constant = true};

        value.constant = (struct lsn_constant){
            .rank = t->rank, .count = t->count, .integer = lsn_onnx_is_integer(t), .stored = t};
        memcpy(value.constant.dims, t->dims, sizeof t->dims);
        if (lsn_names_find(&im->value_names, t->name) >= 0)
            return lsn_fail(im->err, LSN_E_MODEL, "%s: two initialisers are called '%s'", im->path,
                            t->name);
        LSN_TRY(bind_named(im, t->name, value));
    }
    return LSN_OK;
}

/* The image: N x C x H x W, or N x H x W x C as TensorFlow's exporters have it. */
static enum lsn_status bind_image(struct lsn_importer *im, struct lsn_shape image)
{
    const struct lsn_onnx_input *in = im->onnx.inputs;
    struct lsn_value value = lsn_import_as_planes(im, 0);
    bool channels_last;
    int d;

    if (im->onnx.input_count != 1)
        return lsn_fail(im->err, LSN_E_UNSUPPORTED,
                        "%s: the network has %zu inputs, wanted one image", im->path,
                        im->onnx.input_count);
    if (in->rank >= 0 && in->rank != 4)
        return lsn_fail(im->err, LSN_E_UNSUPPORTED,
                        "%s: input '%s' has %d dimensions, wanted 4 (batch x channels x height x "
                        "width)",
                        im->path, in->name, in->rank);
    channels_last = in->rank == 4 && in->dims[3] == image.c && in->dims[1] != image.c;
    if (channels_last) {
        struct lsn_axis channel = value.axes[1];

        memmove(&value.axes[1], &value.axes[2], 2 * sizeof channel);
        value.axes[3] = channel;
    }
    for (d = 0; d < 4 && in->rank == 4; d++)
        if (in->dims[d] > 0 && in->dims[d] != value.axes[d].size)
            return lsn_fail(im->err, LSN_E_MODEL,
                            "%s: input '%s' is %jd x %jd x %jd x %jd; the preprocessing makes one "
                            "image of %d x %d x %d (export with a batch of one, or of any size)",
                            im->path, in->name, (intmax_t)in->dims[0], (intmax_t)in->dims[1],
                            (intmax_t)in->dims[2], (intmax_t)in->dims[3], image.c, image.h,
                            image.w);
    return bind_named(im, in->name, value);
}

/* Whether list, in which a space follows each word, holds this one. */
static bool lists(const char *list, const char *word)
{
    size_t length;

    for (; *list; list += length + 1) {
        length = strcspn(list, " ");
        if (strlen(word) == length && memcmp(list, word, length) == 0)
            return true;
    }
    return false;
}

/* Each attribute must be one that the op's import looks at. */
static enum lsn_status check_attributes(struct lsn_importer *im, const struct lsn_import_op *op)
{
    size_t i;

    for (i = 0; i < im->current->attribute_count; i++) {
        const char *name = im->current->attributes[i].name;

        if (!lists(op->attributes, name))
            return lsn_import_fail(im, LSN_E_UNSUPPORTED, "attribute '%s' is not supported", name);
    }
    return LSN_OK;
}

static enum lsn_status check_inputs(struct lsn_importer *im, const struct lsn_import_op *op)
{
    size_t i;

    for (i = 0; i < im->current->input_count; i++) {
        const struct lsn_value *in = lsn_import_input(im, i);

        if (im->current->inputs[i][0] && !in)
            return lsn_import_fail(im, LSN_E_MODEL, "its input '%s' is no earlier node's output",
                                   im->current->inputs[i]);
        if (in && !in->is_constant && in->grouped && strcmp(op->op, "Reshape") != 0 &&
            strcmp(op->op, "InstanceNormalization") != 0)
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "reads channels and space reshaped into groups, which only "
                                   "InstanceNormalization may");
        if (in && !in->is_constant && in->probabilities && !op->view)
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "follows a Softmax, which is supported at the end only");
    }
    return LSN_OK;
}

static enum lsn_status import_node(struct lsn_importer *im)
{
    const char *domain = im->current->domain;
    const struct lsn_import_op *op;
    bool finished;

    if (domain[0] && strcmp(domain, "ai.onnx") != 0)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "ops of the domain '%s' are not supported",
                               domain);
    LSN_TRY(lsn_import_fold(im, &finished));
    if (finished)
        return LSN_OK;
    LSN_TRY(lsn_import_pattern(im, &finished));
    if (finished)
        return LSN_OK;
    op = lsn_import_find(im->current->op);
    if (!op)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "this op is not supported");
    LSN_TRY(check_attributes(im, op));
    LSN_TRY(check_inputs(im, op));
    return op->import(im);
}

/* Makes the graph's output its last node, dropping what comes after it. */
static enum lsn_status end_at_output(struct lsn_importer *im)
{
    const char *name = im->onnx.output_count ? im->onnx.outputs[0] : "";
    int index = lsn_names_find(&im->value_names, name);
    struct lsn_value *value;

    if (im->onnx.output_count != 1)
        return lsn_fail(im->err, LSN_E_UNSUPPORTED,
                        "%s: the network has %zu outputs, wanted one vector of logits", im->path,
                        im->onnx.output_count);
    if (index < 0 || im->values[index].is_constant)
        return lsn_fail(im->err, LSN_E_MODEL, "%s: its output '%s' is not computed from the image",
                        im->path, name);
    value = &im->values[index];
    LSN_TRY(lsn_import_order_channels(im, value));
    while (im->graph->count > value->node + 1)
        lsn_node_free(&im->graph->nodes[--im->graph->count]);
    return LSN_OK;
}

static enum lsn_status walk(struct lsn_importer *im, struct lsn_shape image)
{
    size_t i;

    if (im->onnx.opset < OPSET_MIN)
        return lsn_fail(im->err, LSN_E_UNSUPPORTED,
                        "%s: uses opset %jd of ONNX, supported are %d and later", im->path,
                        (intmax_t)im->onnx.opset, OPSET_MIN);
    if (im->onnx.node_count == 0 || im->onnx.node_count > NODES_MAX)
        return lsn_fail(im->err, LSN_E_UNSUPPORTED, "%s: has %zu nodes, supported are 1 ... %d",
                        im->path, im->onnx.node_count, NODES_MAX);
    im->done = lsn_alloc(im->onnx.node_count, sizeof *im->done);
    if (!im->done)
        return lsn_fail_memory(im->err, "the ONNX import");
    LSN_TRY(lsn_import_choose_names(im));
    LSN_TRY(lsn_graph_start(im->graph, image, im->err));
    LSN_TRY(bind_initialisers(im));
    LSN_TRY(bind_image(im, image));
    for (i = 0; i < im->onnx.node_count; i++) {
        if (im->done[i])
            continue;
        im->current = &im->onnx.nodes[i];
        im->current_index = i;
        LSN_TRY(import_node(im));
    }
    LSN_TRY(end_at_output(im));
    return lsn_import_find_places(im);
}

static void free_importer(struct lsn_importer *im)
{
    size_t i;

    for (i = 0; i < im->value_count; i++)
        if (im->values[i].is_constant)
            lsn_free(im->values[i].constant.data);
    for (i = 0; im->names && i < im->onnx.node_count; i++)
        lsn_free(im->names[i]);
    lsn_free(im->values);
    lsn_free(im->names);
    lsn_free(im->place_of);
    lsn_free(im->done);
    lsn_names_free(&im->value_names);
    lsn_names_free(&im->taken);
    lsn_onnx_close(&im->onnx);
}

enum lsn_status lsn_onnx_import(const char *path, struct lsn_shape image,
                                struct lsn_sha256 *outside, struct lsn_graph *graph,
                                struct lsn_error *err)
{
    struct lsn_importer im = {.path = path, .graph = graph, .err = err};
    enum lsn_status status;

    LSN_TRY(lsn_onnx_open(path, &im.onnx, err));
    im.onnx.outside = outside;
    status = walk(&im, image);
    free_importer(&im);
    return status;
}
