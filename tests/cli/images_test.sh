# The look at images before the work: every fault is named and nothing is written; damaged images
# are left out, a run goes on when images without outcomes are mended, and does not look twice.
. "$(dirname "$0")/support.sh" "$@"
golden=$TOP/tests/golden/images

# A clean set of 32 images in class folders, four of each class.
for class in "$TOP"/data/images/*/; do
  mkdir -p "clean/$(basename "$class")"
  cp -p "$class"000[1-4].png "clean/$(basename "$class")"
done
expect 0 "$LESION" images --model "$DEMO" --images clean -o clean.csv
out_says 'images   32'
out_says 'classes  8 with images, 0 without'
out_says 'width    48 ... 48 px'
out_says 'types    32 .png'
out_says 'faults   0'
[ "$(head -n 2 clean.csv)" = "file,class,class_name,bytes,width,height,orientation,fault
checker/0001.png,$(awk -F, 'NR == 2 { print $2 }' clean.csv),checker,$(stat -c %s clean/checker/0001.png),48,48,1," ] ||
  fail "images table: $(head -n 2 clean.csv)"
[ "$(wc -l <clean.csv)" -eq 33 ] || fail 'images table has not one row an image'
expect 1 "$LESION" images --model "$DEMO" --images clean -o clean.csv
err_says 'clean.csv: exists'

# ---- faults of several kinds, and what is passed over ----
cp -rp clean set
head -c 700 clean/disc/0002.png >set/disc/0002.png
: >set/ring/0001.png
echo 'not an image' >set/ring/0003.png
cp "$golden/gif.jpg" set/star/0001.png
cp "$golden/rgba8.png" set/star/0004.png
cp "$golden/page.jpg" set/star/0005.jpg
bad='disc/0002.png ring/0001.png ring/0003.png star/0001.png star/0004.png star/0005.jpg'
mkdir set/checker/deep
echo GIF89a >set/checker/deep/a.gif
echo x | tee set/disc/._0001.png set/disc/notes.txt >set/loose.png
names_all() {
  local name
  for name in $bad; do
    grep -q "^lesion: error: set/$name: ." err || fail "$1 does not name $name: $(cat err)"
  done
  [ "$(grep -c '^lesion: error: ' err)" -eq 6 ] || fail "$1: not six errors: $(cat err)"
}
expect 1 "$LESION" images --model "$DEMO" --images set -o faults.csv
names_all images
out_says 'faults   6'
out_says 'types    32 .png, 1 .jpg'
out_says 'passed over: 1 in a format that is not read: checker/deep/a.gif'
out_says 'passed over: 1 hidden: disc/._0001.png'
out_says 'passed over: 1 outside class folders: loose.png'
out_says 'passed over: 1 other file: disc/notes.txt'
[ "$(grep -c ',$' faults.csv)" -eq 27 ] || fail 'not 27 rows without a fault'
grep -q '^ring/0001.png,[0-9]*,ring,0,,,,' faults.csv || fail 'a size of what is no image'
shown=(--model "$DEMO" --images set --contrast 0.1,1)
few=("${shown[@]}" --layers 'conv[12]' --kernels 0-3)
ls -A >before
while read -r command; do
  # $command is several words.
  expect 1 "$LESION" $command -o new
  names_all "$command"
  err_says '6 of 33 images cannot be shown; --damaged leave-out goes on without them'
  err_says 'passed over 1 image in formats that are not read: checker/deep/a.gif'
  [ ! -s out ] || fail "$command prints"
  ls -A | diff before - || fail "$command writes"
done <<COMMANDS
${few[*]}
sweep ${few[*]} --run run
sweep ${few[*]} --top 1
eval ${shown[*]}
invariance ${shown[*]}
greedy ${few[*]} --steps 1
group ${shown[*]} --kernels conv1:0
claims --model $DEMO --images set
COMMANDS
expect 1 "$LESION" eval "${shown[@]}" --alpha black -q
[ "$(grep -c '^lesion: error: ' err)" -eq 5 ] && ! grep -q 'star/0004' err || fail "transparency on black is a fault: $(cat err)"

# Faulty options are refused before any image is opened.
for wrong in "sweep ${shown[*]} --layers none-such" "greedy ${shown[*]} --layers none-such" "eval ${shown[*]} --region centre:0.01" "stimuli ${shown[*]} --region centre:0.01"; do
  # $wrong is several words.
  expect 2 "$LESION" $wrong -o new
  [ "$(grep -c '^lesion: error: ' err)" -eq 1 ] && grep -q 'none-such\|centre:0.01' err || fail "$wrong: $(cat err)"
done

# More than 20 faults are only counted.
cp -r clean many
for file in many/*/000[123].png; do echo x >"$file"; done
expect 1 "$LESION" eval --model "$DEMO" --images many -q
[ "$(wc -l <err)" -eq 21 ] || fail "not 21 lines: $(cat err)"
err_says 'lesion: error: and 4 more'

