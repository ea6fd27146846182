#include "data/decided.h"

#include "base/error.h"
#include "lesion/parse.h"
#include "model/decide.h"

static enum lsn_status fail_left_out(const char *where, const char *text, int class_index,
                                     struct lsn_error *err)
{
    return lsn_fail(err, LSN_E_DATA,
                    "%s: '%s' is class %d, which the map has in no group; add it to the map, or "
                    "leave its images out of the list",
                    where, text, class_index);
}

/* The class that a label means, or -1; *other is a second class of that name, or -1. *kind says
 * whether the label is an index, an id or a name. */
static int find_class(const struct lsn_classes *classes, bool by_index, const char *text,
                      int *other, enum lsn_label_kind *kind)
{
    int64_t number;
    int index;

    *other = -1;
    if (by_index && lsn_is_class_index(text)) {
        *kind = LSN_LABEL_INDEX;
        return lsn_parse_int(text, 0, classes->count - 1, &number) ? (int)number : -1;
    }
    index = lsn_class_find(classes, text, other);
    /* Exporters without ids put the class names in place of the ids: call such a label a name. */
    *kind = index >= 0 && lsn_names_find(&classes->names.first, text) == index ? LSN_LABEL_NAME
                                                                               : LSN_LABEL_ID;
    return index;
}

/* Whether a class (-1: none) belongs to another group. */
static bool is_in_other_group(const struct lsn_decision *d, int class_index, int group)
{
    return class_index >= 0 && d->group_of[class_index] >= 0 && d->group_of[class_index] != group;
}

enum lsn_status lsn_decided_find(const struct lsn_classes *classes, bool by_index,
                                 const char *where, const char *text, int *group,
                                 enum lsn_label_kind *kind, struct lsn_error *err)
{
    const struct lsn_decision *d = classes->decision;
    int other, found = find_class(classes, by_index, text, &other, kind);
    int rival;

    *group = lsn_names_find(&d->names, text);
    if (*group >= 0) {
        *kind = LSN_LABEL_GROUP;
        rival = is_in_other_group(d, found, *group) ? found : other;
        if (!is_in_other_group(d, rival, *group))
            return LSN_OK;
        return lsn_fail(err, LSN_E_DATA,
                        "%s: '%s' is a group of the map, and also class %d, which the map has in "
                        "group '%s'; call the group otherwise",
                        where, text, rival, d->group_names[d->group_of[rival]]);
    }
    if (found < 0) {
        *kind = LSN_LABEL_NONE;
        return LSN_OK;
    }
    *group = d->group_of[found];
    if (other >= 0 && d->group_of[other] != *group)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: '%s' is the name of classes %d and %d, which the map does not have in "
                        "one group; an id or the group is wanted",
                        where, text, found, other);
    return *group >= 0 ? LSN_OK : fail_left_out(where, text, found, err);
}

enum lsn_status lsn_decided_match(struct lsn_matching *m, const struct lsn_classes *classes,
                                  bool *known, struct lsn_error *err)
{
    static const char *const words[] = {[LSN_LABEL_GROUP] = "group",
                                        [LSN_LABEL_INDEX] = "index",
                                        [LSN_LABEL_ID] = "id",
                                        [LSN_LABEL_NAME] = "name"};
    const char *stranger = NULL, *between = "";
    int used[LSN_LABEL_NAME + 1] = {0}, i, matched;
    enum lsn_label_kind kind = LSN_LABEL_NONE;

    for (i = 0; i < m->count; i++) {
        LSN_TRY(
            lsn_decided_find(classes, false, m->folder, m->names[i], &m->indices[i], &kind, err));
        used[kind]++;
        if (kind == LSN_LABEL_NONE && !stranger)
            stranger = m->names[i];
    }
    matched = m->count - used[LSN_LABEL_NONE];
    *known = matched > 0;
    if (*known && stranger)
        return lsn_fail(err, LSN_E_DATA,
                        "%s/%s: is no group of the map, and no class's id or name in the model, as "
                        "%d of the %d folders %s " LSN_LABELS_HINT,
                        m->folder, stranger, matched, m->count, matched == 1 ? "is" : "are");
    if (!*known && m->count != classes->count)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its %d folder%s ('%s', ...) bear%s no group's name of the map, and no "
                        "class's id or name " LSN_LABELS_HINT,
                        m->folder, m->count, lsn_plural((size_t)m->count), m->names[0],
                        m->count == 1 ? "s" : "");
    if (*known) {
        lsn_text_add(&m->how, "%s: %d folder%s matched by ", m->folder, m->count,
                     lsn_plural((size_t)m->count));
        for (i = LSN_LABEL_GROUP; i <= LSN_LABEL_NAME; i++)
            if (used[i]) {
                lsn_text_add(&m->how, "%s%s", between, words[i]);
                between = " and ";
            }
    }
    return LSN_OK;
}

enum lsn_status lsn_decided_turn(struct lsn_matching *m, const struct lsn_classes *classes,
                                 struct lsn_error *err)
{
    const struct lsn_decision *d = classes->decision;
    int i;

    for (i = 0; i < m->count; i++) {
        int class_index = m->indices[i];

        m->indices[i] = d->group_of[class_index];
        if (m->indices[i] < 0)
            return fail_left_out(m->folder, m->names[i], class_index, err);
    }
    return LSN_OK;
}
