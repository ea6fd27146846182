/* Reads labels from a file: a CSV with the columns file and class, Kaggle's solution file of
 * ImageNet, or a list as Caffe reads it (a file name and a class on each line, separated by
 * blanks). The contents decide which of these it is, not the file's name. */
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/decided.h"
#include "format/csv.h"
#include "format/file.h"

#define BLANKS " \t"

enum kind { TABLE, KAGGLE, LIST };

struct table {
    const char *path, *folder;
    enum kind kind;
    struct lsn_csv csv;
    int file_column, class_column;
    struct lsn_names seen; /* maps file names to their lines in csv */
    bool *used;            /* [classes] */
    bool by_group, by_index, by_id, by_name;
    /* The image being read: */
    char *file, *class; /* lent from csv */
    size_t line;        /* in the file */
};

/* Reads the group that table->class names, or the group of the class that it names. */
static enum lsn_status read_group(struct table *table, const struct lsn_classes *classes,
                                  int *group, struct lsn_error *err)
{
    struct lsn_text where = {0};
    enum lsn_label_kind kind = LSN_LABEL_NONE;
    enum lsn_status status;

    lsn_text_add(&where, "%s: line %zu", table->path, table->line);
    status = where.failed
                 ? lsn_fail_memory(err, "the list of images")
                 : lsn_decided_find(classes, true, where.bytes, table->class, group, &kind, err);
    lsn_text_free(&where);
    table->by_group |= kind == LSN_LABEL_GROUP;
    table->by_index |= kind == LSN_LABEL_INDEX;
    table->by_id |= kind == LSN_LABEL_ID;
    table->by_name |= kind == LSN_LABEL_NAME;
    if (status == LSN_OK && kind == LSN_LABEL_NONE)
        status = lsn_fail(err, LSN_E_DATA,
                          "%s: line %zu: class '%s' is no group of the map, and no class's index, "
                          "id or name in the model",
                          table->path, table->line, table->class);
    return status;
}

/* Reads table->class. A cell of digits is always an index, even where the model has a class of that
 * name: a table of indices must not change its meaning with the names in a model file. */
static enum lsn_status read_class(struct table *table, const struct lsn_classes *classes,
                                  int *class_index, struct lsn_error *err)
{
    const char *text = table->class;
    int64_t index;
    int other;

    if (classes->decision)
        return read_group(table, classes, class_index, err);
    if (lsn_is_class_index(text)) {
        if (!lsn_parse_int(text, 0, classes->count - 1, &index))
            return lsn_fail(err, LSN_E_DATA,
                            "%s: line %zu: class %s, the model's classes are 0 ... %d", table->path,
                            table->line, text, classes->count - 1);
        *class_index = (int)index;
        table->by_index = true;
        return LSN_OK;
    }
    *class_index = lsn_class_find(classes, text, &other);
    if (*class_index < 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: class '%s' is no class's index, id or name in the model%s",
                        table->path, table->line, text,
                        lsn_is_wordnet_id(text) && !classes->has_wordnet_ids
                            ? ", which has no WordNet ids (lesion convert --classes, or "
                              "scripts/export_torchvision.py, puts them in)"
                            : "");
    if (other >= 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: class '%s' is the name of classes %d and %d, an index or id "
                        "is wanted",
                        table->path, table->line, text, *class_index, other);
    /* Exporters without ids put the class names in place of the ids: call such a label a name. */
    if (lsn_names_find(&classes->names.first, text) == *class_index)
        table->by_name = true;
    else
        table->by_id = true;
    return LSN_OK;
}

/* Makes *name, a fresh copy of file without empty and "." parts. *name is NULL for a path that
 * contains ".." or nothing; the function returns false only where memory is short. */
