/* Writes the sentences of claims.txt and the rows of claims.csv. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "experiment/claims.h"
#include "lesion/table.h"
#include "outcome/results.h"
#include "table/columns.h"

#define WIDTH 92 /* of a line of claims.txt, in characters */

/* Adds text wrapped into lines of word most WIDTH characters: the first begins with first, the
 * others with indent. */
static void add_wrapped(struct lsn_text *to, const char *text, const char *first,
                        const char *indent)
{
    size_t column = strlen(first);
    bool begun = false;

    lsn_text_add(to, "%s", first);
    while (*text) {
        size_t length = strcspn(text, " \n");

        if (begun && column + 1 + length > WIDTH) {
            lsn_text_add(to, "\n%s", indent);
            column = strlen(indent);
        } else if (begun) {
            lsn_text_add(to, " ");
            column++;
        }
        lsn_text_add_bytes(to, text, length);
        column += length;
        begun = true;
        text += length;
        text += strspn(text, " \n");
    }
    lsn_text_add(to, "\n");
}

/* Copies a sentence, with "unknown" in place of a number that printf wrote as nan or inf. */
static void name_unknown(const char *text, struct lsn_text *to)
{
    const char *word = text;

    while (*word) {
        size_t length = strcspn(word, " (),%;");
        size_t sign = *word == '-';

        if (length == sign + 3 &&
            (strncmp(word + sign, "nan", 3) == 0 || strncmp(word + sign, "inf", 3) == 0))
            lsn_text_add(to, "unknown");
        else
            lsn_text_add_bytes(to, word, length);
        word += length;
        if (*word)
            lsn_text_add_bytes(to, word++, 1);
    }
}

void lsn_claims_say(struct lsn_claims *claims, const char *format, ...)
{
    struct lsn_text sentence = {0}, known = {0};
    va_list arguments;

    va_start(arguments, format);
    lsn_text_add_list(&sentence, format, arguments);
    va_end(arguments);
    if (!sentence.failed)
        name_unknown(sentence.bytes, &known);
    if (sentence.failed || known.failed)
        claims->words.failed = true;
    else
        add_wrapped(&claims->words, known.bytes, claims->claim ? "- " : "",
                    claims->claim ? "  " : "");
    lsn_text_free(&sentence);
    lsn_text_free(&known);
}

void lsn_claims_head(struct lsn_claims *claims, const char *claim, const char *verdict)
{
    lsn_text_add(&claims->words, "\n%d. %s: %s.\n", claims->claim, claim, verdict);
}

/* Adds a number as a cell with a comma before it, empty where it is NaN or infinite. */
static void add_finite(struct lsn_text *text, double value)
{
    lsn_columns_number(text, isfinite(value) ? value : (double)NAN);
}

void lsn_claims_row(struct lsn_claims *claims, const char *quantity, const char *layer,
                    const struct lsn_condition *condition, double value, double low, double high)
{
    struct lsn_text *text = &claims->table;

    lsn_text_add(text, "%d", claims->claim);
    lsn_columns_text(text, quantity);
    lsn_columns_text(text, layer ? layer : "");
    if (condition)
        lsn_columns_condition(text, condition);
    else
        lsn_text_add(text, ",,,");
    add_finite(text, value);
    add_finite(text, low);
    add_finite(text, high);
    lsn_text_add(text, "\n");
}

enum lsn_status lsn_claims_shift(const struct lsn_results *r, int from, int to,
                                 struct lsn_paired_change *shift, struct lsn_error *err)
{
    struct lsn_outcome a, b;
    size_t image;

    *shift = (struct lsn_paired_change){.images = r->complete_images};
    for (image = 0; image < r->complete_images; image++) {
        LSN_TRY(lsn_store_get_intact(r->store, lsn_results_stimulus(r, image, from), &a, err));
        LSN_TRY(lsn_store_get_intact(r->store, lsn_results_stimulus(r, image, to), &b, err));
        shift->right += a.rank == 1;
        shift->lost += a.rank == 1 && b.rank != 1;
        shift->gained += a.rank != 1 && b.rank == 1;
    }
    shift->drop = ((double)shift->lost - (double)shift->gained) / (double)shift->images;
    shift->interval =
        lsn_drop_interval(shift->images, shift->right, shift->lost, shift->gained, LSN_TABLE_LEVEL);
    return LSN_OK;
}
