# lesion claims: its text, every number in it, and the run that it is about.
. "$(dirname "$0")/support.sh" "$@"

cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 4 == 0 { print $0 "," $1 }'); } >list.csv
base=(--model "$DEMO" --images images --labels list.csv --kernels 0-7 --low 0.1)
auto=("${base[@]::${#base[@]}-2}")

expect 0 "$LESION" claims "${base[@]}" --output one -q --threads 1
same out one/claims.txt
[ ! -s err ] || fail "-q says: $(cat err)"
for words in 'demo.bin: 32 kernels, each lesioned by weights, on 80 images' \
  '1. Contrast is a low-level feature, encoded in the shallow layers: ' \
  '2. A handful of kernels matter far more at low contrast: ' '3. Edges are a distinct feature: ' \
  "The network's own: right on" '- local:4: '; do
  out_says "$words"
done
awk 'length($0) > 92 { exit 1 }' one/claims.txt || fail 'a long line'
# The verdict on a claim is that of its measures where these agree.
awk '/^[123]\. / { judge(); head = $0; text = ""; next } /^Beside/ { judge(); exit } { text = text " " $0 }
  function judge(i, n, said, verdict, rest, speaking, against) {
    rest = text; n = 0
    while (match(rest, /: +(supported|contradicted|undecided|not supported|unknown)\./)) {
      said[n] = substr(rest, RSTART + 1, RLENGTH - 2); sub(/^ +/, "", said[n]); rest = substr(rest, RSTART + RLENGTH); n++ }
    verdict = ""
    for (i = speaking = against = 0; i < n; i++) {
      against += said[i] == "not supported"
      if (said[i] == "not supported" || said[i] == "unknown") continue
      if (speaking++ && said[i] != verdict) { verdict = "depends on the measure"; break }
      verdict = said[i] }
    if (verdict == "supported" && against) verdict = "depends on the measure"
    if (speaking < n && verdict !~ /^depends/) verdict = verdict ", by " speaking " of " n " measures"
    if (head && (n < 2 || head !~ (": " verdict "\\.$"))) { print head, n, verdict; bad = 1 } }
  END { exit bad }' one/claims.txt >judged || fail "a verdict that its measures do not give: $(cat judged)"
# Every number in the text is in the table, to the digits given.
sed 's/claims.csv//; s/max-T//; s/-level//' one/claims.txt | grep -oE -- '-?[0-9]+\.[0-9]{3,}' | sort -u >spoken
awk -F, 'NR > 1 { for (i = NF - 2; i <= NF; i++) if ($i != "") {
  printf "%.3f\n%.3f\n%.4f\n%.2g\n", 100 * $i, $i, $i, $i } print $4 }' one/claims.csv | sort -u >written
comm -23 spoken written >unknown
[ ! -s unknown ] || fail "not in the table: $(cat unknown)"
[ "$(head -n 1 one/claims.csv)" = claim,quantity,layer,contrast,region,normalise,value,ci_low,ci_high ] || fail 'the header'
ls one | tr '\n' ' ' | grep -qx 'area.npy claims.csv claims.csv.json claims.txt conditions.csv images.csv intact_loss.npy intact_margin.npy intact_predicted.npy intact_rank.npy kernels.csv lock looked.csv loss.npy margin.npy predicted.npy rank.npy run.json same.npy tables ' ||
  fail "the folder holds $(ls one)"

# The same with any number of threads, again in the same folder, and as other commands compute it.
expect 0 "$LESION" claims "${base[@]}" --output five -q --threads 5
diff -r one five >differences || fail "threads: $(head -n 3 differences)"
expect 0 "$LESION" claims "${base[@]}" --output five -q
diff -r one five >differences || fail "again: $(head -n 3 differences)"
expect 0 "$LESION" check one/claims.csv five/claims.csv
expect 0 "$LESION" stats one --output tables -q
[ "$(cut -d, -f1 one/tables/ladder.csv | tail -n +2 | tr '\n' ' ')" = '0.01 0.015 0.02 0.03 0.05 0.07 0.1 0.15 0.2 0.3 0.5 0.7 1 ' ] ||
  fail 'the ladder'
