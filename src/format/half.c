#include "format/half.h"

#include <math.h>
#include <string.h>

size_t lsn_dtype_bytes(enum lsn_dtype dtype)
{
    return dtype == LSN_F64 ? 8 : dtype == LSN_F32 ? 4 : 2;
}

static uint64_t little_endian(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;

    while (count-- > 0)
        value = value << 8 | bytes[count];
    return value;
}

static float from_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* IEEE 754 binary16 has 1 sign bit, 5 exponent bits and 10 fraction bits. */
static float half_to_float(uint32_t half)
{
    uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 31, fraction = half & 0x3ffu;
    float magnitude;

    if (exponent == 31)
        return from_bits(sign | 0x7f800000u | fraction << 13);
    if (exponent != 0)
        return from_bits(sign | (exponent + 112) << 23 | fraction << 13);
    magnitude = ldexpf((float)fraction, -24);
    return sign ? -magnitude : magnitude;
}

static float from_double(const uint8_t *bytes)
{
    uint64_t bits = little_endian(bytes, 8);
    double value;

    memcpy(&value, &bits, sizeof value);
    return (float)value;
}

const float *lsn_floats_in_place(enum lsn_dtype dtype, const uint8_t *bytes)
{
    static const union {
        uint32_t number;
        uint8_t bytes[4];
    } one = {1};

    if (dtype != LSN_F32 || one.bytes[0] != 1 || (uintptr_t)bytes % _Alignof(float) != 0)
        return NULL;
    return (const float *)(const void *)bytes;
}

void lsn_decode_floats(enum lsn_dtype dtype, const uint8_t *bytes, size_t count, float *floats)
{
    size_t width = lsn_dtype_bytes(dtype), i;

    for (i = 0; i < count; i++, bytes += width)
        switch (dtype) {
        case LSN_F32:
            floats[i] = from_bits((uint32_t)little_endian(bytes, 4));
            break;
        case LSN_F16:
            floats[i] = half_to_float((uint32_t)little_endian(bytes, 2));
            break;
        case LSN_BF16:
            floats[i] = from_bits((uint32_t)little_endian(bytes, 2) << 16);
            break;
        case LSN_F64:
            floats[i] = from_double(bytes);
            break;
        }
}
