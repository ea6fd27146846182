# --top: a race finds the kernels that the whole sweep finds, on fewer variants.
. "$(dirname "$0")/support.sh" "$@"
base=("$LESION" --model "$DEMO" --contrast 0.05,1)

# The kernels with the largest drop at a contrast, from a sweep's table: largest
# lost - gained first, then the network's order.
expect 0 "${base[@]}" -q -o sweep.csv
best() {
  awk -F, -v c="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["contrast"] == c { print $at["lost"] - $at["gained"], NR, $1 "," $2 "," $3 }' sweep.csv |
    sort -k1,1nr -k2,2n | head -n 5 | cut -d' ' -f3 | sort
}

expect 0 "${base[@]}" --top 5 -o race.csv
err_says 'the top 5 of 108 kernels: '
[ "$(head -n 1 race.csv)" = contrast,region,normalise,rank,layer,layer_index,kernel,lesion,images,lost,gained,top1_drop,loss_drop,value,value_ci_low,value_ci_high,decided ] ||
  fail "header: $(head -n 1 race.csv)"
for contrast in 0.05 1; do
  grep "^$contrast," race.csv | cut -d, -f5-7 | sort >raced
  best $contrast >wanted
  same wanted raced
done
share=$(sed -n 's/.*: \([0-9]*\)\.[0-9] % of the variants.*/\1/p' err)
[ "${share:-100}" -lt 90 ] || fail "the race ran $share % of the variants"

# A kernel that ran on every image has the sweep's counts.
columns sweep.csv contrast layer kernel lost gained >swept
columns race.csv contrast layer kernel lost gained images >ran
awk -F, '{ key = $1 "," $2 "," $3 } NR == FNR { sweep[key] = $4 "," $5; next }
  FNR > 1 && $6 == 320 { seen++; if (sweep[key] != $4 "," $5) print "differs: " $0 }
  END { if (!seen) print "no kernel ran on every image" }' swept ran >differences
[ ! -s differences ] || fail "$(cat differences)"

# The same for any number of threads; another order for another seed.
expect 0 "${base[@]}" --top 5 -q --threads 1 -o one.csv
expect 0 "${base[@]}" --top 5 -q --threads 5 -o five.csv
same one.csv five.csv
same race.csv one.csv
expect 0 "${base[@]}" --top 5 -q --seed 2 -o seed.csv
cmp -s race.csv seed.csv && fail 'another seed runs the same race'
expect 0 "${base[@]}" --top 5 -q --measure loss --clip 0.5 -o loss.csv
[ "$(wc -l <loss.csv)" -eq 11 ] || fail 'a race by loss has not ten rows'


# What is raced is the sweep's drop, with an interval that holds it, and is exact at the end.
columns sweep.csv contrast layer kernel top1_drop >swept
columns race.csv contrast layer kernel top1_drop value value_ci_low value_ci_high decided images >ran
awk -F, '{ key = $1 "," $2 "," $3 } NR == FNR { drop[key] = $4; next }
  FNR > 1 && ($4 != $5 || (drop[key] < $6 || drop[key] > $7) || ($8 == "exact") != ($9 == 320) ||
    ($8 == "exact" && $5 != drop[key])) { print "is not the drop: " $0 }' swept ran >differences
[ ! -s differences ] || fail "$(cat differences)"

# ---- estimates begin the race, and decide nothing ----
expect 0 "${base[@]}" --contrast 0.1 --top 5 --measure loss -o plain.csv
plain=$(sed -n 's/.* % of the variants were run, \([0-9]*\) of .*/\1/p' err)
expect 0 "${base[@]}" --contrast 0.1 --top 5 --measure loss --screen taylor -o screened.csv
screened=$(sed -n 's/.* % of the variants were run, \([0-9]*\) of .*/\1/p' err)
[ "$screened" -lt "$plain" ] || fail "estimates, which are good at 0.1: $screened variants were run, $plain without"
for table in plain screened; do
  columns $table.csv contrast layer kernel | sed 1d | sort >$table.found
