/* The elements of ONNX tensors as numbers. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"
#include "format/half.h"
#include "format/onnx.h"

#define EXTERNAL_BYTES_MAX (1LL << 36)

/* The bytes of a tensor's raw or external data. */
struct span {
    struct lsn_map map; /* the map of external data, owned; else zeroed */
    const uint8_t *bytes;
    size_t size;
};

/* Bytes of one element; 0 for types that are not read. */
static size_t element_bytes(int type)
{
    switch (type) {
    case LSN_ONNX_UINT8:
    case LSN_ONNX_INT8:
    case LSN_ONNX_BOOL:
        return 1;
    case LSN_ONNX_UINT16:
    case LSN_ONNX_INT16:
    case LSN_ONNX_FLOAT16:
    case LSN_ONNX_BFLOAT16:
        return 2;
    case LSN_ONNX_FLOAT:
    case LSN_ONNX_INT32:
    case LSN_ONNX_UINT32:
        return 4;
    case LSN_ONNX_INT64:
    case LSN_ONNX_UINT64:
    case LSN_ONNX_DOUBLE:
        return 8;
    default:
        return 0;
    }
}

static bool float_dtype(int type, enum lsn_dtype *dtype)
{
    *dtype = type == LSN_ONNX_FLOAT      ? LSN_F32
             : type == LSN_ONNX_DOUBLE   ? LSN_F64
             : type == LSN_ONNX_BFLOAT16 ? LSN_BF16
                                         : LSN_F16;
    return type == LSN_ONNX_FLOAT || type == LSN_ONNX_DOUBLE || type == LSN_ONNX_BFLOAT16 ||
           type == LSN_ONNX_FLOAT16;
}

bool lsn_onnx_is_integer(const struct lsn_onnx_tensor *tensor)
{
    enum lsn_dtype dtype;

    return !float_dtype(tensor->type, &dtype);
}

/* The path of an external data file; an error where it is outside the ONNX file's folder. */
static enum lsn_status external_path(const struct lsn_onnx *onnx,
                                     const struct lsn_onnx_tensor *tensor, char **path,
                                     struct lsn_error *err)
{
    char *joined = lsn_path_join(onnx->folder, tensor->location);
    char *folder = realpath(onnx->folder, NULL), *file = joined ? realpath(joined, NULL) : NULL;
    size_t length = folder ? strlen(folder) : 0;
    enum lsn_status status = LSN_OK;

    *path = NULL;
    if (!joined)
        status = lsn_fail_memory(err, "a path");
    else if (tensor->location[0] != '/' && (!file || !folder))
        status = lsn_fail(err, LSN_E_IO, "tensor '%s': its data file '%s' cannot be found in %s",
                          tensor->name, tensor->location, onnx->folder);
    else if (tensor->location[0] == '/' || strncmp(file, folder, length) != 0 ||
             (folder[length - 1] != '/' && file[length] != '/'))
        status = lsn_fail(err, LSN_E_FORMAT,
                          "tensor '%s': its data file '%s' lies outside the model's folder",
                          tensor->name, tensor->location);
    if (status == LSN_OK)
        *path = joined;
    else
        lsn_free(joined);
    free(folder);
    free(file);
    return status;
}

#define PIECE_BYTES ((size_t)1 << 22)

/* Adds the bytes to a digest piece by piece, releasing the pages behind, so that hashing a large
 * file does not fill the memory. */
static void hash(const struct span *span, struct lsn_sha256 *sha)
{
    size_t first;

    for (first = 0; first < span->size; first += PIECE_BYTES) {
        size_t rest = span->size - first, size = rest < PIECE_BYTES ? rest : PIECE_BYTES;

        lsn_sha256_add(sha, span->bytes + first, size);
        lsn_map_release_pages(span->bytes + first, size);
    }
}

static enum lsn_status open_external(const struct lsn_onnx *onnx,
                                     const struct lsn_onnx_tensor *tensor, struct span *span,
                                     struct lsn_error *err)
{
    int64_t offset = 0, length = 0;
    enum lsn_status status;
    char *path;

