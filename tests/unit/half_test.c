/* Widening of every half and bfloat16 against the formula of its fields. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "format/half.h"

/* The value of a format with these field widths. */
static double value_of(uint32_t bits, int exponent_bits, int fraction_bits)
{
    uint32_t fraction = bits & ((1u << fraction_bits) - 1);
    int exponent = (int)(bits >> fraction_bits & ((1u << exponent_bits) - 1));
    int top = (1 << exponent_bits) - 1, bias = top / 2;
    double sign = bits >> (exponent_bits + fraction_bits) ? -1 : 1;

    if (exponent == top)
        return fraction ? (double)NAN : sign * HUGE_VAL;
    if (exponent == 0)
        return sign * ldexp(fraction, 1 - bias - fraction_bits);
    return sign *
           ldexp((double)fraction + ldexp(1, fraction_bits), exponent - bias - fraction_bits);
}

static void check_all(enum lsn_dtype dtype, int exponent_bits, int fraction_bits)
{
    uint32_t bits;

    for (bits = 0; bits < 65536; bits++) {
        uint8_t bytes[2] = {(uint8_t)(bits & 0xff), (uint8_t)(bits >> 8)};
        double wanted = value_of(bits, exponent_bits, fraction_bits);
        float got = 0.5f;

        lsn_decode_floats(dtype, bytes, 1, &got);
        if (isnan(wanted) ? !isnan(got)
                          : (double)got != wanted || !signbit(got) != !signbit(wanted))
            fail_msg("0x%04x is %g, wanted %g", bits, (double)got, wanted);
    }
}

static void every_half(void **state)
{
    (void)state;
    check_all(LSN_F16, 5, 10);
}

static void every_bfloat16(void **state)
{
    (void)state;
    check_all(LSN_BF16, 8, 7);
}

static void known_values(void **state)
{
    const uint8_t halves[] = {0x00, 0x3c, 0x01, 0x00, 0xff, 0x7b, 0x00, 0x80, 0x00, 0xfc};
    const uint8_t bfloats[] = {0x80, 0x3f, 0x49, 0x40};
    float out[5];

    (void)state;
    lsn_decode_floats(LSN_F16, halves, 5, out);
    assert_true(out[0] == 1 && out[1] == ldexpf(1, -24) && out[2] == 65504);
    assert_true(out[3] == 0 && signbit(out[3]) && out[4] == -INFINITY);
    lsn_decode_floats(LSN_BF16, bfloats, 2, out);
    assert_true(out[0] == 1 && out[1] == 3.140625f);
}

/* Little-endian from any address; 1.5 is 0x3fc00000 and 0x3ff8000000000000. */
static void wide_formats(void **state)
{
    uint8_t bytes[25] = {0};
    float out[3] = {NAN, NAN, NAN};

    (void)state;
    memcpy(bytes + 1, "\0\0\xc0\x3f\xff\xff\x7f\x7f\1\0\0\0", 12);
    lsn_decode_floats(LSN_F32, bytes + 1, 3, out);
    assert_true(out[0] == 1.5f && out[1] == FLT_MAX && out[2] == ldexpf(1, -149));
    memcpy(bytes + 1, "\0\0\0\0\0\0\xf8\x3f", 8);
    memcpy(bytes + 9, "\1\0\0\0\0\0\xf0\x3f", 8);    /* 1 + 2^-52: rounds down to 1 */
    memcpy(bytes + 17, "\0\0\0\x30\0\0\xf0\x3f", 8); /* 1 + 3/2 of a float's last bit */
    lsn_decode_floats(LSN_F64, bytes + 1, 3, out);
    assert_true(out[0] == 1.5f && out[1] == 1 && out[2] == 1 + 2 * FLT_EPSILON);
}

static void sizes(void **state)
{
    float out = 7;

    (void)state;
    assert_int_equal(lsn_dtype_bytes(LSN_F64), 8);
    assert_int_equal(lsn_dtype_bytes(LSN_F32), 4);
    assert_int_equal(lsn_dtype_bytes(LSN_F16), 2);
    assert_int_equal(lsn_dtype_bytes(LSN_BF16), 2);
    lsn_decode_floats(LSN_F64, NULL, 0, &out);
    assert_true(out == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half),   cmocka_unit_test(every_bfloat16),
        cmocka_unit_test(known_values), cmocka_unit_test(wide_formats),
        cmocka_unit_test(sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
