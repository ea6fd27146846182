# Contrast normalisation: the stimuli, the tables that name it, both engines, runs and
# shards; stimuli against SciPy, where that is there.
. "$(dirname "$0")/support.sh" "$@"
cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 16 == 0 { print $0 "," $1 }'); } >list.csv
count=$(($(wc -l <list.csv) - 1))
some=(--model "$DEMO" --images images --labels list.csv)

# ---- stimuli ----
ways=none,global,local:1.5,divisive:2:0.1:2
expect 0 "$LESION" stimuli "${some[@]}" --contrast 0,0.2,1 --region all,edges --normalise "$ways" --output shown --stats shown.csv
[ "$(ls -d shown/contrast-0.2* | tr '\n' ' ')" = "shown/contrast-0.2 shown/contrast-0.2-divisive-2-0.1-2 \
shown/contrast-0.2-edges shown/contrast-0.2-edges-divisive-2-0.1-2 shown/contrast-0.2-edges-global \
shown/contrast-0.2-edges-local-1.5 shown/contrast-0.2-global shown/contrast-0.2-local-1.5 " ] || fail "folders: $(ls shown)"
head -n 1 shown.csv | grep -qx 'file,contrast,region,normalise,area,rms_contrast,mean_luminance' || fail 'header of --stats'
[ "$(wc -l <shown.csv)" -eq $((count * 24 + 1)) ] || fail 'rows of --stats'
# Without contrast all pixels are at the mean; none gives what is given without the option.
awk -F, '$2 == 0 && $3 == "all" && $4 != "none" { n++; if ($6 != 0 || ($7 - 0.449) ^ 2 > 1e-12) exit 1 } END { if (!n) exit 1 }' shown.csv ||
  fail "stimuli without contrast: $(head shown.csv)"
