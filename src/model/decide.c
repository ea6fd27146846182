/* How groups of classes are decided between. Each group gets one score, of its classes' logits. The
 * probabilities of a softmax all have the same divisor; it would add the same number to the score
 * of every group, and is left out. */
#include "model/decide.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "format/csv.h"
#include "format/file.h"
#include "model/classes.h"
#include "model/model.h"

#define NO_MAP "none"

static const char *const rules[] = {[LSN_DECIDE_BY_MEAN] = "mean", [LSN_DECIDE_BY_MAX] = "max"};

/* A file that says which class belongs to which group, while it is read. */
struct map {
    const char *path;
    struct lsn_csv csv;
    int class_column, group_column;
    struct lsn_classes classes; /* of the model */
    size_t *lines;              /* [classes.count] where each was named; 0: not yet */
    bool by_index, by_id, by_name;
};

static enum lsn_status read_class(struct map *map, size_t row, int *class_index,
                                  struct lsn_error *err)
{
    const char *text = lsn_csv_cell(&map->csv, row, map->class_column);
    size_t line = lsn_csv_line(&map->csv, row);
    int other = -1;
    int64_t index;

    if (lsn_is_class_index(text)) {
        if (!lsn_parse_int(text, 0, map->classes.count - 1, &index))
            return lsn_fail(err, LSN_E_DATA, "%s: line %zu: class %s, the model's are 0 ... %d",
                            map->path, line, text, map->classes.count - 1);
        *class_index = (int)index;
        map->by_index = true;
        return LSN_OK;
    }
    *class_index = lsn_class_find(&map->classes, text, &other);
    if (*class_index < 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: class '%s' is no class's index, id or name in the model%s",
                        map->path, line, text,
                        map->classes.has_names ? ""
                                               : ", which has neither ids nor names: give indices");
    if (other >= 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: class '%s' is the name of classes %d and %d, an index or id "
                        "is wanted",
                        map->path, line, text, *class_index, other);
    if (lsn_names_find(&map->classes.names.first, text) == *class_index)
        map->by_name = true;
    else
        map->by_id = true;
    return LSN_OK;
}

/* The group of this name, which is new or is there already. */
static enum lsn_status find_group(struct lsn_decision *d, const char *name, int *group,
                                  struct lsn_error *err)
{
    *group = lsn_names_find(&d->names, name);
    if (*group >= 0)
        return LSN_OK;
    d->group_names[d->group_count] = lsn_strdup(name);
    if (!d->group_names[d->group_count] ||
        !lsn_names_set(&d->names, d->group_names[d->group_count], d->group_count)) {
        lsn_free(d->group_names[d->group_count]);
        return lsn_fail_memory(err, "a map of classes");
    }
    *group = d->group_count++;
    return LSN_OK;
}

static enum lsn_status read_row(struct map *map, size_t row, struct lsn_decision *d,
                                struct lsn_error *err)
{
    const char *name = lsn_csv_cell(&map->csv, row, map->group_column);
    size_t line = lsn_csv_line(&map->csv, row);
    int class_index = -1, group = -1;

    LSN_TRY(read_class(map, row, &class_index, err));
    if (map->lines[class_index])
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: class %d ('%s') is on line %zu already; a class belongs to "
                        "one group",
                        map->path, line, class_index,
                        lsn_csv_cell(&map->csv, row, map->class_column), map->lines[class_index]);
    map->lines[class_index] = line;
    if (!*name)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: line %zu: its group has no name; a class that is not to be decided "
                        "for has no line",
                        map->path, line);
    LSN_TRY(find_group(d, name, &group, err));
    d->group_of[class_index] = group;
    d->class_count++;
    return LSN_OK;
}

/* Lists the classes group by group (a counting sort). first[g + 1] counts the classes of g, then
 * first[g] is where the next class of g goes, which moves on to where g + 1 begins; the last loop
 * moves it back. */
