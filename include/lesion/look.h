/* Looking at images before long work: each is opened, decoded and cropped to the network's
 * input once, so that all faults are known before the first lesion. */
#ifndef LESION_LOOK_H
#define LESION_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/dataset.h"
#include "lesion/image.h"
#include "lesion/model.h"
#include "lesion/stop.h"

LSN_API_BEGIN

struct lsn_progress;

/* What was seen of one image. */
struct lsn_looked {
    char *name;           /* as the list gives it */
    enum lsn_status code; /* of its fault; LSN_OK: it has none */
    char *fault;          /* a sentence, "PATH: what"; NULL: none */
    const char *what;     /* the same without the path, in fault */
    int width, height;    /* px; 0 where it could not be decoded */
    int orientation;      /* EXIF's, see struct lsn_image; 0 where it could not be decoded */
    uint64_t bytes;       /* of the file; 0 where there is none */
    int64_t modified_ns;  /* since 1970; 0 where there is no file */
    char sha256[65];      /* of the file; "" where it could not be read */
    bool opened;          /* by this look; else it is known from the run */
};

struct lsn_look {
    size_t count;              /* of the list */
    struct lsn_looked *images; /* [count] in the list's order */
    size_t faults;             /* images that have one */
    size_t opened;             /* images that this look opened */
};

struct lsn_look_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    struct lsn_image_options loading;
    int threads; /* 0: one per processor, or as the control group's CPU quota has it */
    /* No more threads look than this suffices for, of 64 MiB each: what a photograph of 20
     * megapixels takes. 0: of three quarters of the memory that there is. */
    size_t memory;
    /* A run directory, begun or not: images whose size and modification time are as that run
     * saw them are not opened again. NULL: none. */
    const char *run;
    /* Images that the run left out are so still, whatever they are now; without it they are
     * looked at again. */
    bool leave_out;
    /* Called from worker threads, one at a time; units are images. May be NULL. */
    void (*progress)(void *context, const struct lsn_progress *progress);
    void *progress_context;
    /* When to stop early; NULL: never. */
    const struct lsn_stop *stop;
};

/* clang-format off */
#define LSN_LOOK_OPTIONS_DEFAULT \
    {sizeof(struct lsn_look_options), LSN_IMAGE_OPTIONS_DEFAULT, 0, 0, NULL, false, NULL, NULL, NULL}
/* clang-format on */

/* Looks at all images of the dataset. A fault of an image is no failure: it is in *look,
 * which lsn_look_free frees. LSN_E_INTERRUPTED, LSN_E_MEMORY; LSN_E_FORMAT, LSN_E_IO of what
 * the run saw. On failure *look is NULL. */
enum lsn_status lsn_look_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                             const struct lsn_look_options *options, struct lsn_look **look,
                             struct lsn_error *err);

void lsn_look_free(struct lsn_look *look);

/* Leaves the images with faults out of the dataset that was looked at, so that it is the list
 * of the others, and its SHA-256 theirs. LSN_E_DATA where none would be left; LSN_E_MEMORY,
 * also where memory did not suffice for an image, which is then no fault of the image's. On
 * failure the dataset is as it was. */
enum lsn_status lsn_look_leave_out(const struct lsn_look *look, struct lsn_dataset *dataset,
                                   struct lsn_error *err);

/* One row per image: file,class,class_name,bytes,width,height,orientation,fault. dataset: that was
 * looked at, before anything was left out. Else as the functions of lesion/table.h. */
enum lsn_status lsn_look_write(const char *path, bool force, const struct lsn_model *model,
                               const struct lsn_dataset *dataset, const struct lsn_look *look,
                               struct lsn_error *err);

LSN_API_END
#endif
