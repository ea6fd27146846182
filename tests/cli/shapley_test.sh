# lesion shapley: the table, the same bytes whatever the threads, shards and interruptions, and what
# is refused.
. "$(dirname "$0")/support.sh" "$@"

cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 16 == 0 { print $0 "," $1 }'); } >list.csv
head -n 11 list.csv >half.csv
base=(--model "$DEMO" --images images --labels list.csv --contrast 0.1,1)
some=("${base[@]}" --layers 'conv[12]' --kernels 0-3 --rounds 3)
header='layer,layer_index,kernel,lesion,contrast,region,normalise,images,rounds,rank,shapley,shapley_ci_low,shapley_ci_high,shapley_se,loss_shapley,loss_shapley_ci_low,loss_shapley_ci_high,loss_shapley_se,top1_drop,loss_drop,decided'

# ---- the table ----
expect 0 "$LESION" shapley "${some[@]}" --threads 1 -o t.csv
err_says '3 rounds: 3 orders of the kernels for each of 20 images'
cp err err.t
[ "$(head -n 1 t.csv)" = "$header" ] || fail "the header: $(head -n 1 t.csv)"
[ "$(wc -l <t.csv)" -eq $((1 + 8 * 2)) ] || fail "$(wc -l <t.csv) lines"
grep -q '"rounds": "3"' t.csv.json || fail 'provenance'
# Values sum to what all cost together, at each contrast: the group's accuracy.
expect 0 "$LESION" group "${base[@]}" --kernels conv1:0-3,conv2:0-3 -q -o group.csv
columns group.csv contrast images top1_intact top1_lesioned | tail -n +2 | while IFS=, read -r contrast images intact lesioned; do
  columns t.csv contrast shapley | awk -F, -v c="$contrast" -v n="$images" -v a="$intact" -v b="$lesioned" '
    $1 == c { sum += $2 } END { d = sum - (a - b) / n; exit d * d > 1e-16 }' || fail "contrast $contrast: no sum"
  grep -q "contrast $contrast, region all, normalise none: accuracy intact $(awk "BEGIN { printf \"%.4f\", $intact / $images }"), with all 8 lesioned $(awk "BEGIN { printf \"%.4f\", $lesioned / $images }")" err.t ||
    fail "contrast $contrast: $(cat err.t)"
done
# The drops are a sweep's; ranks and intervals are of the values.
expect 0 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-3 -q -o sweep.csv
columns sweep.csv layer kernel contrast top1_drop loss_drop >a
columns t.csv layer kernel contrast top1_drop loss_drop >b
same a b
columns t.csv contrast rank shapley loss_shapley | tail -n +2 | sort -t, -k1,1g -k2,2g | awk -F, '
  $1 == last && ($3 > value || ($3 == value && $4 > loss)) { exit 1 } $1 != last && $2 != 1 { exit 1 }
  { last = $1; value = $3; loss = $4 }' || fail 'ranks'
columns t.csv shapley_ci_low shapley shapley_ci_high loss_shapley_ci_low loss_shapley loss_shapley_ci_high | tail -n +2 |
  awk -F, '!($1 <= $2 && $2 <= $3 && $4 <= $5 && $5 <= $6) { exit 1 }' || fail 'intervals'

# ---- the report: the values in the table's order beside the single drops ----
expect 0 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-3 --run swept -q
expect 0 "$LESION" report swept --shapley t.csv --output report -q
columns report/figures/shapley.csv rank contrast layer kernel shapley shapley_ci_low shapley_ci_high top1_drop loss_shapley loss_shapley_ci_low loss_shapley_ci_high loss_drop |
  sed 1d >a
columns t.csv rank contrast layer kernel shapley shapley_ci_low shapley_ci_high top1_drop loss_shapley loss_shapley_ci_low loss_shapley_ci_high loss_drop |
  sed 1d >b
same a b
[ "$(columns report/figures/shapley.csv condition | sed 1d | sort | uniq -c | tr -s ' ' | tr '\n' ,)" = ' 8 contrast 0.1, 8 contrast 1,' ] ||
  fail "conditions: $(columns report/figures/shapley.csv condition)"
