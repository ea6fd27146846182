# Activations beside those at full contrast: the tables, the same for any number of
# threads; what is refused; and the demo's values computed again by PyTorch, where installed.
. "$(dirname "$0")/support.sh" "$@"

images=$TOP/data/images
run() { "$LESION" invariance --model "$DEMO" --images "$images" "$@"; }
# A few images of all classes.
(cd "$images" && echo file,class && ls -- */000[1-5].* | awk -F/ '{ print $0 "," (!seen[$1]++ ? n++ : n - 1) }') >few.csv

# ---- the tables ----
expect 0 run --labels few.csv --output nodes.csv --per-kernel kernels.csv
[ ! -s out ] && [ "$(cat err)" = 'lesion: few.csv: 40 images of 8 classes, by index' ] || fail "says: $(cat out err)"
[ "$(head -n 1 nodes.csv)" = node,op,node_index,contrast,region,normalise,images,kernels,positions,space_correlation,kernel_correlation,same_winner,relative_magnitude ] ||
  fail "header: $(head -n 1 nodes.csv)"
[ "$(head -n 1 kernels.csv)" = node,op,node_index,kernel,contrast,region,normalise,images,space_images,space_correlation,relative_magnitude ] ||
  fail "header: $(head -n 1 kernels.csv)"
[ "$(wc -l <nodes.csv)" -eq $((1 + 15 * 4)) ] || fail "$(wc -l <nodes.csv) lines of nodes"
[ "$(wc -l <kernels.csv)" -eq $((1 + 620 * 4)) ] || fail "$(wc -l <kernels.csv) lines of kernels"
awk -F, 'NF != 13 { exit 1 }' nodes.csv || fail 'rows of nodes'
# Full contrast compared with itself is 1; vectors have no correlation over space.
awk -F, '$4 == 1 { n++; if ($11 != 1 || $12 != 1 || $13 != 1 || $10 != ($9 > 1 ? "1" : "")) exit 1 }
         END { exit n != 15 }' nodes.csv || fail "contrast 1: $(grep ',1,all,' nodes.csv)"
awk -F, '$5 == 1 && ($10 != ($9 > 0 ? "1" : "") || $11 != ($11 == "" ? "" : "1")) { exit 1 }' kernels.csv ||
  fail 'contrast 1 of kernels'
# The lower the contrast, the less alike.
awk -F, '$4 == 0.05 { low = $11 } $4 == 0.1 { mid = $11 } $4 == 0.5 && !(low < mid && mid < $11) { exit 1 }' nodes.csv ||
  fail 'kernel_correlation does not grow with contrast'
for key in '"command": "invariance"' '"contrast": "0.05,0.1,0.5,1"' '"region": "all"'; do
  tr -d '\n\t' <nodes.csv.json | sed 's/:[ ]*/: /g' | grep -qF "$key" || fail "nodes.csv.json lacks $key: $(cat nodes.csv.json)"
done

# ---- the same bytes for any number of threads, and for all nodes at once or some ----
for threads in 1 3 7; do
  expect 0 run --labels few.csv -t $threads --per-kernel k$threads.csv -q
  same out nodes.csv
  same k$threads.csv kernels.csv
done
expect 0 run --labels few.csv --nodes 'relu[12],fc6'
grep -E '^(node|relu1|relu2|fc6),' nodes.csv >some.csv
same out some.csv
# A row depends on its own contrast and region only; full contrast is the same in any region.
expect 0 run --labels few.csv --contrast 1,0.1 --region centre:0.5,all
awk -F, '$4 == 1 && ($11 != 1 || $13 != 1) { exit 1 }' out || fail 'contrast 1 in a region'
grep -F ,0.1,all, nodes.csv >wanted.csv
grep -F ,0.1,all, out >got.csv
same got.csv wanted.csv
[ "$(grep -cF ',0.1,centre:0.5,' out)" -eq 15 ] || fail 'rows of a region'

