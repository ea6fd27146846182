/* An ONNX message without the raw data of its tensors, so that unpacking it copies no
 * weights: protobuf-c gives every bytes field memory of its own. In their place stand two
 * fields of lesion's own, which say where in the file they lie. All else is copied as it is.
 * protobuf-c's allocator could not do it: it is not told what it allocates for. */
#include "format/onnx_strip.h"

#include <string.h>

#include "base/memory.h"

enum { RAW_DATA = 9 };                        /* of a tensor: onnx.proto */
enum { VARINT, FIXED64, BYTES, FIXED32 = 5 }; /* protobuf's wire types */
enum level { MODEL, GRAPH, NODE, ATTRIBUTE, TENSOR, OTHER };

#define LENGTH_BYTES 5 /* of a length written before it is known: protobuf's most */

struct stripper {
    const uint8_t *file; /* [size] */
    size_t size;
    uint8_t *out;
    size_t count, capacity;
    bool failed; /* out of memory */
};

/* The message that such a field of a message is, so far as tensors lie in it. */
static enum level level_of(enum level parent, uint64_t field)
{
    static const struct {
        enum level parent;
        unsigned field;
        enum level level;
    } inner[] = {{MODEL, 7, GRAPH},
                 {GRAPH, 1, NODE},
                 {GRAPH, 5, TENSOR},
                 {NODE, 5, ATTRIBUTE},
                 {ATTRIBUTE, 5, TENSOR}};
    size_t i;

    for (i = 0; i < sizeof inner / sizeof inner[0]; i++)
        if (inner[i].parent == parent && inner[i].field == field)
            return inner[i].level;
    return OTHER;
}

static void put(struct stripper *s, const uint8_t *bytes, size_t size)
{
    uint8_t *grown;

    if (size > s->capacity - s->count) {
        s->capacity = 2 * s->capacity + size;
        grown = lsn_realloc(s->out, s->capacity, 1);
        if (!grown) {
            s->failed = true;
            s->count = s->capacity = 0;
            lsn_free(s->out);
            s->out = NULL;
            return;
        }
        s->out = grown;
    }
    if (size > 0)
        memcpy(s->out + s->count, bytes, size);
    s->count += size;
}

static void put_varint(struct stripper *s, uint64_t value)
{
    uint8_t byte;

    for (; value >= 0x80; value >>= 7) {
        byte = (uint8_t)(value | 0x80);
        put(s, &byte, 1);
    }
    byte = (uint8_t)value;
    put(s, &byte, 1);
}

static bool read_varint(const struct stripper *s, size_t *at, size_t end, uint64_t *value)
{
    int shift;

    *value = 0;
    for (shift = 0; shift < 64 && *at < end; shift += 7) {
        uint8_t byte = s->file[(*at)++];

        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* Steps over a field's value, which becomes the bytes from *from on. */
static bool step_over(const struct stripper *s, uint64_t type, size_t *at, size_t end, size_t *from)
{
    uint64_t length = type == FIXED64 ? 8 : 4;

    switch (type) {
    case VARINT:
        return read_varint(s, at, end, &length);
    case BYTES:
        if (!read_varint(s, at, end, &length))
            return false;
        break;
    case FIXED64:
    case FIXED32:
        break;
    default:
        return false;
    }
    if (length > end - *at)
        return false;
    *from = *at;
    *at += (size_t)length;
    return true;
}

/* Starts a message in out whose length is not known yet; its place is returned. */
static size_t open_message(struct stripper *s, uint64_t tag)
{
    static const uint8_t length[LENGTH_BYTES] = {0x80, 0x80, 0x80, 0x80, 0};

    put_varint(s, tag);
    put(s, length, LENGTH_BYTES);
    return s->count;
}

static void close_message(struct stripper *s, size_t start)
{
    size_t length = s->count - start;
    int i;

    for (i = 0; i < LENGTH_BYTES && !s->failed; i++, length >>= 7)
        s->out[start - LENGTH_BYTES + (size_t)i] |= (uint8_t)(length & 0x7f);
}

/* The message in the file's bytes at ... end. False where it is damaged. */
static bool strip(struct stripper *s, enum level level, size_t at, size_t end)
{
    while (at < end && !s->failed) {
        size_t start = at, from = at;
        uint64_t tag, field;
        enum level inner;

        if (!read_varint(s, &at, end, &tag) || !step_over(s, tag & 7, &at, end, &from))
            return false;
        field = tag >> 3;
        inner = (tag & 7) == BYTES ? level_of(level, field) : OTHER;
        if (level == TENSOR && (field == LSN_ONNX_LENT_OFFSET || field == LSN_ONNX_LENT_LENGTH))
            continue; /* nobody else's */
        if (level == TENSOR && field == RAW_DATA && (tag & 7) == BYTES) {
            put_varint(s, LSN_ONNX_LENT_OFFSET << 3 | VARINT);
            put_varint(s, from);
            put_varint(s, LSN_ONNX_LENT_LENGTH << 3 | VARINT);
            put_varint(s, at - from);
        } else if (inner != OTHER) {
            size_t message = open_message(s, tag);

            if (!strip(s, inner, from, at))
                return false;
            close_message(s, message);
        } else {
            put(s, s->file + start, at - start);
        }
    }
    return true;
}

bool lsn_onnx_strip(const uint8_t *file, size_t size, struct lsn_bytes *stripped, bool *damaged)
{
    struct stripper s = {.file = file, .size = size};

    *damaged = !strip(&s, MODEL, 0, size);
    *stripped = (struct lsn_bytes){s.out, s.count};
    if (!*damaged && !s.failed)
        return true;
    lsn_free(s.out);
    *stripped = (struct lsn_bytes){0};
    return false;
}
