/* What the tables share: pieces of rows, and blocks of kernels. */
#ifndef LSN_TABLE_ROWS_H
#define LSN_TABLE_ROWS_H

#include <stdbool.h>

#include "base/text.h"
#include "lesion/results.h"
#include "lesion/stop.h"
#include "outcome/axes.h"
#include "table/tally.h"

#define LSN_ROWS_KERNEL "layer,layer_index,kernel,lesion"
#define LSN_ROWS_ACCURACY                                                                          \
    "images,top1_intact,top1_lesioned,lost,gained,top1_drop,top1_drop_low,top1_drop_high,"         \
    "lost_rate,lost_rate_low,lost_rate_high,gained_rate,gained_rate_low,gained_rate_high,p_exact," \
    "p_mid"
#define LSN_ROWS_MEASURES                                                                          \
    "top5_intact,top5_lesioned,top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed"

/* The cells of LSN_ROWS_KERNEL. */
void lsn_rows_kernel(struct lsn_text *text, const struct lsn_results *results, size_t kernel);

/* The text of a lesion as a cell, with a comma before it. */
void lsn_rows_lesion(struct lsn_text *text, const struct lsn_lesion *lesion);

/* Where the family of kernels that begins at first ends: those that are tested together. */
size_t lsn_family_end(const struct lsn_results *results, size_t first);

/* Whether conditions a and b show the same but for the contrast. */
bool lsn_same_showing(const struct lsn_results *results, int a, int b);

/* Whether condition c is the first of the run with what it shows but for the contrast. */
bool lsn_first_showing(const struct lsn_results *results, int c);

/* A cell with a comma before it; the number's is empty for NaN. */
void lsn_rows_number(struct lsn_text *text, double value);
void lsn_rows_text(struct lsn_text *text, const char *value);

/* The cells of LSN_CONDITION, with a comma before them. */
void lsn_rows_condition(struct lsn_text *text, const struct lsn_condition *condition);

/* The cells of LSN_ROWS_ACCURACY and of LSN_ROWS_MEASURES, with a comma before them: what
 * a lesion costs on so many images. */
void lsn_rows_accuracy(struct lsn_text *text, size_t images, const struct lsn_tally *intact,
                       const struct lsn_tally *lesioned);
void lsn_rows_measures(struct lsn_text *text, size_t images, const struct lsn_tally *intact,
                       const struct lsn_tally *lesioned);

/* Whether a table has no rows behind its header, of header characters. False of a text that
 * failed: rows may be missing from it, which lsn_rows_write tells. */
bool lsn_rows_none(const struct lsn_text *text, size_t header);

/* Frees the text; where status is LSN_OK and the text did not fail, it is written. */
enum lsn_status lsn_rows_write(const char *path, bool force, struct lsn_text *text,
                               enum lsn_status status, struct lsn_error *err);

/* LSN_E_INTERRUPTED where stop, which may be NULL, is set. */
enum lsn_status lsn_stop_check(const struct lsn_stop *stop, struct lsn_error *err);

/* Some of a run's kernels on one stimulus at a time, so that what is kept of each can be
 * bounded: every block of kernels is a pass over the images. */
struct lsn_block {
    const struct lsn_results *results;
    size_t start, end;         /* the block goes through kernels start ... end-1 */
    size_t first, count, most; /* it has first ... first+count-1; count <= most */
    struct lsn_outcome intact;
    struct lsn_outcome *lesioned; /* [count] */
    uint8_t *same;                /* [count] */
};

/* most: as many kernels as take memory bytes, at kernel_bytes each; at least one and no
 * more than there are. It goes through kernels start ... end-1. LSN_E_MEMORY; lsn_block_free frees
 * the block then, too. */
enum lsn_status lsn_block_create(const struct lsn_results *results, size_t start, size_t end,
                                 size_t memory, size_t kernel_bytes, struct lsn_block *block,
                                 struct lsn_error *err);
void lsn_block_free(struct lsn_block *block);

/* To the next kernels; the first ones after create. False: there are no more. */
bool lsn_block_next(struct lsn_block *block);

/* Reads the outcomes of a stimulus. LSN_E_IO. */
enum lsn_status lsn_block_read(struct lsn_block *block, size_t image, int condition,
                               struct lsn_error *err);

#endif
