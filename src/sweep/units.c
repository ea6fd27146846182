#include "sweep/units.h"

#include <math.h>

#include "lesion/network.h"
#include "lesion/results.h"

/* A unit has at most the work of so many passes, counted in the full engine's multiply-adds. The
 * incremental engine does about a tenth of them, so the intact pass before a unit is about 1 % of
 * it. Larger units would spread the workers over many images, and at an interruption none of these
 * would be complete. */
#define PASSES_MAX 1000

/* A unit is at most this part of one worker's share of the remaining work. Then a unit that takes
 * twice as long as its multiply-adds suggest still ends before the other work does. */
#define PART_OF_SHARE 0.5

size_t lsn_groups_layers(const struct lsn_results *results, const struct lsn_network *network,
                         struct lsn_layer_kernels *layers)
{
    size_t count = 0, i;

    for (i = 0; i < results->kernel_count; i++) {
        int layer = results->kernel_layer[i], lesion = results->kernel_lesion[i];
        const struct lsn_layer_kernels *last = count > 0 ? &layers[count - 1] : NULL;

        if (!last || layer != last->layer || lesion != last->lesion)
            layers[count++] = (struct lsn_layer_kernels){i, 0, layer, lesion,
                                                         lsn_network_lesion_work(network, layer)};
        layers[count - 1].count++;
    }
    return count;
}

size_t lsn_groups_together(const struct lsn_results *results, const struct lsn_network *network,
                           struct lsn_layer_kernels *layers)
{
    size_t i;

    layers[0] = (struct lsn_layer_kernels){.count = results->kernel_count};
    for (i = 0; i < results->kernel_count; i++) {
        double work = lsn_network_lesion_work(network, results->kernel_layer[i]);

        if (work > layers[0].work) {
            layers[0].work = work;
            layers[0].layer = results->kernel_layer[i];
        }
    }
    return results->kernel_count > 0;
}

size_t lsn_groups_end(const struct lsn_groups *groups, size_t stimulus, size_t first, size_t *layer)
{
    const struct lsn_layer_kernels *l = &groups->layers[*layer];
    size_t size, rest;

    while (l->first + l->count <= first)
        l++;
    *layer = (size_t)(l - groups->layers);
    size = groups->size(groups->context, stimulus, l->layer);
    rest = l->first + l->count - first;
    return first + (size < rest ? size : rest);
}

/* The kernel after the unit that begins with kernel first: the unit has at most the work `most`,
 * but at least one group. *work receives its work. */
static size_t unit_end(const struct lsn_cut *cut, size_t stimulus, size_t first, double most,
                       size_t *layer, double *work)
{
    const struct lsn_groups *groups = cut->groups;
    const struct lsn_layer_kernels *last = &groups->layers[groups->layer_count - 1];
    size_t end = first;

    *work = 0;
    while (end < last->first + last->count) {
        size_t next = lsn_groups_end(groups, stimulus, end, layer);
        double more = (double)(next - end) * groups->layers[*layer].work;

        if (end > first && *work + more > most)
            break;
        *work += more;
        end = next;
    }
    return end;
}

static double work_left(const struct lsn_cut *cut)
{
    double each = 0;
    size_t due = 0, i;

    for (i = 0; i < cut->groups->layer_count; i++)
        each += (double)cut->groups->layers[i].count * cut->groups->layers[i].work;
    for (i = 0; i < cut->stimuli; i++)
        due += cut->left[i] > 0;
    return each * (double)due;
}

size_t lsn_units_cut(const struct lsn_cut *cut, struct lsn_unit *units)
{
    size_t layers = cut->groups->layer_count, count = 0, stimulus;
    const struct lsn_layer_kernels *last = layers ? &cut->groups->layers[layers - 1] : NULL;
    size_t kernels = last ? last->first + last->count : 0;
    double left = work_left(cut), work = 0;

    for (stimulus = 0; stimulus < cut->stimuli; stimulus++) {
        size_t layer = 0, first = 0, end = 0;

        if (cut->left[stimulus] == 0)
            continue;
        do {
            double most = fmin(PASSES_MAX * cut->pass, PART_OF_SHARE * left / (double)cut->workers);

            if (kernels > 0)
                end = unit_end(cut, stimulus, first, most, &layer, &work);
            if (units)
                units[count] = (struct lsn_unit){stimulus, first, end};
            count++;
            left -= work;
            first = end;
        } while (end < kernels);
    }
    return count;
}
