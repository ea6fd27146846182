/* The walk over an ONNX file's nodes. */
#include "model/onnx/import.h"

#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

#define NODES_MAX 50000
#define OPSET_MIN 6

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
        LSN_TRY(lsn_import_bind_named(im, t->name, &value));
    }
    return LSN_OK;
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

        if (!lists(op->attributes, name) && !lsn_import_is_old_attribute(im, name))
            return lsn_import_fail(im, LSN_E_UNSUPPORTED, "attribute '%s' is not supported", name);
    }
    return LSN_OK;
}

static enum lsn_status check_inputs(struct lsn_importer *im)
{
    size_t i;

    for (i = 0; i < im->current->input_count; i++)
        if (im->current->inputs[i][0] && !lsn_import_input(im, i))
            return lsn_import_fail(im, LSN_E_MODEL, "its input '%s' is no node's output",
                                   im->current->inputs[i]);
    for (i = 0; i < im->current->input_count; i++) {
        const struct lsn_value *in = lsn_import_input(im, i);

        if (in && !in->is_constant && in->grouped && strcmp(im->current->op, "Reshape") != 0 &&
            strcmp(im->current->op, "InstanceNormalization") != 0)
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "reads channels and space reshaped into groups, which only "
                                   "InstanceNormalization may");
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
    LSN_TRY(lsn_import_renew(im));
    LSN_TRY(lsn_import_fold(im, &finished));
    if (finished)
        return LSN_OK;
    LSN_TRY(lsn_import_pattern(im, &finished));
    if (finished)
        return LSN_OK;
    LSN_TRY(check_inputs(im));
    LSN_TRY(lsn_import_take_off(im, &finished));
    if (finished)
        return LSN_OK;
    op = lsn_import_find(im->current->op);
    if (!op)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "this op is not supported");
    LSN_TRY(check_attributes(im, op));
    return op->import(im);
}

/* The nodes of a branch, which may be constants, and what only rearranges. */
static enum lsn_status import_branch(struct lsn_importer *im, const struct lsn_onnx *branch)
{
    size_t i;

    for (i = 0; i < branch->node_count; i++) {
        const char *name = branch->nodes[i].op;
        const struct lsn_import_op *op = lsn_import_find(name);

        im->current = &branch->nodes[i];
        if (strcmp(name, "Constant") != 0 && (!op || !op->view))
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "stands in a branch of an If, where only what rearranges is "
                                   "supported");
        LSN_TRY(import_node(im));
    }
    return LSN_OK;
}

/* The branch that the condition chooses, which must be known at load. PyTorch writes an If
 * where it does not know whether an axis is of size 1, and is to be squeezed. */
enum lsn_status lsn_import_if(struct lsn_importer *im)
{
    const struct lsn_onnx_node *node = im->current;
    const struct lsn_onnx_attribute *branch;
    float condition = 0;
    struct lsn_value out;
    int index;

    if (!lsn_import_input(im, 0) || !lsn_import_input(im, 0)->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "its condition depends on the image; one that is known when the "
                               "model is loaded is supported");
    LSN_TRY(lsn_import_scalar(im, 0, "condition", &condition));
    branch = lsn_onnx_attribute(node, condition != 0.0f ? "then_branch" : "else_branch");
    if (!branch || !branch->g || branch->g->output_count != 1 || node->output_count != 1)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "has not two branches with one output each");
    LSN_TRY(import_branch(im, branch->g));
    im->current = node;
    index = lsn_names_find(&im->value_names, branch->g->outputs[0].name);
    if (index < 0 || im->values[index].is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its branch gives no feature map");
    out = im->values[index];
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_walk(struct lsn_importer *im, const struct lsn_onnx *file,
                                const struct lsn_names *producers, const char *output)
{
    enum lsn_status status = LSN_OK;
    size_t i;

    im->onnx = *file;
    im->onnx.nodes = NULL;
    im->onnx.node_count = 0;
    LSN_TRY(lsn_import_sort(im, file, producers, output));
    LSN_TRY(lsn_import_producers(im->path, &im->onnx, &im->producers, im->err));
    im->end = lsn_import_end(&im->onnx, &im->producers, output);
    im->done = lsn_alloc(im->onnx.node_count, sizeof *im->done);
    if (!im->done)
        return lsn_fail_memory(im->err, "the ONNX import");
    LSN_TRY(lsn_import_choose_names(im));
    LSN_TRY(lsn_import_check_attention(im));
    LSN_TRY(lsn_graph_start(im->graph, im->input->shape, im->err));
    LSN_TRY(bind_initialisers(im));
    LSN_TRY(lsn_import_bind_image(im));
    for (i = 0; i < im->onnx.node_count && status == LSN_OK; i++) {
        if (im->done[i])
            continue;
        im->current = &im->onnx.nodes[i];
        im->current_index = i;
        status = import_node(im);
        lsn_import_renewed(im);
    }
    LSN_TRY(status);
    LSN_TRY(lsn_import_end_at(im, output));
    return lsn_import_find_places(im);
}

void lsn_import_free(struct lsn_importer *im)
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
    lsn_free(im->onnx.nodes);
    lsn_names_free(&im->value_names);
    lsn_names_free(&im->taken);
    lsn_names_free(&im->producers);
}

/* What holds for the file, whichever output is taken. */
static enum lsn_status check_file(const char *path, const struct lsn_onnx *file,
                                  struct lsn_error *err)
{
    if (file->opset == 0)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: does not say by which version of ONNX's ops it is meant "
                        "(opset_import); set it with onnx.helper.make_opsetid, or export it again",
                        path);
    if (file->opset < OPSET_MIN)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: uses opset %jd of ONNX, supported are %d and later", path,
                        (intmax_t)file->opset, OPSET_MIN);
    if (file->node_count == 0 || file->node_count > NODES_MAX)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: has %zu nodes, supported are 1 ... %d", path,
                        file->node_count, NODES_MAX);
    if (file->input_count != 1)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: the network has %zu inputs, wanted one image",
                        path, file->input_count);
    return LSN_OK;
}

enum lsn_status lsn_onnx_import(const char *path, const struct lsn_onnx_request *request,
                                struct lsn_graph *graph, struct lsn_notes *notes,
                                struct lsn_error *err)
{
    struct lsn_importer im = {
        .path = path, .input = request->input, .graph = graph, .notes = notes, .err = err};
    struct lsn_names producers = {0};
    struct lsn_onnx file;
    enum lsn_status status;
    const char *output;

    LSN_TRY(lsn_onnx_open(path, &file, err));
    status = check_file(path, &file, err);
    if (status == LSN_OK)
        status = lsn_import_producers(path, &file, &producers, err);
    if (status == LSN_OK)
        status = lsn_import_choose_output(path, request, &file, &producers, &output, notes, err);
    file.outside = request->hash;
    file.maps = &graph->files;
    if (status == LSN_OK)
        status = lsn_import_walk(&im, &file, &producers, output);
    if (status == LSN_OK)
        status = lsn_maps_add(&graph->files, &file.map, err);
    lsn_import_free(&im);
    lsn_names_free(&producers);
    lsn_onnx_close(&file);
    return status;
}
