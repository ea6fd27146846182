#include "evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "op/ref/ref.h"
#include "support.h"

size_t test_shape_count(struct lsn_shape shape)
{
    return (size_t)shape.c * (size_t)shape.h * (size_t)shape.w;
}

static struct lsn_window window_of(const struct lsn_attributes *a)
{
    return (struct lsn_window){a->kernel[0],   a->kernel[1],   a->stride[0], a->stride[1],
                               a->dilation[0], a->dilation[1], a->pads[0],   a->pads[1]};
}

/* One activation by its definition; the other ops are not element-wise. */
static double activate(const struct lsn_node *node, double x)
{
    const struct lsn_attributes *a = &node->attributes;

    switch (node->op) {
    case LSN_OP_RELU:
        return fmax(x, 0);
    case LSN_OP_LEAKY_RELU:
        return x > 0 ? x : (double)a->alpha * x;
    case LSN_OP_CLIP:
        return fmin(fmax(x, (double)a->min), (double)a->max);
    case LSN_OP_HARD_SWISH:
        return x * fmin(fmax(x + 3, 0), 6) / 6;
    case LSN_OP_HARD_SIGMOID:
        return fmin(fmax((double)a->alpha * x + (double)a->beta, 0), 1);
    case LSN_OP_SIGMOID:
        return 1 / (1 + exp(-x));
    case LSN_OP_TANH:
        return tanh(x);
    case LSN_OP_ERF:
        return erf(x);
    case LSN_OP_GELU:
        return a->tanh_approx ? x / 2 * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)))
                              : x / 2 * (1 + erf(x / sqrt(2)));
    case LSN_OP_SILU:
        return x / (1 + exp(-x));
    case LSN_OP_ELU:
        return x > 0 ? x : (double)a->alpha * expm1(x);
    case LSN_OP_SELU:
        return (double)a->gamma * (x > 0 ? x : (double)a->alpha * expm1(x));
    case LSN_OP_CELU:
        return x > 0 ? x : (double)a->alpha * expm1(x / (double)a->alpha);
    case LSN_OP_THRESHOLDED_RELU:
        return x > (double)a->alpha ? x : 0;
    case LSN_OP_SOFTPLUS:
        return log1p(exp(x));
    case LSN_OP_SOFTSIGN:
        return x / (1 + fabs(x));
    case LSN_OP_MISH:
        return x * tanh(log1p(exp(x)));
    case LSN_OP_ABS:
        return fabs(x);
    case LSN_OP_NEG:
        return -x;
    case LSN_OP_EXP:
        return exp(x);
    case LSN_OP_LOG:
        return log(x);
    case LSN_OP_SQRT:
        return sqrt(x);
    case LSN_OP_RECIPROCAL:
        return 1 / x;
    case LSN_OP_SIGN:
        return x > 0 ? 1 : x < 0 ? -1 : 0;
    case LSN_OP_SIN:
        return sin(x);
    case LSN_OP_COS:
        return cos(x);
    case LSN_OP_POW:
        return pow(x, (double)a->exponent);
    default:
        fail_msg("node '%s': the test evaluates no such op", node->name);
        return 0;
    }
}

/* The element of an input at a position of the output; an input that is 1 wide is repeated. */
static double broadcast(struct lsn_shape s, const double *x, int y, int ix, int c)
{
    return x[((s.h == 1 ? 0 : y) * s.w + (s.w == 1 ? 0 : ix)) * s.c + (s.c == 1 ? 0 : c)];
}

/* Concat, Select, Pad and Flatten: each output element is looked up. */
static double look_up(const struct lsn_graph *graph, const struct lsn_node *node, double **values,
                      int y, int x, int c)
{
    const struct lsn_node *a = &graph->nodes[node->inputs[0]];
    const double *from = values[node->inputs[0]];
    const int *pads = node->attributes.pads;
    int i;

    switch (node->op) {
    case LSN_OP_CONCAT:
        for (i = 0; c >= graph->nodes[node->inputs[i]].shape.c; i++)
            c -= graph->nodes[node->inputs[i]].shape.c;
        a = &graph->nodes[node->inputs[i]];
        return values[node->inputs[i]][(y * a->shape.w + x) * a->shape.c + c];
    case LSN_OP_SELECT:
        return from[(y * a->shape.w + x) * a->shape.c + node->attributes.channels[c]];
    case LSN_OP_PAD:
        y -= pads[0];
        x -= pads[1];
        if (y < 0 || y >= a->shape.h || x < 0 || x >= a->shape.w)
            return (double)node->attributes.value;
        return from[(y * a->shape.w + x) * a->shape.c + c];
    default: /* Flatten */
        x = c % a->shape.w;
        y = c / a->shape.w % a->shape.h;
        return from[(y * a->shape.w + x) * a->shape.c + c / a->shape.w / a->shape.h];
    }
}

