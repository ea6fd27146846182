/* The ONNX graph before it is imported: which nodes the output is computed from, and their order.
 * ONNX wants nodes sorted, but some exporters (keras2onnx 1.5) do not sort them. Nodes that lead to
 * other outputs only are left out, so they may be of any op. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/table.h"
#include "model/onnx/walk.h"

int lsn_import_skip_rearranging(const struct lsn_onnx *onnx, const struct lsn_names *producers,
                                const char **value)
{
    size_t steps;
    int node = -1;

    for (steps = 0; steps <= onnx->node_count; steps++) { /* nodes may form a circle yet */
        const struct lsn_import_op *op;

        node = lsn_names_find(producers, *value);
        if (node < 0)
            break;
        op = lsn_import_find(onnx->nodes[node].op);
        if (!op || !op->rearranges || onnx->nodes[node].input_count == 0)
            break;
        *value = onnx->nodes[node].inputs[0];
    }
    return node;
}

static const char *called(const struct lsn_onnx_node *node)
{
    return node->name[0] ? node->name : node->op;
}

enum lsn_status lsn_import_producers(const char *path, const struct lsn_onnx *onnx,
                                     struct lsn_names *producers, struct lsn_error *err)
{
    size_t i, j;

    for (i = 0; i < onnx->node_count; i++)
        for (j = 0; j < onnx->nodes[i].output_count; j++) {
            const char *name = onnx->nodes[i].outputs[j];

            if (name[0] && lsn_names_find(producers, name) >= 0)
                return lsn_fail(err, LSN_E_MODEL,
                                "%s: node '%s' (%s): another node has the output '%s', too", path,
                                called(&onnx->nodes[i]), onnx->nodes[i].op, name);
            if (name[0] && !lsn_names_set(producers, name, (int)i))
                return lsn_fail_memory(err, "the ONNX graph");
        }
    return LSN_OK;
}

enum lsn_status lsn_import_mark_wanted(const struct lsn_onnx *onnx,
                                       const struct lsn_names *producers, const char *output,
                                       bool *wanted, struct lsn_error *err)
{
    int *open = lsn_alloc(onnx->node_count, sizeof *open), node;
    size_t depth = 0, j;

    if (!open)
        return lsn_fail_memory(err, "the ONNX graph");
    node = lsn_names_find(producers, output);
    if (node >= 0 && !wanted[node]) {
        wanted[node] = true;
        open[depth++] = node;
    }
    while (depth > 0) { /* each node is opened once */
        const struct lsn_onnx_node *at = &onnx->nodes[open[--depth]];

        for (j = 0; j < at->input_count; j++) {
            node = lsn_names_find(producers, at->inputs[j]);
            if (node < 0 || wanted[node])
                continue;
            wanted[node] = true;
            open[depth++] = node;
        }
    }
    lsn_free(open);
    return LSN_OK;
}

/* The state of sorting the nodes of one file. A node is waiting, then open while those it
 * reads from are placed, then placed. */
struct sorter {
    const struct lsn_onnx *file;
    const struct lsn_names *producers;
    bool *wanted, *is_open; /* [node_count] */
    int *stack;             /* [node_count] open nodes, each read by the one before */
    size_t *next;           /* [node_count] input that an open node looks at next */
    struct lsn_onnx_node *placed;
    size_t count;
};

/* Places node after those that it reads from. -1, or a node that reads its own output. */
static int place(struct sorter *s, int node)
{
    size_t depth = 0;

    s->stack[depth++] = node;
    s->is_open[node] = true;
    while (depth > 0) {
        int at = s->stack[depth - 1], from;

        if (s->next[at] == s->file->nodes[at].input_count) {
            s->placed[s->count++] = s->file->nodes[at];
            s->wanted[at] = s->is_open[at] = false;
            depth--;
            continue;
        }
        from = lsn_names_find(s->producers, s->file->nodes[at].inputs[s->next[at]++]);
        if (from >= 0 && s->is_open[from])
            return from;
        if (from < 0 || !s->wanted[from])
            continue;
        s->is_open[from] = true;
        s->stack[depth++] = from;
    }
    return -1;
}

