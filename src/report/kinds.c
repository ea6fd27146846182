/* The list of figures with their captions. */
#include "report/kinds.h"

#include <string.h>

#include "report/pictures.h"

static const char *lacks_second_contrast(const struct lsn_report *report,
                                         const struct lsn_section *section)
{
    (void)report;
    return section->compared ? NULL : "It compares two contrasts, and there is one only.";
}

static const char *lacks_both(const struct lsn_report *report, const struct lsn_section *section)
{
    const char *why = lacks_second_contrast(report, section);

    return why || lsn_report_measure(report, section)
               ? why
               : "The intact network has no image right at both contrasts.";
}

static const char *lacks_second_level(const struct lsn_report *report,
                                      const struct lsn_section *section)
{
    (void)section;
    return report->contrast_count > 1 || report->ladder.row_count > 1
               ? NULL
               : "A curve wants two contrasts, and the run has one only.";
}

static const char *lacks_curves(const struct lsn_report *report, const struct lsn_section *section)
{
    return section->curved  ? NULL
           : report->curved ? "A psychometric curve wants four contrasts, and here are fewer."
                            : "";
}

static const char *lacks_showings(const struct lsn_report *report,
                                  const struct lsn_section *section)
{
    (void)section;
    return report->section_count > 1 ? NULL : "";
}

static const char *lacks_stimuli(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->dataset ? NULL
                                    : "--model FILE --images DIR shows some of the images here.";
}

static const char *lacks_invariance(const struct lsn_report *report,
                                    const struct lsn_section *section)
{
    (void)section;
    return report->options->invariance ? NULL : "";
}

static const char *lacks_race(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->race ? NULL : "";
}

static const char *lacks_pairs(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->pairs ? NULL : "";
}

static const char *lacks_greedy(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->greedy ? NULL : "";
}

static const char *lacks_taylor(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->taylor ? NULL : "";
}

static const char *lacks_shapley(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->shapley ? NULL : "";
}

#define SPOTS                                                                                      \
    " Kernels in the same place share a mark, whose area grows with their number. Scales are "     \
    "linear up to about 1 % and logarithmic beyond."
#define FILTERS "Weights about mid-grey, each kernel scaled to its largest. "

