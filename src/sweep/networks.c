#include "sweep/networks.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* The index of the network for a normalisation; n->count where it is not made yet. */
static int find_network(const struct lsn_networks *n, const struct lsn_condition *conditions,
                        const struct lsn_normalisation *normalisation)
{
    char text[LSN_NORMALISATION_TEXT_MAX], other[LSN_NORMALISATION_TEXT_MAX];
    int i;

    if (!normalisation->node[0])
        return 0;
    lsn_normalisation_text(normalisation, text);
    for (i = 1; i < n->count; i++) {
        lsn_normalisation_text(&conditions[n->first[i]].normalisation, other);
        if (strcmp(text, other) == 0)
            break;
    }
    return i;
}

static enum lsn_status give_network(struct lsn_networks *n, const struct lsn_condition *conditions,
                                    int condition, struct lsn_error *err)
{
    const struct lsn_normalisation *normalisation = &conditions[condition].normalisation;
    int i = find_network(n, conditions, normalisation);

    if (i == n->count) {
        LSN_TRY(lsn_network_create_normalised(n->list[0], normalisation, &n->list[i], err));
        n->first[i] = condition;
        n->count++;
    }
    n->of[condition] = i;
    n->used[i] = true;
    return LSN_OK;
}

static enum lsn_status allocate(struct lsn_networks *networks, size_t most, size_t conditions,
                                struct lsn_error *err)
{
    networks->list = lsn_alloc(most, sizeof(struct lsn_network *));
    networks->used = lsn_alloc(most, sizeof *networks->used);
    networks->first = lsn_alloc(most, sizeof *networks->first);
    networks->of = lsn_alloc(conditions, sizeof *networks->of);
    return networks->list && networks->used && networks->of && networks->first
               ? LSN_OK
               : lsn_fail_memory(err, "the networks");
}

enum lsn_status lsn_networks_create(struct lsn_networks *networks, const struct lsn_model *model,
                                    enum lsn_engine engine, const struct lsn_condition *conditions,
                                    int condition_count, struct lsn_error *err)
{
    int c;

    LSN_TRY(allocate(networks, (size_t)condition_count + 1, (size_t)condition_count, err));
    LSN_TRY(lsn_network_create(model, engine, &networks->list[0], err));
    networks->count = 1;
    for (c = 0; c < condition_count; c++)
        LSN_TRY(give_network(networks, conditions, c, err));
    return LSN_OK;
}

/* Makes room for a copy of each network of bare, for the same conditions. */
static enum lsn_status begin_copies(struct lsn_networks *networks, const struct lsn_networks *bare,
                                    int condition_count, struct lsn_error *err)
{
    LSN_TRY(allocate(networks, (size_t)bare->count, (size_t)condition_count, err));
    memcpy(networks->of, bare->of, (size_t)condition_count * sizeof *bare->of);
    memcpy(networks->used, bare->used, (size_t)bare->count * sizeof *bare->used);
    memcpy(networks->first, bare->first, (size_t)bare->count * sizeof *bare->first);
    return LSN_OK;
}

enum lsn_status lsn_networks_lesion(struct lsn_networks *networks, const struct lsn_networks *bare,
                                    int condition_count, const struct lsn_lesion *lesion,
                                    const struct lsn_kernel *kernels, int count,
                                    struct lsn_error *err)
{
    LSN_TRY(begin_copies(networks, bare, condition_count, err));
    for (; networks->count < bare->count; networks->count++)
        LSN_TRY(lsn_network_create_lesioned(bare->list[networks->count], lesion, kernels, count,
                                            &networks->list[networks->count], err));
    return LSN_OK;
}

enum lsn_status lsn_networks_join(struct lsn_networks *networks, const struct lsn_networks *bare,
                                  int condition_count, const int *layers, int count,
                                  struct lsn_error *err)
{
    LSN_TRY(begin_copies(networks, bare, condition_count, err));
    for (; networks->count < bare->count; networks->count++)
        LSN_TRY(lsn_network_create_joint(bare->list[networks->count], layers, count,
                                         &networks->list[networks->count], err));
    return LSN_OK;
}

void lsn_networks_free(struct lsn_networks *networks)
{
    while (networks->count > 0)
        lsn_network_free(networks->list[--networks->count]);
    lsn_free(networks->list);
    lsn_free(networks->used);
    lsn_free(networks->of);
    lsn_free(networks->first);
    *networks = (struct lsn_networks){.count = 0};
}

const struct lsn_network *lsn_networks_of(const struct lsn_networks *networks, int condition)
{
    return networks->list[networks->of[condition]];
}

size_t lsn_networks_bytes(const struct lsn_networks *networks)
{
    size_t bytes = 0;
    int i;

    for (i = 0; i < networks->count; i++)
        bytes += lsn_network_bytes(networks->list[i]);
    return bytes;
}

size_t lsn_networks_pass_bytes(const struct lsn_networks *networks, enum lsn_engine engine)
{
    size_t bytes = 0;
    int i;

    for (i = 0; i < networks->count; i++)
        if (networks->used[i])
            bytes += lsn_pass_bytes(networks->list[i], engine);
    return bytes;
}

int lsn_networks_group(const struct lsn_networks *networks, int layer)
{
    int largest = 1, i;

    for (i = 0; i < networks->count; i++)
        if (networks->used[i] && lsn_network_group(networks->list[i], layer) > largest)
            largest = lsn_network_group(networks->list[i], layer);
    return largest;
}

int lsn_networks_joint_group(const struct lsn_networks *networks)
{
    int largest = 1, i;

    for (i = 0; i < networks->count; i++)
        if (networks->used[i] && lsn_network_joint_group(networks->list[i]) > largest)
            largest = lsn_network_joint_group(networks->list[i]);
    return largest;
}
