# lesion group and lesion greedy: kernels lesioned together.
. "$(dirname "$0")/support.sh" "$@"

cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 8 == 0 { print $0 "," $1 }'); } >list.csv
base=(--model "$DEMO" --images images --labels list.csv --contrast 0.1,1 -q)
# alike A B: two tables of numbers without header or keys, up to rounding.
alike() {
  paste -d, "$1" "$2" | awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d * d > 1e-10) exit 1 } }
    END { if (NR < 2) exit 1 }' || fail "$1 and $2 differ: $(head -n 3 "$1" "$2")"
}
effects() { columns "$1" images top1_intact top1_lesioned lost gained top5_lesioned loss_intact loss_lesioned margin_drop changed | tail -n +2; }

# ---- a group of one is that kernel alone, by every kind of lesion, in a normalised network, too ----
for lesion in weights silence mean resample planes:in=1 lines:row=0:col=2; do
  expect 0 "$LESION" group "${base[@]}" --normalise none,divisive:2:0.1:2@conv1 --kernels conv2:7 --lesion $lesion -f -o one.csv
  expect 0 "$LESION" "${base[@]}" --normalise none,divisive:2:0.1:2@conv1 --layers conv2 --kernels 7 --lesion $lesion -f -o single.csv
  effects one.csv >a
  effects single.csv >b
  alike a b
  columns one.csv single_drop interaction | tail -n +2 >a
  columns single.csv top1_drop | tail -n +2 | sed 's/$/,0/' >b
  alike a b
done
head -n 1 one.csv | grep -qx 'group,kernels,lesion,contrast,region,normalise,images,top1_intact,top1_lesioned,lost,gained,top1_drop,top1_drop_ci_low,top1_drop_ci_high,lost_rate,lost_rate_ci_low,lost_rate_ci_high,gained_rate,gained_rate_ci_low,gained_rate_ci_high,p_exact,p_mid,top5_intact,top5_lesioned,top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed,single_drop,interaction,interaction_ci_low,interaction_ci_high,interaction_p,interaction_q,single_loss_drop,loss_interaction,loss_interaction_ci_low,loss_interaction_ci_high,loss_interaction_p,loss_interaction_q,single_margin_drop,margin_interaction,margin_interaction_ci_low,margin_interaction_ci_high,margin_interaction_p,margin_interaction_q' ||
  fail 'the header'

# ---- a silent kernel is an input plane of zeroes for all that read it ---- (conv2 has two groups)
expect 0 "$LESION" "${base[@]}" --layers conv1 --kernels 2 --lesion silence --run silent -o silent.csv
expect 0 "$LESION" group "${base[@]}" --kernels conv2:0-15 --lesion planes:in=2 -o blind.csv
effects silent.csv >a
effects blind.csv >b
alike a b
# So the silenced kernel's run has the group's outcome for each image; the interaction by NumPy.
expect 0 "$LESION" "${base[@]}" --layers conv2 --kernels 0-15 --lesion planes:in=2 --run planes
find_python 'numpy, scipy'
if [ -n "$python" ]; then
  "$python" "$TOP/tests/golden/check_group.py" blind.csv planes silent >computed 2>&1 || fail "numbers: $(head -n 5 computed)"
fi

# ---- a group over layers: the sum of the single drops, in any order and for any threads ----
expect 0 "$LESION" group "${base[@]}" --kernels conv3:2,conv1:0-1,conv2:7 -o group.csv
expect 0 "$LESION" group "${base[@]}" --kernels conv1:1,conv2:7,conv1:0,conv3:2 --threads 5 -o order.csv
same group.csv order.csv
columns group.csv group kernels | sed -n 2p | grep -qx 'conv1:0 conv1:1 conv2:7 conv3:2,4' || fail "the group's name"
expect 0 "$LESION" "${base[@]}" --layers 'conv[123]' --kernels 0-7 -o sweep.csv
columns sweep.csv contrast layer kernel top1_drop loss_drop | awk -F, '
  ($2 == "conv1" && $3 < 2) || ($2 == "conv2" && $3 == 7) || ($2 == "conv3" && $3 == 2) { drop[$1] += $4; loss[$1] += $5 }
  END { for (c in drop) printf "%.12g,%.9g,%.9g\n", c, drop[c], loss[c] }' | sort -n >a
columns group.csv contrast single_drop single_loss_drop | tail -n +2 | sort -n >b
alike a b
columns group.csv top1_drop single_drop interaction loss_drop single_loss_drop loss_interaction | tail -n +2 |
  awk -F, '{ d = $1 - $2 - $3; e = $4 - $5 - $6; if (d * d > 1e-15 || e * e > 1e-12) exit 1 }' || fail 'interaction is no difference'
