/* Floating-point formats as files store them (little-endian), converted to float. */
#ifndef LSN_FORMAT_HALF_H
#define LSN_FORMAT_HALF_H

#include <stddef.h>
#include <stdint.h>

enum lsn_dtype { LSN_F32, LSN_F16, LSN_BF16, LSN_F64 };

/* The size in bytes of one element. */
size_t lsn_dtype_bytes(enum lsn_dtype dtype);

/* Converts bytes [count * lsn_dtype_bytes(dtype)] to floats [count]; doubles are rounded. */
void lsn_decode_floats(enum lsn_dtype dtype, const uint8_t *bytes, size_t count, float *floats);

/* bytes as an array of floats without a copy; NULL where they must be decoded, because they have
 * another format, are not aligned, or the machine is big-endian. */
const float *lsn_floats_in_place(enum lsn_dtype dtype, const uint8_t *bytes);

#endif
