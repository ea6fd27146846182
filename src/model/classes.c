#include "model/classes.h"

#include <string.h>

#include "base/memory.h"
#include "lesion/decide.h"
#include "model/model.h"

#define DIGITS "0123456789"

bool lsn_is_wordnet_id(const char *text)
{
    return text[0] == 'n' && strlen(text) == 9 && strspn(text + 1, DIGITS) == 8;
}

bool lsn_is_class_index(const char *text)
{
    return *text && text[strspn(text, DIGITS)] == '\0';
}

static bool add_text(struct lsn_classes *classes, struct lsn_class_texts *texts, const char *text,
                     int class_index)
{
    int first;

    texts->second[class_index] = -1;
    if (!text || !*text)
        return true;
    classes->has_names = true;
    classes->has_wordnet_ids |= lsn_is_wordnet_id(text);
    first = lsn_names_find(&texts->first, text);
    if (first < 0)
        return lsn_names_set(&texts->first, text, class_index);
    texts->second[first] = class_index;
    return true;
}

enum lsn_status lsn_classes_read(const struct lsn_model *model, struct lsn_classes *classes,
                                 struct lsn_error *err)
{
    int i;

    *classes = (struct lsn_classes){.count = lsn_model_logits(model), .decision = model->decision};
    classes->ids.second = lsn_alloc((size_t)classes->count, sizeof(int));
    classes->names.second = lsn_alloc((size_t)classes->count, sizeof(int));
    if (!classes->ids.second || !classes->names.second)
        return lsn_fail_memory(err, "class names");
    for (i = 0; i < classes->count; i++) {
        const struct lsn_class *named = i < model->class_count ? &model->classes[i] : NULL;

        if (!add_text(classes, &classes->ids, named ? named->id : NULL, i) ||
            !add_text(classes, &classes->names, named ? named->name : NULL, i))
            return lsn_fail_memory(err, "class names");
    }
    return LSN_OK;
}

void lsn_classes_free(struct lsn_classes *classes)
{
    lsn_names_free(&classes->ids.first);
    lsn_names_free(&classes->names.first);
    lsn_free(classes->ids.second);
    lsn_free(classes->names.second);
}

int lsn_class_find(const struct lsn_classes *classes, const char *text, int *other)
{
    const struct lsn_class_texts *texts = &classes->ids;
    int index = lsn_names_find(&texts->first, text);

    if (index < 0) {
        texts = &classes->names;
        index = lsn_names_find(&texts->first, text);
    }
    *other = index < 0 ? -1 : texts->second[index];
    return index;
}
