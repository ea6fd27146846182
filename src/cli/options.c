#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lesion/parse.h"
#include "message.h"

/* The index of text among choices "a|b|c", or -1. */
static int choice_index(const char *choices, const char *text)
{
    size_t length = strlen(text);
    int index = 0;

    for (;; index++) {
        size_t part = strcspn(choices, "|");

        if (part == length && strncmp(choices, text, length) == 0)
            return index;
        choices += part;
        if (!*choices++)
            return -1;
    }
}

/* A number of bytes with the suffix K, M or G. */
static bool parse_size(const char *text, size_t *size)
{
    static const char suffixes[] = "KMG";
    size_t length = strlen(text);
    const char *suffix = length ? strchr(suffixes, text[length - 1]) : NULL;
    char number[32] = "";
    int64_t value;

    if (!suffix || length > sizeof number)
        return false;
    memcpy(number, text, length - 1);
    if (!lsn_parse_int(number, 1, 1 << 20, &value))
        return false;
    *size = (size_t)value << (10 * (suffix - suffixes + 1));
    return true;
}

static bool set(struct options *options, const struct option *option, const char *text)
{
    char *field = (char *)options + option->offset;
    int64_t number;

    switch (option->type) {
    case OPTION_TEXT:
        *(const char **)(void *)field = text;
        break;
    case OPTION_INT:
        if (!lsn_parse_int(text, option->low, option->high, &number)) {
            message_usage("--%s: '%s' is not a whole number in %d ... %d", option->name, text,
                          option->low, option->high);
            return false;
        }
        *(int *)(void *)field = (int)number;
        break;
    case OPTION_SIZE:
        if (!parse_size(text, (size_t *)(void *)field)) {
            message_usage("--%s: '%s' is not a size such as 512M or 8G", option->name, text);
            return false;
        }
        break;
    case OPTION_CHOICE:
        *(int *)(void *)field = choice_index(option->argument, text);
        if (*(int *)(void *)field < 0) {
            message_usage("--%s: '%s' is none of %s", option->name, text, option->argument);
            return false;
        }
        break;
    case OPTION_FLAG:
        *(bool *)field = true;
        break;
    }
    return true;
}

static const struct option *find(const char *name, size_t length, unsigned command)
{
    int i;

    for (i = 0; i < option_count; i++)
        if ((option_table[i].commands & command) && strlen(option_table[i].name) == length &&
            strncmp(option_table[i].name, name, length) == 0)
            return &option_table[i];
    return NULL;
}

static const struct option *find_letter(char letter, unsigned command)
{
    int i;

    for (i = 0; i < option_count; i++)
        if ((option_table[i].commands & command) && letter && option_table[i].letter == letter)
            return &option_table[i];
    return NULL;
}

/* Reads the option at argv[*i]. *i is then the index of its last word, which may be its value. */
static bool read_option(int argc, char **argv, int *i, unsigned command, struct options *options)
{
    const char *word = argv[*i], *equals = strchr(word, '=');
    bool is_long = word[1] == '-';
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const struct option *option = is_long    ? find(word + 2, length - 2, command)
                                  : !word[2] ? find_letter(word[1], command)
                                             : NULL;
    const char *value = is_long && equals ? equals + 1 : NULL;

    if (!option) {
        message_usage("the option '%.*s' is not known here", (int)length, word);
        return false;
    }
    if (option->type == OPTION_FLAG && value) {
        message_usage("--%s takes no value", option->name);
        return false;
    }
    if (option->type != OPTION_FLAG && !value) {
        if (*i + 1 >= argc) {
            message_usage("--%s wants a value: %s", option->name, option->argument);
            return false;
        }
        value = argv[++*i];
    }
    /* Usually a script's variable that was not set: --images "$FOLDER". */
    if (option->type == OPTION_TEXT && !value[0]) {
        message_usage("--%s: its value is empty", option->name);
        return false;
    }
    return set(options, option, value);
}

bool options_parse(int argc, char **argv, unsigned command, int operands_max,
                   struct command_line *line)
{
    bool options_ended = false;
    int i;

    *line = (struct command_line){.operands = (const char **)argv};
    for (i = 0; i < option_count; i++)
        if ((option_table[i].commands & command) && option_table[i].fallback)
            (void)set(&line->options, &option_table[i], option_table[i].fallback);
    for (i = 0; i < argc; i++) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1]) {
            if (!read_option(argc, argv, &i, command, &line->options))
                return false;
        } else if (line->operand_count < operands_max) {
            line->operands[line->operand_count++] = argv[i];
        } else {
            message_usage("'%s' is one word too many", argv[i]);
            return false;
        }
    }
    return true;
}

const char *option_text(const struct option *option, const struct options *options, char *buffer,
                        size_t size)
{
    const char *field = (const char *)options + option->offset, *choice = option->argument;
    int i;

    switch (option->type) {
    case OPTION_TEXT:
        return *(const char *const *)(const void *)field;
    case OPTION_INT:
        snprintf(buffer, size, "%d", *(const int *)(const void *)field);
        return buffer;
    case OPTION_SIZE:
        snprintf(buffer, size, "%zu", *(const size_t *)(const void *)field);
        return buffer;
    case OPTION_CHOICE:
        for (i = *(const int *)(const void *)field; i > 0; i--)
            choice = strchr(choice, '|') + 1;
        snprintf(buffer, size, "%.*s", (int)strcspn(choice, "|"), choice);
        return buffer;
    case OPTION_FLAG:
        return *(const bool *)field ? "yes" : "no";
    }
    return NULL;
}
