/* How each op's output shape follows from its inputs: the functions of the op table. Each
 * checks the node's tensors against in, [input_count] shapes, and sets node->shape. */
#ifndef LSN_MODEL_INFER_H
#define LSN_MODEL_INFER_H

#include "model/graph.h"

#define INFER(name)                                                                                \
    enum lsn_status lsn_infer_##name(struct lsn_node *node, const struct lsn_shape *in,            \
                                     struct lsn_error *err)

INFER(input);
INFER(same);
INFER(per_channel);
INFER(batch_norm);
INFER(conv);
INFER(linear);
INFER(pool);
INFER(broadcast);
INFER(reduce);
INFER(group_norm);
INFER(constant);
INFER(resample);
INFER(concat);
INFER(select);
INFER(pad);
INFER(global_pool);
INFER(flatten);

#undef INFER

#endif