grep -q '"kernels": "conv3:2,conv1:0-1,conv2:7"' group.csv.json || fail 'provenance'
expect 0 "$LESION" group "${base[@]}" --kernels conv3:2,conv1:0-1,conv2:7 --engine full -o full.csv
expect 0 "$LESION" check group.csv full.csv --tolerance 0.0001
expect 0 "$LESION" group "${base[@]}" --kernels conv3:2,conv1:0-1,conv2:7 --flips 99 --seed 1 -o seed.csv
cmp -s seed.csv group.csv && fail '--seed and --flips change nothing'

# ---- one sweep of the group and its kernels: a run that is killed goes on, shards are merged: the
# same bytes ----
named=(group "${base[@]}" --kernels conv3:2,conv1:0-1,conv2:7)
expect 0 "$LESION" group "${base[@]:0:8}" --kernels conv3:2,conv1:0-1,conv2:7 --run kept -o kept.csv
err_says 'kept: complete, 5 lesions, 2 conditions, 40 images'
same kept.csv group.csv
# A group of two is a pair: what both tables have of it is the same.
expect 0 "$LESION" pairs "${base[@]}" --kernels conv2:3,conv2:7 -o two-pairs.csv
expect 0 "$LESION" group "${base[@]}" --kernels conv2:3,conv2:7 -o two-group.csv
both() {
  local m
  for m in '' loss_ margin_; do
    columns "$1" lesion contrast images lost gained "single_${m}drop" "${m}interaction" "${m}interaction_ci_low" "${m}interaction_ci_high" "${m}interaction_p"
  done
}
both two-pairs.csv >a
both two-group.csv >b
same a b
if [ -n "$python" ]; then
  "$python" "$TOP/tests/golden/check_group.py" kept.csv kept >computed 2>&1 || fail "numbers: $(head -n 5 computed)"
fi
killed=0
for i in $(seq 10 10 400); do
  "$LESION" "${named[@]}" --threads 1 --run killed -o killed.csv 2>err &
  pid=$!
  sleep "$(printf '0.%03d' "$i")"
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
  [ $? -eq 137 ] && [ -f killed/run.json ] && killed=$((killed + 1))
  [ -f killed.csv ] && break
