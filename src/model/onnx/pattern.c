/* LayerNormalization and Gelu, which older exporters write as chains of arithmetic. A chain is
 * followed from its first node: which of the next nodes reads its output? Exporters write a chain
 * down in one piece, so only the next few are looked at. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/onnx/move.h"
#include "model/onnx/walk.h"
#include "model/onnx/weights.h"

#define WINDOW 24 /* nodes looked at for a consumer */

static const struct lsn_onnx_node *at(const struct lsn_importer *im, size_t i)
{
    return &im->onnx.nodes[i];
}

/* The next node of this op that reads value; 0 where there is none. */
static size_t consumer(const struct lsn_importer *im, const char *value, const char *op)
{
    size_t i, j, last = im->current_index + WINDOW;

    for (i = im->current_index; i < im->onnx.node_count && i < last; i++)
        for (j = 0; j < at(im, i)->input_count; j++)
            if (strcmp(at(im, i)->op, op) == 0 && strcmp(at(im, i)->inputs[j], value) == 0)
                return i;
    return 0;
}

static const char *output(const struct lsn_importer *im, size_t i)
{
    return at(im, i)->output_count ? at(im, i)->outputs[0] : "";
}

/* The other input of a node that reads value and one more; "" where it has not two. */
static const char *other(const struct lsn_importer *im, size_t i, const char *value)
{
    const struct lsn_onnx_node *node = at(im, i);

    if (node->input_count != 2)
        return "";
    return node->inputs[strcmp(node->inputs[0], value) == 0 ? 1 : 0];
}

/* Whether the ONNX value of this name is one number, and which. Where it cannot be read that is no
 * error here: its own node reports it. It may be made by a Constant node that comes after the
 * current one. */
static bool number(struct lsn_importer *im, const char *name, double *value)
{
    int index = lsn_names_find(&im->value_names, name);
    const struct lsn_onnx_attribute *a;
    struct lsn_error unread = LSN_ERROR_NONE, *err = im->err;
    const double *data;
    double *fetched;
    bool found;
    size_t i;

    if (index >= 0) {
        if (!im->values[index].is_constant || im->values[index].constant.count != 1)
            return false;
        im->err = &unread;
        found = lsn_import_numbers(im, &im->values[index], &data) == LSN_OK;
        im->err = err;
        *value = found ? data[0] : 0;
        return found;
    }
    for (i = im->current_index; i < im->onnx.node_count && i < im->current_index + WINDOW; i++)
        if (strcmp(at(im, i)->op, "Constant") == 0 && strcmp(output(im, i), name) == 0 &&
            (a = lsn_onnx_attribute(at(im, i), "value")) && a->type == 't' && a->t.count == 1 &&
            lsn_onnx_doubles(&im->onnx, &a->t, &fetched, NULL) == LSN_OK) {
            *value = fetched[0];
            lsn_free(fetched);
            return true;
        }
    return false;
}

static bool is_number(struct lsn_importer *im, const char *name, double wanted)
{
    double value;

    return number(im, name, &value) && fabs(value - wanted) <= 1e-3 * fabs(wanted);
}

/* Whether node i (0: none) computes value with this number; the op is commutative, or value comes
 * first. */
static bool by_number(struct lsn_importer *im, size_t i, const char *value, double wanted)
{
    return i && is_number(im, other(im, i, value), wanted);
}

/* Whether the named value is x / 2, made by an earlier node. */
static bool is_half(struct lsn_importer *im, const char *name, const char *x)
{
    size_t i, first = im->current_index > WINDOW ? im->current_index - WINDOW : 0;

    for (i = first; i < im->onnx.node_count && i < im->current_index + WINDOW; i++)
        if (strcmp(output(im, i), name) == 0)
            return strcmp(at(im, i)->op, "Mul") == 0 && by_number(im, i, x, 0.5);
    return false;
}

/* The rest of a Gelu, after erf or tanh (node inner): plus 1, times x, times a half, the last two
 * in either order. Marks these nodes as matched and returns the last; 0 where it is none. */
