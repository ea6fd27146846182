/* The program's options. Parsing, help, man pages, shell completion and the provenance of results
 * all follow from one table. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
/* All commands in the order of help. The first runs where the command line names none. */
#define COMMANDS(COMMAND) \
    COMMAND(sweep, SWEEP) \
    COMMAND(eval, EVAL) \
    COMMAND(invariance, INVARIANCE) \
    COMMAND(group, GROUP) \
    COMMAND(greedy, GREEDY) \
    COMMAND(pairs, PAIRS) \
    COMMAND(shapley, SHAPLEY) \
    COMMAND(taylor, TAYLOR) \
    COMMAND(claims, CLAIMS) \
    COMMAND(images, IMAGES) \
    COMMAND(stimuli, STIMULI) \
    COMMAND(info, INFO) \
    COMMAND(convert, CONVERT) \
    COMMAND(merge, MERGE) \
    COMMAND(stats, STATS) \
    COMMAND(psychometric, PSYCHOMETRIC) \
    COMMAND(report, REPORT) \
    COMMAND(check, CHECK) \
    COMMAND(help, HELP)
/* clang-format on */

/* One bit per command, FOR_SWEEP = 1, FOR_EVAL = 2 ...: an option's row lists the commands that
 * take it. */
#define COMMAND_INDEX(name, NAME) INDEX_##NAME,
#define COMMAND_BIT(name, NAME)   FOR_##NAME = 1 << INDEX_##NAME,
enum { COMMANDS(COMMAND_INDEX) COMMAND_COUNT };
enum { COMMANDS(COMMAND_BIT) };
#define FOR_ALL (~0u)

/* The value of every option; texts are NULL where the option is not given and has no default. */
struct options {
    const char *model, *input, *output_name, *images, *labels, *decide, *contrast, *region, *layers,
        *kernels, *lesion;
    const char *normalise, *stimulus_mean, *stimulus_sd;
    const char *output, *stats, *per_image, *logits, *classes, *tolerance;
    const char *table, *low, *high, *low_accuracy;
    const char *nodes, *per_kernel, *per_layer;
    const char *invariance, *greedy, *race, *pairs, *taylor, *shapley;
    const char *guess;
    int definition, quantize, alpha, depth, damaged, engine; /* values of the library's enums */
    int lesion_places;                                       /* 0: all, 1: each */
    int decide_by, folder_order, threads, format, limit, flips, steps, orders, rounds, bootstraps,
        function;
    size_t memory;           /* bytes */
    const char *rounds_time; /* --time of rounds of all images, which so need no random order */
    const char *run, *shard, *time, *confidence, *clip, *above, *fdr, *truncate;
    const char *from, *at;
    int top, measure, screen, seed, sample_kernels, check;
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