static void list_classes(struct lsn_decision *d)
{
    int group, i;

    for (i = 0; i < d->logit_count; i++)
        if (d->group_of[i] >= 0)
            d->first[d->group_of[i] + 1]++;
    for (group = 0; group < d->group_count; group++)
        d->first[group + 1] += d->first[group];
    for (i = 0; i < d->logit_count; i++)
        if (d->group_of[i] >= 0)
            d->classes[d->first[d->group_of[i]]++] = i;
    for (group = d->group_count; group > 0; group--)
        d->first[group] = d->first[group - 1];
    d->first[0] = 0;
}

static void describe(const struct map *map, struct lsn_decision *d)
{
    static const char *const words[] = {"index", "id", "name"};
    const bool used[] = {map->by_index, map->by_id, map->by_name};
    const char *between = "by ";
    int i;

    lsn_text_add(&d->text, "%s: decides between ", map->path);
    if (d->group_count < d->class_count)
        lsn_text_add(&d->text, "%d group%s of ", d->group_count,
                     lsn_plural((size_t)d->group_count));
    lsn_text_add(&d->text, "%d of %d classes (", d->class_count, d->logit_count);
    for (i = 0; i < 3; i++)
        if (used[i]) {
            lsn_text_add(&d->text, "%s%s", between, words[i]);
            between = " and ";
        }
    lsn_text_add(&d->text, ")");
    if (d->group_count < d->class_count)
        lsn_text_add(&d->text, ", by %s",
                     d->by == LSN_DECIDE_BY_MEAN ? "the mean of their softmax probabilities"
                                                 : "the largest of their logits");
}

static enum lsn_status read_map(struct map *map, struct lsn_decision *d, struct lsn_error *err)
{
    size_t row;

    map->class_column = lsn_csv_column(&map->csv, "class");
    map->group_column = lsn_csv_column(&map->csv, "group");
    if (map->class_column < 0 || map->group_column < 0)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: the header has no column '%s'; class,group is wanted", map->path,
                        map->class_column < 0 ? "class" : "group");
    for (row = 0; row < map->csv.row_count; row++)
        LSN_TRY(read_row(map, row, d, err));
    if (d->group_count < 2)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: has %d group%s, two at least are wanted to decide between", map->path,
                        d->group_count, lsn_plural((size_t)d->group_count));
    list_classes(d);
    describe(map, d);
    return d->text.failed ? lsn_fail_memory(err, "a map of classes") : LSN_OK;
}

static enum lsn_status load(struct map *map, struct lsn_decision *d, struct lsn_error *err)
{
    size_t count = (size_t)map->classes.count;
    size_t i;

    map->lines = lsn_alloc(count, sizeof *map->lines);
    d->group_of = lsn_alloc(count, sizeof *d->group_of);
    d->group_names = lsn_alloc(count, sizeof *d->group_names);
    d->classes = lsn_alloc(count, sizeof *d->classes);
    d->first = lsn_alloc(count + 1, sizeof *d->first);
    if (!map->lines || !d->group_of || !d->group_names || !d->classes || !d->first)
        return lsn_fail_memory(err, "a map of classes");
    for (i = 0; i < count; i++)
        d->group_of[i] = -1;
    LSN_TRY(lsn_file_sha256(map->path, d->sha256, err));
    snprintf(d->rule, sizeof d->rule, "%s %s", rules[d->by], d->sha256);
    LSN_TRY(lsn_csv_read(map->path, &map->csv, err));
    return read_map(map, d, err);
}

enum lsn_status lsn_model_decide(struct lsn_model *model, const char *map_path,
                                 enum lsn_decide_by by, struct lsn_error *err)
{
    struct lsn_decision *d = lsn_alloc(1, sizeof *d);
    struct map map = {.path = map_path};
    enum lsn_status status;