static void move_values(const struct lsn_graph *graph, const struct lsn_node *node, double **values,
                        double *out)
{
    int y, x, c;

    for (y = 0; y < node->shape.h; y++)
        for (x = 0; x < node->shape.w; x++)
            for (c = 0; c < node->shape.c; c++)
                *out++ = look_up(graph, node, values, y, x, c);
}

static double join(enum lsn_op op, double a, double b)
{
    switch (op) {
    case LSN_OP_ADD:
        return a + b;
    case LSN_OP_SUB:
        return a - b;
    case LSN_OP_MUL:
        return a * b;
    case LSN_OP_DIV:
        return a / b;
    case LSN_OP_MAX:
        return a > b ? a : b;
    case LSN_OP_MIN:
        return a < b ? a : b;
    default:
        fail_msg("the test joins two maps by no such op");
        return 0;
    }
}

static bool is_join(enum lsn_op op)
{
    return op >= LSN_OP_ADD && op < LSN_OP_ADD + LSN_JOIN_COUNT;
}

static void evaluate_join(const struct lsn_graph *graph, const struct lsn_node *node,
                          double **values, double *out)
{
    const int *inputs = node->inputs;
    int y, x, c;

    for (y = 0; y < node->shape.h; y++)
        for (x = 0; x < node->shape.w; x++)
            for (c = 0; c < node->shape.c; c++)
                *out++ = join(node->op,
                              broadcast(graph->nodes[inputs[0]].shape, values[inputs[0]], y, x, c),
                              broadcast(graph->nodes[inputs[1]].shape, values[inputs[1]], y, x, c));
}

static bool is_reduction(enum lsn_op op)
{
    return op >= LSN_OP_REDUCE_MEAN && op < LSN_OP_REDUCE_MEAN + LSN_REDUCE_COUNT;
}

/* One output value of a reduction: goes through all input values and takes those that it is
 * computed from. */
static double reduce(const struct lsn_node *node, struct lsn_shape in, const double *x, int at_c,
                     int at_p)
{
    const struct lsn_attributes *a = &node->attributes;
    double sum = 0, absolutes = 0, squares = 0, most = (double)-INFINITY, least = (double)INFINITY;
    int p, c, n = 0;

    for (p = 0; p < in.h * in.w; p++)
        for (c = 0; c < in.c; c++) {
            double v = x[p * in.c + c];

            if ((!a->over_channels && c != at_c) || (!a->over_space && p != at_p))
                continue;
            sum += v;
            absolutes += fabs(v);
            squares += v * v;
            most = fmax(most, v);
            least = fmin(least, v);
            n++;
        }
    return node->op == LSN_OP_REDUCE_MEAN  ? sum / n
           : node->op == LSN_OP_REDUCE_SUM ? sum
           : node->op == LSN_OP_REDUCE_MAX ? most
           : node->op == LSN_OP_REDUCE_MIN ? least
           : node->op == LSN_OP_REDUCE_L1  ? absolutes
           : node->op == LSN_OP_REDUCE_L2  ? sqrt(squares)
                                           : squares;
}

static void evaluate_reduction(const struct lsn_node *node, struct lsn_shape in, const double *x,
                               double *out)
{
    int p, c;

    for (p = 0; p < node->shape.h * node->shape.w; p++)
        for (c = 0; c < node->shape.c; c++)
            *out++ = reduce(node, in, x, c, p);
}

