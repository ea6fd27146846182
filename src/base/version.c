#include "lesion/version.h"

const char *lsn_version(void)
{
    return LSN_VERSION;
}