static size_t gelu_end(struct lsn_importer *im, size_t inner, const char *x)
{
    size_t plus = consumer(im, output(im, inner), "Add"), times, last;

    if (!by_number(im, plus, output(im, inner), 1.0))
        return 0;
    times = last = consumer(im, output(im, plus), "Mul");
    if (!times)
        return 0;
    if (strcmp(other(im, times, output(im, plus)), x) == 0) {
        last = consumer(im, output(im, times), "Mul");
        if (!by_number(im, last, output(im, times), 0.5))
            return 0;
    } else if (!is_half(im, other(im, times, output(im, plus)), x)) {
        return 0;
    }
    im->is_matched[plus] = im->is_matched[times] = im->is_matched[last] = true;
    return last;
}

/* Emits the chain as one node: called after the chain's first ONNX node, bound as the output of its
 * last. */
static enum lsn_status finish(struct lsn_importer *im, size_t last, struct lsn_node *node,
                              const struct lsn_value *input, bool *matched)
{
    struct lsn_value out = *input;

    *matched = true;
    LSN_TRY(lsn_import_emit(im, node, NULL, 1, &input->node, &out.node));
    im->current = at(im, last);
    im->current_index = last;
    return lsn_import_bind(im, 0, &out);
}

/* x/2 (1 + erf(x / sqrt 2)), from the division on. */
static enum lsn_status match_gelu(struct lsn_importer *im, bool *matched)
{
    struct lsn_node node = lsn_node_default(LSN_OP_GELU);
    const char *x = im->current->inputs[0];
    bool division = im->current->op[0] == 'D';
    struct lsn_value input;
    size_t erf, last;

    if (!is_number(im, other(im, im->current_index, x), division ? sqrt(2.0) : sqrt(0.5)))
        return LSN_OK;
    erf = consumer(im, output(im, im->current_index), "Erf");
    last = erf ? gelu_end(im, erf, x) : 0;
    if (!last)
        return LSN_OK;
    im->is_matched[erf] = true;
    input = *lsn_import_input(im, 0);
    return finish(im, last, &node, &input, matched);
}

/* x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), from the power on. */
static enum lsn_status match_gelu_tanh(struct lsn_importer *im, bool *matched)
{
    struct lsn_node node = lsn_node_default(LSN_OP_GELU);
    const char *x = im->current->inputs[0];
    size_t cubic, sum, scaled, tanh_node, last;
    struct lsn_value input;

    if (!is_number(im, im->current->inputs[1], 3.0))
        return LSN_OK;
    cubic = consumer(im, output(im, im->current_index), "Mul");
    if (!by_number(im, cubic, output(im, im->current_index), 0.044715))
        return LSN_OK;
    sum = consumer(im, output(im, cubic), "Add");
    if (!sum || strcmp(other(im, sum, output(im, cubic)), x) != 0)
        return LSN_OK;
    scaled = consumer(im, output(im, sum), "Mul");
    if (!by_number(im, scaled, output(im, sum), sqrt(2.0 / 3.14159265358979)))
        return LSN_OK;
    tanh_node = consumer(im, output(im, scaled), "Tanh");
    last = tanh_node ? gelu_end(im, tanh_node, x) : 0;
    if (!last)
        return LSN_OK;
    im->is_matched[cubic] = im->is_matched[sum] = im->is_matched[scaled] =
        im->is_matched[tanh_node] = true;
    node.attributes.tanh_approx = true;
    input = *lsn_import_input(im, 0);
    return finish(im, last, &node, &input, matched);
}

/* Whether ONNX node i takes the mean over the channels of value, keeping the axis. */
static bool is_channel_mean(struct lsn_importer *im, size_t i, const struct lsn_value *value)
{
    const struct lsn_onnx_attribute *axes = lsn_onnx_attribute(at(im, i), "axes");
    const struct lsn_onnx_attribute *keepdims = lsn_onnx_attribute(at(im, i), "keepdims");
    double axis;

    if (keepdims && keepdims->i == 0)
        return false;
    if (axes && axes->type == 'I' && axes->count == 1)
        axis = (double)axes->ints[0];
    else if (at(im, i)->input_count != 2 || !number(im, at(im, i)->inputs[1], &axis))
        return false;
    axis += axis < 0 ? value->rank : 0;
    return axis >= 0 && axis < value->rank && value->axes[(int)axis].kind == LSN_AXIS_CHANNEL &&
           value->axes[(int)axis].size == lsn_value_shape(im, value).c;
}