expect 0 "$LESION" eval --model "$DEMO" --images images --labels list.csv --contrast 0.07,0.1,0.7,1 -q -o rungs.csv
grep -xFf rungs.csv one/tables/ladder.csv | cmp -s - rungs.csv || fail 'the ladder is not as eval counts'
for table in selectivity kernels layers intact; do same tables/$table.csv one/tables/$table.csv; done
area=$(sed -n 's/.*random:\([0-9.]*\).*/\1/p' one/conditions.csv)
expect 0 "$LESION" stimuli --model "$DEMO" --images images --labels list.csv --contrast 0.1 --region edges --stats shown.csv -q
columns shown.csv area | awk -v area="$area" 'NR > 1 { sum += $1; n++ } END { exit !((sum / n - area) ^ 2 < 1e-8) }' ||
  fail "random pixels, $area, are not as many as edges"

# The numbers, computed by SciPy.
find_python 'numpy, scipy'
drawing=(--model "$DEMO" --images images --labels list.csv --sample-kernels 4 --low 0.1)
if [ -n "$python" ]; then
  "$python" "$TOP/tests/golden/check_claims.py" one >computed 2>&1 || fail "numbers: $(head -n 5 computed)"
fi

# ---- of a sample: copies of its kernels make whole layers, and claim 2 is of all kernels ----
expect 0 "$LESION" claims "${drawing[@]}" --output drawn
err_says '4 kernels of each layer, drawn at random (seed 0), stand for all of it'
err_says 'the images come in a random order (seed 0)'
err_says 'races over all kernels for the 6 most selective, on each half of the images'
out_says 'demo.bin: 16 kernels drawn at random from the 108 of their layers'
out_says '- The 6 most selective kernels of 108, found by races over all of them on half of the images'
# What it names as chosen on both halves is what was measured on both.
for number in 1 2; do columns drawn/handful/measure-$number/kernels.csv layer kernel | tail -n +2 | tr , : | sort >measured.$number; done
comm -12 measured.1 measured.2 >wanted
tr '\n' ' ' <out | sed -n 's/.*- Chosen on both *halves, [0-9]* of 6: *\([^.]*\)\..*/\1/p' | tr -s ', ' '\n' | sort >got
same got wanted
if [ -n "$python" ]; then
  expect 0 "$LESION" --model "$DEMO" --images images --labels list.csv --contrast 0.1,1 --run whole -q
  "$python" "$TOP/tests/golden/check_claims.py" drawn whole >computed 2>&1 || fail "numbers of a sample: $(head -n 5 computed)"
fi
# Again nothing is run; killed at any time, the same command goes on to the same claims.
cp -r drawn kept
expect 0 "$LESION" claims "${drawing[@]}" --output drawn --threads 5 -q
for name in choose-1 choose-2 measure-1 measure-2; do
  diff -r drawn/handful/$name kept/handful/$name >differences || fail "again: $(head -n 3 differences)"
done
for delay in 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1; do
  timeout -s KILL $delay "$LESION" claims "${drawing[@]}" --output killed -q --threads 1 >out 2>err && break
done
expect 0 "$LESION" claims "${drawing[@]}" --output killed -q
for file in claims.csv claims.txt; do same killed/$file drawn/$file; done
# Time is up before the races are over: claim 2 is as the sample tells.
rm -rf kept/handful
for time in $(seq 0.2 0.1 1) 2 4 8 16; do
  rm -rf cut
  cp -r kept cut
  "$LESION" claims "${drawing[@]}" --output cut --time ${time}s --threads 1 >out 2>err || continue
  grep -q '^- This is as the sample tells: the races over all 108 kernels are not over' out && break
