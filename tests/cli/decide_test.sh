# Decisions between groups of classes: subsets and superclasses, by every command; the values
# computed again with NumPy, where that is installed.
. "$(dirname "$0")/support.sh" "$@"

images=$TOP/data/images
# The map leaves out two of the demo's classes, and has groups of three, two and one. Every
# eighth image of its six; labelled by group, or by class.
printf 'class,group\ndisc,round\nring,round\n2,edgy\ntriangle,edgy\nstar,edgy\ngrating,lines\n' >map.csv
printf 'class,group\nstar,star\n0,disc\ngrating,stripes\n' >subset.csv
(cd "$images" && ls -- {disc,ring,square,triangle,star,grating}/*) | awk 'NR % 8 == 1' >files
awk -F/ 'BEGIN { print "file,class"; g["disc"] = g["ring"] = "round"; g["grating"] = "lines" }
  { print $0 "," (g[$1] ? g[$1] : "edgy") }' files >groups.csv
awk -F/ 'BEGIN { print "file,class" } { print $0 "," $1 }' files >classes.csv
grep -E '^file|^(disc|star|grating)/' classes.csv >few.csv
base=(--model "$DEMO" --images "$images" --contrast 0.1,1)
decided=("${base[@]}" --labels groups.csv --decide map.csv)
sweep=("$LESION" "${decided[@]}" --layers 'conv[24]' --kernels 0-5)

# ---- the intact network: what is said, and the decisions ----
find_python numpy
for rule in mean max; do
  expect 0 "$LESION" eval "${decided[@]}" --decide-by $rule --per-image $rule.csv --logits $rule.npy -o $rule.eval.csv
  [ -z "$python" ] || "$python" "$TOP/tests/golden/check_decide.py" table "$DEMO" map.csv $rule $rule.npy $rule.csv >computed ||
    fail "$rule: $(head -n 3 computed)"
done
cat >wanted <<END
lesion: map.csv: decides between 3 groups of 6 of 8 classes (by index and name), by the largest of their logits
lesion: groups.csv: $(wc -l <files) images of 3 groups, by group
END
same wanted err
cmp -s mean.csv max.csv && fail 'mean and max decide alike'
expect 0 "$LESION" eval "${decided[@]}" --labels classes.csv --per-image named.csv -o -
err_says 'images of 3 groups, by name'
same named.csv mean.csv
expect 0 "$LESION" eval "${base[@]}" --labels few.csv --decide subset.csv --per-image few.out.csv --logits few.npy -o -
err_says 'subset.csv: decides between 3 of 8 classes (by index and name)'
[ -z "$python" ] || "$python" "$TOP/tests/golden/check_decide.py" table "$DEMO" subset.csv max few.npy few.out.csv >computed ||
  fail "subset: $(head -n 3 computed)"
expect 0 "$LESION" eval "${base[@]}" --labels few.csv --decide subset.csv --decide-by max --per-image few.max.csv -o - -q
same few.out.csv few.max.csv
# The logits are the network's own.
expect 0 "$LESION" eval "${base[@]}" --labels classes.csv --logits whole.npy -o - -q
same whole.npy mean.npy
sum=$(sha256sum map.csv | cut -d' ' -f1)
tr -d '\n\t ' <max.eval.csv.json >flat
for key in "\"decide\":{\"map_sha256\":\"$sum\",\"by\":\"max\",\"classes\":6,\"groups\":3,\"group_names\":[\"round\",\"edgy\",\"lines\"]}" \
  '"decide":"map.csv","decide-by":"max"'; do
  grep -qF "$key" flat || fail "provenance lacks $key: $(cat flat)"
done

# ---- each class its own group, in their order: the network as it is ----
printf 'class,group\n' >identity.csv
for class in disc ring square triangle cross star grating checker; do echo "$class,$class"; done >>identity.csv
expect 0 "$LESION" "${base[@]}" --labels classes.csv --layers conv2 --kernels 0-9 -q -o plain.csv
for rule in mean max; do
  expect 0 "$LESION" "${base[@]}" --labels classes.csv --layers conv2 --kernels 0-9 --decide identity.csv --decide-by $rule -q -o identity.$rule.csv
  same plain.csv identity.$rule.csv
done

# ---- a sweep in a run directory ----
expect 0 "${sweep[@]}" --run run -o run.csv
grep -q "\"decide\": \"mean $sum\"" run/run.json && grep -q '"classes": "3"' run/run.json || fail "$(cat run/run.json)"
expect 0 "${sweep[@]}" --run full --engine full
for array in predicted rank intact_predicted intact_rank; do same run/$array.npy full/$array.npy; done
expect 0 "${sweep[@]}" --decide-by max --run max
if [ -n "$python" ]; then
  place=0
  for kernel in conv2:3 conv4:5; do
    place=$((place == 0 ? 3 : 11)) # conv2's six, then conv4's
    "$python" "$TOP/tests/golden/check_decide.py" zero "$DEMO" ${kernel%:*} ${kernel#*:} zero.bin
    expect 0 "$LESION" eval "${base[@]}" --model zero.bin --labels classes.csv --logits zero.npy -o - -q -f
    for run in run:mean full:mean max:max; do
      "$python" "$TOP/tests/golden/check_decide.py" run "$DEMO" map.csv ${run#*:} zero.npy ${run%:*} $place >computed ||
        fail "$kernel of $run: $(head -n 3 computed)"
    done
  done
fi
# noop considers all logits, also those of classes in no group.
expect 0 "$LESION" "${base[@]}" --labels classes.csv --layers 'conv[24]' --kernels 0-5 --run all -q
same all/same.npy run/same.npy
# It goes on where cells are missing, and not with another map, rule or none.
cp -r run cut
printf '\377\377\377\377' | dd of=cut/predicted.npy bs=1 seek=$(($(wc -c <cut/predicted.npy) - 40)) conv=notrunc 2>/dev/null
cmp -s cut/predicted.npy run/predicted.npy && fail 'nothing was cut'
expect 0 "${sweep[@]}" --run cut -o cut.csv
same run.csv cut.csv
same cut/predicted.npy run/predicted.npy
{ cat map.csv; echo cross,lines; } >other.csv
for other in '--decide other.csv' '--decide-by max'; do
  expect 1 "${sweep[@]}" $other --run run
  err_says "run: is a run with decide mean $sum, not m"
done
expect 1 "$LESION" "${base[@]}" --labels classes.csv --layers 'conv[24]' --kernels 0-5 --run run
err_says "run: is a run with decide mean $sum, not none"
expect 1 "${sweep[@]}" --run all
err_says "all: is a run with decide none, not mean $sum"
for i in 1 2; do expect 0 "${sweep[@]}" --run shard$i --shard $i/2; done
expect 0 "$LESION" merge merged shard1 shard2
same merged/loss.npy run/loss.npy
same merged/run.json run/run.json
expect 0 "${sweep[@]}" --decide-by max --run mixed --shard 2/2
expect 1 "$LESION" merge other shard1 mixed
err_says "shard1 and mixed are not of one run: decide mean $sum and max $sum"

# ---- tables, and the other commands ----
expect 0 "$LESION" stats run
same run/tables/kernels.csv run.csv
columns run/tables/classes.csv class class_name | sed 1d | sort -u >listed
printf '0,round\n1,edgy\n2,lines\n' >wanted
same wanted listed
expect 0 "$LESION" eval "${decided[@]}" -q -o intact.csv
same run/tables/intact.csv intact.csv
expect 0 "${sweep[@]}" --top 2 -q -o race.csv
columns race.csv contrast images layer kernel lost gained | awk -F, 'NR > 1 && $2 == '"$(wc -l <files)"' { print $1, $3, $4, $5, $6 }' >raced
columns run.csv contrast layer kernel lost gained | tr , ' ' | grep -Fxf raced | sort >found
sort raced | cmp -s - found || fail "the race has other counts: $(cat raced)"
[ -s raced ] || fail "the race ran no kernel on all images: $(cat race.csv)"
expect 0 "$LESION" "${decided[@]}" --contrast 0.05,0.1,0.3,1 --layers conv1 --kernels 0-1 --run curve
expect 0 "$LESION" psychometric curve --bootstraps 39 --flips 19
columns curve/tables/psychometric.csv guess | sort -u | tr '\n' ' ' >guess
grep -q '^0.333333333 guess ' guess || fail "guesses: $(cat guess)"
expect 0 "$LESION" greedy "${decided[@]}" --layers conv2 --kernels 0-5 --steps 1 --orders 0 -q
columns out contrast kernel lost gained | sed 1d >first
columns run.csv contrast layer kernel lost gained | sed -n 's/,conv2,/,/p' | grep -Fxf - first | cmp -s - first || fail "greedy: $(cat first)"
expect 0 "$LESION" group "${decided[@]}" --kernels conv2:3 -q
columns out contrast lost gained changed | sed 1d >ours
columns run.csv contrast layer kernel lost gained changed | sed -n 's/,conv2,3,/,/p' >wanted
same wanted ours
expect 0 "$LESION" invariance "${decided[@]}" --nodes fc6 -q
expect 0 "$LESION" images "${base[@]:0:4}" --labels groups.csv --decide map.csv --output seen.csv
out_says 'classes  3 with images, 0 without'
grep -q ',1,edgy,' seen.csv || fail "images: $(head -n 2 seen.csv)"
claims=("$LESION" claims --model "$DEMO" --images "$images" --labels groups.csv --decide map.csv --layers 'conv[12]' --kernels 0-3 --low 0.1 --flips 99)
expect 0 "${claims[@]}" --output claims
cp out first
expect 0 "${claims[@]}" --output claims
same first out
expect 1 "${claims[@]}" --decide-by max --output claims
err_says 'claims: is a run with decide mean'
expect 0 "$LESION" report claims --model "$DEMO" --images "$images" --labels groups.csv --decide map.csv --flips 19 --output report -q
expect 1 "$LESION" report claims --model "$DEMO" --images "$images" --labels classes.csv --flips 19 --output none -q
err_says "the run's map of groups is 'mean $sum', here it is 'none'; give --decide and --decide-by"

# ---- what is refused ----
refuses() { # STATUS TEXT OPTION...
  local status=$1 text=$2
  shift 2
  expect "$status" "$LESION" eval "${base[@]}" --labels groups.csv "$@" -o none.csv
  err_says "$text"
  [ ! -e none.csv ] || fail "writes a table: $*"
}
refuses 2 '--decide-by goes with --decide' --decide-by max
refuses 2 "--decide-by: 'sum' is none of mean|max" --decide map.csv --decide-by sum
refuses 1 'nowhere.csv' --decide nowhere.csv
printf 'class,group\ndisc,a\ndisc,b\n' >twice.csv
refuses 1 "twice.csv: line 3: class 0 ('disc') is on line 2 already; a class belongs to one group" --decide twice.csv
refuses 1 "groups.csv: line 2: class 'round' is no group of the map, and no class's index, id or name in the model" --decide identity.csv
expect 1 "$LESION" eval "${base[@]}" --decide map.csv -o none.csv
err_says "images: 'checker' is class 7, which the map has in no group; add it to the map, or leave its images out of the list"
expect 2 "$LESION" stats run --decide map.csv
finish
