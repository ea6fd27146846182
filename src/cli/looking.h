/* Opens and decodes every image before the work, so that damaged files are found at once. */
#ifndef CLI_LOOKING_H
#define CLI_LOOKING_H

#include "inputs.h"

/* Looks at all images, shows progress, and sets inputs->look. run is NULL or a run directory:
 * images that it recorded and that have not changed are not opened again. False after a message
 * where the look failed or was interrupted. */
bool looking_look(const struct options *options, struct inputs *inputs, const char *run);

/* Prints notes about images that are on disk but not in the list: hidden ones, ones in formats that
 * are not read, ones outside class folders. */
void looking_note_passed(const struct inputs *inputs);

/* Prints a note on how many images have an EXIF orientation, which is not applied. */
void looking_note_orientations(const struct inputs *inputs);

/* Prints an error for each image that cannot be shown. */
void looking_say_faults(const struct inputs *inputs);

/* Does all of that, for commands that run the network. False as looking_look, and after error
 * messages where images cannot be shown and --damaged does not leave them out. */
bool looking_check(const struct options *options, struct inputs *inputs, const char *run);

#endif
