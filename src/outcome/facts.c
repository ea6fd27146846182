/* run.json: the facts about a run that must be equal for its outcomes to belong together, such as
 * the model's SHA-256. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"
#include "format/json.h"
#include "lesion/decide.h"
#include "lesion/version.h"
#include "outcome/kind.h"
#include "outcome/run.h"

#define FORMAT         "lesion-run 3"
#define JSON_BYTES_MAX 65536

/* clang-format off */
static const char *const fact_names[LSN_FACT_COUNT] = {
    [LSN_FACT_FORMAT] = "format",
    [LSN_FACT_LESION] = "lesion",
    [LSN_FACT_BLAS_CORE] = "blas_core",
    [LSN_FACT_MODEL] = "model_sha256",
    [LSN_FACT_DECIDE] = "decide",
    [LSN_FACT_IMAGES] = "image_list_sha256",
    [LSN_FACT_ORDER] = "image_order",
    [LSN_FACT_CLASSES] = "classes",
    [LSN_FACT_ENGINE] = "engine",
    [LSN_FACT_ALPHA] = "alpha",
    [LSN_FACT_DEPTH] = "depth",
    [LSN_FACT_LESIONED] = "lesioned",
    [LSN_FACT_SHARD] = "shard",
};
/* clang-format on */

static const char *const engines[] = {[LSN_ENGINE_INCREMENTAL] = "incremental",
                                      [LSN_ENGINE_FULL] = "full",
                                      [LSN_ENGINE_INTACT] = "intact"};

static const char *const alphas[] = {
    [LSN_ALPHA_REFUSE] = "refuse", [LSN_ALPHA_BLACK] = "black", [LSN_ALPHA_DROP] = "drop"};

static const char *const depths[] = {
    [LSN_DEPTH_REFUSE] = "refuse", [LSN_DEPTH_HIGH] = "high", [LSN_DEPTH_CLIP] = "clip"};

void lsn_order_text(const struct lsn_dataset *dataset, char text[LSN_ORDER_TEXT_MAX])
{
    int64_t seed = lsn_dataset_shuffle_seed(dataset);

    if (seed < 0)
        snprintf(text, LSN_ORDER_TEXT_MAX, LSN_ORDER_LIST);
    else
        snprintf(text, LSN_ORDER_TEXT_MAX, LSN_ORDER_SHUFFLED "%" PRId64, seed);
}

struct lsn_facts lsn_facts_of(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              enum lsn_engine engine, const struct lsn_image_options *loading,
                              int shard, int shards)
{
    struct lsn_facts f;
    const size_t size = sizeof f.text[0];

    snprintf(f.text[LSN_FACT_FORMAT], size, FORMAT);
    snprintf(f.text[LSN_FACT_LESION], size, "%s", lsn_version());
    snprintf(f.text[LSN_FACT_BLAS_CORE], size, "%s", lsn_blas_describe().core);
    snprintf(f.text[LSN_FACT_MODEL], size, "%s", lsn_model_sha256(model));
    snprintf(f.text[LSN_FACT_DECIDE], size, "%s", lsn_model_decision(model).rule);
    snprintf(f.text[LSN_FACT_IMAGES], size, "%s", lsn_dataset_sha256(dataset));
    lsn_order_text(dataset, f.text[LSN_FACT_ORDER]);
    snprintf(f.text[LSN_FACT_CLASSES], size, "%d", lsn_model_classes(model));
    snprintf(f.text[LSN_FACT_ENGINE], size, "%s", engines[engine]);
    snprintf(f.text[LSN_FACT_ALPHA], size, "%s", alphas[loading->alpha]);
    snprintf(f.text[LSN_FACT_DEPTH], size, "%s", depths[loading->depth]);
    snprintf(f.text[LSN_FACT_LESIONED], size, LSN_LESIONED_ALONE);
    snprintf(f.text[LSN_FACT_SHARD], size, "%d/%d", shard, shards);
    return f;
}

void lsn_facts_lesion_in_order(struct lsn_facts *facts, int64_t seed, int round, int length)
{
    char *text = facts->text[LSN_FACT_LESIONED];
    int used = snprintf(text, sizeof facts->text[0], "in random order, seed %" PRId64 ", round %d",
                        seed, round);

    if (length > 0)
        snprintf(text + used, sizeof facts->text[0] - (size_t)used, ", first %d", length);
}

