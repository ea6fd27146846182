/* Which convolutions are places of one layer: those that read the same weights; and those that read
 * different weights only because the exporter folded a batch-norm into each place. Of these the
 * names give a hint (PyTorch calls a module's second and third call conv1_1 and conv1_2), but other
 * exporters number all names that they make up. So the weights decide: each kernel must be
 * proportional to the earlier place's. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"
#include "model/onnx/walk.h"

enum { WEIGHT };

/* In units of the kernel's largest weight: two roundings to bfloat16, and a little more. */
#define PROPORTION_TOLERANCE 5e-3

/* The length of name [length] less the _1, _2, ... at its end. */
static size_t unnumbered(const char *name, size_t length)
{
    size_t end = length;

    for (;;) {
        while (end > 0 && isdigit((unsigned char)name[end - 1]))
            end--;
        if (end == length || end < 2 || name[end - 1] != '_')
            return length;
        length = --end;
    }
}

/* Whether two names are the same but for numbers at the ends of their parts, which dots
 * separate. */
static bool same_module(const char *a, const char *b)
{
    for (;;) {
        size_t a_length = strcspn(a, "."), b_length = strcspn(b, ".");
        size_t length = unnumbered(a, a_length);

        if (length != unnumbered(b, b_length) || strncmp(a, b, length) != 0 ||
            !a[a_length] != !b[b_length])
            return false;
        if (!a[a_length])
            return true;
        a += a_length + 1;
        b += b_length + 1;
    }
}

/* Whether b [n] is a [n] times a factor; also where a or b is all zeroes, as the batch-norm that
 * was folded may have the factor 0. *telling is set where neither is. */
static bool is_proportional(size_t n, const float *a, const float *b, bool *telling)
{
    double aa = 0, ab = 0, largest = 0, factor;
    size_t i;

    for (i = 0; i < n; i++) {
        aa += (double)a[i] * (double)a[i];
        ab += (double)a[i] * (double)b[i];
        largest = fmax(largest, fabs((double)b[i]));
    }
    if (aa == 0 || largest == 0)
        return true;
    *telling = true;
    factor = ab / aa;
    for (i = 0; i < n; i++)
        if (fabs((double)b[i] - factor * (double)a[i]) > PROPORTION_TOLERANCE * largest)
            return false;
    return true;
}

/* Whether all kernels are proportional. Kernels of one weight always are, which proves nothing:
 * false. */
static bool same_kernels(const struct lsn_tensor *a, const struct lsn_tensor *b)
{
    size_t kernels = (size_t)a->dims[0], n = lsn_tensor_count(a) / kernels, k;
    bool telling = false;

    if (memcmp(a->dims, b->dims, sizeof a->dims) != 0 || n < 2)
        return false;
    for (k = 0; k < kernels; k++)
        if (!is_proportional(n, a->data + k * n, b->data + k * n, &telling))
            return false;
    return telling;
}

/* Makes node `later` another place of the layer that node `first` begins. */
static enum lsn_status join(struct lsn_importer *im, int first, int later)
{
    const struct lsn_graph *graph = im->graph;
    struct lsn_node *node = &graph->nodes[later];
    const char *layer = graph->nodes[first].name;
    struct lsn_text name = {0};
    int number = 2, i;

    for (i = first + 1; i < later; i++)
        number += graph->nodes[i].layer && strcmp(graph->nodes[i].layer, layer) == 0;
    lsn_text_add(&name, "%s@%d", layer, number);
    node->layer = lsn_strdup(layer);
    if (name.failed || !node->layer) {
        lsn_text_free(&name);
        return lsn_fail_memory(im->err, "a layer's name");
    }
    if (lsn_graph_find(graph, name.bytes) >= 0) {
        lsn_text_free(&name);
        return LSN_OK; /* keeps the name that it has */
    }
    lsn_free(node->name);
    node->name = name.bytes;
    return LSN_OK;
}

/* The places that name.c found, by weights that are the same; they have their names. */
static enum lsn_status join_shared(struct lsn_importer *im)
{
    size_t i;

    for (i = 0; i < im->onnx.node_count; i++) {
        int node = im->place_of[i] < 0 ? -1 : lsn_graph_find(im->graph, im->names[i]);

        if (node < 0)
            continue;
        im->graph->nodes[node].layer = lsn_strdup(im->names[im->place_of[i]]);
        if (!im->graph->nodes[node].layer)
            return lsn_fail_memory(im->err, "a layer's name");
    }
    return LSN_OK;
}

enum lsn_status lsn_import_find_places(struct lsn_importer *im)
{
    const struct lsn_graph *graph = im->graph;
    int i, j;

    LSN_TRY(join_shared(im));
    for (j = 1; j < graph->count; j++)
        for (i = 1; i < j && graph->nodes[j].op == LSN_OP_CONV && !graph->nodes[j].layer; i++) {
            const struct lsn_node *a = &graph->nodes[i], *b = &graph->nodes[j];

            if (a->op == LSN_OP_CONV && !a->layer && same_module(a->name, b->name) &&
                same_kernels(&a->tensors[WEIGHT], &b->tensors[WEIGHT]))
                LSN_TRY(join(im, i, j));
        }
    return LSN_OK;
}