done
out_says '- The 6 most selective kernels of 108, chosen on half of the images by a measure'
err_says 'time is up: '
rm -rf cut/handful
[ -z "$python" ] || "$python" "$TOP/tests/golden/check_claims.py" cut >computed 2>&1 || fail "numbers without races: $(head -n 5 computed)"
expect 0 "$LESION" claims "${drawing[@]}" --output cut -q
same cut/claims.csv drawn/claims.csv
# Where nothing is left to race for, or too few images, there are no races.
expect 0 "$LESION" claims "${drawing[@]}" --layers conv2 --sample-kernels 1000 --output every -q
[ ! -e every/handful ] && ! grep -q 'as the sample tells' out || fail 'races though all kernels are there'
head -n 4 list.csv >three.csv
expect 0 "$LESION" claims "${drawing[@]}" --labels three.csv -q
tr -s '\n ' ' ' <out | grep -qF 'This is as the sample tells: 3 images are too few for races over all 108 kernels' || fail 'races on three images'
expect 2 "$LESION" claims "${drawing[@]}" --output one
err_says "--sample-kernels: one has its images in the list's own order, of which a half is no random half; begin another --output"

# The numbers of the normalisations, from the counts of eval.
expect 0 "$LESION" eval --model "$DEMO" --images images --labels list.csv --contrast 0.1,1 --normalise none,global,local:4,divisive:4:0.1:2 -q -o eval.csv
columns eval.csv normalise contrast top1 images | tail -n +2 | awk -F, '
  { right[$1, $2] = $3 / $4; names[$1] } END { for (n in names) {
    printf "normalised_drop,%s,%.6f\n", n, right[n, 1] - right[n, 0.1]
    if (n != "none") printf "gain_at_low,%s,%.6f\n", n, right[n, 0.1] - right["none", 0.1] } }' | sort >a
grep '^4,' one/claims.csv | awk -F, '$2 != "gain_at_low_p" { printf "%s,%s,%.6f\n", $2, $6, $7 }' | sort >b
same a b

# Interrupted while the sign flips of a finished run are made: nothing is put in place of the old.
cp -r five before
"$LESION" claims "${base[@]}" --output five --flips 1000000 -q >out 2>err &
pid=$!
sleep 1
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "interrupted: exit $? ($(cat err))"
[ ! -s out ] || fail 'an interrupted command prints claims'
diff -r before five >differences || fail "interrupted: $(head -n 3 differences)"

# ---- the low contrast is chosen: the one whose accuracy is nearest to the share of that at high ----
nearest() { # SHARE HIGH: the contrast in one/tables/ladder.csv
  awk -F, -v share="$1" -v high="$2" 'NR > 1 { right[$1] = $5 } END { for (c in right) if (c < high + 0) {
    d = right[c] - share * right[high]; d = d < 0 ? -d : d
    if (best == "" || d < least || d == least && c + 0 < best + 0) { least = d; best = c } } print best }' one/tables/ladder.csv
}
expect 0 "$LESION" claims "${auto[@]}" --layers conv1 --output chosen
low=$(nearest 0.6667 1)
[ "$(sed -n 3p chosen/conditions.csv | cut -d, -f1)" = "$low" ] || fail "chose $(sed -n 3p chosen/conditions.csv), not $low"
err_says "low contrast $low: the one whose intact accuracy (region all, normalisation none) is nearest to 0.667 of that at 1"
same chosen/tables/ladder.csv one/tables/ladder.csv
expect 0 "$LESION" claims "${auto[@]}" --layers conv1 --output half --low auto --low-accuracy 0.4 --high 0.5 -q
low=$(nearest 0.4 0.5)
[ "$(sed -n 3p half/conditions.csv | cut -d, -f1)" = "$low" ] || fail "chose $(sed -n 3p half/conditions.csv), not $low"
grep -q '^0.7,' half/tables/ladder.csv && fail 'the ladder goes above the high contrast'
# A claims run again by stats and report, which pass over the regions of one contrast.
expect 0 "$LESION" stats chosen --low auto --output again -q
same again/selectivity.csv chosen/tables/selectivity.csv
# A contrast that is a rung but for roundoff is that rung.
expect 0 "$LESION" claims "${auto[@]}" --low 0.1000000001 --layers conv1 --output near -q
same near/tables/ladder.csv one/tables/ladder.csv
# Labels that do not fit are asked about.
{ head -n 1 list.csv; paste -d, <(tail -n +2 list.csv | cut -d, -f1) <(tail -n +2 list.csv | cut -d, -f2 | tail -n +31; tail -n +2 list.csv | cut -d, -f2 | head -n 30); } >shifted.csv
expect 0 "$LESION" claims --model "$DEMO" --images images --labels shifted.csv --layers conv1 --kernels 0-1 --low 0.1 --output shifted
err_says 'do its images, labels and preprocessing fit it?'
# Low accuracy at the low contrast is reported before the work, and in the text.
expect 0 "$LESION" claims "${auto[@]}" --low 0.012 --layers conv1 --output floor
err_says 'At contrast 0.012 the intact network is right on'
out_says 'there is little left for a lesion'
sed -n 2p floor/tables/ladder.csv | grep -q '^0.01,' && sed -n 3p floor/tables/ladder.csv | grep -q '^0.012,' ||
  fail "the ladder lacks the low contrast: $(cut -d, -f1 floor/tables/ladder.csv | tr '\n' ' ')"

