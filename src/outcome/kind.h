/* What kind of run a folder holds, in words: for the one who gives a command the wrong one. */
#ifndef LSN_OUTCOME_KIND_H
#define LSN_OUTCOME_KIND_H

#include <stdbool.h>

#include "base/error.h"

/* What a run with this text of kernels.csv is of, such as "pairs of kernels (lesion pairs)"; one of
 * a few constant strings, to be compared by address. */
const char *lsn_kind_text(const char *kernels);

/* Whether the run is that of lesion claims, and has ended once. */
bool lsn_kind_is_claims(const char *folder);

/* LSN_E_DATA where folder is no run itself, but holds those of lesion shapley; LSN_E_MEMORY. */
enum lsn_status lsn_kind_refuse_shapley(const char *folder, struct lsn_error *err);

#endif
