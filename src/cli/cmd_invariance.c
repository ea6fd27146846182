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

    if (!sweeping_begin(&s, line, options->output, &options->per_kernel, 1, options->force))
        return;
    if (looking_check(options, &s.inputs, NULL))
        invariance = sweeping_compare(&s.inputs, &s.sweep, options->nodes);
    if (invariance)
        sweeping_finish(&s, write_tables(options, invariance, &err), &err, options->output,
                        options->force, invariance->axes);
    lsn_invariance_free(invariance);
    sweeping_end(&s);
}

const struct command cmd_invariance = {
    .name = "invariance",
    .bit = FOR_INVARIANCE,
    .summary = "how alike the activations are to those at full contrast",
    .operands = "",
    .description =
        "Compares each node's activation with the one for the same image at contrast 1, and\n"
        "writes one CSV row per node and contrast:\n"
        "  space_correlation   over positions, mean over kernels and images\n"
        "  kernel_correlation  over kernels, mean over positions and images\n"
        "  same_winner         share of positions with the same largest kernel\n"
        "  relative_magnitude  sum of absolute values, divided by that at contrast 1\n"
        "With --per-kernel, space_correlation and relative_magnitude of each kernel, too.\n",
    .run = run,
};