# ---- left out: the same table as without them ----
mkdir rest
cp -rp clean/. rest
for name in $bad; do rm -f "rest/$name"; done
expect 0 "$LESION" --model "$DEMO" --images rest --contrast 0.1,1 --layers 'conv[12]' --kernels 0-3 --lesion weights,mean,resample -o rest.csv
expect 0 "$LESION" "${few[@]}" --lesion weights,mean,resample --damaged leave-out --run left -o left.csv
err_says 'left out 6 of 33 images:'
err_says 'set/star/0001.png: is a GIF'
same rest.csv left.csv
[ "$(grep image_list rest.csv.json)" = "$(grep image_list left.csv.json)" ] || fail 'the hash is not that of the list'
grep -q left_out rest.csv.json && fail 'left_out where nothing is'
for name in $bad; do
  grep -q "^    \"$name\",\?\$" left.csv.json || fail "$name is not in the provenance"
  grep -q "^$name,.*[^,]\$" left/looked.csv || fail "$name is not in the run"
done
grep -q disc/0002.png left/images.csv && fail 'left out, and in the images of the run'
# They stay left out, even when mended; without --damaged the list is another one.
cp -rp set/. mended
cp -p clean/disc/0002.png mended/disc
expect 0 "$LESION" "${few[@]}" --images mended --lesion weights,mean,resample --damaged leave-out --run left -v
err_says 'left out 6 of 33'
err_says '33 images, of which 0 were opened'
cp -p clean/ring/000[13].png mended/ring
cp -p clean/star/000[14].png mended/star
rm mended/star/0005.jpg
expect 1 "$LESION" "${few[@]}" --images mended --lesion weights,mean,resample --run left
err_says 'left: has left out disc/0002.png: go on with --damaged leave-out, or begin another run directory'
expect 1 "$LESION" eval --model "$DEMO" --images many/disc --labels /dev/null -q --damaged leave-out

# ---- a run and its images ----
cp -rp clean images
(cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'BEGIN { print "file,class" } { print $0 "," $1 }') >list.csv
sweep=("$LESION" --model "$DEMO" --images images --labels list.csv --contrast 0.1,1 --layers 'conv[12]' --kernels 0-3)
last=$(sed -n '$s/,.*//p' list.csv)
first=$(sed -n '2s/,.*//p' list.csv)
expect 0 "${sweep[@]}" --run whole -o whole.csv
expect 0 "${sweep[@]}" --run whole -v
err_says '32 images, of which 0 were opened'
# lacking SWEPT: a run whose last four images have no outcomes, as one that was stopped.
lacking() {
  local array size bytes
  rm -rf run
  cp -rp "$1" run
  for array in predicted intact_predicted; do
    size=$(stat -c %s run/$array.npy)
    bytes=$(((size - 128) / 32 * 4))
    head -c $bytes /dev/zero | tr '\0' '\377' | dd of=run/$array.npy bs=1 seek=$((size - bytes)) conv=notrunc status=none
  done
}
lacking whole
expect 0 "${sweep[@]}" --run run -o again.csv
diff -r -x tables.sha256 whole run || fail 'what was blanked is not what was missing'
# An image without outcomes goes bad: refused by name; mended by another file, the run goes on.
lacking whole
head -c 700 "clean/$last" >"images/$last"
expect 1 "${sweep[@]}" --run run
[ "$(grep '^lesion: error: ' err)" = "lesion: error: $(grep "images/$last: " err | sed 's/^lesion: error: //')" ] || fail "not the one fault: $(cat err)"
cp "$TOP/data/images/$(dirname "$last")/0009.png" "images/$last"
cp -rp run kept
expect 0 "${sweep[@]}" --run run -o mended.csv -v
err_says '32 images, of which 1 was opened'
err_says 'run: 1 of its images was mended or replaced since; none had outcomes'
expect 0 "${sweep[@]}" --run fresh -o fresh.csv
same fresh.csv mended.csv
diff -r -x tables.sha256 fresh run || fail 'a run whose image was replaced differs from one that began with it'
# As after a kill between writing images.csv and looked.csv.
rm -rf run
cp -rp kept run
cp fresh/images.csv run
expect 0 "${sweep[@]}" --run run
diff -r -x tables.sha256 fresh run || fail 'a kill between two files is not gone on from'
# A new time alone is no change, and known from then on.
touch "images/$first"
expect 0 "${sweep[@]}" --run fresh -v
err_says '32 images, of which 1 was opened'
expect 0 "${sweep[@]}" --run fresh -v
err_says '32 images, of which 0 were opened'
# A run without looked.csv: images are compared by size.
lacking fresh
rm run/looked.csv
expect 0 "${sweep[@]}" --run run -v
err_says '32 images, of which 32 were opened'
diff -r -x tables.sha256 fresh run || fail 'an older run does not learn of its images'
# A changed image that has outcomes.
cp "images/$first" kept.png
cp "$TOP/data/images/$(dirname "$first")/0009.png" "images/$first"
lacking fresh
cp -rp run kept2
expect 1 "${sweep[@]}" --run run
err_says "run: its image $first was changed, and has outcomes: put the old one back, or begin another run directory"
diff -r -x tables.sha256 kept2 run || fail 'a refused run changes'
cp kept.png "images/$first"
expect 0 "${sweep[@]}" --run run
# A changed image on which outcomes of others depend: as a partner, or through mean planes.
for what in '--region other-edges' '--lesion resample' '--lesion mean'; do
  rm -rf dependent
  # $what is several words.
  expect 0 "${sweep[@]}" $what --run dependent
  lacking dependent
  cp "images/$last" kept.png
  cp "clean/$last" "images/$last"
  expect 1 "${sweep[@]}" $what --run run
  err_says "run: its image $last was changed, and "
  cp kept.png "images/$last"
  expect 0 "${sweep[@]}" $what --run run
