/* Help, the man page and shell completion, all from the option and command tables. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "lesion/version.h"
#include "message.h"

#define HELP_COLUMN 28
#define EXIT_STATUSES                                                                              \
    "0 done, 1 error, 2 wrong usage (also a value that the network, images or\n"                   \
    "run do not allow), 130 interrupted.\n"

static void print_option(const struct option *option)
{
    char left[128];
    int length =
        snprintf(left, sizeof left, "  %c%c%c --%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? ',' : ' ', option->name,
                 option->argument ? " " : "", option->argument ? option->argument : "");

    printf("%-*s", HELP_COLUMN, left);
    if (length >= HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN, "");
    printf("%s", option->description);
    if (option->fallback)
        printf(" [%s]", option->fallback);
    printf("\n");
}

static void print_command(const struct command *command)
{
    int i;

    printf("Usage: lesion %s [options]%s%s\n\n%c%s.\n\n%s\nOptions:\n", command->name,
           command->operands[0] ? " " : "", command->operands, command->summary[0],
           command->summary + 1, command->description);
    for (i = 0; i < option_count; i++)
        if (option_table[i].commands & command->bit)
            print_option(&option_table[i]);
}

static void print_overview(void)
{
    int i;

    printf(
        "lesion: which kernels carry a network's accuracy at each contrast?\n\n"
        "Usage: lesion --model FILE --images DIR --contrast 0.05,0.1,0.5,1 --output kernels.csv\n"
        "       lesion COMMAND [options]\n\nCommands:\n");
    for (i = 0; commands[i]; i++)
        printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
    printf("\n'lesion help COMMAND' tells a command's options.\n"
           "'lesion-demo', or scripts/demo of the sources, runs it on a small network of its own.\n"
           "Exit status: " EXIT_STATUSES);
}

void help_print(const struct command *command)
{
    if (command)
        print_command(command);
    else
        print_overview();
}

/* Text with troff's special characters escaped. A line that begins with . or ' would be a
 * request. */
static void man_text(const char *text)
{
    const char *at;

    for (at = text; *at; at++) {
        if ((*at == '.' || *at == '\'') && (at == text || at[-1] == '\n'))
            fputs("\\&", stdout);
        if (*at == '-' || *at == '\\')
            putchar('\\');
        putchar(*at);
    }
}

static void man_option(const struct option *option)
{
    printf(".TP\n.B ");
    if (option->letter)
        printf("\\-%c, ", option->letter);
    man_text("--");
    man_text(option->name);
    if (option->argument) {
        printf(" ");
        man_text(option->argument);
    }
    printf("\n");
    man_text(option->description);
    if (option->fallback) {
        printf(" [");
        man_text(option->fallback);
        printf("]");
    }
    printf("\n");
}

static void print_man(void)
{
    int i, j;

    printf(".TH LESION 1 \"\" \"lesion %s\"\n.SH NAME\nlesion \\- kernel\\-lesion analysis of "
           "image\\-classification networks\n.SH SYNOPSIS\n.B lesion\n\\-\\-model FILE "
           "[\\-\\-images DIR] [\\-\\-contrast LIST] [\\-\\-output FILE]\n.br\n.B lesion\nCOMMAND "
           "[options]\n.SH COMMANDS\n",
           lsn_version());
    for (i = 0; commands[i]; i++) {
        printf(".SS lesion %s %s\n", commands[i]->name, commands[i]->operands);
        man_text(commands[i]->summary);
        printf(".\n.PP\n");
        man_text(commands[i]->description);
        for (j = 0; j < option_count; j++)
            if (option_table[j].commands & commands[i]->bit)
                man_option(&option_table[j]);
    }
    printf(".SH EXIT STATUS\n" EXIT_STATUSES);
}

static void print_bash(void)
{
    int i, j;

    printf(
        "_lesion()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options\n"
        "    case $command in\n");
    for (i = 0; commands[i]; i++) {
        printf("    %s%s) options='", commands[i]->name, commands[i] == &cmd_sweep ? "|-*" : "");
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
    const struct command *command = NULL;

    if (line->operand_count > 0) {
        command = command_find(line->operands[0]);
        if (!command) {
            message_usage("'%s' is not a command", line->operands[0]);
            return;
        }
    }
    if (line->options.format == 1)
        print_man();
    else if (line->options.format == 2)
        print_bash();
    else
        help_print(command);
}

const struct command cmd_help = {
    .name = "help",
    .bit = FOR_HELP,
    .summary = "help, of all or of one command",
    .operands = "[COMMAND]",
    .operands_max = 1,
    .description = "",
    .run = run,
};