done
same plain.found screened.found
expect 0 "${base[@]}" --top 5 --screen taylor -q --threads 1 -o one.csv -f
expect 0 "${base[@]}" --top 5 --screen taylor -q --threads 5 --run screened -o five.csv -f
same one.csv five.csv
cut -d, -f1,5-7 one.csv | sort >raced
cut -d, -f1,5-7 race.csv | sort >wanted
same wanted raced
grep -q '"screen": "taylor"' screened/race.json || fail "race.json: $(cat screened/race.json)"
for measure in selectivity loss-selectivity lost-selectivity; do
  expect 0 "${base[@]}" --top 5 --measure $measure -q -o plain.csv -f
  expect 0 "${base[@]}" --top 5 --measure $measure --screen taylor -q -o screened.csv -f
  for table in plain screened; do columns $table.csv layer kernel | sed 1d | sort >$table.found; done
  same plain.found screened.found
done
expect 2 "${base[@]}" --above 0.0125 --screen taylor
err_says '--screen goes with --top'
expect 2 "${base[@]}" --screen taylor
err_says '--screen goes with --top'

# ---- above a bar ----
for fdr in '' 0.1; do
  expect 0 "${base[@]}" --above 0.0125 ${fdr:+--fdr $fdr} -o above$fdr.csv
  err_says 'those above 0.0125 of 108 kernels: '
  columns above$fdr.csv contrast layer kernel | sed 1d | sort >raced
  columns sweep.csv contrast layer kernel lost gained |
    awk -F, 'NR > 1 && $4 - $5 > 4 { print $1 "," $2 "," $3 }' | sort >wanted
  [ -s wanted ] || fail 'no kernel is above'
  same wanted raced
done

