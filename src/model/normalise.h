/* Graphs with a node's activation normalised (lesion/normalise.h). */
#ifndef LSN_MODEL_NORMALISE_H
#define LSN_MODEL_NORMALISE_H

#include "lesion/normalise.h"
#include "model/graph.h"

/* A graph as base, with the activation of the normalisation's node normalised: a Normalise node
 * comes right after it, and is what all its readers read; or, of the kind pool, the node itself,
 * a MaxPool, becomes a ContrastPool. Names, channels and tensors are lent by base, which must
 * outlive it. *inserted: the index of the new node, which those after it moved up for; base's
 * count where there is none. LSN_E_ARGUMENT where the node cannot be normalised so,
 * LSN_E_MEMORY; lsn_graph_free frees the graph also then. */
enum lsn_status lsn_graph_normalise(const struct lsn_graph *base,
                                    const struct lsn_normalisation *normalisation,
                                    struct lsn_graph *graph, int *inserted, struct lsn_error *err);

#endif
