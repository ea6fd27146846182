#include "outcome/store.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"
#include "format/npy.h"

#define MISSING      (-1)
#define SAME_MISSING 255
#define CHUNK        1024 /* cells that are written or read together */

/* The members of an outcome; each is an array of its own. All take four bytes. */
static const struct field {
    const char *name, *intact_name;
    enum lsn_npy_type type;
    size_t offset;
} fields[] = {
    {"predicted.npy", "intact_predicted.npy", LSN_NPY_INT32,
     offsetof(struct lsn_outcome, predicted)},
    {"rank.npy", "intact_rank.npy", LSN_NPY_INT32, offsetof(struct lsn_outcome, rank)},
    {"loss.npy", "intact_loss.npy", LSN_NPY_FLOAT32, offsetof(struct lsn_outcome, loss)},
    {"margin.npy", "intact_margin.npy", LSN_NPY_FLOAT32, offsetof(struct lsn_outcome, margin)},
};

#define FIELDS      (sizeof fields / sizeof fields[0])
#define FIELD_BYTES 4

struct lsn_store {
    struct lsn_store_shape shape;
    struct lsn_outcome *intact, *lesioned; /* in memory; NULL: the outcomes are in files */
    uint8_t *same;
    float *areas; /* [images][conditions] */
    struct lsn_npy intact_files[FIELDS], files[FIELDS], same_file, area_file;
};

static enum lsn_status start(struct lsn_store_shape shape, struct lsn_store **store,
                             struct lsn_error *err)
{
    size_t i;

    *store = lsn_alloc(1, sizeof **store);
    if (!*store)
        return lsn_fail_memory(err, "the outcomes");
    (*store)->shape = shape;
    for (i = 0; i < FIELDS; i++)
        (*store)->files[i].fd = (*store)->intact_files[i].fd = -1;
    (*store)->same_file.fd = (*store)->area_file.fd = -1;
    return LSN_OK;
}

static enum lsn_status finish(enum lsn_status status, struct lsn_store **store)
{
    if (status != LSN_OK) {
        lsn_store_free(*store);
        *store = NULL;
    }
    return status;
}

static enum lsn_status allocate(struct lsn_store *store, struct lsn_error *err)
{
    const struct lsn_store_shape *s = &store->shape;
    size_t stimuli, cells, i;

    if (!lsn_mul_size(s->images, s->conditions, &stimuli) ||
        !lsn_mul_size(stimuli, s->kernels, &cells))
        return lsn_fail_memory(err, "the outcomes");
    store->intact = lsn_alloc(stimuli, sizeof *store->intact);
    store->lesioned = lsn_alloc(cells, sizeof *store->lesioned);
    store->same = lsn_alloc(cells, sizeof *store->same);
    store->areas = lsn_alloc_floats(stimuli);
    if (!store->intact || !store->lesioned || !store->same || !store->areas)
        return lsn_fail(
            err, LSN_E_MEMORY,
            "out of memory for the outcomes of %zu image%s, %zu condition%s and %zu kernel%s",
            s->images, lsn_plural(s->images), s->conditions, lsn_plural(s->conditions), s->kernels,
            lsn_plural(s->kernels));
    for (i = 0; i < stimuli; i++) {
        store->intact[i].predicted = MISSING;
        store->areas[i] = NAN;
    }
    for (i = 0; i < cells; i++)
        store->lesioned[i].predicted = MISSING;
    return LSN_OK;
}

enum lsn_status lsn_store_in_memory(struct lsn_store_shape shape, struct lsn_store **store,
                                    struct lsn_error *err)
{
    LSN_TRY(start(shape, store, err));
    return finish(allocate(*store, err), store);
}

enum mode { CREATE, READ, WRITE };

/* A file of the store: an array [image][condition] or [image][condition][kernel]. */
struct array {
    const char *name;
    enum lsn_npy_type type;
    int dimensions;
    struct lsn_npy *npy;
};

static enum lsn_status open_array(const struct lsn_store *store, const char *path, enum mode mode,
                                  const struct array *array, struct lsn_error *err)
{
    static const int32_t missing_int = MISSING;
    static const float missing_float = NAN;
    static const uint8_t missing_same = SAME_MISSING;
    const void *fill = array->type == LSN_NPY_INT32     ? (const void *)&missing_int
                       : array->type == LSN_NPY_FLOAT32 ? (const void *)&missing_float
                                                        : (const void *)&missing_same;
    const size_t dims[] = {store->shape.images, store->shape.conditions, store->shape.kernels};

    return mode == CREATE
               ? lsn_npy_create(path, array->type, dims, array->dimensions, fill, array->npy, err)
               : lsn_npy_open(path, array->type, dims, array->dimensions, mode == WRITE, array->npy,
                              err);
}

