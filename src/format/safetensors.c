#include "format/safetensors.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "format/half.h"

#define FILE_BYTES_MAX   ((size_t)1 << 36)
#define HEADER_BYTES_MAX 100000000u /* the format's own limit */

/* Parses a copy of the header: the JSON parser needs a NUL after the text, which the file does not
 * have. */
static enum lsn_status parse_header(const char *path, const uint8_t *text, size_t length,
                                    struct lsn_json **header, struct lsn_error *err)
{
    char *copy = lsn_strndup((const char *)text, length);
    struct lsn_text what = {0};
    enum lsn_status status;

    lsn_text_add(&what, "%s: header", path);
    status = !copy || what.failed ? lsn_fail_memory(err, "a model file's header")
                                  : lsn_json_parse(what.bytes, copy, length, header, err);
    lsn_text_free(&what);
    lsn_free(copy);
    return status;
}

static enum lsn_status check_frame(const char *path, struct lsn_safetensors *file,
                                   struct lsn_error *err)
{
    const struct lsn_map *map = &file->map;
    uint64_t header_bytes = 0;
    int i;

    if (map->size < 8)
        return lsn_fail(err, LSN_E_FORMAT, "%s: has %zu byte%s, not even a header", path, map->size,
                        lsn_plural(map->size));
    for (i = 7; i >= 0; i--)
        header_bytes = header_bytes << 8 | map->data[i];
    if (header_bytes > HEADER_BYTES_MAX || header_bytes > map->size - 8)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: not a lesion model, or cut short: its header would have %ju bytes, "
                        "the file has %zu",
                        path, (uintmax_t)header_bytes, map->size);
    LSN_TRY(parse_header(path, map->data + 8, (size_t)header_bytes, &file->header, err));
    if (!lsn_json_is_object(file->header))
        return lsn_fail(err, LSN_E_FORMAT, "%s: its header is not a JSON object", path);
    file->data = map->data + 8 + header_bytes;
    file->data_bytes = map->size - 8 - (size_t)header_bytes;
    return LSN_OK;
}

void lsn_safetensors_close(struct lsn_safetensors *file)
{
    lsn_json_free(file->header);
    lsn_map_close(&file->map);
    *file = (struct lsn_safetensors){0};
}

const char *lsn_safetensors_metadata(const struct lsn_safetensors *file, const char *key)
{
    return lsn_json_string(lsn_json_member(lsn_json_member(file->header, "__metadata__"), key));
}

static bool find_dtype(const char *name, enum lsn_dtype *dtype)
{
    static const char *const names[] = {
        [LSN_F32] = "F32", [LSN_F16] = "F16", [LSN_BF16] = "BF16", [LSN_F64] = "F64"};
    size_t i;

    for (i = 0; name && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) {
            *dtype = (enum lsn_dtype)i;
            return true;
        }
    return false;
}

/* Reads the dimensions, each 1 ... INT_MAX, and their product. */
static bool read_dims(const struct lsn_json *shape, int *rank, int dims[4], size_t *count)
{
    const struct lsn_json *dim;

    if (!lsn_json_is_array(shape) || lsn_json_size(shape) > 4)
        return false;
    *rank = 0;
    *count = 1;
    for (dim = lsn_json_first(shape); dim; dim = lsn_json_next(dim), (*rank)++)
        if (!lsn_json_int(dim, 1, INT_MAX, &dims[*rank]) ||
            !lsn_mul_size(*count, (size_t)dims[*rank], count))
            return false;
    return true;
}

/* Reads a tensor's two offsets. JSON numbers are doubles, which hold every integer up to 2^53
 * exactly. */
static bool read_offsets(const struct lsn_json *offsets, size_t limit, size_t *begin, size_t *end)
{
    const struct lsn_json *first = lsn_json_first(offsets);
    double a, b;

    if (!lsn_json_is_array(offsets) || lsn_json_size(offsets) != 2 || !lsn_json_number(first, &a) ||
        !lsn_json_number(lsn_json_next(first), &b) || !(a >= 0 && a <= b && b <= (double)limit))
        return false;
    *begin = (size_t)a;
    *end = (size_t)b;
    return (double)*begin == a && (double)*end == b;
}

/* Checks that the tensors cover the data to its end: bytes after the last tensor mean a damaged
 * file or lost tensors. */
static enum lsn_status check_extent(const char *path, const struct lsn_safetensors *file,
                                    struct lsn_error *err)
{
    const struct lsn_json *entry;
    size_t begin, end, last = 0;

    for (entry = lsn_json_first(file->header); entry; entry = lsn_json_next(entry))
        if (read_offsets(lsn_json_member(entry, "data_offsets"), file->data_bytes, &begin, &end) &&
            end > last)
            last = end;
    if (last != file->data_bytes)
        return lsn_fail(err, LSN_E_FORMAT, "%s: has %zu data byte%s, its tensors end at %zu", path,
                        file->data_bytes, lsn_plural(file->data_bytes), last);
    return LSN_OK;
}

enum lsn_status lsn_safetensors_open(const char *path, struct lsn_safetensors *file,
                                     struct lsn_error *err)
{
    enum lsn_status status;

    *file = (struct lsn_safetensors){0};
    LSN_TRY(lsn_map_open(path, FILE_BYTES_MAX, &file->map, err));
    status = check_frame(path, file, err);
    if (status == LSN_OK)
        status = check_extent(path, file, err);
    if (status != LSN_OK)
        lsn_safetensors_close(file);
    return status;
}

