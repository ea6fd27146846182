# Real networks on real images, against PyTorch's figures kept beside them.
. "$(dirname "$0")/support.sh" "$@"
need_test_data


for net in squeezenet1_0 googlenet; do
  expect 0 "$LESION" eval --model "$DATA/models/$net.onnx" --images "$DATA/images" --contrast 1,0.1 -o $net.csv
  awk -F, 'NR == FNR { top1[$1] = $3; top5[$1] = $4; loss[$1] = $5; next }
    FNR > 1 { a = top1[$1] - $5; b = top5[$1] - $6; c = loss[$1] - $7; rows++
              if (a * a > 1 || b * b > 1 || c * c > 0.002 ^ 2) exit 1 }
    END { if (rows != 2) exit 1 }' "$DATA/reference/$net.intact.csv" $net.csv ||
    fail "$net: intact figures: $(cat $net.csv)"
  # The last layers with figures: the fewest ops behind them.
  for layer in $(tail -n +2 "$DATA/reference/$net.lesions.csv" | cut -d, -f1 | uniq | tail -n 3); do
    kernels=$(awk -F, -v layer="$layer" '$1 == layer { print $2 }' "$DATA/reference/$net.lesions.csv" |
      sort -nu | paste -sd,)
    expect 0 "$LESION" --model "$DATA/models/$net.onnx" --images "$DATA/images" \
      --labels "$DATA/images/labels50.csv" --contrast 1,0.1 --layers "$layer" --kernels "$kernels"
    columns out kernel contrast top1_lesioned top5_lesioned loss_lesioned >lesioned
    awk -F, -v layer="$layer" 'NR == FNR { top1[$1, $2] = $3; top5[$1, $2] = $4; loss[$1, $2] = $5; next }
      $1 == layer && ($3 == 1 || $3 == 0.1) {
        a = top1[$2, $3] - $5; b = top5[$2, $3] - $6; c = loss[$2, $3] - $7; rows++
        if (a * a > 1 || b * b > 1 || c * c > 0.002 ^ 2) exit 1 }
      END { if (!rows) exit 1 }' lesioned "$DATA/reference/$net.lesions.csv" ||
      fail "$net: lesions of $layer: $(cat out)"
  done
done
finish
