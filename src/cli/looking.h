/* Looking at all images before the work. */
#ifndef CLI_LOOKING_H
#define CLI_LOOKING_H

#include "inputs.h"

/* Looks at the images, with progress, and keeps what was seen in the inputs. run: a run
 * directory that may know some of them, or NULL. False, with an error or an interruption said,
 * where it did not come to an end. */
bool looking_look(const struct options *options, struct inputs *inputs, const char *run);

/* Notes what class folders hold of images that are not in the list. */
void looking_note_passed(const struct inputs *inputs);

/* Notes how many images ask to be turned, and are not. */
void looking_note_orientations(const struct inputs *inputs);

/* Says which images have a fault, as errors. */
void looking_say_faults(const struct inputs *inputs);

/* All of that before long work. False where images have faults, which are said and are not to
 * be left out (--damaged), and as looking_look. */
bool looking_check(const struct options *options, struct inputs *inputs, const char *run);

#endif
