#include "command.h"
#include "lesion/invariance.h"
#include "looking.h"
#include "sweeping.h"

static enum lsn_status write_tables(const struct options *options,
                                    const struct lsn_invariance *invariance, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;

    if (options->per_kernel)
        status = lsn_invariance_write_kernels(options->per_kernel, options->force, invariance, err);
    if (status == LSN_OK)
        status = lsn_invariance_write_nodes(options->output, options->force, invariance, err);
    return status;
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_invariance *invariance = NULL;
    struct sweeping s;

    if (!sweeping_begin(&s, line, options->output, &options->per_kernel, 1))
        return;
    if (looking_check(options, &s.inputs, NULL))
        invariance = sweeping_compare(&s.inputs, &s.sweep, options->nodes);
    if (invariance)
        sweeping_finish(&s, write_tables(options, invariance, &err), &err, options->output,
                        invariance->axes);
    lsn_invariance_free(invariance);
    sweeping_end(&s);
}

const struct command cmd_invariance = {
    .name = "invariance",
    .bit = FOR_INVARIANCE,
    .operands = "",
    .run = run,
};
