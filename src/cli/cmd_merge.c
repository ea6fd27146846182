#include <limits.h>

#include "command.h"
#include "lesion/results.h"
#include "message.h"

static void run(const struct command_line *line)
{
    struct lsn_error err = LSN_ERROR_NONE;
    const char *out = line->operands[0];

    if (lsn_run_merge(out, line->operands + 1, line->operand_count - 1, line->options.any_core,
                      &err) != LSN_OK)
        message_failure(&err);
    else
        message_note("%s: %d shards merged", out, line->operand_count - 1);
}

const struct command cmd_merge = {
    .name = "merge",
    .bit = FOR_MERGE,
    .summary = "join the run directories of all shards of a run",
    .operands = "OUT SHARD...",
    .operands_min = 2,
    .operands_max = INT_MAX,
    .description =
        "Makes of the finished run directories of 'lesion --run SHARD --shard I/N', all N\n"
        "of them, in any order, the run directory OUT, byte for byte that of the run\n"
        "without shards. Ended early, the same command does it again.\n",
    .run = run,
};
