#include "model/input.h"

#include <string.h>

#include "base/memory.h"
#include "format/file.h"

#define EXTENT_MAX      16384 /* px */
#define INPUT_BYTES_MAX (1u << 20)
#define MAGNITUDE_MAX   1e6

static enum lsn_status parse_int(const char *what, const struct lsn_json *json, const char *key,
                                 int low, int high, int *value, struct lsn_error *err)
{
    if (!lsn_json_int(lsn_json_member(json, key), low, high, value))
        return lsn_fail(err, LSN_E_FORMAT, "%s: '%s' must be a whole number in %d ... %d", what,
                        key, low, high);
    return LSN_OK;
}

static bool in_range(double value, double low)
{
    return value >= low && value <= MAGNITUDE_MAX;
}

/* values [channels] */
static enum lsn_status parse_numbers(const char *what, const struct lsn_json *json, const char *key,
                                     double low, int channels, double *values,
                                     struct lsn_error *err)
{
    const struct lsn_json *array = lsn_json_member(json, key), *element = lsn_json_first(array);
    int i;

    for (i = 0; i < channels; i++, element = element ? lsn_json_next(element) : NULL)
        if (!lsn_json_number(element, &values[i]) || !in_range(values[i], low))
            break;
    if (i < channels || element || !lsn_json_is_array(array))
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: '%s' must be %d number%s in %g ... %g, in brackets, one for each "
                        "channel",
                        what, key, channels, lsn_plural((size_t)channels), low, MAGNITUDE_MAX);
    return LSN_OK;
}

/* The order of one channel means nothing, and programs that write the same keys for every network
 * may give any. */
static enum lsn_status parse_order(const char *what, const struct lsn_json *json,
                                   struct lsn_input *input, struct lsn_error *err)
{
    const struct lsn_json *order = lsn_json_member(json, "order");
    const char *text = lsn_json_string(order);
    bool grey = input->shape.c == 1, bgr = text && strcmp(text, "BGR") == 0;

    if ((grey && !order) || bgr || (text && strcmp(text, "RGB") == 0) ||
        (grey && text && strcmp(text, "GREY") == 0)) {
        input->bgr = bgr && !grey;
        return LSN_OK;
    }
    return lsn_fail(err, LSN_E_FORMAT, "%s: 'order' is %s, wanted %s", what,
                    text ? text : "missing",
                    grey ? "\"GREY\" or none where 'channels' is 1" : "\"RGB\" or \"BGR\"");
}

/* A number is the short side, two are height and width. */
static enum lsn_status parse_resize(const char *what, const struct lsn_json *json,
                                    struct lsn_input *input, struct lsn_error *err)
{
    const struct lsn_json *resize = lsn_json_member(json, "resize"), *height, *width;

    if (lsn_json_is_null(resize) || lsn_json_int(resize, 0, EXTENT_MAX, &input->resize))
        return LSN_OK;
    height = lsn_json_is_array(resize) ? lsn_json_first(resize) : NULL;
    width = height ? lsn_json_next(height) : NULL;
    if (lsn_json_int(height, 1, EXTENT_MAX, &input->resize_h) &&
        lsn_json_int(width, 1, EXTENT_MAX, &input->resize_w) && !lsn_json_next(width))
        return LSN_OK;
    return lsn_fail(err, LSN_E_FORMAT,
                    "%s: 'resize' must be a whole number in 0 ... %d, [height, width] with two in "
                    "1 ... %d, or null",
                    what, EXTENT_MAX, EXTENT_MAX);
}

static enum lsn_status parse_interpolation(const char *what, const struct lsn_json *json,
                                           enum lsn_interpolation *interpolation,
                                           struct lsn_error *err)
{
    const char *text = lsn_json_string(lsn_json_member(json, "interpolation"));
    int i;

    for (i = 0; text && i < LSN_INTERPOLATIONS; i++)
        if (strcmp(text, lsn_interpolation_name((enum lsn_interpolation)i)) == 0) {
            *interpolation = (enum lsn_interpolation)i;
            return LSN_OK;
        }
    return lsn_fail(err, LSN_E_FORMAT,
                    "%s: 'interpolation' is %s, wanted \"nearest\", \"bilinear\", \"bicubic\" or "
                    "\"lanczos\"",
                    what, text ? text : "missing");
}

