#include "base/notes.h"

#include "base/memory.h"
#include "base/text.h"

enum lsn_status lsn_notes_add(struct lsn_notes *notes, struct lsn_error *err, const char *format,
                              ...)
{
    struct lsn_text text = {0};
    va_list args;

    va_start(args, format);
    lsn_text_add_list(&text, format, args);
    va_end(args);
    if (text.failed ||
        !lsn_grow(&notes->texts, &notes->capacity, notes->count, sizeof *notes->texts)) {
        lsn_text_free(&text);
        return lsn_fail_memory(err, "a note");
    }
    notes->texts[notes->count++] = text.bytes;
    return LSN_OK;
}

void lsn_notes_free(struct lsn_notes *notes)
{
    size_t i;

    for (i = 0; i < notes->count; i++)
        lsn_free(notes->texts[i]);
    lsn_free(notes->texts);
    *notes = (struct lsn_notes){0};
}
