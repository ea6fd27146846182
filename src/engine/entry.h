/* A node that a layer's lesions reach, and where its change lies in memory. */
#ifndef LSN_ENGINE_ENTRY_H
#define LSN_ENGINE_ENTRY_H

#include <stdbool.h>

#include "engine/network.h"

/* One affected node of a layer. */
struct lsn_entry {
    int node;
    int activation; /* the node that is computed along with it, or -1 */
    int place;      /* of the layer that the node is, from 0; -1: none */
    bool reached;   /* the change that a place's input makes in it, before its lesion: the next
                       entry is the same node's with it */
    int listed;     /* channels of each variant's list; 0: by rows */
    const struct lsn_entry *into; /* the Concat that alone reads it, in whose storage a dense
                                         change of a convolution goes; NULL: none */
    int into_first;               /* the first of its channels there */
    size_t offset;                /* of its storage in the arena, bytes */
    size_t bytes;                 /* of its storage for a whole group */
};

/* Floats from one variant's activation of so many to the next's in a dense change: the same
 * position of several variants is read together, and must not fall into one set of the
 * first-level cache. */
size_t lsn_variant_step(size_t count);

/* Bytes of a node's change for so many variants, by its parts; see change.h. */
struct lsn_storage {
    size_t position, list, delta; /* offsets; starts come first */
    size_t rows_max, bytes;
};
struct lsn_storage lsn_entry_storage(const struct lsn_network *network,
                                     const struct lsn_entry *node, int variants);

#endif