enum lsn_status lsn_import_sort(struct lsn_importer *im, const struct lsn_onnx *file,
                                const struct lsn_names *producers, const char *output)
{
    const size_t count = file->node_count;
    struct sorter s = {.file = file, .producers = producers};
    enum lsn_status status = LSN_OK;
    int circle = -1;
    size_t i;

    s.wanted = lsn_alloc(count, sizeof *s.wanted);
    s.is_open = lsn_alloc(count, sizeof *s.is_open);
    s.stack = lsn_alloc(count, sizeof *s.stack);
    s.next = lsn_alloc(count, sizeof *s.next);
    s.placed = lsn_alloc(count, sizeof *s.placed);
    if (!s.wanted || !s.is_open || !s.stack || !s.next || !s.placed)
        status = lsn_fail_memory(im->err, "the ONNX graph");
    else
        status = lsn_import_mark_wanted(file, producers, output, s.wanted, im->err);
    for (i = 0; i < count && status == LSN_OK && circle < 0; i++)
        if (s.wanted[i])
            circle = place(&s, (int)i);
    if (circle >= 0)
        status = lsn_fail(im->err, LSN_E_MODEL,
                          "%s: node '%s' (%s) is computed from its own output: the nodes form a "
                          "circle",
                          im->path, called(&file->nodes[circle]), file->nodes[circle].op);
    im->onnx.nodes = s.placed;
    im->onnx.node_count = s.count;
    lsn_free(s.wanted);
    lsn_free(s.is_open);
    lsn_free(s.stack);
    lsn_free(s.next);
    return status;
}

/* Whether a Softmax makes value, perhaps rearranged after it. */
static bool is_softmax(const struct lsn_importer *im, const char *value)
{
    int node = lsn_import_skip_rearranging(&im->onnx, &im->producers, &value);

    return node >= 0 && strcmp(im->onnx.nodes[node].op, "Softmax") == 0;
}

/* Whether the current node is attention: an op of that name, or the product of a Softmax and
 * another value that both depend on the image. computed: the values before it that depend on the
 * image. */
static bool is_attention(const struct lsn_importer *im, const struct lsn_names *computed)
{
    const struct lsn_onnx_node *node = im->current;
    size_t i, count = 0;
    bool softmax = false;

    if (strstr(node->op, "Attention"))
        return true;
    if (strcmp(node->op, "MatMul") != 0 && strcmp(node->op, "Einsum") != 0)
        return false;
    for (i = 0; i < node->input_count; i++) {
        count += lsn_names_find(computed, node->inputs[i]) >= 0;
        softmax = softmax || is_softmax(im, node->inputs[i]);
    }
    return count == 2 && softmax;
}

/* A transformer is refused as such. Else the message would name the first op in it that is not
 * supported, as if only that were missing. */
enum lsn_status lsn_import_check_attention(struct lsn_importer *im)
{
    struct lsn_names computed = {0};
    enum lsn_status status = LSN_OK;
    size_t i, j;

    if (!lsn_names_set(&computed, im->onnx.inputs[0].name, 1))
        status = lsn_fail_memory(im->err, "the ONNX graph");
    for (i = 0; i < im->onnx.node_count && status == LSN_OK; i++) {
        const struct lsn_onnx_node *node = &im->onnx.nodes[i];
        bool is_computed = false;

        im->current = node;
        im->current_index = i;
        if (is_attention(im, &computed))
            status = lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                     "is attention, a product of computed maps weighted by their "
                                     "Softmax, as in transformers; lesion runs convolutional "
                                     "networks without it");
        for (j = 0; j < node->input_count && strcmp(node->op, "Shape") != 0; j++)
            is_computed = is_computed || lsn_names_find(&computed, node->inputs[j]) >= 0;
        for (j = 0; j < node->output_count && is_computed && status == LSN_OK; j++)
            if (!lsn_names_set(&computed, node->outputs[j], 1))
                status = lsn_fail_memory(im->err, "the ONNX graph");
    }
    lsn_names_free(&computed);
    return status;
}
