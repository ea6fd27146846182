/* Labels from class folders. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "format/file.h"
#include "lesion/parse.h"
#include "sweep/dataset.h"

/* Folders are followed through links; deeper than this is taken for a loop. */
#define DEPTH_MAX 32

/* What an entry of a folder is: one of LSN_PASSED_..., or these. */
enum { FOLDER = LSN_PASSED_KINDS, IMAGE, NOTHING };

/* What a folder holds of folders and images, sorted by name, and beside it what is passed
 * over. Names that start with a dot are: .git, and the "._x.jpg" some systems leave beside
 * x.jpg; only images among them are counted. */
struct listing {
    struct entry {
        char *name; /* owned */
        int kind;
        bool is_folder;
    } * entries; /* [count] */
    size_t count, capacity;
    struct entry *passed; /* [passed_count] */
    size_t passed_count, passed_capacity;
};

static void free_listing(struct listing *listing)
{
    size_t i;

    for (i = 0; i < listing->count; i++)
        lsn_free(listing->entries[i].name);
    for (i = 0; i < listing->passed_count; i++)
        lsn_free(listing->passed[i].name);
    lsn_free(listing->entries);
    lsn_free(listing->passed);
    *listing = (struct listing){0};
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static bool has_extension(const char *name, const char *const *extensions, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (lsn_path_has_extension(name, extensions[i]))
            return true;
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What is called name, and is of type mode; 0: cannot be told, as of a link to nowhere. */
static int kind_of(const char *name, mode_t mode)
{
    static const char *const read[] = {"png", "jpg", "jpeg"};
    static const char *const other[] = {"jpe",  "jfif", "jp2", "jxl",  "gif",  "bmp",  "tif",
                                        "tiff", "ppm",  "pgm", "webp", "heic", "heif", "avif"};
    bool is_read = has_extension(name, read, COUNT(read));
    bool is_image = is_read || has_extension(name, other, COUNT(other));

    if (name[0] == '.')
        return is_image && !S_ISDIR(mode) ? LSN_PASSED_HIDDEN : NOTHING;
    if (S_ISDIR(mode))
        return FOLDER;
    if (is_read && (S_ISREG(mode) || mode == 0))
        return IMAGE;
    return is_image ? LSN_PASSED_FORMAT : LSN_PASSED_OTHER;
}

static enum lsn_status add_entry(const char *folder, const char *name, struct listing *listing,
                                 struct lsn_error *err)
{
    char *path = lsn_path_join(folder, name);
    struct entry entry = {0};
    struct stat info;
    int failure;

    if (!path)
        return lsn_fail_memory(err, "a path");
    failure = stat(path, &info) == 0 ? 0 : errno;
    lsn_free(path);
    entry.kind = kind_of(name, failure ? 0 : info.st_mode);
    entry.is_folder = entry.kind == FOLDER;
    if (failure && entry.kind == IMAGE)
        return lsn_fail_errno(err, failure, "%s/%s: cannot stat", folder, name);
    if (entry.kind == NOTHING)
        return LSN_OK;
    entry.name = lsn_strdup(name);
    if (entry.name && entry.kind < LSN_PASSED_KINDS &&
        lsn_grow(&listing->passed, &listing->passed_capacity, listing->passed_count,
                 sizeof entry)) {
        listing->passed[listing->passed_count++] = entry;
    } else if (entry.name && entry.kind >= LSN_PASSED_KINDS &&
               lsn_grow(&listing->entries, &listing->capacity, listing->count, sizeof entry)) {
        listing->entries[listing->count++] = entry;
    } else {
        lsn_free(entry.name);
        return lsn_fail_memory(err, "the list of images");
    }
    return LSN_OK;
}

static enum lsn_status read_folder(const char *path, struct listing *listing, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    DIR *stream = opendir(path);

    *listing = (struct listing){0};
    if (!stream)
        return lsn_fail_errno(err, errno, "%s: cannot open the folder", path);
    while (status == LSN_OK) {
        const struct dirent *found;

        errno = 0;
        found = readdir(stream);
        if (!found) {
            if (errno)
                status = lsn_fail_errno(err, errno, "%s: cannot read the folder", path);
            break;
        }
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            status = add_entry(path, found->d_name, listing, err);
    }
    closedir(stream);
    if (status != LSN_OK)
        free_listing(listing);
    else if (listing->count)
        qsort(listing->entries, listing->count, sizeof *listing->entries, compare_entries);
    if (listing->passed_count)
        qsort(listing->passed, listing->passed_count, sizeof *listing->passed, compare_entries);
    return status;
}

/* Adds the images of folder/name, and of the folders in it, to one class. */
static enum lsn_status add_folder(const char *folder, const char *name, int depth, int class_index,
                                  struct lsn_dataset *dataset, struct lsn_error *err)
{
    char *path = lsn_path_join(folder, name);
    struct listing listing = {0};
    enum lsn_status status;
    size_t i;

    if (!path)
        return lsn_fail_memory(err, "a path");
    if (depth > DEPTH_MAX)
        status = lsn_fail(err, LSN_E_DATA,
                          "%s: lies %d folders deep, at most %d are read: a link that leads back?",
                          path, depth, DEPTH_MAX);
    else
        status = read_folder(path, &listing, err);
    for (i = 0; status == LSN_OK && i < listing.passed_count; i++)
        status = lsn_dataset_pass_over(dataset, (enum lsn_passed)listing.passed[i].kind, name,
                                       listing.passed[i].name, err);
    for (i = 0; status == LSN_OK && i < listing.count; i++) {
        const struct entry *entry = &listing.entries[i];
        char *below = lsn_path_join(name, entry->name);

        if (!below) {
            status = lsn_fail_memory(err, "a path");
        } else if (entry->is_folder) {
            status = add_folder(folder, below, depth + 1, class_index, dataset, err);
            lsn_free(below);
        } else {
            status = lsn_dataset_add(dataset, folder, below, class_index, err);
        }
    }
    free_listing(&listing);
    lsn_free(path);
    return status;
}

#define LABELS_HINT "(a labels.csv with the header file,class gives the labels otherwise)"

/* Counts the folders into indices, in the listing's order, or where all are called by numbers,
 * of which 10 would come before 2, in that of the numbers. */
static enum lsn_status count_folders(const struct listing *listing, int *indices,
                                     struct lsn_error *err)
{
    int64_t *numbers = lsn_alloc(listing->count, sizeof *numbers);
    bool numbered = true;
    size_t i, j;

    if (!numbers)
        return lsn_fail_memory(err, "the list of folders");
    for (i = 0; i < listing->count && numbered; i++)
        numbered = !listing->entries[i].is_folder ||
                   lsn_parse_int(listing->entries[i].name, 0, INT64_MAX, &numbers[i]);
    for (i = 0; i < listing->count; i++) {
        indices[i] = 0;
        for (j = 0; j < listing->count && listing->entries[i].is_folder; j++)
            if (listing->entries[j].is_folder)
                indices[i] +=
                    numbered && numbers[j] != numbers[i] ? numbers[j] < numbers[i] : j < i;
    }
    lsn_free(numbers);
    return LSN_OK;
}

/* indices [listing->count] receives the class of each entry that is a folder. */
static enum lsn_status match_folders(const char *folder, const struct listing *listing,
                                     const struct lsn_classes *classes, int *indices,
                                     struct lsn_error *err)
{
    const char *stranger = NULL;
    int folders = 0, known = 0, other;
    size_t i;

    for (i = 0; i < listing->count; i++) {
        const char *name = listing->entries[i].name;

        if (!listing->entries[i].is_folder)
            continue;
        folders++;
        indices[i] = lsn_class_find(classes, name, &other);
        if (other >= 0)
            return lsn_fail(err, LSN_E_DATA,
                            "%s/%s: is the name of classes %d and %d, an id is wanted " LABELS_HINT,
                            folder, name, indices[i], other);
        if (indices[i] >= 0)
            known++;
        else if (!stranger)
            stranger = name;
    }
    if (folders == 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: holds neither class folders nor a labels.csv; name each image's class "
                        "in a CSV with the header file,class, or put the images in folders called "
                        "by their class's id or name",
                        folder);
    if (known == folders)
        return LSN_OK;
    if (known > 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s/%s: is no class's id or name in the model, as %d of the %d folders "
                        "are " LABELS_HINT,
                        folder, stranger, known, folders);
    if (folders != classes->count)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its %d folders ('%s', ...) bear no class's id or name, and sorted "
                        "order counts only for as many folders as classes, %d " LABELS_HINT,
                        folder, folders, stranger, classes->count);
    return count_folders(listing, indices, err);
}

enum lsn_status lsn_dataset_add_folders(struct lsn_dataset *dataset, const char *folder,
                                        const struct lsn_classes *classes, struct lsn_error *err)
{
    struct listing listing;
    enum lsn_status status;
    int *indices;
    size_t i;

    LSN_TRY(read_folder(folder, &listing, err));
    indices = lsn_alloc(listing.count, sizeof *indices);
    status = indices ? match_folders(folder, &listing, classes, indices, err)
                     : lsn_fail_memory(err, "the list of folders");
    for (i = 0; status == LSN_OK && i < listing.count; i++) {
        const struct entry *entry = &listing.entries[i];
        size_t before = dataset->count;

        if (entry->is_folder)
            status = add_folder(folder, entry->name, 1, indices[i], dataset, err);
        else
            status = lsn_dataset_pass_over(dataset, LSN_PASSED_OUTSIDE, NULL, entry->name, err);
        if (status == LSN_OK && entry->is_folder && dataset->count == before)
            status = lsn_dataset_pass_over(dataset, LSN_PASSED_EMPTY, NULL, entry->name, err);
    }
    for (i = 0; status == LSN_OK && i < listing.passed_count; i++)
        if (listing.passed[i].kind == LSN_PASSED_FORMAT)
            status = lsn_dataset_pass_over(dataset, LSN_PASSED_OUTSIDE, NULL,
                                           listing.passed[i].name, err);
    if (status == LSN_OK && dataset->count == 0)
        status = lsn_fail(err, LSN_E_DATA, "%s: its class folders hold no .png, .jpg or .jpeg file",
                          folder);
    lsn_free(indices);
    free_listing(&listing);
    return status;
}
