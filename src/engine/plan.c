#include "engine/plan.h"

#include "base/error.h"
#include "base/memory.h"
#include "engine/dense.h"
#include "engine/ops.h"
#include "engine/propagate.h"
#include "op/product.h"

/* Groups are as large as this limit on a layer's changes allows. Larger ones would need more memory
 * per worker, and products would not get faster. */
#define ARENA_BYTES_TARGET ((size_t)24 << 20)

/* The same ahead of grouped and depthwise convolutions. These and what stands between them do
 * little with each value, and take as long as it takes to fetch: more of what one op writes is
 * then still in the third-level cache when the next reads it. MobileNetV3-small became 1.1 times
 * as fast; ResNet-50, which has none, would become slower by a tenth, as fewer variants share
 * what is 0 in them (Zen 4, 32 MiB shared with others). */
#define ARENA_BYTES_TARGET_GROUPED ((size_t)12 << 20)

/* The most sets of kernels in a group. A layer's kernels are its most variants; of sets there can
 * be any number, and where activations are small the arena alone would not end a group. */
#define SETS_MAX 256

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static const struct lsn_shape *shape_of(const struct lsn_network *network, int node)
{
    return &network->steps[node].node->shape;
}

/* Finds the entry that computes a node's change, among the first count; -1: none. */
static int entry_of(const struct lsn_layer_plan *layer, int count, int node)
{
    int i;

    for (i = 0; i < count; i++)
        if (!layer->nodes[i].reached &&
            (layer->nodes[i].node == node || layer->nodes[i].activation == node))
            return i;
    return -1;
}

/* Finds out whether an entry's change is listed, from the entries that it reads. */
static void plan_node(const struct lsn_network *network, struct lsn_layer_plan *layer, int index)
{
    struct lsn_entry *entry = &layer->nodes[index];
    const struct lsn_step *step = &network->steps[entry->node];
    int changed = 0, changed_input = 0, listed = 0, i;

    if (entry->place >= 0) { /* listed where only one lesioned plane changes */
        entry->listed = layer->joint || (index > 0 && layer->nodes[index - 1].reached) ? 0 : 1;
        return;
    }
    for (i = 0; i < step->node->input_count; i++) {
        int from = entry_of(layer, index, step->node->inputs[i]);

        if (from < 0)
            continue;
        listed = changed == 0 ? layer->nodes[from].listed : 0;
        changed_input = i;
        changed++;
    }
    entry->listed = listed > 0 ? lsn_channels_after(step, listed, changed, changed_input) : 0;
}

/* The last entry that reads an entry's change. The change of the network's output is read after all
 * entries. */
static int last_use(const struct lsn_network *network, const struct lsn_layer_plan *layer,
                    int index)
{
    const struct lsn_entry *entry = &layer->nodes[index];
    int value = entry->activation >= 0 ? entry->activation : entry->node, last = index, i, j;

    if (entry->reached)
        return index + 1;
    if (value == network->step_count - 1)
        return layer->count;
    for (i = index + 1; i < layer->count; i++) {
        const struct lsn_node *node = network->steps[layer->nodes[i].node].node;

        for (j = 0; j < node->input_count; j++)
            if (node->inputs[j] == value)
                last = i;
    }
    return last;
}

/* Returns the node that reads a value, if there is only one and it reads it once; else -1. */
static int sole_reader(const struct lsn_graph *graph, int value)
{
    int reader = -1, i, j;

    for (i = value + 1; i < graph->count; i++)
        for (j = 0; j < graph->nodes[i].input_count; j++)
            if (graph->nodes[i].inputs[j] == value) {
                if (reader >= 0)
                    return -1;
                reader = i;
            }
    return reader;
}

/* Finds the Concat in whose storage the entry's change may go. */
static void find_into(const struct lsn_network *network, struct lsn_layer_plan *layer, int index)
{
    struct lsn_entry *entry = &layer->nodes[index];
    const struct lsn_step *step = &network->steps[entry->node], *reader;
    int value = entry->activation >= 0 ? entry->activation : entry->node, node, i;

    node = sole_reader(network->graph, value);
    if (!step->packed || entry->listed || entry->reached || entry->place >= 0 || node < 0)
        return; /* only dense_conv.c places changes so */
    reader = &network->steps[node];
    if (reader->node->op != LSN_OP_CONCAT)
        return;
    entry->into = &layer->nodes[entry_of(layer, layer->count, node)];
    for (i = 0; reader->node->inputs[i] != value; i++)
        entry->into_first += reader->in_shapes[i].c;
}

