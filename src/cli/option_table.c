/* Every option of the program. */
#include <limits.h>

#include "options.h"

#define AT(field) offsetof(struct options, field)
#define LESIONS                                                                                    \
    (FOR_SWEEP | FOR_GROUP | FOR_GREEDY | FOR_PAIRS | FOR_SHAPLEY | FOR_TAYLOR | FOR_CLAIMS)
#define RUNS           (LESIONS | FOR_EVAL | FOR_INVARIANCE)
#define SHOWS          (RUNS | FOR_STIMULI)
#define LISTS          (SHOWS | FOR_IMAGES)
#define LOADS          (LISTS | FOR_INFO)
#define NAMES_KERNELS  (FOR_GROUP | FOR_PAIRS)
#define KEEPS_RUN      (FOR_SWEEP | FOR_GROUP | FOR_PAIRS)
#define TESTS          (FOR_STATS | FOR_REPORT)
#define DEFINITIONS    "mid-grey|mean|luminance-mean"
#define QUANTIZATIONS  "trunc|round|none"
#define ALPHAS         "refuse|black|drop"
#define DEPTHS         "refuse|high|clip"
#define DAMAGED        "refuse|leave-out"
#define ENGINES        "incremental|full"
#define MEASURES       "accuracy|loss"
#define RACED          MEASURES "|selectivity|lost-selectivity|loss-selectivity"
#define SCREENS        "none|taylor"
#define PLACES         "all|each"
#define FORMATS        "text|man|bash"
#define FUNCTIONS      "weibull|naka-rushton"
#define FOLDER_ORDERS  "auto|name|number"
#define DECIDE_RULES   "mean|max"
#define CONTRASTS      "0.05,0.1,0.5,1"
#define FLIPS_MAX      1000000
#define BOOTSTRAPS_MAX 100000
#define NORMALISATIONS "global,local:4,divisive:4:0.1:2"
#define IMAGES_IN_TIME                                                                             \
    "end after 90s, 30m or 2h with the images that are complete by then, in a random order (by "   \
    "--seed), so that every table is of a random sample of the list"

