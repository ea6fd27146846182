/* Copies an ONNX message without the raw data of its tensors, so that unpacking the copy does not
 * copy the weights: protobuf-c allocates memory for every bytes field. Two fields of lesion's own
 * replace the raw data and say where in the file they are. Everything else is copied unchanged. An
 * allocator for protobuf-c could not do this, since it is not told what the memory is for. */
#include "format/onnx_strip.h"

#include <string.h>

#include "base/memory.h"

enum { RAW_DATA = 9 };                        /* number of the field in a tensor (onnx.proto) */
enum { VARINT, FIXED64, BYTES, FIXED32 = 5 }; /* protobuf's wire types */
enum level { MODEL, GRAPH, NODE, ATTRIBUTE, TENSOR, OTHER };

#define LENGTH_BYTES 5 /* bytes of a length that is filled in later: protobuf's longest */

struct stripper {
    const uint8_t *file; /* [size] */
    size_t size;
    uint8_t *out;
    size_t count, capacity;
    bool failed; /* out of memory */
};

/* The kind of message that a field of a parent message holds; OTHER where no tensor can be
 * inside. */
static enum level inner_level(enum level parent, uint64_t field)
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

/* Steps over a field's value; its bytes are then *from ... *at-1. */
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

/* Starts a message in the output, leaving room for its length, which is not known yet; returns
 * where its contents start, for close_message. */
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

/* Copies the message at bytes at ... end-1 of the file, stripped. False where it is damaged. */
static bool strip(struct stripper *s, enum level level, size_t at, size_t end)
{
    while (at < end && !s->failed) {
        size_t start = at, from = at;
        uint64_t tag, field;
        enum level inner;

        if (!read_varint(s, &at, end, &tag) || !step_over(s, tag & 7, &at, end, &from))
            return false;
        field = tag >> 3;
        inner = (tag & 7) == BYTES ? inner_level(level, field) : OTHER;
        if (level == TENSOR && (field == LSN_ONNX_LENT_OFFSET || field == LSN_ONNX_LENT_LENGTH))
            continue; /* only lesion may write these */
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