grep -q 'What kernels carry together and alone' report/index.html || fail 'the page has no Shapley values'
# Of more kernels the 30 largest values, in the words of their condition; a table of one row is drawn, too.
awk -F, -v OFS=, 'NR == 1 { print } NR == 2 { $6 = "edges"; $7 = "local:2"; for (i = 1; i <= 40; i++) { $3 = i; $10 = i; print } }' t.csv >forty.csv
head -n 2 t.csv >row.csv
expect 0 "$LESION" "${base[@]}" --region all,edges --normalise none,local:2 --layers conv1 --kernels 0-3 --run many -q
for table in forty row; do
  expect 0 "$LESION" report many --shapley $table.csv --output $table -q
  command -v gnuplot >/dev/null || continue
  [ ! -s $table/figures/gnuplot.log ] || fail "$table: gnuplot says: $(head -n 2 $table/figures/gnuplot.log)"
  [ -s $table/figures/shapley.svg ] && [ -s $table/figures/shapley.pdf ] || fail "$table: not drawn"
done
[ "$(columns forty/figures/shapley.csv kernel condition | sed -n '2p;$p' | tr '\n' ' ')" = '1,contrast 0.1; edges; local:2 30,contrast 0.1; edges; local:2 ' ] ||
  fail "the largest: $(columns forty/figures/shapley.csv kernel condition)"
expect 1 "$LESION" report swept --shapley forty.csv --output nowhere
err_says 'forty.csv: is of contrast 0.1, region edges, normalise local:2, which the run has not'
expect 0 "$LESION" "${base[@]}" --labels half.csv --layers conv1 --kernels 0-3 --run half -q
expect 1 "$LESION" report half --shapley t.csv --output nowhere
err_says 't.csv: is of another list of images than the run, by t.csv.json'
expect 1 "$LESION" report swept --shapley missing.csv --output nowhere
err_says 'missing.csv: cannot open'
expect 1 "$LESION" report swept --shapley forty/tables/kernels.csv --output nowhere
err_says 'kernels.csv: has no column rank, wanted what this version of lesion shapley writes'
head -n 1 t.csv >none.csv
expect 1 "$LESION" report swept --shapley none.csv --output nowhere
err_says 'none.csv: has no rows'
[ ! -e nowhere ] || fail 'a report was begun with a table that is none of shapley'

# ---- the same bytes: threads, memory, a run, shards, an interruption ----
expect 0 "$LESION" shapley "${some[@]}" --threads 3 -q -o threads.csv
same t.csv threads.csv
expect 0 "$LESION" shapley "${some[@]}" --run whole -q -o run.csv
same t.csv run.csv
expect 0 "$LESION" shapley "${some[@]}" --run whole -q -o run.csv
same t.csv run.csv
head -n 3 t.csv | tee other.csv >before.csv
expect 1 "$LESION" shapley "${some[@]}" --run whole -o other.csv
err_says 'other.csv: exists, and is no table of whole, or was changed since'
same before.csv other.csv
for shard in 1 2 3; do
  expect 0 "$LESION" shapley "${some[@]}" --run part$shard --shard $shard/3 -q -o part.csv -f
done
mkdir merged
for round in singles round-001 round-002 round-003; do
  expect 0 "$LESION" merge merged/$round part{1,2,3}/$round -q
  diff -r whole/$round merged/$round >differences || fail "merged: $(head -n 3 differences)"
