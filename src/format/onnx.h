/* ONNX files as they are stored: a list of nodes with named inputs and outputs. What the nodes mean
 * is known to model/onnx only. Strings and arrays are lent by struct lsn_onnx until it is
 * closed. */
#ifndef LSN_FORMAT_ONNX_H
#define LSN_FORMAT_ONNX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sha256.h"
#include "format/map.h"

#define LSN_ONNX_RANK_MAX 8

enum lsn_onnx_type { /* element types, with ONNX's numbers */
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

/* A stored array: an initialiser (weights) or the value of a Constant node. Its elements are in
 * exactly one of the arrays below, or in another file. */
struct lsn_onnx_tensor {
    const char *name;
    int rank;
    int64_t dims[LSN_ONNX_RANK_MAX]; /* each at least 0 */
    size_t count;                    /* product of dims */
    int type;                        /* enum lsn_onnx_type, or a type that lesion does not read */
    const uint8_t *raw;              /* little-endian */
    bool mapped;                     /* raw is in the file's map */
    const float *floats;
    const double *doubles;
    const int32_t *int32s; /* also holds 16-bit floats, as bit patterns */
    const int64_t *int64s;
    const uint64_t *uint64s;
    size_t stored;               /* elements in the array that is not NULL; for raw: bytes */
    const char *location;        /* another file's name; NULL: this one */
    const char *offset, *length; /* bytes in that file, as decimal text; NULL: all of it */
};

struct lsn_onnx_attribute {
    const char *name;
    char type; /* i int, f float, s string, t tensor, g graph, I ints, F floats; '?' not read */
    int64_t i;
    float f;
    const char *s; /* [s_length], without a NUL at the end */
    size_t s_length;
    struct lsn_onnx_tensor t;
    struct lsn_onnx *g; /* a graph: nodes and outputs; contains no further graphs */
    const int64_t *ints;
    const float *floats;
    size_t count; /* of ints or floats */
};

struct lsn_onnx_node {
    const char *name;     /* "" where it has none */
    const char *op;       /* "Conv" */
    const char *domain;   /* "" for ONNX's own */
    char *const *inputs;  /* [input_count] names; "" for an optional input that is not given */
    size_t input_count;   /* also counts values that graphs among the attributes read */
    char **owned;         /* the list of inputs where this struct owns it; else NULL */
    char *const *outputs; /* [output_count] */
    size_t output_count;
    struct lsn_onnx_attribute *attributes; /* [attribute_count] */
    size_t attribute_count;
};

/* An input or output of the network, as the file declares it. */
struct lsn_onnx_port {
    const char *name;
    int type;                        /* as a tensor's; 0: not given, or not a tensor */
    int rank;                        /* -1: not given */
    int64_t dims[LSN_ONNX_RANK_MAX]; /* [rank, at most LSN_ONNX_RANK_MAX]; 0: not fixed */
};

struct lsn_onnx {
    int64_t opset; /* version of ONNX's own operators; 0: not given */
    struct lsn_onnx_node *nodes;
    size_t node_count;
    struct lsn_onnx_tensor *initialisers;
    size_t initialiser_count;
    struct lsn_onnx_port *inputs; /* without the initialisers, which old files list here, too */
    size_t input_count;
    struct lsn_onnx_port *outputs;
    size_t output_count;
    char *folder;               /* the file's folder, where external data are looked for */
    struct lsn_sha256 *outside; /* NULL, or a digest to which external data are added when read */
    struct lsn_map map;         /* the file */
    struct lsn_maps
        *maps;     /* NULL, or the list that gets the maps of external data that stay in use */
    void *message; /* the unpacked message without raw data; NULL in an attribute's graph */
    void *part;    /* the unpacked message of an attribute's graph, else NULL */
};

/* Opens an ONNX file. LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT, LSN_E_UNSUPPORTED (tensors of too many
 * dimensions). On failure *onnx is zeroed. */
enum lsn_status lsn_onnx_open(const char *path, struct lsn_onnx *onnx, struct lsn_error *err);
void lsn_onnx_close(struct lsn_onnx *onnx);

/* The node's attribute with this name, or NULL. */
const struct lsn_onnx_attribute *lsn_onnx_attribute(const struct lsn_onnx_node *node,
                                                    const char *name);

/* Whether the elements are not floats: integers, booleans or strings. */
bool lsn_onnx_is_integer(const struct lsn_onnx_tensor *tensor);

/* The elements of a tensor as floats [count]; other types are converted. Where *in_place is set,
 * the floats are not a copy: they are in onnx->map or a map of onnx->maps, which must be kept open,
 * and must be neither written nor freed. Otherwise they are a fresh array. External data are read
 * from files in the ONNX file's folder, never from outside it. LSN_E_IO, LSN_E_FORMAT (sizes do not
 * fit), LSN_E_UNSUPPORTED (element types), LSN_E_MEMORY. On failure *values is NULL. */
enum lsn_status lsn_onnx_floats(const struct lsn_onnx *onnx, const struct lsn_onnx_tensor *tensor,
                                float **values, bool *in_place, struct lsn_error *err);
enum lsn_status lsn_onnx_doubles(const struct lsn_onnx *onnx, const struct lsn_onnx_tensor *tensor,
                                 double **values, struct lsn_error *err);

#endif
