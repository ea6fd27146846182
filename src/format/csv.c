#include "format/csv.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"

#define FILE_BYTES_MAX ((size_t)1 << 32)

struct parser {
    const char *path;
    char *at; /* the next character to read */
    size_t line;
    struct lsn_csv *csv;
    size_t cell_count, cell_capacity, line_capacity;
};

/* Reads one field in place, ending it with a NUL; *delimiter receives the character that followed
 * it. */
static enum lsn_status read_field(struct parser *p, char **field, char *delimiter,
                                  struct lsn_error *err)
{
    char *to = p->at;

    *field = p->at;
    if (*p->at == '"') {
        p->at++;
        for (; *p->at != '"' || p->at[1] == '"'; p->at++) {
            if (*p->at == '\0')
                return lsn_fail(err, LSN_E_FORMAT, "%s: line %zu: a quote is not closed", p->path,
                                p->line);
            if (*p->at == '"')
                p->at++;
            p->line += *p->at == '\n';
            *to++ = *p->at;
        }
        p->at++;
    } else {
        while (*p->at && !strchr(",\r\n", *p->at))
            *to++ = *p->at++;
    }
    if (p->at[0] == '\r' && (p->at[1] == '\n' || p->at[1] == '\0'))
        p->at++;
    *delimiter = *p->at;
    if (*delimiter != ',' && *delimiter != '\n' && *delimiter != '\0')
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: line %zu: a character after a closing quote, or a "
                        "stray carriage return",
                        p->path, p->line);
    *to = '\0';
    if (*delimiter)
        p->at++;
    return LSN_OK;
}

static enum lsn_status read_row(struct parser *p, struct lsn_error *err)
{
    struct lsn_csv *csv = p->csv;
    size_t fields = 0, row = csv->columns ? csv->row_count + 1 : 0;
    char delimiter;

    if (!lsn_grow(&csv->lines, &p->line_capacity, row, sizeof *csv->lines))
        return lsn_fail_memory(err, "a CSV row");
    csv->lines[row] = p->line;
    do {
        if (!lsn_grow(&csv->cells, &p->cell_capacity, p->cell_count, sizeof *csv->cells))
            return lsn_fail_memory(err, "a CSV row");
        LSN_TRY(read_field(p, &csv->cells[p->cell_count++], &delimiter, err));
        fields++;
    } while (delimiter == ',');
    if (row == 0)
        csv->columns = fields;
    else if (fields != csv->columns)
        return lsn_fail(err, LSN_E_FORMAT, "%s: line %zu has %zu field%s, the header %zu", p->path,
                        p->line, fields, lsn_plural(fields), csv->columns);
    else
        csv->row_count++;
    return LSN_OK;
}

static enum lsn_status parse(struct parser *p, struct lsn_error *err)
{
    if (strncmp(p->at, "\xEF\xBB\xBF", 3) == 0)
        p->at += 3;
    while (*p->at) {
        if (*p->at == '\n' || strncmp(p->at, "\r\n", 2) == 0) {
            p->at += *p->at == '\n' ? 1 : 2;
            p->line++;
            continue;
        }
        LSN_TRY(read_row(p, err));
        p->line++;
    }
    if (p->csv->columns == 0)
        return lsn_fail(err, LSN_E_FORMAT, "%s: is empty, a header line was wanted", p->path);
    return LSN_OK;
}

enum lsn_status lsn_csv_read(const char *path, struct lsn_csv *csv, struct lsn_error *err)
{
    struct parser parser = {.path = path, .line = 1, .csv = csv};
    struct lsn_bytes bytes;
    enum lsn_status status;

    *csv = (struct lsn_csv){0};
    LSN_TRY(lsn_file_read(path, FILE_BYTES_MAX, &bytes, err));
    csv->text = (char *)bytes.data;
    parser.at = csv->text;
    status = memchr(csv->text, '\0', bytes.size)
                 ? lsn_fail(err, LSN_E_FORMAT, "%s: not a text file: it holds a NUL byte", path)
                 : parse(&parser, err);
    if (status != LSN_OK)
        lsn_csv_free(csv);
    return status;
}

void lsn_csv_free(struct lsn_csv *csv)
{
    lsn_free(csv->text);
    lsn_free(csv->cells);
    lsn_free(csv->lines);
    *csv = (struct lsn_csv){0};
}

int lsn_csv_column(const struct lsn_csv *csv, const char *name)
{
    size_t i;

    for (i = 0; i < csv->columns; i++)
        if (strcmp(csv->cells[i], name) == 0)
            return (int)i;
    return -1;
}

const char *lsn_csv_cell(const struct lsn_csv *csv, size_t row, int column)
{
    return csv->cells[(row + 1) * csv->columns + (size_t)column];
}

size_t lsn_csv_line(const struct lsn_csv *csv, size_t row)
{
    return csv->lines[row + 1];
}
