# A network of one channel: its answers are PyTorch's, of colour images, too, with each kernel
# lesioned and in both engines; every command takes it, and gives for grey images what it gives
# for the same network made for colours; and a wrong number of channels is refused with advice.
. "$(dirname "$0")/support.sh" "$@"
golden=$TOP/tests/golden/grey
all=(--images "$golden/images" --labels "$golden/labels.csv" -q)
grey=(--images "$golden/images" --labels "$golden/grey.csv" -q)
expect 0 "$LESION" convert "$golden/grey.onnx" grey.bin
expect 0 "$LESION" convert "$golden/colour.onnx" colour.bin

# ---- PyTorch's answers, made by golden/make_grey.py ----
for model in "$golden/grey.onnx" grey.bin; do
  expect 0 "$LESION" eval --model "$model" "${all[@]}" --contrast 1,0.3 --logits logits.npy --force
  od -An -v -t f4 -w16 -j 128 logits.npy | paste -d ' ' - "$golden/logits.txt" | awk '
    { for (i = 1; i <= 4; i++) { d = $i - $(i + 4); if (d * d > 1e-10) exit 1 } }
    NF != 8 { exit 1 } END { if (NR != 48) exit 1 }' || fail "$model: other logits than PyTorch's"
done
for engine in incremental full; do
  expect 0 "$LESION" --model grey.bin "${all[@]}" --contrast 1,0.3 --engine $engine -o $engine.csv
  columns $engine.csv layer kernel contrast top1_intact top1_lesioned lost gained changed loss_intact loss_lesioned >got
  paste -d, got "$golden/kernels.csv" | awk -F, '
    { for (i = 1; i <= 8; i++) if ($i != $(i + 10)) exit 1 }
    NR > 1 { a = $9 - $19; b = $10 - $20; if (a * a > 1e-10 || b * b > 1e-10) exit 1 }
    END { if (NR != 29) exit 1 }' || fail "$engine: other outcomes than PyTorch's: $(diff got "$golden/kernels.csv" | head -n 4)"
done

# ---- every command, beside the same network for colours ----
showing=(--contrast 0.2,0.6,1 --region all,edges,non-edges:2:1,other-edges,random:0.2,centre:0.6
  --normalise none,global,local:2,divisive:2:0.1:2,global@conv1)
for net in grey colour; do
  expect 0 "$LESION" eval --model $net.bin "${grey[@]}" "${showing[@]}" -o $net.eval.csv
  for definition in mean luminance-mean; do
    expect 0 "$LESION" --model $net.bin "${grey[@]}" --definition $definition --quantize round \
      --lesion weights,silence,mean,resample -o $net.$definition.csv
  done
  expect 0 "$LESION" --model $net.bin "${grey[@]}" --contrast 0.1,0.3,0.6,1 --region all,edges --run $net.run
  expect 0 "$LESION" stats $net.run -o $net.tables -q
  expect 0 "$LESION" psychometric $net.run --bootstraps 39 --flips 99 -o $net.tables -q
  expect 0 "$LESION" invariance --model $net.bin "${grey[@]}" -o $net.invariance.csv
  expect 0 "$LESION" greedy --model $net.bin "${grey[@]}" --steps 2 --orders 1 --measure loss -o $net.greedy.csv
  expect 0 "$LESION" group --model $net.bin "${grey[@]}" --kernels conv1:0-2,conv2:5 -o $net.group.csv
  expect 0 "$LESION" --model $net.bin "${grey[@]}" --contrast 0.3,1 --top 3 --confidence 0.9 --measure loss -o $net.race.csv
  expect 0 "$LESION" claims --model $net.bin "${grey[@]}" --low 0.3 --normalise global,pool@pool -o $net.claims
  expect 0 "$LESION" stimuli --model $net.bin "${grey[@]}" --contrast 0.3 --region edges --normalise none,local:2 \
    -o $net.stimuli --stats $net.shown.csv
  expect 0 "$LESION" images --model $net.bin "${all[@]}" -o $net.images.csv
done
same grey.images.csv colour.images.csv
for table in eval mean luminance-mean invariance greedy group race shown; do
  expect 0 "$LESION" check grey.$table.csv colour.$table.csv --tolerance 0.001
done
for table in kernels intact images selectivity layers classes psychometric; do
  expect 0 "$LESION" check grey.tables/$table.csv colour.tables/$table.csv --tolerance 0.001
done
expect 0 "$LESION" check grey.claims/claims.csv colour.claims/claims.csv --tolerance 0.001
same grey.mean.csv grey.luminance-mean.csv

# ---- what is looked at: grey PNGs, and info ----
for file in grey.stimuli/*/*.png; do
  [ "$(od -An -t u1 -j 24 -N 2 "$file" | tr -s ' ')" = ' 8 0' ] || fail "$file is not a grey PNG"
done
[ "$(ls grey.stimuli/*/*.png | wc -l)" -eq 24 ] || fail "$(ls grey.stimuli/*/*.png | wc -l) stimuli"
expect 0 "$LESION" report grey.run --model grey.bin "${grey[@]}" -o page
for figure in filters stimuli; do
  [ "$(od -An -t u1 -j 24 -N 2 page/figures/$figure.png | tr -s ' ')" = ' 8 0' ] || fail "page/figures/$figure.png"
  ! command -v gnuplot >/dev/null || [ -s page/figures/$figure.svg ] || fail "no page/figures/$figure.svg"
done
expect 0 "$LESION" info --model grey.bin
out_says 'input        1 x 20 x 23, short side to 24 px (bilinear), centre crop'
out_says 'values       GREY, (pixel * 0.00392157 - mean) / std, mean 0.45, std 0.25'
expect 0 "$LESION" info --model grey.bin --json
out_says '"order":"GREY","scale":0.0039215686274509803,"mean":[0.45'

# ---- mixed up ----
refused() { # MODEL INPUT-FILE SENTENCE
  expect 1 "$LESION" info --model "$1" --input "$2"
  err_says "$3"
}
refused "$golden/grey.onnx" "$golden/colour.input.json" \
  "takes images of 1 channel, and 'channels' of the preprocessing is 3: it must be 1 there, with as many numbers in 'mean' and 'std'"
refused "$golden/colour.onnx" "$golden/grey.input.json" \
  "takes images of 3 channels, and 'channels' of the preprocessing is 1: it must be 3 there, with as many numbers in 'mean' and 'std'"
sed 's/"channels": 1/"channels": 3/' "$golden/grey.input.json" >some.json
refused "$golden/grey.onnx" some.json "'order' is GREY, wanted \"RGB\" or \"BGR\""
sed 's/"GREY"/"RGB"/; s/"channels": 1/"channels": 3/' "$golden/grey.input.json" >some.json
refused "$golden/grey.onnx" some.json "'mean' must be 3 numbers in -1e+06 ... 1e+06, in brackets, one for each channel"
sed 's/"channels": 1/"channels": 4/' "$golden/grey.input.json" >some.json
refused "$golden/grey.onnx" some.json "'channels' is 4, supported are 3 (colour) and 1 (grey)"
# Of one channel an order is not needed, and that of colours means nothing.
for order in '' '"order": "BGR", '; do
  sed "s/\"order\": \"GREY\", /$order/" "$golden/grey.input.json" >some.json
  expect 0 "$LESION" info --model "$golden/grey.onnx" --input some.json
  out_says 'values       GREY'
done
finish
