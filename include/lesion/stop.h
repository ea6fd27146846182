/* Asking long work to stop early. */
#ifndef LESION_STOP_H
#define LESION_STOP_H

#include <stdbool.h>

#include "lesion/api.h"

LSN_API_BEGIN

/* Whoever starts the work keeps one of these and lends it in the work's options. It is touched
 * by the two functions only, so that it means the same in every language and in any thread. */
struct lsn_stop {
    int asked; /* private */
};

/* clang-format off */
#define LSN_STOP_NONE {0}
/* clang-format on */

/* From here on it is asked for. May be called at any time in any thread, also in a signal
 * handler: it is one atomic store. */
void lsn_stop_ask(struct lsn_stop *stop);

/* Whether it was asked for; NULL: no. */
bool lsn_stop_asked(const struct lsn_stop *stop);

LSN_API_END
#endif
