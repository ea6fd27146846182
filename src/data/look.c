/* Opens and decodes every image before the work starts. Where a run looked at an image before, its
 * size and modification time tell whether the file was touched since, as in make and rsync. A
 * touched file is hashed and decoded again; it counts as another image only where its SHA-256
 * differs. */
#include "lesion/look.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/crop.h"
#include "data/dataset.h"
#include "data/looked.h"
#include "format/file.h"
#include "lesion/machine.h"
#include "lesion/sweep.h"

/* The memory that each thread is assumed to need: a decoded photograph of 20 megapixels. The true
 * size is not known before an image is opened. */
#define LOOKER_BYTES ((size_t)64 << 20)

struct looking {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const struct lsn_look_options *options;
    struct lsn_look *look;
    struct lsn_look *before; /* what the run saw earlier; NULL: nothing */
    struct lsn_names known;  /* names of the images in before */
    pthread_mutex_t lock;
    struct lsn_progress progress;
};

static void report(struct looking *l)
{
    if (!l->options->progress)
        return;
    pthread_mutex_lock(&l->lock);
    l->progress.units_done++;
    l->progress.work_done++;
    l->options->progress(l->options->progress_context, &l->progress);
    pthread_mutex_unlock(&l->lock);
}

/* Opens, hashes, decodes and crops an image; fault receives what is wrong with it. */
static enum lsn_status open_image(const struct looking *l, size_t unit, struct lsn_looked *image,
                                  struct lsn_error *fault)
{
    const struct lsn_item *memory = lsn_dataset_memory(l->dataset, unit);
    struct lsn_image crop;
    struct lsn_crop_facts facts = {0, 0, 0};
    enum lsn_status status;

    if (memory)
        memcpy(image->sha256, memory->sha256, sizeof image->sha256);
    else
        LSN_TRY(lsn_file_sha256(lsn_dataset_path(l->dataset, unit), image->sha256, fault));
    status = lsn_crop_load(l->dataset, unit, l->model, &l->options->loading, &crop, &facts, fault);
    lsn_image_free(&crop);
    image->width = facts.width;
    image->height = facts.height;
    image->orientation = facts.orientation;
    return status;
}

/* Copies what is known from the earlier look where the file is untouched, or was left out then and
 * is to be left out now; *taken tells whether that was so. */
static enum lsn_status reuse(const struct looking *l, const char *path, struct lsn_looked *image,
                             bool *reused, struct lsn_error *err)
{
    int at = l->before ? lsn_names_find(&l->known, image->name) : -1;
    const struct lsn_looked *was = at >= 0 ? &l->before->images[at] : NULL;
    struct lsn_error sentence = LSN_ERROR_NONE;

    *reused =
        was && (was->fault ? l->options->leave_out
                           : was->bytes == image->bytes && was->modified_ns == image->modified_ns);
    if (!*reused)
        return LSN_OK;
    if (was->fault) {
        image->bytes = was->bytes;
        image->modified_ns = was->modified_ns;
    }
    image->width = was->width;
    image->height = was->height;
    image->orientation = was->orientation;
    memcpy(image->sha256, was->sha256, sizeof image->sha256);
    if (!was->fault)
        return LSN_OK;
    (void)lsn_fail(&sentence, LSN_E_DATA, "%s: %s", path, was->fault);
    return lsn_looked_set_fault(image, path, LSN_E_DATA, sentence.text, err);
}

static enum lsn_status look_at(void *context, int worker, size_t unit, struct lsn_error *err)
{
    struct looking *l = context;
    struct lsn_looked *image = &l->look->images[unit];
    const struct lsn_item *memory = lsn_dataset_memory(l->dataset, unit);
    const char *path = lsn_dataset_path(l->dataset, unit);
    struct lsn_error fault = LSN_ERROR_NONE;
    struct stat info;
    bool reused;

    (void)worker;
    if (lsn_stop_asked(l->options->stop))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    image->name = lsn_strdup(lsn_dataset_name(l->dataset, unit));
    if (!image->name)
        return lsn_fail_memory(err, "the list of images");
    if (memory) {
        image->bytes = lsn_item_bytes(memory);
    } else if (stat(path, &info) == 0) {
        image->bytes = (uint64_t)info.st_size;
        image->modified_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    } else {
        (void)lsn_fail_errno(&fault, errno, "%s: cannot open", path);
    }
    LSN_TRY(reuse(l, path, image, &reused, err));
    if (!reused && fault.code == LSN_OK)
        (void)open_image(l, unit, image, &fault);
    if (!reused && fault.code != LSN_OK)
        LSN_TRY(lsn_looked_set_fault(image, path, fault.code, fault.text, err));
    image->opened = !reused;
    report(l);
    return LSN_OK;
}

/* Reads what the run saw earlier. A directory without run.json was not laid out completely, and
 * starts anew. */
