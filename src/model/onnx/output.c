/* Which of several outputs the logits are. Published networks also give their features,
 * their probabilities beside the logits, or labels; only where one vector is left that
 * feeds no other is it taken, and the note says which. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/walk.h"

#define OUTPUTS_MAX 64

enum kind {
    VECTOR,    /* two numbers or more */
    ONE,       /* one number */
    OTHER,     /* maps, boxes */
    UNREAD,    /* what it is computed by is not understood */
    LABELS,    /* made by ArgMax or the like, or no floats */
    DUPLICATE, /* another output's numbers, before or after a Softmax */
};

struct candidate {
    const char *name;   /* of the output */
    const char *value;  /* the same, or what ZipMap gives names to */
    struct lsn_end end; /* taken off */
    enum kind kind;
    struct lsn_shape shape;
    struct lsn_error reason; /* UNREAD */
};

struct chooser {
    const char *path;
    const struct lsn_onnx_request *request;
    const struct lsn_onnx *file;
    const struct lsn_names *producers;
    struct candidate *all; /* [file->output_count] */
    struct lsn_error *err;
};

static const char *op_of(const struct chooser *c, int node)
{
    return node < 0 ? "" : c->file->nodes[node].op;
}

static bool is_label(const struct chooser *c, const struct lsn_onnx_port *output)
{
    static const char *const ops[] = {"ArgMax", "ArgMin", "TopK", "LabelEncoder",
                                      "ArrayFeatureExtractor"};
    const char *value = output->name, *op;
    size_t i;

    if (output->type && lsn_onnx_is_integer(&(struct lsn_onnx_tensor){.type = output->type}))
        return true;
    op = op_of(c, lsn_import_skip_rearranging(c->file, c->producers, &value));
    for (i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (strcmp(ops[i], op) == 0)
            return true;
    return false;
}

static struct candidate begin(const struct chooser *c, const struct lsn_onnx_port *output)
{
    struct candidate one = {.name = output->name, .value = output->name, .kind = VECTOR};
    int node = lsn_names_find(c->producers, output->name);

    if (strcmp(op_of(c, node), "ZipMap") == 0 && c->file->nodes[node].input_count == 1)
        one.value = c->file->nodes[node].inputs[0];
    if (is_label(c, output))
        one.kind = LABELS;
    one.end = lsn_import_find_end(c->file, c->producers, one.value);
    return one;
}

/* Of outputs that are the same numbers, the one without a Softmax is kept. */
static void drop_duplicates(struct chooser *c)
{
    size_t i, j;

    for (i = 0; i < c->file->output_count; i++)
        for (j = 0; j < i; j++) {
            struct candidate *a = &c->all[j], *b = &c->all[i];

            if (a->kind != VECTOR || b->kind != VECTOR || strcmp(a->end.value, b->end.value) != 0)
                continue;
            if (a->end.what && !b->end.what)
                a->kind = DUPLICATE;
            else
                b->kind = DUPLICATE;
        }
}

/* What an output that cannot be imported is, going by the shape that the file declares. */
static enum kind declared_kind(const struct lsn_onnx_port *output)
{
    int more = 0, open = 0, d;

    for (d = 1; d < output->rank && d < LSN_RANK_MAX; d++) { /* after the batch */
        more += output->dims[d] > 1;
        open += output->dims[d] < 1;
    }
    if (output->rank < 1 || open > 0)
        return UNREAD;
    return more > 1 ? OTHER : more == 1 ? UNREAD : ONE;
}

/* Imports an output for its shape alone. */
static enum lsn_status look(const struct chooser *c, size_t index)
{
    struct candidate *one = &c->all[index];
    struct lsn_graph graph = {0};
    struct lsn_notes notes = {0};
    struct lsn_importer im = {.path = c->path,
                              .input = c->request->input,
                              .graph = &graph,
                              .notes = &notes,
                              .err = &one->reason};
    enum lsn_status status = lsn_import_walk(&im, c->file, c->producers, one->value);

    if (status == LSN_OK) {
        one->shape = graph.nodes[graph.count - 1].shape;
        one->kind = im.one_logit ? ONE : one->shape.h == 1 && one->shape.w == 1 ? VECTOR : OTHER;
    } else {
        one->kind = declared_kind(&c->file->outputs[index]);
    }
    lsn_importer_free(&im);
    lsn_graph_free(&graph);
    lsn_notes_free(&notes);
    return status == LSN_E_MEMORY ? lsn_fail(c->err, status, "%s", one->reason.text) : LSN_OK;
}

/* Whether candidate b is computed from the output of this node. */
static enum lsn_status feeds(const struct chooser *c, int node, const struct candidate *b,
                             bool *result)
{
    bool *wanted = lsn_alloc(c->file->node_count, sizeof *wanted);
    enum lsn_status status;

    if (!wanted)
        return lsn_fail_memory(c->err, "the ONNX graph");
    status = lsn_import_mark_wanted(c->file, c->producers, b->end.value, wanted, c->err);
    *result = node >= 0 && wanted[node];
    lsn_free(wanted);
    return status;
}

static size_t count_kind(const struct chooser *c, enum kind kind, size_t *first)
{
    size_t count = 0, i;

    for (i = c->file->output_count; i-- > 0;)
        if (c->all[i].kind == kind) {
            *first = i;
            count++;
        }
    return count;
}

/* Where b is computed from a, a is no answer but features. Where a cannot be imported and is
 * computed from b's probabilities (their maximum, say), it is none either. */
static enum lsn_status drop_pair(const struct chooser *c, struct candidate *a,
                                 const struct candidate *b)
{
    int node = lsn_names_find(c->producers, a->end.value);
    bool feeding = false;

    if ((a->kind != VECTOR && a->kind != UNREAD) || b->kind != VECTOR)
        return LSN_OK;
    LSN_TRY(feeds(c, node, b, &feeding));
    if (!feeding && a->kind == UNREAD && b->end.what)
        LSN_TRY(feeds(c, b->end.nodes[b->end.count - 1], a, &feeding));
    if (feeding)
        a->kind = OTHER;
    return LSN_OK;
}

static enum lsn_status drop_features(struct chooser *c)
{
    size_t count = c->file->output_count, i, j;

    for (i = 0; i < count; i++)
        for (j = 0; j < count; j++)
            if (i != j)
                LSN_TRY(drop_pair(c, &c->all[i], &c->all[j]));
    return LSN_OK;
}

static void add_candidate(struct lsn_text *text, const struct candidate *one)
{
    lsn_text_add(text, text->length ? ", '%s' (" : "'%s' (", one->name);
    if (one->kind == LABELS)
        lsn_text_add(text, "labels)");
    else if (one->kind == DUPLICATE)
        lsn_text_add(text, "the same, %s)", one->end.what ? one->end.what : "again");
    else if (one->kind == UNREAD)
        lsn_text_add(text, "not supported)");
    else if (one->kind == ONE)
        lsn_text_add(text, "1 number)");
    else if (one->shape.c == 0)
        lsn_text_add(text, "no vector)");
    else if (one->shape.h == 1 && one->shape.w == 1)
        lsn_text_add(text, "%d numbers)", one->shape.c);
    else
        lsn_text_add(text, "%d x %d x %d)", one->shape.c, one->shape.h, one->shape.w);
}

static enum lsn_status fail_listing(const struct chooser *c, enum lsn_status code, const char *why)
{
    struct lsn_text text = {0};
    size_t i;

    for (i = 0; i < c->file->output_count && text.length < 250; i++)
        add_candidate(&text, &c->all[i]);
    if (i < c->file->output_count)
        lsn_text_add(&text, " ...");
    (void)lsn_fail(c->err, code, "%s: %s: %s; name the logits with --output-name", c->path, why,
                   text.failed || !text.bytes ? "" : text.bytes);
    lsn_text_free(&text);
    return code;
}

/* Chooses the one output that is a vector of logits. */
static enum lsn_status choose(struct chooser *c, size_t *chosen)
{
    size_t i, first = 0, vectors, unread;

    drop_duplicates(c);
    if (count_kind(c, VECTOR, chosen) > 1) {
        for (i = 0; i < c->file->output_count; i++)
            if (c->all[i].kind == VECTOR)
                LSN_TRY(look(c, i));
        if (count_kind(c, VECTOR, chosen) == 0 && count_kind(c, UNREAD, &first) > 0)
            return lsn_fail(c->err, c->all[first].reason.code, "%s", c->all[first].reason.text);
        LSN_TRY(drop_features(c));
    }
    vectors = count_kind(c, VECTOR, chosen);
    unread = count_kind(c, UNREAD, &first);
    if (vectors + unread > 1 || (vectors + unread == 0 && count_kind(c, ONE, chosen) != 1))
        return fail_listing(c, LSN_E_UNSUPPORTED,
                            "which of its outputs are the logits cannot be told");
    return LSN_OK;
}

/* The output of this name; where there is none, the error lists those there are. */
static enum lsn_status find_named(const struct chooser *c, const char *name, size_t *chosen)
{
    char why[300];
    size_t i;

    for (i = 0; i < c->file->output_count; i++)
        if (strcmp(c->all[i].name, name) == 0) {
            *chosen = i;
            return LSN_OK;
        }
    snprintf(why, sizeof why, "has no output '%.200s'", name);
    for (i = 0; i < c->file->output_count; i++)
        if (c->all[i].kind == VECTOR)
            LSN_TRY(look(c, i));
    return fail_listing(c, LSN_E_ARGUMENT, why);
}

static enum lsn_status choose_among(struct chooser *c, const char **value, struct lsn_notes *notes)
{
    const char *name = c->request->output_name;
    size_t count = c->file->output_count, chosen = 0, i;

    for (i = 0; i < count; i++)
        c->all[i] = begin(c, &c->file->outputs[i]);
    if (name)
        LSN_TRY(find_named(c, name, &chosen));
    else if (count > 1)
        LSN_TRY(choose(c, &chosen));
    if (c->all[chosen].kind == LABELS)
        return lsn_fail(c->err, LSN_E_UNSUPPORTED,
                        "%s: its output '%s' is a label, not the logits it is found from; export "
                        "these",
                        c->path, c->all[chosen].name);
    *value = c->all[chosen].value;
    if (count == 1)
        return LSN_OK;
    lsn_sha256_add(c->request->hash, c->all[chosen].name, strlen(c->all[chosen].name));
    return lsn_notes_add(notes, c->err, "its output '%s', one of %zu, is taken as the logits",
                         c->all[chosen].name, count);
}

enum lsn_status lsn_import_choose_output(const char *path, const struct lsn_onnx_request *request,
                                         const struct lsn_onnx *file,
                                         const struct lsn_names *producers, const char **value,
                                         struct lsn_notes *notes, struct lsn_error *err)
{
    struct chooser c = {
        .path = path, .request = request, .file = file, .producers = producers, .err = err};
    enum lsn_status status;

    if (file->output_count == 0 || file->output_count > OUTPUTS_MAX)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: the network has %zu outputs, supported are 1 ... %d", path,
                        file->output_count, OUTPUTS_MAX);
    c.all = lsn_alloc(file->output_count, sizeof *c.all);
    if (!c.all)
        return lsn_fail_memory(err, "the outputs");
    status = choose_among(&c, value, notes);
    lsn_free(c.all);
    return status;
}
