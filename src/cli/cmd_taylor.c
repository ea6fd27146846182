#include "lesion/taylor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "sweeping.h"

/* Estimates the drops. They may be of a part of the images, if it was interrupted (after a note);
 * NULL where no image was complete, or after an error message. */
static struct lsn_taylor *estimate(struct sweeping *s)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_taylor *taylor;
    struct progress progress;
    size_t complete, images;
    enum lsn_status status;

    sweeping_prepare(&s->sweep, &progress, "taylor");
    status = lsn_taylor_run(s->inputs.model, s->inputs.dataset, &s->sweep, &taylor, &err);
    complete = taylor ? taylor->axes->complete_images : 0;
    images = taylor ? taylor->axes->image_count : 0;
    sweeping_say_end(status, &err, "%zu of %zu image%s %s complete", complete, images,
                     message_plural(images), message_are(complete));
    if (complete > 0)
        return taylor;
    lsn_taylor_free(taylor);
    return NULL;
}

/* Notes what tables lack after an interruption. */
static void note_unchecked(const struct options *options, const char *why)
{
    message_note("%s: the table has estimates without true drops%s%s%s", why,
                 options->per_layer ? ", and " : "", options->per_layer ? options->per_layer : "",
                 options->per_layer ? " is not written" : "");
}

/* Lesions a sample of the kernels, and compares. *made is NULL where no sample is wanted, or it was
 * interrupted. False after an error message. */
static bool check(struct sweeping *s, const struct lsn_taylor *taylor,
                  struct lsn_taylor_check **made)
{
    bool interrupted = taylor->axes->complete_images < taylor->axes->image_count;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;

    *made = NULL;
    s->sweep.sample_kernels = s->line->options.check;
    if (s->sweep.sample_kernels > 0 && interrupted)
        note_unchecked(&s->line->options, "nothing was checked");
    if (s->sweep.sample_kernels == 0 || interrupted)
        return true;
    results = sweeping_run(&s->inputs, &s->sweep, "check");
    interrupted = lsn_stop_asked(s->sweep.stop);
    if (results)
        sweeping_note_chance(results);
    if (results && results->complete_images == results->image_count &&
        lsn_taylor_check_create(taylor, results, made, &err) != LSN_OK)
        message_failure(&err);
    lsn_results_free(results);
    if (!*made && interrupted)
        note_unchecked(&s->line->options, "the check was not over");
    return *made || interrupted;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Adds the rank correlations of one measure to a line: over all kernels, and within layers. all:
 * the row of all layers together. correlations: room for [made's rows]. */
static void add_agreement(char *line, size_t size, const struct lsn_taylor_check *made,
                          const struct lsn_taylor_row *all, bool margin, double *correlations)
{
    const struct lsn_taylor_agreement *of_all = margin ? &all->margin : &all->loss;
    size_t at = strlen(line), count = 0, i;
    const char *least = "";
    double lowest = 0;

    for (i = 0; i < made->row_count; i++) {
        const struct lsn_taylor_row *row = &made->rows[i];
        double r = margin ? row->margin.correlation : row->loss.correlation;

        if (row->layer < 0 || row->lesion != all->lesion || row->condition != all->condition ||
            isnan(r))
            continue;
        if (count == 0 || r < lowest) {
            lowest = r;
            least = made->taylor->axes->layer_names[row->layer];
        }
        correlations[count++] = r;
    }
    qsort(correlations, count, sizeof *correlations, ascending);
    if (isnan(of_all->correlation))
        snprintf(line + at, size - at, "%s none", margin ? ", margin" : "loss");
    else
        snprintf(line + at, size - at, "%s %.2f", margin ? ", margin" : "loss",
                 of_all->correlation);
    at = strlen(line);
    if (count > 0)
        snprintf(line + at, size - at, " (within layers median %.2f, least %.2f in %.60s)",
                 (correlations[(count - 1) / 2] + correlations[count / 2]) / 2, lowest, least);
}

/* Prints how well the estimates of one lesion at one condition agree with the true drops. */
static void say_agreement(const struct lsn_taylor_check *made, const struct lsn_taylor_row *all)
{
    const struct lsn_results *axes = made->taylor->axes;
    char lesion[LSN_LESION_TEXT_MAX], condition[LSN_CONDITION_TEXT_MAX], line[400] = "";
    double *correlations = calloc(made->row_count, sizeof *correlations);

    if (!correlations) {
        message_error("out of memory for the rank correlations");
        return;
    }
    add_agreement(line, sizeof line, made, all, false, correlations);
    add_agreement(line, sizeof line, made, all, true, correlations);
    free(correlations);
    lsn_lesion_text(&axes->lesions[all->lesion], lesion);
    message_condition(&axes->conditions[all->condition], condition);
    message_note("%s at %s: rank correlation of estimated with true drops over %zu kernel%s: %s",
                 lesion, condition, all->kernels, message_plural(all->kernels), line);
}

static enum lsn_status write_tables(const struct options *options, const struct lsn_taylor *taylor,
                                    const struct lsn_taylor_check *made, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;

    if (options->per_layer && made)
        status = lsn_taylor_write_layers(options->per_layer, options->force, made, err);
    if (status == LSN_OK)
        status = lsn_taylor_write(options->output, options->force, taylor, made, err);
    return status;
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_taylor_check *made = NULL;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_taylor *taylor = NULL;
    struct sweeping s;
    size_t i;

    if (options->per_layer && options->check == 0) {
        message_usage("--per-layer is of kernels that --check lesions: give it more than 0");
        return;
    }
    if (!sweeping_begin(&s, line, options->output, &options->per_layer, 1))
        return;
    if (sweeping_look(&s))
        taylor = estimate(&s);
    if (taylor && check(&s, taylor, &made))
        sweeping_finish(&s, write_tables(options, taylor, made, &err), &err, options->output,
                        taylor->axes);
    for (i = 0; made && i < made->row_count; i++)
        if (made->rows[i].layer < 0)
            say_agreement(made, &made->rows[i]);
    lsn_taylor_check_free(made);
    lsn_taylor_free(taylor);
    sweeping_end(&s);
}

const struct command cmd_taylor = {
    .name = "taylor",
    .bit = FOR_TAYLOR,
    .operands = "",
    .run = run,
};
