/* What the commands that run a network on all images share, from eval and sweep to claims: they
 * check that their tables can be written, load model and images, look at the images, run with
 * progress and signals, and write a table with its provenance. */
#ifndef CLI_SWEEPING_H
#define CLI_SWEEPING_H

#include "inputs.h"
#include "lesion/greedy.h"
#include "lesion/invariance.h"
#include "lesion/ranking.h"
#include "lesion/shapley.h"
#include "lesion/sweep.h"
#include "message.h"
#include "progress.h"

/* The state of one of these commands. */
struct sweeping {
    const struct command_line *line;
    struct inputs inputs;
    struct lsn_sweep_options sweep;
    const char *to; /* where the table is to be written: the output, or draft */
    bool replace;   /* whether it may replace what is there */
    char *draft;    /* in --run, from where sweeping_finish copies it to the output; NULL: none */
};

/* Checks that output, OUTPUT.json beside it, and others [count] (NULL: not wanted) can be written,
 * with nothing lost that --run did not write, and are different files; starts the clock of --time;
 * loads model and images; reads the sweep's options. False after an error message. After success
 * sweeping_end has to follow. */
bool sweeping_begin(struct sweeping *s, const struct command_line *line, const char *output,
                    const char *const *others, int count);
void sweeping_end(struct sweeping *s);

/* To be called after writing the table to s->to, with the status of that: brings it to output and
 * writes its provenance, or prints why it was not written. axes: the conditions, images and kernels
 * of the table. Returns whether the table was written. */
bool sweeping_finish(const struct sweeping *s, enum lsn_status status, const struct lsn_error *err,
                     const char *output, const struct lsn_results *axes);

/* Sets the library's options from the program's. False after an error message where one is wrong.
 */
bool sweeping_options(const struct options *options, const struct inputs *inputs,
                      struct lsn_sweep_options *sweep);

/* Reads --time ("90s", "30m", "2h"; NULL: none) and starts its timer, as sweeping_begin does. False
 * after an error message. */
bool sweeping_start_clock(const char *text);

/* Notes that the kernels are a sample that stands for all of each layer, if they are. */
void sweeping_note_sample(const struct options *options);

/* Checks that the options fit the network and the images, then looks at these (looking_check).
 * False after an error message where they do not fit, and as looking_check. */
bool sweeping_look(struct sweeping *s);

/* Runs the sweep. The results may be of a part of the images: if it was interrupted (after a note,
 * and with the exit status set), or if an image could not be shown (after an error message). NULL
 * where no image was complete, or after an error message. what names the work in the progress
 * line. */
struct lsn_results *sweeping_run(const struct inputs *inputs, struct lsn_sweep_options *options,
                                 const char *what);

/* Prints a note if the intact network may be no better than chance at the highest contrast. */
void sweeping_note_chance(const struct lsn_results *results);

/* Runs a race. NULL after a message where it was interrupted or failed. */
struct lsn_ranking *sweeping_race(const struct inputs *inputs, struct lsn_sweep_options *options,
                                  const struct lsn_ranking_options *race);

/* Sets up signals, the progress line and the note of the estimate for work that takes the options,
 * as the functions here do themselves; and prints why it stopped, unless it is complete: after an
 * interruption the message ends with format and its arguments, which tell what was done until then.
 */
void sweeping_prepare(struct lsn_sweep_options *options, struct progress *progress,
                      const char *what);
void sweeping_say_end(enum lsn_status status, const struct lsn_error *err, const char *format, ...)
    CLI_PRINTF(3, 4);

/* Compares activations with those at full contrast. Returns as sweeping_run: the comparison may be
 * of a part of the images, or NULL. */
struct lsn_invariance *sweeping_compare(const struct inputs *inputs,
                                        struct lsn_sweep_options *options, const char *nodes);

/* Lesions greedily. The result has the steps that were done, not all if it was interrupted; NULL
 * after an error message. */
struct lsn_greedy *sweeping_greedy(const struct inputs *inputs, struct lsn_sweep_options *options,
                                   const struct lsn_greedy_options *how);

/* Estimates Shapley values. The result has the rounds that were complete, not all if it was
 * interrupted; NULL where none was, or after an error message. */
struct lsn_shapley *sweeping_shapley(const struct inputs *inputs, struct lsn_sweep_options *options,
                                     const struct lsn_shapley_options *how);

/* Writes the provenance to OUTPUT.json beside output; nothing if output is standard output. force:
 * replaces an old one. */
void sweeping_write_provenance(const struct command_line *line, const struct inputs *inputs,
                               const char *output, bool force, const struct lsn_results *results);

#endif
