/* Panels: a weight matrix cut into groups of LSN_PANEL_COLUMNS columns, stored one after another,
 * as products (op/product.h) read it. */
#ifndef LSN_OP_PANEL_H
#define LSN_OP_PANEL_H

#include <stddef.h>

#define LSN_PANEL_COLUMNS 32

/* Floats of a weight matrix [k][n] in panels. */
size_t lsn_panel_count(size_t k, size_t n);

/* Makes panels [ceil(n / LSN_PANEL_COLUMNS)][k][LSN_PANEL_COLUMNS] from weights [k][n]; the
 * last one is filled up with 0. */
void lsn_panel_pack(size_t k, size_t n, const float *weights, float *panels);

#endif
