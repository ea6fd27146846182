# lesion pairs: every two kernels lesioned together, in run directories; its matrix in a report.
. "$(dirname "$0")/support.sh" "$@"

cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 8 == 0 { print $0 "," $1 }'); } >list.csv
loud=(--model "$DEMO" --images images --labels list.csv --contrast 0.1,1)
base=("${loud[@]}" -q)
# alike A B: two tables of numbers without header or keys, up to rounding.
alike() {
  paste -d, "$1" "$2" | awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d * d > 1e-10) exit 1 } }
    END { if (NR < 1) exit 1 }' || fail "$1 and $2 differ: $(head -n 3 "$1" "$2")"
}
effects() { columns "$1" images top1_intact top1_lesioned lost gained top5_lesioned loss_intact loss_lesioned margin_drop changed single_drop interaction single_loss_drop loss_interaction | tail -n +2; }

# ---- the kernels of a sweep with the largest drop, and numbers by NumPy ----
expect 0 "$LESION" "${base[@]}" --layers 'conv[123]' --kernels 0-11 --run singles -o singles.csv
expect 0 "$LESION" pairs "${loud[@]}" --from singles --top 5 --run joint -o pairs.csv
err_says 'singles: the 5 kernels with the largest drop of accuracy at contrast 1, on 40 images:'
err_says 'joint: complete, 15 lesions, 2 conditions, 40 images'
head -n 1 pairs.csv | grep -qx 'layer_a,layer_index_a,kernel_a,layer_b,layer_index_b,kernel_b,lesion,contrast,region,normalise,images,top1_intact,top1_lesioned,lost,gained,top1_drop,top1_drop_ci_low,top1_drop_ci_high,lost_rate,lost_rate_ci_low,lost_rate_ci_high,gained_rate,gained_rate_ci_low,gained_rate_ci_high,p_exact,p_mid,top5_intact,top5_lesioned,top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed,drop_a,drop_b,single_drop,interaction,interaction_ci_low,interaction_ci_high,interaction_p,interaction_q,loss_drop_a,loss_drop_b,single_loss_drop,loss_interaction,loss_interaction_ci_low,loss_interaction_ci_high,loss_interaction_p,loss_interaction_q,margin_drop_a,margin_drop_b,single_margin_drop,margin_interaction,margin_interaction_ci_low,margin_interaction_ci_high,margin_interaction_p,margin_interaction_q' ||
  fail 'the header'
[ "$(wc -l <pairs.csv)" -eq $((1 + 2 * 10)) ] || fail "$(wc -l <pairs.csv) lines"
find_python 'numpy, scipy'
if [ -n "$python" ]; then
  "$python" "$TOP/tests/golden/check_pairs.py" pairs.csv joint singles >computed 2>&1 || fail "numbers: $(head -n 5 computed)"
fi
# Those with the largest drop, equal ones by their loss; at another contrast, or by the loss.
chosen() { columns "$1" layer_a kernel_a layer_b kernel_b | tail -n +2 | awk -F, '{ print $1 "," $2; print $3 "," $4 }' | sort -u; }
largest() { # CONTRAST FIRST SECOND
  columns singles.csv contrast "$2" "$3" layer kernel | grep "^$1," | sort -t, -k2,2gr -k3,3gr | head -n 5 | cut -d, -f4,5 | sort
}
chosen pairs.csv >a
largest 1 top1_drop loss_drop >b
same a b
for at in '0.1 accuracy top1_drop loss_drop' '1 loss loss_drop top1_drop'; do
  read -r contrast measure first second <<<"$at"
  expect 0 "$LESION" pairs "${base[@]}" --from singles --top 5 --at "$contrast" --measure "$measure" --flips 9 -f -o at.csv
  chosen at.csv >a
  largest "$contrast" "$first" "$second" >b
  same a b
done

# ---- a pair is a group of two, by every kind of lesion, in a normalised network, too ----
for lesion in weights silence mean resample planes:in=1; do
  expect 0 "$LESION" pairs "${base[@]}" --normalise none,divisive:2:0.1:2@conv2 --kernels conv2:7,conv3:2-3 --lesion $lesion -f -o three.csv
  for pair in conv2:7,conv3:2 conv2:7,conv3:3 conv3:2,conv3:3; do
    expect 0 "$LESION" group "${base[@]}" --normalise none,divisive:2:0.1:2@conv2 --kernels "$pair" --lesion $lesion --flips 9 -f -o two.csv
    [ "$(wc -l <two.csv)" -eq 5 ] || fail "$(wc -l <two.csv) lines of two.csv"
    effects two.csv >a
    head -n 1 three.csv >rows
    awk -F, -v pair="$pair" 'NR > 1 && $1 ":" $3 "," $4 ":" $6 == pair' three.csv >>rows
    effects rows >b
    alike a b
  done
