/* The op table: for each op its name in files, its inputs, tensors and
 * attributes, and how its output shape and cost follow. Reading, writing and
 * checking a node all go by this table; a new op is one row here, its infer
 * function, and its entry in the engine. */
#ifndef LSN_MODEL_OPS_H
#define LSN_MODEL_OPS_H

#include <stdint.h>

#include "model/graph.h"

enum lsn_attribute_type {
    LSN_ATTR_INT,      /* int */
    LSN_ATTR_INT2,     /* int[2] */
    LSN_ATTR_INT4,     /* int[4] */
    LSN_ATTR_CHANNELS, /* int *channels, channel_count */
    LSN_ATTR_FLOAT,    /* float */
    LSN_ATTR_BOOL      /* bool */
};

struct lsn_attribute_def {
    const char *name; /* in files */
    enum lsn_attribute_type type;
    size_t offset;    /* in struct lsn_attributes */
    double low, high; /* allowed range */
    double fallback;  /* the default, of every element */
    bool required;    /* no default */
};

struct lsn_op_def {
    const char *name; /* in files: ONNX's where it has one */
    int inputs_min, inputs_max;
    const char *tensors[LSN_TENSORS_MAX]; /* role names; NULL ends */
    int tensors_required;                 /* the first so many must be there */
    const struct lsn_attribute_def *attributes;
    int attribute_count;
    /* Checks tensors and inputs and sets node->shape. in: [input_count] shapes. */
    enum lsn_status (*infer)(struct lsn_node *node, const struct lsn_shape *in,
                             struct lsn_error *err);
};

/* op must be below LSN_OP_COUNT. */
const struct lsn_op_def *lsn_op_def(enum lsn_op op);

/* The op with this name in files, or LSN_OP_COUNT. */
enum lsn_op lsn_op_find(const char *name);

/* Multiply-adds of one image; 0 for ops that do not multiply by weights. */
int64_t lsn_node_multiply_adds(const struct lsn_node *node, const struct lsn_shape *in);

#endif
