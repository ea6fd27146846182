/* ONNX files as they are stored: a list of nodes between named values. What the
 * nodes mean is model/onnx/import.h's business. Texts and arrays are lent by the
 * file until it is closed. */
#ifndef LSN_FORMAT_ONNX_H
#define LSN_FORMAT_ONNX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sha256.h"
#include "format/map.h"

#define LSN_ONNX_RANK_MAX 8

enum lsn_onnx_type { /* element types, by ONNX's numbers */
                     LSN_ONNX_FLOAT = 1,
                     LSN_ONNX_UINT8 = 2,
                     LSN_ONNX_INT8 = 3,
                     LSN_ONNX_UINT16 = 4,
                     LSN_ONNX_INT16 = 5,
                     LSN_ONNX_INT32 = 6,
                     LSN_ONNX_INT64 = 7,
                     LSN_ONNX_BOOL = 9,
                     LSN_ONNX_FLOAT16 = 10,
                     LSN_ONNX_DOUBLE = 11,
                     LSN_ONNX_UINT32 = 12,
                     LSN_ONNX_UINT64 = 13,
                     LSN_ONNX_BFLOAT16 = 16
};

/* A stored array: an initialiser, or the value of a Constant. Its elements lie in
 * one of the arrays, or in another file. */
struct lsn_onnx_tensor {
    const char *name;
    int rank;
    int64_t dims[LSN_ONNX_RANK_MAX]; /* each at least 0 */
    size_t count;                    /* product of dims */
    int type;                        /* enum lsn_onnx_type, or one that is not read */
    const uint8_t *raw;              /* little-endian */
    bool mapped;                     /* raw lies in the file's map */
    const float *floats;
    const double *doubles;
    const int32_t *int32s; /* also 16-bit floats, as their bits */
    const int64_t *int64s;
    const uint64_t *uint64s;
    size_t stored;               /* elements of the array that is not NULL; bytes of raw */
    const char *location;        /* another file's name; NULL: this one */
    const char *offset, *length; /* decimal bytes in that file; NULL: all of it */
};

struct lsn_onnx_attribute {
    const char *name;
    char type; /* i f s t g, I F for lists of them; '?' for what lesion does not read */
    int64_t i;
    float f;
    const char *s; /* up to s_length, no NUL behind */
    size_t s_length;
    struct lsn_onnx_tensor t;
    struct lsn_onnx *g; /* nodes and outputs of a graph, in which no other one lies */
    const int64_t *ints;
    const float *floats;
    size_t count; /* of ints or floats */
};

struct lsn_onnx_node {
    const char *name;     /* "" where it has none */
    const char *op;       /* "Conv" */
    const char *domain;   /* "" for ONNX's own */
    char *const *inputs;  /* [input_count] names; "" for one that is left out */
    size_t input_count;   /* with what the graphs among its attributes read of values outside */
    char **owned;         /* NULL, or the inputs, whose list is then the node's own */
    char *const *outputs; /* [output_count] */
    size_t output_count;
    struct lsn_onnx_attribute *attributes; /* [attribute_count] */
    size_t attribute_count;
};

/* An input or output of the network, as the file declares it. */
struct lsn_onnx_port {
    const char *name;
    int type;                        /* as a tensor's; 0: not said, or no tensor at all */
    int rank;                        /* -1: not said */
    int64_t dims[LSN_ONNX_RANK_MAX]; /* the first so many; 0: not fixed */
};

struct lsn_onnx {
    int64_t opset; /* of ONNX's own domain; 0: the file does not say */
    struct lsn_onnx_node *nodes;
    size_t node_count;
    struct lsn_onnx_tensor *initialisers;
    size_t initialiser_count;
    struct lsn_onnx_port *inputs; /* without those that are initialisers */
    size_t input_count;
    struct lsn_onnx_port *outputs;
    size_t output_count;
    char *folder;               /* of the file, for external data */
    struct lsn_sha256 *outside; /* NULL, or what external data are added to when read */
    struct lsn_map map;         /* the file */
    struct lsn_maps *maps;      /* NULL, or to which what external data lie in is added when it is
                                 * to stay mapped */
    void *message; /* the unpacked file without raw data; NULL of an attribute's graph */
    void *part;    /* such a graph, unpacked */
};

/* LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT, LSN_E_UNSUPPORTED (ranks). On failure
 * *onnx is zeroed. */
enum lsn_status lsn_onnx_open(const char *path, struct lsn_onnx *onnx, struct lsn_error *err);
void lsn_onnx_close(struct lsn_onnx *onnx);

/* The node's attribute with this name, or NULL. */
const struct lsn_onnx_attribute *lsn_onnx_attribute(const struct lsn_onnx_node *node,
                                                    const char *name);

/* Whether the elements are no floats: integers, booleans or texts. */
bool lsn_onnx_is_integer(const struct lsn_onnx_tensor *tensor);

/* The elements as numbers, [count]; narrower and wider types are converted. They are fresh,
 * unless *in_place: large floats may stay as they lie in onnx->map or onnx->maps, which must
 * outlast them then, and are not to be written or freed. External data are read from beside
 * the file, never from outside its folder. LSN_E_IO, LSN_E_FORMAT (sizes that do not fit),
 * LSN_E_UNSUPPORTED (element types), LSN_E_MEMORY. On failure *values is NULL. */
enum lsn_status lsn_onnx_floats(const struct lsn_onnx *onnx, const struct lsn_onnx_tensor *tensor,
                                float **values, bool *in_place, struct lsn_error *err);
enum lsn_status lsn_onnx_doubles(const struct lsn_onnx *onnx, const struct lsn_onnx_tensor *tensor,
                                 double **values, struct lsn_error *err);

#endif
