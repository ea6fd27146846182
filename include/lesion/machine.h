/* The processors and the memory that the process may use, by the machine and by the control groups
 * (cgroups) that it runs in, such as a container's. */
#ifndef LESION_MACHINE_H
#define LESION_MACHINE_H

#include <stddef.h>

#include "lesion/error.h"

LSN_API_BEGIN

struct lsn_machine {
    int processors;      /* that the process may run on; at least 1 */
    double quota;        /* processor time that its groups allow, in processors; 0: no limit */
    int blas_threads;    /* that OpenBLAS was built for; 0: it does not say */
    size_t memory_bytes; /* of the machine; 0: unknown */
    size_t group_memory_bytes; /* the smallest of its groups' limits; 0: no limit */
};

/* Fills *machine. Control groups of version 1 and 2 are read from /proc and from the files of each
 * group up to the root; a file that cannot be read sets no limit. */
void lsn_machine_look(struct lsn_machine *machine);

/* How many threads to run, where the user asks for wanted; wanted 0: one per processor, or fewer
 * where the groups allow less processor time. Never more than OpenBLAS was built for: further
 * threads would use up its work buffers, and OpenBLAS would end the process. *by says which of
 * these decided, for a message; lent, by may be NULL. */
int lsn_threads_limit(const struct lsn_machine *machine, int wanted, const char **by);

/* Bytes of memory that the process can use, the machine's or a group's limit; 0: unknown. *by says
 * which, for a message; lent, by may be NULL. */
size_t lsn_memory_limit(const struct lsn_machine *machine, const char **by);

LSN_API_END
#endif