done
# Mean planes that no outcome depends on are made anew.
rm -rf dependent
expect 0 "${sweep[@]}" --lesion mean --run dependent
rm -rf run
cp -rp dependent run
for array in predicted intact_predicted; do
  bytes=$(($(stat -c %s run/$array.npy) - 128))
  head -c $bytes /dev/zero | tr '\0' '\377' | dd of=run/$array.npy bs=1 seek=128 conv=notrunc status=none
done
cp "clean/$last" "images/$last"
expect 0 "${sweep[@]}" --lesion mean --run run
rm -rf dependent
expect 0 "${sweep[@]}" --lesion mean --run dependent
diff -r -x tables.sha256 dependent run || fail 'mean planes of an image that is no more'
# An image that is gone, and one that is new.
cp -p list.csv all.csv
sed -i '$d' list.csv
expect 1 "${sweep[@]}" --run fresh
err_says "fresh: without its image $last, which has outcomes, it would be another run: put it back whole, or begin another run directory"
expect 0 "${sweep[@]}" --run fewer
cp -p all.csv list.csv
expect 1 "${sweep[@]}" --run fewer
err_says "fewer: has no image $last: take it from the list, or begin another run directory"
# Shards with different images are not merged.
expect 0 "${sweep[@]}" --run s1 --shard 1/2
cp "$TOP/data/images/$(dirname "$last")/0009.png" "images/$last"
expect 0 "${sweep[@]}" --run s2 --shard 2/2
expect 1 "$LESION" merge joined s1 s2
err_says "s1 and s2 are of other images: $last is not the same"

# ---- an image that goes bad after the look ----
slow=("$LESION" --model "$DEMO" --images images --labels list.csv --contrast 0.1,0.2,0.3,0.5,0.7,1 --engine full -v)
for kept in '' '--run begun'; do
  cp "clean/$last" "images/$last"
  rm -f part.csv part.csv.json err # or what the last one said is read
  "${slow[@]}" $kept -o part.csv >out 2>err &
  for _ in $(seq 600); do grep -qs 'were opened' err && break; sleep 0.05; done
  echo x >"images/$last"
  wait $!
  status=$?
  [ $status -eq 1 ] || fail "exit $status: $(cat err)"
  err_says "lesion: error: images/$last: "
  err_says '31 of 32 images are complete'
  [ -z "$kept" ] && cp part.csv short.csv && grep -q '"images": 31,' part.csv.json || [ -n "$kept" ] ||
    fail 'no table of the images that were complete'
  [ -n "$kept" ] && err_says 'once that is mended, the same command goes on'
done
[ ! -e part.csv ] || fail 'a run that is not complete has a table'
sed '$d' list.csv >shorter.csv
expect 0 "${slow[@]}" --labels shorter.csv -o shorter.out.csv
same shorter.out.csv short.csv
cp "clean/$last" "images/$last"
expect 0 "${slow[@]}" --run begun -o part.csv
expect 0 "${slow[@]}" -o all.out.csv
same all.out.csv part.csv

# ---- at chance ----
echo 'file,class' >wrong.csv
awk -F, 'NR > 1 { print $1 "," (NR + 3) % 8 }' list.csv >>wrong.csv
expect 0 "$LESION" eval --model "$DEMO" --images images --labels wrong.csv --contrast 1
grep -q 'lesion: the intact network is right on [0-9]* of 32 images at contrast 1, not surely above chance: do labels and preprocessing fit it?' err ||
  fail "says nothing of chance: $(cat err)"
expect 0 "$LESION" eval --model "$DEMO" --images images --labels list.csv --contrast 1
grep -q chance err && fail "says chance: $(cat err)"
finish
