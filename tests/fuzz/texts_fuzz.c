/* The texts of regions, normalisations and lesions: what is read is written so that it is
 * read as the same. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "lesion/lesion.h"
#include "lesion/normalise.h"
#include "lesion/region.h"

static void try_region(const char *text)
{
    char written[LSN_REGION_TEXT_MAX], again[LSN_REGION_TEXT_MAX];
    struct lsn_region region;

    if (lsn_region_parse(text, 1, &region, NULL) != LSN_OK)
        return;
    lsn_region_text(&region, written);
    fuzz_must(lsn_region_parse(written, 1, &region, NULL) == LSN_OK, "a region is read again");
    lsn_region_text(&region, again);
    fuzz_must(strcmp(written, again) == 0, "a region is the same again");
}

static void try_normalisation(const char *text)
{
    char written[LSN_NORMALISATION_TEXT_MAX], again[LSN_NORMALISATION_TEXT_MAX];
    struct lsn_normalisation normalisation;

    if (lsn_normalisation_parse(text, .4, .2, &normalisation, NULL) != LSN_OK)
        return;
    lsn_normalisation_text(&normalisation, written);
    fuzz_must(lsn_normalisation_parse(written, .4, .2, &normalisation, NULL) == LSN_OK,
              "a normalisation is read again");
    lsn_normalisation_text(&normalisation, again);
    fuzz_must(strcmp(written, again) == 0, "a normalisation is the same again");
}

static void try_lesion(const char *text)
{
    char written[LSN_LESION_TEXT_MAX], again[LSN_LESION_TEXT_MAX];
    struct lsn_lesion lesion;

    if (lsn_lesion_parse(text, 1, &lesion, NULL) != LSN_OK)
        return;
    lsn_lesion_text(&lesion, written);
    fuzz_must(lsn_lesion_parse(written, 1, &lesion, NULL) == LSN_OK, "a lesion is read again");
    lsn_lesion_text(&lesion, again);
    fuzz_must(strcmp(written, again) == 0, "a lesion is the same again");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    try_region(text);
    try_normalisation(text);
    try_lesion(text);
    free(text);
    return 0;
}
