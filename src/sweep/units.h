/* Cuts the work of a sweep into units, which workers take one after another.
 *
 * A group is the kernels that the engine lesions together. The last bits of their outcomes depend
 * on that, so a group is never divided. A unit is one or more successive groups on one stimulus.
 * Units should be large, because a worker that starts on another stimulus must run an intact pass
 * on it first; and small, because all workers wait for the last unit at the end. Hence units shrink
 * towards the end: none has more than a small part of one worker's share of the remaining work.
 * Work is counted in multiply-adds of the full engine. Real times differ by a factor that varies
 * between layers; the small last units even that out. */
#ifndef LSN_SWEEP_UNITS_H
#define LSN_SWEEP_UNITS_H

#include <stddef.h>

struct lsn_network;
struct lsn_results;

/* Kernels first ... first+count-1 of a sweep, all of one layer and one lesion. */
struct lsn_layer_kernels {
    size_t first, count;
    int layer, lesion;
    double work; /* multiply-adds for one of them on one stimulus */
};

/* The kernels of a sweep, divided into groups. */
struct lsn_groups {
    const struct lsn_layer_kernels *layers; /* [layer_count] in the order of the sweep's kernels */
    size_t layer_count;
    /* The number of kernels in a group of a layer on a stimulus; the last group of a layer may have
     * fewer. */
    size_t (*size)(const void *context, size_t stimulus, int layer);
    const void *context;
};

/* Fills layers with the results' kernels, divided by layer and lesion; at most the network's number
 * of layers for each lesion. Returns how many there are. */
size_t lsn_groups_layers(const struct lsn_results *results, const struct lsn_network *network,
                         struct lsn_layer_kernels *layers);

/* Fills layers[0] with all the results' kernels, where the kernels of a group may be of several
 * layers; its layer is the one with the most work. Returns 1, or 0 without kernels. */
size_t lsn_groups_together(const struct lsn_results *results, const struct lsn_network *network,
                           struct lsn_layer_kernels *layers);

/* The kernel after the group that begins with kernel first. *layer is an index into layers, at or
 * before that of first, and is moved to it. */
size_t lsn_groups_end(const struct lsn_groups *groups, size_t stimulus, size_t first,
                      size_t *layer);

/* The work to be cut into units. */
struct lsn_cut {
    const struct lsn_groups *groups;
    size_t stimuli;
    const size_t *left; /* [stimuli] missing outcomes; any: counted as if all were */
    double pass;        /* multiply-adds of an intact pass */
    int workers;        /* the most workers that will run */
};

/* Kernels first ... last-1 on a stimulus; first = last where there are no kernels to lesion. The
 * unit that begins with kernel 0 also stores the intact outcome. */
struct lsn_unit {
    size_t stimulus, first, last;
};

/* Fills units in the order in which they are to be taken: stimulus by stimulus, so that an
 * interrupted sweep has complete images. Returns how many there are; units NULL: only counts
 * them. */
size_t lsn_units_cut(const struct lsn_cut *cut, struct lsn_unit *units);

#endif
