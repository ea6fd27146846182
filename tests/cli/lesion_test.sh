# --lesion: each kind of lesion by itself, beside others and in run directories.
. "$(dirname "$0")/support.sh" "$@"

cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 8 == 0 { print $0 "," $1 }'); } >list.csv
base=(--model "$DEMO" --images images --labels list.csv --contrast 0.1,1)
kinds=weights,silence,mean,resample,planes:in=1,planes:row=0,lines:row=1:col=2
of() { grep -F ",$1,$2," "$3" | sed "s/,$1,/,/"; } # LESION CONTRAST TABLE

# ---- a lesion beside others is the lesion alone, in both engines, for any threads ----
expect 0 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-5 --lesion $kinds --threads 1 -o all.csv
expect 0 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-5 --lesion $kinds --threads 5 -q -o threads.csv
same all.csv threads.csv
expect 0 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-5 --lesion $kinds --engine full -q -o full.csv
expect 0 "$LESION" check all.csv full.csv
[ "$(wc -l <all.csv)" -eq $((1 + $(tr , "\n" <<<$kinds | wc -l) * 2 * 6 * 2)) ] || fail "rows: $(wc -l <all.csv)"
columns all.csv lesion layer_index kernel | uniq | sed -n '2p;13p;14p' | tr '\n' ' ' |
  grep -qx 'weights,0,0 weights,1,5 silence,0,0 ' || fail 'lesions are not outermost'
for lesion in mean resample planes:in=1 weights; do
  expect 0 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-5 --lesion $lesion -q -f -o alone.csv
  head -n 1 all.csv >wanted
  grep -F ",$lesion," all.csv >>wanted
  # q is over one family: planes:in and planes:row are two
  same alone.csv wanted
done
# A condition beside others is the condition alone: means and partners are of the same one.
expect 0 "$LESION" "${base[@]}" --contrast 1 --layers 'conv[12]' --kernels 0-5 --lesion mean,resample -q -f -o alone.csv
{ head -n 1 all.csv; grep -E ',(mean|resample),1,' all.csv; } >wanted
same alone.csv wanted
grep -q '"lesion": "weights,silence' all.csv.json || fail 'the provenance'

# ---- identities ----
# With one image, the mean over all is its own plane: nothing changes.
sed -n 1,2p list.csv >one.csv
expect 0 "$LESION" --model "$DEMO" --images images --labels one.csv --contrast 0.1 --lesion mean -q -o own.csv
columns own.csv noop | sort -u | tr '\n' ' ' | grep -qx '1 noop ' || fail 'the mean of one image changes something'
# With two images each is the other's partner, for any seed.
sed -n 1,3p list.csv >two.csv
two=(--model "$DEMO" --images images --labels two.csv --contrast 0.1 --layers conv1 --lesion resample -q)
expect 0 "$LESION" "${two[@]}" -o pair.csv
expect 0 "$LESION" "${two[@]}" --seed 5 -o again.csv
same pair.csv again.csv
expect 0 "$LESION" "${base[@]}" --layers conv1 --lesion resample -q -o seed0.csv
expect 0 "$LESION" "${base[@]}" --layers conv1 --lesion resample --seed 1 -q -o seed1.csv
cmp -s seed0.csv seed1.csv && fail '--seed pairs the same images'
# A one-wide kernel's only line is its plane.
cut -d, -f4 all.csv | grep -q planes || fail 'planes'

# ---- runs, shards and merging with means ----
run=("${base[@]}" --layers 'conv[12]' --kernels 0-5 --lesion weights,mean,resample -q)
expect 0 "$LESION" "${run[@]}" --run whole -o whole.csv
[ -f whole/means.npy ] || fail 'no means.npy'
expect 0 "$LESION" "${run[@]}" --shard 1/3 --run s1
expect 0 "$LESION" "${run[@]}" --shard 2/3 --run s2 --threads 1
expect 0 "$LESION" "${run[@]}" --shard 3/3 --run s3
same s1/means.npy whole/means.npy
expect 0 "$LESION" merge merged s3 s1 s2
diff -r -x tables.sha256 whole merged >differences || fail "merged: $(head -n 3 differences)"
expect 0 "$LESION" stats merged --table kernels -o tables -q
same tables/kernels.csv whole.csv
# Leftovers of a kill are removed; mean planes are not made again; another lesion is another run.
cp -r whole before
touch whole/means.npy.tmp99
undo() { printf '\377\377\377\377' | dd of=whole/predicted.npy bs=1 seek=$(($(wc -c <whole/predicted.npy) - 4)) conv=notrunc status=none; }
undo
expect 0 "$LESION" "${run[@]}" --run whole
diff -r before whole >differences || fail "carried on: $(head -n 3 differences)"
[ ! -e whole/means.npy.tmp99 ] || fail 'the leftover is still there'
expect 1 "$LESION" "${base[@]}" --layers 'conv[12]' --kernels 0-5 --lesion weights --run whole
err_says kernels.csv
expect 1 "$LESION" "${run[@]}" --seed 3 --run whole
err_says "line 26 is 'conv1,0,0,resample,0', not 'conv1,0,0,resample,3'"
sed '$d' list.csv >shorter.csv
expect 1 "$LESION" --model "$DEMO" --images images --labels shorter.csv --contrast 0.1,1 --layers 'conv[12]' --kernels 0-5 \
  --lesion weights,mean,resample -q --shard 1/3 --run s1
err_says 'is not in the list: put it back, or begin another run directory'
undo
printf '\0\0\300\177' | dd of=whole/means.npy bs=1 seek=$(($(wc -c <whole/means.npy) / 8 * 4)) conv=notrunc status=none # NaN
expect 1 "$LESION" "${run[@]}" --run whole
err_says 'is not finite'
truncate -s 1000 whole/means.npy
expect 1 "$LESION" "${run[@]}" --run whole
err_says means.npy

# ---- a race of one lesion ----
expect 0 "$LESION" "${base[@]}" --lesion mean --top 2 -q -o race.csv
columns race.csv lesion | sort -u | tr '\n' ' ' | grep -qx 'lesion mean ' || fail "race: $(head -n 3 race.csv)"
expect 2 "$LESION" "${base[@]}" --lesion mean,weights --top 2 -q
err_says '--lesion: a race takes one'

# ---- refusals ----
refuses() { # STATUS SENTENCE LESION
  expect "$1" "$LESION" "${base[@]}" --layers conv1 --lesion "$3" -q
  err_says "$2"
}
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" nothing
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" planes
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" planes:in=1:row=2
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" lines:in=1
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" lines:in=1:in=1
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" planes:in=-1
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" planes:depth=1
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" weights:in=1
refuses 2 "is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y" weights,
refuses 2 "planes:in=2 is given twice" planes:in=2,weights,planes:in=02
refuses 2 "lesion 'planes:in=3': no chosen layer's kernels have it" planes:in=3
expect 1 "$LESION" --model "$DEMO" --images images --labels one.csv --contrast 0.1 --lesion resample
err_says 'the list has 1 image, two at least are wanted'
expect 1 "$LESION" "${base[@]}" --lesion mean --memory 20M
err_says 'of memory are too few'
finish
