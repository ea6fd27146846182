/* How the work of a sweep is cut into units, which workers take one after another.
 *
 * A group is the kernels that the engine lesions together, which decides the last bits of their
 * outcomes: it is never cut. A unit is groups in a row, on one stimulus. A worker that comes to
 * another stimulus must run an intact pass on it first, so a unit should be large; workers wait
 * for the last one, so it should be small. Hence units shrink as the end comes near: none has
 * more than a small part of what one worker's share of the rest is. The rest is what is left by
 * the count of multiply-adds of the full engine; real times are others, by a factor that differs
 * from layer to layer, and the small last units even that out. */
#ifndef LSN_SWEEP_UNITS_H
#define LSN_SWEEP_UNITS_H

#include <stddef.h>

struct lsn_network;
struct lsn_results;

/* Kernels first ... first+count-1 of a sweep's kernels, all of one layer and one lesion. */
struct lsn_layer_kernels {
    size_t first, count;
    int layer, lesion;
    double work; /* multiply-adds of one of them on one stimulus */
};

/* The kernels of a sweep, in groups. */
struct lsn_groups {
    const struct lsn_layer_kernels *layers; /* [layer_count] in the order of their kernels */
    size_t layer_count;
    /* Kernels in a group of a layer on a stimulus; those of a layer's last may be fewer. */
    size_t (*size)(const void *context, size_t stimulus, int layer);
    const void *context;
};

/* Writes the layers of the results' kernels, at most as many as a network has for each lesion;
 * returns how many there are. */
size_t lsn_groups_layers(const struct lsn_results *results, const struct lsn_network *network,
                         struct lsn_layer_kernels *layers);

/* The kernel behind the group that begins with kernel first. *layer: index of its layer, or of
 * an earlier one, which is moved on to it. */
size_t lsn_groups_end(const struct lsn_groups *groups, size_t stimulus, size_t first,
                      size_t *layer);

/* What is to be cut. */
struct lsn_cut {
    const struct lsn_groups *groups;
    size_t stimuli;
    const size_t *left; /* [stimuli] outcomes that are to come; a stimulus with none has no unit,
                         * one with some counts as if all were to come */
    double pass;        /* multiply-adds of an intact pass */
    int workers;        /* at most */
};

/* Kernels first ... last-1 on a stimulus; none where there are no kernels to lesion. The unit
 * that begins with kernel 0 is also to store the intact outcome. */
struct lsn_unit {
    size_t stimulus, first, last;
};

/* Writes the units in the order in which they are to be taken, stimulus by stimulus, so that an
 * interrupted sweep has whole images; returns how many there are. units: NULL to count only. */
size_t lsn_units_cut(const struct lsn_cut *cut, struct lsn_unit *units);

#endif
