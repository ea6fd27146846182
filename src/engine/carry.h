/* Carrying a change through the ops: what the incremental pass does at each node. */
#ifndef LSN_ENGINE_CARRY_H
#define LSN_ENGINE_CARRY_H

#include "engine/change.h"
#include "engine/network.h"
#include "engine/plan.h"

/* One worker's incremental pass. */
struct lsn_delta {
    const struct lsn_network *network;
    float *const *intact;                /* [steps] activations of the stimulus */
    struct lsn_change *changes;          /* [steps] of each node's value; variants 0: none */
    struct lsn_change reached;           /* of the output of a place that the lesion at an
                                             earlier one reaches, before its own; variants 0: none */
    unsigned char *arena;                /* the changes' storage */
    int **maps;                          /* [inputs_max][positions_max], all -1 between uses */
    int *touched;                        /* [positions_max] */
    uint8_t *is_touched;                 /* [positions_max], all 0 between uses */
    float *zeros;                        /* [row_max] */
    float *plane;                        /* [positions_max] */
    float *rows[3];                      /* [row_max] each */
    uint32_t *live;                      /* [row_max] */
    float *scratch;                      /* [plan's scratch_floats] */
    const float **whole_inputs;          /* [inputs_max] of an op that is run anew */
    const float **pointers;              /* [plan's pointers_max] */
    float *factors;                      /* [plan's pointers_max] */
    int *block_position, *block_variant; /* [LSN_BLOCK_TILES] of tiles in a product */
    int *row_map;                        /* [plan's row_map_max] */
    int *members;                        /* [plan's group_max] variants at one position */
    struct lsn_bundle *bundles;          /* [LSN_BLOCK_BUNDLES] in a product */
    double multiply_adds;                /* done so far */
};

#define LSN_BLOCK_TILES   1024 /* of a product, at most */
#define LSN_BLOCK_BUNDLES 256

/* Receives a node's new differences row by row, applies the activation that goes
 * with the node, and keeps what is left. Variants must come in order. */
struct lsn_emitter {
    const struct lsn_delta *delta;
    const struct lsn_node *activation; /* NULL: none */
    const float *pre, *post;           /* intact, before and after the activation */
    int c;                             /* channels of the node */
    struct lsn_change *out;
    int variant; /* whose rows are coming */
};

struct lsn_emitter lsn_emitter_start(const struct lsn_delta *d, const struct lsn_plan_node *entry,
                                     struct lsn_change *out);

/* One row of a range change: delta [out->channels]. */
void lsn_emit(struct lsn_emitter *e, int variant, int position, const float *delta);

/* The place of one row that is known not to be all 0, for the caller to fill; only
 * where no activation goes with the node. */
float *lsn_emit_place(struct lsn_emitter *e, int variant, int position);

/* count rows of an own change: delta [count][out->channels]. */
void lsn_emit_own(struct lsn_emitter *e, int variant, int count, const int *positions,
                  const float *delta);

/* Closes the change. */
void lsn_emitter_finish(struct lsn_emitter *e);

/* Sets the change's storage up; own or range follows from the plan. */
void lsn_change_open(struct lsn_delta *d, const struct lsn_plan_node *entry, int variants,
                     struct lsn_change *out);

/* The change of an input of a node; NULL where it has none. */
const struct lsn_change *lsn_carry_input(const struct lsn_delta *d, const struct lsn_node *node,
                                         int input);

/* Computes the change of entry's node from its inputs' changes, into out. */
void lsn_carry(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out);

/* Floats of scratch that lsn_carry needs at a step. */
size_t lsn_carry_scratch(const struct lsn_step *step);

/* Positions of out that a window over a variant's rows reaches, into d->touched; how
 * many. */
int lsn_carry_touch(struct lsn_delta *d, const struct lsn_change *in, int variant,
                    const struct lsn_window *window, struct lsn_shape in_shape,
                    struct lsn_shape out_shape);

/* The ops, by file. */
void lsn_carry_rows(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_pad(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_flatten(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_select(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_concat(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_join(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_lrn(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_positions(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_resample(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_max_pool(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_average_pool(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_global_pool(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_depthwise(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_conv(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);
void lsn_carry_whole(struct lsn_delta *, const struct lsn_plan_node *, struct lsn_change *);

/* Floats of scratch of lsn_carry_global_pool. */
size_t lsn_carry_mean_scratch(const struct lsn_step *step);

/* x [h][w][channels], an input of variant v, which has changed there: the channels of list
 * [channels], an own change's; NULL: all. */
void lsn_carry_make_input(const struct lsn_delta *d, const struct lsn_step *step, int input, int v,
                          const int *list, float *x);

/* Floats of scratch of lsn_carry_whole. */
size_t lsn_carry_whole_scratch(const struct lsn_step *step);

/* Floats of scratch, and rows that lsn_delta_combine joins, of a Conv or Linear. */
size_t lsn_carry_conv_scratch(const struct lsn_step *step);
size_t lsn_carry_conv_pointers(const struct lsn_conv *conv);

#endif
