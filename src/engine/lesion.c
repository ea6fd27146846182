/* The kinds of lesions, one row of a table each, and their texts. */
#include "engine/lesion.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "lesion/parse.h"
#include "model/model.h"

static const struct kind {
    const char *name;
    enum lsn_left left;
    int indices;       /* how many indices of a slice its text gives */
    bool seeded;       /* whether it draws at random */
    const char *texts; /* all forms of its text, for error messages */
} kinds[] = {
    [LSN_LESION_WEIGHTS] = {"weights", LSN_LEFT_REST, 0, false, "weights"},
    [LSN_LESION_PLANES] = {"planes", LSN_LEFT_REST, 1, false,
                           "planes:in=I, planes:row=Y, planes:col=X"},
    [LSN_LESION_LINES] = {"lines", LSN_LEFT_REST, 2, false,
                          "lines:in=I:row=Y, lines:in=I:col=X, lines:row=Y:col=X"},
    [LSN_LESION_SILENCE] = {"silence", LSN_LEFT_NOTHING, 0, false, "silence"},
    [LSN_LESION_MEAN] = {"mean", LSN_LEFT_PLANE, 0, false, "mean"},
    [LSN_LESION_RESAMPLE] = {"resample", LSN_LEFT_PLANE, 0, true, "resample"},
};
static_assert(sizeof kinds / sizeof kinds[0] == LSN_LESION_KINDS, "each kind has a row");

enum lsn_left lsn_lesion_left(const struct lsn_lesion *lesion)
{
    return kinds[lesion->kind].left;
}

bool lsn_joint_lesions(const struct lsn_joint *sets, int set, int layer)
{
    int i;

    for (i = sets->start[set]; i < sets->start[set + 1]; i++)
        if (sets->kernels[i].layer == layer)
            return true;
    return false;
}

/* The names of a slice's indices, in the order in which texts are written. */
enum { INDICES = 3 };
static const char *const index_names[INDICES] = {"in", "row", "col"};

static int *index_at(struct lsn_slice *slice, int i)
{
    return i == 0 ? &slice->in : i == 1 ? &slice->row : &slice->col;
}

static int index_of(const struct lsn_slice *slice, int i)
{
    return i == 0 ? slice->in : i == 1 ? slice->row : slice->col;
}

/* Reads one index, NAME=NUMBER of length bytes. False: it is none, or is given twice. */
static bool parse_index(const char *item, size_t length, struct lsn_slice *slice)
{
    char number[16];
    int64_t value;
    int i;

    for (i = 0; i < INDICES; i++) {
        size_t name = strlen(index_names[i]);

        if (length < name + 2 || strncmp(item, index_names[i], name) != 0 || item[name] != '=' ||
            length - name - 1 >= sizeof number)
            continue;
        memcpy(number, item + name + 1, length - name - 1);
        number[length - name - 1] = '\0';
        if (*index_at(slice, i) >= 0 || !lsn_parse_int(number, 0, INT_MAX, &value))
            return false;
        *index_at(slice, i) = (int)value;
        return true;
    }
    return false;
}

static enum lsn_status refuse(const char *text, struct lsn_error *err)
{
    char texts[256] = "";
    size_t used = 0;
    int i;

    for (i = 0; i < LSN_LESION_KINDS && used < sizeof texts; i++)
        used += (size_t)snprintf(texts + used, sizeof texts - used, "%s%s", i > 0 ? ", " : "",
                                 kinds[i].texts);
    return lsn_fail(err, LSN_E_ARGUMENT, "lesion '%.100s': is none of %s", text, texts);
}

enum lsn_status lsn_lesion_parse(const char *text, uint64_t seed, struct lsn_lesion *lesion,
                                 struct lsn_error *err)
{
    size_t length = strcspn(text, ":");
    const char *at = text + length;
    int kind, given = 0;
    bool fine = true;

    lsn_error_clear(err);
    *lesion = LSN_LESION_WHOLE;
    for (kind = 0; kind < LSN_LESION_KINDS; kind++)
        if (strlen(kinds[kind].name) == length && strncmp(kinds[kind].name, text, length) == 0)
            break;
    for (; *at && fine; given++) {
        length = strcspn(++at, ":");
        fine = parse_index(at, length, &lesion->slice);
        at += length;
    }
    if (!fine || kind == LSN_LESION_KINDS || given != kinds[kind].indices)
        return refuse(text, err);
    lesion->kind = (enum lsn_lesion_kind)kind;
    lesion->seed = kinds[kind].seeded ? seed : 0;
    return LSN_OK;
}

void lsn_lesion_text(const struct lsn_lesion *lesion, char text[LSN_LESION_TEXT_MAX])
{
    int used = snprintf(text, LSN_LESION_TEXT_MAX, "%s", kinds[lesion->kind].name), i;

    for (i = 0; i < INDICES; i++)
        if (index_of(&lesion->slice, i) >= 0)
            used += snprintf(text + used, LSN_LESION_TEXT_MAX - (size_t)used, ":%s=%d",
                             index_names[i], index_of(&lesion->slice, i));
}

bool lsn_lesion_fits(const struct lsn_lesion *lesion, const struct lsn_model *model, int layer)
{
    const int *dims;
    int i;

    if (layer < 0 || layer >= model->layer_count)
        return false;
    dims = model->graph.nodes[model->layers[layer].places[0]].tensors[0].dims;
    for (i = 0; i < INDICES; i++)
        if (index_of(&lesion->slice, i) >= dims[i + 1])
            return false;
    return true;
}

bool lsn_lesion_same_family(const struct lsn_lesion *a, const struct lsn_lesion *b)
{
    int i;

    for (i = 0; i < INDICES; i++)
        if ((index_of(&a->slice, i) < 0) != (index_of(&b->slice, i) < 0))
            return false;
    return a->kind == b->kind;
}

enum lsn_status lsn_lesion_check(const struct lsn_lesion *lesion, const struct lsn_network *network,
                                 int layer, const int *kernels, int count, struct lsn_error *err)
{
    char text[LSN_LESION_TEXT_MAX];
    int all, i;

    if (layer < 0 || layer >= network->layer_count)
        return lsn_fail(err, LSN_E_ARGUMENT, "layer %d: the network has %d", layer,
                        network->layer_count);
    if ((unsigned)lesion->kind >= LSN_LESION_KINDS)
        return lsn_fail(err, LSN_E_ARGUMENT, "a lesion of kind %d: there are %d", (int)lesion->kind,
                        LSN_LESION_KINDS);
    all = network->steps[network->layers[layer].places[0]].node->shape.c;
    for (i = 0; i < count; i++)
        if (kernels[i] < 0 || kernels[i] >= all)
            return lsn_fail(err, LSN_E_ARGUMENT, "layer %d: kernel %d, it has %d", layer,
                            kernels[i], all);
    if (lsn_lesion_fits(lesion, network->model, layer))
        return LSN_OK;
    lsn_lesion_text(lesion, text);
    return lsn_fail(err, LSN_E_ARGUMENT, "layer %d: lesion '%s', its kernels have no such", layer,
                    text);
}
