# Images that are taken from the list of a run, or left out of it, once it has begun: where no
# outcome depends on them, the run goes on without them and ends as one that never had them.
. "$(dirname "$0")/support.sh" "$@"

for class in "$TOP"/data/images/*/; do
  mkdir -p "images/$(basename "$class")"
  cp -p "$class"000[1-3].png "images/$(basename "$class")"
done
(cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'BEGIN { print "file,class" } { print $0 "," $1 }') >all.csv
[ "$(wc -l <all.csv)" -eq 25 ] || fail "not 24 images: $(cat all.csv)"
swept=("$LESION" --model "$DEMO" --images images --contrast 0.1,1 --layers 'conv[12]' --kernels 0-3)
name() { sed -n "$((2 + $1))s/,.*//p" all.csv; } # of image $1

# blank RUN IMAGE...: takes the outcomes of those images, as if they were not reached yet.
blank() {
  local run=$1 array size image
  shift
  for array in predicted intact_predicted; do
    size=$((($(stat -c %s "$run/$array.npy") - 128) / $(($(wc -l <"$run/images.csv") - 1))))
    for image; do
      head -c $size /dev/zero | tr '\0' '\377' |
        dd of="$run/$array.npy" bs=1 seek=$((128 + size * image)) conv=notrunc status=none
    done
  done
}
# begun RUN IMAGE...: a run like whole, that lacks those images' outcomes.
begun() {
  rm -rf "$1"
  cp -rp "${whole:-whole}" "$1"
  blank "$@"
}

expect 0 "${swept[@]}" --labels all.csv --run whole -o whole.csv
begun run 20 21 22 23
expect 0 "${swept[@]}" --labels all.csv --run run
diff -r -x tables.sha256 whole run || fail 'what was blanked is not what was missing'

# ---- gone from the list: the last, two in the middle, one of them with another replaced ----
for gone in 23 '20 22'; do
  sed "$(for i in $gone; do printf '%sd;' $((2 + i)); done)" all.csv >list.csv
  begun run 20 21 22 23
  expect 0 "${swept[@]}" --labels list.csv --run run -o run.csv -v
  err_says "run: goes on without $(wc -w <<<"$gone") of its images, which had no outcomes"
  rm -rf fresh
  expect 0 "${swept[@]}" --labels list.csv --run fresh -o fresh.csv --force
  same fresh.csv run.csv
  diff -r -x tables.sha256 fresh run || fail "without $gone it is not the run that never had them"
  [ "$(grep image_list run.csv.json)" = "$(grep image_list fresh.csv.json)" ] || fail 'the provenance names another list'
  rm -f run.csv run.csv.json
done
begun run 20 21 22 23
cp -p "images/$(name 21)" kept.png
cp "$TOP/data/images/disc/0009.png" "images/$(name 21)"
expect 0 "${swept[@]}" --labels list.csv --run run
err_says 'run: 1 of its images was mended or replaced since; none had outcomes'
rm -rf fresh
expect 0 "${swept[@]}" --labels list.csv --run fresh
diff -r -x tables.sha256 fresh run || fail 'one gone and one replaced'
cp -p kept.png "images/$(name 21)"

# ---- refused, and nothing changed ----
# refuses SENTENCE OPTION...: of the run as it stands.
refuses() {
  local sentence=$1
  shift
  rm -rf before
  cp -rp run before
  expect 1 "${swept[@]}" --run run "$@"
  err_says "$sentence"
  diff -r -x tables.sha256 before run || fail "a refused run changes: $sentence"
}
begun run 20 21 22 23
sed 2d all.csv >first.csv
refuses "run: without its image $(name 0), which has outcomes, it would be another run: put it back whole, or begin another run directory" --labels first.csv
sed '$d' all.csv >list.csv
refuses "run: its image $(name 23) is not in the list: put it back" --labels list.csv --contrast 0.2,1
sed '$d' all.csv | sed '3{h;d};4G' >list.csv # another order
refuses "run: its image $(name 23) is not in the list: put it back" --labels list.csv
sed '$d' all.csv | sed '2s/,.*/,6/' >list.csv # another class
refuses "run: its image $(name 23) is not in the list: put it back" --labels list.csv
sed '$d' all.csv >list.csv
begun run 22 23
rm -rf shard
expect 0 "${swept[@]}" --labels all.csv --run shard --shard 2/2
blank shard 11
expect 1 "${swept[@]}" --labels list.csv --run shard --shard 2/2
err_says "shard: its image $(name 23) is not in the list: put it back"

