/* Prints help, man pages and shell completion, made from the tables of options and commands and
 * from pages/. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "page.h"

#define HELP_COLUMN  28
#define HELP_WIDTH   96
#define TOPIC_COLUMN 14

/* Prints a word of a text that fills the columns from HELP_COLUMN on. *column: where the last word
 * ended. */
static void print_word(const char *word, int length, int *column)
{
    if (*column > HELP_COLUMN && *column + 1 + length > HELP_WIDTH) {
        printf("\n%*s", HELP_COLUMN, "");
        *column = HELP_COLUMN;
    } else if (*column > HELP_COLUMN) {
        putchar(' ');
        ++*column;
    }
    printf("%.*s", length, word);
    *column += length;
}

static void print_option(const struct option *option)
{
    int column = HELP_COLUMN;
    const char *word = option->description;
    char left[128];
    int length =
        snprintf(left, sizeof left, "  %c%c%c --%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? ',' : ' ', option->name,
                 option->argument ? " " : "", option->argument ? option->argument : "");

    printf("%-*s", HELP_COLUMN, left);
    if (length >= HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN, "");
    for (; *word; word += strspn(word, " ")) {
        print_word(word, (int)strcspn(word, " "), &column);
        word += strcspn(word, " ");
    }
    if (option->fallback) {
        snprintf(left, sizeof left, "[%s]", option->fallback);
        print_word(left, (int)strlen(left), &column);
    }
    printf("\n");
}

/* Prints a page. If it is a command's, its options come before the first heading. */
static void print_page(const struct page *page, const struct command *command)
{
    int length, i;
    const char *summary = page_summary(page, &length), *rest;
    const char *opening = page_opening(page, &rest);

    if (command)
        printf("Usage: lesion %s [options]%s%s\n\n", command->name, command->operands[0] ? " " : "",
               command->operands);
    printf("%c%.*s.\n\n%.*s", toupper((unsigned char)summary[0]), length - 1, summary + 1,
           (int)(rest - opening), opening);
    if (command) {
        printf("%sOptions:\n", *rest ? "" : "\n");
        for (i = 0; i < option_count; i++)
            if (option_table[i].commands & command->bit)
                print_option(&option_table[i]);
        printf("%s", *rest ? "\n" : "");
    }
    printf("%s", rest);
}

static void print_topic(const struct page *page)
{
    int name, summary;
    const char *topic = page_topic(page, &name), *text = page_summary(page, &summary);

    printf("  %.*s%*s%.*s\n", name, topic, TOPIC_COLUMN - name, "", summary, text);
}

static void print_overview(const struct command *const *commands)
{
    size_t p;
    int i;

    printf(
        "lesion: which kernels carry a network's accuracy at each contrast?\n\n"
        "Usage: lesion --model FILE --images DIR --contrast 0.05,0.1,0.5,1 --output kernels.csv\n"
        "       lesion COMMAND [options]\n\nCommands:\n");
    for (i = 0; commands[i]; i++)
        print_topic(page_find(commands[i]->name));
    printf("\nTopics:\n");
    for (p = 0; p < page_count; p++) {
        int length;
        const char *topic = page_topic(&pages[p], &length);
        bool is_command = false;

        for (i = 0; commands[i]; i++)
            is_command |= strlen(commands[i]->name) == (size_t)length &&
                          strncmp(commands[i]->name, topic, (size_t)length) == 0;
        if (!is_command)
            print_topic(&pages[p]);
    }
    printf("\n'lesion help COMMAND' tells a command's options, 'lesion help TOPIC' the rest; both "
           "are\n"
           "manual pages, too: man lesion-sweep, man lesion-tables. 'lesion-demo', or scripts/demo "
           "of\n"
           "the sources, runs it on a small network of its own.\n");
}

void help_print(const struct command_line *line, const struct command *command)
{
    if (command)
        print_page(page_find(command->name), command);
    else
        print_overview(line->commands);
}

static void roff_string(const char *text)
{
    roff_text(text, strlen(text));
}

