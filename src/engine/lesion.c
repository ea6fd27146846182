/* Lesions as texts, and where they fit. */
#include "lesion/lesion.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "lesion/parse.h"
#include "model/model.h"

static const char *const names[] = {
    [LSN_LESION_WEIGHTS] = "weights", [LSN_LESION_PLANES] = "planes",
    [LSN_LESION_LINES] = "lines",     [LSN_LESION_SILENCE] = "silence",
    [LSN_LESION_MEAN] = "mean",       [LSN_LESION_RESAMPLE] = "resample",
};

#define KINDS ((int)(sizeof names / sizeof names[0]))

/* How many indices of a slice a kind wants. */
static int indices_of(enum lsn_lesion_kind kind)
{
    return kind == LSN_LESION_PLANES ? 1 : kind == LSN_LESION_LINES ? 2 : 0;
}

/* The slice's indices by name, in the order of texts. */
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

/* One NAME=NUMBER of length bytes. */
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

enum lsn_status lsn_lesion_parse(const char *text, uint64_t seed, struct lsn_lesion *lesion,
                                 struct lsn_error *err)
{
    size_t length = strcspn(text, ":");
    const char *at = text + length;
    int kind, given = 0;
    bool fine = true;

    *lesion = LSN_LESION_WHOLE;
    for (kind = 0; kind < KINDS; kind++)
        if (strlen(names[kind]) == length && strncmp(names[kind], text, length) == 0)
            break;
    for (; *at && fine; given++) {
        length = strcspn(++at, ":");
        fine = parse_index(at, length, &lesion->slice);
        at += length;
    }
    if (!fine || kind == KINDS || given != indices_of((enum lsn_lesion_kind)kind))
        return lsn_fail(
            err, LSN_E_ARGUMENT,
            "lesion '%.100s': is none of weights, silence, mean, resample, planes:in=I, "
            "planes:row=Y, planes:col=X, lines:in=I:row=Y, lines:in=I:col=X, "
            "lines:row=Y:col=X",
            text);
    lesion->kind = (enum lsn_lesion_kind)kind;
    lesion->seed = lesion->kind == LSN_LESION_RESAMPLE ? seed : 0;
    return LSN_OK;
}

void lsn_lesion_text(const struct lsn_lesion *lesion, char text[LSN_LESION_TEXT_MAX])
{
    int used = snprintf(text, LSN_LESION_TEXT_MAX, "%s", names[lesion->kind]), i;

    for (i = 0; i < INDICES; i++)
        if (index_of(&lesion->slice, i) >= 0)
            used += snprintf(text + used, LSN_LESION_TEXT_MAX - (size_t)used, ":%s=%d",
                             index_names[i], index_of(&lesion->slice, i));
}

bool lsn_lesion_fits(const struct lsn_lesion *lesion, const struct lsn_model *model, int layer)
{
    const int *dims = model->graph.nodes[model->layers[layer]].tensors[0].dims;
    int i;

    for (i = 0; i < INDICES; i++)
        if (index_of(&lesion->slice, i) >= dims[i + 1])
            return false;
    return true;
}

bool lsn_lesion_is_kin(const struct lsn_lesion *a, const struct lsn_lesion *b)
{
    int i;

    for (i = 0; i < INDICES; i++)
        if ((index_of(&a->slice, i) < 0) != (index_of(&b->slice, i) < 0))
            return false;
    return a->kind == b->kind;
}
