# Regions: the stimuli, the tables that name them, and the same bytes for any number of
# threads and shards; photographs' edges against scikit-image, where that is installed.
. "$(dirname "$0")/support.sh" "$@"
cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 16 == 0 { print $0 "," $1 }'); } >list.csv
count=$(($(wc -l <list.csv) - 1))
some=(--model "$DEMO" --images images --labels list.csv)

# ---- stimuli ----
regions=all,centre:0.5,surround:0.5,square:0.5,edges,non-edges,other-edges:1:1,random:0.25
expect 0 "$LESION" stimuli "${some[@]}" --contrast 0,1 --region "$regions" --output shown --stats shown.csv
[ "$(ls shown | tr '\n' ' ')" = "contrast-0 contrast-0-centre-0.5 contrast-0-edges contrast-0-non-edges \
contrast-0-other-edges-1-1 contrast-0-random-0.25 contrast-0-square-0.5 contrast-0-surround-0.5 contrast-1 \
contrast-1-centre-0.5 contrast-1-edges contrast-1-non-edges contrast-1-other-edges-1-1 contrast-1-random-0.25 \
contrast-1-square-0.5 contrast-1-surround-0.5 " ] || fail "folders: $(ls shown)"
# Contrast 1 is the image itself, whatever the region.
for region in centre-0.5 edges other-edges-1-1 random-0.25; do
  diff -r shown/contrast-1 "shown/contrast-1-$region" >/dev/null || fail "contrast 1 changes $region"
done
# No two regions give the same stimulus.
for one in shown/contrast-0*; do
  for other in shown/contrast-0*; do
    [[ ! "$one" < "$other" ]] || diff -rq "$one" "$other" | grep -q differ || fail "$one is like $other"
  done
done
head -n 1 shown.csv | grep -qx 'file,contrast,region,normalise,area,rms_contrast,mean_luminance' || fail 'header of --stats'
[ "$(wc -l <shown.csv)" -eq $((count * 16 + 1)) ] || fail 'rows of --stats'
# Radius 12 px: 441 px lie in that disc, 625 in that square, of 2304.
awk -F, '$2 == 0 { n[$3]++
    if ($3 == "all" && ($6 != 0 || ($7 - 127 / 255) ^ 2 > 1e-12)) exit 1
    if ($3 == "centre:0.5" && ($5 - 441 / 2304) ^ 2 > 1e-12) exit 1
    if ($3 == "surround:0.5" && ($5 - 1863 / 2304) ^ 2 > 1e-12) exit 1
    if ($3 == "square:0.5" && ($5 - 625 / 2304) ^ 2 > 1e-12) exit 1
    if ($3 == "random:0.25" && $5 != 0.25) exit 1
    if ($3 == "edges") edges[$1] = $5
    if ($3 == "non-edges" && (edges[$1] + $5 - 1) ^ 2 > 1e-12) exit 1 }
  $2 == 1 { if (rms[$1] && rms[$1] != $6) exit 1; rms[$1] = $6 }' shown.csv || fail "--stats: $(head -n 20 shown.csv)"
expect 0 "$LESION" stimuli "${some[@]}" --contrast 0,1 --region "$regions" --stats again.csv
same shown.csv again.csv
expect 1 "$LESION" stimuli "${some[@]}" --stats again.csv
err_says 'again.csv: exists'
# Another seed draws otherwise.
expect 0 "$LESION" stimuli "${some[@]}" --contrast 0 --region other-edges:1:1,random:0.25 --seed 2 --output seeded
for region in other-edges-1-1 random-0.25; do
  diff -rq "shown/contrast-0-$region" "seeded/contrast-0-$region" >/dev/null && fail "$region has no seed"
done

# A dot in a folder's name does not start a file extension.
mkdir -p dotted/set.1 dotted/set.2 twins/set
cp images/disc/0001.png dotted/set.1/a.png
cp images/disc/0002.png dotted/set.1/b
cp images/disc/0003.png dotted/set.2/a
printf 'file,class\nset.1/a.png,disc\nset.1/b,disc\nset.2/a,disc\n' >dotted/labels.csv
expect 0 "$LESION" stimuli --model "$DEMO" --images dotted --contrast 1 --output stems
[ "$(cd stems && find . -type f | sort | tr '\n' ' ')" = './contrast-1/set.1/a.png ./contrast-1/set.1/b.png ./contrast-1/set.2/a.png ' ] ||
  fail "stimuli of folders with dots: $(find stems -type f)"