const char *lsn_fact_name(enum lsn_fact fact)
{
    return fact_names[fact];
}

static void add_facts(struct lsn_text *text, const struct lsn_facts *facts)
{
    int i;

    for (i = 0; i < LSN_FACT_COUNT; i++) {
        if (i == LSN_FACT_LESIONED && strcmp(facts->text[i], LSN_LESIONED_ALONE) == 0)
            continue;
        lsn_text_add(text, i ? ",\n  " : "{\n  ");
        lsn_json_add_string(text, fact_names[i]);
        lsn_text_add(text, ": ");
        lsn_json_add_string(text, facts->text[i]);
    }
    lsn_text_add(text, "\n}\n");
}

static enum lsn_status parse_facts(const char *path, const struct lsn_bytes *bytes,
                                   struct lsn_facts *facts, struct lsn_error *err)
{
    struct lsn_json *json;
    enum lsn_status status = LSN_OK;
    int i;

    LSN_TRY(lsn_json_parse(path, (const char *)bytes->data, bytes->size, &json, err));
    for (i = 0; i < LSN_FACT_COUNT && status == LSN_OK; i++) {
        const char *value = lsn_json_string(lsn_json_member(json, fact_names[i]));

        if (i == LSN_FACT_DECIDE && !lsn_json_member(json, fact_names[i]))
            value = "none"; /* written by a version without groups of classes */
        if (i == LSN_FACT_ORDER && !lsn_json_member(json, fact_names[i]))
            value = LSN_ORDER_LIST; /* written by a version that did not shuffle */
        if (i == LSN_FACT_LESIONED && !lsn_json_member(json, fact_names[i]))
            value = LSN_LESIONED_ALONE;
        if (!value || strlen(value) >= sizeof facts->text[i])
            status = lsn_fail(err, LSN_E_FORMAT, "%s: has no \"%s\" that could be read", path,
                              fact_names[i]);
        else
            memcpy(facts->text[i], value, strlen(value) + 1);
        if (status == LSN_OK && i == LSN_FACT_FORMAT && strcmp(value, FORMAT) != 0)
            status = lsn_fail(err, LSN_E_UNSUPPORTED,
                              "%s: its format is '%s', '" FORMAT "' is read here", path, value);
    }
    lsn_json_free(json);
    return status;
}

/* Says what is wanted where there is no run. */
static enum lsn_status fail_no_run(const char *folder, const char *facts_path,
                                   struct lsn_error *err)
{
    return lsn_fail(err, LSN_E_IO,
                    "%s: cannot open: %s is no run directory; wanted is a folder that --run made",
                    facts_path, folder);
}

enum lsn_status lsn_facts_read(const char *folder, struct lsn_facts *facts, struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LSN_FACTS_FILE);
    struct lsn_bytes bytes = {0};
    enum lsn_status status;

    if (!path)
        return lsn_fail_memory(err, "a path");
    status = lsn_kind_refuse_shapley(folder, err);
    if (status == LSN_OK && access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        status = fail_no_run(folder, path, err);
    if (status == LSN_OK)
        status = lsn_file_read(path, JSON_BYTES_MAX, &bytes, err);
    if (status == LSN_OK)
        status = parse_facts(path, &bytes, facts, err);
    lsn_free(bytes.data);
    lsn_free(path);
    return status;
}

enum lsn_status lsn_facts_write(const char *folder, const struct lsn_facts *facts,
                                struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LSN_FACTS_FILE);
    struct lsn_text text = {0};
    enum lsn_status status;

    add_facts(&text, facts);
    status = path && !text.failed ? lsn_file_write(path, true, text.bytes, text.length, err)
                                  : lsn_fail_memory(err, "the facts of a run");
    lsn_text_free(&text);
    lsn_free(path);
    return status;
}

int lsn_facts_difference(const struct lsn_facts *a, const struct lsn_facts *b, bool any_core,
                         bool any_shard)
{
    int i;

    for (i = 0; i < LSN_FACT_COUNT; i++)
        if (strcmp(a->text[i], b->text[i]) != 0 && !(any_core && i == LSN_FACT_BLAS_CORE) &&
            !(any_shard && i == LSN_FACT_SHARD))
            return i;
    return -1;
}