done

# ---- the same bytes for any threads; the full engine's outcomes ----
set -- $(chosen pairs.csv | tr , :)
names=$(IFS=,; echo "$*")
expect 0 "$LESION" pairs "${base[@]}" --kernels "$names" --threads 1 -o one.csv
expect 0 "$LESION" pairs "${base[@]}" --kernels "$names" --threads 3 -o three-threads.csv
same one.csv pairs.csv
same three-threads.csv pairs.csv
expect 0 "$LESION" pairs "${base[@]}" --kernels "$names" --engine full -o full.csv
expect 0 "$LESION" check pairs.csv full.csv --tolerance 0.0001
expect 0 "$LESION" pairs "${base[@]}" --kernels "$names" --flips 99 --seed 1 -o seed.csv
cmp -s seed.csv pairs.csv && fail '--seed and --flips change nothing'
grep -q "\"kernels\": \"$names\"" one.csv.json || fail 'provenance'

# ---- a run that is killed goes on; shards are merged: the same bytes ----
again=(pairs "${base[@]}" --from singles --top 5)
killed=0
for i in $(seq 20 20 400); do
  "$LESION" "${again[@]}" --threads 1 --run killed -o killed.csv 2>err &
  pid=$!
  sleep "$(printf '0.%03d' "$i")"
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
  [ $? -eq 137 ] && [ -f killed/run.json ] && killed=$((killed + 1))
  [ -f killed.csv ] && break
