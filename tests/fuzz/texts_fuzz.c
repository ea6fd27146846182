/* The texts of regions, normalisations and lesions: what is read is written so that it is
 * read as the same. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "lesion/lesions.h"
#include "lesion/normalise.h"
#include "lesion/region.h"

/* To the bit: a text that rounds is another region. */
static bool is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void try_region(const char *text)
{
    char written[LSN_REGION_TEXT_MAX];
    struct lsn_region region, again;

    if (lsn_region_parse(text, 1, &region, NULL) != LSN_OK)
        return;
    lsn_region_text(&region, written);
    fuzz_must(lsn_region_parse(written, 1, &again, NULL) == LSN_OK, "a region is read again");
    fuzz_must(again.kind == region.kind && is_same(again.size, region.size) &&
                  is_same(again.sigma_px, region.sigma_px) && again.dilate_px == region.dilate_px &&
                  again.seed == region.seed && strcmp(again.file, region.file) == 0,
              "a region is the same again");
}

static void try_normalisation(const char *text)
{
    char written[LSN_NORMALISATION_TEXT_MAX];
    struct lsn_normalisation way, again;

    if (lsn_normalisation_parse(text, .4, .2, &way, NULL) != LSN_OK)
        return;
    lsn_normalisation_text(&way, written);
    fuzz_must(lsn_normalisation_parse(written, .4, .2, &again, NULL) == LSN_OK,
              "a normalisation is read again");
    fuzz_must(again.kind == way.kind && is_same(again.sigma_px, way.sigma_px) &&
                  is_same(again.half, way.half) && is_same(again.power, way.power) &&
                  is_same(again.mean, way.mean) && is_same(again.sd, way.sd) &&
                  strcmp(again.node, way.node) == 0,
              "a normalisation is the same again");
}

static void try_lesion(const char *text)
{
    char written[LSN_LESION_TEXT_MAX];
    struct lsn_lesion lesion, again;

    if (lsn_lesion_parse(text, 1, &lesion, NULL) != LSN_OK)
        return;
    lsn_lesion_text(&lesion, written);
    fuzz_must(lsn_lesion_parse(written, 1, &again, NULL) == LSN_OK, "a lesion is read again");
    fuzz_must(again.kind == lesion.kind && again.slice.in == lesion.slice.in &&
                  again.slice.row == lesion.slice.row && again.slice.col == lesion.slice.col &&
                  again.seed == lesion.seed,
              "a lesion is the same again");
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
