/* What a node of the graph is called: as its ONNX node where a person gave that a name; else, of an
 * op with weights, as the weights; else by the path of modules that PyTorch writes. A convolution
 * that reads the weights of an earlier one is called after it: conv1@2, conv1@3. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/walk.h"

static bool all_digits(const char *text)
{
    size_t length = strspn(text, "0123456789");

    return length > 0 && text[length] == '\0';
}

/* Whether an exporter made the name up: "", "Conv", "Conv_12", "node_conv2d_1", "12",
 * "/features/features.0/Conv". */
static bool is_made_up(const char *name, const char *op)
{
    size_t length = strlen(op);

    if (!name[0] || name[0] == '/' || strncmp(name, "node_", 5) == 0 || strstr(name, "::") ||
        all_digits(name))
        return true;
    return strncmp(name, op, length) == 0 &&
           (!name[length] || (name[length] == '_' && all_digits(name + length + 1)));
}

static bool has_weights(const char *op)
{
    static const char *const ops[] = {"Conv", "Gemm", "MatMul", "BatchNormalization",
                                      "LayerNormalization"};
    size_t i;

    for (i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp(op, ops[i]) == 0)
            return true;
    return false;
}

/* Adds the weights' name less .weight or _weight. False: it is made up. */
static bool add_weight_name(struct lsn_text *text, const struct lsn_onnx_node *node)
{
    const char *name = node->input_count > 1 ? node->inputs[1] : "";
    size_t length = strlen(name), suffix = strlen(".weight");

    if (!has_weights(node->op) || !name[0] || strstr(name, "::") || all_digits(name) ||
        name[0] == '/' || strncmp(name, "val_", 4) == 0)
        return false;
    if (length > suffix && (strcmp(name + length - suffix, ".weight") == 0 ||
                            strcmp(name + length - suffix, "_weight") == 0))
        length -= suffix;
    lsn_text_add_bytes(text, name, length);
    return true;
}

/* Adds PyTorch's path /layer1/layer1.0/conv1/Conv as layer1.0.conv1: the last part names the op and
 * is left out; a part that continues the one before it (layer1, layer1.0) stands for both. False:
 * there is no path. */
static bool add_path_name(struct lsn_text *text, const char *name)
{
    const char *part = name[0] == '/' ? name + 1 : "", *slash;
    size_t start = 0, length = 0;

    for (; (slash = strchr(part, '/')); part = slash + 1) {
        size_t part_length = (size_t)(slash - part);

        if (length && part_length > length && part[length] == '.' &&
            strncmp(part, text->bytes + start, length) == 0) {
            text->length = start;
        } else if (text->length) {
            lsn_text_add(text, ".");
            start = text->length;
        }
        lsn_text_add_bytes(text, part, part_length);
        if (text->failed)
            return true;
        length = part_length;
    }
    return text->length > 0;
}

/* The text, for the caller to free; NULL where there was no memory for it. */
static char *finish(struct lsn_text *text)
{
    if (text->failed)
        lsn_text_free(text);
    return text->bytes;
}

static char *numbered(const char *name, const char *separator, const char *part, int number)
{
    struct lsn_text text = {0};

    lsn_text_add(&text, "%s%s%s", name, separator, part);
    if (number > 1)
        lsn_text_add(&text, "_%d", number);
    return finish(&text);
}

/* The name that the node gets unless another has it, fresh; NULL: out of memory. */
static char *wished_name(const struct lsn_onnx_node *node)
{
    const char *slash = strrchr(node->name, '/');
    struct lsn_text text = {0};

    if (!is_made_up(node->name, node->op))
        lsn_text_add(&text, "%s", node->name);
    else if (!add_weight_name(&text, node) && !add_path_name(&text, node->name))
        lsn_text_add(&text, "%s",
                     node->name[0] == '/' && slash[1] ? slash + 1
                     : node->name[0]                  ? node->name
                                                      : node->op);
    return finish(&text);
}

static enum lsn_status set_name(struct lsn_importer *im, size_t i, char *name)
{
    im->names[i] = name;
    if (!name || !lsn_names_set(&im->taken, name, 1))
        return lsn_fail_memory(im->err, "a node's name");
    return LSN_OK;
}

/* The name of the ONNX value that a convolution's weights come from, before any Identity nodes:
 * PyTorch's exporter writes such a node for a weight that has two names. */
static const char *weight_source(const struct lsn_importer *im, const struct lsn_names *copies,
                                 size_t i)
{
    const char *name = im->onnx.nodes[i].input_count > 1 ? im->onnx.nodes[i].inputs[1] : "";
    size_t steps = copies->count;
    int copy;

    while (steps-- > 0 && (copy = lsn_names_find(copies, name)) >= 0)
        name = im->onnx.nodes[copy].inputs[0];
    return name;
}

