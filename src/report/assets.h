/* The files in assets/, which the build puts into the library. */
#ifndef LSN_REPORT_ASSETS_H
#define LSN_REPORT_ASSETS_H

#include <stddef.h>

struct lsn_asset {
    const char *name;
    const unsigned char *bytes; /* [size] */
    size_t size;
};

extern const struct lsn_asset lsn_assets[];
extern const size_t lsn_asset_count;

#endif
