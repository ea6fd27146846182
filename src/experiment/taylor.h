/* Estimates of drops, also from some of the images. */
#ifndef LSN_EXPERIMENT_TAYLOR_H
#define LSN_EXPERIMENT_TAYLOR_H

#include "lesion/taylor.h"

/* As lsn_taylor_run, from so many images, evenly spaced over the list (0, or where it has fewer:
 * from all), of the options' shard. Which images follows from the list alone. */
enum lsn_status lsn_taylor_estimate(const struct lsn_model *model,
                                    const struct lsn_dataset *dataset,
                                    const struct lsn_sweep_options *options, size_t images,
                                    struct lsn_taylor **taylor, struct lsn_error *err);

#endif
