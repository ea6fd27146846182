/* Depthwise convolution: each channel is filtered separately. */
#ifndef LSN_OP_DEPTHWISE_H
#define LSN_OP_DEPTHWISE_H

#include "op/conv.h"

/* Computes output row oy: out [out.w][c] from x [in.h][in.w][c] and packed [kh][kw][c]; bias [c]
 * may be NULL. Uses fused multiply-adds where the processor has them. */
void lsn_depthwise_row(const struct lsn_conv *conv, const float *packed, const float *bias,
                       const float *x, int oy, float *out);

#endif
