/* Convolution of a change by rows, row by row; tiles.h has the other way, by Winograd's tiles. */
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

/* Floats of scratch that lsn_rows_run needs. */
size_t lsn_rows_floats(const struct lsn_conv *conv);

/* Convolves by row blocks (row_block.h), with any window and any number of groups. The input's
 * change may also be listed. */
void lsn_rows_run(const struct lsn_rows *rows);

#endif