done
expect 0 "$LESION" shapley "${some[@]}" --run merged -q -o merged.csv
same t.csv merged.csv
# Fewer rounds, then killed, then all.
expect 0 "$LESION" shapley "${some[@]}" --rounds 1 --run cut -q -o cut.csv
for wait in 0.1 0.3; do
  "$LESION" shapley "${some[@]}" --run cut --threads 1 -q -o cut.csv &
  pid=$!
  sleep $wait
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
done
expect 0 "$LESION" shapley "${some[@]}" --run cut -q -o cut.csv
same t.csv cut.csv
diff -r -x tables.sha256 whole cut >differences || fail "killed: $(head -n 3 differences)"
# The run of the kernels lesioned alone is a sweep's; a round is none.
expect 0 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-3 --run alone -q
diff -r alone whole/singles >differences || fail "singles: $(head -n 3 differences)"
expect 1 "$LESION" stats whole/round-001
err_says 'is a round of lesion shapley'
expect 1 "$LESION" stats whole
err_says 'whole: holds the runs of lesion shapley: give one of them, such as whole/singles'
expect 1 "$LESION" --model "$DEMO" --images images --labels list.csv --contrast 0.1,1 --layers 'conv[12]' --kernels 0-3 --run whole/round-001
err_says 'whole/round-001: is a round of lesion shapley, with kernels lesioned one on top of the other, not one in which'
expect 1 "$LESION" shapley "${some[@]}" --seed 1 --run whole
err_says 'is a run with lesioned in random order, seed 0, round 1, not in random order, seed 1, round 1; a run goes on with the options that it began with, another one wants a folder of its own'
expect 1 "$LESION" shapley "${some[@]}" --run alone
err_says 'alone: is one run itself, lesion shapley makes several: give another folder'
expect 1 "$LESION" shapley "${some[@]}" --run t.csv -f
err_says 't.csv: is a file, a run wants a folder'
for command in '' group pairs; do
  [ -z "$command" ] && chosen=(--layers conv1 --kernels 0-3) || chosen=($command --kernels conv1:0-3)
  expect 1 "$LESION" "${chosen[@]}" "${base[@]}" --run whole
  err_says 'whole: holds the runs of lesion shapley: give one of them, such as whole/singles, of its kernels lesioned alone, or another folder'
done
# Ctrl-C: the rounds that were complete.
"$LESION" shapley --model "$DEMO" --images images --contrast 0.1 --layers conv1 --kernels 0-3 --rounds 10000 --run stopped -q -o stopped.csv 2>err &
pid=$!
for _ in $(seq 600); do [ -e stopped/round-003 ] && break; sleep 0.1; done
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "interrupted: exit $? ($(cat err))"
[ "$(head -n 1 stopped.csv)" = "$header" ] || fail 'the table of an interrupted run'
# Interrupted before a round is complete: there is no table, and the note says so.
"$LESION" shapley --model "$DEMO" --images images --contrast "$(seq -s, 0.001 0.001 0.2)" --rounds 1 -t 1 -o never.csv 2>err &
pid=$!
sleep 1
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "interrupted: exit $? ($(cat err))"
err_says 'interrupted: no round is complete'
[ ! -e never.csv ] || fail 'a table without a round'

# ---- --time: the rounds that were complete, of the images in the list's order ----
for time in 1 3 9 27 81; do
  expect 0 "$LESION" shapley "${some[@]}" --rounds 100000 --run timed --time ${time}s -o timed.csv
  [ -s timed.csv ] && break
  err_says 'time is up: no round is complete; the same command goes on'
done
err_says 'time is up: the table is of the rounds that were complete; the same command goes on'
grep -q 'random order (seed' err && fail 'the images are shuffled'
rounds=$(columns timed.csv rounds | tail -n 1)
expect 0 "$LESION" shapley "${some[@]}" --rounds "$rounds" --run timed -q -o timed2.csv
# Intervals bet on as many rounds as were asked for.
estimates=(layer kernel contrast rounds rank shapley shapley_se loss_shapley loss_shapley_se top1_drop loss_drop)
columns timed.csv "${estimates[@]}" >a
columns timed2.csv "${estimates[@]}" >b
same a b
expect 1 "$LESION" shapley "${base[@]}" --rounds 1000 --time 0.2s -o soon.csv
err_says 'time was up'
[ ! -e soon.csv ] || fail 'a table of no round'
expect 2 "$LESION" shapley "${some[@]}" --time 2 -o soon.csv
err_says "--time: '2' is not a time such as 90s, 30m or 2h"

# ---- the other engine, another seed, the loss ----
expect 0 "$LESION" shapley "${some[@]}" --engine full -q -o full.csv
expect 0 "$LESION" check t.csv full.csv
expect 0 "$LESION" shapley "${some[@]}" --seed 1 -q -o seed.csv
cmp -s t.csv seed.csv && fail '--seed draws the same orders'
expect 0 "$LESION" shapley "${some[@]}" --measure loss --clip 0.5 -o loss.csv
err_says 'clipped loss intact 0.'
columns loss.csv contrast rank loss_shapley | tail -n +2 | sort -t, -k1,1g -k2,2g | awk -F, '
  $1 == last && $3 > value { exit 1 } { last = $1; value = $3 }' || fail 'ranks by loss'
