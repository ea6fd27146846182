/* Finds images and their labels in class folders. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "data/matching.h"
#include "format/file.h"

/* Links to folders are followed; a deeper folder is taken for a loop of links. */
#define DEPTH_MAX 32

#define IMAGE_ENDINGS ".jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff or .webp"

/* The kinds of a folder's entries: these, and LSN_PASSED_... for files that are passed over.
 * NOTHING is not even counted as passed over: hidden files that are no images. */
enum { FOLDER = LSN_PASSED_KINDS, IMAGE, NOTHING };

/* What a folder holds: entries are its folders and images, sorted by name; passed are the files
 * that are not used, which a note counts. Names that begin with a dot are never used, and counted
 * only if they are an image's: .git is not, "._x.jpg" is, which macOS leaves beside x.jpg. */
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

/* The kind of an entry by its name and its type mode; mode 0: the type cannot be found out, as for
 * a link to nowhere. */
static int kind_of(const char *name, mode_t mode)
{
    static const char *const read[] = {"jpg", "jpeg", "png",  "ppm", "bmp",
                                       "pgm", "tif",  "tiff", "webp"};
    static const char *const other[] = {"jpe", "jfif", "jp2",  "jxl",  "gif",
                                        "pbm", "pnm",  "heic", "heif", "avif"};
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
    /* An entry named as an image is kept even here: it is reported when it is opened. */
    if (failure && entry.kind == LSN_PASSED_OTHER)
        return lsn_fail_errno(err, failure,
                              "%s/%s: may be a folder of images, mend it or remove it: cannot stat",
                              folder, name);
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

/* Adds the images of folder/name and of all folders below it to one class. */
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

/* Refuses folders that contain nothing but folders: probably the user gave the folder above, the
 * one that holds train/ and val/. Tiny ImageNet is an exception: each of its class folders holds
 * its images in a folder called images. */
static enum lsn_status check_level(const struct lsn_matching *matching, const char *name,
                                   struct lsn_error *err)
{
    char *path = lsn_path_join(matching->folder, name);
    struct listing listing;
    enum lsn_status status;
    size_t i, folders = 0;

    if (!path)
        return lsn_fail_memory(err, "a path");
    status = read_folder(path, &listing, err);
    for (i = 0; i < listing.count; i++)
        folders += listing.entries[i].is_folder;
    if (status == LSN_OK && folders > 0 && folders == listing.count &&
        !(folders == 1 && strcmp(listing.entries[0].name, "images") == 0))
        status = lsn_fail(err, LSN_E_DATA,
                          "%s: bears no class's id or name and holds no image, but %zu folder%s "
                          "('%s', ...): are the class folders in %s? Then give that as the folder "
                          "of images " LSN_LABELS_HINT,
                          path, folders, lsn_plural(folders), listing.entries[0].name, path);
    free_listing(&listing);
    lsn_free(path);
    return status;
}

static enum lsn_status match(struct lsn_matching *matching, const struct lsn_classes *classes,
                             enum lsn_folder_order order, struct lsn_error *err)
{
    bool known;
    int i;

    if (matching->count == 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: holds neither class folders nor a labels.csv; name each image's class "
                        "in a CSV with the header file,class, or put the images in folders called "
                        "by their class's id or name",
                        matching->folder);
    LSN_TRY(lsn_match_known(matching, classes, &known, err));
    if (known)
        return LSN_OK;
    for (i = 0; i < matching->count; i++)
        LSN_TRY(check_level(matching, matching->names[i], err));
    return lsn_match_counted(matching, classes, order, err);
}

/* Adds the images of each class folder with the class that it was matched to. */
static enum lsn_status add_matched(const struct lsn_matching *matching, struct lsn_dataset *dataset,
                                   struct lsn_error *err)
{
    int i;

    for (i = 0; i < matching->count; i++) {
        size_t before = dataset->count;

        LSN_TRY(add_folder(matching->folder, matching->names[i], 1, matching->indices[i], dataset,
                           err));
        if (dataset->count == before)
            LSN_TRY(
                lsn_dataset_pass_over(dataset, LSN_PASSED_EMPTY, NULL, matching->names[i], err));
    }
    if (dataset->count == 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its class folders hold no file that ends in " IMAGE_ENDINGS,
                        matching->folder);
    return LSN_OK;
}

/* Counts images that are not in a class folder but beside them as passed over. */
static enum lsn_status pass_over_outside(const struct listing *listing, struct lsn_dataset *dataset,
                                         struct lsn_error *err)
{
    size_t i;

    for (i = 0; i < listing->count; i++)
        if (!listing->entries[i].is_folder)
            LSN_TRY(lsn_dataset_pass_over(dataset, LSN_PASSED_OUTSIDE, NULL,
                                          listing->entries[i].name, err));
    for (i = 0; i < listing->passed_count; i++)
        if (listing->passed[i].kind == LSN_PASSED_FORMAT)
            LSN_TRY(lsn_dataset_pass_over(dataset, LSN_PASSED_OUTSIDE, NULL,
                                          listing->passed[i].name, err));
    return LSN_OK;
}

enum lsn_status lsn_dataset_add_folders(struct lsn_dataset *dataset, const char *folder,
                                        const struct lsn_classes *classes,
                                        enum lsn_folder_order order, struct lsn_error *err)
{
    struct lsn_matching matching = {.folder = folder};
    struct listing listing;
    enum lsn_status status;
    size_t i;

    LSN_TRY(read_folder(folder, &listing, err));
    matching.names = lsn_alloc(listing.count, sizeof *matching.names);
    matching.indices = lsn_alloc(listing.count, sizeof *matching.indices);
    status =
        matching.names && matching.indices ? LSN_OK : lsn_fail_memory(err, "the list of folders");
    for (i = 0; status == LSN_OK && i < listing.count; i++)
        if (listing.entries[i].is_folder)
            matching.names[matching.count++] = listing.entries[i].name;
    if (status == LSN_OK)
        status = match(&matching, classes, order, err);
    if (status == LSN_OK)
        status = add_matched(&matching, dataset, err);
    if (status == LSN_OK)
        status = pass_over_outside(&listing, dataset, err);
    dataset->matching = matching.how;
    lsn_free(matching.names);
    lsn_free(matching.indices);
    free_listing(&listing);
    return status;
}
