# Run directories with damaged contents: each is refused with exit 1 and one sentence that
# names the file, and its line where it has one. No network is needed to read a run.
. "$(dirname "$0")/support.sh" "$@"

# refuses SENTENCE COMMAND...: the command fails with only this sentence.
refuses() {
  local sentence=$1
  shift
  expect 1 "$@"
  [ "$(cat err)" = "lesion: error: $sentence" ] || fail "wanted '$sentence', says: $(cat err)"
  [ ! -s out ] || fail "standard output is not empty: $*"
}

# damaged FILE SCRIPT SENTENCE: a copy of the run, with FILE changed by sed, is refused.
damaged() {
  rm -rf run
  cp -r whole run
  sed "$2" "whole/$1" >"run/$1"
  cmp -s "run/$1" "whole/$1" && fail "'$2' does not change $1"
  refuses "$3" "$LESION" stats run
  [ ! -e run/tables ] || fail "tables of a damaged run: $2"
}

cp -r "$TOP/tests/golden/tables/run" whole
expect 0 "$LESION" stats whole -o tables -q

# ---- the axes: columns, rows, cells ----
for table in conditions kernels images; do
  for column in $(head -n 1 whole/$table.csv | tr , ' '); do
    [ $column != sampled_from ] || continue # without it the kernels are no sample
    damaged $table.csv "1s/\(^\|,\)$column\(,\|\$\)/\1other\2/" "run/$table.csv: has no column $column"
  done
done
damaged conditions.csv '2,$d' 'run/conditions.csv: has 0 rows'
while IFS='|' read -r table script rest; do
  damaged $table.csv "$script" "run/$table.csv: line $rest"
done <<'CASES'
images|2s/,0,/,x,/|2: 'x' is not a number in 0 ... 7
images|3s/,1,/,8,/|3: '8' is not a number in 0 ... 7
images|19s/,117$/,-1/|19: '-1' is not a number in 0 ... 9223372036854775807
conditions|2s/^0.1/2/|2: '2' is not a number in 0 ... 1
conditions|3s/mid-grey/median/|3: 'median' is not known
conditions|4s/trunc/floor/|4: 'floor' is not known
conditions|4s/,0,,/,x,,/|4: 'x' is not a number in 0 ... 9223372036854775807
conditions|2s/all/centre:x/|2: region 'centre:x': wants a number above 0 and up to 1, as in centre:0.5
conditions|3s/none/local/|3: normalisation 'local': is not of the form local:SIGMA
conditions|2s/0,0$/2,0/|2: '2' is not a number in 0 ... 1
conditions|2s/0,0$/0,x/|2: 'x' is not a number in 0 ... 1
kernels|2s/,0,0,/,x,0,/|2: 'x' is not a number in 0 ... 100000
kernels|3s/,0,1,/,0,-1,/|3: '-1' is not a number in 0 ... 2147483647
kernels|2s/weights/cut/|2: lesion 'cut': is none of weights, planes:in=I, planes:row=Y, planes:col=X, lines:in=I:row=Y, lines:in=I:col=X, lines:row=Y:col=X, silence, mean, resample
kernels|2s/,0,3$/,x,3/|2: 'x' is not a number in 0 ... 9223372036854775807
kernels|2s/3$/x/|2: 'x' is not a number in 0 ... 2147483647
CASES
long=$(printf '%065d' 0) # a digest has 64
for digest in "$long" short "${long%?}X" "${long%??}"; do
  damaged conditions.csv "2s/,0,,/,0,$digest,/" "run/conditions.csv: line 2: '$digest' is not a SHA-256"
done

# ---- run.json ----
for fact in format lesion blas_core model_sha256 image_list_sha256 classes engine alpha depth shard; do
  damaged run.json "s/\"$fact\"/\"other\"/" "run/run.json: has no \"$fact\" that could be read"
done
damaged run.json 's/"8"/8/' 'run/run.json: has no "classes" that could be read'
damaged run.json 's/run 3/run 1/' "run/run.json: its format is 'lesion-run 1', 'lesion-run 3' is read here"
for classes in x 0 -8; do
  damaged run.json "s/\"8\"/\"$classes\"/" "run: run.json has '$classes' classes"
done

# ---- the arrays ----
rm -rf run
cp -r whole run
rm run/margin.npy
refuses 'run/margin.npy: cannot open: No such file or directory' "$LESION" stats run
cp whole/rank.npy run/margin.npy
refuses 'run/margin.npy: is not the .npy array that was wanted' "$LESION" stats run

# ---- a run that is to go on ----
printf 'file,class\ndisc/0001.png,disc\nstar/0001.png,star\nring/0001.png,ring\n' >list.csv
sweep=("$LESION" --model "$DEMO" --images "$TOP/data/images" --labels list.csv --contrast 0.1 --kernels 0-1 --quiet)
expect 0 "${sweep[@]}" --run swept
cp -r swept before
echo >>swept/images.csv
refuses 'swept/images.csv: has more lines than wanted' "${sweep[@]}" --run swept
head -c -1 before/images.csv >swept/images.csv
refuses 'swept/images.csv: has fewer lines than wanted' "${sweep[@]}" --run swept
cp before/images.csv swept/images.csv
mkdir swept/loss.npy.tmp1
refuses 'swept: cannot remove loss.npy.tmp1: Is a directory' "${sweep[@]}" --run swept
rmdir swept/loss.npy.tmp1
diff -r before swept >differences || fail "a refused run changes: $(head -n 2 differences)"
# Faults in a directory in which a run is to begin.
ln -s nowhere dangling
refuses 'dangling: cannot open: No such file or directory' "${sweep[@]}" --run dangling
mkdir -p new/loss.npy && touch new/lock # as if it was begun
expect 1 "${sweep[@]}" --run new
err_says 'new/loss.npy: cannot create: Is a directory; this run needs '

# ---- shards ----
for i in 1 2; do
  expect 0 "${sweep[@]}" --lesion mean --shard $i/2 --run s$i
done
# merges SENTENCE SHARD...
merges() {
  local sentence=$1
  shift
  rm -rf merged
  refuses "$sentence" "$LESION" merge merged "$@"
}
for shard in x/2 0/2 3/2 2; do
  rm -rf bad
  cp -r s2 bad
  sed -i "s,\"2/2\",\"$shard\"," bad/run.json
  merges "bad: '$shard' is not a shard" s1 bad
  [ ! -e merged ] || fail "left merged: $shard"
done
expect 0 "${sweep[@]}" --lesion mean --engine full --shard 2/2 --run full
merges 's1 and full are not of one run: engine incremental and full' s1 full
rm -rf bad
cp -r s2 bad
printf x | dd of=bad/means.npy bs=1 seek=$(($(stat -c %s s2/means.npy) - 1)) conv=notrunc status=none
merges 'bad: its means.npy is not that of s1' s1 bad
rm bad/means.npy
merges 'bad: its means.npy is not that of s1' s1 bad
expect 0 "$LESION" merge merged s1 s2 -q
finish
