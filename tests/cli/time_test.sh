# --time: images come in a random order, work ends with what is complete, and a run goes on.
. "$(dirname "$0")/support.sh" "$@"

demo=(--model "$DEMO" --images "$TOP/data/images" --contrast 0.1,1 --layers conv2 --kernels 0-3)

# However far a run comes at once, it comes to its end, in the same order.
for time in 0.1s 0.3s 1s 3s 10s 30s 100s; do
  "$LESION" "${demo[@]}" --run part --time $time --seed 5 >out 2>err && break
  err_says 'time was up before all images were looked at, and nothing was begun: give --time more'
done
err_says 'the images come in a random order (seed 5)'
expect 0 "$LESION" "${demo[@]}" --run part --output part.csv
err_says 'the images come in a random order (seed 5)'
err_says 'part: complete, 4 kernels, 2 conditions, 320 images'
grep -q '"image_order": "shuffled:5"' part.csv.json || fail 'provenance does not tell the order'

# The order is by the SHA-256 of the seed, a line end and the name, as sha256sum makes it.
tail -n +2 part/images.csv | cut -d, -f1 >order
sort order | while read -r name; do
  printf '%s %s\n' "$(printf '5\n%s' "$name" | sha256sum | cut -d' ' -f1)" "$name"
done | sort | cut -d' ' -f2 >wanted
diff order wanted >differences || fail "another order: $(head -n 3 differences)"

# Counts are of the same images as without it.
expect 0 "$LESION" "${demo[@]}" --output whole.csv
cut -d, -f1-12 part.csv | diff - <(cut -d, -f1-12 whole.csv) >differences || fail "other counts: $(head -n 3 differences)"

# A part is a sample of the list, not its beginning: all eight classes are among the first 60.
[ "$(head -n 61 part/images.csv | tail -n +2 | cut -d, -f2 | sort -u | wc -l)" = 8 ] || fail 'the first images lack a class'

expect 0 "$LESION" eval --model "$DEMO" --images "$TOP/data/images" --time 1h -q --output intact.csv
grep -q '"image_order": "shuffled:0"' intact.csv.json || fail 'provenance does not tell the order of eval'

# A race that time ends leaves its outcomes, with which it goes on to the kernels of one at once.
race=("${demo[@]}" --contrast 0.1 --top 1)
expect 0 "$LESION" "${race[@]}" --run begun --time 100s --output wanted.csv -q
for time in 0.2s 0.4s 0.8s 1.6s 3s 6s 12s 25s; do
  "$LESION" "${race[@]}" --run race --time $time --output race.csv >out 2>err
  [ -s race.csv ] && break
  grep -qE 'time is up: the race was not over; the same command goes on|time was up before all images' err ||
    fail "a race ended by time says: $(cat err)"
done
rm -f race.csv
expect 0 "$LESION" "${race[@]}" --run race --output race.csv
same <(cut -d, -f1-11 race.csv) <(cut -d, -f1-11 wanted.csv)

expect 0 "$LESION" "${demo[@]}" --run list -q
expect 2 "$LESION" "${demo[@]}" --run list --time 1m
err_says "list has its images in the list's own order, of which a part is no random sample"
for wrong in 2 x 0s -1m 2d 1e9h 's'; do
  expect 2 "$LESION" "${demo[@]}" --time $wrong
  err_says "'$wrong' is not a time such as 90s, 30m or 2h"
done
expect 1 "$LESION" "${demo[@]}" --time 0.000001s
err_says 'time was up before'
sed -i 's/shuffled:5/sorted/' part/run.json
expect 1 "$LESION" "${demo[@]}" --run part
err_says "has its images in the order 'sorted'"
finish
