/* The commands. Each has a file cmd_NAME.c with its struct command and its code, and a page
 * pages/lesion-NAME.1.txt, which help and manual show. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "options.h"

struct command {
    const char *name;
    unsigned bit;         /* FOR_... in the option table */
    const char *operands; /* as usage shows them; "" for none */
    int operands_min, operands_max;
    void (*run)(const struct command_line *line);
};

#define COMMAND_DECLARED(name, NAME) extern const struct command cmd_##name;
COMMANDS(COMMAND_DECLARED)

/* The command of this name among all (struct command_line), or NULL. */
const struct command *command_find(const struct command *const *all, const char *name);

/* Prints the help of one command on standard output; of the whole program where command is NULL. */
void help_print(const struct command_line *line, const struct command *command);

#endif