/* The first entry that writes to an entry's storage: the entry itself, or one that is placed in
 * it (into). */
static int first_use(const struct lsn_layer_plan *layer, int index)
{
    int i;

    for (i = 0; i < index; i++)
        if (layer->nodes[i].into == &layer->nodes[index])
            return i;
    return index;
}

/* Gives each change the lowest offset in the arena that is free from its first use to its last.
 * Returns the bytes that the arena needs. */
static size_t lay_out(const struct lsn_network *network, struct lsn_layer_plan *layer,
                      const int *last, int variants)
{
    struct lsn_entry *nodes = layer->nodes;
    size_t total = 0;
    int i, j, first;

    for (i = 0; i < layer->count; i++) {
        bool moved = true;

        first = first_use(layer, i);
        nodes[i].bytes = lsn_entry_storage(network, &nodes[i], variants).bytes;
        nodes[i].offset = 0;
        while (moved) {
            moved = false;
            for (j = 0; j < i; j++)
                if (last[j] >= first && nodes[i].offset < nodes[j].offset + nodes[j].bytes &&
                    nodes[j].offset < nodes[i].offset + nodes[i].bytes) {
                    nodes[i].offset = nodes[j].offset + nodes[j].bytes;
                    moved = true;
                }
        }
        if (nodes[i].offset + nodes[i].bytes > total)
            total = nodes[i].offset + nodes[i].bytes;
    }
    return total;
}

static size_t arena_target(const struct lsn_network *network, const struct lsn_layer_plan *layer)
{
    int i;

    for (i = 0; i < layer->count; i++) {
        const struct lsn_step *step = &network->steps[layer->nodes[i].node];

        if (layer->nodes[i].place < 0 && step->packed && step->geometry.conv.groups > 1)
            return ARENA_BYTES_TARGET_GROUPED;
    }
    return ARENA_BYTES_TARGET;
}

/* Chooses how many variants go together: all of them are split into as few groups as the limit
 * allows, all of about the same size, and of whole strips if there are several: rows of one
 * position of all variants are multiplied together, and those of a strip share what is left out. */
static void choose_group(const struct lsn_network *network, struct lsn_layer_plan *layer,
                         const int *last, int variants)
{
    size_t one = lay_out(network, layer, last, 1);
    int most = (int)(arena_target(network, layer) / one), groups, multiple;

    most = most < 1 ? 1 : most > variants ? variants : most;
    multiple = most < variants && most >= LSN_STRIP_ROWS ? LSN_STRIP_ROWS : 1;
    most -= most % multiple;
    groups = (variants + most - 1) / most;
    layer->group = (variants + groups - 1) / groups;
    layer->group += (multiple - layer->group % multiple) % multiple;
    layer->arena_bytes = lay_out(network, layer, last, layer->group);
}

static void add_entry(const struct lsn_network *network, struct lsn_layer_plan *layer,
                      struct lsn_entry entry)
{
    layer->nodes[layer->count] = entry;
    plan_node(network, layer, layer->count);
    layer->count++;
}

/* Whether the node reads the change of an earlier entry. */
static bool is_reached(const struct lsn_network *network, const struct lsn_layer_plan *layer,
                       int node)
{
    const struct lsn_node *n = network->steps[node].node;
    int i;

    for (i = 0; i < n->input_count; i++)
        if (entry_of(layer, layer->count, n->inputs[i]) >= 0)
            return true;
    return false;
}

