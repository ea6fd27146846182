#include "data/looked.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/csv.h"
#include "format/file.h"

enum { FILE_NAME, BYTES, MODIFIED, SHA256, WIDTH, HEIGHT, ORIENTATION, FAULT, COLUMNS };

static const char *const columns[COLUMNS] = {"file",  "bytes",  "modified_ns", "sha256",
                                             "width", "height", "orientation", "fault"};

struct lsn_look *lsn_look_create(size_t count)
{
    struct lsn_look *look = lsn_alloc(1, sizeof *look);

    if (!look)
        return NULL;
    look->count = count;
    look->images = lsn_alloc(count, sizeof *look->images);
    if (look->images)
        return look;
    lsn_free(look);
    return NULL;
}

void lsn_look_free(struct lsn_look *look)
{
    size_t i;

    if (!look)
        return;
    for (i = 0; i < look->count; i++) {
        lsn_free(look->images[i].name);
        lsn_free(look->images[i].fault);
    }
    lsn_free(look->images);
    lsn_free(look);
}

enum lsn_status lsn_looked_set_fault(struct lsn_looked *image, const char *path,
                                     enum lsn_status code, const char *sentence,
                                     struct lsn_error *err)
{
    size_t length = strlen(path);

    image->fault = lsn_strdup(sentence);
    if (!image->fault)
        return lsn_fail_memory(err, "the faults of images");
    image->code = code;
    image->what = image->fault;
    if (strncmp(sentence, path, length) == 0 && strncmp(sentence + length, ": ", 2) == 0)
        image->what += length + 2;
    return LSN_OK;
}

enum lsn_status lsn_look_index(const struct lsn_look *look, struct lsn_names *names,
                               struct lsn_error *err)
{
    size_t i;

    *names = (struct lsn_names){0};
    for (i = 0; i < look->count; i++)
        if (!lsn_names_set(names, look->images[i].name, (int)i))
            return lsn_fail_memory(err, "the list of images");
    return LSN_OK;
}

/* The file looked.csv, being read. */
struct table {
    const char *path;
    struct lsn_csv csv;
    int at[COLUMNS];
};

static enum lsn_status read_number(const struct table *t, size_t row, int column, int64_t high,
                                   int64_t *value, struct lsn_error *err)
{
    const char *text = lsn_csv_cell(&t->csv, row, t->at[column]);

    if (!lsn_parse_int(text, column == MODIFIED ? INT64_MIN : 0, high, value))
        return lsn_fail(err, LSN_E_FORMAT, "%s: line %zu: '%.40s' is no number of %s", t->path,
                        lsn_csv_line(&t->csv, row), text, columns[column]);
    return LSN_OK;
}

static enum lsn_status read_row(const struct table *t, size_t row, struct lsn_looked *image,
                                struct lsn_error *err)
{
    const char *digest = lsn_csv_cell(&t->csv, row, t->at[SHA256]);
    const char *fault = lsn_csv_cell(&t->csv, row, t->at[FAULT]);
    size_t length = strlen(digest);
    int64_t value;

    image->name = lsn_strdup(lsn_csv_cell(&t->csv, row, t->at[FILE_NAME]));
    if (!image->name)
        return lsn_fail_memory(err, "the list of images");
    LSN_TRY(read_number(t, row, BYTES, INT64_MAX, &value, err));
    image->bytes = (uint64_t)value;
    LSN_TRY(read_number(t, row, MODIFIED, INT64_MAX, &image->modified_ns, err));
    LSN_TRY(read_number(t, row, WIDTH, INT32_MAX, &value, err));
    image->width = (int)value;
    LSN_TRY(read_number(t, row, HEIGHT, INT32_MAX, &value, err));
    image->height = (int)value;
    LSN_TRY(read_number(t, row, ORIENTATION, 8, &value, err));
    image->orientation = (int)value;
    if ((length != 64 && !(length == 0 && fault[0])) ||
        strspn(digest, "0123456789abcdef") != length)
        return lsn_fail(err, LSN_E_FORMAT, "%s: line %zu: '%.80s' is not a SHA-256", t->path,
                        lsn_csv_line(&t->csv, row), digest);
    memcpy(image->sha256, digest, length + 1);
    return fault[0] ? lsn_looked_set_fault(image, "", LSN_E_DATA, fault, err) : LSN_OK;
}

static enum lsn_status read_table(struct table *t, struct lsn_look **look, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    size_t i;

    LSN_TRY(lsn_csv_read(t->path, &t->csv, err));
    for (i = 0; i < COLUMNS; i++) {
        t->at[i] = lsn_csv_column(&t->csv, columns[i]);
        if (t->at[i] < 0)
            return lsn_fail(err, LSN_E_FORMAT, "%s: has no column %s", t->path, columns[i]);
    }
    *look = lsn_look_create(t->csv.row_count);
    if (!*look)
        return lsn_fail_memory(err, "the list of images");
    for (i = 0; i < (*look)->count && status == LSN_OK; i++) {
        status = read_row(t, i, &(*look)->images[i], err);
        (*look)->faults += (*look)->images[i].fault != NULL;
    }
    if (status == LSN_OK)
        return LSN_OK;
    lsn_look_free(*look);
    *look = NULL;
    return status;
}

enum lsn_status lsn_looked_read(const char *folder, struct lsn_look **look, struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LSN_LOOKED_FILE);
    struct table table = {.path = path};
    enum lsn_status status = LSN_OK;

    *look = NULL;
    if (!path)
        return lsn_fail_memory(err, "a path");
    if (access(path, F_OK) == 0)
        status = read_table(&table, look, err);
    lsn_csv_free(&table.csv);
    lsn_free(path);
    return status;
}

enum lsn_status lsn_looked_write(const char *folder, const struct lsn_look *look,
                                 struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LSN_LOOKED_FILE);
    struct lsn_text text = {0};
    enum lsn_status status;
    size_t i;

    for (i = 0; i < COLUMNS; i++)
        lsn_text_add(&text, "%s%s", i ? "," : "", columns[i]);
    for (i = 0; i < look->count; i++) {
        const struct lsn_looked *image = &look->images[i];

        lsn_text_add(&text, "\n");
        lsn_text_add_csv(&text, image->name);
        lsn_text_add(&text, ",%llu,%lld,%s,%d,%d,%d,", (unsigned long long)image->bytes,
                     (long long)image->modified_ns, image->sha256, image->width, image->height,
                     image->orientation);
        lsn_text_add_csv(&text, image->fault ? image->what : "");
    }
    lsn_text_add(&text, "\n");
    status = path && !text.failed ? lsn_file_write(path, true, text.bytes, text.length, err)
                                  : lsn_fail_memory(err, "the images of a run");
    lsn_text_free(&text);
    lsn_free(path);
    return status;
}
