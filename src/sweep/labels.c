/* Labels from a CSV with the columns file and class. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/csv.h"
#include "sweep/dataset.h"

struct table {
    const char *path, *folder;
    struct lsn_csv csv;
    int file_column, class_column;
    struct lsn_names seen; /* file names to rows */
};

/* A cell of digits is an index whatever else it may be: a table of indices must
 * not change its meaning with the names a model file happens to carry. */
static enum lsn_status read_class(const struct table *table, size_t row,
                                  const struct lsn_classes *classes, int *class_index,
                                  struct lsn_error *err)
{
    const char *text = lsn_csv_cell(&table->csv, row, table->class_column);
    size_t line = lsn_csv_line(&table->csv, row);
    int64_t index;
    int other;

    if (*text && text[strspn(text, "0123456789")] == '\0') {
        if (!lsn_parse_int(text, 0, classes->count - 1, &index))
            return lsn_fail(err, LSN_E_DATA,
                            "%s: line %zu: class %s, the model's classes are 0 ... %d", table->path,
                            line, text, classes->count - 1);
        *class_index = (int)index;
        return LSN_OK;
    }
    *class_index = lsn_class_find(classes, text, &other);
    if (*class_index < 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: class '%s' is no class's index, id or name in the model",
                        table->path, line, text);
    if (other >= 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: class '%s' is the name of classes %d and %d, an index or id "
                        "is wanted",
                        table->path, line, text, *class_index, other);
    return LSN_OK;
}

/* file without empty and "." parts, as a fresh string in *name; *name is NULL for
 * an absolute path or one with "..", and the result false only without memory. */
static bool clean_name(const char *file, char **name)
{
    struct lsn_text text = {0};

    *name = NULL;
    if (*file == '/')
        return true;
    while (*file) {
        size_t length = strcspn(file, "/");

        if (length == 2 && strncmp(file, "..", 2) == 0) {
            lsn_text_free(&text);
            return true;
        }
        if (length > 0 && !(length == 1 && *file == '.')) {
            if (text.length)
                lsn_text_add_bytes(&text, "/", 1);
            lsn_text_add_bytes(&text, file, length);
        }
        file += length + (file[length] == '/');
    }
    if (text.failed) {
        lsn_text_free(&text);
        return false;
    }
    *name = text.bytes;
    return true;
}

static enum lsn_status check_file(const struct table *table, size_t row, const char *path,
                                  struct lsn_error *err)
{
    size_t line = lsn_csv_line(&table->csv, row);
    struct stat info;

    if (stat(path, &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return lsn_fail(err, LSN_E_DATA, "%s: line %zu: there is no file %s", table->path, line,
                            path);
        return lsn_fail_errno(err, errno, "%s: line %zu: cannot stat %s", table->path, line, path);
    }
    if (!S_ISREG(info.st_mode))
        return lsn_fail(err, LSN_E_DATA, "%s: line %zu: %s is not a regular file", table->path,
                        line, path);
    return LSN_OK;
}

static enum lsn_status read_row(struct table *table, size_t row, const struct lsn_classes *classes,
                                struct lsn_dataset *dataset, struct lsn_error *err)
{
    const char *file = lsn_csv_cell(&table->csv, row, table->file_column);
    size_t line = lsn_csv_line(&table->csv, row);
    const struct lsn_item *item;
    int class_index = -1, earlier;
    char *name;

    LSN_TRY(read_class(table, row, classes, &class_index, err));
    if (!clean_name(file, &name))
        return lsn_fail_memory(err, "the list of images");
    if (!name)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: file '%s', a path below %s (not absolute, no ..) is wanted",
                        table->path, line, file, table->folder);
    earlier = lsn_names_find(&table->seen, name);
    if (earlier >= 0) {
        lsn_free(name);
        return lsn_fail(err, LSN_E_DATA, "%s: line %zu: file '%s' was named on line %zu already",
                        table->path, line, file, lsn_csv_line(&table->csv, (size_t)earlier));
    }
    LSN_TRY(lsn_dataset_add(dataset, table->folder, name, class_index, err));
    item = &dataset->items[dataset->count - 1];
    if (!lsn_names_set(&table->seen, item->name, (int)row))
        return lsn_fail_memory(err, "the list of images");
    return check_file(table, row, item->path, err);
}

/* Rows are taken as they stand, whatever a file's ending: they were asked for. */
enum lsn_status lsn_dataset_add_table(struct lsn_dataset *dataset, const char *folder,
                                      const char *path, const struct lsn_classes *classes,
                                      struct lsn_error *err)
{
    struct table table = {.path = path, .folder = folder};
    enum lsn_status status;
    size_t row;

    LSN_TRY(lsn_csv_read(path, &table.csv, err));
    table.file_column = lsn_csv_column(&table.csv, "file");
    table.class_column = lsn_csv_column(&table.csv, "class");
    if (table.file_column < 0 || table.class_column < 0)
        status =
            lsn_fail(err, LSN_E_FORMAT, "%s: the header has no column '%s', file,class is wanted",
                     path, table.file_column < 0 ? "file" : "class");
    else if (table.csv.row_count == 0 || table.csv.row_count > INT32_MAX)
        status = lsn_fail(err, LSN_E_DATA, "%s: has %zu rows, one per image is wanted", path,
                          table.csv.row_count);
    else
        status = LSN_OK;
    for (row = 0; status == LSN_OK && row < table.csv.row_count; row++)
        status = read_row(&table, row, classes, dataset, err);
    lsn_names_free(&table.seen);
    lsn_csv_free(&table.csv);
    return status;
}