/* variants: the most that a group may have. */
static enum lsn_status plan_layer(const struct lsn_network *network, const struct lsn_layer *from,
                                  int variants, struct lsn_layer_plan *layer, struct lsn_error *err)
{
    size_t most = (size_t)from->affected_count + (size_t)from->place_count;
    int *last = lsn_alloc(most, sizeof *last);
    int i;

    layer->nodes = lsn_alloc(most, sizeof *layer->nodes);
    if (!layer->nodes || !last) {
        lsn_free(last);
        return lsn_fail_memory(err, "the plan of a layer");
    }
    for (i = 0; i < from->affected_count; i++) {
        int node = from->affected[i];
        int place = lsn_layer_place(from, node) >= 0 ? network->steps[node].place : -1;
        struct lsn_entry entry = {
            .node = node, .activation = network->steps[node].activation, .place = place};

        if (entry_of(layer, layer->count, node) >= 0)
            continue; /* an activation that is computed along with its input */
        if (place >= 0 && is_reached(network, layer, node))
            add_entry(
                network, layer,
                (struct lsn_entry){.node = node, .activation = -1, .place = -1, .reached = true});
        add_entry(network, layer, entry);
    }
    for (i = 0; i < layer->count; i++) {
        last[i] = last_use(network, layer, i);
        find_into(network, layer, i);
    }
    choose_group(network, layer, last, variants);
    lsn_free(last);
    return LSN_OK;
}

static void measure_nodes(const struct lsn_network *network, struct lsn_plan *plan)
{
    int i;

    for (i = 0; i < network->step_count; i++) {
        const struct lsn_step *step = &network->steps[i];
        const struct lsn_shape *s = &step->node->shape;
        size_t positions = (size_t)s->h * (size_t)s->w,
               floats = larger(lsn_propagate_scratch(step), lsn_dense_scratch(step));
        bool is_product = step->packed && !lsn_conv_is_depthwise(&step->geometry.conv);

        plan->positions_max = larger(plan->positions_max, positions);
        plan->row_max = larger(plan->row_max, (size_t)s->c);
        plan->inputs_max = larger(plan->inputs_max, (size_t)step->node->input_count);
        if (step->packed)
            plan->pointers_max = larger(plan->pointers_max, lsn_propagate_conv_pointers(step));
        if (is_product)
            plan->terms_max = larger(plan->terms_max, lsn_propagate_conv_terms(step));
        plan->scratch_floats = larger(plan->scratch_floats, floats);
    }
}

/* Measures the memory that depends on how many variants go together. */
static void measure_layer(const struct lsn_network *network, const struct lsn_layer_plan *layer,
                          struct lsn_plan *plan)
{
    size_t group = (size_t)layer->group;
    int i;

    plan->arena_bytes = larger(plan->arena_bytes, layer->arena_bytes);
    plan->group_max = layer->group > plan->group_max ? layer->group : plan->group_max;
    for (i = 1; i < layer->count; i++) {
        const struct lsn_step *step = &network->steps[layer->nodes[i].node];
        const struct lsn_shape *in = &step->geometry.conv.in;

        if (layer->nodes[i].reached) /* for place_input in places.c */
            plan->scratch_floats =
                larger(plan->scratch_floats, (size_t)in->c * (size_t)in->h * (size_t)in->w);
        if (step->panels)
            plan->row_map_max = larger(plan->row_map_max, group * (size_t)in->h * (size_t)in->w);
    }
}

enum lsn_status lsn_plan_create(const struct lsn_network *network, struct lsn_plan **plan,
                                struct lsn_error *err)
{
    struct lsn_layer_plan *joint;
    int i;

    *plan = lsn_alloc(1, sizeof **plan);
    if (!*plan)
        return lsn_fail_memory(err, "the plan");
    (*plan)->layers = lsn_alloc((size_t)network->layer_count, sizeof *(*plan)->layers);
    if (!(*plan)->layers)
        return lsn_fail_memory(err, "the plan");
    (*plan)->layer_count = network->layer_count;
    measure_nodes(network, *plan);
    for (i = 0; i < network->layer_count; i++) {
        const struct lsn_layer *from = &network->layers[i];
        struct lsn_layer_plan *layer = &(*plan)->layers[i];

        LSN_TRY(plan_layer(network, from, shape_of(network, from->places[0])->c, layer, err));
        measure_layer(network, layer, *plan);
    }
    if (network->joint.place_count > 0) {
        joint = &(*plan)->joint;
        joint->joint = true;
        LSN_TRY(plan_layer(network, &network->joint, SETS_MAX, joint, err));
        measure_layer(network, joint, *plan);
    }
    return LSN_OK;
}

void lsn_plan_free(struct lsn_plan *plan)
{
    int i;

    if (!plan)
        return;
    for (i = 0; i < plan->layer_count; i++)
        lsn_free(plan->layers[i].nodes);
    lsn_free(plan->layers);
    lsn_free(plan->joint.nodes);
    lsn_free(plan);
}
