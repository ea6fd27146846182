/* Labels from class folders. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "format/file.h"
#include "sweep/dataset.h"
#include "sweep/matching.h"

/* Folders are followed through links; deeper than this is taken for a loop. */
#define DEPTH_MAX 32

#define IMAGE_ENDINGS ".jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff or .webp"

/* What a folder holds of folders and images, sorted by name. Names that start with
 * a dot are passed over: .git, and the "._x.jpg" some systems leave beside x.jpg. */
struct listing {
    struct entry {
        char *name; /* owned */
        bool is_folder;
    } * entries; /* [count] */
    size_t count, capacity;
};

static void free_listing(struct listing *listing)
{
    size_t i;

    for (i = 0; i < listing->count; i++)
        lsn_free(listing->entries[i].name);
    lsn_free(listing->entries);
    *listing = (struct listing){0};
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* What torchvision's ImageFolder takes for images. */
static bool names_image(const char *name)
{
    static const char *const extensions[] = {"jpg", "jpeg", "png",  "ppm", "bmp",
                                             "pgm", "tif",  "tiff", "webp"};
    size_t i;

    for (i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (lsn_path_has_extension(name, extensions[i]))
            return true;
    return false;
}

static enum lsn_status add_entry(const char *folder, const char *name, struct listing *listing,
                                 struct lsn_error *err)
{
    bool is_image = names_image(name);
    char *path = lsn_path_join(folder, name);
    struct entry entry = {0};
    struct stat info;
    int failure;

    if (!path)
        return lsn_fail_memory(err, "a path");
    failure = stat(path, &info) == 0 ? 0 : errno;
    lsn_free(path);
    if (failure)
        return is_image ? lsn_fail_errno(err, failure, "%s/%s: cannot stat", folder, name) : LSN_OK;
    entry.is_folder = S_ISDIR(info.st_mode);
    if (!entry.is_folder && !(is_image && S_ISREG(info.st_mode)))
        return LSN_OK;
    entry.name = lsn_strdup(name);
    if (!entry.name ||
        !lsn_grow(&listing->entries, &listing->capacity, listing->count, sizeof entry)) {
        lsn_free(entry.name);
        return lsn_fail_memory(err, "the list of images");
    }
    listing->entries[listing->count++] = entry;
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
        if (found->d_name[0] != '.')
            status = add_entry(path, found->d_name, listing, err);
    }
    closedir(stream);
    if (status != LSN_OK)
        free_listing(listing);
    else if (listing->count)
        qsort(listing->entries, listing->count, sizeof *listing->entries, compare_entries);
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
    for (i = 0; status == LSN_OK && i < listing.count; i++) {
        char *below = lsn_path_join(name, listing.entries[i].name);

        if (!below) {
            status = lsn_fail_memory(err, "a path");
        } else if (listing.entries[i].is_folder) {
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

/* Class folders that hold folders only are taken for a level too high, as train/ and val/ would
 * be; but for Tiny ImageNet's, which each hold their images in one called images. */
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
                          "%s: bears no class's id or name and holds no image, but %zu folders "
                          "('%s', ...): are the class folders in %s? Then give that as the folder "
                          "of images " LSN_LABELS_HINT,
                          path, folders, listing.entries[0].name, path);
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

/* Adds the images of each folder that the listing has, as matched. */
static enum lsn_status add_matched(const struct lsn_matching *matching, struct lsn_dataset *dataset,
                                   struct lsn_error *err)
{
    int i;

    for (i = 0; i < matching->count; i++)
        LSN_TRY(add_folder(matching->folder, matching->names[i], 1, matching->indices[i], dataset,
                           err));
    if (dataset->count == 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its class folders hold no file that ends in " IMAGE_ENDINGS,
                        matching->folder);
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
    dataset->matching = matching.how;
    lsn_free(matching.names);
    lsn_free(matching.indices);
    free_listing(&listing);
    return status;
}