# Where two images would get the same file, none is written.
for name in a.png a-b.png a.b.png a.jpg; do cp images/disc/0001.png twins/set/$name; done
printf 'file,class\nset/a.png,disc\nset/a-b.png,disc\nset/a.b.png,disc\nset/a.jpg,disc\n' >twins/labels.csv
expect 1 "$LESION" stimuli --model "$DEMO" --images twins --contrast 1 --output never --force
err_says 'set/a.jpg and set/a.png: both would be written to set/a.png'
[ ! -e never ] || fail 'stimuli were begun'

# ---- mask files ----
if /usr/bin/python3 -c 'import numpy, PIL' 2>/dev/null; then
  /usr/bin/python3 -c 'import numpy as np
from PIL import Image
half = np.zeros((48, 48), np.uint8)
half[:, :24] = 255
Image.fromarray(half).save("half.png")
Image.fromarray(half[:, 1:]).save("narrow.png")
half[5, 7] = 254
Image.fromarray(half).save("grey.png")'
  expect 0 "$LESION" stimuli "${some[@]}" --contrast 0.1,1 --region mask:half.png,all --output masked --stats masked.csv
  /usr/bin/python3 -c 'import glob, sys
import numpy as np
from PIL import Image
paths = sorted(glob.glob("masked/contrast-1/**/*.png", recursive=True))
for path in paths:
    here, whole, own = (np.asarray(Image.open(path.replace("contrast-1", name)))
                        for name in ("contrast-0.1-mask-half.png", "contrast-0.1", "contrast-1"))
    assert (here[:, :24] == whole[:, :24]).all() and (here[:, 24:] == own[:, 24:]).all(), path
assert paths' || fail 'a mask of the left half'
  awk -F, '$3 == "mask:half.png" && $5 != 0.5 { exit 1 }' masked.csv || fail 'area of a mask'
  mkdir a
  cp half.png a/half.png
  cp half.png a-half.png
  expect 1 "$LESION" stimuli "${some[@]}" --region all,mask:a-half.png,mask:a/half.png --output never --force
  err_says 'contrast-0.05-mask-a-half.png: two regions would both be written there'
  [ ! -e never ] || fail 'stimuli were begun'
  expect 1 "$LESION" eval "${some[@]}" --region mask:narrow.png
  err_says 'narrow.png: has 47 x 48 px, a mask of 48 x 48 px is wanted'
  expect 1 "$LESION" eval "${some[@]}" --region mask:grey.png
  err_says 'grey.png: the pixel x 7, y 5 is 254 254 254'
  # A run is of one mask file.
  masked=("$LESION" "${some[@]}" --contrast 0.1 --layers conv1 --kernels 0 --region mask:half.png --quiet)
  expect 0 "${masked[@]}" --run masked_run
  /usr/bin/python3 -c 'from PIL import Image
Image.new("L", (48, 48), 255).save("half.png")'
  expect 1 "${masked[@]}" --run masked_run
  err_says 'conditions.csv: line 2'
else
  echo 'not tested: mask files (no python3 with PIL)'
fi
expect 1 "$LESION" eval "${some[@]}" --region mask:nowhere.png
err_says 'nowhere.png: cannot open'

# ---- what is refused ----
for bad in all, ,all centre centre:0 centre:1.5 edges:0 edges:1:x random:0 hexagon; do
  expect 2 "$LESION" eval "${some[@]}" --region "$bad"
  err_says "--region: region '"
done
expect 2 "$LESION" eval "${some[@]}" --region all,edges,edges:1:0
err_says '--region: edges is given twice'
for command in eval sweep 'sweep --top 3' 'stimuli --output never'; do
  # $command is several words.
  expect 2 "$LESION" $command "${some[@]}" --region all,centre:0.1
  err_says 'region centre:0.1: its radius is 2 px on images of 48 x 48 px, at least 3 px are wanted'
done
[ ! -e never ] || fail 'stimuli were begun'
{ head -n 2 list.csv; } >one.csv
expect 1 "$LESION" eval "${some[@]}" --labels one.csv --region other-edges
err_says 'the list has 1 image, two at least are wanted'

# ---- tables ----
all=("$LESION" "${some[@]}" --contrast 0.1,1 --region all,edges:1:1,other-edges,random:0.5)
expect 0 "${all[@]}" --layers conv2 --kernels 0,7 --quiet -o one_thread.csv --threads 1
expect 0 "${all[@]}" --layers conv2 --kernels 0,7 --quiet -o five_threads.csv --threads 5
same one_thread.csv five_threads.csv
same one_thread.csv.json five_threads.csv.json
grep -q '"region": "all,edges:1:1,other-edges,random:0.5"' one_thread.csv.json || fail 'the region of the provenance'
columns one_thread.csv kernel contrast region images | head -n 5 | tr '\n' ' ' |
  grep -qx "kernel,contrast,region,images 0,0.1,all,$count 0,0.1,edges:1:1,$count 0,0.1,other-edges,$count 0,0.1,random:0.5,$count " ||
  fail "columns and order: $(head -n 5 one_thread.csv)"
