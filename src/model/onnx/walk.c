/* The walk over an ONNX file's nodes: each is computed if it is of constants, imported with others
 * if a pattern begins there, and else by its op's handler. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/constant.h"
#include "model/onnx/image.h"
#include "model/onnx/table.h"
#include "model/onnx/walk.h"

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

/* Whether list, whose words are each followed by a space, has this word. */
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

/* Refuses attributes that the op's handler does not look at: they might change what it means. */
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
    LSN_TRY(lsn_import_align_input(im));
    LSN_TRY(lsn_import_fold(im, &finished));
    if (finished)
        return LSN_OK;
    LSN_TRY(lsn_import_match_pattern(im, &finished));
    if (finished)
        return LSN_OK;
    LSN_TRY(check_inputs(im));
    LSN_TRY(lsn_import_take_off_end(im, &finished));
    if (finished)
        return LSN_OK;
    op = lsn_import_find(im->current->op);
    if (!op)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "this op is not supported");
    LSN_TRY(check_attributes(im, op));
    return op->import(im);
}

/* Imports the nodes of an If's branch (im->import_branch): constants, and ops that only
 * rearrange. */
static enum lsn_status import_branch(struct lsn_importer *im, const struct lsn_onnx *branch)
{
    size_t i;

    for (i = 0; i < branch->node_count; i++) {
        const char *name = branch->nodes[i].op;
        const struct lsn_import_op *op = lsn_import_find(name);

        im->current = &branch->nodes[i];
        if (strcmp(name, "Constant") != 0 && (!op || !op->rearranges))
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "stands in a branch of an If, where only what rearranges is "
                                   "supported");
        LSN_TRY(import_node(im));
    }
    return LSN_OK;
}

enum lsn_status lsn_import_walk(struct lsn_importer *im, const struct lsn_onnx *file,
                                const struct lsn_names *producers, const char *output)
{
    enum lsn_status status = LSN_OK;
    size_t i;

    im->import_branch = import_branch;
    im->onnx = *file;
    im->onnx.nodes = NULL;
    im->onnx.node_count = 0;
    LSN_TRY(lsn_import_sort(im, file, producers, output));
    LSN_TRY(lsn_import_producers(im->path, &im->onnx, &im->producers, im->err));
    im->end = lsn_import_find_end(&im->onnx, &im->producers, output);
    im->is_matched = lsn_alloc(im->onnx.node_count, sizeof *im->is_matched);
    if (!im->is_matched)
        return lsn_fail_memory(im->err, "the ONNX import");
    LSN_TRY(lsn_import_choose_names(im));
    LSN_TRY(lsn_import_check_attention(im));
    LSN_TRY(lsn_graph_start(im->graph, im->input->shape, im->err));
    LSN_TRY(bind_initialisers(im));
    LSN_TRY(lsn_import_bind_image(im));
    for (i = 0; i < im->onnx.node_count && status == LSN_OK; i++) {
        if (im->is_matched[i])
            continue;
        im->current = &im->onnx.nodes[i];
        im->current_index = i;
        status = import_node(im);
        lsn_import_end_alignment(im);
    }
    LSN_TRY(status);
    LSN_TRY(lsn_import_finish(im, output));
    return lsn_import_find_places(im);
}