/* A tensor as the file stores it. */
struct stored {
    enum lsn_dtype dtype;
    const uint8_t *bytes;
    size_t count; /* number of elements */
};

static enum lsn_status find_tensor(const struct lsn_safetensors *file, const char *path,
                                   const char *name, int *rank, int dims[4], struct stored *stored,
                                   struct lsn_error *err)
{
    const struct lsn_json *entry = lsn_json_member(file->header, name);
    const char *type = lsn_json_string(lsn_json_member(entry, "dtype"));
    size_t begin, end, bytes;

    if (!entry)
        return lsn_fail(err, LSN_E_FORMAT, "%s: has no tensor '%s'", path, name);
    if (!find_dtype(type, &stored->dtype))
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: tensor '%s' has dtype %s, not F32, F16, BF16 or F64", path, name,
                        type ? type : "(none)");
    if (!read_dims(lsn_json_member(entry, "shape"), rank, dims, &stored->count))
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: tensor '%s' has no shape of at most 4 positive dimensions", path,
                        name);
    if (!read_offsets(lsn_json_member(entry, "data_offsets"), file->data_bytes, &begin, &end))
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: tensor '%s' lies outside the file's %zu data byte%s", path, name,
                        file->data_bytes, lsn_plural(file->data_bytes));
    if (!lsn_mul_size(stored->count, lsn_dtype_bytes(stored->dtype), &bytes) ||
        bytes != end - begin)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: tensor '%s' has %zu byte%s, its shape and dtype need another number",
                        path, name, end - begin, lsn_plural(end - begin));
    stored->bytes = file->data + begin;
    return LSN_OK;
}

enum lsn_status lsn_safetensors_in_place(const struct lsn_safetensors *file, const char *path,
                                         const char *name, int *rank, int dims[4],
                                         const float **data, struct lsn_error *err)
{
    struct stored stored;

    *data = NULL;
    LSN_TRY(find_tensor(file, path, name, rank, dims, &stored, err));
    *data = lsn_floats_in_place(stored.dtype, stored.bytes);
    return LSN_OK;
}

enum lsn_status lsn_safetensors_floats(const struct lsn_safetensors *file, const char *path,
                                       const char *name, int *rank, int dims[4], float **data,
                                       struct lsn_error *err)
{
    struct stored stored;

    *data = NULL;
    LSN_TRY(find_tensor(file, path, name, rank, dims, &stored, err));
    *data = lsn_alloc_floats(stored.count);
    if (!*data)
        return lsn_fail(err, LSN_E_MEMORY, "%s: out of memory for tensor '%s'", path, name);
    lsn_decode_floats(stored.dtype, stored.bytes, stored.count, *data);
    return LSN_OK;
}

static size_t entry_count(const struct lsn_safetensors_entry *entry)
{
    size_t count = 1;
    int i;

    for (i = 0; i < entry->rank; i++)
        count *= (size_t)entry->dims[i];
    return count;
}

static void add_header(struct lsn_text *header, const struct lsn_safetensors_entry *entries,
                       size_t count, const char *const (*metadata)[2], size_t metadata_count)
{
    size_t offset = 0, i;
    int j;

    lsn_text_add(header, "{\"__metadata__\":{");
    for (i = 0; i < metadata_count; i++) {
        lsn_text_add(header, i ? "," : "");
        lsn_json_add_string(header, metadata[i][0]);
        lsn_text_add(header, ":");
        lsn_json_add_string(header, metadata[i][1]);
    }
    lsn_text_add(header, "}");
    for (i = 0; i < count; i++) {
        size_t bytes = entry_count(&entries[i]) * sizeof(float);

        lsn_text_add(header, ",");
        lsn_json_add_string(header, entries[i].name);
        lsn_text_add(header, ":{\"dtype\":\"F32\",\"shape\":[");
        for (j = 0; j < entries[i].rank; j++)
            lsn_text_add(header, "%s%d", j ? "," : "", entries[i].dims[j]);
        lsn_text_add(header, "],\"data_offsets\":[%zu,%zu]}", offset, offset + bytes);
        offset += bytes;
    }
    lsn_text_add(header, "}");
    while (header->length % 8 != 0 && !header->failed)
        lsn_text_add(header, " ");
}

static void write_number(FILE *stream, uint64_t value, size_t bytes)
{
    size_t i;

    for (i = 0; i < bytes; i++)
        putc((int)(value >> (8 * i) & 0xff), stream);
}

enum lsn_status lsn_safetensors_write(const char *path, bool force,
                                      const struct lsn_safetensors_entry *entries, size_t count,
                                      const char *const (*metadata)[2], size_t metadata_count,
                                      struct lsn_error *err)
{
    struct lsn_output output = {0};
    struct lsn_text header = {0};
    enum lsn_status status;
    size_t i;

    add_header(&header, entries, count, metadata, metadata_count);
    if (header.failed) {
        status = lsn_fail_memory(err, "a model file's header");
        goto out;
    }
    status = lsn_output_open(&output, path, force, err);
    if (status != LSN_OK)
        goto out;
    write_number(output.stream, header.length, 8);
    (void)fwrite(header.bytes, 1, header.length, output.stream);
    for (i = 0; i < count; i++)
        lsn_output_floats(&output, entries[i].data, entry_count(&entries[i]));
    status = lsn_output_commit(&output, err);
out:
    lsn_text_free(&header);
    return status;
}
