#include "base/options.h"

#include <string.h>

#include "lesion/version.h"

enum lsn_status lsn_options_take(const char *what, void *mine, const void *given,
                                 struct lsn_error *err)
{
    size_t known, size;

    if (!given)
        return LSN_OK;
    memcpy(&known, mine, sizeof known);
    memcpy(&size, given, sizeof size);
    if (size < sizeof size)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "lsn_%s_options: its size is %zu; begin with LSN_..._OPTIONS_DEFAULT", what,
                        size);
    if (size > known)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "lsn_%s_options: of %zu bytes, this library knows %zu; take the header of "
                        "lesion %s, or a newer library",
                        what, size, known, lsn_version());
    memcpy((char *)mine + sizeof size, (const char *)given + sizeof size, size - sizeof size);
    return LSN_OK;
}
