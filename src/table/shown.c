/* The table of stimuli: for each image and condition the changed area, contrast and luminance. */
#include "lesion/table.h"
#include "table/rows.h"

enum lsn_status lsn_table_write_shown(const char *path, bool force,
                                      const struct lsn_dataset *dataset,
                                      const struct lsn_condition *conditions, int condition_count,
                                      const struct lsn_shown *shown, size_t images,
                                      struct lsn_error *err)
{
    struct lsn_text text = {0};
    size_t image;
    int c;

    lsn_text_add(&text, "file," LSN_CONDITION ",area,rms_contrast,mean_luminance\n");
    for (image = 0; image < images; image++)
        for (c = 0; c < condition_count; c++, shown++) {
            lsn_text_add_csv(&text, lsn_dataset_name(dataset, image));
            lsn_text_add(&text, ",");
            lsn_condition_add(&text, &conditions[c]);
            lsn_text_add(&text, ",");
            lsn_text_add_number(&text, shown->area_frac);
            lsn_text_add(&text, ",");
            lsn_text_add_number(&text, shown->rms_contrast);
            lsn_text_add(&text, ",");
            lsn_text_add_number(&text, shown->mean_luminance);
            lsn_text_add(&text, "\n");
        }
    return lsn_rows_write(path, force, &text, LSN_OK, err);
}
