# The main job on the embedded demo: rows, counts, provenance, threads, selection.
. "$(dirname "$0")/support.sh" "$@"

expect 0 "$LESION" eval --model "$DEMO" --contrast 0.05,1 --per-image images.csv --logits logits.npy -o intact.csv
images=$(find "$TOP/data/images" -name '*.png' | wc -l)
[ "$(wc -l <images.csv)" -eq $((2 * images + 1)) ] || fail 'per-image rows'
[ "$(wc -l <intact.csv)" -eq 3 ] || fail "rows of eval: $(cat intact.csv)"
awk -F, -v n="$images" 'NR == 3 { exit !($1 == 1 && $2 == "all" && $4 == n && $5 >= 0.85 * n) }' intact.csv ||
  fail "accuracy at contrast 1: $(cat intact.csv)"
awk -F, 'NR == 2 { low = $5 } NR == 3 { exit !($5 - low > 0.2 * $4) }' intact.csv ||
  fail "accuracy does not fall at contrast 0.05: $(cat intact.csv)"
# The table is the sum of its images.
awk -F, 'NR == FNR { if (FNR > 1) { top1[$3] += $7 == 1; top5[$3] += $7 <= 5; loss[$3] += $8; n[$3]++ } next }
  FNR > 1 { d = loss[$1] / n[$1] - $7
            if (top1[$1] != $5 || top5[$1] != $6 || d * d > 1e-10) exit 1 }' images.csv intact.csv ||
  fail 'eval is not the sum of its images'
# The largest logit of each row is of the class that is predicted, the first of equals.
header=$(od -An -tu2 -j8 -N2 logits.npy)
head -c 128 logits.npy | grep -qaF "'descr': '<f4', 'fortran_order': False, 'shape': ($images, 2, 8,)" || fail 'the array of logits'
od -An -v -tf4 -w32 -j $((10 + header)) logits.npy |
  awk '{ best = 1; for (i = 2; i <= NF; i++) if ($i + 0 > $best + 0) best = i; print best - 1 }' >largest
columns images.csv predicted | tail -n +2 >predicted
[ "$(wc -l <predicted)" -eq $((2 * images)) ] || fail 'predictions'
same largest predicted

first=$("$LESION" info --model "$DEMO" --json | grep -o '"name":"[^"]*","op":"Conv"' | head -n 1 | cut -d'"' -f4)
expect 0 "$LESION" --model "$DEMO" --contrast 1,0.1 --layers "$first" --kernels 0-2,4 -o a.csv --threads 1
expect 0 "$LESION" sweep --model "$DEMO" --contrast 1,0.1 --layers "$first" --kernels 4,0-2 -o b.csv --threads 5
same a.csv b.csv
expect 0 "$LESION" sweep --model "$DEMO" --contrast 1,0.1 --layers "$first" --kernels 0-2,4 -o c.csv --threads 200 --memory 8G
same a.csv c.csv
same a.csv.json c.csv.json

# The slow twin gives the same outcomes, and losses that differ by rounding.
expect 0 "$LESION" --model "$DEMO" --contrast 1,0.05 -o fast.csv
expect 0 "$LESION" --model "$DEMO" --contrast 1,0.05 -o slow.csv --engine full
for engine in fast slow; do
  columns $engine.csv layer kernel contrast top1_intact top1_lesioned lost gained top5_lesioned changed noop >$engine.counts
  columns $engine.csv loss_intact loss_lesioned loss_drop margin_drop >$engine.losses
done
same fast.counts slow.counts
paste -d, fast.losses slow.losses | awk -F, 'NR > 1 { for (i = 1; i <= 4; i++) { d = $i - $(i + 4); if (d * d > 1e-10) exit 1 } }' ||
  fail 'the losses of the two engines differ'
expect 1 "$LESION" --model "$DEMO" --memory 8M
err_says 'of memory are too few: this run needs'
[ "$(wc -l <a.csv)" -eq 9 ] || fail "9 lines wanted, has $(wc -l <a.csv)"
head -n 1 a.csv | grep -qx 'layer,layer_index,kernel,lesion,contrast,region,normalise,images,top1_intact,top1_lesioned,lost,gained,top1_drop,top1_drop_ci_low,top1_drop_ci_high,lost_rate,lost_rate_ci_low,lost_rate_ci_high,gained_rate,gained_rate_ci_low,gained_rate_ci_high,p_exact,p_mid,q,top5_intact,top5_lesioned,top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed,noop' ||
  fail 'the header'
