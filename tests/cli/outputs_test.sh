# How an ONNX file's outputs are interpreted is reported: on standard error once, by info, in its
# JSON and in provenance, also from a native file; and --output-name chooses.
. "$(dirname "$0")/support.sh" "$@"
GOLDEN=$TOP/tests/golden/onnx
for net in outputs_named outputs_features sigmoid_one; do
  cp "$GOLDEN/$net.onnx" .
  cp "$GOLDEN/image.input.json" $net.input.json
done
mkdir images
cp "$TOP"/data/images/disc/000[12].png images
printf 'file,class\n0001.png,0\n0002.png,1\n' >images/labels.csv
second=$(sed -n 's/.*"outputs_named", .*, "\(.*\)"}.*/\1/p' "$GOLDEN/list.h")
[ -n "$second" ] || fail 'the golden list names no output'

# One logit is two classes.
two='its one output is two classes: 0 (no) with the logit 0, 1 (yes) with the logit z'
expect 0 "$LESION" eval --model sigmoid_one.onnx --images images --contrast 1 --logits l.npy --output t.csv
err_says "sigmoid_one.onnx: $two"
[ "$(grep -c 'two classes' err)" = 1 ] || fail "the note stands there $(grep -c 'two classes' err) times"
grep -q '"model_notes": \[' t.csv.json || fail 'provenance has no notes'
grep -qF "$two" t.csv.json || fail "provenance does not say: $two"
expect 0 "$LESION" eval --model sigmoid_one.onnx --images images --contrast 1 --quiet --output t.csv --force
[ ! -s err ] || fail "--quiet says $(cat err)"
expect 0 "$LESION" info --model sigmoid_one.onnx
out_says "note         $two"
[ ! -s err ] || fail "info says $(cat err)"
expect 0 "$LESION" info --model sigmoid_one.onnx --json
out_says "\"notes\":[\"$two"
out_says '"classes":2'
printf 'class,id,name\n0,n,no\n1,y,yes\n' >classes.csv
expect 0 "$LESION" convert sigmoid_one.onnx two.bin --classes classes.csv
err_says "sigmoid_one.onnx: $two"
expect 0 "$LESION" eval --model two.bin --images images --contrast 1 --logits n.npy --output -
err_says "two.bin: $two"
same l.npy n.npy

# Both engines, and what each kernel costs, are those of any other network.
for engine in incremental full; do
  expect 0 "$LESION" --model two.bin --images images --contrast 0.2,1 --lesion weights,mean --engine $engine --output $engine.csv
done
expect 0 "$LESION" check incremental.csv full.csv

# Where a file has two vectors one has to be named; features beside one vector need not.
expect 1 "$LESION" eval --model outputs_named.onnx --images images --contrast 1
err_says "(3 numbers), '$second' (4 numbers); name the logits with --output-name"
expect 2 "$LESION" eval --model outputs_named.onnx --images images --contrast 1 --output-name none
err_says "has no output 'none'"
expect 0 "$LESION" eval --model outputs_named.onnx --images images --contrast 1 --output-name "$second" --output named.csv
grep -qF "\"output-name\": \"$second\"" named.csv.json || fail 'provenance lacks --output-name'
expect 0 "$LESION" info --model outputs_named.onnx --output-name "$second" --json
out_says '"classes":4'
expect 0 "$LESION" convert outputs_named.onnx named.bin --output-name "$second"
err_says "its output '$second', one of 2, is taken as the logits"
expect 2 "$LESION" eval --model named.bin --images images --contrast 1 --output-name "$second"
err_says 'has one output; --output-name goes with ONNX models'
expect 0 "$LESION" info --model outputs_features.onnx
out_says 'one of 2, is taken as the logits'
out_says 'the final Sigmoid is taken off'

# A run with one output does not go on with another.
first=$("$LESION" eval --model outputs_named.onnx --images images --contrast 1 2>&1 | sed -n "s/.*told: '\([^']*\)'.*/\1/p")
run=(--model outputs_named.onnx --images images --contrast 1 --run run)
expect 0 "$LESION" "${run[@]}" --output-name "$second"
expect 1 "$LESION" "${run[@]}" --output-name "$first"
err_says 'model_sha256'
finish
