/* The look: before long work, every image is opened, decoded and cropped to the network's input
 * once, so that all faults are known before the first lesion. */
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

/* What the look found out about one image. */
struct lsn_looked {
    char *name;           /* as the list gives it */
    enum lsn_status code; /* of its fault; LSN_OK: it has none */
    char *fault;          /* a sentence, "PATH: what"; NULL: none */
    const char *what;     /* the end of fault, after the path */
    int width, height;    /* px; 0 where it could not be decoded */
    int orientation;      /* EXIF's, see struct lsn_image; 0 where it could not be decoded */
    uint64_t bytes;       /* size of the file; 0 where there is none */
    int64_t modified_ns;  /* modification time since 1970; 0 where there is no file */
    char sha256[65];      /* of the file; "" where it could not be read */
    bool opened;          /* true: by this look; false: taken over from the run directory */
};

struct lsn_look {
    size_t count;              /* images of the list */
    struct lsn_looked *images; /* [count] in the list's order */
    size_t faults;             /* images that have a fault */
    size_t opened;             /* images that this look opened */
};

struct lsn_look_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    struct lsn_image_options loading;
    int threads; /* 0: one per processor, or as many as the control group's CPU quota allows */
    /* Bytes. At most memory / 64 MiB threads run, as a photograph of 20 megapixels takes 64 MiB.
     * 0: three quarters of the memory available to the process. */
    size_t memory;
    /* A run directory, which need not exist yet. Images whose size and modification time are the
     * same as when that run looked at them are not opened again. NULL: none. */
    const char *run;
    /* true: images that the run has left out because of a fault stay left out, even if they have
     * been mended since; false: they are looked at again. */
    bool leave_out;
    /* Called from worker threads, one call at a time; its units are images. May be NULL. */
    void (*progress)(void *context, const struct lsn_progress *progress);
    void *progress_context;
    /* When to stop early; NULL: never. */
    const struct lsn_stop *stop;
};

/* clang-format off */
#define LSN_LOOK_OPTIONS_DEFAULT \
    {sizeof(struct lsn_look_options), LSN_IMAGE_OPTIONS_DEFAULT, 0, 0, NULL, false, NULL, NULL, NULL}
/* clang-format on */

/* Looks at all images of the dataset. A faulty image is no failure of the call: the fault is in
 * *look, which lsn_look_free frees. LSN_E_INTERRUPTED, LSN_E_MEMORY; LSN_E_FORMAT and LSN_E_IO
 * where the run directory's record of its look cannot be read. On failure *look is NULL. */
enum lsn_status lsn_look_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                             const struct lsn_look_options *options, struct lsn_look **look,
                             struct lsn_error *err);

void lsn_look_free(struct lsn_look *look);

/* Removes the images with faults from the dataset that was looked at; its SHA-256 is then that of
 * the list without them. LSN_E_DATA where no image would be left; LSN_E_MEMORY, also where the look
 * ran out of memory for an image, as such an image is not known to be faulty. On failure the
 * dataset is as it was. */
enum lsn_status lsn_look_leave_out(const struct lsn_look *look, struct lsn_dataset *dataset,
                                   struct lsn_error *err);

/* Writes one row per image: file,class,class_name,bytes,width,height,orientation,fault. dataset is
 * the one that was looked at, before lsn_look_leave_out. Otherwise as the functions of
 * lesion/table.h. */
enum lsn_status lsn_look_write(const char *path, bool force, const struct lsn_model *model,
                               const struct lsn_dataset *dataset, const struct lsn_look *look,
                               struct lsn_error *err);

LSN_API_END
#endif
