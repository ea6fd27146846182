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
        message_note("%s: %d shard%s merged", out, line->operand_count - 1,
                     message_plural((size_t)line->operand_count - 1));
}

const struct command cmd_merge = {
    .name = "merge",
    .bit = FOR_MERGE,
    .operands = "OUT SHARD...",
    .operands_min = 2,
    .operands_max = INT_MAX,
    .run = run,
};
