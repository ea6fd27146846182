/* Sparse changes through the ops. */
#ifndef LSN_ENGINE_PROPAGATE_H
#define LSN_ENGINE_PROPAGATE_H

#include "engine/append.h"

/* The change of an input of a node; NULL where it has none. */
const struct lsn_change *lsn_input_change(const struct lsn_incremental *d,
                                          const struct lsn_node *node, int input);

/* Positions of out whose receptive field holds a row of a variant, into d->touched; how
 * many. */
int lsn_changed_fields(struct lsn_incremental *d, const struct lsn_change *in, int variant,
                       const struct lsn_window *window, struct lsn_shape in_shape,
                       struct lsn_shape out_shape);

/* The ops, by file. */
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

/* Floats of scratch of lsn_propagate_global_pool. */
size_t lsn_propagate_mean_scratch(const struct lsn_step *step);

/* x [h][w][channels], an input of variant v, which has changed there: the channels of list
 * [channels], where these are listed; NULL: all. */
void lsn_variant_input(const struct lsn_incremental *d, const struct lsn_step *step, int input,
                       int v, const int *list, float *x);

/* Floats of scratch of lsn_propagate_whole. */
size_t lsn_propagate_whole_scratch(const struct lsn_step *step);

/* Floats of scratch, pointers to taps, and ints of scratch, of a Conv or Linear. */
size_t lsn_propagate_conv_scratch(const struct lsn_step *step);
size_t lsn_propagate_conv_pointers(const struct lsn_step *step);
size_t lsn_propagate_conv_terms(const struct lsn_step *step);

#endif