/* Sets im->place_of. copies: the Identity nodes by their outputs; readers: the first Conv that
 * reads each weight. */
static enum lsn_status find_shared(struct lsn_importer *im, struct lsn_names *copies,
                                   struct lsn_names *readers)
{
    size_t i;

    for (i = 0; i < im->onnx.node_count; i++) {
        const struct lsn_onnx_node *node = &im->onnx.nodes[i];

        if (strcmp(node->op, "Identity") == 0 && node->input_count > 0 && node->output_count > 0 &&
            !lsn_names_set(copies, node->outputs[0], (int)i))
            return lsn_fail_memory(im->err, "node names");
    }
    for (i = 0; i < im->onnx.node_count; i++) {
        const char *source;

        im->place_of[i] = -1;
        if (strcmp(im->onnx.nodes[i].op, "Conv") != 0)
            continue;
        source = weight_source(im, copies, i);
        im->place_of[i] = source[0] ? lsn_names_find(readers, source) : -1;
        if (im->place_of[i] < 0 && !lsn_names_set(readers, source, (int)i))
            return lsn_fail_memory(im->err, "node names");
    }
    return LSN_OK;
}

/* A later place is called after its layer, with its number: conv1@2 is the second place of
 * conv1. */
static enum lsn_status name_places(struct lsn_importer *im)
{
    size_t i, j;

    for (i = 0; i < im->onnx.node_count; i++) {
        struct lsn_text text = {0};
        int number = 2;

        if (im->place_of[i] < 0)
            continue;
        for (j = 0; j < i; j++)
            number += im->place_of[j] == im->place_of[i];
        lsn_text_add(&text, "%s@%d", im->names[im->place_of[i]], number);
        LSN_TRY(set_name(im, i, finish(&text)));
    }
    return LSN_OK;
}

/* Results name kernels by their convolution, so such a name is never altered to make it unique:
 * where two convolutions of different weights have the same, the file is refused. Those without any
 * name are numbered later. */
static enum lsn_status name_conv(struct lsn_importer *im, size_t i)
{
    char *name = wished_name(&im->onnx.nodes[i]);
    enum lsn_status status;

    if (!name || lsn_names_find(&im->taken, name) < 0)
        return set_name(im, i, name);
    if (strcmp(name, "Conv") == 0) {
        lsn_free(name);
        return LSN_OK;
    }
    status = lsn_fail(im->err, LSN_E_MODEL,
                      strcmp(name, "input") == 0
                          ? "%s: a convolution is called '%s' (ONNX node '%s'), which is the image"
                          : "%s: two convolutions would be called '%s' (ONNX node '%s')",
                      im->path, name, im->onnx.nodes[i].name);
    lsn_free(name);
    return status;
}

/* Other nodes: the wished name, or where another node has it, that with the op and a number. */
static enum lsn_status name_other(struct lsn_importer *im, size_t i)
{
    const struct lsn_onnx_node *node = &im->onnx.nodes[i];
    char *wanted = wished_name(node), *name = wanted;
    int number = 1;

    while (name && lsn_names_find(&im->taken, name) >= 0) {
        if (name != wanted)
            lsn_free(name);
        name = strcmp(wanted, node->op) == 0 ? numbered(wanted, "", "", ++number)
                                             : numbered(wanted, ".", node->op, number++);
    }
    if (name != wanted)
        lsn_free(wanted);
    return set_name(im, i, name);
}

enum lsn_status lsn_import_choose_names(struct lsn_importer *im)
{
    struct lsn_names copies = {0}, readers = {0};
    enum lsn_status status;
    size_t i;

    im->names = lsn_alloc(im->onnx.node_count, sizeof *im->names);
    im->place_of = lsn_alloc(im->onnx.node_count, sizeof *im->place_of);
    if (!im->names || !im->place_of || !lsn_names_set(&im->taken, "input", 1))
        return lsn_fail_memory(im->err, "node names");
    status = find_shared(im, &copies, &readers);
    lsn_names_free(&copies);
    lsn_names_free(&readers);
    LSN_TRY(status);
    for (i = 0; i < im->onnx.node_count; i++)
        if (strcmp(im->onnx.nodes[i].op, "Conv") == 0 && im->place_of[i] < 0)
            LSN_TRY(name_conv(im, i));
    for (i = 0; i < im->onnx.node_count; i++)
        if (!im->names[i] && im->place_of[i] < 0)
            LSN_TRY(name_other(im, i));
    return name_places(im);
}
