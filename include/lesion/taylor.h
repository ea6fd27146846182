/* What lesions would cost, estimated to first order from gradients: for every kernel at once, from
 * two backward passes per stimulus (of the loss, of the margin) instead of a lesioned pass for
 * each; and how well the estimates agree with true drops. */
#ifndef LESION_TAYLOR_H
#define LESION_TAYLOR_H

#include "lesion/results.h"
#include "lesion/stats.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

/* The estimates are lsn_gradient_estimate's (lesion/gradient.h has the formula). Signs are those of
 * the tables: loss_drop is the estimate of lesioned - intact loss, margin_drop that of intact -
 * lesioned margin. */
struct lsn_taylor {
    struct lsn_results *axes; /* images, conditions and kernels, no outcomes; the means are over
                               * its complete_images */
    double *loss_drop, *margin_drop; /* [condition][kernel] means over the images */
};

/* Estimates the drops of all kernels that options choose, by each of its lesions, under its
 * conditions. options' run, shards, keep_logits and engine are ignored: the passes are intact ones.
 * After LSN_E_INTERRUPTED *taylor has the means over the complete images at the beginning of the
 * list; after any other failure it is NULL. LSN_E_DATA where an estimate is not finite; and as
 * lsn_sweep_run. */
enum lsn_status lsn_taylor_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                               const struct lsn_sweep_options *options, struct lsn_taylor **taylor,
                               struct lsn_error *err);
void lsn_taylor_free(struct lsn_taylor *taylor);

/* The rank correlation over kernels of estimated with true drops, NaN where one of them is the same
 * for all; its interval of 95 %, as lsn_spearman_interval has it. */
struct lsn_taylor_agreement {
    double correlation;
    struct lsn_interval interval;
};

struct lsn_taylor_row {
    int lesion, layer, condition; /* on the axes; layer -1: all layers together */
    size_t kernels;               /* lesioned */
    struct lsn_taylor_agreement loss, margin;
};

struct lsn_taylor_check {
    const struct lsn_taylor *taylor; /* lent */
    double *loss_drop, *margin_drop; /* [condition][kernel] true drops; NaN: was not lesioned */
    size_t row_count;
    struct lsn_taylor_row *rows; /* by lesion, layer and condition; those of all layers follow the
                                  * layers of their lesion */
};

/* Compares estimates with the true drops of a sweep over some of the kernels, a sample of each
 * layer for instance, on the same images under the same conditions and lesions. taylor must outlive
 * *check. LSN_E_ARGUMENT where the sweep's images, conditions or lesions are others, or a kernel
 * has no estimate; LSN_E_IO, LSN_E_MEMORY. On failure *check is NULL. */
enum lsn_status lsn_taylor_check_create(const struct lsn_taylor *taylor,
                                        const struct lsn_results *sweep,
                                        struct lsn_taylor_check **check, struct lsn_error *err);
void lsn_taylor_check_free(struct lsn_taylor_check *check);

/* Writes to path, as the functions of table.h do, one row per lesion, layer, kernel and condition:
 * layer,layer_index,kernel,lesion,contrast,region,normalise,images,loss_drop_estimate,
 * margin_drop_estimate,loss_drop,margin_drop
 *
 * loss_drop, margin_drop: the true drops, as in the table of kernels, where the kernel is in check;
 * else empty. check may be NULL. */
enum lsn_status lsn_taylor_write(const char *path, bool force, const struct lsn_taylor *taylor,
                                 const struct lsn_taylor_check *check, struct lsn_error *err);

/* Writes likewise one row per lesion, layer and condition, of the kernels in check:
 * layer,layer_index,lesion,contrast,region,normalise,images,kernels,loss_correlation,
 * loss_correlation_ci_low,loss_correlation_ci_high,margin_correlation,
 * margin_correlation_ci_low,margin_correlation_ci_high */
enum lsn_status lsn_taylor_write_layers(const char *path, bool force,
                                        const struct lsn_taylor_check *check,
                                        struct lsn_error *err);

LSN_API_END
#endif