static void roff_option(const struct option *option)
{
    printf(".TP\n.B ");
    if (option->letter)
        printf("\\-%c, ", option->letter);
    printf("\\-\\-");
    roff_string(option->name);
    if (option->argument) {
        printf(" ");
        roff_string(option->argument);
    }
    printf("\n");
    roff_string(option->description);
    if (option->fallback) {
        printf(" [");
        roff_string(option->fallback);
        printf("]");
    }
    printf("\n");
}

static void roff_synopsis(const struct command *command)
{
    printf(".SH SYNOPSIS\n.B lesion ");
    if (command) {
        printf("%s\n[options]", command->name);
        if (command->operands[0])
            printf(" %s", command->operands);
    } else {
        printf("\n\\-\\-model FILE [\\-\\-images DIR] [\\-\\-contrast LIST] [\\-\\-output FILE]\n"
               ".br\n.B lesion\nCOMMAND [options]");
    }
    printf("\n");
}

static void roff_commands(const struct command *const *commands)
{
    int i, length;

    printf(".SH COMMANDS\n");
    for (i = 0; commands[i]; i++) {
        const char *summary = page_summary(page_find(commands[i]->name), &length);

        printf(".TP\n.BR lesion\\-%s (1)\n", commands[i]->name);
        roff_text(summary, (size_t)length);
        printf("\n");
    }
}

/* Prints a page as roff for man: a command's with its options, the program's with its commands. */
static void print_man(const struct page *page, const struct command *command,
                      const struct command *const *commands)
{
    const char *rest, *opening = page_opening(page, &rest);
    bool is_program = page == page_find("lesion");
    int i;

    roff_title(page);
    if (command || is_program)
        roff_synopsis(command);
    printf(".SH DESCRIPTION\n");
    roff_body(opening, rest);
    if (is_program)
        roff_commands(commands);
    if (command) {
        printf(".SH OPTIONS\n");
        for (i = 0; i < option_count; i++)
            if (option_table[i].commands & command->bit)
                roff_option(&option_table[i]);
    }
    roff_body(rest, rest + strlen(rest));
    printf(".SH SEE ALSO\n.BR lesion (1),\n.BR lesion\\-method (7),\n.BR lesion\\-tables (5)\n");
}

/* Prints the completion for bash. Without a command, the options are those of the first, which then
 * runs. */
static void print_bash(const struct command *const *commands)
{
    int i, j;

    printf(
        "_lesion()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options\n"
        "    case $command in\n");
    for (i = 0; commands[i]; i++) {
        printf("    %s%s) options='", commands[i]->name, i == 0 ? "|-*" : "");
        for (j = 0; j < option_count; j++)
            if (option_table[j].commands & commands[i]->bit)
                printf("--%s ", option_table[j].name);
        printf("' ;;\n");
    }
    printf("    esac\n    if [[ $word == -* ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
           "    elif [[ $COMP_CWORD == 1 ]]; then\n        COMPREPLY=($(compgen -W '");
    for (i = 0; commands[i]; i++)
        printf("%s ", commands[i]->name);
    printf("' -- \"$word\"))\n    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
           "complete -o filenames -F _lesion lesion\n");
}

static void run(const struct command_line *line)
{
    const char *topic = line->operand_count > 0 ? line->operands[0] : NULL;
    const struct page *page = topic ? page_find(topic) : page_find("lesion");
    const struct command *command = topic ? command_find(line->commands, topic) : NULL;

    if (!page)
        message_usage("'%s' is neither a command nor a topic", topic);
    else if (line->options.format == 1)
        print_man(page, command, line->commands);
    else if (line->options.format == 2)
        print_bash(line->commands);
    else if (topic)
        print_page(page, command);
    else
        print_overview(line->commands);
}

const struct command cmd_help = {
    .name = "help",
    .bit = FOR_HELP,
    .operands = "[COMMAND|TOPIC]",
    .operands_max = 1,
    .run = run,
};
