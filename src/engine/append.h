/* Where new differences end up. */
#ifndef LSN_ENGINE_APPEND_H
#define LSN_ENGINE_APPEND_H

#include "engine/state.h"

/* Receives a node's new differences row by row, applies the activation that goes
 * with the node, and keeps what is left. Variants must come in order. */
struct lsn_appender {
    const struct lsn_incremental *pass;
    const struct lsn_node *activation; /* NULL: none */
    const float *pre, *post;           /* intact, before and after the activation */
    int c;                             /* channels of the node */
    struct lsn_change *out;
    int variant; /* whose rows are coming */
};

struct lsn_appender lsn_append_start(const struct lsn_incremental *d, const struct lsn_entry *entry,
                                     struct lsn_change *out);

/* One row of a change by rows: delta [out->channels]. */
void lsn_append(struct lsn_appender *e, int variant, int position, const float *delta);

/* The place of one row that is known not to be all 0, for the caller to fill; only
 * where no activation goes with the node. */
float *lsn_append_slot(struct lsn_appender *e, int variant, int position);

/* count rows of listed channels: delta [count][out->channels]. */
void lsn_append_listed(struct lsn_appender *e, int variant, int count, const int *positions,
                       const float *delta);

/* Closes the change. */
void lsn_append_finish(struct lsn_appender *e);

/* Sets the change's storage up; listed or by rows follows from the plan. */
void lsn_change_open(struct lsn_incremental *d, const struct lsn_entry *entry, int variants,
                     struct lsn_change *out);

#endif
