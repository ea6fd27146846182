# lesion taylor: estimates of drops, and how well they agree with true ones; the same for any number
# of threads; what is refused; and the demo's estimates computed again by PyTorch, where installed.
. "$(dirname "$0")/support.sh" "$@"

images=$TOP/data/images
run() { "$LESION" taylor --model "$DEMO" --images "$images" "$@"; }
# A few images of all classes.
(cd "$images" && echo file,class && ls -- */000[1-3].* | awk -F/ '{ print $0 "," (!seen[$1]++ ? n++ : n - 1) }') >few.csv

# ---- the tables ----
expect 0 run --labels few.csv --contrast 0.1,1 --check 12 --per-layer layers.csv --output taylor.csv
[ ! -s out ] || fail "stdout: $(head -n 3 out)"
[ "$(grep -c 'weights at contrast .*, region all, normalise none: rank correlation of estimated with true drops over 48 kernels: loss .* (within layers median .*, least .* in conv.*), margin .* (within' err)" -eq 2 ] ||
  fail "notes: $(cat err)"
[ "$(head -n 1 taylor.csv)" = layer,layer_index,kernel,lesion,contrast,region,normalise,images,loss_drop_estimate,margin_drop_estimate,loss_drop,margin_drop ] ||
  fail "header: $(head -n 1 taylor.csv)"
[ "$(head -n 1 layers.csv)" = layer,layer_index,lesion,contrast,region,normalise,images,kernels,loss_correlation,loss_correlation_ci_low,loss_correlation_ci_high,margin_correlation,margin_correlation_ci_low,margin_correlation_ci_high ] ||
  fail "header: $(head -n 1 layers.csv)"
[ "$(wc -l <taylor.csv)" -eq $((1 + 108 * 2)) ] || fail "$(wc -l <taylor.csv) lines of kernels"
awk -F, 'NR > 1 && ($7 != 24 || $8 != 12) { exit 1 } END { exit NR != 1 + 4 * 2 }' layers.csv || fail "layers: $(cat layers.csv)"
[ "$(awk -F, 'NR > 1 && $11 != ""' taylor.csv | wc -l)" -eq $((48 * 2)) ] || fail 'the sample is not 12 of each layer'

# True drops are those of a sweep.
expect 0 "$LESION" --model "$DEMO" --images "$images" --labels few.csv --contrast 0.1,1 --sample-kernels 12 -q -o sweep.csv
columns sweep.csv layer kernel contrast loss_drop margin_drop >wanted
columns taylor.csv layer kernel contrast loss_drop margin_drop | grep -v ',,$' >got
same got wanted
# A small step, one weight of several hundred, is foreseen well.
expect 0 run --labels few.csv --contrast 1 --layers 'conv[34]' --lesion lines:in=0:row=0 --check 24 --per-layer lines.csv -o lines-taylor.csv
awk -F, 'NR > 1 && $9 < 0.9 { exit 1 } END { exit NR != 3 }' lines.csv || fail "a small step: $(cat lines.csv)"

# ---- the same bytes for any number of threads, and for all layers or one ----
for threads in 1 3 7; do
  expect 0 run --labels few.csv --contrast 0.1,1 --check 12 -t $threads --per-layer l$threads.csv -q
  same out taylor.csv
  same l$threads.csv layers.csv
done
expect 0 run --labels few.csv --contrast 0.1,1 --layers conv2 --kernels 3-5 --check 0 -q
grep -E '^layer|^conv2,1,[345],' taylor.csv | cut -d, -f1-10 >wanted
cut -d, -f1-10 out >got
same got wanted
awk -F, 'NR > 1 && $11 $12 != "" { exit 1 }' out || fail 'drops without a check'
expect 0 "$LESION" check taylor.csv taylor.csv
expect 0 "$LESION" check layers.csv layers.csv

# ---- the report draws what the tables say ----
# other: as many images; turned: the same ones from the last to the first.
sed 's,/000,/001,' few.csv >other.csv
{ head -n 1 few.csv && sed 1d few.csv | tac; } >turned.csv
for list in few other turned; do
  expect 0 "$LESION" --model "$DEMO" --images "$images" --labels $list.csv --contrast 0.1,1 --run $list -q
done
# Without provenance nothing tells which images a table is of: its own true drops are drawn.
cp taylor.csv bare.csv
expect 0 "$LESION" report few --taylor bare.csv -o checked
err_says "no FILE.json is beside bare.csv: taken to be of the run's network, groups of classes and images"
err_says "bare.csv: kernels without a true drop are left out, as the run's drops are of images that may be others: no FILE.json tells"
figure=checked/figures/taylor.csv
columns $figure kind contrast layer kernel estimate drop | grep ^kernel, | cut -d, -f2- | sort >got
columns taylor.csv contrast layer kernel loss_drop_estimate loss_drop | sed 1d | grep -v ',$' | sort >wanted
same got wanted
columns $figure kind contrast layer correlation correlation_ci_low correlation_ci_high | grep ^layer, | cut -d, -f2- | sort >got
columns layers.csv contrast layer loss_correlation loss_correlation_ci_low loss_correlation_ci_high | sed 1d | sort >wanted
same got wanted
[ "$(columns $figure kind panel kernels | grep ^all, | tr '\n' ' ')" = 'all,contrast 0.1,48 all,contrast 1,48 ' ] ||
  fail "panels: $(grep ^all, $figure)"
if command -v gnuplot >/dev/null; then
  [ -s checked/figures/taylor.svg ] && [ -s checked/figures/taylor.pdf ] || fail "not drawn: $(cat err)"
