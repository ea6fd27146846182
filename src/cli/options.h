/* The program's options. Parsing, help, man pages, shell completion and the provenance of results
 * all follow from one table. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* One bit per command: an option's row lists the commands that take it. */
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

/* The value of every option; texts are NULL where the option is not given and has no default. */
struct options {
    const char *model, *input, *output_name, *images, *labels, *decide, *contrast, *region, *layers,
        *kernels, *lesion;
    const char *normalise, *stimulus_mean, *stimulus_sd;
    const char *output, *stats, *per_image, *logits, *classes, *tolerance;
    const char *table, *low, *high, *low_accuracy;
    const char *nodes, *per_kernel;
    const char *invariance, *greedy, *race;
    const char *guess;
    int definition, quantize, alpha, depth, damaged, engine; /* values of the library's enums */
    int lesion_places;                                       /* 0: all, 1: each */
    int decide_by, folder_order, threads, format, limit, flips, steps, orders, bootstraps, function;
    size_t memory; /* bytes */
    const char *run, *shard, *time, *confidence, *clip, *above, *fdr;
    int top, measure, seed, sample_kernels;
    bool any_core;
    bool halved; /* no option: halves of the images are compared, which must be random ones */
    bool force, json, estimate, verbose, quiet, help, version;
};

struct command;

struct command_line {
    const struct command *command;         /* the command that runs */
    const struct command *const *commands; /* all commands in the order of help, then NULL */
    struct options options;
    const char **operands; /* [operand_count] words that are no options; part of argv */
    int operand_count;
};

enum option_type { OPTION_TEXT, OPTION_INT, OPTION_SIZE, OPTION_CHOICE, OPTION_FLAG };

struct option {
    const char *name; /* without the dashes */
    char letter;      /* the short form, or 0 */
    enum option_type type;
    size_t offset;           /* of its field in struct options */
    const char *argument;    /* the name of the value in help; for a choice all values: "a|b" */
    int low, high;           /* the allowed range of an OPTION_INT */
    const char *fallback;    /* the default as text; NULL: none */
    unsigned commands;       /* FOR_... of the commands that take it */
    bool provenance;         /* recorded beside results, as it can change them */
    const char *description; /* for help: lower case, without a full stop */
};

extern const struct option option_table[];
extern const int option_count;

/* Fills *line for one command (FOR_...): with defaults, then with argv[0 ... argc-1]. Operands are
 * moved to the front of argv. False after an error message. */
bool options_parse(int argc, char **argv, unsigned command, int operands_max,
                   struct command_line *line);

/* The option's value as text, which is written to buffer unless it is a text already; NULL: none.
 */
const char *option_text(const struct option *option, const struct options *options, char *buffer,
                        size_t size);

#endif
