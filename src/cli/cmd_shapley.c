#include <math.h>
#include <string.h>

#include "command.h"
#include "lesion/parse.h"
#include "lesion/shapley.h"
#include "message.h"
#include "sweeping.h"

/* Reads what is asked for. False after an error message. */
static bool read_options(const struct options *options, struct lsn_shapley_options *how)
{
    *how = (struct lsn_shapley_options){.size = sizeof *how,
                                        .rounds = options->rounds,
                                        .seed = options->seed,
                                        .measure = (enum lsn_race_measure)options->measure,
                                        .top = options->top};
    if (!lsn_parse_float(options->confidence, 0, 1, &how->confidence) || how->confidence <= 0 ||
        how->confidence >= 1)
        message_usage("--confidence: '%s' is not between 0 and 1", options->confidence);
    else if (options->clip &&
             (!lsn_parse_float(options->clip, 0, 1e6, &how->clip) || how->clip <= 0))
        message_usage("--clip: '%s' is not a number of nats above 0", options->clip);
    else if (options->truncate && (!lsn_parse_float(options->truncate, 0, 1, &how->truncate) ||
                                   how->truncate <= 0 || how->truncate >= 1))
        message_usage("--truncate: '%s' is not between 0 and 1", options->truncate);
    else if ((options->top > 0 || options->truncate) && options->shard)
        message_usage("--shard: the top, and where orders end, is decided from all images; merge "
                      "the shards, then give --top or --truncate");
    else
        return true;
    return false;
}

/* Notes at each condition what the values sum to. */
static void note_sums(const struct lsn_shapley *shapley, enum lsn_race_measure measure)
{
    const struct lsn_results *axes = lsn_shapley_axes(shapley);
    size_t length = lsn_shapley_length(shapley);
    bool truncated = length < axes->kernel_count && lsn_shapley_rounds(shapley) > 1;
    bool loss = measure == LSN_RACE_LOSS;
    int c;

    for (c = 0; c < axes->condition_count; c++) {
        struct lsn_shapley_sum sum = lsn_shapley_add_up(shapley, c, measure);
        char condition[LSN_CONDITION_TEXT_MAX];

        message_condition(&axes->conditions[c], condition);
        message_note("%s: %s intact %.4f, %s %zu lesioned %.4f; the Shapley values sum to the "
                     "difference, %.4f",
                     condition, loss ? "clipped loss" : "accuracy", loss ? -sum.intact : sum.intact,
                     truncated                ? "with up to"
                     : axes->kernel_count > 1 ? "with all"
                                              : "with",
                     axes->kernel_count, loss ? -sum.lesioned : sum.lesioned, sum.sum);
        if (truncated)
            message_note("%s: orders ended after %zu kernel%s from round 2 on: in round 1 "
                         "%.4f came behind that, which all values together miss of each order",
                         condition, length, message_plural(length),
                         lsn_shapley_missed(shapley, c, measure));
    }
}

/* Notes how many rounds there were and, at each condition, what is decided. */
static void note_rounds(const struct lsn_shapley *shapley, const struct options *options)
{
    const struct lsn_results *axes = lsn_shapley_axes(shapley);
    int rounds = lsn_shapley_rounds(shapley), c;

    message_note("%d round%s: %d order%s of the kernels for each of %zu image%s", rounds,
                 message_plural((size_t)rounds), rounds, message_plural((size_t)rounds),
                 axes->image_count, message_plural(axes->image_count));
    for (c = 0; options->top > 0 && c < axes->condition_count; c++) {
        char condition[LSN_CONDITION_TEXT_MAX];
        size_t accepted = 0, k;

        for (k = 0; k < axes->kernel_count; k++)
            accepted += lsn_shapley_state(shapley, k, c) == LSN_RACE_ACCEPTED;
        message_condition(&axes->conditions[c], condition);
        message_note("%s: %zu of the top %d %s decided%s", condition, accepted, options->top,
                     message_are(accepted),
                     accepted < (size_t)options->top ? "; more --rounds go on with the others"
                                                     : "");
    }
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_shapley *shapley = NULL;
    struct lsn_shapley_options how;
    struct sweeping s;

    if (!read_options(options, &how) || !inputs_one_lesion(options, "Shapley values take") ||
        !sweeping_start_clock(options->rounds_time) ||
        !sweeping_begin(&s, line, options->output, NULL, 0))
        return;
    if (sweeping_look(&s))
        shapley = sweeping_shapley(&s.inputs, &s.sweep, &how);
    if (shapley && sweeping_finish(&s, lsn_shapley_write(s.to, s.replace, shapley, &err), &err,
                                   options->output, lsn_shapley_axes(shapley))) {
        sweeping_note_chance(lsn_shapley_axes(shapley));
        note_rounds(shapley, options);
        note_sums(shapley, how.measure);
    }
    lsn_shapley_free(shapley);
    sweeping_end(&s);
}

const struct command cmd_shapley = {
    .name = "shapley",
    .bit = FOR_SHAPLEY,
    .operands = "",
    .run = run,
};