# Other contrasts, a lesion, an edge, no normalisations but one; a single layer.
expect 0 "$LESION" claims "${base[@]}" --low 0.2 --high 0.8 --lesion silence --region edges:2:1 --normalise global --output other -q
out_says 'each lesioned by silence, on 80 images at contrast 0.2 and 0.8'
grep -q '^0.2,edges:2:1,none,' other/conditions.csv || fail 'the edges'
[ "$(grep -c '^4,' other/claims.csv)" -eq 4 ] || fail 'one normalisation'
# none is there once, whether it is asked for or not.
expect 0 "$LESION" claims "${base[@]}" --layers conv1 --normalise global,none --output asked -q
cp out asked.txt
expect 0 "$LESION" claims "${base[@]}" --layers conv1 --normalise global --output unasked -q
same out asked.txt
same asked/claims.csv unasked/claims.csv
expect 0 "$LESION" claims "${base[@]}" --layers conv1 --normalise none --output alone -q
expect 0 "$LESION" claims "${base[@]}" --layers 'conv[123]' --output three -q
tr '\n' ' ' <out | grep -q 'in the *first 1 of the 3 *layers' || fail 'the first third of three layers'
expect 0 "$LESION" claims "${base[@]}" --layers conv2 --output layer -q
out_says 'undecided, as kernels of one layer only were lesioned'

# ---- refusals ----
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" claims "$@"
  err_says "$sentence"
}
refuses 1 'line 2 is' "${base[@]}" --output one --low 0.2 --high 0.8
refuses 2 'the low contrast, 0.5, is not below the high one, 0.2' "${base[@]}" --output none --low 0.5 --high 0.2
refuses 2 'the low contrast, 0.5, is not below the high one, 0.5' "${base[@]}" --output none --low 0.5 --high 0.5
refuses 2 "--low: 'x' is neither auto nor a number" "${base[@]}" --output none --low x
refuses 2 "--low: '0.1,0.2' is neither auto nor a number" "${base[@]}" --output none --low 0.1,0.2
refuses 2 '--low-accuracy goes with --low auto' "${base[@]}" --output none --low-accuracy 0.5
refuses 2 "--low-accuracy: '2' is not a number" "${auto[@]}" --output none --low-accuracy 2
refuses 2 'no contrast of the ladder' "${auto[@]}" --output none --high 0.01
refuses 2 "--high: '0.5,1' is not a number" "${base[@]}" --output none --high 0.5,1
refuses 2 'is none of edges' "${base[@]}" --output none --region non-edges
refuses 2 'the claims take one' "${base[@]}" --output none --lesion weights,silence
refuses 2 'none is given twice' "${base[@]}" --output none --normalise none,global,none
head -n 2 list.csv >single.csv
refuses 1 'the list has 1 image, two at least are wanted' --model "$DEMO" --images images --labels single.csv --output none
touch file
refuses 1 'file' "${base[@]}" --output file/inside
# A folder in the place of a table is found before the work.
cp -r one taken
rm taken/claims.csv.json
mkdir taken/claims.csv.json
refuses 1 'taken/claims.csv.json: is a directory, a file is to be written there' "${base[@]}" --output taken -q
mkdir -p begun/claims.csv
refuses 1 'begun/claims.csv: is a directory, a file is to be written there' "${base[@]}" --layers conv1 --kernels 0-1 \
  --output begun -q
