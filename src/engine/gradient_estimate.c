/* First-order estimates of lesions. What a lesion puts in a kernel's plane is what lsn_lesion_place
 * computes for one kernel; here it is done for all kernels of a layer at once. */
#include <math.h>

#include "base/error.h"
#include "engine/gradient.h"
#include "engine/lesion.h"
#include "engine/pass.h"

/* One place of the lesioned layer. */
struct place {
    const struct lsn_step *step;
    const float *in;       /* its input, intact */
    const float *intact;   /* [h][w][c] */
    const float *gradient; /* [h][w][c] */
    const float *put;      /* [h][w][c] what lesions put in */
};

/* For each kernel the sum over positions of gradient times (lesioned - intact), where lesioned is
 * the plane of put or, without it, a value per kernel: of values [c], or 0. */
static void add_replaced(const struct place *place, const float *values, double *estimates)
{
    size_t c = (size_t)place->step->node->shape.c, at, i;

    for (at = 0; at < place->step->count; at += c)
        for (i = 0; i < c; i++) {
            float lesioned = place->put ? place->put[at + i] : values ? values[i] : 0;

            estimates[i] += (double)place->gradient[at + i] *
                            ((double)lesioned - (double)place->intact[at + i]);
        }
}

/* The same where a slice of each kernel's weights is zeroed: what it adds is taken away. */
static void add_slices(const struct place *place, struct lsn_slice slice, float *plane,
                       double *estimates)
{
    size_t c = (size_t)place->step->node->shape.c, positions = place->step->count / c, kernel, p;

    for (kernel = 0; kernel < c; kernel++) {
        lsn_conv_run_slice(&place->step->geometry.conv, place->step->packed, (int)kernel, slice,
                           place->in, plane);
        for (p = 0; p < positions; p++)
            estimates[kernel] -= (double)place->gradient[p * c + kernel] * (double)plane[p];
    }
}

static void add_place(const struct lsn_gradient *gradient, const struct lsn_pass *pass, int index,
                      const struct lsn_lesion *lesion, const float *put, double *estimates)
{
    const struct lsn_step *step = &gradient->network->steps[index];
    struct place place = {step, pass->intact[step->node->inputs[0]], pass->intact[index],
                          gradient->at[index], NULL};

    switch (lsn_lesion_left(lesion)) {
    case LSN_LEFT_REST:
        if (lsn_lesion_is_sliced(gradient->network, index, lesion))
            add_slices(&place, lesion->slice, gradient->scratch, estimates);
        else
            add_replaced(&place, step->bias, estimates);
        break;
    case LSN_LEFT_NOTHING:
        add_replaced(&place, NULL, estimates);
        break;
    case LSN_LEFT_PLANE:
        place.put = put;
        add_replaced(&place, NULL, estimates);
        break;
    }
}

enum lsn_status lsn_gradient_estimate(const struct lsn_gradient *gradient,
                                      const struct lsn_pass *pass, int layer,
                                      const struct lsn_lesion *lesion, const float *const *planes,
                                      double *estimates, struct lsn_error *err)
{
    const struct lsn_network *network = gradient->network;
    const struct lsn_layer *l;
    int kernels, i;

    lsn_error_clear(err);
    LSN_TRY(lsn_gradient_check(gradient, pass, err));
    LSN_TRY(lsn_lesion_check(lesion, network, layer, NULL, 0, err));
    if (lsn_lesion_left(lesion) == LSN_LEFT_PLANE && !planes)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "estimates of a lesion: no planes are given to put in");
    l = &network->layers[layer];
    kernels = network->steps[l->places[0]].node->shape.c;
    for (i = 0; i < kernels; i++)
        estimates[i] = 0;
    for (i = 0; i < l->place_count; i++)
        add_place(gradient, pass, l->places[i], lesion, planes ? planes[i] : NULL, estimates);
    for (i = 0; i < kernels; i++)
        if (!isfinite(estimates[i]))
            return lsn_fail(
                err, LSN_E_DATA,
                "layer %d, kernel %d: the first-order estimate is not a finite number: a "
                "derivative at this stimulus is infinite or none",
                layer, i);
    return LSN_OK;
}