# ---- two contrasts: the kernels of the whole sweep's table ----
expect 0 "${base[@]}" -q --run whole
expect 0 "$LESION" stats whole -q --table selectivity
first() { # of a column of the table, times n: the largest first, then the network's order
  awk -F, -v what="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { print $at[what] + 0, NR, $1 "," $3 }' whole/tables/selectivity.csv | sort -k1,1gr -k2,2n | head -n 5 | cut -d' ' -f3 | sort
}
for measure in selectivity lost-selectivity loss-selectivity; do
  expect 0 "${base[@]}" --top 5 --measure $measure --clip 1000 -o $measure.csv
  [ "$(head -n 1 $measure.csv)" = contrast_low,contrast_high,region,normalise,rank,layer,layer_index,kernel,lesion,images,both,lost_low,gained_low,lost_high,gained_high,lost_low_only,lost_high_only,loss_drop_low,loss_drop_high,value,value_ci_low,value_ci_high,decided ] ||
    fail "header: $(head -n 1 $measure.csv)"
  columns $measure.csv layer kernel | sed 1d | sort >raced
  first ${measure//-/_} >wanted
  same wanted raced
done
# The value is that of the list; of lost-selectivity only images right in both were run.
columns whole/tables/selectivity.csv layer kernel both lost_low_only lost_high_only selectivity >swept
columns lost-selectivity.csv layer kernel both lost_low_only lost_high_only value decided >ran
awk -F, '{ key = $1 "," $2 } NR == FNR { row[key] = $3 "," $4 "," $5; next }
  FNR > 1 && $7 == "exact" { seen++; gap = $6 - ($4 - $5) / 320
    if (row[key] != $3 "," $4 "," $5 || gap * gap > 1e-12) print "differs: " $0 }
  END { if (!seen) print "none is exact" }' swept ran >differences
[ ! -s differences ] || fail "$(cat differences)"
columns selectivity.csv layer kernel both lost_low_only lost_high_only value decided >ran
awk -F, '{ key = $1 "," $2 } NR == FNR { row[key] = $6; next }
  FNR > 1 && $7 == "exact" { seen++; if (row[key] != $6) print "differs: " $0 }
  END { if (!seen) print "none is exact" }' swept ran >differences
[ ! -s differences ] || fail "$(cat differences)"
expect 0 "${base[@]}" --contrast 0.05,0.5,1 --low 0.5 --high 1 --top 3 --measure selectivity -q -o ends.csv
columns ends.csv contrast_low contrast_high | sed 1d | sort -u | grep -qx 0.5,1 || fail "$(cat ends.csv)"

# ---- in a run directory ----
expect 0 "${base[@]}" --top 5 --run run -o run.csv
same race.csv run.csv
ran=$(sed -n 's/.* run, \([0-9]*\) of .*/\1/p' err)
expect 0 "${base[@]}" --top 5 --run run -o run.csv
err_says "; $ran of these were there before"
same race.csv run.csv
grep -q '"measure": "accuracy"' run/race.json || fail "$(cat run/race.json)"
expect 0 "${base[@]}" --above 0.0125 --run run -q -o run.csv # another race takes what is there
columns run.csv contrast layer kernel images lost gained decided >raced
columns above.csv contrast layer kernel images lost gained decided >wanted
same wanted raced

# Its kernels' table is of the images that each kernel was run on; no other is to be had.
expect 0 "${base[@]}" --top 5 --run small -q -o small.csv
expect 0 "$LESION" stats small
err_says "small: is a race's: kernels.csv is of the images that each kernel was run on"
[ "$(ls small/tables)" = kernels.csv ] || fail "tables of a race: $(ls small/tables)"
find_python numpy
[ -z "$python" ] || "$python" - small >wanted <<'END'
import csv, sys
import numpy as np
run = sys.argv[1]
rank, intact = np.load(run + "/rank.npy"), np.load(run + "/intact_rank.npy")
there = (np.load(run + "/predicted.npy") >= 0) & (np.load(run + "/intact_predicted.npy") >= 0)[:, :, None]
right = (intact == 1)[:, :, None]
kernels = list(csv.DictReader(open(run + "/kernels.csv")))
contrasts = [row["contrast"] for row in csv.DictReader(open(run + "/conditions.csv"))]
for k, row in enumerate(kernels):
    for c, contrast in enumerate(contrasts):
        at = there[:, c, k]
        of = lambda what: int((at & what[:, c, k]).sum())
        print(row["layer"], row["kernel"], contrast, at.sum(), of(np.broadcast_to(right, at.shape[:1] + rank.shape[1:])),
              of(rank == 1), of(right & (rank != 1)), of(~right & (rank == 1)), sep=",")
END
columns small/tables/kernels.csv layer kernel contrast images top1_intact top1_lesioned lost gained | sed 1d >found
[ -z "$python" ] || same wanted found
cut -d, -f4 found | sort -u | wc -l | awk '{ exit !($1 > 3) }' || fail "all kernels stand on as many images"
columns small/tables/kernels.csv images p_exact q noop top1_drop_ci_low | sed 1d |
  awk -F, '$1 < 320 && ($2 $4 $5 != "") || $1 == 320 && ($2 == "" || $4 == "" || $5 == "") || $3 != ""' >differences
[ ! -s differences ] || fail "tests of kernels that were stopped: $(head -n 3 differences)"
expect 1 "$LESION" stats small --table layers
err_says "small: is a race's, and layers.csv wants every kernel on every image"
expect 1 "$LESION" psychometric small
err_says "small: is a race's, which ran kernels on some images each"
expect 1 "$LESION" merge merged small
err_says "small: is a race's: run its command again without --top or --above"

# Images that were run because they are right when intact are no sample: counts alone.
expect 0 "${base[@]}" --top 5 --measure lost-selectivity --run right -q -o right.csv
expect 0 "${base[@]}" --top 5 --measure lost-selectivity -q -o lost.csv
same lost.csv right.csv
expect 0 "${base[@]}" --top 5 --run right -q -o right.csv # another race does not make them one
expect 0 "$LESION" stats right
err_says 'counts alone'
columns right/tables/kernels.csv images top1_drop lost_rate loss_intact loss_drop top5_drop gained_rate | sed 1d |
  awk -F, '($1 < 320) != ($2 $3 $4 $5 $6 $7 == "")' >differences
[ ! -s differences ] || fail "drops of a chosen sample: $(head -n 3 differences)"
header=$(head -n 1 right/tables/kernels.csv)
awk -F, -v n="$(tr -cd , <<<"$header" | wc -c)" 'NF != n + 1' right/tables/kernels.csv small/tables/kernels.csv >differences
[ ! -s differences ] || fail "cells: $(head -n 3 differences)"
sed -i s/right_in/wrong_in/ right/race.json
expect 1 "$LESION" stats right -f
err_says 'right/race.json: has no "right_in_both" that could be read'

# A sweep goes on with what is left, and does nothing twice.
# An outcome that is not there is -1, four bytes of ff, in the array behind a header of 128 bytes.
left=$(tail -c +129 small/predicted.npy | od -An -v -td4 -w4 | grep -c -- '-1$')
cp small/predicted.npy before.npy
expect 0 "${base[@]}" --run small -v -o whole.csv
err_says 'small: complete, 108 kernels, 2 conditions, 320 images'
expect 0 "$LESION" check sweep.csv whole.csv
expect 0 "$LESION" stats small -q -f
columns small/tables/kernels.csv layer kernel lost gained q >found
columns sweep.csv layer kernel lost gained q >wanted
same wanted found
[ "$left" -gt 1000 ] || fail "the race left $left variants"

# The other way round: a race of what a sweep has left.
cp -r whole part
for name in predicted intact_predicted; do # of 50 images of 320; the others become -1
  size=$(stat -c %s part/$name.npy) kept=$((128 + (size - 128) / 320 * 50))
  { head -c $kept part/$name.npy; head -c $((size - kept)) /dev/zero | tr '\0' '\377'; } >cut.npy
  mv cut.npy part/$name.npy
done
expect 0 "${base[@]}" --top 5 --run part -o part.csv
columns part.csv contrast layer kernel images lost gained decided >found
columns race.csv contrast layer kernel images lost gained decided >wanted
same wanted found

# Killed at any moment, the same command goes on, to the same table.
for ((kill = 1; kill <= ${LESION_TEST_KILLS:-20}; kill++)); do
  "${base[@]}" --top 5 --run killed -q -o killed.csv 2>kill.err &
  sleep "0.0$((RANDOM % 90 + 10))"
  kill -9 $! 2>/dev/null
  wait $! 2>/dev/null
  [ $? -ne 137 ] || hit=1
done
[ "${hit:-0}" = 1 ] || fail 'every race was over before it was killed'
expect 0 "${base[@]}" --top 5 --run killed -q -o killed.csv
same race.csv killed.csv

expect 2 "${base[@]}" --top 5 --shard 1/2
err_says "--shard: a race's images come in one order"
expect 2 "${base[@]}" --top 5 --above 0.1
expect 2 "${base[@]}" --above nan
expect 2 "${base[@]}" --above 0.1 --fdr 1
expect 2 "${base[@]}" --top 5 --fdr 0.1
expect 2 "${base[@]}" --measure selectivity
expect 2 "${base[@]}" --top 5 --low 0.05
expect 2 "${base[@]}" --top 5 --measure selectivity --low auto
expect 2 "${base[@]}" --top 5 --measure selectivity --low 0.3
expect 2 "${base[@]}" --top 5 --measure selectivity --low 1 --high 0.05
expect 2 "${base[@]}" --contrast 1 --top 5 --measure selectivity
err_says 'a race for selectivity wants two contrasts'
expect 2 "${base[@]}" --top 5 --confidence 1
expect 2 "${base[@]}" --top 5 --confidence nan
expect 2 "${base[@]}" --top 5 --clip 0
expect 2 "${base[@]}" --top -1
expect 2 "${base[@]}" --top 108
err_says 'the top 108 of 108 kernels is no race: ask for fewer, or for none'
expect 1 "${base[@]}" --top 5 -o race.csv
err_says 'race.csv: exists'
finish