static void evaluate_group_norm(const struct lsn_node *node, const double *x, double *out)
{
    int c = node->shape.c, size = c / node->attributes.groups, i, j;
    int count = c * node->shape.h * node->shape.w;

    for (i = 0; i < count; i++) {
        double sum = 0, squares = 0, n = 0, mean;

        for (j = 0; j < count; j++)
            if (j % c / size == i % c / size) {
                sum += x[j];
                squares += x[j] * x[j];
                n++;
            }
        mean = sum / n;
        out[i] = (x[i] - mean) /
                     sqrt(squares / n - mean * mean + (double)node->attributes.epsilon) *
                     (double)node->tensors[0].data[i % c] +
                 (double)node->tensors[1].data[i % c];
    }
}

static void evaluate_resample(const struct lsn_node *node, struct lsn_shape in, const double *x,
                              double *out)
{
    int y, ix, c, i, j;

    for (y = 0; y < node->shape.h; y++)
        for (ix = 0; ix < node->shape.w; ix++)
            for (c = 0; c < in.c; c++, out++)
                for (*out = 0, i = 0; i < in.h; i++)
                    for (j = 0; j < in.w; j++)
                        *out += (double)node->tensors[0].data[y * in.h + i] *
                                (double)node->tensors[1].data[ix * in.w + j] *
                                x[(i * in.w + j) * in.c + c];
}

static void evaluate_constant(const struct lsn_node *node, double *out)
{
    int c = node->shape.c, positions = node->shape.h * node->shape.w, i;

    for (i = 0; i < c * positions; i++)
        out[i] = (double)node->tensors[0].data[i % c * positions + i / c];
}

/* Computes the ops that are defined in this file; false for other ops. */
static bool evaluate_here(const struct lsn_graph *graph, const struct lsn_node *node,
                          double **values, double *out)
{
    const double *x = node->input_count > 0 ? values[node->inputs[0]] : NULL;
    struct lsn_shape in = node->input_count > 0 ? graph->nodes[node->inputs[0]].shape : node->shape;
    int i;

    if (is_join(node->op))
        evaluate_join(graph, node, values, out);
    else if (is_reduction(node->op))
        evaluate_reduction(node, in, x, out);
    else if (node->op == LSN_OP_GROUP_NORM)
        evaluate_group_norm(node, x, out);
    else if (node->op == LSN_OP_RESAMPLE)
        evaluate_resample(node, in, x, out);
    else if (node->op == LSN_OP_CONSTANT)
        evaluate_constant(node, out);
    else if (node->op == LSN_OP_PRELU)
        for (i = 0; i < in.c * in.h * in.w; i++)
            out[i] = x[i] > 0 ? x[i] : (double)node->tensors[0].data[i % in.c] * x[i];
    else
        return false;
    return true;
}

static void evaluate_node(const struct lsn_graph *graph, const struct lsn_node *node,
                          double **values, double *out)
{
    const struct lsn_attributes *a = &node->attributes;
    const struct lsn_tensor *t = node->tensors;
    struct lsn_shape in = graph->nodes[node->inputs[0]].shape, s = node->shape;
    const struct lsn_conv conv = {in, s, window_of(a), a->groups};
    const struct lsn_pool pool = {in,         s,          window_of(a),
                                  a->pads[2], a->pads[3], a->count_include_pad};
    const struct lsn_lrn lrn = {a->size, a->alpha, a->beta, a->bias};
    size_t positions = (size_t)s.h * (size_t)s.w, c = (size_t)s.c, i;
    const double *x = values[node->inputs[0]];

    switch (node->op) {
    case LSN_OP_CONV:
        lsn_ref_conv(&conv, t[0].data, t[1].data, x, out);
        break;
    case LSN_OP_LINEAR:
        lsn_ref_linear(positions, (size_t)in.c, c, t[0].data, t[1].data, x, out);
        break;
    case LSN_OP_BATCH_NORM:
        lsn_ref_batch_norm(positions, c, (double)a->epsilon,
                           (const float *const[]){t[0].data, t[1].data, t[2].data, t[3].data}, x,
                           out);
        break;
    case LSN_OP_AFFINE:
        lsn_ref_affine(positions, c, t[0].data, t[1].data, x, out);
        break;
    case LSN_OP_LAYER_NORM:
        lsn_ref_layer_norm(positions, c, (double)a->epsilon, t[0].data, t[1].data, x, out);
        break;
    case LSN_OP_LRN:
        lsn_ref_lrn(&lrn, positions, c, x, out);
        break;
    case LSN_OP_MAX_POOL:
        lsn_ref_max_pool(&pool, x, out);
        break;
    case LSN_OP_AVERAGE_POOL:
        lsn_ref_average_pool(&pool, x, out);
        break;
    case LSN_OP_NORMALISE:
        lsn_ref_normalise(&a->normalise, s, x, out);
        break;
    case LSN_OP_CONTRAST_POOL:
        lsn_ref_contrast_pool(&pool, x, out);
        break;
    case LSN_OP_GLOBAL_AVERAGE_POOL:
        lsn_ref_global_average_pool(in, x, out);
        break;
    case LSN_OP_CONCAT:
    case LSN_OP_SELECT:
    case LSN_OP_PAD:
    case LSN_OP_FLATTEN:
        move_values(graph, node, values, out);
        break;
    default:
        for (i = 0; i < positions * c; i++)
            out[i] = activate(node, x[i]);
    }
}