static enum lsn_status open_all(struct lsn_store *store, const char *folder, enum mode mode,
                                struct lsn_error *err)
{
    struct array arrays[2 * FIELDS + 2];
    size_t count = 0, i;

    for (i = 0; i < FIELDS; i++)
        arrays[count++] =
            (struct array){fields[i].intact_name, fields[i].type, 2, &store->intact_files[i]};
    for (i = 0; i < FIELDS; i++)
        arrays[count++] = (struct array){fields[i].name, fields[i].type, 3, &store->files[i]};
    arrays[count++] = (struct array){"same.npy", LSN_NPY_UINT8, 3, &store->same_file};
    arrays[count++] = (struct array){"area.npy", LSN_NPY_FLOAT32, 2, &store->area_file};
    for (i = 0; i < count; i++) {
        char *path = lsn_path_join(folder, arrays[i].name);
        enum lsn_status status =
            path ? open_array(store, path, mode, &arrays[i], err) : lsn_fail_memory(err, "a path");

        lsn_free(path);
        LSN_TRY(status);
    }
    return mode == CREATE ? lsn_store_sync(store, err) : LSN_OK;
}

enum lsn_status lsn_store_create(const char *folder, struct lsn_store_shape shape,
                                 struct lsn_store **store, struct lsn_error *err)
{
    LSN_TRY(start(shape, store, err));
    return finish(open_all(*store, folder, CREATE, err), store);
}

enum lsn_status lsn_store_open(const char *folder, struct lsn_store_shape shape, bool writable,
                               struct lsn_store **store, struct lsn_error *err)
{
    LSN_TRY(start(shape, store, err));
    return finish(open_all(*store, folder, writable ? WRITE : READ, err), store);
}

void lsn_store_free(struct lsn_store *store)
{
    size_t i;

    if (!store)
        return;
    for (i = 0; i < FIELDS; i++) {
        lsn_npy_close(&store->intact_files[i]);
        lsn_npy_close(&store->files[i]);
    }
    lsn_npy_close(&store->same_file);
    lsn_npy_close(&store->area_file);
    lsn_free(store->intact);
    lsn_free(store->lesioned);
    lsn_free(store->same);
    lsn_free(store->areas);
    lsn_free(store);
}

double lsn_store_bytes(struct lsn_store_shape shape)
{
    const size_t cell = FIELDS * FIELD_BYTES;

    return (double)shape.images * (double)shape.conditions * ((double)shape.kernels + 1) *
               (double)cell +
           (double)shape.images * (double)shape.conditions *
               ((double)shape.kernels + sizeof(float));
}

size_t lsn_store_memory(struct lsn_store_shape shape)
{
    size_t cell = sizeof(struct lsn_outcome) + sizeof(uint8_t);

    return shape.images * shape.conditions *
           (sizeof(struct lsn_outcome) + sizeof(float) + shape.kernels * cell);
}

/* Writes count outcomes, from element first on, to the array of each member. predicted, which tells
 * that an outcome is there, is written last. */
static enum lsn_status write_fields(const struct lsn_npy *files, size_t first, size_t count,
                                    const struct lsn_outcome *outcomes, struct lsn_error *err)
{
    uint8_t buffer[CHUNK * FIELD_BYTES];
    size_t done, chunk, f, i;

    for (done = 0; done < count; done += chunk) {
        chunk = count - done < CHUNK ? count - done : CHUNK;
        for (f = FIELDS; f-- > 0;) { /* predicted is the first field, so it comes last */
            for (i = 0; i < chunk; i++)
                memcpy(buffer + i * FIELD_BYTES,
                       (const uint8_t *)&outcomes[done + i] + fields[f].offset, FIELD_BYTES);
            LSN_TRY(lsn_npy_write(&files[f], first + done, chunk, buffer, err));
        }
    }
    return LSN_OK;
}

/* Whether any member of an outcome is missing. */
static bool is_missing(const struct lsn_outcome *outcome)
{
    bool missing = outcome->predicted < 0 || outcome->rank < 1;
    size_t f;

    for (f = 0; f < FIELDS; f++)
        if (fields[f].type == LSN_NPY_FLOAT32) {
            float value;

            memcpy(&value, (const uint8_t *)outcome + fields[f].offset, sizeof value);
            missing = missing || isnan(value);
        }
    return missing;
}

static enum lsn_status read_fields(const struct lsn_npy *files, size_t first, size_t count,
                                   struct lsn_outcome *outcomes, struct lsn_error *err)
{
    uint8_t buffer[CHUNK * FIELD_BYTES];
    size_t done, chunk, f, i;

