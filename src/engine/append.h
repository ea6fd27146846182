/* Appends rows to a change that is being computed, with the activation applied. */
#ifndef LSN_ENGINE_APPEND_H
#define LSN_ENGINE_APPEND_H

#include "engine/state.h"

/* Receives the differences of a node's output row by row, applies the activation that is computed
 * along with the node, and stores the rows that are not 0 after it. Variants must come in ascending
 * order. */
struct lsn_appender {
    const struct lsn_incremental *pass;
    const struct lsn_node *activation; /* NULL: none */
    const float *pre, *post;           /* intact values [h][w][c] before and after the activation */
    int c;                             /* channels of the node */
    struct lsn_change *out;
    int variant; /* the variant whose rows are being appended */
};

struct lsn_appender lsn_append_start(const struct lsn_incremental *d, const struct lsn_entry *entry,
                                     struct lsn_change *out);

/* Appends one row of a change by rows: delta [out->channels]. */
void lsn_append(struct lsn_appender *e, int variant, int position, const float *delta);

/* Appends one row without values and returns its storage, which the caller fills. For rows that are
 * known not to be all 0, of nodes without an activation. */
float *lsn_append_slot(struct lsn_appender *e, int variant, int position);

/* Appends count rows of a listed change: delta [count][out->channels]. */
void lsn_append_listed(struct lsn_appender *e, int variant, int count, const int *positions,
                       const float *delta);

/* Ends the change: variants that got no rows have none. */
void lsn_append_finish(struct lsn_appender *e);

/* Makes out an empty change in the storage that the plan gives the entry; the plan also says
 * whether it is listed or by rows. */
void lsn_change_open(struct lsn_incremental *d, const struct lsn_entry *entry, int variants,
                     struct lsn_change *out);

#endif
