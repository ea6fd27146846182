/* How a program asks long work, such as a sweep, to stop early. */
#ifndef LESION_STOP_H
#define LESION_STOP_H

#include <stdbool.h>

#include "lesion/api.h"

LSN_API_BEGIN

/* The caller keeps one of these and gives a pointer to it in the options of the work. Only the two
 * functions may use the field, which they read and write atomically: an atomic type cannot stand
 * here, as C++ includes this header, too. */
struct lsn_stop {
    int asked; /* private */
};

/* clang-format off */
#define LSN_STOP_NONE {0}
/* clang-format on */

/* Asks the work to stop. May be called at any time, in any thread and in a signal handler: it is
 * one atomic store. */
void lsn_stop_ask(struct lsn_stop *stop);

/* Whether lsn_stop_ask was called; false for NULL. */
bool lsn_stop_asked(const struct lsn_stop *stop);

LSN_API_END
#endif