/* Computes the kernel's plane again, with part of its weights zeroed. */
static void evaluate_slice(const struct lsn_graph *graph, struct lsn_node node,
                           const struct test_lesion *lesion, double **values, double *out)
{
    const struct lsn_slice *slice = &lesion->lesion.slice;
    const struct lsn_tensor *weight = &node.tensors[0];
    size_t count = lsn_tensor_count(weight), values_count = test_shape_count(node.shape), i;
    float *zeroed = malloc(count * sizeof *zeroed);
    double *whole = calloc(values_count, sizeof *whole);

    assert_non_null(zeroed);
    assert_non_null(whole);
    for (i = 0; i < count; i++) {
        int col = (int)(i % (size_t)weight->dims[3]), row = (int)(i / (size_t)weight->dims[3]);
        int in = row / weight->dims[2], kernel = in / weight->dims[1];
        bool hit = kernel == lesion->kernel &&
                   (slice->in < 0 || in % weight->dims[1] == slice->in) &&
                   (slice->row < 0 || row % weight->dims[2] == slice->row) &&
                   (slice->col < 0 || col == slice->col);

        zeroed[i] = hit ? 0.0f : weight->data[i];
    }
    node.tensors[0].data = zeroed;
    evaluate_node(graph, &node, values, whole);
    for (i = (size_t)lesion->kernel; i < values_count; i += (size_t)node.shape.c)
        out[i] = whole[i];
    free(zeroed);
    free(whole);
}

static void put_lesion(const struct lsn_graph *graph, const struct test_lesion *lesion,
                       double **values)
{
    const struct lsn_node *node = &graph->nodes[lesion->node];
    const float *bias = node->tensors[1].data;
    double *out = values[lesion->node];
    size_t at;

    for (at = (size_t)lesion->kernel; at < test_shape_count(node->shape);
         at += (size_t)node->shape.c)
        switch (lesion->lesion.kind) {
        case LSN_LESION_WEIGHTS:
            out[at] = bias ? (double)bias[lesion->kernel] : 0;
            break;
        case LSN_LESION_SILENCE:
            out[at] = 0;
            break;
        case LSN_LESION_MEAN:
        case LSN_LESION_RESAMPLE:
            out[at] = (double)lesion->planes[at];
            break;
        case LSN_LESION_PLANES:
        case LSN_LESION_LINES:
            evaluate_slice(graph, *node, lesion, values, out);
            return;
        }
}

double **test_evaluate(const struct lsn_graph *graph, const float *x,
                       const struct test_lesion *lesion)
{
    double **values = calloc((size_t)graph->count, sizeof *values);
    const struct test_lesion *held;
    int i;

    assert_non_null(values);
    values[0] = test_widen(x, test_shape_count(graph->nodes[0].shape));
    for (i = 1; i < graph->count; i++) {
        values[i] = calloc(test_shape_count(graph->nodes[i].shape), sizeof **values);
        assert_non_null(values[i]);
        if (!evaluate_here(graph, &graph->nodes[i], values, values[i]))
            evaluate_node(graph, &graph->nodes[i], values, values[i]);
        for (held = lesion; held; held = held->also)
            if (i == held->node)
                put_lesion(graph, held, values);
    }
    return values;
}

void test_values_free(const struct lsn_graph *graph, double **values)
{
    int i;

    for (i = 0; i < graph->count; i++)
        free(values[i]);
    free(values);
}