/* clang-format off */
const struct option option_table[] = {
    {"model", 'm', OPTION_TEXT, AT(model), "FILE", 0, 0, NULL, LOADS, true,
     "the network: a .bin of lesion convert, or a .onnx"},
    {"model", 'm', OPTION_TEXT, AT(model), "FILE", 0, 0, NULL, FOR_REPORT, true,
     "the network of the run, for pictures of its first layer's kernels"},
    {"input", 0, OPTION_TEXT, AT(input), "FILE", 0, 0, NULL, LOADS | FOR_CONVERT | FOR_REPORT, true,
     "the preprocessing of a .onnx; default: NAME.input.json beside NAME.onnx"},
    {"output-name", 0, OPTION_TEXT, AT(output_name), "NAME", 0, 0, NULL, LOADS | FOR_CONVERT | FOR_REPORT, true,
     "which output of a .onnx the logits are; default: the only one that can be meant"},
    {"images", 'i', OPTION_TEXT, AT(images), "DIR", 0, 0, NULL, LISTS, true,
     "folder of labelled images; default: $LESION_IMAGES, else images/ beside the model"},
    {"images", 'i', OPTION_TEXT, AT(images), "DIR", 0, 0, NULL, FOR_REPORT, true,
     "with --model, the images of the run, for examples of what the network is shown"},
    {"labels", 0, OPTION_TEXT, AT(labels), "FILE", 0, 0, NULL, LISTS | FOR_REPORT, true,
     "CSV file,class, or Kaggle's LOC_val_solution.csv, or lines NAME INDEX; default: labels.csv in "
     "the image folder, else its class folders"},
    {"folder-order", 0, OPTION_CHOICE, AT(folder_order), FOLDER_ORDERS, 0, 0, "auto", LISTS | FOR_REPORT, true,
     "how class folders that bear no class's id or name are counted: by name as torchvision's "
     "ImageFolder does, by number, or only where no other order can be meant"},
    {"decide", 0, OPTION_TEXT, AT(decide), "FILE", 0, 0, NULL, LISTS | FOR_REPORT, true,
     "CSV class,group: decide between these groups of the network's classes, each of one or "
     "several, and no others; images are labelled by group, or by a class in one"},
    {"decide-by", 0, OPTION_CHOICE, AT(decide_by), DECIDE_RULES, 0, 0, "mean", LISTS | FOR_REPORT, true,
     "with --decide, what groups are compared by: the mean softmax probability of their classes, "
     "or the largest logit"},
    {"contrast", 'c', OPTION_TEXT, AT(contrast), "LIST", 0, 0, CONTRASTS, SHOWS & ~FOR_CLAIMS, true,
     "contrast levels in 0 ... 1"},
    {"region", 'r', OPTION_TEXT, AT(region), "LIST", 0, 0, "all", SHOWS & ~FOR_CLAIMS, true,
     "where it is changed: all, centre:L, surround:L, square:L, edges[:SIGMA[:DILATE]], "
     "non-edges..., other-edges..., mask:FILE, random:F"},
    {"normalise", 0, OPTION_TEXT, AT(normalise), "LIST", 0, 0, "none", SHOWS & ~FOR_CLAIMS, true,
     "how contrast is normalised then: none, global, local:SIGMA, divisive:SIGMA:HALF:N; at a node "
     "of the network with @NODE, and pool@NODE"},
    {"stimulus-mean", 0, OPTION_TEXT, AT(stimulus_mean), "M", 0, 0, "0.449", SHOWS, true,
     "the mean that a normalised stimulus is brought to, in 0 ... 1"},
    {"stimulus-sd", 0, OPTION_TEXT, AT(stimulus_sd), "S", 0, 0, "0.226", SHOWS, true,
     "the standard deviation that a normalised stimulus is brought to, up to 1"},
    {"region", 'r', OPTION_TEXT, AT(region), "EDGES", 0, 0, "edges", FOR_CLAIMS, true,
     "what edges are: edges[:SIGMA[:DILATE]]"},
    {"normalise", 0, OPTION_TEXT, AT(normalise), "LIST", 0, 0, NORMALISATIONS, FOR_CLAIMS, true,
     "the contrast normalisations that the intact network is compared with, as for sweep"},
    {"definition", 0, OPTION_CHOICE, AT(definition), DEFINITIONS, 0, 0, "mid-grey", SHOWS, true,
     "what contrast is changed around"},
    {"quantize", 0, OPTION_CHOICE, AT(quantize), QUANTIZATIONS, 0, 0, "trunc", SHOWS, true,
     "how a changed image is brought back to 8 bits"},
    {"alpha", 0, OPTION_CHOICE, AT(alpha), ALPHAS, 0, 0, "refuse", LISTS | FOR_REPORT, true,
     "images with transparency: refuse them, put them on black, or drop the alpha, as Pillow does"},
    {"depth", 0, OPTION_CHOICE, AT(depth), DEPTHS, 0, 0, "refuse", LISTS | FOR_REPORT, true,
     "16-bit grey: keep the high byte, but refuse images with no sample over 16383, nearly black "
     "then; keep it in all; or min(sample, 255), as Pillow does"},
    {"damaged", 0, OPTION_CHOICE, AT(damaged), DAMAGED, 0, 0, "refuse", SHOWS | FOR_REPORT, true,
     "images that cannot be shown: refuse to begin, or leave them out of the list"},
    {"layers", 'l', OPTION_TEXT, AT(layers), "GLOB,...", 0, 0, NULL, LESIONS & ~NAMES_KERNELS, true,
     "convolutions to lesion, by name; default: all"},
    {"kernels", 'k', OPTION_TEXT, AT(kernels), "LIST", 0, 0, NULL, LESIONS & ~NAMES_KERNELS, true,
     "kernels to lesion in each layer, 0-15,20; default: all"},
    {"sample-kernels", 0, OPTION_INT, AT(sample_kernels), "N", 0, 1000000, "0", FOR_SWEEP | FOR_CLAIMS, true,
     "of the kernels chosen, N of each layer, drawn at random by --seed, with intervals for all of the layer's; 0: all"},
    {"check", 0, OPTION_INT, AT(check), "N", 0, 1000000, "8", FOR_TAYLOR, true,
     "of the kernels chosen, N of each layer, drawn at random by --seed, that are truly lesioned, too, and "
     "compared with their estimates; 0: none"},
    {"kernels", 'k', OPTION_TEXT, AT(kernels), "LIST", 0, 0, NULL, FOR_GROUP, true,
     "the group: conv1:3,conv2:0-7"},
    {"kernels", 'k', OPTION_TEXT, AT(kernels), "LIST", 0, 0, NULL, FOR_PAIRS, true,
     "the kernels to pair: conv1:3,conv2:0-7"},
    {"from", 0, OPTION_TEXT, AT(from), "RUN", 0, 0, NULL, FOR_PAIRS, true,
     "a run directory of lesion sweep, whose kernels with the largest drop are paired"},
    {"top", 0, OPTION_INT, AT(top), "N", 0, 1000, "0", FOR_PAIRS, true,
     "with --from, how many: N kernels make N(N-1)/2 pairs"},
    {"at", 0, OPTION_TEXT, AT(at), "C", 0, 0, NULL, FOR_PAIRS, true,
     "with --from, the contrast at which its drops are compared; default: the highest of --contrast"},
    {"steps", 0, OPTION_INT, AT(steps), "N", 1, 100000, "5", FOR_GREEDY, true,
     "kernels to lesion one after another"},
    {"orders", 0, OPTION_INT, AT(orders), "R", 0, 100000, "3", FOR_GREEDY, true,
     "random orders of as many kernels, as controls"},
    {"rounds", 0, OPTION_INT, AT(rounds), "N", 1, 100000, "20", FOR_SHAPLEY, true,
     "random orders of the kernels for each image; with --top, at most so many"},
    {"lesion", 0, OPTION_TEXT, AT(lesion), "LIST", 0, 0, "weights", LESIONS, true,
     "what is put in a kernel's place: weights (set to 0, bias kept), silence, mean, resample; or "
     "part of its weights set to 0: planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y..."},
    {"lesion-places", 0, OPTION_CHOICE, AT(lesion_places), PLACES, 0, 0, "all", LESIONS, true,
     "where weights are shared, by the steps of a recurrent network, say: lesion a kernel at all places of "
     "its layer, or at each alone, as layers conv1@1, conv1@2..."},
    {"nodes", 0, OPTION_TEXT, AT(nodes), "GLOB,...", 0, 0, NULL, FOR_INVARIANCE, true,
     "nodes to compare, by name; default: all but the image"},
    {"engine", 0, OPTION_CHOICE, AT(engine), ENGINES, 0, 0, "incremental", LESIONS, true,
     "carry forward what each lesion changes, or compute everything behind it again"},
    {"run", 0, OPTION_TEXT, AT(run), "DIR", 0, 0, NULL, KEEPS_RUN, false,
     "keep the outcomes there as they come; the same command again goes on where it ended"},
    {"run", 0, OPTION_TEXT, AT(run), "DIR", 0, 0, NULL, FOR_SHAPLEY, false,
     "keep the run of each round there, DIR/round-001 ..., and that of the kernels lesioned alone, "
     "DIR/singles; the same command again, or with more --rounds, goes on"},
    {"shard", 0, OPTION_TEXT, AT(shard), "I/N", 0, 0, NULL, KEEPS_RUN | FOR_SHAPLEY, true,
     "run only part I of N of the images, for lesion merge"},
    {"time", 0, OPTION_TEXT, AT(time), "TIME", 0, 0, NULL, KEEPS_RUN, true,
     IMAGES_IN_TIME "; with --run the same command goes on"},
    {"time", 0, OPTION_TEXT, AT(time), "TIME", 0, 0, NULL, FOR_CLAIMS, true,
     IMAGES_IN_TIME "; with --output the same command goes on"},
    {"time", 0, OPTION_TEXT, AT(time), "TIME", 0, 0, NULL, FOR_EVAL, true, IMAGES_IN_TIME},
    {"time", 0, OPTION_TEXT, AT(rounds_time), "TIME", 0, 0, NULL, FOR_SHAPLEY, true,
     "end after 90s, 30m or 2h with the rounds that are complete by then; with --run the same command goes on"},
    {"top", 0, OPTION_INT, AT(top), "N", 0, 1000000, "0", FOR_SWEEP, true,
     "only find the N kernels with the largest drop at each contrast, by a race; 0: a whole sweep"},
    {"top", 0, OPTION_INT, AT(top), "N", 0, 1000000, "0", FOR_SHAPLEY, true,
     "stop after the round in which it is decided at each contrast which N kernels have the largest "
     "Shapley values; 0: run all --rounds"},
    {"truncate", 0, OPTION_TEXT, AT(truncate), "X", 0, 0, NULL, FOR_SHAPLEY, true,
     "after round 1, end orders where its accuracy is within X of that with all kernels lesioned; "
     "saves time and biases the values; default: orders are whole"},
    {"above", 0, OPTION_TEXT, AT(above), "X", 0, 0, NULL, FOR_SWEEP, true,
     "only find the kernels whose drop in the whole list is above X, by a race"},
    {"confidence", 0, OPTION_TEXT, AT(confidence), "P", 0, 0, "0.95", FOR_SWEEP, true,
     "how sure all of a race's kernels together must be; with --fdr, how sure each that is above must be found"},
    {"confidence", 0, OPTION_TEXT, AT(confidence), "P", 0, 0, "0.95", FOR_SHAPLEY, true,
     "with --top, how sure the N kernels must be, all together"},
    {"fdr", 0, OPTION_TEXT, AT(fdr), "Q", 0, 0, NULL, FOR_SWEEP, true,
     "with --above, no more than this share of the kernels found is expected not to be above (e-BH)"},
    {"measure", 0, OPTION_CHOICE, AT(measure), RACED, 0, 0, "accuracy", FOR_SWEEP, true,
     "what a race goes by: the drop of accuracy, or of the clipped loss; or, low less high contrast, the "
     "drop of accuracy, images lost there alone of those right in both when intact, or the clipped loss drop"},
    {"screen", 0, OPTION_CHOICE, AT(screen), SCREENS, 0, 0, "none", FOR_SWEEP, true,
     "with --top, begin with estimates from gradients: the race is shorter where they are good, and "
     "as sure however wrong they are"},
    {"low", 0, OPTION_TEXT, AT(low), "C", 0, 0, NULL, FOR_SWEEP, true,
     "low contrast of --measure selectivity and its kin; default: the lowest of --contrast"},
    {"high", 0, OPTION_TEXT, AT(high), "C", 0, 0, NULL, FOR_SWEEP, true,
     "high contrast of these; default: the highest of --contrast"},
    {"measure", 0, OPTION_CHOICE, AT(measure), MEASURES, 0, 0, "accuracy", FOR_GREEDY | FOR_PAIRS, true,
     "what the largest drop is: of accuracy, or of the mean loss"},
    {"measure", 0, OPTION_CHOICE, AT(measure), MEASURES, 0, 0, "accuracy", FOR_SHAPLEY, true,
     "what ranks and --top go by: Shapley values of accuracy, or of the clipped loss"},
    {"clip", 0, OPTION_TEXT, AT(clip), "NATS", 0, 0, NULL, FOR_SHAPLEY, true,
     "losses above it count as it in Shapley values of the loss; default: the loss of guessing, "
     "log(classes)"},
    {"clip", 0, OPTION_TEXT, AT(clip), "NATS", 0, 0, "1", FOR_SWEEP, true,
     "what an image's loss drop is clipped to, either way, for --measure loss and loss-selectivity"},
    {"seed", 0, OPTION_INT, AT(seed), "N", 0, INT_MAX, "0", SHOWS | TESTS | FOR_PSYCHOMETRIC, true,
     "of the regions random and other-edges, of the lesion resample, of random orders of images and of kernels, "
     "of samples of kernels, and of sign flips and resamples"},
    {"any-core", 0, OPTION_FLAG, AT(any_core), NULL, 0, 0, NULL, KEEPS_RUN | FOR_SHAPLEY | FOR_MERGE | FOR_CLAIMS, false,
     "go on, or merge, across OpenBLAS cores, whose last bits differ"},
    {"output", 'o', OPTION_TEXT, AT(output), "FILE", 0, 0, NULL, KEEPS_RUN, false,
     "where the table goes, its provenance beside it in FILE.json; default: standard output (-), but with "
     "--run none; what the same --run wrote there is written anew without --force"},
    {"output", 'o', OPTION_TEXT, AT(output), "FILE", 0, 0, "-", RUNS & ~KEEPS_RUN & ~FOR_CLAIMS,
     false,
     "where the table goes, its provenance beside it in FILE.json; -: standard output"},
    {"output", 'o', OPTION_TEXT, AT(output), "FILE", 0, 0, NULL, FOR_IMAGES, false,
     "where a table of all images goes; -: standard output, instead of the summary"},
    {"output", 'o', OPTION_TEXT, AT(output), "DIR", 0, 0, NULL, FOR_STIMULI, false,
     "folder to write the stimuli to"},
    {"output", 'o', OPTION_TEXT, AT(output), "DIR", 0, 0, NULL, FOR_CLAIMS, false,
     "folder to keep the words, the tables behind them and the run in; default: nothing is kept"},
    {"output", 'o', OPTION_TEXT, AT(output), "DIR", 0, 0, NULL, FOR_STATS | FOR_PSYCHOMETRIC, false,
     "folder to write the tables to; default: RUN/tables"},
    {"output", 'o', OPTION_TEXT, AT(output), "DIR", 0, 0, NULL, FOR_REPORT, false,
     "folder to write the report to; default: RUN/report"},
    {"invariance", 0, OPTION_TEXT, AT(invariance), "FILE", 0, 0, NULL, FOR_REPORT, true,
     "a table of lesion invariance, to be shown, too"},
    {"greedy", 0, OPTION_TEXT, AT(greedy), "FILE", 0, 0, NULL, FOR_REPORT, true,
     "a table of lesion greedy, to be shown, too"},
    {"race", 0, OPTION_TEXT, AT(race), "FILE", 0, 0, NULL, FOR_REPORT, true,
     "a table of lesion sweep --top or --above, to be shown, too"},
    {"pairs", 0, OPTION_TEXT, AT(pairs), "FILE", 0, 0, NULL, FOR_REPORT, true,
     "a table of lesion pairs, to be shown, too"},
    {"taylor", 0, OPTION_TEXT, AT(taylor), "FILE", 0, 0, NULL, FOR_REPORT, true,
     "a table of lesion taylor, to be shown, too"},
    {"shapley", 0, OPTION_TEXT, AT(shapley), "FILE", 0, 0, NULL, FOR_REPORT, true,
     "a table of lesion shapley, to be shown, too"},
    {"table", 0, OPTION_TEXT, AT(table), "NAME,...", 0, 0, NULL, FOR_STATS, false,
     "only these of kernels, intact, images, selectivity, layers and classes"},
    {"low", 0, OPTION_TEXT, AT(low), "C", 0, 0, NULL, TESTS, true,
     "low contrast of the selectivity, or auto: the one of the run that --low-accuracy describes; "
     "default: the lowest"},
    {"high", 0, OPTION_TEXT, AT(high), "C", 0, 0, NULL, TESTS, true,
     "high contrast of the selectivity; default: the highest of the run"},
    {"low", 0, OPTION_TEXT, AT(low), "C", 0, 0, "auto", FOR_CLAIMS, true,
     "the low contrast, or auto: the one of a ladder that --low-accuracy describes"},
    {"low-accuracy", 0, OPTION_TEXT, AT(low_accuracy), "A", 0, 0, NULL, TESTS | FOR_CLAIMS, true,
     "with --low auto, the contrast at which the intact accuracy is nearest to A times that at the "
     "high contrast; default: two thirds"},
    {"high", 0, OPTION_TEXT, AT(high), "C", 0, 0, "1", FOR_CLAIMS, true, "the high contrast"},
    {"function", 0, OPTION_CHOICE, AT(function), FUNCTIONS, 0, 0, "weibull", FOR_PSYCHOMETRIC, true,
     "how accuracy rises with contrast c: 1 - exp(-(c / THRESHOLD)^SLOPE), or c^SLOPE / (c^SLOPE + "
     "THRESHOLD^SLOPE)"},
    {"guess", 0, OPTION_TEXT, AT(guess), "P", 0, 0, NULL, FOR_PSYCHOMETRIC, true,
     "accuracy without contrast, from 0 to below 1; default: 1 / classes, or 1 / groups"},
    {"bootstraps", 0, OPTION_INT, AT(bootstraps), "N", 39, BOOTSTRAPS_MAX, "999", FOR_PSYCHOMETRIC, true,
     "resamples of the images, for the intervals"},
    {"flips", 0, OPTION_INT, AT(flips), "N", 1, FLIPS_MAX, "19999", FOR_GROUP | FOR_PAIRS, true,
     "sign flips of the tests of loss and margin, whose p is at least 1 / (N + 1)"},
    {"flips", 0, OPTION_INT, AT(flips), "N", 1, FLIPS_MAX, "1999",
     TESTS | FOR_CLAIMS | FOR_PSYCHOMETRIC, true,
     "sign flips of the tests"},
    {"stats", 0, OPTION_TEXT, AT(stats), "FILE", 0, 0, NULL, FOR_STIMULI, false,
     "write each stimulus's area, contrast and luminance there as CSV"},
    {"per-image", 0, OPTION_TEXT, AT(per_image), "FILE", 0, 0, NULL, FOR_EVAL, false,
     "write each image's outcome there as CSV"},
    {"per-kernel", 0, OPTION_TEXT, AT(per_kernel), "FILE", 0, 0, NULL, FOR_INVARIANCE, false,
     "write each kernel's rows there as CSV"},
    {"per-layer", 0, OPTION_TEXT, AT(per_layer), "FILE", 0, 0, NULL, FOR_TAYLOR, false,
     "write each layer's rank correlation of estimates with true drops there as CSV"},
    {"logits", 0, OPTION_TEXT, AT(logits), "FILE", 0, 0, NULL, FOR_EVAL, false,
     "write the network's logits there as .npy, float32 [image][condition][class]"},
    {"classes", 0, OPTION_TEXT, AT(classes), "FILE", 0, 0, NULL, FOR_CONVERT, false,
     "CSV class,id,name with the classes' ids and names"},
    {"tolerance", 0, OPTION_TEXT, AT(tolerance), "LIST", 0, 0, NULL, FOR_CHECK, false,
     "what numbers may differ by: a number for all but whole numbers, COLUMN=NUMBER for one "
     "column; default: 0.0001"},
    {"limit", 0, OPTION_INT, AT(limit), "N", 0, INT_MAX, "20", FOR_CHECK, false,
     "print no more than so many of what moved"},
    {"threads", 't', OPTION_INT, AT(threads), "N", 0, 4096, "0", LISTS | FOR_PSYCHOMETRIC, false,
     "worker threads; 0: one per processor, or as the control group's CPU quota has it"},
    {"memory", 0, OPTION_SIZE, AT(memory), "SIZE", 0, 0, NULL, LISTS, false,
     "run no more threads than fit in this, 512M or 8G; default: 4G, or three quarters of what "
     "the machine or the control group has where that is less"},
    {"force", 'f', OPTION_FLAG, AT(force), NULL, 0, 0, NULL, (LISTS & ~FOR_CLAIMS) | FOR_CONVERT | TESTS | FOR_PSYCHOMETRIC, false,
     "overwrite existing files"},
    {"json", 0, OPTION_FLAG, AT(json), NULL, 0, 0, NULL, FOR_INFO, false,
     "print JSON"},
    {"estimate", 0, OPTION_FLAG, AT(estimate), NULL, 0, 0, NULL, FOR_INFO, false,
     "run a few lesions, and say how long a sweep of all kernels takes here and in what memory"},
    {"format", 0, OPTION_CHOICE, AT(format), FORMATS, 0, 0, "text", FOR_HELP, false,
     "as text, as a man page, or as completion for bash"},
    {"quiet", 'q', OPTION_FLAG, AT(quiet), NULL, 0, 0, NULL, FOR_ALL, false,
     "no progress and no notes"},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, 0, 0, NULL, FOR_ALL, false,
     "say more about what is done"},
    {"help", 'h', OPTION_FLAG, AT(help), NULL, 0, 0, NULL, FOR_ALL, false,
     "print this help"},
    {"version", 0, OPTION_FLAG, AT(version), NULL, 0, 0, NULL, FOR_ALL, false,
     "print the version, the core that OpenBLAS runs on, and the vector math in use"},
};
/* clang-format on */

const int option_count = (int)(sizeof option_table / sizeof option_table[0]);
