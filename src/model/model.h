/* A loaded network; the public half is lesion/model.h. */
#ifndef LSN_MODEL_MODEL_H
#define LSN_MODEL_MODEL_H

#include "base/notes.h"
#include "lesion/model.h"
#include "model/graph.h"

struct lsn_decision;

struct lsn_class {
    char *id, *name; /* each may be NULL; owned */
};

struct lsn_model {
    struct lsn_input input;
    struct lsn_graph graph;
    struct lsn_class *classes; /* [class_count]; 0: the file names none */
    int class_count;
    int *layers; /* [layer_count] the convolutions' nodes */
    int layer_count;
    struct lsn_decision *decision; /* NULL: between its classes */
    struct lsn_notes notes;
    char sha256[65];
};

#endif
