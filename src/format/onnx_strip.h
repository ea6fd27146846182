/* ONNX messages without their weights. */
#ifndef LSN_FORMAT_ONNX_STRIP_H
#define LSN_FORMAT_ONNX_STRIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/file.h"

/* Fields of a tensor in onnx.proto that stand for its raw data: where in the file. */
#define LSN_ONNX_LENT_OFFSET UINT64_C(1001)
#define LSN_ONNX_LENT_LENGTH UINT64_C(1002)

/* stripped: the message in file [size] with those fields in place of every tensor's raw data,
 * but for tensors of graphs within nodes; lsn_free frees its data. False where memory is short,
 * or the message *damaged. */
bool lsn_onnx_strip(const uint8_t *file, size_t size, struct lsn_bytes *stripped, bool *damaged);

#endif
