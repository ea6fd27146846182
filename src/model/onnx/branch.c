/* If, of a condition that is known at load. */
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"

/* Imports the branch that is taken. PyTorch writes an If for a squeeze() of an axis of which it
 * does not know whether its size is 1. */
enum lsn_status lsn_import_if(struct lsn_importer *im)
{
    const struct lsn_onnx_node *node = im->current;
    const struct lsn_onnx_attribute *branch;
    float condition = 0;
    struct lsn_value out;
    int index;

    if (!lsn_import_input(im, 0) || !lsn_import_input(im, 0)->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "its condition depends on the image; one that is known when the "
                               "model is loaded is supported");
    LSN_TRY(lsn_import_scalar(im, 0, "condition", &condition));
    branch = lsn_onnx_attribute(node, condition != 0.0f ? "then_branch" : "else_branch");
    if (!branch || !branch->g || branch->g->output_count != 1 || node->output_count != 1)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "has not two branches with one output each");
    LSN_TRY(im->import_branch(im, branch->g));
    im->current = node;
    index = lsn_names_find(&im->value_names, branch->g->outputs[0].name);
    if (index < 0 || im->values[index].is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its branch gives no feature map");
    out = im->values[index];
    return lsn_import_bind(im, 0, &out);
}
