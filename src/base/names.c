#include "base/names.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

/* The FNV-1a hash of a name, its upper half folded into the lower. */
static size_t hash(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

/* The slot that holds name, or the empty one where it belongs. */
static size_t find_slot(const struct lsn_names *names, const char *name)
{
    size_t slot = hash(name) & (names->slots - 1);

    while (names->keys[slot] && strcmp(names->keys[slot], name) != 0)
        slot = (slot + 1) & (names->slots - 1);
    return slot;
}

static bool grow(struct lsn_names *names)
{
    struct lsn_names larger = {.slots = names->slots ? names->slots * 2 : 64};
    size_t i;

    larger.keys = lsn_alloc(larger.slots, sizeof *larger.keys);
    larger.values = lsn_alloc(larger.slots, sizeof *larger.values);
    if (!larger.keys || !larger.values) {
        lsn_names_free(&larger);
        return false;
    }
    for (i = 0; i < names->slots; i++)
        if (names->keys[i])
            (void)lsn_names_set(&larger, names->keys[i], names->values[i]);
    lsn_names_free(names);
    *names = larger;
    return true;
}

bool lsn_names_set(struct lsn_names *names, const char *name, int value)
{
    size_t slot;

    if (names->count * 2 >= names->slots && !grow(names))
        return false;
    slot = find_slot(names, name);
    names->count += !names->keys[slot];
    names->keys[slot] = name;
    names->values[slot] = value;
    return true;
}

int lsn_names_find(const struct lsn_names *names, const char *name)
{
    size_t slot;

    if (names->slots == 0)
        return -1;
    slot = find_slot(names, name);
    return names->keys[slot] ? names->values[slot] : -1;
}

void lsn_names_free(struct lsn_names *names)
{
    lsn_free(names->keys);
    lsn_free(names->values);
    *names = (struct lsn_names){0};
}
