/* A map of classes to groups, for the golden alexnet's classes. */
#include "fuzz/fuzz.h"
#include "lesion/decide.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lsn_model *model; /* for all inputs of the process */
    static float logits[1 << 12], room[1 << 12];
    struct lsn_error err = LSN_ERROR_NONE;
    const float *scores;
    int before, i;

    if (!model &&
        lsn_model_load(fuzz_golden("networks/alexnet.bin", "m.bin"), NULL, &model, NULL) != LSN_OK)
        return 0;
    if (lsn_model_logits(model) > 1 << 12)
        return 0;
    before = lsn_model_classes(model);
    if (lsn_model_decide(model, fuzz_file("map.csv", data, size), LSN_DECIDE_BY_MEAN, &err)) {
        fuzz_must(err.text[0] && lsn_model_classes(model) == before, "a failure says why");
        return 0;
    }
    fuzz_must(lsn_model_classes(model) >= 2 && lsn_model_classes(model) <= lsn_model_logits(model),
              "as many groups as classes at most");
    fuzz_must(lsn_model_scores(model, logits, room, &scores, NULL) == LSN_OK, "scores");
    for (i = 0; i < lsn_model_classes(model); i++)
        fuzz_must(scores[i] == 0 && lsn_model_class_name(model, i)[0], "a group with a class");
    return 0;
}
