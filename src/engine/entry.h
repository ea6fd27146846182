/* The entries of a layer's plan: the nodes that its lesions reach, and where their changes lie in
 * memory. */
#ifndef LSN_ENGINE_ENTRY_H
#define LSN_ENGINE_ENTRY_H

#include <stdbool.h>

#include "engine/network.h"

/* One node that a layer's lesions reach. A place that the lesion at an earlier place of the layer
 * reaches has two entries in a row: the change before its own lesion, then the change with it. */
struct lsn_entry {
    int node;
    int activation; /* the activation node that is computed along with it, or -1 */
    int place;      /* which place of its layer the node is, from 0; -1: of no layer that is
                       lesioned */
    bool reached;   /* this is the change before the lesion, the former of the two entries */
    int listed;     /* channels in each variant's list; 0: the change is by rows */
    const struct lsn_entry *into; /* if only a Concat reads the node: its entry, in whose storage a
                                         dense change of a convolution is placed; else NULL */
    int into_first;               /* the node's first channel there */
    size_t offset;                /* of its storage in the arena, bytes */
    size_t bytes;                 /* of its storage for a whole group */
};

/* Floats from one variant's activation of count floats to the next in a dense change. The same
 * position of several variants is read together, so the distance is such that these do not fall
 * into one set of the first-level cache. */
size_t lsn_variant_step(size_t count);

/* The storage of a node's change (change.h) for a number of variants. */
struct lsn_storage {
    size_t position, list, delta; /* offsets of these arrays, bytes; start is at 0 */
    size_t rows_max;              /* rows that it has room for */
    size_t bytes;
};
struct lsn_storage lsn_entry_storage(const struct lsn_network *network,
                                     const struct lsn_entry *node, int variants);

#endif
