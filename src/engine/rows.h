/* Convolution of sparse changes by rows: its two ways. */
#ifndef LSN_ENGINE_ROWS_H
#define LSN_ENGINE_ROWS_H

#include "engine/propagate.h"

/* One convolution of a group's changes. */
struct lsn_rows {
    struct lsn_incremental *d;
    const struct lsn_step *step;
    const struct lsn_conv *conv;
    const struct lsn_change *in;
    struct lsn_change *out;
    struct lsn_appender *appender;
};

/* Row by row (row_block.h): any window and groups; in->listed is allowed, too. Or by
 * Winograd's tiles, see tiles.h. */
/* Floats of scratch that it takes. */
size_t lsn_columns_floats(const struct lsn_conv *conv);
void lsn_columns_run(const struct lsn_rows *rows);

#endif