[ ! -s out ] && [ ! -e begun/run.json ] || fail 'claims of a table that could not be written'
# Two images tell little; the text says what is not known.
printf 'file,class\n0001.png,disc\n0002.png,disc\n' >two.csv
expect 0 "$LESION" claims --model "$DEMO" --images "$TOP/data/images/disc" --labels two.csv --layers conv1 --kernels 0-2 \
  --output two -q
out_says 'unknown'
grep -qE '[-(, ]inf[) ,%]' out two/claims.csv && fail "infinite: $(grep -hE '[-(, ]inf[) ,%]' out two/claims.csv | head -n 2)"
# Other files in the folder stay.
mkdir own
echo mine | tee own/claims.txt >own/note
refuses 1 'own: is not a run, and not empty' "${base[@]}" --output own -q
[ ! -e own/run.json ] || fail 'the run began all the same'
[ "$(cat own/claims.txt)" = mine ] || fail 'a text of somebody else is gone'
# The report begins with the text.
expect 0 "$LESION" report one --output page -q
grep -q 'Edges are a distinct feature' page/index.html || fail 'the report does not show the claims'
# Its curve is the ladder, with the sweep's two contrasts marked.
columns one/tables/ladder.csv contrast images top1 | tail -n +2 >wanted
columns page/figures/accuracy.csv showing contrast images top1 | sed -n 's/^everywhere,//p' >got
same got wanted
columns one/conditions.csv contrast | sed -n 2,3p | sort >wanted
columns page/figures/accuracy.csv contrast compared | awk -F, '$2 == "low" || $2 == "high" { print $1 }' >got
same got wanted

# ---- one kernel is no handful ----
expect 0 "$LESION" claims --model "$DEMO" --images images --labels list.csv --layers conv2 --kernels 0 --output single -q
grep -q '^2. .*: undecided, as one kernel only was lesioned' single/claims.txt || fail 'claim 2 of one kernel'
# Without --output the words are the same, and nothing is left behind.
mkdir tmp
TMPDIR=$PWD/tmp expect 0 "$LESION" claims "${base[@]}" --threads 1
same out one/claims.txt
err_says 'the run and its tables are not kept; with --output DIR they are'
[ -z "$(ls tmp)" ] || fail "left behind: $(ls tmp)"
TMPDIR=$PWD/none/such expect 1 "$LESION" claims "${base[@]}" --model none.bin -q
rm -rf none

# --time: the images that were complete are a sample, with which the same command goes on.
for time in 0.5s 1s 2s 4s 8s 16s 32s 64s; do
  "$LESION" claims "${base[@]}" --output part --time $time --threads 1 >out 2>err && [ -f part/claims.csv ] && break
  err_says 'time was up before'
done
out_says "Over contrast it is right, of 80 images, on "
grep -q '"image_order": "shuffled:0"' part/claims.csv.json || fail 'provenance does not tell the order'
expect 0 "$LESION" claims "${base[@]}" --output part
err_says 'the images come in a random order (seed 0)'
out_says 'demo.bin: 32 kernels, each lesioned by weights, on 80 images at contrast'
for folder in part one; do grep -E '^[0-9.]+,(all|edges|non-edges),' $folder/tables/intact.csv | cut -d, -f1-6 >$folder.intact; done
same part.intact one.intact # other-edges and random go by the place in the list
expect 2 "$LESION" claims "${base[@]}" --output one --time 1m
err_says "one has its images in the list's own order, of which a part is no random sample"
finish
