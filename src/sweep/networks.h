/* The networks of a sweep: the model's own, and one for each node normalisation among its
 * conditions. */
#ifndef LSN_SWEEP_NETWORKS_H
#define LSN_SWEEP_NETWORKS_H

#include "lesion/network.h"
#include "lesion/stimulus.h"

struct lsn_networks {
    struct lsn_network **list; /* [count] the model's own first, which lends the others weights */
    int count;
    bool *used; /* [count] by some condition */
    int *first; /* [count] the condition that each but the model's own was made for */
    int *of;    /* [conditions] which is shown each */
};

/* For that engine. LSN_E_ARGUMENT as lsn_normalisation_check, LSN_E_MEMORY. Start from zeroes;
 * lsn_networks_free frees what there is also on failure. */
enum lsn_status lsn_networks_create(struct lsn_networks *networks, const struct lsn_model *model,
                                    enum lsn_engine engine, const struct lsn_condition *conditions,
                                    int condition_count, struct lsn_error *err);

/* Each of bare with kernels [count] lesioned throughout; bare must outlive them. As above. */
enum lsn_status lsn_networks_lesion(struct lsn_networks *networks, const struct lsn_networks *bare,
                                    int condition_count, const struct lsn_lesion *lesion,
                                    const struct lsn_kernel *kernels, int count,
                                    struct lsn_error *err);
void lsn_networks_free(struct lsn_networks *networks);

/* The network that a condition is shown to. */
const struct lsn_network *lsn_networks_of(const struct lsn_networks *networks, int condition);

/* Bytes that the networks hold together; and that a pass on each one that is used will. */
size_t lsn_networks_bytes(const struct lsn_networks *networks);
size_t lsn_networks_pass_bytes(const struct lsn_networks *networks, enum lsn_engine engine);

/* The largest group (lsn_network_group) of a layer in any of them. */
int lsn_networks_group(const struct lsn_networks *networks, int layer);

#endif
