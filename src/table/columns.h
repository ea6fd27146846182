/* What several tables use: groups of columns and their cells, and reading the outcomes of a few
 * kernels at a time (lsn_kernel_batch). */
#ifndef LSN_TABLE_COLUMNS_H
#define LSN_TABLE_COLUMNS_H

#include <stdbool.h>

#include "base/text.h"
#include "lesion/results.h"
#include "lesion/stop.h"
#include "outcome/axes.h"
#include "table/tally.h"

#define LSN_COLUMNS_KERNEL "layer,layer_index,kernel,lesion"
#define LSN_COLUMNS_ACCURACY                                                                       \
    "images,top1_intact,top1_lesioned,lost,gained,top1_drop,top1_drop_ci_low,top1_drop_ci_high,"   \
    "lost_rate,lost_rate_ci_low,lost_rate_ci_high,"                                                \
    "gained_rate,gained_rate_ci_low,gained_rate_ci_high,p_exact,p_mid"
#define LSN_COLUMNS_MEASURES                                                                       \
    "top5_intact,top5_lesioned,top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed"

/* Adds the cells of the columns LSN_COLUMNS_KERNEL. */
void lsn_columns_kernel(struct lsn_text *text, const struct lsn_results *results, size_t kernel);

/* Adds a lesion's text as a cell, with a comma before it. */
void lsn_columns_lesion(struct lsn_text *text, const struct lsn_lesion *lesion);

/* Returns the end (one beyond the last) of the family that begins at kernel first. A family is the
 * kernels that are tested together: their q-values and p_max allow for one another. */
size_t lsn_family_end(const struct lsn_results *results, size_t first);

/* Returns the end of the kernels of one layer under one lesion that begin at kernel first. */
size_t lsn_layer_end(const struct lsn_results *results, size_t first);

/* Whether conditions a and b have the same region and normalisation; contrasts may differ. */
bool lsn_same_but_contrast(const struct lsn_results *results, int a, int b);

/* Whether no condition before c has its region and normalisation. */
bool lsn_first_but_contrast(const struct lsn_results *results, int c);

/* Add a number, or a text, as a cell with a comma before it. NaN gives an empty cell. */
void lsn_columns_number(struct lsn_text *text, double value);
void lsn_columns_text(struct lsn_text *text, const char *value);

/* Adds the cells of the columns LSN_CONDITION, with a comma before them. */
void lsn_columns_condition(struct lsn_text *text, const struct lsn_condition *condition);

/* Add the cells of the columns LSN_COLUMNS_ACCURACY, and of LSN_COLUMNS_MEASURES, with a comma
 * before them: what a lesion costs on so many images. */
void lsn_columns_accuracy(struct lsn_text *text, size_t images, const struct lsn_tally *intact,
                          const struct lsn_tally *lesioned);
void lsn_columns_measures(struct lsn_text *text, size_t images, const struct lsn_tally *intact,
                          const struct lsn_tally *lesioned);

/* Whether a table has no rows after its header, which is header characters long. False where the
 * text failed (out of memory): rows may be missing, which lsn_columns_write reports. */
bool lsn_columns_none(const struct lsn_text *text, size_t header);

/* Writes the text to path if status is LSN_OK and the text did not fail; frees it in any case.
 * Returns status if that is a failure. */
enum lsn_status lsn_columns_write(const char *path, bool force, struct lsn_text *text,
                                  enum lsn_status status, struct lsn_error *err);

/* Returns LSN_E_INTERRUPTED if stop is set, else LSN_OK. stop may be NULL. */
enum lsn_status lsn_stop_check(const struct lsn_stop *stop, struct lsn_error *err);

/* A block of a run's kernels, whose outcomes are read one stimulus at a time. A table that keeps
 * much memory per kernel works through the kernels block by block: each block goes over all images
 * once, and only one block's memory is needed. */
struct lsn_kernel_batch {
    const struct lsn_results *results;
    size_t start, end;         /* kernels start ... end-1 are worked through */
    size_t first, count, most; /* the block is first ... first+count-1 of them; count <= most */
    struct lsn_outcome intact;
    struct lsn_outcome *lesioned; /* [count] */
    uint8_t *same;                /* [count] */
};

/* Prepares to work through kernels start ... end-1. A block has as many kernels as fit in memory
 * bytes, where the caller keeps kernel_bytes for each, and at least one. LSN_E_ARGUMENT for results
 * of joint lesions; LSN_E_MEMORY; call lsn_kernel_batch_free after a failure, too. */
enum lsn_status lsn_kernel_batch_create(const struct lsn_results *results, size_t start, size_t end,
                                        size_t memory, size_t kernel_bytes,
                                        struct lsn_kernel_batch *block, struct lsn_error *err);
void lsn_kernel_batch_free(struct lsn_kernel_batch *block);

/* Goes on to the next block, or to the first one after lsn_kernel_batch_create. False: no kernel is
 * left.
 */
bool lsn_kernel_batch_next(struct lsn_kernel_batch *block);

/* Reads the outcomes of a stimulus into intact, lesioned and same. LSN_E_IO. */
enum lsn_status lsn_kernel_batch_read(struct lsn_kernel_batch *block, size_t image, int condition,
                                      struct lsn_error *err);

#endif
