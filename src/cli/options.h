/* The program's options: one table that makes parsing, help, man page, shell
 * completion and provenance. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Bits of the commands that take an option. */
enum {
    FOR_SWEEP = 1,
    FOR_EVAL = 2,
    FOR_STIMULI = 4,
    FOR_INFO = 8,
    FOR_CONVERT = 16,
    FOR_HELP = 32,
    FOR_CHECK = 64,
    FOR_STATS = 128,
    FOR_MERGE = 256,
    FOR_INVARIANCE = 512,
    FOR_GROUP = 1024,
    FOR_GREEDY = 2048,
    FOR_CLAIMS = 4096,
    FOR_REPORT = 8192,
    FOR_PSYCHOMETRIC = 16384,
    FOR_IMAGES = 32768
};
#define FOR_ALL (~0u)

/* Every option's value; texts are NULL where neither given nor by default. */
struct options {
    const char *model, *input, *output_name, *images, *labels, *decide, *contrast, *region, *layers,
        *kernels, *lesion;
    const char *normalise, *stimulus_mean, *stimulus_sd;
    const char *output, *stats, *per_image, *logits, *classes, *tolerance;
    const char *table, *low, *high, *low_accuracy;
    const char *nodes, *per_kernel;
    const char *invariance, *greedy, *race;
    const char *guess;
    int definition, quantize, alpha, depth, damaged, engine; /* the library's enums */
    int lesion_places;                                       /* 0: all, 1: each */
    int decide_by, folder_order, threads, format, limit, flips, steps, orders, bootstraps, function;
    size_t memory; /* bytes */
    const char *run, *shard, *time, *confidence, *clip, *above, *fdr;
    int top, measure, seed;
    bool any_core;
    bool force, json, estimate, verbose, quiet, help, version;
};

struct command;

struct command_line {
    const struct command *command;         /* that is run */
    const struct command *const *commands; /* all, in the order of help; NULL ends */
    struct options options;
    const char **operands; /* [operand_count], in argv */
    int operand_count;
};

enum option_type { OPTION_TEXT, OPTION_INT, OPTION_SIZE, OPTION_CHOICE, OPTION_FLAG };

struct option {
    const char *name; /* without the dashes */
    char letter;      /* of the short form, or 0 */
    enum option_type type;
    size_t offset;           /* in struct options */
    const char *argument;    /* what help calls the value; of a choice, all of them: "a|b" */
    int low, high;           /* of an int */
    const char *fallback;    /* the default as text; NULL: none */
    unsigned commands;       /* FOR_... */
    bool provenance;         /* it can change the results */
    const char *description; /* one sentence part for help */
};

extern const struct option option_table[];
extern const int option_count;

/* Fills *line with defaults, then with argv[0 ... argc-1], for one command
 * (FOR_...); operands move to the front of argv. False, with an error said, where something is
 * wrong. */
bool options_parse(int argc, char **argv, unsigned command, int operands_max,
                   struct command_line *line);

/* The option's value as text, in buffer where it has to be made; NULL: none. */
const char *option_text(const struct option *option, const struct options *options, char *buffer,
                        size_t size);

#endif
