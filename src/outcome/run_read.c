#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "format/file.h"
#include "format/json.h"
#include "lesion/parse.h"
#include "outcome/axes.h"
#include "outcome/removal.h"
#include "outcome/run.h"

#define RACE_BYTES_MAX 65536

enum lsn_status lsn_removal_is_begun(const char *folder, bool *begun, struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LSN_REMOVAL_FOLDER "/" LSN_FACTS_FILE);

    *begun = path && access(path, F_OK) == 0;
    lsn_free(path);
    return path ? LSN_OK : lsn_fail_memory(err, "a path");
}

enum lsn_status lsn_run_read_race(const char *folder, struct lsn_results *results,
                                  struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LSN_RACE_FILE);
    struct lsn_bytes bytes = {0};
    struct lsn_json *json = NULL;
    enum lsn_status status = LSN_OK;

    if (!path)
        return lsn_fail_memory(err, "a path");
    results->raced = access(path, F_OK) == 0 || errno != ENOENT;
    if (results->raced)
        status = lsn_file_read(path, RACE_BYTES_MAX, &bytes, err);
    if (results->raced && status == LSN_OK)
        status = lsn_json_parse(path, (const char *)bytes.data, bytes.size, &json, err);
    if (json && !lsn_json_bool(lsn_json_member(json, "right_in_both"), &results->raced_right))
        status =
            lsn_fail(err, LSN_E_FORMAT, "%s: has no \"right_in_both\" that could be read", path);
    lsn_json_free(json);
    lsn_free(bytes.data);
    lsn_free(path);
    return status;
}

enum lsn_status lsn_run_read(const char *folder, struct lsn_facts *facts,
                             struct lsn_results **results, struct lsn_error *err)
{
    enum lsn_status status;
    int64_t classes;
    bool moving;

    *results = NULL;
    LSN_TRY(lsn_removal_is_begun(folder, &moving, err));
    if (moving)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: was stopped as it did without images that are not in the list any "
                        "more: the command that did that goes on with it",
                        folder);
    LSN_TRY(lsn_facts_read(folder, facts, err));
    if (!lsn_parse_int(facts->text[LSN_FACT_CLASSES], 1, INT32_MAX, &classes))
        return lsn_fail(err, LSN_E_FORMAT, "%s: run.json has '%s' classes", folder,
                        facts->text[LSN_FACT_CLASSES]);
    *results = lsn_results_empty();
    if (!*results)
        return lsn_fail_memory(err, "a run");
    (*results)->classes = (int)classes;
    status = lsn_axes_read(folder, *results, err);
    if (status == LSN_OK)
        status =
            lsn_store_open(folder, lsn_results_shape(*results), false, &(*results)->store, err);
    if (status == LSN_OK)
        status = lsn_results_count_complete(*results, err);
    if (status == LSN_OK)
        status = lsn_run_read_race(folder, *results, err);
    if (status == LSN_OK && (*results)->complete_images == (*results)->image_count)
        (*results)->raced = false;
    if (status == LSN_OK && (*results)->raced)
        (*results)->complete_images = 0;
    if (status != LSN_OK) {
        lsn_results_free(*results);
        *results = NULL;
    }
    return status;
}

enum lsn_status lsn_results_open(const char *run, struct lsn_results **results,
                                 struct lsn_error *err)
{
    enum lsn_status status;
    struct lsn_facts facts;

    lsn_error_clear(err);
    LSN_TRY(lsn_run_read(run, &facts, results, err));
    if (!(*results)->set_start && strcmp(facts.text[LSN_FACT_LESIONED], LSN_LESIONED_ALONE) == 0)
        return LSN_OK;
    status = lsn_fail(err, LSN_E_UNSUPPORTED, "%s: %s", run,
                      (*results)->set_start
                          ? "is a run of kernels lesioned together: give the command that began it "
                            "(lesion group or lesion pairs) again, with --output, for its table"
                          : "is a round of lesion shapley, whose kernels were lesioned one on top "
                            "of the other; the run of its kernels lesioned alone is singles beside "
                            "it");
    lsn_results_free(*results);
    *results = NULL;
    return status;
}

enum lsn_status lsn_run_shuffle_seed(const char *run, int64_t *seed, struct lsn_error *err)
{
    const size_t prefix = sizeof LSN_ORDER_SHUFFLED - 1;
    struct lsn_facts facts;
    const char *order;

    lsn_error_clear(err);
    *seed = -1;
    LSN_TRY(lsn_facts_read(run, &facts, err));
    order = facts.text[LSN_FACT_ORDER];
    if (strcmp(order, LSN_ORDER_LIST) == 0 || (strncmp(order, LSN_ORDER_SHUFFLED, prefix) == 0 &&
                                               lsn_parse_int(order + prefix, 0, INT64_MAX, seed)))
        return LSN_OK;
    return lsn_fail(err, LSN_E_FORMAT, "%s: run.json has its images in the order '%s'", run, order);
}
