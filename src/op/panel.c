#include "op/panel.h"

#include <string.h>

#define COLUMNS LSN_PANEL_COLUMNS
#define ROWS    64 /* rows packed together, which stay in the cache meanwhile */

size_t lsn_panel_count(size_t k, size_t n)
{
    return (n + COLUMNS - 1) / COLUMNS * COLUMNS * k;
}

void lsn_panel_pack(size_t k, size_t n, const float *weights, float *panels)
{
    size_t row, first, i;

    for (row = 0; row < k; row += ROWS) {
        size_t last = k - row < ROWS ? k : row + ROWS;

        for (first = 0; first + COLUMNS <= n; first += COLUMNS)
            for (i = row; i < last; i++)
                memcpy(panels + first * k + i * COLUMNS, weights + i * n + first,
                       COLUMNS * sizeof *panels);
        for (i = row; i < last && first < n; i++) {
            float *to = panels + first * k + i * COLUMNS;

            memcpy(to, weights + i * n + first, (n - first) * sizeof *to);
            memset(to + (n - first), 0, (COLUMNS - (n - first)) * sizeof *to);
        }
    }
}
