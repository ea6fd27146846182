/* What sweep, eval and invariance share: running the library's sweep with progress, signals
 * and provenance. */
#ifndef CLI_SWEEPING_H
#define CLI_SWEEPING_H

#include "inputs.h"
#include "lesion/greedy.h"
#include "lesion/invariance.h"
#include "lesion/ranking.h"
#include "lesion/sweep.h"

/* The library's options from the program's; false, with an error said, where one of
 * them is wrong. */
bool sweeping_options(const struct options *options, const struct inputs *inputs,
                      struct lsn_sweep_options *sweep);

/* Looks at the images, looking_check, once the options are known to fit them and the network.
 * False, with an error said, where they do not, and as looking_check. */
bool sweeping_look(const struct options *options, struct inputs *inputs,
                   const struct lsn_sweep_options *sweep);

/* Runs it; the results, possibly interrupted (then the exit status is set and a
 * note said), or of what was complete when an image could not be shown (then an error is
 * said), or NULL with an error said, or where no image was complete. */
struct lsn_results *sweeping_run(const struct inputs *inputs, struct lsn_sweep_options *options,
                                 const char *what);

/* Notes where the intact network is not surely above chance at the highest contrast. */
void sweeping_note_chance(const struct lsn_results *results);

/* The same for a race; NULL where it was interrupted or failed, which is said. */
struct lsn_ranking *sweeping_race(const struct inputs *inputs, struct lsn_sweep_options *options,
                                  const struct lsn_ranking_options *race);

/* Compares activations with those at full contrast: the comparison, possibly interrupted
 * (then the exit status is set and a note said), or NULL as above. */
struct lsn_invariance *sweeping_compare(const struct inputs *inputs,
                                        struct lsn_sweep_options *options, const char *nodes);

/* The same for greedy lesions; possibly interrupted. */
struct lsn_greedy *sweeping_greedy(const struct inputs *inputs, struct lsn_sweep_options *options,
                                   const struct lsn_greedy_options *how);

/* Whether output, FILE.json beside it, and others [count] (NULL: not wanted) can be written,
 * each to a place of its own; an error is said. */
bool sweeping_check_outputs(const char *output, const char *const *others, int count, bool force);

/* Writes FILE.json beside output; nothing for standard output. force: over an old one. */
void sweeping_write_provenance(const struct command_line *line, unsigned command_bit,
                               const char *command, const char *output, bool force,
                               const struct inputs *inputs, const struct lsn_results *results);

#endif