# ---- what is drawn by a seed depends on the length of the list ----
for what in '--region other-edges' '--lesion resample'; do
  rm -rf whole
  # $what is several words.
  expect 0 "${swept[@]}" $what --labels all.csv --run whole
  begun run 22 23
  refuses "run: without its image $(name 23), ${what##* } would draw anew for images that have outcomes" $what --labels list.csv
  begun run $(seq 0 23)
  expect 0 "${swept[@]}" $what --labels list.csv --run run
  rm -rf fresh
  expect 0 "${swept[@]}" $what --labels list.csv --run fresh
  diff -r -x tables.sha256 fresh run || fail "$what: a run without outcomes"
done
# random: of an image by its place.
rm -rf whole
expect 0 "${swept[@]}" --region random:0.5 --labels all.csv --run whole
begun run 10
sed 12d all.csv >middle.csv
refuses "run: without its image $(name 10), random would draw anew" --region random:0.5 --labels middle.csv
begun run 22 23
expect 0 "${swept[@]}" --region random:0.5 --labels list.csv --run run
rm -rf fresh
expect 0 "${swept[@]}" --region random:0.5 --labels list.csv --run fresh
diff -r -x tables.sha256 fresh run || fail 'random: the last image is gone'
# Mean planes are of all images.
rm -rf whole
expect 0 "${swept[@]}" --lesion mean --labels all.csv --run whole
begun run 22 23
refuses "run: without its image $(name 23), the mean planes that $(name 0) was lesioned with would be others" --lesion mean --labels list.csv
begun run $(seq 0 23)
expect 0 "${swept[@]}" --lesion mean --labels list.csv --run run
rm -rf fresh
expect 0 "${swept[@]}" --lesion mean --labels list.csv --run fresh
diff -r -x tables.sha256 fresh run || fail 'mean planes of an image that is gone'

# ---- left out, as it goes bad ----
rm -rf whole fresh
expect 0 "${swept[@]}" --labels all.csv --run whole
begun run 22 23
cp -p "images/$(name 22)" kept.png
head -c 500 kept.png >"images/$(name 22)"
expect 1 "${swept[@]}" --labels all.csv --run run
err_says "images/$(name 22): is not an intact PNG file"
err_says '1 of 24 images cannot be shown; --damaged leave-out goes on without it'
expect 0 "${swept[@]}" --labels all.csv --damaged leave-out --run run -o run.csv
err_says 'run: goes on without 1 of its images, which had no outcomes'
expect 0 "${swept[@]}" --labels all.csv --damaged leave-out --run fresh -o fresh.csv --force
same fresh.csv run.csv
diff -r -x tables.sha256 fresh run || fail 'left out later is not left out from the start'
grep -q "\"$(name 22)\"" run.csv.json || fail "provenance: $(cat run.csv.json)"
cp -p kept.png "images/$(name 22)"

# ---- stopped in its midst ----
rm -rf fresh
expect 0 "${swept[@]}" --labels list.csv --run fresh -o fresh.csv --force
laid_out=$(cd whole && echo images.csv *.npy)
count=$(wc -w <<<"$laid_out")
for moved in none $(seq 0 4 "$count") "$count" all; do
  begun run 22 23
  rm -rf shorter
  cp -rp fresh shorter
  blank shorter 22
  mkdir run/fewer-images.tmp
  [ "$moved" = all ] || (cd shorter && cp -p $laid_out ../run/fewer-images.tmp)
  [ "$moved" = none ] && rm run/fewer-images.tmp/loss.npy # of a layout that was not whole
  [ "$moved" = all ] && cp -p $(printf 'shorter/%s ' $laid_out run.json) run
  case $moved in
    [0-9]*)
      cp -p shorter/run.json run/fewer-images.tmp
      for file in $(tr ' ' '\n' <<<"$laid_out" | head -n "$moved"); do mv run/fewer-images.tmp/$file run; done
      expect 1 "$LESION" stats run -o tables
      err_says 'run: was stopped as it did without images'
      ;;
  esac
  expect 0 "${swept[@]}" --labels list.csv --run run
  diff -r -x tables.sha256 fresh run || fail "stopped at $moved"
done
finish