fi
# True drops that the table lacks are the run's, where that is of the same images, in whatever order.
expect 0 run --labels few.csv --contrast 0.1,1 --check 0 -q -o estimates.csv
expect 0 "$LESION" report few --taylor estimates.csv -o all
grep -qE 'left out|FILE.json' err && fail "said of the same images: $(cat err)"
expect 0 "$LESION" report turned --taylor estimates.csv -o turned-all
for report in all turned-all; do
  columns $report/figures/taylor.csv kind contrast layer kernel drop | grep ^kernel, | cut -d, -f2- | sort >got
  columns $report/tables/kernels.csv contrast layer kernel loss_drop | sed 1d | sort >wanted
  same got wanted
done
cp estimates.csv bare.csv
expect 0 "$LESION" report few --taylor bare.csv -o unknown
[ "$(wc -l <unknown/figures/taylor.csv)" -eq 1 ] || fail "drops of other images: $(sed -n 2p unknown/figures/taylor.csv)"
grep -q 'Left out: There is nothing to show' unknown/index.html || fail 'estimates alone are not left out'
awk -F, -v OFS=, 'NR > 1 { $8 = 20 } { print }' estimates.csv >some.csv # as one that was interrupted
cp estimates.csv.json some.csv.json
expect 0 "$LESION" report few --taylor some.csv -o part
err_says "some.csv: kernels without a true drop are left out, as the run's drops are of more or fewer images"
expect 1 "$LESION" report other --taylor estimates.csv -o nowhere
err_says "estimates.csv: is of another list of images than the run, by estimates.csv.json; give a table of the run's --images and --labels"
# Partners of images are drawn, by the seed.
for seed in 0 3; do
  expect 0 run --labels few.csv --contrast 0.1,1 --layers conv1 --lesion resample --seed $seed --check 0 -q -o drawn$seed.csv
done
expect 0 "$LESION" --model "$DEMO" --images "$images" --labels few.csv --contrast 0.1,1 --layers conv1 --lesion resample --seed 3 --run drawn -q
expect 0 "$LESION" report drawn --taylor drawn3.csv -o drawn3
expect 1 "$LESION" report drawn --taylor drawn0.csv -o nowhere
err_says "drawn0.csv: is of the lesion resample, which the run has not, or not with its --seed; give a table made with the run's --lesion"
expect 1 "$LESION" report few --taylor missing.csv -o nowhere
err_says 'missing.csv: cannot open'
expect 1 "$LESION" report few --taylor layers.csv -o nowhere
err_says 'layers.csv: has no column kernel, wanted what this version of lesion taylor writes'
[ ! -e nowhere ] || fail 'a report was begun with a table that is none of taylor'

# ---- what is refused ----
expect 2 run --check 0 --per-layer none.csv -o none.csv
err_says '--per-layer is of kernels that --check lesions'
expect 2 run --layers conv9 -o none.csv
err_says "layers: 'conv9' matches none"
expect 1 run --labels few.csv -o taylor.csv
err_says 'taylor.csv: exists; --force overwrites it'
expect 1 run --memory 1M -o none.csv
err_says '1 MiB of memory are too few'
expect 2 run --run run -o none.csv
[ -z "$(ls none* 2>/dev/null)" ] || fail "left $(ls none*)"

# ---- interrupted: the table is of the complete images, without a check ----
levels=$(seq -s, 0.001 0.001 0.2)
# A busy machine may need longer for its first image.
for wait in 1 4 16 64; do
  /usr/bin/env --default-signal=INT "$LESION" taylor --model "$DEMO" --images "$images" --contrast "$levels" -t 1 -o cut.csv --per-layer cut-layers.csv 2>err &
  pid=$!
  sleep $wait
  kill -INT $pid
  wait $pid
  [ $? -eq 130 ] || fail "exit after SIGINT: $(cat err)"
  complete=$(sed -n 's/.*interrupted: \([0-9]*\) of .*/\1/p' err)
  [ "$complete" = 0 ] || break
done
[ "$(cut -d, -f8 cut.csv | sort -u | tr '\n' ' ')" = "$complete images " ] || fail "images in an interrupted table, not $complete"
awk -F, 'NR > 1 && $11 != "" { exit 1 }' cut.csv || fail 'an interrupted table with a check'
err_says 'nothing was checked: the table has estimates without true drops, and cut-layers.csv is not written'

# ---- the values ----
find_python 'numpy, torch, PIL, scipy'
if [ -n "$python" ]; then
  computes() { # LIST TABLE...
    "$python" "$TOP/tests/golden/check_taylor.py" "$DEMO" "$images" "$@" >computed 2>&1
  }
  computes few.csv taylor.csv layers.csv || fail "not what PyTorch makes of it: $(tail -n 4 computed)"
  head -n 3 few.csv >two.csv
  expect 0 run --labels two.csv --contrast 0.1,1 --lesion silence,mean,resample,planes:row=0,lines:in=1:col=2 --check 0 -q -o kinds.csv
  computes two.csv kinds.csv || fail "not what PyTorch makes of other lesions: $(tail -n 4 computed)"
  awk -F, -v OFS=, 'NR == 9 { $9 *= 1.01 } { print }' taylor.csv >moved.csv
  computes few.csv moved.csv && fail 'a cell that moved'
  awk -F, -v OFS=, 'NR == 3 { $9 += 0.001 } { print }' layers.csv >moved-layers.csv
  computes few.csv taylor.csv moved-layers.csv && fail 'a correlation that moved'
fi
finish