const struct lsn_figure_kind lsn_figure_kinds[] = {
    {"accuracy", LSN_OF_SWEEPS, false, "Intact accuracy over contrast",
     "Share of the images that the intact network classifies rightly, with 95 % intervals "
     "(Wilson). The dotted line is chance; low and high are the contrasts that the measures of "
     "selectivity compare.",
     "", lacks_second_level, lsn_figure_accuracy},
    {"elimination", LSN_OF_RACES, true, "Kernels still in the race",
     "How many kernels were run on at least so many images, of all races of the run together. A "
     "curve begins at all kernels; a step down is where a race was sure of some and ran them no "
     "more. The dotted line is the length of the list of images; a race by lost-selectivity runs "
     "only those of it that are right at both contrasts when intact. Contrasts at which every "
     "kernel was run on equally many images, as those that a race compares, share a curve.",
     "", NULL, lsn_figure_elimination},
    {"standing", LSN_OF_RACES, true, "On how many images each kernel stands",
     "Layer by layer, how many images its kernels were run on: a stroke is as wide as the root of "
     "the share of the layer's kernels that stand on that many. The dotted line is the length of "
     "the list. A kernel that stands on many is hard to tell from the border of what a race looks "
     "for: the last of the top, or the bar.",
     "", NULL, lsn_figure_standing},
    {"drops", LSN_OF_SWEEPS, true, "Drop of every kernel",
     "What each kernel's lesion costs, sorted at each contrast; the rank is on a logarithmic "
     "scale. The band is the 95 % interval of each (Newcombe). Of kernels with equal drops and "
     "intervals the curve has the first and the last, which changes no line.",
     "drops", NULL, lsn_figure_drops},
    {"layers", LSN_OF_SWEEPS, true, "Layers by contrast",
     "Mean drop of each layer's lesioned kernels.", "", NULL, lsn_figure_layers},
    {"kernelmap", LSN_OF_SWEEPS, true, "Kernels within layers",
     "Drop of each kernel at each contrast. Layers from left to right, their kernels sorted by "
     "the drop at the lowest contrast, so that a place is the same kernel at all contrasts. Of "
     "more than 640 kernels some share a column, which shows the largest drop among them.",
     "kernelmap", NULL, lsn_figure_kernelmap},
    {"selectivity", LSN_OF_SWEEPS, true, "Beyond importance",
     "What each kernel's lesion loses at low contrast, of the images that the intact network has "
     "right at both contrasts, over what is predicted from what it does at high contrast; on the "
     "line it loses no more than its importance predicts. Orange: selective, above the line with "
     "beyond_p_max below .05 (sign flips over images, corrected for all kernels lesioned "
     "likewise); of these the most selective bear names." SPOTS,
     "selectivity", lacks_both, lsn_figure_selectivity},
    {"intervals", LSN_OF_SWEEPS, true, "The most selective kernels",
     "The 20 kernels of the largest lost_selectivity. Left: lost at low contrast alone less lost "
     "at high alone, of the images right at both when intact, with 95 % intervals (Newcombe). "
     "Right: relative_selectivity, the drop at low less that at high contrast, each divided by the "
     "intact accuracy there, with 95 % intervals (jackknife over images). Orange: above 0 with "
     "lost_p_max below .05 (sign flips over images, corrected for all kernels lesioned likewise). "
     "An interval is for a kernel chosen beforehand: the largest of many are partly so by chance.",
     "", lacks_both, lsn_figure_intervals},
    {"profile", LSN_OF_SWEEPS, true, "Selectivity over depth",
     "What is lost at low contrast beyond what importance at high contrast predicts, of the images "
     "right at both when intact: mean (dots) and quartiles (bars) of each layer's lesioned "
     "kernels, and the largest (crosses).",
     "", lacks_both, lsn_figure_profile},
    {"psychometric", LSN_OF_SWEEPS, true, "Psychometric curves",
     "Accuracy over contrast, fitted by a Weibull function of log contrast: the intact network, "
     "with 95 % intervals (Wilson), and up to five kernels whose lesions shift the threshold "
     "most, of those whose 95 % interval of the shift excludes 0 (bootstrap over images). Ticks "
     "above the axis are the thresholds.",
     "", lacks_curves, lsn_figure_psychometric},
    {"thresholds", LSN_OF_SWEEPS, true, "Threshold shift over depth",
     "How far each kernel's lesion shifts the threshold, in log10 contrast: above 0 more contrast "
     "is needed (.3 is twice as much). Kernels of a layer stand in order from left to right, the "
     "bar is their median. Orange, with 95 % intervals (bootstrap over images): p_max below .05 "
     "(sign flips over images, corrected for all kernels of the run). Kernels whose curve cannot "
     "be fitted are not shown.",
     "", lacks_curves, lsn_figure_thresholds},
    {"lorenz", LSN_OF_SWEEPS, true, "How few kernels carry how much",
     "Share of the sum of all drops that the most important kernels have; on the dotted "
     "curve all would be equal. Negative drops count as 0. A Gini coefficient of 1 is one kernel "
     "that has all.",
     "", NULL, lsn_figure_lorenz},
    {"showings", LSN_OF_SWEEPS, false, "Regions, normalisations and lesions",
     "Drops of all kernels for each region, normalisation and lesion: mean (dots), quartiles "
     "(bars) and largest (crosses).",
     "", lacks_showings, lsn_figure_showings},
    {"race", LSN_OF_ALL, false, "Kernels that a race found",
     "What was raced of each kernel that the race found, sorted, with intervals that hold its mean "
     "over the whole list with the race's confidence, for that kernel alone. Filled: run on all "
     "images, and exact; open: the race was sure of it before.",
     "", lacks_race, lsn_figure_race},
    {"filters", LSN_OF_SWEEPS, false, "The first layer's kernels",
     FILTERS "The most selective come first; below each its number and what it loses at low "
             "contrast beyond what its importance at high contrast predicts, in percent of the "
             "images right at both when intact.",
     "", lsn_pictures_lack_filters, lsn_figure_filters},
    {"stimuli", LSN_OF_ALL, false, "What the network is shown",
     "Some of the images at every condition; of more than twelve, at the first twelve.", "",
     lacks_stimuli, lsn_figure_stimuli},
    {"invariance", LSN_OF_ALL, false, "Invariance over depth",
     "How like the activations are to those for the same image at full contrast, node by node: "
     "1 is the same pattern. Of the table's first region and normalisation.",
     "", lacks_invariance, lsn_figure_invariance},
    {"greedy", LSN_OF_ALL, false, "Lesions that add up",
     "Drop with one kernel after another lesioned: the one that costs most at each step, and "
     "random orders as controls, with 95 % intervals of the greedy order.",
     "", lacks_greedy, lsn_figure_greedy},
    {"pairs", LSN_OF_ALL, false, "Which kernels replace each other",
     "What lesioning two kernels together costs, less the sum of what each costs alone: accuracy "
     "(left) and margin (right). Orange: more than the sum, they replace each other; blue: less, "
     "they share what they do. Accuracy is also blue where there is no more to lose, and orange "
     "where two small harms together take an image; the margin is not. A dot: interaction_q or "
     "margin_interaction_q below .05 (sign flips over images, corrected for all pairs of the "
     "condition). Colours are linear up to about 5 points or .25 logits and logarithmic beyond.",
     "", lacks_pairs, lsn_figure_pairs},
    {"taylor", LSN_OF_ALL, false, "Estimated and true drops",
     "First-order estimates of each kernel's drop of the loss from gradients, over the true drop; "
     "on the line they agree. Dark: shallow layers, light: deep ones. In brackets, the rank "
     "correlation over all kernels that were lesioned. Below, that within each layer, with 95 % "
     "intervals for kernels drawn from many (Bonett and Wright). Scales are linear up to .01 nats "
     "and logarithmic beyond.",
     "", lacks_taylor, lsn_figure_taylor},
    {"shapley", LSN_OF_ALL, false, "What kernels carry together and alone",
     "The 30 kernels of the largest Shapley values at each contrast, in the table's order: what "
     "lesioning each costs on average over random sets of kernels that are lesioned already, with "
     "95 % intervals (betting over the orders drawn) of each kernel by itself: the largest of many "
     "are partly so by chance. Circles: what it costs when lesioned alone. Accuracy (left) and "
     "loss (right), which is clipped in Shapley values but not alone. A value above the circle: "
     "other kernels stand in for it; below: with others lesioned, it has less left to cost. Scales "
     "are linear up to about 5 points or .05 nats and logarithmic beyond.",
     "", lacks_shapley, lsn_figure_shapley},
};

