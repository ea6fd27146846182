#define _GNU_SOURCE /* open_memstream */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "lesion/check.h"
#include "message.h"

#define FIELD_BYTES_MAX 1000

/* Prints a text from a file on the current line: cut at FIELD_BYTES_MAX, and with ? for control
 * characters, which could break the line or control the terminal. */
static void print_field(FILE *to, const char *text)
{
    int i;

    for (i = 0; i < FIELD_BYTES_MAX && text[i]; i++)
        fputc((unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i], to);
    if (text[i])
        fputs("...", to);
    if (i == 0)
        fputs("''", to);
}

static void print_move(const struct lsn_check_move *move)
{
    print_field(stdout, move->key);
    if (!move->column) {
        printf(": %s row\n", move->now ? "extra" : "missing");
        return;
    }
    printf(": ");
    print_field(stdout, move->column);
    printf(" ");
    print_field(stdout, move->baseline);
    printf(" -> ");
    print_field(stdout, move->now);
    if (isnan(move->difference))
        printf(" (not two numbers)\n");
    else
        printf(" (%+.6g, tolerance %g)\n", move->difference, move->tolerance);
}

static void write_counts(FILE *to, const struct lsn_check *check)
{
    size_t i, named = 0;

    fprintf(to, "%zu row%s compared, ", check->rows, message_plural(check->rows));
    if (check->missing)
        fprintf(to, "%zu missing, ", check->missing);
    if (check->extra)
        fprintf(to, "%zu extra, ", check->extra);
    fprintf(to, "%zu cell%s moved", check->cells, message_plural(check->cells));
    for (i = 0; i < check->column_count; i++) {
        const struct lsn_check_column *column = &check->columns[i];

        if (column->moved == 0)
            continue;
        fputs(named++ ? ", " : "; largest: ", to);
        print_field(to, column->name);
        if (isnan(column->largest))
            fputs(" (not two numbers)", to);
        else
            fprintf(to, " %.6g", column->largest);
    }
}

static void note_counts(const struct lsn_check *check)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    if (to)
        write_counts(to, check);
    if (to && fclose(to) == 0)
        message_note("%s", text);
    else
        message_error("out of memory for a sentence");
    free(text);
}

static void report(const struct lsn_check *check)
{
    size_t total = check->cells + check->missing + check->extra, i;

    if (total)
        message_set_exit(EXIT_ERROR);
    if (message_is_quiet())
        return;
    for (i = 0; i < check->move_count; i++)
        print_move(&check->moves[i]);
    if (total > check->move_count)
        printf("and %zu more\n", total - check->move_count);
    fflush(stdout); /* so that the note comes last if both streams go to one file */
    note_counts(check);
}

static void run(const struct command_line *line)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_check check;
    enum lsn_status status =
        lsn_check_compare(line->operands[0], line->operands[1], line->options.tolerance,
                          (size_t)line->options.limit, &check, &err);

    if (status == LSN_E_ARGUMENT)
        message_usage("--%s", err.text);
    else if (status != LSN_OK)
        message_failure(&err);
    else
        report(&check);
    lsn_check_free(&check);
}

const struct command cmd_check = {
    .name = "check",
    .bit = FOR_CHECK,
    .operands = "BASELINE.csv NEW.csv",
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
