/* Propagates sparse changes through the ops. */
#ifndef LSN_ENGINE_PROPAGATE_H
#define LSN_ENGINE_PROPAGATE_H

#include "engine/append.h"

/* Returns the change of a node's input; NULL where that has none. */
const struct lsn_change *lsn_input_change(const struct lsn_incremental *d,
                                          const struct lsn_node *node, int input);

/* Lists in d->touched the output positions whose receptive field contains a row of a variant.
 * Returns their number. */
int lsn_changed_fields(struct lsn_incremental *d, const struct lsn_change *in, int variant,
                       const struct lsn_window *window, struct lsn_shape in_shape,
                       struct lsn_shape out_shape);

/* Each computes the change of an entry's node into out, from the changes of its inputs; ops.c says
 * which ops use it. */
void lsn_propagate_rows(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_pad(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_flatten(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_select(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_concat(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_join(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_lrn(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_positions(struct lsn_incremental *, const struct lsn_entry *,
                             struct lsn_change *);
void lsn_propagate_resample(struct lsn_incremental *, const struct lsn_entry *,
                            struct lsn_change *);
void lsn_propagate_max_pool(struct lsn_incremental *, const struct lsn_entry *,
                            struct lsn_change *);
void lsn_propagate_average_pool(struct lsn_incremental *, const struct lsn_entry *,
                                struct lsn_change *);
void lsn_propagate_global_pool(struct lsn_incremental *, const struct lsn_entry *,
                               struct lsn_change *);
void lsn_propagate_depthwise(struct lsn_incremental *, const struct lsn_entry *,
                             struct lsn_change *);
void lsn_propagate_conv(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);
void lsn_propagate_whole(struct lsn_incremental *, const struct lsn_entry *, struct lsn_change *);

/* Floats of scratch that lsn_propagate_global_pool needs. */
size_t lsn_propagate_mean_scratch(const struct lsn_step *step);

/* Writes variant v's whole activation of a changed input to x [h][w][channels]: the channels of
 * list, where the input's change is listed; list NULL: all channels. */
void lsn_variant_input(const struct lsn_incremental *d, const struct lsn_step *step, int input,
                       int v, const int *list, float *x);

/* Floats of scratch that lsn_propagate_whole needs. */
size_t lsn_propagate_whole_scratch(const struct lsn_step *step);

/* The floats of scratch, pointers, and ints of scratch that a Conv or Linear needs. */
size_t lsn_propagate_conv_scratch(const struct lsn_step *step);
size_t lsn_propagate_conv_pointers(const struct lsn_step *step);
size_t lsn_propagate_conv_terms(const struct lsn_step *step);

#endif
