/* Matches class folders with the model's classes, by ids, names or indices, or by the order of the
 * folders. Whatever could mean something else is refused: a wrong guess would give every image of a
 * folder a wrong label, and no later step would notice. */
#include "data/matching.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/decided.h"
#include "lesion/parse.h"

#define SHOWN 3 /* a note names the classes of so many folders */

/* The number of ILSVRC's classes. So many folders may be named by the numbers of its devkit, whose
 * order differs from the networks'. */
#define ILSVRC_CLASSES 1000

struct number {
    int64_t value;
    int place; /* index of its folder in matching->names */
};

enum lsn_status lsn_match_known(struct lsn_matching *m, const struct lsn_classes *classes,
                                bool *known, struct lsn_error *err)
{
    const char *unmatched = NULL;
    int i, other, by_id = 0, by_name = 0;

    if (classes->decision)
        return lsn_decided_match(m, classes, known, err);
    for (i = 0; i < m->count; i++) {
        const char *name = m->names[i];

        m->indices[i] = lsn_class_find(classes, name, &other);
        if (other >= 0)
            return lsn_fail(
                err, LSN_E_DATA,
                "%s/%s: is the name of classes %d and %d, an id is wanted " LSN_LABELS_HINT,
                m->folder, name, m->indices[i], other);
        /* Exporters without ids put the class names in place of the ids: call such a match a
         * name. */
        if (m->indices[i] < 0)
            unmatched = unmatched ? unmatched : name;
        else if (lsn_names_find(&classes->names.first, name) == m->indices[i])
            by_name++;
        else
            by_id++;
    }
    *known = by_id + by_name > 0;
    if (*known && unmatched)
        return lsn_fail(err, LSN_E_DATA,
                        "%s/%s: is no class's id or name in the model, as %d of the %d folders "
                        "%s " LSN_LABELS_HINT,
                        m->folder, unmatched, by_id + by_name, m->count,
                        by_id + by_name == 1 ? "is" : "are");
    if (*known)
        lsn_text_add(&m->how, "%s: %d folder%s matched by %s", m->folder, m->count,
                     lsn_plural((size_t)m->count),
                     by_name == 0 ? "id"
                     : by_id == 0 ? "name"
                                  : "id or name");
    return LSN_OK;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct number *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Fills numbers [m->count] with the folders' names as numbers, sorted by value. Returns the first
 * name that is no whole number; NULL where all are. */
static const char *read_numbers(const struct lsn_matching *m, struct number *numbers)
{
    int i;

    for (i = 0; i < m->count; i++) {
        numbers[i].place = i;
        if (!lsn_parse_int(m->names[i], 0, INT64_MAX, &numbers[i].value))
            return m->names[i];
    }
    qsort(numbers, (size_t)m->count, sizeof *numbers, compare_numbers);
    return NULL;
}

/* Whether the sorted numbers are first, first + 1, ... without a gap or repetition. */
static bool is_sequence(const struct number *numbers, int count, int first)
{
    int i;

    for (i = 0; i < count; i++)
        if (numbers[i].value != first + i)
            return false;
    return true;
}

/* The first position at which the order by number differs from the order by name; -1: they
 * agree. */
static int find_disorder(const struct number *numbers, int count)
{
    int i;

    for (i = 0; i < count; i++)
        if (numbers[i].place != i)
            return i;
    return -1;
}

/* Whether the folders are ImageNet's (1,000 WordNet ids) while the model knows its classes by other
 * names only. Sorted WordNet ids are in the order of ImageNet's classes, so they may be counted. */
static bool are_imagenet(const struct lsn_matching *m, const struct lsn_classes *classes)
{
    int i;

    if (classes->has_wordnet_ids || m->count != ILSVRC_CLASSES)
        return false;
    for (i = 0; i < m->count; i++)
        if (!lsn_is_wordnet_id(m->names[i]))
            return false;
    return true;
}

/* Checks that counting the sorted folders can only be meant in one way. numbers is NULL where not
 * all folders are named by numbers. */
static enum lsn_status check_order(const struct lsn_matching *m, const struct lsn_classes *classes,
                                   const struct number *numbers, struct lsn_error *err)
{
    int place = numbers ? find_disorder(numbers, m->count) : -1;

    if (numbers && m->count == ILSVRC_CLASSES && is_sequence(numbers, m->count, 1))
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its folders are called 1 ... %d, as ILSVRC's devkit numbers the "
                        "classes, whose order is another than the networks'; --folder-order "
                        "number counts them none the less " LSN_LABELS_HINT,
                        m->folder, ILSVRC_CLASSES);
    if (place >= 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its folders are called by numbers, and class %d would be '%s' by "
                        "value, but '%s' in sorted order (torchvision's ImageFolder); "
                        "--folder-order number or name says which " LSN_LABELS_HINT,
                        m->folder, place, m->names[numbers[place].place], m->names[place]);
    if (classes->has_names && !are_imagenet(m, classes))
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its %d folder%s ('%s', ...) bear%s no class's id or name, though the "
                        "model has them; --folder-order name counts the folders in sorted order "
                        "none the less " LSN_LABELS_HINT,
                        m->folder, m->count, lsn_plural((size_t)m->count), m->names[0],
                        m->count == 1 ? "s" : "");
    return LSN_OK;
}