    if ((tensor->offset && !lsn_parse_int(tensor->offset, 0, EXTERNAL_BYTES_MAX, &offset)) ||
        (tensor->length && !lsn_parse_int(tensor->length, 0, EXTERNAL_BYTES_MAX, &length)))
        return lsn_fail(err, LSN_E_FORMAT,
                        "tensor '%s': its external offset or length is no number", tensor->name);
    LSN_TRY(external_path(onnx, tensor, &path, err));
    status = lsn_map_open_part(path, (size_t)offset,
                               tensor->length ? (size_t)length : LSN_FILE_REST, &span->map, err);
    lsn_free(path);
    span->bytes = span->map.data;
    span->size = span->map.size;
    if (status == LSN_OK && onnx->outside)
        hash(span, onnx->outside);
    return status;
}

/* Whether the elements are stored in the array that ONNX prescribes for their type. */
static bool fits_type(const struct lsn_onnx_tensor *tensor)
{
    int type = tensor->type;

    if (tensor->floats)
        return type == LSN_ONNX_FLOAT;
    if (tensor->doubles)
        return type == LSN_ONNX_DOUBLE;
    if (tensor->int64s)
        return type == LSN_ONNX_INT64;
    if (tensor->uint64s)
        return type == LSN_ONNX_UINT32 || type == LSN_ONNX_UINT64;
    return !tensor->int32s || element_bytes(type) < 4 || type == LSN_ONNX_INT32;
}

/* Checks that as many elements are stored as the shape asks for. For raw and external data, span
 * receives where they are. */
static enum lsn_status find_elements(const struct lsn_onnx *onnx,
                                     const struct lsn_onnx_tensor *tensor, struct span *span,
                                     struct lsn_error *err)
{
    size_t width = element_bytes(tensor->type), stored = tensor->stored, wanted = tensor->count;

    if (width == 0)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "tensor '%s': elements of ONNX type %d are not supported", tensor->name,
                        tensor->type);
    if (!fits_type(tensor))
        return lsn_fail(err, LSN_E_FORMAT,
                        "tensor '%s': its elements of ONNX type %d stand in another type's field",
                        tensor->name, tensor->type);
    span->bytes = tensor->raw;
    if (tensor->location) {
        LSN_TRY(open_external(onnx, tensor, span, err));
        stored = span->size;
    }
    span->size = stored;
    if (span->bytes)
        wanted *= width;
    if (stored != wanted)
        return lsn_fail(err, LSN_E_FORMAT, "tensor '%s': holds %zu %s%s, its shape wants %zu",
                        tensor->name, stored, span->bytes ? "byte" : "element", lsn_plural(stored),
                        wanted);
    return LSN_OK;
}

static double raw_integer(int type, const uint8_t *bytes)
{
    size_t width = element_bytes(type), i;
    uint64_t value = 0;
    bool is_signed = type == LSN_ONNX_INT8 || type == LSN_ONNX_INT16 || type == LSN_ONNX_INT32 ||
                     type == LSN_ONNX_INT64;

    for (i = width; i > 0; i--)
        value = value << 8 | bytes[i - 1];
    if (is_signed && bytes[width - 1] & 0x80) {
        if (width < 8)
            value |= UINT64_MAX << (8 * width);
        return -(double)(~value + 1);
    }
    return (double)value;
}

/* The value of a 16-bit float whose bits are stored in int32_data. */
static double narrow_float(int type, int32_t bits)
{
    const uint8_t bytes[2] = {(uint8_t)(bits & 0xff), (uint8_t)(bits >> 8 & 0xff)};
    enum lsn_dtype dtype;
    float value;

    (void)float_dtype(type, &dtype);
    lsn_decode_floats(dtype, bytes, 1, &value);
    return (double)value;
}

