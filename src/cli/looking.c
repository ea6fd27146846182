#include "looking.h"

#include <stdio.h>
#include <string.h>

#include "message.h"
#include "progress.h"
#include "signals.h"

enum { LISTED = 20 }; /* faults that are printed; of the rest only the number */

enum { REFUSE, LEAVE_OUT }; /* the choices of --damaged, in the option table's order */

bool looking_look(const struct options *options, struct inputs *inputs, const char *run)
{
    struct progress progress;
    struct lsn_look_options look = {
        .size = sizeof look,
        .loading = {(enum lsn_alpha)options->alpha, (enum lsn_depth)options->depth},
        .threads = options->threads,
        .memory = options->memory,
        .run = run,
        .leave_out = options->damaged == LEAVE_OUT,
        .stop = &signals_stop};
    struct lsn_error err = LSN_ERROR_NONE;
    enum lsn_status status;

    signals_catch();
    progress_start(&progress, "looking at images");
    if (progress_wanted()) {
        look.progress = progress_report;
        look.progress_context = &progress;
    }
    status = lsn_look_run(inputs->model, inputs->dataset, &look, &inputs->look, &err);
    progress_end();
    if (status == LSN_E_INTERRUPTED && signals_time_is_up()) {
        message_error("time was up before all images were looked at, and nothing was begun: give "
                      "--time more");
    } else if (status == LSN_E_INTERRUPTED) {
        message_note("interrupted: not all images were looked at, and nothing was begun");
        message_set_exit(EXIT_INTERRUPTED);
    } else if (status != LSN_OK) {
        message_failure(&err);
    } else {
        message_detail("%zu image%s, of which %zu %s opened", inputs->look->count,
                       message_plural(inputs->look->count), inputs->look->opened,
                       message_were(inputs->look->opened));
    }
    return status == LSN_OK;
}

void looking_note_passed(const struct inputs *inputs)
{
    static const struct {
        const char *noun, *rest;
    } what[LSN_PASSED_KINDS] = {[LSN_PASSED_FORMAT] = {"image", " in formats that are not read"},
                                [LSN_PASSED_HIDDEN] = {"hidden image", ""},
                                [LSN_PASSED_OUTSIDE] = {"image", " outside class folders"},
                                [LSN_PASSED_EMPTY] = {"class folder", " without an image"}};
    int kind;

    for (kind = 0; kind < LSN_PASSED_KINDS; kind++) {
        const char *names[LSN_PASSED_NAMED];
        int named;
        size_t count = lsn_dataset_passed(inputs->dataset, (enum lsn_passed)kind, names, &named);

        if (what[kind].noun && count > 0)
            message_note("passed over %zu %s%s%s: %s%s%s%s%s%s", count, what[kind].noun,
                         message_plural(count), what[kind].rest, names[0], named > 1 ? ", " : "",
                         named > 1 ? names[1] : "", named > 2 ? ", " : "",
                         named > 2 ? names[2] : "", count > (size_t)named ? " ..." : "");
    }
}

static void list_faults(const struct lsn_look *look, bool as_errors)
{
    size_t listed = 0, i;

    for (i = 0; i < look->count && listed < LISTED; i++) {
        if (!look->images[i].fault)
            continue;
        listed++;
        (as_errors ? message_error : message_note)("%s", look->images[i].fault);
    }
    if (look->faults > listed)
        (as_errors ? message_error : message_note)("and %zu more", look->faults - listed);
}

void looking_say_faults(const struct inputs *inputs)
{
    list_faults(inputs->look, true);
}

void looking_note_orientations(const struct inputs *inputs)
{
    const struct lsn_look *look = inputs->look;
    size_t turned = 0, i;

    for (i = 0; i < look->count; i++)
        turned += !look->images[i].fault && look->images[i].orientation > 1;
    if (turned)
        message_note("%zu %s an EXIF orientation other than 1, which is not applied, as in "
                     "torchvision",
                     turned, turned == 1 ? "image has" : "images have");
}

static bool leave_out(struct inputs *inputs)
{
    const struct lsn_look *look = inputs->look;
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_look_leave_out(look, inputs->dataset, &err) != LSN_OK) {
        message_failure(&err);
        return false;
    }
    message_note("left out %zu of %zu image%s:", look->faults, look->count,
                 message_plural(look->count));
    list_faults(look, false);
    return true;
}

bool looking_check(const struct options *options, struct inputs *inputs, const char *run)
{
    looking_note_passed(inputs);
    if (!looking_look(options, inputs, run))
        return false;
    if (inputs->look->faults == 0 || options->damaged == LEAVE_OUT) {
        looking_note_orientations(inputs);
        return inputs->look->faults == 0 || leave_out(inputs);
    }
    looking_say_faults(inputs);
    if (inputs->look->faults < inputs->look->count)
        message_note("%zu of %zu images cannot be shown; --damaged leave-out goes on without %s",
                     inputs->look->faults, inputs->look->count,
                     inputs->look->faults == 1 ? "it" : "them");
    else if (inputs->look->faults > 1)
        message_note("none of the %zu images can be shown: is --images the folder that they are "
                     "in, and --labels of that folder?",
                     inputs->look->count);
    return false;
}