columns t.csv shapley >a
columns loss.csv shapley >b
same a b

# ---- the top: conv1's kernel 3 carries more than its neighbours do at contrast 1 ----
expect 0 "$LESION" shapley "${base[@]}" --contrast 1 --layers conv1 --kernels 0,3 --measure loss --top 1 --rounds 500 -o top.csv
err_says 'contrast 1, region all, normalise none: 1 of the top 1 is decided'
columns top.csv kernel rank decided | tail -n +2 >a
printf '0,2,dropped\n3,1,accepted\n' >b
same a b
rounds=$(columns top.csv rounds | tail -n 1)
[ "$rounds" -gt 1 ] && [ "$rounds" -lt 500 ] || fail "$rounds rounds"

# ---- orders that are cut: round 1 is whole, later ones end, and what kernels behind have is 0 ----
expect 0 "$LESION" shapley "${some[@]}" --contrast 1 --truncate 0.2 --run ended -o ended.csv
err_says ' from round 2 on: in round 1'
length=$(sed -n 's/.*orders ended after \([0-9]*\) kernel.*/\1/p' err)
[ "$length" -ge 1 ] && [ "$length" -lt 8 ] || fail "cut after '$length'"
grep -q "\"lesioned\": \"in random order, seed 0, round 2, first $length\"" ended/round-002/run.json || fail "$(cat ended/round-002/run.json)"
grep -q '"lesioned": "in random order, seed 0, round 1"' ended/round-001/run.json || fail "$(cat ended/round-001/run.json)"
expect 0 "$LESION" shapley "${some[@]}" --contrast 1 --truncate 0.2 --threads 3 -q -o ended2.csv
same ended.csv ended2.csv
find_python 'numpy'
if [ -n "$python" ]; then
  # As many distinct losses in an order as there are kernels before its end.
  "$python" -c "
import numpy as np
whole, cut = (np.load('ended/round-00%d/loss.npy' % i)[:, 0] for i in (1, 2))
count = lambda a: max(len(set(np.round(row, 5))) for row in a)
assert count(whole) == 8 and count(cut) == $length, (count(whole), count(cut))" >computed 2>&1 || fail "cut: $(tail -n 1 computed)"
fi

# ---- one kernel, and orders that are cut at once or not at all ----
expect 0 "$LESION" shapley "${some[@]}" --layers conv1 --kernels 3 --contrast 1 --rounds 1 -o lone.csv
err_says ', with 1 lesioned '
expect 0 "$LESION" shapley "${some[@]}" --contrast 1 --truncate 0.999 --rounds 2 -o lone.csv -f
err_says 'with up to 8 lesioned'
err_says 'orders ended after 1 kernel from round 2 on'
expect 0 "$LESION" shapley "${some[@]}" --contrast 1 --truncate 0.999 --rounds 1 -o lone.csv -f
err_says 'with all 8 lesioned'
grep -q 'orders ended' err && fail 'a single round is whole'

# ---- a network that guesses ----
expect 0 "$LESION" shapley "${some[@]}" --contrast 0 --rounds 1 -o guessed.csv
err_says 'at contrast 0, not surely above chance'

# ---- refusals ----
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" shapley "${some[@]}" "$@"
  err_says "$sentence"
}
refuses 2 'Shapley values take one' --lesion weights,silence
refuses 2 'the top 8 of 8 kernels: fewer must be asked for' --top 8 --run too-many
[ ! -e too-many ] || fail 'it ran before it said that the top are too many'
refuses 2 'merge the shards, then give --top' --top 1 --shard 1/2
refuses 2 'merge the shards, then give --top or --truncate' --truncate 0.1 --shard 1/2
refuses 2 "--truncate: '1' is not between 0 and 1" --truncate 1
refuses 2 "--confidence: '1' is not between 0 and 1" --confidence 1
refuses 2 "--clip: '0' is not a number of nats above 0" --clip 0
refuses 2 'matches none of the model' --layers nothing
finish