static double element(const struct lsn_onnx_tensor *tensor, const struct span *span, size_t i)
{
    if (span->bytes) {
        const uint8_t *at = span->bytes + i * element_bytes(tensor->type);
        enum lsn_dtype dtype;
        float value;

        if (tensor->type == LSN_ONNX_DOUBLE) {
            double exact;

            memcpy(&exact, at, sizeof exact);
            return exact;
        }
        if (!float_dtype(tensor->type, &dtype))
            return raw_integer(tensor->type, at);
        lsn_decode_floats(dtype, at, 1, &value);
        return (double)value;
    }
    if (tensor->floats)
        return (double)tensor->floats[i];
    if (tensor->doubles)
        return tensor->doubles[i];
    if (tensor->int64s)
        return (double)tensor->int64s[i];
    if (tensor->uint64s)
        return (double)tensor->uint64s[i];
    if (!lsn_onnx_is_integer(tensor))
        return narrow_float(tensor->type, tensor->int32s[i]);
    return (double)tensor->int32s[i];
}

enum lsn_status lsn_onnx_doubles(const struct lsn_onnx *onnx, const struct lsn_onnx_tensor *tensor,
                                 double **values, struct lsn_error *err)
{
    struct span span = {0};
    enum lsn_status status = find_elements(onnx, tensor, &span, err);
    size_t i;

    *values = NULL;
    if (status == LSN_OK && !(*values = lsn_alloc(tensor->count, sizeof **values)))
        status = lsn_fail(err, LSN_E_MEMORY, "out of memory for tensor '%s'", tensor->name);
    for (i = 0; *values && i < tensor->count; i++)
        (*values)[i] = element(tensor, &span, i);
    lsn_map_close(&span.map);
    return status;
}

/* Uses the elements in place, without a copy, if they are little-endian floats in a map and many;
 * else leaves *values NULL. */
static enum lsn_status use_in_place(const struct lsn_onnx *onnx,
                                    const struct lsn_onnx_tensor *tensor, struct span *span,
                                    float **values, struct lsn_error *err)
{
    const float *floats = lsn_floats_in_place(LSN_F32, span->bytes);
    bool in_maps = tensor->location && onnx->maps, in_map = !tensor->location && tensor->mapped;

    if (tensor->type != LSN_ONNX_FLOAT || !floats || span->size < LSN_MAP_BYTES_MIN ||
        !(in_maps || in_map))
        return LSN_OK;
    if (in_maps)
        LSN_TRY(lsn_maps_add(onnx->maps, &span->map, err));
    *values = (float *)floats;
    return LSN_OK;
}

/* Decodes piece by piece, releasing the pages behind, so that memory does not hold the whole file
 * and the floats at once. */
static void decode(const struct lsn_onnx_tensor *tensor, enum lsn_dtype dtype,
                   const struct span *span, float *values)
{
    size_t width = lsn_dtype_bytes(dtype), most = PIECE_BYTES / width, first;

    for (first = 0; first < tensor->count; first += most) {
        size_t rest = tensor->count - first, count = rest < most ? rest : most;
        const uint8_t *from = span->bytes + first * width;

        lsn_decode_floats(dtype, from, count, values + first);
        if (tensor->mapped || span->map.pages)
            lsn_map_release_pages(from, count * width);
    }
}

enum lsn_status lsn_onnx_floats(const struct lsn_onnx *onnx, const struct lsn_onnx_tensor *tensor,
                                float **values, bool *in_place, struct lsn_error *err)
{
    struct span span = {0};
    enum lsn_status status = find_elements(onnx, tensor, &span, err);
    enum lsn_dtype dtype;
    size_t i;

    *values = NULL;
    if (status == LSN_OK && span.bytes)
        status = use_in_place(onnx, tensor, &span, values, err);
    *in_place = *values != NULL;
    if (*in_place || status != LSN_OK)
        goto out;
    *values = lsn_alloc_floats(tensor->count);
    if (!*values)
        status = lsn_fail(err, LSN_E_MEMORY, "out of memory for tensor '%s'", tensor->name);
    else if (span.bytes && float_dtype(tensor->type, &dtype))
        decode(tensor, dtype, &span, *values);
    else
        for (i = 0; i < tensor->count; i++)
            (*values)[i] = (float)element(tensor, &span, i);
out:
    lsn_map_close(&span.map);
    return status;
}