    for (done = 0; done < count; done += chunk) {
        chunk = count - done < CHUNK ? count - done : CHUNK;
        for (f = 0; f < FIELDS; f++) {
            LSN_TRY(lsn_npy_read(&files[f], first + done, chunk, buffer, err));
            for (i = 0; i < chunk; i++)
                memcpy((uint8_t *)&outcomes[done + i] + fields[f].offset, buffer + i * FIELD_BYTES,
                       FIELD_BYTES);
        }
    }
    for (i = 0; i < count; i++)
        if (is_missing(&outcomes[i]))
            outcomes[i].predicted = MISSING;
    return LSN_OK;
}

enum lsn_status lsn_store_put_intact(struct lsn_store *store, size_t stimulus,
                                     const struct lsn_outcome *outcome, struct lsn_error *err)
{
    if (!store->intact)
        return write_fields(store->intact_files, stimulus, 1, outcome, err);
    store->intact[stimulus] = *outcome;
    return LSN_OK;
}

enum lsn_status lsn_store_get_intact(const struct lsn_store *store, size_t stimulus,
                                     struct lsn_outcome *outcome, struct lsn_error *err)
{
    if (!store->intact)
        return read_fields(store->intact_files, stimulus, 1, outcome, err);
    *outcome = store->intact[stimulus];
    return LSN_OK;
}

enum lsn_status lsn_store_put_area(struct lsn_store *store, size_t stimulus, float area_frac,
                                   struct lsn_error *err)
{
    if (!store->intact)
        return lsn_npy_write(&store->area_file, stimulus, 1, &area_frac, err);
    store->areas[stimulus] = area_frac;
    return LSN_OK;
}

enum lsn_status lsn_store_get_area(const struct lsn_store *store, size_t stimulus, float *area_frac,
                                   struct lsn_error *err)
{
    if (!store->intact)
        return lsn_npy_read(&store->area_file, stimulus, 1, area_frac, err);
    *area_frac = store->areas[stimulus];
    return LSN_OK;
}

size_t lsn_store_count_there(const struct lsn_outcome *outcomes, size_t count)
{
    size_t there = 0, i;

    for (i = 0; i < count; i++)
        there += outcomes[i].predicted != MISSING;
    return there;
}

bool lsn_store_all_there(const struct lsn_outcome *outcomes, size_t count)
{
    return lsn_store_count_there(outcomes, count) == count;
}

enum lsn_status lsn_store_has_intact(const struct lsn_store *store, size_t stimulus, bool *has,
                                     struct lsn_error *err)
{
    struct lsn_outcome intact;
    float area_frac = 0;

    LSN_TRY(lsn_store_get_intact(store, stimulus, &intact, err));
    LSN_TRY(lsn_store_get_area(store, stimulus, &area_frac, err));
    *has = intact.predicted >= 0 && !isnan(area_frac);
    return LSN_OK;
}

enum lsn_status lsn_store_put(struct lsn_store *store, size_t stimulus, size_t first, size_t count,
                              const struct lsn_outcome *outcomes, const uint8_t *same,
                              struct lsn_error *err)
{
    size_t at = stimulus * store->shape.kernels + first;

    if (!store->intact) {
        LSN_TRY(lsn_npy_write(&store->same_file, at, count, same, err));
        return write_fields(store->files, at, count, outcomes, err);
    }
    memcpy(store->lesioned + at, outcomes, count * sizeof *outcomes);
    memcpy(store->same + at, same, count);
    return LSN_OK;
}

enum lsn_status lsn_store_get(const struct lsn_store *store, size_t stimulus, size_t first,
                              size_t count, struct lsn_outcome *outcomes, uint8_t *same,
                              struct lsn_error *err)
{
    size_t at = stimulus * store->shape.kernels + first, i;

    if (!store->intact) {
        LSN_TRY(lsn_npy_read(&store->same_file, at, count, same, err));
        LSN_TRY(read_fields(store->files, at, count, outcomes, err));
        for (i = 0; i < count; i++)
            if (same[i] == SAME_MISSING)
                outcomes[i].predicted = MISSING;
        return LSN_OK;
    }
    memcpy(outcomes, store->lesioned + at, count * sizeof *outcomes);
    memcpy(same, store->same + at, count);
    return LSN_OK;
}

enum lsn_status lsn_store_sync(struct lsn_store *store, struct lsn_error *err)
{
    size_t i;

    if (store->intact)
        return LSN_OK;
    for (i = 0; i < FIELDS; i++) {
        LSN_TRY(lsn_npy_sync(&store->intact_files[i], err));
        LSN_TRY(lsn_npy_sync(&store->files[i], err));
    }
    LSN_TRY(lsn_npy_sync(&store->area_file, err));
    return lsn_npy_sync(&store->same_file, err);
}
