/* What the machine, and the control groups that the process runs in, let it use. */
#ifndef LESION_MACHINE_H
#define LESION_MACHINE_H

#include <stddef.h>

#include "lesion/error.h"

LSN_API_BEGIN

struct lsn_machine {
    int processors;            /* that the process may run on; at least 1 */
    double quota;              /* the time of so many is what its groups give it; 0: no limit */
    int blas_threads;          /* that OpenBLAS was built for; 0: it does not say */
    size_t memory_bytes;       /* of the machine; 0: unknown */
    size_t group_memory_bytes; /* the least of its groups' limits; 0: no limit */
};

/* Groups of version 1 and 2, from /proc and the files of each group up to the root. What
 * cannot be read is no limit. */
void lsn_machine_look(struct lsn_machine *machine);

/* How many threads are to multiply at once where wanted are asked for; 0: one for each
 * processor whose time there is. Never more than OpenBLAS was built for, whose buffers
 * they would use up, which ends the process. *by says what held; lent, by may be NULL. */
int lsn_threads_limit(const struct lsn_machine *machine, int wanted, const char **by);

/* Bytes that there are for the process; 0: unknown. *by says whose; lent, by may be NULL. */
size_t lsn_memory_limit(const struct lsn_machine *machine, const char **by);

LSN_API_END
#endif