columns a.csv kernel contrast | tail -n +2 | tr '\n' ' ' | grep -qx '0,1 0,0.1 1,1 1,0.1 2,1 2,0.1 4,1 4,0.1 ' ||
  fail 'the order of rows'
columns a.csv images top1_intact top1_lesioned lost gained top1_drop top1_drop_ci_low top1_drop_ci_high p_exact p_mid q \
  loss_intact loss_lesioned loss_drop changed |
  awk -F, 'NR > 1 { d = ($2 - $3) / $1 - $6; e = ($13 - $12) - $14
    if ($2 - $4 + $5 != $3 || d * d > 1e-12 || e * e > 1e-10 || $15 < $4 + $5) exit 1
    if ($7 > $6 || $8 < $6 || $10 > $9 || $11 < $9 || $11 > 1) exit 1 }' ||
  fail 'a row does not add up'
grep -q '"model_sha256": "'"$(sha256sum <"$DEMO" | cut -d' ' -f1)"'"' a.csv.json || fail 'provenance'

expect 1 "$LESION" --model "$DEMO" -o a.csv
err_says 'a.csv: exists; --force overwrites it'
expect 2 "$LESION" --model "$DEMO" --layers nothing
err_says "layers: 'nothing' matches none"
expect 2 "$LESION" --model "$DEMO" --kernels 9999
err_says 'is beyond every chosen layer'
expect 2 "$LESION" --model "$DEMO" --kernels 3-1
err_says 'is neither a number nor a range'
expect 1 "$LESION" --model "$DEMO" --images nowhere
err_says 'nowhere'
expect 1 "$LESION" --model nowhere.bin
err_says 'nowhere.bin: cannot open'
expect 2 "$LESION" --model "$DEMO" --input "$DEMO"
err_says '--input goes with ONNX models'
expect 1 "$LESION" --model "$DEMO" -o missing/a.csv
err_says 'missing/a.csv'

# The stimuli: full contrast is the image itself, zero contrast is mid-grey.
expect 0 "$LESION" stimuli --model "$DEMO" --contrast 0,1 --output shown
[ "$(find shown -name '*.png' | wc -l)" -eq $((2 * images)) ] || fail 'stimuli'
expect 0 "$LESION" eval --model "$DEMO" --contrast 1 --images shown/contrast-1 -o again.csv
tail -n 1 intact.csv >wanted
tail -n 1 again.csv >got
same got wanted

# Ctrl-C: a table of the complete images, exit 130.
"$LESION" --model "$DEMO" --threads 1 --engine full -o stopped.csv 2>err &
pid=$!
sleep 1
kill -INT $pid
wait $pid
status=$?
[ $status -eq 130 ] || fail "interrupted: exit $status"
grep -qE 'interrupted: (1 of 320 images is|[0-9]+ of 320 images are) complete' err || fail "interrupted, says $(cat err)"
if grep -q ' 0 of ' err; then
  [ ! -e stopped.csv ] || fail 'a table of no image'
else
  [ -s stopped.csv ] || fail 'no table after Ctrl-C'
fi
# nohup: a process that ignores hangups goes on.
(trap '' HUP && exec "$LESION" --model "$DEMO" --layers conv2 --engine full --threads 1 -q -o nohup.csv) 2>err &
pid=$!
sleep 0.5
kill -HUP $pid || fail 'the run was over before the hangup'
wait $pid
status=$?
[ $status -eq 0 ] || fail "a hangup under nohup: exit $status"
# One image, kernel or thread is named in the singular.
mkdir -p one/disc
cp "$TOP/data/images/disc/0001.png" one/disc
expect 0 "$LESION" --model "$DEMO" --images one --layers "$first" --kernels 0 --contrast 1 --threads 1 -o one.csv -v
err_says 'one: 1 folder matched by name'
err_says '1 image, of which 1 was opened'
err_says '1 thread, '
err_says 'one.csv: 1 kernel, 1 condition, 1 image'
finish
