/* Narrow floating-point formats in little-endian bytes, widened to float. */
#ifndef LSN_FORMAT_HALF_H
#define LSN_FORMAT_HALF_H

#include <stddef.h>
#include <stdint.h>

enum lsn_dtype { LSN_F32, LSN_F16, LSN_BF16, LSN_F64 };

/* Bytes of one element. */
size_t lsn_dtype_bytes(enum lsn_dtype dtype);

/* floats [count] from bytes [count * lsn_dtype_bytes]; doubles are rounded. */
void lsn_decode_floats(enum lsn_dtype dtype, const uint8_t *bytes, size_t count, float *floats);

/* The floats that bytes are as they lie, or NULL where they must be decoded: of another
 * format, not aligned, or on a big-endian machine. */
const float *lsn_floats_in_place(enum lsn_dtype dtype, const uint8_t *bytes);

#endif