/* The node that squares difference; 0 where there is none. */
static size_t square_of(struct lsn_importer *im, const char *difference)
{
    size_t i = consumer(im, difference, "Pow");

    if (i && at(im, i)->input_count == 2 && strcmp(at(im, i)->inputs[0], difference) == 0 &&
        is_number(im, at(im, i)->inputs[1], 2.0))
        return i;
    i = consumer(im, difference, "Mul");
    return i && strcmp(other(im, i, difference), difference) == 0 ? i : 0;
}

/* The Sub of x and mean that comes after ONNX node `after`; 0 where none does. */
static size_t difference_after(const struct lsn_importer *im, size_t after, const char *x,
                               const char *mean)
{
    size_t i;

    for (i = after + 1; i < im->onnx.node_count && i < im->current_index + WINDOW; i++)
        if (strcmp(at(im, i)->op, "Sub") == 0 && at(im, i)->input_count == 2 &&
            strcmp(at(im, i)->inputs[0], x) == 0 && strcmp(at(im, i)->inputs[1], mean) == 0)
            return i;
    return 0;
}

/* (x - mean) / sqrt(mean((x - mean)^2) + epsilon), from the first mean on. The multiplication and
 * addition that follow are folded into it when the model is loaded. */
static enum lsn_status match_layer_norm(struct lsn_importer *im, bool *matched)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LAYER_NORM);
    const char *x = im->current->inputs[0], *mean = output(im, im->current_index);
    size_t first = difference_after(im, im->current_index, x, mean), again, power, variance, sum;
    size_t root, last;
    struct lsn_value input;
    double epsilon;

    if (!first || !is_channel_mean(im, im->current_index, lsn_import_input(im, 0)))
        return LSN_OK;
    again = difference_after(im, first, x, mean);
    power = square_of(im, output(im, first));
    variance = power ? consumer(im, output(im, power), "ReduceMean") : 0;
    if (!variance || !is_channel_mean(im, variance, lsn_import_input(im, 0)))
        return LSN_OK;
    sum = consumer(im, output(im, variance), "Add");
    root = sum ? consumer(im, output(im, sum), "Sqrt") : 0;
    last = root ? consumer(im, output(im, root), "Div") : 0;
    if (!last || !number(im, other(im, sum, output(im, variance)), &epsilon) ||
        (strcmp(at(im, last)->inputs[0], output(im, first)) != 0 &&
         (!again || strcmp(at(im, last)->inputs[0], output(im, again)) != 0)))
        return LSN_OK;
    im->is_matched[first] = im->is_matched[power] = im->is_matched[variance] = im->is_matched[sum] =
        im->is_matched[root] = true;
    im->is_matched[last] = true;
    if (again)
        im->is_matched[again] = true;
    LSN_TRY(lsn_import_order_channels(im, lsn_import_input(im, 0)));
    input = *lsn_import_input(im, 0);
    node.attributes.epsilon = (float)epsilon;
    LSN_TRY(lsn_import_scale_and_shift(im, &node, lsn_value_shape(im, &input).c, 1));
    return finish(im, last, &node, &input, matched);
}

enum lsn_status lsn_import_match_pattern(struct lsn_importer *im, bool *matched)
{
    const char *op = im->current->op;
    const struct lsn_value *in = lsn_import_input(im, 0);

    *matched = false;
    if (!in || in->is_constant)
        return LSN_OK;
    if (strcmp(op, "ReduceMean") == 0)
        return match_layer_norm(im, matched);
    if (im->current->input_count != 2)
        return LSN_OK;
    if (strcmp(op, "Div") == 0 || strcmp(op, "Mul") == 0)
        return match_gelu(im, matched);
    if (strcmp(op, "Pow") == 0)
        return match_gelu_tanh(im, matched);
    return LSN_OK;
}