static bool clean_name(const char *file, char **name)
{
    struct lsn_text text = {0};
    bool absolute = *file == '/';

    *name = NULL;
    while (*file) {
        size_t length = strcspn(file, "/");

        if (length == 2 && strncmp(file, "..", 2) == 0) {
            lsn_text_free(&text);
            return true;
        }
        if (length > 0 && !(length == 1 && *file == '.')) {
            if (text.length || absolute)
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

/* Finds out whether folder/name exists. False only where memory is short. */
static bool find_file(const struct table *table, const char *name, bool *there)
{
    char *path = name[0] == '/' ? lsn_strdup(name) : lsn_path_join(table->folder, name);
    struct stat info;

    *there = path && stat(path, &info) == 0;
    lsn_free(path);
    return path != NULL;
}

/* Completes a file name of Kaggle's tables, which have no ending and no class folder, though some
 * people have sorted the files into class folders. *name becomes the name of a file that exists;
 * where there is none, it gets the ending .JPEG, as Kaggle's files have. */
static enum lsn_status complete_name(const struct table *table, char **name, struct lsn_error *err)
{
    static const char *const endings[] = {".JPEG", ".jpeg", ".jpg", ".png"};
    const int count = sizeof endings / sizeof *endings;
    bool has_folder = lsn_is_wordnet_id(table->class) && (*name)[0] != '/', there = false;
    struct lsn_text text = {0};
    int i, tries = has_folder ? 2 * count : count;

    /* The plain name comes last: it is kept where no file is found. */
    for (i = tries - 1; i >= 0 && !there; i--) {
        lsn_text_free(&text);
        lsn_text_add(&text, "%s%s%s%s", i < count ? "" : table->class, i < count ? "" : "/", *name,
                     endings[i % count]);
        if (text.failed || !find_file(table, text.bytes, &there)) {
            lsn_text_free(&text);
            return lsn_fail_memory(err, "the list of images");
        }
    }
    lsn_free(*name);
    *name = text.bytes;
    return LSN_OK;
}

/* Adds the image named in the current line. It need not exist: the look at all images before the
 * work lists the missing ones together. */
static enum lsn_status add_image(struct table *table, size_t row, const struct lsn_classes *classes,
                                 struct lsn_dataset *dataset, struct lsn_error *err)
{
    const struct lsn_item *item;
    int class_index = -1, earlier;
    char *name;

    LSN_TRY(read_class(table, classes, &class_index, err));
    if (!clean_name(table->file, &name))
        return lsn_fail_memory(err, "the list of images");
    if (!name)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: file '%s', a path below %s or an absolute one (no ..) is "
                        "wanted",
                        table->path, table->line, table->file, table->folder);
    if (table->kind == KAGGLE && complete_name(table, &name, err) != LSN_OK) {
        lsn_free(name);
        return LSN_E_MEMORY;
    }
    earlier = lsn_names_find(&table->seen, name);
    if (earlier >= 0) {
        lsn_free(name);
        return lsn_fail(err, LSN_E_DATA, "%s: line %zu: file '%s' was named on line %zu already",
                        table->path, table->line, table->file, table->csv.lines[earlier]);
    }
    LSN_TRY(lsn_dataset_add(dataset, table->folder, name, class_index, err));
    item = &dataset->items[dataset->count - 1];
    if (!lsn_names_set(&table->seen, item->name, (int)row))
        return lsn_fail_memory(err, "the list of images");
    table->used[class_index] = true;
    return LSN_OK;
}

/* Splits off the last word of text and returns it; NULL where text has fewer than two words. */
static char *cut_last_word(char *text)
{
    size_t length = strlen(text), end;

    while (length && strchr(BLANKS, text[length - 1]))
        text[--length] = '\0';
    while (length && !strchr(BLANKS, text[length - 1]))
        length--;
    end = length;
    while (length && strchr(BLANKS, text[length - 1]))
        length--;
    if (length == 0)
        return NULL;
    text[length] = '\0';
    return text + end;
}

/* Finds the file and class in a line. A list has no header, so its first line is an image, too. */
static enum lsn_status cut_line(struct table *table, size_t line, struct lsn_error *err)
{
    char **cells = table->csv.cells + line * table->csv.columns;

    table->line = table->csv.lines[line];
    if (table->kind == LIST) {
        table->file = cells[0] + strspn(cells[0], BLANKS);
        table->class = cut_last_word(table->file);
        if (!table->class)
            return lsn_fail(err, LSN_E_FORMAT,
                            "%s: line %zu: '%s', a file and its class with a blank between is "
                            "wanted",
                            table->path, table->line, table->file);
        return LSN_OK;
    }
    table->file = cells[table->file_column];
    table->class = cells[table->class_column];
    if (table->kind == KAGGLE) /* a class and boxes: "n02110185 258 142 365 275 " */
        table->class[strcspn(table->class, BLANKS)] = '\0';
    return LSN_OK;
}

/* Whether the file has only a number on each line, as the labels of ILSVRC's devkit have: these
 * numbers are no class indices of the usual networks. */
static bool holds_numbers_only(const struct lsn_csv *csv)
{
    size_t i;

    for (i = 0; i <= csv->row_count; i++)
        if (!lsn_is_class_index(csv->cells[i]))
            return false;
    return true;
}

/* Finds out the kind of the file, and its columns. */
static enum lsn_status recognise(struct table *table, struct lsn_error *err)
{
    const struct lsn_csv *csv = &table->csv;
    int image = lsn_csv_column(csv, "ImageId"), boxes = lsn_csv_column(csv, "PredictionString");
    const char *first = csv->cells[0];

    if (csv->columns == 1 && holds_numbers_only(csv))
        return lsn_fail(err, LSN_E_DATA,
                        "%s: is a list of numbers alone, as ILSVRC's ground truth, whose ids 1 ... "
                        "1000 are no class indices: they count the classes in another order than "
                        "the networks; use Kaggle's LOC_val_solution.csv, class folders, or a "
                        "labels.csv with the ids turned into WordNet ids by the devkit's meta.mat",
                        table->path);
    if (csv->columns == 1 && strpbrk(first + strspn(first, BLANKS), BLANKS)) {
        table->kind = LIST;
        return LSN_OK;
    }
    table->kind = image >= 0 && boxes >= 0 ? KAGGLE : TABLE;
    table->file_column = table->kind == KAGGLE ? image : lsn_csv_column(csv, "file");
    table->class_column = table->kind == KAGGLE ? boxes : lsn_csv_column(csv, "class");
    if (table->file_column < 0 || table->class_column < 0)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: the header ('%.40s'%s) has no column '%s'; file,class is wanted, or "
                        "Kaggle's ImageId,PredictionString, or lines of a file and a class without "
                        "a header",
                        table->path, first, csv->columns > 1 ? ", ..." : "",
                        table->file_column < 0 ? "file" : "class");
    return LSN_OK;
}

static void describe(const struct table *table, const struct lsn_classes *known,
                     struct lsn_dataset *dataset)
{
    static const char *const kinds[] = {
        [TABLE] = "", [KAGGLE] = "Kaggle's table of ", [LIST] = "a list of "};
    static const char *const nouns[2][2] = {{"class", "classes"}, {"group", "groups"}};
    static const char *const words[] = {"group", "index", "id", "name"};
    const bool used[] = {table->by_group, table->by_index, table->by_id, table->by_name};
    const char *between = ", by ";
    int i, classes = 0;

    for (i = 0; i < known->count; i++)
        classes += table->used[i];
    lsn_text_add(&dataset->matching, "%s: %s%zu image%s of %d %s", table->path, kinds[table->kind],
                 dataset->count, lsn_plural(dataset->count), classes,
                 nouns[known->decision != NULL][classes != 1]);
    for (i = 0; i < 4; i++)
        if (used[i]) {
            lsn_text_add(&dataset->matching, "%s%s", between, words[i]);
            between = " and ";
        }
}

/* Reads all lines. Unlike in class folders, a file is taken whatever its ending is: the user has
 * named it. */
static enum lsn_status read_lines(struct table *table, const struct lsn_classes *classes,
                                  struct lsn_dataset *dataset, struct lsn_error *err)
{
    const struct lsn_csv *csv = &table->csv;
    size_t line;

    LSN_TRY(recognise(table, err));
    line = table->kind == LIST ? 0 : 1;
    if (csv->row_count + 1 == line || csv->row_count >= INT32_MAX)
        return lsn_fail(err, LSN_E_DATA, "%s: has %zu rows, one per image is wanted", table->path,
                        csv->row_count);
    for (; line <= csv->row_count; line++) {
        LSN_TRY(cut_line(table, line, err));
        LSN_TRY(add_image(table, line, classes, dataset, err));
    }
    describe(table, classes, dataset);
    return LSN_OK;
}

enum lsn_status lsn_dataset_add_table(struct lsn_dataset *dataset, const char *folder,
                                      const char *path, const struct lsn_classes *classes,
                                      struct lsn_error *err)
{
    struct table table = {.path = path, .folder = folder};
    enum lsn_status status;

    LSN_TRY(lsn_csv_read(path, &table.csv, err));
    table.used = lsn_alloc((size_t)classes->count, sizeof *table.used);
    status = table.used ? read_lines(&table, classes, dataset, err)
                        : lsn_fail_memory(err, "the list of images");
    lsn_free(table.used);
    lsn_names_free(&table.seen);
    lsn_csv_free(&table.csv);
    return status;
}
