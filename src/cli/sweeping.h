/* What the commands share that run a network on all images (sweep, eval, group, greedy,
 * invariance, claims): they check where their tables go, load model and images, look at the images,
 * run with progress and signals, and write a table with its provenance. */
#ifndef CLI_SWEEPING_H
#define CLI_SWEEPING_H

#include "inputs.h"
#include "lesion/greedy.h"
#include "lesion/invariance.h"
#include "lesion/ranking.h"
#include "lesion/sweep.h"

/* One of these commands at work. */
struct sweeping {
    const struct command_line *line;
    struct inputs inputs;
    struct lsn_sweep_options sweep;
};

/* Begins: output, FILE.json beside it, and others [count] (NULL: not wanted) can be written, each
 * to a place of its own; model and images are loaded, and the sweep's options are read. False, with
 * an error said, where that fails; else sweeping_end follows. */
bool sweeping_begin(struct sweeping *s, const struct command_line *line, const char *output,
                    const char *const *others, int count, bool force);
void sweeping_end(struct sweeping *s);

/* The table's end, whose writing had that status: says why it was not written, or writes its
 * provenance. axes: of the outcomes in the table. Whether it was written. */
bool sweeping_finish(const struct sweeping *s, enum lsn_status status, const struct lsn_error *err,
                     const char *output, bool force, const struct lsn_results *axes);

/* The library's options from the program's; false, with an error said, where one of
 * them is wrong. */
bool sweeping_options(const struct options *options, const struct inputs *inputs,
                      struct lsn_sweep_options *sweep);

/* Says which kernels stand for all, where they are a sample. */
void sweeping_note_sample(const struct options *options);

/* Looks at the images, looking_check, once the options are known to fit them and the network.
 * False, with an error said, where they do not, and as looking_check. */
bool sweeping_look(struct sweeping *s);

/* Runs it; the results, possibly interrupted (then the exit status is set and a
 * note said), or of what was complete when an image could not be shown (then an error is
 * said), or NULL with an error said, or where no image was complete. */
struct lsn_results *sweeping_run(const struct inputs *inputs, struct lsn_sweep_options *options,
                                 const char *what);

/* Notes where the intact network is not surely above chance at the highest contrast. */
void sweeping_note_chance(const struct lsn_results *results);

/* Runs a race; NULL where it was interrupted or failed, which is said. */
struct lsn_ranking *sweeping_race(const struct inputs *inputs, struct lsn_sweep_options *options,
                                  const struct lsn_ranking_options *race);

/* Compares activations with those at full contrast: the comparison, possibly interrupted
 * (then the exit status is set and a note said), or NULL as above. */
struct lsn_invariance *sweeping_compare(const struct inputs *inputs,
                                        struct lsn_sweep_options *options, const char *nodes);

/* Lesions greedily; the steps that were done, possibly interrupted, or NULL as above. */
struct lsn_greedy *sweeping_greedy(const struct inputs *inputs, struct lsn_sweep_options *options,
                                   const struct lsn_greedy_options *how);

/* Writes FILE.json beside output; nothing for standard output. force: over an old one. */
void sweeping_write_provenance(const struct command_line *line, const struct inputs *inputs,
                               const char *output, bool force, const struct lsn_results *results);

#endif
