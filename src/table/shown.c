/* The table of stimuli: for each image and condition the changed area, contrast and luminance. */
#include "lesion/table.h"
#include "table/columns.h"

enum lsn_status lsn_table_write_shown(const char *path, bool force,
                                      const struct lsn_shown_list *list, struct lsn_error *err)
{
    const struct lsn_shown *shown = list->shown;
    struct lsn_text text = {0};
    size_t image;
    int c;

    lsn_error_clear(err);
    lsn_text_add(&text, "file," LSN_CONDITION ",area,rms_contrast,mean_luminance\n");
    for (image = 0; image < list->images; image++)
        for (c = 0; c < list->condition_count; c++, shown++) {
            lsn_text_add_csv(&text, lsn_dataset_name(list->dataset, image));
            lsn_text_add(&text, ",");
            lsn_condition_add(&text, &list->conditions[c]);
            lsn_text_add(&text, ",");
            lsn_text_add_number(&text, shown->area_frac);
            lsn_text_add(&text, ",");
            lsn_text_add_number(&text, shown->rms_contrast);
            lsn_text_add(&text, ",");
            lsn_text_add_number(&text, shown->mean_luminance);
            lsn_text_add(&text, "\n");
        }
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}