static enum lsn_status check_keys(const char *what, const struct lsn_json *json,
                                  struct lsn_error *err)
{
    static const char *const known[] = {"channels", "height", "width", "resize", "interpolation",
                                        "order",    "scale",  "mean",  "std"};
    const struct lsn_json *member;
    size_t i;

    if (!lsn_json_is_object(json))
        return lsn_fail(err, LSN_E_FORMAT, "%s: is not a JSON object", what);
    for (member = lsn_json_first(json); member; member = lsn_json_next(member)) {
        for (i = 0; i < sizeof known / sizeof known[0]; i++)
            if (strcmp(lsn_json_key(member), known[i]) == 0)
                break;
        if (i == sizeof known / sizeof known[0])
            return lsn_fail(err, LSN_E_FORMAT, "%s: the key '%s' is not known", what,
                            lsn_json_key(member));
    }
    return LSN_OK;
}

enum lsn_status lsn_input_parse(const char *what, const struct lsn_json *json,
                                struct lsn_input *input, struct lsn_error *err)
{
    struct lsn_shape *s = &input->shape;

    *input = (struct lsn_input){0};
    LSN_TRY(check_keys(what, json, err));
    LSN_TRY(parse_int(what, json, "channels", 1, EXTENT_MAX, &s->c, err));
    if (s->c != 1 && s->c != 3)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: 'channels' is %d, supported are 3 (colour) and 1 (grey)", what, s->c);
    LSN_TRY(parse_int(what, json, "height", 1, EXTENT_MAX, &s->h, err));
    LSN_TRY(parse_int(what, json, "width", 1, EXTENT_MAX, &s->w, err));
    LSN_TRY(parse_resize(what, json, input, err));
    LSN_TRY(parse_interpolation(what, json, &input->interpolation, err));
    LSN_TRY(parse_order(what, json, input, err));
    if (!lsn_json_number(lsn_json_member(json, "scale"), &input->scale) ||
        !in_range(input->scale, 1e-6))
        return lsn_fail(err, LSN_E_FORMAT, "%s: 'scale' must be a number in 1e-06 ... %g", what,
                        MAGNITUDE_MAX);
    LSN_TRY(parse_numbers(what, json, "mean", -MAGNITUDE_MAX, s->c, input->mean, err));
    return parse_numbers(what, json, "std", 1e-6, s->c, input->std, err);
}

enum lsn_status lsn_input_read(const char *path, struct lsn_input *input, struct lsn_error *err)
{
    struct lsn_bytes bytes;
    struct lsn_json *json;
    enum lsn_status status;

    LSN_TRY(lsn_file_read(path, INPUT_BYTES_MAX, &bytes, err));
    status = lsn_json_parse(path, (const char *)bytes.data, bytes.size, &json, err);
    lsn_free(bytes.data);
    if (status != LSN_OK)
        return status;
    status = lsn_input_parse(path, json, input, err);
    lsn_json_free(json);
    return status;
}

const char *lsn_input_order(const struct lsn_input *input)
{
    if (input->shape.c == 1)
        return "GREY";
    return input->bgr ? "BGR" : "RGB";
}

/* values [channels] */
static void add_numbers(struct lsn_text *text, const char *key, const double *values, int channels)
{
    int i;

    lsn_text_add(text, ",\"%s\":[", key);
    for (i = 0; i < channels; i++)
        lsn_text_add(text, "%s%.17g", i ? "," : "", values[i]);
    lsn_text_add(text, "]");
}

void lsn_input_add_json(struct lsn_text *text, const struct lsn_input *input)
{
    lsn_text_add(text, "{\"channels\":%d,\"height\":%d,\"width\":%d,\"resize\":", input->shape.c,
                 input->shape.h, input->shape.w);
    if (input->resize_h)
        lsn_text_add(text, "[%d,%d]", input->resize_h, input->resize_w);
    else
        lsn_text_add(text, "%d", input->resize);
    lsn_text_add(text, ",\"interpolation\":\"%s\",\"order\":\"%s\",\"scale\":%.17g",
                 lsn_interpolation_name(input->interpolation), lsn_input_order(input),
                 input->scale);
    add_numbers(text, "mean", input->mean, input->shape.c);
    add_numbers(text, "std", input->std, input->shape.c);
    lsn_text_add(text, "}");
}