# At contrast 1 all regions are one.
columns one_thread.csv contrast kernel top1_intact top1_lesioned lost gained loss_intact loss_lesioned changed |
  awk -F, '$1 == 1 { if (seen[$2] && seen[$2] != $0) exit 1; seen[$2] = $0; rows++ } END { if (rows != 8) exit 1 }' ||
  fail 'regions differ at contrast 1'
columns one_thread.csv contrast region | sort -u | wc -l | grep -qx 9 || fail 'eight conditions'
# The provenance has each region's mean area, equal to that in the table of stimuli.
expect 0 "$LESION" stimuli "${some[@]}" --contrast 0.1 --region other-edges,edges:1:1 --stats areas.csv -q
for region in other-edges edges:1:1; do
  mean=$(columns areas.csv region area | awk -F, -v r="$region" '$1 == r { sum += $2; n++ } END { printf "%.9f", sum / n }')
  grep -F "\"contrast\": 0.1, \"region\": \"$region\"" one_thread.csv.json | sed 's/.*"area": //; s/}.*//' |
    awk -v mean="$mean" '{ n++; if (($1 - mean) ^ 2 > 1e-14) exit 1 } END { if (n != 1) exit 1 }' ||
    fail "the area of $region, $mean: $(grep area one_thread.csv.json)"
done
expect 0 "$LESION" check one_thread.csv five_threads.csv
expect 0 "${all[@]}" --layers conv2 --kernels 0,7 --engine full --quiet -o full.csv
expect 0 "$LESION" check one_thread.csv full.csv
# A region gives the same rows alone and among others.
expect 0 "$LESION" "${some[@]}" --contrast 0.1 --region other-edges --layers conv2 --kernels 0,7 --quiet -o alone.csv
grep -F ',0.1,other-edges,' one_thread.csv >wanted
tail -n +2 alone.csv >got
same wanted got

expect 0 "$LESION" eval "${some[@]}" --contrast 0.1,1 --region all,edges -o intact.csv --per-image each.csv
head -n 1 intact.csv | grep -qx 'contrast,region,normalise,images,top1,top5,loss,margin' || fail 'header of eval'
head -n 1 each.csv | grep -qx 'file,class,contrast,region,normalise,predicted,rank,loss,margin' || fail 'header of --per-image'
[ "$(wc -l <each.csv)" -eq $((count * 4 + 1)) ] || fail 'rows of --per-image'
expect 0 "${all[@]}" --layers conv2 --top 2 --quiet -o race.csv
cut -d, -f1,2,4 race.csv | head -n 4 | tr '\n' ' ' | grep -qx 'contrast,region,rank 0.1,all,1 0.1,all,2 0.1,edges:1:1,1 ' ||
  fail "a race: $(head -n 4 race.csv)"

# ---- runs and shards: partners and draws are those of the whole list ----
run=("${all[@]}" --layers conv2 --kernels 0,7 --quiet)
expect 0 "${run[@]}" --run whole -o whole.csv
same one_thread.csv whole.csv
for i in 3 1 2; do
  expect 0 "${run[@]}" --run "s$i" --shard "$i/3" --threads "$i"
done
expect 0 "$LESION" merge -q merged s2 s1 s3
diff -r -x tables.sha256 whole merged >/dev/null || fail "shards merge to something else: $(diff -rq -x tables.sha256 whole merged)"
expect 1 "${run[@]}" --run whole --seed 2
err_says "conditions.csv: line 4 is '0.1,other-edges,none,mid-grey,trunc,0,,0,0'"

# ---- photographs ----
DATA=${LESION_TEST_DATA:-$TOP/../shared}
if [ -d "$DATA/models" ] && [ -d "$DATA/images" ] && /usr/bin/python3 -c 'import skimage' 2>/dev/null; then
  head -n 21 "$DATA/images/labels50.csv" >photographs.csv
  expect 0 "$LESION" stimuli --model "$DATA/models/squeezenet1_0.onnx" --images "$DATA/images" \
    --labels photographs.csv --contrast 0,1 --region all,edges,edges:2,edges:1:2 --output photographs
  expect 0 /usr/bin/python3 "$TOP/tests/golden/make_masks.py" compare photographs
  cat out
else
  echo 'not tested: edges of photographs (no test data, or no python3 with scikit-image)'
fi
finish
