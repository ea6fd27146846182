# --sample-kernels: some kernels of each layer, drawn at random, stand for all of it.
. "$(dirname "$0")/support.sh" "$@"

demo=(--model "$DEMO" --images "$TOP/data/images" --contrast 0.1,1)

expect 0 "$LESION" "${demo[@]}" --sample-kernels 3 --seed 7 --run sample --output sample.csv
err_says '3 kernels of each layer, drawn at random (seed 7), stand for all of it'
columns sample/kernels.csv layer kernel sampled_from | tail -n +2 >got

# Those with the smallest SHA-256 of the seed, a line end and LAYER:KERNEL, as sha256sum makes it.
expect 0 "$LESION" info --model "$DEMO" --json
layers=$("$LESION" info --model "$DEMO" | awk '$4 == "Conv" { print $3 }')
"$LESION" "${demo[@]}" --run all -q
columns all/kernels.csv layer kernel | tail -n +2 >all.kernels
for layer in $(cut -d, -f1 all.kernels | uniq); do
  count=$(grep -c "^$layer," all.kernels)
  for kernel in $(seq 0 $((count - 1))); do
    printf '%s %s\n' "$(printf '7\n%s:%d' "$layer" "$kernel" | sha256sum | cut -d' ' -f1)" "$kernel"
  done | sort | head -n 3 | cut -d' ' -f2 | sort -n | sed "s/^/$layer,/; s/\$/,$count/"
done >wanted
same got wanted

# They have the outcomes that they have among all.
expect 0 "$LESION" "${demo[@]}" --output all.csv
grep -Ff <(columns sample/kernels.csv layer layer_index kernel lesion | tail -n +2 | sed 's/$/,/') all.csv |
  cut -d, -f1-12 >wanted
tail -n +2 sample.csv | cut -d, -f1-12 | diff - wanted >differences || fail "other outcomes: $(head -n 3 differences)"

# A larger sample holds a smaller one; other seeds draw others; no more than there are.
expect 0 "$LESION" "${demo[@]}" --sample-kernels 5 --seed 7 --run larger -q
columns larger/kernels.csv layer kernel | tail -n +2 | sort >larger.kernels
[ "$(cut -d, -f1,2 got | sort | comm -23 - larger.kernels | wc -l)" = 0 ] || fail 'a larger sample lacks a kernel'
expect 0 "$LESION" "${demo[@]}" --sample-kernels 3 --seed 8 --run other -q
cmp -s sample/kernels.csv other/kernels.csv && fail 'another seed draws the same kernels'
expect 0 "$LESION" "${demo[@]}" --sample-kernels 1000 --run every -q
cut -d, -f1-5 every/kernels.csv | diff - all/kernels.csv >/dev/null || fail 'a sample of all is not all'

# Of a layer that was run whole the interval is as without a sample.
expect 0 "$LESION" stats every -q
expect 0 "$LESION" stats all -q
same <(columns every/tables/layers.csv mean_drop mean_drop_ci_low mean_drop_ci_high) \
  <(columns all/tables/layers.csv mean_drop mean_drop_ci_low mean_drop_ci_high)
find_python 'numpy, scipy'
if [ -n "$python" ]; then
  expect 0 "$LESION" stats sample -q
  expect 0 "$python" "$TOP/tests/golden/make_tables.py" check sample sample/tables
fi

# Shards of a sample are merged; patterns choose what is drawn from.
for part in 1 2; do
  expect 0 "$LESION" "${demo[@]}" --sample-kernels 3 --seed 7 --run part$part --shard $part/2 -q
done
expect 0 "$LESION" merge merged part1 part2
for file in kernels.csv rank.npy loss.npy; do same merged/$file sample/$file; done
expect 0 "$LESION" "${demo[@]}" --sample-kernels 3 --layers conv2 --kernels 0-9 --run ten -q
[ "$(columns ten/kernels.csv layer sampled_from | sort | uniq -c | tr -s ' ')" = "$(printf ' 3 conv2,10\n 1 layer,sampled_from')" ] ||
  fail "not three of ten: $(cat ten/kernels.csv)"

# Another sample is another run.
expect 1 "$LESION" "${demo[@]}" --sample-kernels 3 --seed 8 --run sample
err_says 'sample: is a run of other kernels: sample/kernels.csv: line 2'
expect 1 "$LESION" "${demo[@]}" --run sample
err_says 'sample: is a run of a sample of the kernels, one at a time (lesion sweep --sample-kernels), not of kernels lesioned one at a time'
expect 2 "$LESION" "${demo[@]}" --sample-kernels -1
sed -i '2s/,[0-9]*$/,x/' sample/kernels.csv
expect 1 "$LESION" stats sample
err_says "sample/kernels.csv: line 2: 'x'"
finish
