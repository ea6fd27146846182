/* The networks of a sweep: the model's own, and one for each normalisation of a node among its
 * conditions. */
#ifndef LSN_SWEEP_NETWORKS_H
#define LSN_SWEEP_NETWORKS_H

#include "lesion/network.h"
#include "lesion/stimulus.h"

struct lsn_networks {
    struct lsn_network **list; /* [count] the model's own first; the others use its weights */
    int count;
    bool *used; /* [count] whether a condition uses it */
    int *first; /* [count] first condition that uses it; not set for the model's own */
    int *of;    /* [conditions] index of the network for each condition */
};

/* Makes the networks for an engine. Start from zeroes; lsn_networks_free frees what there is, also
 * on failure. LSN_E_ARGUMENT as lsn_normalisation_check, LSN_E_MEMORY. */
enum lsn_status lsn_networks_create(struct lsn_networks *networks, const struct lsn_model *model,
                                    enum lsn_engine engine, const struct lsn_condition *conditions,
                                    int condition_count, struct lsn_error *err);

/* Makes a copy of each network of bare with fixed lesions of kernels [count]; bare must outlive the
 * copies. Fails as lsn_networks_create does. */
enum lsn_status lsn_networks_lesion(struct lsn_networks *networks, const struct lsn_networks *bare,
                                    int condition_count, const struct lsn_lesion *lesion,
                                    const struct lsn_kernel *kernels, int count,
                                    struct lsn_error *err);

/* Makes a copy of each network of bare that can lesion kernels of layers [count] together; bare
 * must outlive the copies. Fails as lsn_networks_create does. */
enum lsn_status lsn_networks_join(struct lsn_networks *networks, const struct lsn_networks *bare,
                                  int condition_count, const int *layers, int count,
                                  struct lsn_error *err);
void lsn_networks_free(struct lsn_networks *networks);

/* The network for a condition. */
const struct lsn_network *lsn_networks_of(const struct lsn_networks *networks, int condition);

/* The memory of the networks, and of a pass for each that is used, bytes. */
size_t lsn_networks_bytes(const struct lsn_networks *networks);
size_t lsn_networks_pass_bytes(const struct lsn_networks *networks, enum lsn_engine engine);

/* The largest group of kernels of a layer (lsn_network_group) in any of the networks. */
int lsn_networks_group(const struct lsn_networks *networks, int layer);

/* The largest group of sets of kernels (lsn_network_joint_group) in any of the networks. */
int lsn_networks_joint_group(const struct lsn_networks *networks);

#endif