const int lsn_figure_kind_count = sizeof lsn_figure_kinds / sizeof lsn_figure_kinds[0];

/* Captions of figures that show a measure of selectivity, for measures other than
 * LSN_MEASURE_BEYOND, which the list above describes. */
static const struct {
    const char *name;
    const char *lost; /* the caption with LSN_MEASURE_LOST */
    const char *none; /* the caption without a measure, for figures drawn even then */
} other_captions[] = {
    {"selectivity",
     "What each kernel's lesion loses at low contrast, of the images that the intact network has "
     "right at both contrasts, over what it loses at high; on the line both are equal. Too few "
     "kernels have an effect for a prediction from their importance. Orange: above the line with "
     "lost_p_max below .05 (sign flips over images, corrected for all kernels lesioned likewise); "
     "of these the most selective bear names." SPOTS,
     NULL},
    {"profile",
     "What is lost at low less what is lost at high contrast, of the images right at both when "
     "intact: mean (dots) and quartiles (bars) of each layer's lesioned kernels, and the largest "
     "(crosses). Too few kernels have an effect for a prediction from their importance.",
     NULL},
    {"filters",
     FILTERS "The most selective come first; below each its number and what it loses at low less "
             "what it loses at high contrast, in percent of the images right at both when intact.",
     FILTERS "The largest drop comes first; below each its number and its drop in percentage "
             "points."},
};

const char *lsn_figure_find_caption(const struct lsn_report *report,
                                    const struct lsn_figure_kind *kind,
                                    const struct lsn_section *section)
{
    const struct lsn_measure *measure = lsn_report_measure(report, section);
    const char *other = NULL;
    size_t i;

    for (i = 0; i < sizeof other_captions / sizeof other_captions[0]; i++)
        if (strcmp(other_captions[i].name, kind->name) == 0 &&
            (!measure || measure->index != LSN_MEASURE_BEYOND))
            other = measure ? other_captions[i].lost : other_captions[i].none;
    return other ? other : kind->caption;
}
