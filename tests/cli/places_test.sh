# Layers whose weights are read at several places, and --lesion-places.
. "$(dirname "$0")/support.sh" "$@"

cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 12 == 0 { print $0 "," $1 % 4 }'); } >list.csv
golden=$TOP/tests/golden/places
folded=(--model "$golden/recurrent_folded.onnx" --input "$golden/image.input.json" --images images --labels list.csv --contrast 0.3,1)
kinds=weights,silence,mean,resample,planes:in=1,lines:row=0:col=0
effects() { columns "$1" images top1_intact top1_lesioned lost gained top5_lesioned loss_intact loss_lesioned margin_drop changed | tail -n +2; }
# alike A B: two tables of numbers without header or keys, up to rounding.
alike() {
  paste -d, "$1" "$2" | awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d * d > 1e-10) exit 1 } }
    END { if (NR < 1) exit 1 }' || fail "$1 and $2 differ: $(head -n 3 "$1" "$2")"
}

# ---- one layer, of every place; in both engines, for any threads, and however it was exported ----
expect 0 "$LESION" "${folded[@]}" --lesion $kinds -o all.csv
err_says 'the weights of 3 layers are read at several places (V2.conv1 at 3): a kernel is lesioned at all of them'
err_says 'at the places of 3 (V2.conv1) they differ by a factor per kernel'
columns all.csv layer | tail -n +2 | uniq | head -n 6 | tr '\n' ' ' |
  grep -qx 'V1.0 V2.conv_input V2.skip V2.conv1 V2.conv2 V2.conv3 ' || fail 'the layers'
expect 0 "$LESION" "${folded[@]}" --lesion $kinds --threads 5 -q -o threads.csv
same all.csv threads.csv
expect 0 "$LESION" "${folded[@]}" --lesion $kinds --engine full -q -o full.csv
expect 0 "$LESION" check all.csv full.csv
expect 0 "$LESION" "${folded[@]}" --model "$golden/recurrent_kept.onnx" --lesion $kinds -o kept.csv
err_says 'V2.conv1 at 3'
grep -q 'a factor per kernel' err && fail 'shared weights that differ'
expect 0 "$LESION" check all.csv kept.csv
expect 0 "$LESION" convert "$golden/recurrent_folded.onnx" net.bin --input "$golden/image.input.json"
expect 0 "$LESION" --model net.bin --images images --labels list.csv --contrast 0.3,1 --lesion $kinds -o native.csv
err_says 'they differ by a factor per kernel'
same all.csv native.csv
expect 0 "$LESION" info --model net.bin
grep -q '^6 layers with 25 kernels' out || fail "info: $(tail -n 3 out)"
grep -q 'V2.conv1 at 3' out || fail 'info does not say it'
expect 0 "$LESION" info --model net.bin --json
grep -q '"name":"V2.conv1@3".*"layer":"V2.conv1","layer_index":3,"place":3,"kernels":6' out || fail 'info --json'

# ---- each place: layers of their own, which lesioned together are the layer ----
each=("${folded[@]}" --lesion-places each -q)
expect 0 "$LESION" "${each[@]}" --lesion $kinds -o each.csv
columns each.csv layer | tail -n +2 | uniq | head -n 12 | tr '\n' ' ' |
  grep -qx 'V1.0 V2.conv_input V2.skip V2.conv1@1 V2.conv2@1 V2.conv3@1 V2.conv1@2 V2.conv2@2 V2.conv3@2 V2.conv1@3 V2.conv2@3 V2.conv3@3 ' ||
  fail "the places: $(columns each.csv layer | uniq)"
expect 0 "$LESION" "${each[@]}" --lesion $kinds --engine full -f -o full.csv
expect 0 "$LESION" check each.csv full.csv
grep -q '"lesion-places": "each"' each.csv.json || fail 'provenance'
for lesion in weights silence mean resample planes:in=1; do
  expect 0 "$LESION" group "${each[@]}" --kernels V2.conv1@1:2,V2.conv1@2:2,V2.conv1@3:2 --lesion $lesion -f -o group.csv
  expect 0 "$LESION" "${folded[@]}" --layers V2.conv1 --kernels 2 --lesion $lesion -q -f -o single.csv
  effects group.csv >a
  effects single.csv >b
  alike a b
  expect 0 "$LESION" group "${folded[@]}" --kernels V2.conv1:2 --lesion $lesion -q -f -o group.csv
  effects group.csv >a
  alike a b
done
expect 2 "$LESION" "${folded[@]}" --layers V2.conv1@2 -q
err_says "'V2.conv1@2' matches none of the model's 6 convolutions, from 'V1.0' to 'V2.conv3'; one place of a layer is chosen by --lesion-places each"
expect 2 "$LESION" group "${folded[@]}" --kernels V2.conv1@2:0 -q
err_says "'V2.conv1@2' is no convolution of the model; one place of a layer is chosen by --lesion-places each"
expect 2 "$LESION" "${each[@]}" --layers V2.conv1@4
grep -q "to 'V2.conv3@3'$" err || fail "each: $(cat err)"
expect 2 "$LESION" "${folded[@]}" --lesion-places some
err_says 'none of all|each'

# ---- kernels held at all places: greedy's second step is the group of its first two ----
for lesion in weights resample mean; do
  expect 0 "$LESION" greedy "${folded[@]}" --contrast 1 --layers V2.conv1,V2.conv3 --steps 2 --orders 0 --measure loss --lesion $lesion -q -f -o greedy.csv
  columns greedy.csv layer kernel | sed -n '2,3p' | tr ',' ':' | paste -sd, >names
  expect 0 "$LESION" group "${folded[@]}" --contrast 1 --kernels "$(cat names)" --lesion $lesion -q -f -o group.csv
  columns greedy.csv top1_lesioned loss_lesioned | sed -n 3p >a
  columns group.csv top1_lesioned loss_lesioned | sed -n 2p >b
  alike a b
done
expect 0 "$LESION" "${folded[@]}" --top 1 --contrast 1 -q -o race.csv
[ "$(wc -l <race.csv)" -gt 1 ] || fail 'race'

# ---- runs ----
expect 0 "$LESION" "${folded[@]}" --lesion weights,mean -q --run whole -o whole.csv
expect 0 "$LESION" "${folded[@]}" --lesion weights,mean -q --shard 1/2 --run s1
expect 0 "$LESION" "${folded[@]}" --lesion weights,mean -q --shard 2/2 --run s2
expect 0 "$LESION" merge merged s1 s2
diff -r -x tables.sha256 whole merged >differences || fail "merged: $(head -n 3 differences)"
expect 1 "$LESION" "${each[@]}" --lesion weights,mean --run whole
err_says "kernels.csv: line 12 is 'V2.conv1,3,0,weights,0', not 'V2.conv1@1,3,0,weights,0'"
err_says "; a run goes on with the options that it began with"
finish