/* Assigns classes 0, 1, ... to the folders: in the order of numbers or, where that is NULL, of
 * their names. of is put into the note after "in order": " of name", or "" if only one order
 * exists. */
static void count_folders(struct lsn_matching *m, const struct number *numbers, const char *of)
{
    int i;

    lsn_text_add(&m->how, "%s: %d folder%s counted in order%s:", m->folder, m->count,
                 lsn_plural((size_t)m->count), of);
    for (i = 0; i < m->count; i++) {
        int place = numbers ? numbers[i].place : i;

        m->indices[place] = i;
        if (i < SHOWN)
            lsn_text_add(&m->how, "%s %s = %d", i ? "," : "", m->names[place], i);
    }
    if (m->count > SHOWN)
        lsn_text_add(&m->how, ", ...");
}

/* Matches folders that are named 0 ... count - 1 with the classes of these indices. */
static void match_indices(struct lsn_matching *m, const struct number *numbers)
{
    int i, place = find_disorder(numbers, m->count);

    for (i = 0; i < m->count; i++)
        m->indices[numbers[i].place] = i;
    lsn_text_add(&m->how, "%s: %d folder%s matched by index", m->folder, m->count,
                 lsn_plural((size_t)m->count));
    if (place >= 0)
        lsn_text_add(&m->how,
                     " (for a network trained with torchvision's ImageFolder, where class %d is "
                     "'%s', --folder-order name)",
                     place, m->names[place]);
}

static enum lsn_status match_counted(struct lsn_matching *m, const struct lsn_classes *classes,
                                     enum lsn_folder_order order, struct number *numbers,
                                     struct lsn_error *err)
{
    const char *not_number = read_numbers(m, numbers);

    if (m->count != classes->count)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its %d folder%s ('%s', ...) bear%s no class's id or name, and sorted "
                        "order counts only for as many folders as classes, %d " LSN_LABELS_HINT,
                        m->folder, m->count, lsn_plural((size_t)m->count), m->names[0],
                        m->count == 1 ? "s" : "", classes->count);
    switch (order) {
    case LSN_FOLDER_ORDER_AUTO:
        if (!not_number && is_sequence(numbers, m->count, 0)) {
            match_indices(m, numbers);
            return LSN_OK;
        }
        LSN_TRY(check_order(m, classes, not_number ? NULL : numbers, err));
        count_folders(m, NULL, "");
        return LSN_OK;
    case LSN_FOLDER_ORDER_NAME:
        count_folders(m, NULL, " of name");
        return LSN_OK;
    case LSN_FOLDER_ORDER_NUMBER:
        if (not_number)
            return lsn_fail(err, LSN_E_DATA,
                            "%s/%s: is called by no whole number, and folders are to be counted "
                            "by number " LSN_LABELS_HINT,
                            m->folder, not_number);
        count_folders(m, numbers, " of number");
        return LSN_OK;
    }
    return LSN_OK;
}

enum lsn_status lsn_match_counted(struct lsn_matching *m, const struct lsn_classes *classes,
                                  enum lsn_folder_order order, struct lsn_error *err)
{
    struct number *numbers = lsn_alloc((size_t)m->count, sizeof *numbers);
    enum lsn_status status = numbers ? match_counted(m, classes, order, numbers, err)
                                     : lsn_fail_memory(err, "the list of folders");

    lsn_free(numbers);
    if (status == LSN_OK && classes->decision)
        status = lsn_decided_turn(m, classes, err);
    return status;
}