done
[ $killed -gt 0 ] || echo 'no run was killed at its work: too fast'
expect 0 "$LESION" "${again[@]}" --run killed -o killed.csv
same killed.csv pairs.csv
same_run() { # A B
  local file
  for file in "$1"/*.npy "$1"/*.csv "$1/run.json"; do same "$file" "$2/$(basename "$file")"; done
}
same_run joint killed
for shard in 1 2 3; do
  expect 0 "$LESION" "${again[@]}" --shard $shard/3 --run shard$shard
done
expect 0 "$LESION" merge merged shard3 shard1 shard2 -q
same_run joint merged
expect 0 "$LESION" "${again[@]}" --run merged -o merged.csv
same merged.csv pairs.csv
[ "$(head -n 1 joint/kernels.csv)" = layer,layer_index,kernel,lesion,seed,set ] || fail "$(head -n 1 joint/kernels.csv)"

# ---- the matrix ----
expect 0 "$LESION" report singles --pairs pairs.csv --output report -q
[ "$(wc -l <report/figures/pairs.csv)" -eq $((1 + 2 * 20)) ] || fail "$(wc -l <report/figures/pairs.csv) lines of the figure"
sed -n 2,3p report/figures/pairs.csv >a
columns pairs.csv contrast layer_a kernel_a layer_b kernel_b interaction interaction_q margin_interaction margin_interaction_q | sed -n 2p |
  awk -F, '{ a = $2 ":" $3; b = $4 ":" $5; tail = $1 "," $6 "," $7 "," $8 "," $9
    print "0,1,contrast " $1 "," a "," b "," tail; print "1,0,contrast " $1 "," b "," a "," tail }' >b
same a b
grep -q 'Which kernels replace each other' report/index.html || fail 'the page has no matrix'
if command -v gnuplot >/dev/null; then
  grep -q 'Margin (logits)' report/figures/pairs.svg || fail 'pairs.svg'
fi

# ---- a network that guesses ----
guessing='the intact network is right on 5 of 40 images at contrast 0, not surely above chance'
expect 0 "$LESION" pairs "${loud[@]}" --contrast 0 --kernels conv1:0-1 --flips 9 -o guessed.csv
err_says "$guessing"

# ---- refusals ----
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" "$@"
  err_says "$sentence"
}
refuses 2 'which kernels' pairs "${base[@]}"
refuses 2 'which kernels' pairs "${base[@]}" --kernels conv1:0-1 --from singles --top 2
refuses 2 'at least 2 kernels' pairs "${base[@]}" --from singles
refuses 2 'at least 2 kernels' pairs "${base[@]}" --from singles --top 1
refuses 2 '--top and --at go with --from RUN' pairs "${base[@]}" --kernels conv1:0-1 --at 1
refuses 2 'singles is the run of --from' pairs "${base[@]}" --from singles --top 2 --run ./singles
refuses 2 "--at: 'x' is not a number" pairs "${base[@]}" --from singles --top 2 --at x
refuses 2 'the run has no contrast 0.5,all,none of definition mid-grey, quantized by trunc' pairs "${base[@]}" --from singles --top 2 --at 0.5
refuses 2 'the run has no contrast 1,edges,none' pairs "${base[@]}" --from singles --top 2 --region edges
refuses 2 'singles: has 36 kernels lesioned by weights, wanted the top 37: ask for fewer' pairs "${base[@]}" --from singles --top 37
refuses 2 'singles: has 0 kernels lesioned by mean, wanted the top 2: ask for fewer, or for the --lesion and --seed of the run, whose first lesion is weights, seed 0' pairs "${base[@]}" --from singles --top 2 --lesion mean
refuses 2 'pairs of 1 kernel: wanted 2 ... 1000' pairs "${base[@]}" --kernels conv1:0
refuses 2 'pairs take one' pairs "${base[@]}" --kernels conv1:0-1 --lesion weights,silence
refuses 2 "lesion 'planes:in=4': the kernel conv1:7 has no such" pairs "${base[@]}" --kernels conv1:7,conv2:3 --lesion planes:in=4
refuses 1 'joint: is a run of kernels lesioned together (lesion group or lesion pairs): wanted one of lesion sweep' pairs "${base[@]}" --from joint --top 2
expect 0 "$LESION" shapley "${base[@]}" --layers conv1 --kernels 0-3 --rounds 1 --run orders -o orders.csv
refuses 1 'orders/round-001: is a round of lesion shapley, whose kernels were lesioned one on top of the other: give singles beside it' pairs "${base[@]}" --from orders/round-001 --top 2
expect 0 "$LESION" pairs "${base[@]}" --from orders/singles --top 2 -o of-singles.csv
refuses 1 'joint: is a run of kernels lesioned together' stats joint
refuses 1 'joint: is a run of kernels lesioned together' report joint
refuses 1 'joint: is a run of kernels lesioned together' psychometric joint
goes_on='; a run goes on with the options that it began with, another one wants a folder of its own'
one='kernels lesioned one at a time (lesion sweep)' sample='a sample of the kernels, one at a time (lesion sweep --sample-kernels)'
together='kernels lesioned together (lesion group)' two='pairs of kernels (lesion pairs)'
expect 0 "$LESION" group "${base[@]}" --kernels conv1:0-2 --run grouped -q
expect 0 "$LESION" "${base[@]}" --layers conv1 --sample-kernels 2 --run sampled -q
sweep=("${base[@]}" --layers conv1) group=(group "${base[@]}" --kernels conv1:0-2) pairs=(pairs "${base[@]}" --kernels conv1:0-2)
refuses 1 "joint: is a run of $two, not of $one$goes_on" "${sweep[@]}" --run joint
refuses 1 "joint: is a run of $two, not of $one$goes_on" "${sweep[@]}" --top 2 --run joint
refuses 1 "joint: is a run of $two, not of $sample$goes_on" "${sweep[@]}" --sample-kernels 2 --run joint
refuses 1 "joint: is a run of $two, not of $together$goes_on" "${group[@]}" --run joint
refuses 1 "grouped: is a run of $together, not of $one$goes_on" "${sweep[@]}" --run grouped
refuses 1 "grouped: is a run of $together, not of $two$goes_on" "${pairs[@]}" --run grouped
refuses 1 "singles: is a run of $one, not of $together$goes_on" "${group[@]}" --run singles
refuses 1 "singles: is a run of $one, not of $two$goes_on" "${pairs[@]}" --run singles
refuses 1 "sampled: is a run of $sample, not of $one$goes_on" "${sweep[@]}" --run sampled
refuses 1 'grouped: is one run itself, lesion shapley makes several: give another folder' shapley "${sweep[@]}" --run grouped
refuses 1 'grouped: is a whole run, no shard: there is nothing to merge' merge new grouped grouped
refuses 1 "grouped and shard1 are not of one run: grouped: is a run of $together, not of $two" merge new grouped shard1
refuses 1 'singles.csv: is a file, a run wants a folder' "${sweep[@]}" --run singles.csv
refuses 1 'singles.csv/run.json: cannot open: singles.csv is no run directory; wanted is a folder that --run made' stats singles.csv
refuses 1 'joint: is a run of other kernels: joint/kernels.csv: line' "${again[@]}" --top 4 --run joint
refuses 1 'pairs.csv: exists' pairs "${base[@]}" --kernels conv1:0-1 -o pairs.csv
refuses 1 'singles.csv: has no column layer_a, wanted what this version of lesion pairs writes' report singles --pairs singles.csv --output other
head -n 1 pairs.csv >none.csv
refuses 1 'none.csv: has no rows' report singles --pairs none.csv --output other
# What a race left is no basis for a choice: it is over before all images were run.
expect 0 "$LESION" "${base[@]}" --layers conv1 --above 0.9 --confidence 0.5 --run raced -o raced.csv
[ -f raced/race.json ] || fail 'the race ran all images'
refuses 1 "raced: is a race's" pairs "${base[@]}" --from raced --top 2
mkdir empty
refuses 1 'empty/run.json: cannot open' pairs "${base[@]}" --from empty --top 2
cp "$DEMO" other.bin
printf '\0\0\0\0' | dd of=other.bin bs=1 seek=$(($(wc -c <other.bin) - 4)) conv=notrunc 2>dd
refuses 1 'singles: the run is of another model' pairs "${base[@]}" --model other.bin --from singles --top 2
# A report refuses a table of another network, other images or other conditions: by its provenance,
# and without that by its layers and cells.
cp pairs.csv moved.csv
moved() { # SENTENCE SED: refused where the provenance is changed so
  sed "$2" pairs.csv.json >moved.csv.json
  cmp -s pairs.csv.json moved.csv.json && fail "$2 changes nothing"
  refuses 1 "moved.csv: $1" report singles --pairs moved.csv --output other
}
moved 'is of another model than the run, by moved.csv.json: SHA-256 0000' 's/"model_sha256": "..../"model_sha256": "0000/'
moved 'is of another list of images than the run, by moved.csv.json' 's/\("image_[a-z]*_sha256": "\)..../\10000/'
moved "its map of groups is 'mean 00', the run's 'none'" 's/"options": {/"decide": {"by": "mean", "map_sha256": "00"}, &/'
moved "its images were read with --alpha black, the run's with refuse" 's/"alpha": "refuse"/"alpha": "black"/'
moved 'is of contrast 0.1, region all, normalise none, which the run has not, or not with its --definition' 's/"definition": "mid-grey"/"definition": "mean"/'
moved 'is of contrast 0.1, region all' 's/"quantize": "trunc"/"quantize": "none"/'
rm moved.csv.json
sed 's/,weights,0.1,/,weights,0.3,/' pairs.csv >moved.csv
refuses 1 'moved.csv: is of contrast 0.3, region all, normalise none, which the run has not' report singles --pairs moved.csv --output other
sed 's/,weights,1,all,/,weights,1,edges,/' pairs.csv >moved.csv
refuses 1 'moved.csv: is of contrast 1, region edges, normalise none, which the run has not' report singles --pairs moved.csv --output other
sed 's/,weights,1,/,silence,1,/' pairs.csv >moved.csv
refuses 1 'moved.csv: is of the lesion silence, which the run has not' report singles --pairs moved.csv --output other
cp pairs.csv moved.csv
expect 0 "$LESION" report singles --pairs moved.csv --output moved -q
sed 's/,conv1,/,other1,/; s/^conv1,/other1,/' pairs.csv >moved.csv
refuses 1 "moved.csv: its layer 'other1' is not number 0 of the run's network" report singles --pairs moved.csv --output other
sed 's/,conv1,0,/,conv1,99,/; s/^conv1,0,/conv1,99,/' pairs.csv >moved.csv
refuses 1 "moved.csv: its layer 'conv1' is not number 99 of the run's network" report singles --pairs moved.csv --output other
[ ! -e other ] || fail 'a report was begun with a table of another network'

# An axis that was tampered with.
cp -r joint broken
sed 's/,3$/,9/' joint/kernels.csv >broken/kernels.csv
refuses 1 'set 9 stands where 3 should' stats broken
finish