    lsn_error_clear(err);
    if (!d)
        return lsn_fail_memory(err, "a map of classes");
    d->by = by;
    d->logit_count = lsn_model_logits(model);
    status = lsn_classes_read(model, &map.classes, err);
    if (status == LSN_OK)
        status = load(&map, d, err);
    lsn_csv_free(&map.csv);
    lsn_free(map.lines);
    lsn_classes_free(&map.classes);
    if (status != LSN_OK) {
        lsn_decision_free(d);
        return status;
    }
    lsn_decision_free(model->decision);
    model->decision = d;
    return LSN_OK;
}

void lsn_decision_free(struct lsn_decision *d)
{
    int i;

    if (!d)
        return;
    for (i = 0; i < d->group_count; i++)
        lsn_free(d->group_names[i]);
    lsn_free(d->group_names);
    lsn_names_free(&d->names);
    lsn_free(d->group_of);
    lsn_free(d->classes);
    lsn_free(d->first);
    lsn_text_free(&d->text);
    lsn_free(d);
}

struct lsn_decision_info lsn_model_decision(const struct lsn_model *model)
{
    const struct lsn_decision *d = model->decision;

    if (!d)
        return (struct lsn_decision_info){.by = NO_MAP, .rule = NO_MAP};
    return (struct lsn_decision_info){.text = d->text.bytes,
                                      .sha256 = d->sha256,
                                      .by = rules[d->by],
                                      .rule = d->rule,
                                      .groups = d->group_count,
                                      .classes = d->class_count};
}

/* The score of a group with classes [count]: the logarithm of its classes' mean probability, less
 * what is common to all groups, or the largest logit. Of one class it is the logit, to the last
 * bit. */
static float score(enum lsn_decide_by by, const float *logits, const int *classes, int count)
{
    float largest = logits[classes[0]];
    double sum = 0;
    int i;

    for (i = 1; i < count; i++)
        largest = logits[classes[i]] > largest ? logits[classes[i]] : largest;
    if (by == LSN_DECIDE_BY_MAX || count == 1)
        return largest;
    for (i = 0; i < count; i++)
        sum += exp((double)logits[classes[i]] - (double)largest);
    return (float)((double)largest + log(sum / count));
}

enum lsn_status lsn_logits_check(const float *logits, int count, struct lsn_error *err)
{
    int i;

    for (i = 0; i < count; i++)
        if (!isfinite(logits[i])) /* NaN has a sign, and printf shows it */
            return lsn_fail(err, LSN_E_DATA, "the logit of class %d is %g, not a finite number", i,
                            isnan(logits[i]) ? fabs((double)logits[i]) : (double)logits[i]);
    return LSN_OK;
}

enum lsn_status lsn_model_scores(const struct lsn_model *model, const float *logits, float *room,
                                 const float **scores, struct lsn_error *err)
{
    const struct lsn_decision *d = model->decision;
    int i;

    lsn_error_clear(err);
    *scores = logits;
    if (!d)
        return LSN_OK;
    LSN_TRY(lsn_logits_check(logits, d->logit_count, err));
    for (i = 0; i < d->group_count; i++)
        room[i] = score(d->by, logits, d->classes + d->first[i], d->first[i + 1] - d->first[i]);
    *scores = room;
    return LSN_OK;
}

void lsn_model_score_backward(const struct lsn_model *model, const float *logits, int class_index,
                              double factor, float *d_logits)
{
    const struct lsn_decision *d = model->decision;
    const int *classes = d ? d->classes + d->first[class_index] : &class_index;
    int count = d ? d->first[class_index + 1] - d->first[class_index] : 1, largest = 0, i;
    double sum = 0;

    for (i = 1; i < count; i++)
        largest = logits[classes[i]] > logits[classes[largest]] ? i : largest;
    if (count == 1 || d->by == LSN_DECIDE_BY_MAX) {
        d_logits[classes[largest]] += (float)factor;
        return;
    }
    for (i = 0; i < count; i++)
        sum += exp((double)logits[classes[i]] - (double)logits[classes[largest]]);
    for (i = 0; i < count; i++)
        d_logits[classes[i]] +=
            (float)(factor * exp((double)logits[classes[i]] - (double)logits[classes[largest]]) /
                    sum);
}
