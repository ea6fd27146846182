#include "outcome/kind.h"

#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"
#include "outcome/axes.h"
#include "outcome/run.h"

#define CLAIMS_FILE "claims.csv"

/* The line after the one at text; NULL where there is none. */
static const char *next_line(const char *text)
{
    const char *end = text ? strchr(text, '\n') : NULL;

    return end && end[1] ? end + 1 : NULL;
}

static bool ends_in(const char *line, const char *ending)
{
    size_t length = strcspn(line, "\n"), size = strlen(ending);

    return length >= size && memcmp(line + length - size, ending, size) == 0;
}

const char *lsn_kind_text(const char *kernels)
{
    const char *second = next_line(next_line(kernels));

    if (ends_in(kernels, "," LSN_SAMPLED_FROM))
        return "a sample of the kernels, one at a time (lesion sweep --sample-kernels)";
    if (!ends_in(kernels, "," LSN_SET))
        return "kernels lesioned one at a time (lesion sweep)";
    /* The first set of a group is all its kernels, the first of pairs one kernel. */
    return second && !ends_in(second, ",0") ? "pairs of kernels (lesion pairs)"
                                            : "kernels lesioned together (lesion group)";
}

static enum lsn_status is_there(const char *folder, const char *name, bool *there,
                                struct lsn_error *err)
{
    char *path = lsn_path_join(folder, name);

    *there = path && access(path, F_OK) == 0;
    lsn_free(path);
    return path ? LSN_OK : lsn_fail_memory(err, "a path");
}

bool lsn_kind_is_claims(const char *folder)
{
    bool there;

    return is_there(folder, CLAIMS_FILE, &there, NULL) == LSN_OK && there;
}

enum lsn_status lsn_kind_refuse_shapley(const char *folder, struct lsn_error *err)
{
    bool is_run, has_singles;

    LSN_TRY(is_there(folder, LSN_FACTS_FILE, &is_run, err));
    LSN_TRY(is_there(folder, LSN_SINGLES_FOLDER "/" LSN_FACTS_FILE, &has_singles, err));
    return is_run || !has_singles
               ? LSN_OK
               : lsn_fail(err, LSN_E_DATA,
                          "%s: holds the runs of lesion shapley: give one of them, such as %s/%s, "
                          "of its kernels lesioned alone, or another folder",
                          folder, folder, LSN_SINGLES_FOLDER);
}
