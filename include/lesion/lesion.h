/* Includes all public headers of liblesion. Each describes its functions: their arguments and their
 * errors. */
#ifndef LESION_LESION_H
#define LESION_LESION_H

#include "lesion/check.h"
#include "lesion/claims.h"
#include "lesion/dataset.h"
#include "lesion/decide.h"
#include "lesion/error.h"
#include "lesion/floor.h"
#include "lesion/gradient.h"
#include "lesion/greedy.h"
#include "lesion/image.h"
#include "lesion/invariance.h"
#include "lesion/lesions.h"
#include "lesion/look.h"
#include "lesion/machine.h"
#include "lesion/model.h"
#include "lesion/network.h"
#include "lesion/normalise.h"
#include "lesion/pairs.h"
#include "lesion/parse.h"
#include "lesion/psychometric.h"
#include "lesion/race.h"
#include "lesion/ranking.h"
#include "lesion/region.h"
#include "lesion/report.h"
#include "lesion/results.h"
#include "lesion/shape.h"
#include "lesion/stimulus_maker.h"
#include "lesion/stats.h"
#include "lesion/stimulus.h"
#include "lesion/stop.h"
#include "lesion/sweep.h"
#include "lesion/table.h"
#include "lesion/version.h"

#endif
