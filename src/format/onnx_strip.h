/* Strips ONNX messages of their weights before they are unpacked. */
#ifndef LSN_FORMAT_ONNX_STRIP_H
#define LSN_FORMAT_ONNX_STRIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/file.h"

/* The fields, in onnx.proto, that replace a tensor's raw data: where in the file they are. */
#define LSN_ONNX_LENT_OFFSET UINT64_C(1001)
#define LSN_ONNX_LENT_LENGTH UINT64_C(1002)

/* Copies the message in file [size] to stripped, with those fields in place of every tensor's raw
 * data; tensors of graphs inside nodes keep theirs. lsn_free frees stripped->data. False where
 * memory is short, or where *damaged is set. */
bool lsn_onnx_strip(const uint8_t *file, size_t size, struct lsn_bytes *stripped, bool *damaged);

#endif
