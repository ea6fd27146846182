/* Nodes that move numbers within a feature map. In each function value, seen through its axes,
 * becomes the result: its node is the one added, its axes follow. rows says which of the two
 * axes of space is meant: rows (true) or columns. */
#ifndef LSN_MODEL_ONNX_MOVE_H
#define LSN_MODEL_ONNX_MOVE_H

#include "model/onnx/importer.h"

/* ---- select.c: channels ---- */

/* Output channel i is input channel channels[i], count in all; channels is taken over. The axes
 * stay as they are. */
enum lsn_status lsn_import_select(struct lsn_importer *im, struct lsn_value *value, int *channels,
                                  int count);

/* Brings the channels into the order in which value's axes of channels run through them, the last
 * axis fastest (after a transposed channel shuffle they do not). Adds no node where they are. */
enum lsn_status lsn_import_order_channels(struct lsn_importer *im, struct lsn_value *value);

/* Of an axis of channels only indices [count], in this order; and orders the channels. */
enum lsn_status lsn_import_take_channels(struct lsn_importer *im, struct lsn_value *value, int axis,
                                         const int64_t *indices, int count);

/* ---- resample.c: rows and columns ---- */

/* Each of h output rows is a sum of the input's, weighted by rows [h][old h]; so are w columns by
 * columns [w][old w]. NULL: they stay as they are. */
enum lsn_status lsn_import_resample(struct lsn_importer *im, struct lsn_value *value, int h,
                                    const float *rows, int w, const float *columns);

/* Output row (or column) i is input row from[i], count in all; zeroes where that is -1. */
enum lsn_status lsn_import_take_spatial(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        const int *from, int count);

/* A map of one row becomes one of one column, or the reverse. LSN_E_UNSUPPORTED of a larger one. */
enum lsn_status lsn_import_transpose_space(struct lsn_importer *im, struct lsn_value *value);

/* ---- blocks.c ---- */

/* Axis d, all rows (or columns), becomes two: which block of this size, which divides it; and which
 * place in that block, an axis of channels after it. */
enum lsn_status lsn_import_split_blocks(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        int d, int size);

/* The reverse: the channels of axis d become the places in blocks of the rows (or columns) of
 * axis d - 1; axis d stays, of size 1. */
enum lsn_status lsn_import_merge_blocks(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        int d);

/* ---- move.c: whichever the axis is ---- */

/* Of an axis of channels, rows or columns only indices [count], in this order. */
enum lsn_status lsn_import_take(struct lsn_importer *im, struct lsn_value *value, int axis,
                                const int64_t *indices, int count);

/* Input i of the current node, a feature map laid out N x C x H x W with N = 1: brought into that
 * order where nodes for it can be added, else LSN_E_UNSUPPORTED. */
enum lsn_status lsn_import_nchw(struct lsn_importer *im, size_t i, struct lsn_value **value);

#endif