static enum lsn_status read_before(struct looking *l, struct lsn_error *err)
{
    char *path = l->options->run ? lsn_path_join(l->options->run, "run.json") : NULL;
    bool begun = path && access(path, F_OK) == 0;

    if (l->options->run && !path)
        return lsn_fail_memory(err, "a path");
    lsn_free(path);
    if (begun)
        LSN_TRY(lsn_looked_read(l->options->run, &l->before, err));
    return l->before ? lsn_look_index(l->before, &l->known, err) : LSN_OK;
}

static int choose_threads(const struct lsn_look_options *options)
{
    struct lsn_machine machine;
    size_t memory = options->memory, fitting;
    int threads;

    lsn_machine_look(&machine);
    threads = lsn_threads_limit(&machine, options->threads, NULL);
    if (memory == 0)
        memory = lsn_memory_limit(&machine, NULL) / 4 * 3;
    fitting = memory / LOOKER_BYTES;
    if (memory > 0 && fitting < (size_t)threads)
        threads = fitting > 0 ? (int)fitting : 1;
    return threads;
}

enum lsn_status lsn_look_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                             const struct lsn_look_options *given, struct lsn_look **look,
                             struct lsn_error *err)
{
    size_t count = lsn_dataset_count(dataset), i;
    struct lsn_look_options options = LSN_LOOK_OPTIONS_DEFAULT;
    struct looking l = {.model = model, .dataset = dataset, .options = &options};
    enum lsn_status status;
    int threads;

    lsn_error_clear(err);
    *look = NULL;
    LSN_TRY(lsn_options_take("look", &options, given, err));
    threads = choose_threads(&options);
    *look = l.look = lsn_look_create(count);
    if (!l.look)
        return lsn_fail_memory(err, "the list of images");
    l.progress = (struct lsn_progress){.stage = "looking at images", .units = count};
    l.progress.work = (double)count;
    pthread_mutex_init(&l.lock, NULL);
    status = read_before(&l, err);
    if (status == LSN_OK && count > 0)
        status = lsn_parallel(threads < (int)count ? threads : (int)count, count, look_at, &l, err);
    pthread_mutex_destroy(&l.lock);
    lsn_names_free(&l.known);
    lsn_look_free(l.before);
    for (i = 0; i < count; i++) {
        l.look->faults += l.look->images[i].fault != NULL;
        l.look->opened += l.look->images[i].opened;
        /* A lack of memory is no fault of the image. */
        if (status == LSN_OK && l.look->images[i].code == LSN_E_MEMORY)
            status = lsn_fail(err, LSN_E_MEMORY, "%s", l.look->images[i].fault);
    }
    if (status == LSN_OK)
        return LSN_OK;
    lsn_look_free(l.look);
    *look = NULL;
    return status;
}

enum lsn_status lsn_look_leave_out(const struct lsn_look *look, struct lsn_dataset *dataset,
                                   struct lsn_error *err)
{
    uint8_t *is_out;
    enum lsn_status status;
    size_t i;

    lsn_error_clear(err);
    if (look->faults > 0 && look->faults == look->count)
        return lsn_fail(err, LSN_E_DATA, "%s; and no other image is left", look->images[0].fault);
    is_out = lsn_alloc(look->count, 1);
    if (!is_out)
        return lsn_fail_memory(err, "the list of images");
    for (i = 0; i < look->count; i++)
        is_out[i] = look->images[i].fault != NULL;
    status = lsn_dataset_leave_out(dataset, is_out, err);
    lsn_free(is_out);
    return status;
}

enum lsn_status lsn_look_write(const char *path, bool force, const struct lsn_model *model,
                               const struct lsn_dataset *dataset, const struct lsn_look *look,
                               struct lsn_error *err)
{
    struct lsn_text text = {0};
    enum lsn_status status;
    size_t i;

    lsn_error_clear(err);
    lsn_text_add(&text, "file,class,class_name,bytes,width,height,orientation,fault\n");
    for (i = 0; i < look->count; i++) {
        const struct lsn_looked *image = &look->images[i];
        int class_index = lsn_dataset_class(dataset, i);
        const char *name = lsn_model_class_name(model, class_index);

        name = name ? name : lsn_model_class_id(model, class_index);
        lsn_text_add_csv(&text, image->name);
        lsn_text_add(&text, ",%d,", class_index);
        lsn_text_add_csv(&text, name ? name : "");
        lsn_text_add(&text, ",%llu,", (unsigned long long)image->bytes);
        if (image->width > 0)
            lsn_text_add(&text, "%d,%d,%d,", image->width, image->height, image->orientation);
        else
            lsn_text_add(&text, ",,,");
        lsn_text_add_csv(&text, image->fault ? image->what : "");
        lsn_text_add(&text, "\n");
    }
    status = text.failed ? lsn_fail_memory(err, "the table of images")
                         : lsn_file_write(path, force, text.bytes, text.length, err);
    lsn_text_free(&text);
    return status;
}