done
[ $killed -gt 0 ] || echo 'no run was killed at its work: too fast'
expect 0 "$LESION" "${named[@]}" --run killed -o killed.csv
same killed.csv group.csv
same_run() { # A B
  local file
  for file in "$1"/*.npy "$1"/*.csv "$1/run.json"; do same "$file" "$2/$(basename "$file")"; done
}
same_run kept killed
for shard in 1 2 3; do
  expect 0 "$LESION" "${named[@]}" --shard $shard/3 --run shard$shard
done
expect 0 "$LESION" merge merged shard3 shard1 shard2 -q
same_run kept merged
expect 0 "$LESION" "${named[@]}" --run merged -o merged.csv
same merged.csv group.csv
# Mean planes, and planes of other images, are kept in the run, too.
for lesion in mean resample; do
  expect 0 "$LESION" "${named[@]}" --lesion $lesion -f -o whole.csv
  for shard in 1 2; do
    expect 0 "$LESION" "${named[@]}" --lesion $lesion --shard $shard/2 --run $lesion$shard
  done
  expect 0 "$LESION" merge $lesion ${lesion}1 ${lesion}2 -q
  expect 0 "$LESION" "${named[@]}" --lesion $lesion --run $lesion -o merged-$lesion.csv
  same merged-$lesion.csv whole.csv
done
# --time ends with a random sample of the images, and the same command goes on; -o without --force
# replaces the run's own table only.
expect 0 "$LESION" "${named[@]}" --time 1h --run timed -o timed.csv
[ "$(wc -l <timed.csv)" -eq 3 ] || fail "$(wc -l <timed.csv) lines of timed.csv"
# A run that is not over has a table of the images that are complete.
every=(group --model "$DEMO" --images "$TOP/data/images" --contrast 0.1,1 --kernels conv1:0-7,conv2:0-11,conv3:0-11)
for time in 0.1s 0.15s 0.2s 0.3s 0.45s 0.7s 1s 1.5s 2s 3s 5s 7s 10s; do
  "$LESION" "${every[@]}" --run part --time $time -o part.csv >out 2>err
  grep -qE 'time is up: [1-9][0-9]* of' err && break
done
err_says 'time is up'
images=$(sed -n 's/.*time is up: \([0-9]*\) of 320 images .*/\1/p' err)
[ "$(columns part.csv images | tail -n +2 | sort -u)" = "$images" ] || fail "part.csv is not of $images images"
expect 0 "$LESION" "${every[@]}" --run part -o part.csv
[ "$(columns part.csv images | tail -n +2 | sort -u)" = 320 ] || fail 'the whole part.csv is not of 320 images'
# A table cannot take the place of the run's own files.
for output in kept kept/rank.npy kept/new.csv; do
  expect 2 "$LESION" "${named[@]}" --run kept --force -o $output
  err_says "$output would be among the run's own files; put it beside the run"
done
expect 0 "$LESION" "${named[@]}" --lesion silence -q -o silence.csv
for other in sweep.csv silence.csv; do
  cp $other other.csv
  expect 1 "$LESION" "${named[@]}" --run kept -o other.csv
  err_says 'other.csv: exists, and is no table of kept, or was changed since; --force overwrites it, or give another --output'
  same other.csv $other
done
# What such a run is, where it is given to other commands.
for command in stats report psychometric; do
  expect 1 "$LESION" $command kept
  err_says 'kept: is a run of kernels lesioned together: give the command that began it (lesion group or lesion pairs) again, with --output, for its table'
done
expect 1 "$LESION" pairs "${base[@]}" --from kept --top 2
err_says 'kept: is a run of kernels lesioned together (lesion group or lesion pairs): wanted one of lesion sweep'
refuses_run() { # WANTED ARGUMENT...
  local wanted=$1
  shift
  expect 1 "$LESION" "$@"
  err_says "$wanted"
}
expect 0 "$LESION" pairs "${base[@]}" --kernels conv2:3,conv2:7 --flips 9 --run paired -o paired.csv
expect 0 "$LESION" group "${base[@]}" --kernels conv2:3,conv2:7 --run two -o two.csv
refuses_run 'paired: is a run of pairs of kernels (lesion pairs), not of kernels lesioned together (lesion group)' group "${base[@]}" --kernels conv2:3,conv2:7 --run paired
refuses_run 'two: is a run of kernels lesioned together (lesion group), not of pairs of kernels (lesion pairs)' pairs "${base[@]}" --kernels conv2:3,conv2:7 --run two
refuses_run 'kept: is a run of other kernels: kept/kernels.csv: line' group "${base[@]}" --kernels conv3:2,conv1:0-1 --run kept
refuses_run 'kept: is a run of kernels lesioned together (lesion group), not of kernels lesioned one at a time (lesion sweep)' "${base[@]}" --layers conv1 --run kept

# ---- greedy: step 1 is the sweep's largest drop, every next one of a sweep with those held ----
expect 0 "$LESION" greedy "${base[@]}" --layers 'conv[12]' --kernels 0-7 --steps 3 --orders 2 -o greedy.csv
expect 0 "$LESION" greedy "${base[@]}" --layers 'conv[12]' --kernels 0-7 --steps 3 --orders 2 --threads 5 -o threads.csv
same greedy.csv threads.csv
expect 0 "$LESION" check greedy.csv threads.csv
expect 0 "$LESION" check group.csv order.csv
[ "$(wc -l <greedy.csv)" -eq $((1 + 2 * 3 * 3)) ] || fail "$(wc -l <greedy.csv) lines of greedy"
columns sweep.csv contrast top1_drop loss_drop layer kernel top1_lesioned | grep -v conv3 >candidates
columns greedy.csv contrast order step layer kernel top1_lesioned >steps
for contrast in 0.1 1; do
  grep "^$contrast," candidates | sort -t, -k2,2gr -k3,3gr | head -n 1 | cut -d, -f4-6 >best
  grep "^$contrast,greedy,1," steps | cut -d, -f4-6 >first
  same first best
  # Of the steps so far, as a group.
  for order in greedy random-2; do
    group=$(grep "^$contrast,$order," steps | cut -d, -f4,5 | tr ',\n' ':,' | sed 's/,$//')
    expect 0 "$LESION" group "${base[@]}" --contrast $contrast --kernels "$group" -f -o joint.csv
    effects joint.csv >a
    head -n 1 greedy.csv >rows
    grep "^$order,3,.*,$contrast,all," greedy.csv >>rows
    effects rows >b
    cat a a >aa
    cat b b >bb
    alike aa bb
  done
done
# Random orders are the same at all contrasts, and others for another seed; by loss, too.
grep '^0.1,random' steps | cut -d, -f2-5 >a
grep '^1,random' steps | cut -d, -f2-5 >b
same a b
expect 0 "$LESION" greedy "${base[@]}" --contrast 0.1 --layers conv1 --kernels 0-7 --steps 2 --orders 2 --seed 1 --measure loss -o loss.csv
columns loss.csv order step layer kernel | grep random >c
cmp -s a c && fail '--seed draws the same orders'
columns sweep.csv contrast layer loss_drop kernel | grep '^0.1,conv1,' | sort -t, -k3,3gr | head -n 1 | cut -d, -f4 >best
columns loss.csv order step kernel | grep '^greedy,1,' | cut -d, -f3 >first
same first best
# On few images many drops are equal, and some kernels gain what others lose: the loss decides.
head -n 9 list.csv >few.csv
few=("${base[@]}" --labels few.csv --contrast 0.05,0.1,0.2,0.3,0.5,1)
expect 0 "$LESION" greedy "${few[@]}" --steps 1 --orders 0 -o few-greedy.csv
expect 0 "$LESION" "${few[@]}" -o few-sweep.csv
columns few-sweep.csv contrast lost gained layer kernel loss_drop | tail -n +2 | awk -F, '
  { drop = $2 - $3 } !($1 in best) || drop > best[$1] || (drop == best[$1] && $6 > loss[$1]) { best[$1] = drop; loss[$1] = $6; at[$1] = $4 "," $5 }
  END { for (c in at) print c "," at[c] }' | sort >a
columns few-greedy.csv contrast layer kernel | tail -n +2 | sort >b
same a b
# Mean planes are those of the intact network, so the first step is the sweep's for them, too.
expect 0 "$LESION" greedy "${base[@]}" --contrast 0.1 --layers conv1 --kernels 0-7 --steps 2 --orders 1 --lesion mean -o mean.csv
expect 0 "$LESION" "${base[@]}" --contrast 0.1 --layers conv1 --kernels 0-7 --lesion mean -f -o single.csv
columns single.csv top1_drop loss_drop kernel | tail -n +2 | sort -t, -k1,1gr -k2,2gr | head -n 1 | cut -d, -f3 >best
columns mean.csv order step kernel | grep '^greedy,1,' | cut -d, -f3 >first
same first best

# ---- interrupted: the steps that were done ----
"$LESION" greedy --model "$DEMO" --images images --contrast 0.1 --steps 30 --orders 3 -q -o cut.csv 2>err &
pid=$!
sleep 1.5
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "interrupted: exit $? ($(cat err))"
[ "$(head -n 1 cut.csv)" = "$(head -n 1 greedy.csv)" ] || fail 'the table of an interrupted run'
# A sign-flip test can be interrupted, too.
"$LESION" group --model "$DEMO" --images images --contrast 0.1,0.2,0.5,1 --kernels conv4:0 --flips 1000000 -q -o flips.csv 2>err &
pid=$!
sleep 1.5
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "interrupted flips: exit $? ($(cat err))"

# ---- refusals ----
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" "$@"
  err_says "$sentence"
}
refuses 2 'which group?' group "${base[@]}"
refuses 2 "'conv2' is neither NAME:KERNEL nor NAME:FIRST-LAST" group "${base[@]}" --kernels conv2
refuses 2 "'conv2:x' is neither" group "${base[@]}" --kernels conv1:1,conv2:x
refuses 2 "'conv2:7-3' is neither" group "${base[@]}" --kernels conv2:7-3
refuses 2 "'nothing' is no convolution" group "${base[@]}" --kernels nothing:1
refuses 2 'the layer has kernels 0-31' group "${base[@]}" --kernels conv2:30-32
refuses 2 'conv2:7 is named twice' group "${base[@]}" --kernels conv2:0-7,conv1:1,conv2:7
refuses 2 'a group takes one' group "${base[@]}" --kernels conv2:7 --lesion weights,silence
refuses 2 "lesion 'planes:in=9': the kernel conv1:7 has no such" group "${base[@]}" --kernels conv1:7 --lesion planes:in=9
# A group is refused where the lesion does not suit one of its kernels.
refuses 2 "lesion 'planes:in=4': the kernel conv1:7 has no such" group "${base[@]}" --kernels conv1:7,conv2:3 --lesion planes:in=4
refuses 2 '9 steps of 8 kernels' greedy "${base[@]}" --layers conv1 --kernels 0-7 --steps 9
refuses 2 'greedy lesions take one' greedy "${base[@]}" --lesion weights,silence
finish