expect 0 "$LESION" stimuli "${some[@]}" --contrast 0,0.2,1 --region all,edges --output plain
for folder in plain/*; do diff -r "$folder" "shown/${folder#plain/}" >/dev/null || fail "none is not $folder"; done
if /usr/bin/python3 -c 'import numpy, scipy, PIL' 2>/dev/null; then
  expect 0 "$LESION" stimuli "${some[@]}" --contrast 0.2 --normalise local:1.5 --stimulus-mean 0.6 --stimulus-sd 0.1 --output brought
  expect 0 /usr/bin/python3 "$TOP/tests/golden/make_normalise.py" compare shown brought
  cat out
else
  echo 'not tested: stimuli against SciPy (no python3 with SciPy and PIL)'
fi

# ---- what is refused ----
for bad in none, hexagon local local:0 local:2:3 divisive:2:0.1 divisive:2:0.1:99 global@ pool none@conv1; do
  expect 2 "$LESION" eval "${some[@]}" --normalise "$bad"
  err_says "--normalise: normalisation '"
done
expect 2 "$LESION" eval "${some[@]}" --normalise local:2@conv1,global,local:2.0@conv1
err_says '--normalise: local:2@conv1 is given twice'
expect 2 "$LESION" eval "${some[@]}" --stimulus-sd 0
err_says "--stimulus-sd: '0' is not a number above 0"
expect 2 "$LESION" eval "${some[@]}" --stimulus-mean 1.5
err_says "--stimulus-mean: '1.5' is not a number in 0 ... 1"
expect 2 "$LESION" stimuli "${some[@]}" --normalise global,global@conv1 --output never
err_says '--normalise: global@conv1 is of a node, and changes no stimulus'
[ ! -e never ] || fail 'stimuli were begun'
for command in eval sweep 'sweep --top 3'; do
  # $command is several words.
  expect 2 "$LESION" $command "${some[@]}" --normalise none,local:2@conv9
  err_says "normalisation local:2@conv9: the network has no node 'conv9'"
  expect 2 "$LESION" $command "${some[@]}" --normalise global@input
  err_says 'the node is the image: use it on the stimulus'
  expect 2 "$LESION" $command "${some[@]}" --normalise global@fc6
  err_says "nothing reads the node, it is the network's output"
  expect 2 "$LESION" $command "${some[@]}" --normalise pool@conv1
  err_says 'the node is a Conv, wanted a MaxPool'
done

# ---- tables ----
all=("$LESION" "${some[@]}" --contrast 0.1,1 --quiet)
ways=none,local:1.5,local:2@conv1,global@relu2,divisive:1:1:2@pool1,pool@pool1
expect 0 "${all[@]}" --normalise "$ways" -o one_thread.csv --threads 1
expect 0 "${all[@]}" --normalise "$ways" -o five_threads.csv --threads 5
same one_thread.csv five_threads.csv
same one_thread.csv.json five_threads.csv.json
grep -q "\"normalise\": \"$ways\"" one_thread.csv.json || fail 'the provenance'
columns one_thread.csv contrast region normalise | sed -n 2,13p | tr '\n' ' ' | grep -qx "$(for c in 0.1 1; do
  for way in ${ways//,/ }; do printf '%s,all,%s ' $c $way; done; done)" || fail "order: $(head -n 14 one_thread.csv)"
expect 0 "${all[@]}" --normalise "$ways" --engine full -o full.csv
expect 0 "$LESION" check one_thread.csv full.csv
# Each gives the same bytes alone and among others; none gives those without the option.
for way in ${ways//,/ }; do
  expect 0 "${all[@]}" --normalise "$way" -f -o alone.csv
  awk -F, -v way="$way" 'NR == 1 || $7 == way' one_thread.csv >wanted
  same wanted alone.csv
done
expect 0 "${all[@]}" -o plain.csv
awk -F, 'NR == 1 || $7 == "none"' one_thread.csv >wanted
same wanted plain.csv
# Every kind of normalisation changes the table.
columns one_thread.csv normalise layer kernel contrast loss_intact >losses
for way in local:1.5 local:2@conv1 global@relu2 divisive:1:1:2@pool1 pool@pool1; do
  awk -F, -v way="$way" '$1 == "none" { loss[$2, $3, $4] = $5 } $1 == way && loss[$2, $3, $4] == $5 { exit 1 }' losses ||
    fail "$way changes nothing"
done
expect 0 "$LESION" eval "${some[@]}" --contrast 1 --normalise global,pool@pool2 -o intact.csv --per-image each.csv
head -n 1 intact.csv | grep -qx 'contrast,region,normalise,images,top1,top5,loss,margin' || fail 'header of eval'
head -n 1 each.csv | grep -qx 'file,class,contrast,region,normalise,predicted,rank,loss,margin' || fail 'header of --per-image'
expect 0 "${all[@]}" --normalise none,local:2@conv1 --top 2 -o race.csv
cut -d, -f1-4 race.csv | sed -n 2,5p | tr '\n' ' ' |
  grep -qx '0.1,all,none,1 0.1,all,none,2 0.1,all,local:2@conv1,1 0.1,all,local:2@conv1,2 ' || fail "a race: $(cat race.csv)"
# More networks take more memory, but share their weights; too little memory is an error.
expect 1 "$LESION" "${some[@]}" --normalise "$ways" --memory 8M
err_says 'of memory are too few: this run needs'

# ---- runs and shards ----
run=("${all[@]}" --normalise "$ways" --layers conv2 --kernels 0,7)
expect 0 "${run[@]}" --run whole -o whole.csv
for i in 3 1 2; do
  expect 0 "${run[@]}" --run "s$i" --shard "$i/3" --threads "$i"
done
expect 0 "$LESION" merge -q merged s2 s1 s3
diff -r -x tables.sha256 whole merged >/dev/null || fail "shards merge to something else: $(diff -rq -x tables.sha256 whole merged)"
awk -F, 'NR == 1 || $1 == "conv2" && ($3 == 0 || $3 == 7)' one_thread.csv | cut -d, -f1-23,25- >wanted
cut -d, -f1-23,25- whole.csv >got # q is of the table's kernels
same wanted got
expect 0 "${run[@]}" --run whole
# Half the images' cells are missing again, and are made again.
cp -r whole broken
for name in predicted intact_predicted; do
  bytes=$(wc -c <"broken/$name.npy")
  head -c $((bytes / 2)) "broken/$name.npy" >half
  head -c $((bytes - bytes / 2)) /dev/zero | tr '\0' '\377' >>half
  cp half "broken/$name.npy"
done
expect 0 "${run[@]}" --run broken
diff -r -x tables.sha256 whole broken >/dev/null || fail "a run that goes on: $(diff -rq -x tables.sha256 whole broken)"
expect 1 "${all[@]}" --normalise "${ways/local:1.5/local:1.6}" --layers conv2 --kernels 0,7 --run whole
err_says "conditions.csv: line 3 is '0.1,all,local:1.5,mid-grey,trunc,0,,0.449,0.226'"
expect 1 "${run[@]}" --run whole --stimulus-sd 0.2
err_says "conditions.csv: line 3 is '0.1,all,local:1.5,mid-grey,trunc,0,,0.449,0.226', not '0.1,all,local:1.5,mid-grey,trunc,0,,0.449,0.2'"

# ---- stats: each normalisation is compared within itself ----
expect 0 "$LESION" stats whole
tail -n +2 whole/tables/selectivity.csv | cut -d, -f1,3,5-8 | tr '\n' ' ' | grep -qx "$(for way in ${ways//,/ }; do
  for kernel in 0 7; do printf 'conv2,%s,all,%s,0.1,1 ' $kernel $way; done; done)" || fail "selectivity: $(cat whole/tables/selectivity.csv)"
if /usr/bin/python3 -c 'import numpy, scipy' 2>/dev/null; then
  expect 0 /usr/bin/python3 "$TOP/tests/golden/make_tables.py" check whole whole/tables
fi
awk -F, -v OFS=, '$7 == "pool@pool1" { $11++ } { print }' one_thread.csv >moved.csv
expect 1 "$LESION" check one_thread.csv moved.csv
out_says 'contrast=0.1 region=all normalise=pool@pool1: lost'

# ---- no model file has the ops of a normalised network ----
for op in Normalise ContrastPool; do
  /usr/bin/env python3 -c 'import struct, sys
data = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = data[8:8 + size].replace(b"\\\"op\\\":\\\"MaxPool\\\"", b"\\\"op\\\":\\\"" + sys.argv[2].encode() + b"\\\"")
header += b" " * (-len(header) % 8)
open("other.bin", "wb").write(struct.pack("<Q", len(header)) + header + data[8 + size:])' "$DEMO" $op 2>/dev/null || { echo "not tested: a model file with the op $op (no python3)"; break; }
  expect 1 "$LESION" info --model other.bin
  err_says "the op '$op' is not supported"
done
finish