# lesion check names a moved cell by node and kernel.
expect 0 "$LESION" check kernels.csv k7.csv
awk -F, -v OFS=, 'NR == 3 { $11 += 0.01 } { print }' kernels.csv >moved.csv
expect 1 "$LESION" check kernels.csv moved.csv
out_says 'kernel=0 node=conv1 node_index=1 contrast=0.1 region=all'

# ---- what is refused ----
expect 2 run --nodes 'conv*,pool9' -o none.csv
err_says "lesion: error: nodes: 'pool9' matches none of the model's 15 nodes, from 'conv1' to 'fc6'"
expect 1 "$LESION" invariance --model "$DEMO" --images nowhere -o none.csv
err_says 'lesion: error: nowhere'
{ cat few.csv; echo disc/none.png,1; } >missing.csv
expect 1 run --labels missing.csv -o none.csv
err_says 'disc/none.png'
mkdir bad
head -c 900 "$images/disc/0001.png" >bad/cut.png
printf 'file,class\ncut.png,0\n' >bad/labels.csv
expect 1 "$LESION" invariance --model "$DEMO" --images bad -o none.csv --per-kernel none-k.csv
err_says 'bad/cut.png'
expect 1 run --memory 1M -o none.csv
err_says '1 MiB of memory are too few'
expect 1 run --labels few.csv -o nodes.csv
err_says 'nodes.csv: exists; --force overwrites it'
expect 1 run --labels few.csv -o none.csv --per-kernel kernels.csv
err_says 'kernels.csv: exists; --force overwrites it'
expect 2 run --layers conv1
expect 2 run --contrast 2
expect 2 "$LESION" invariance
err_says '--model is missing'
[ -z "$(ls none* 2>/dev/null)" ] || fail "left $(ls none*)"
[ -z "$(find . -name '*tmp*')" ] || fail "left $(find . -name '*tmp*')"

# ---- interrupted: the tables are of the complete images ----
levels=$(seq -s, 0.001 0.001 0.1)
# A busy machine may need longer for its first image.
for wait in 1 4 16 64; do
  /usr/bin/env --default-signal=INT "$LESION" invariance --model "$DEMO" --images "$images" \
    --contrast "$levels" -t 1 -o cut.csv --per-kernel cut-k.csv 2>err &
  pid=$!
  sleep $wait
  kill -INT $pid
  wait $pid
  [ $? -eq 130 ] || fail "exit after SIGINT: $(cat err)"
  grep -qE 'interrupted: (1 of 320 images is|[0-9]+ of 320 images are) complete' err || fail "says $(cat err)"
  complete=$(sed -n 's/.*interrupted: \([0-9]*\) of .*/\1/p' err)
  [ "$complete" = 0 ] || break
done
[ "$(cut -d, -f7 cut.csv | sort -u | tr '\n' ' ')" = "$complete images " ] || fail "images in an interrupted table, not $complete"
[ "$(wc -l <cut.csv)" -eq $((1 + 15 * 100)) ] && [ -s cut-k.csv ] || fail 'an interrupted table'

# ---- the values ----
find_python 'numpy, torch, PIL'
if [ -n "$python" ]; then
  "$python" "$TOP/tests/golden/check_invariance.py" "$DEMO" "$images" nodes.csv kernels.csv few.csv >computed 2>&1 ||
    fail "not what PyTorch makes of it: $(grep -v 'largest' computed | head -n 4)"
  awk -F, -v OFS=, 'NR == 9 { $11 += 0.01 } { print }' nodes.csv >moved.csv
  "$python" "$TOP/tests/golden/check_invariance.py" "$DEMO" "$images" moved.csv kernels.csv few.csv >computed 2>&1 &&
    fail 'a cell that moved'
  grep -q 'moved.csv: kernel_correlation: 0.01 at' computed || fail "said: $(cat computed)"
fi
finish
