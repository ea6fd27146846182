/* Uses the atomic built-in functions of GCC and Clang on a plain member: C's atomic types cannot be
 * in a public header, since C++ does not read them. */
#include "lesion/stop.h"

#include <stddef.h>

void lsn_stop_ask(struct lsn_stop *stop)
{
    __atomic_store_n(&stop->asked, 1, __ATOMIC_SEQ_CST);
}

bool lsn_stop_asked(const struct lsn_stop *stop)
{
    return stop && __atomic_load_n(&stop->asked, __ATOMIC_SEQ_CST) != 0;
}
