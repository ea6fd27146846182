/* What lesion group and lesion pairs share: one sweep in which sets of kernels are lesioned, with a
 * run directory, and the table of it. */
#ifndef CLI_JOINT_H
#define CLI_JOINT_H

#include "lesion/sweep.h"
#include "lesion/table.h"
#include "sweeping.h"

struct joint {
    const char *name;  /* of what is lesioned: "pairs" */
    const char *takes; /* the same in front of a rule: "pairs take" */
    /* Reads which kernels there are. NULL after an error message. */
    struct lsn_kernel *(*read_kernels)(const struct sweeping *s, int *count);
    enum lsn_status (*create)(const struct lsn_kernel *kernels, int count,
                              struct lsn_kernel_sets **sets, struct lsn_error *err);
    enum lsn_status (*write)(const char *path, bool force, const struct lsn_results *results,
                             const struct lsn_table_options *options, struct lsn_error *err);
};

/* Runs the command once its options have been checked. */
void joint_run(const struct command_line *line, const struct joint *joint);

/* Reads --kernels, as LAYER:KERNEL. NULL after an error message. */
struct lsn_kernel *joint_parse_kernels(const struct sweeping *s, int *count);

#endif
