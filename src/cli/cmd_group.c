#include "command.h"
#include "joint.h"
#include "lesion/group.h"
#include "message.h"

static const struct joint group = {
    .name = "group",
    .takes = "a group takes",
    .read_kernels = joint_parse_kernels,
    .create = lsn_group_create,
    .write = lsn_group_write,
};

static void run(const struct command_line *line)
{
    if (line->options.kernels)
        joint_run(line, &group);
    else
        message_usage("--kernels is missing: which group?");
}

const struct command cmd_group = {
    .name = "group",
    .bit = FOR_GROUP,
    .operands = "",
    .run = run,
};
