# Tables from a run directory: which are written, where, of what; what is refused; and
# their values computed again by NumPy, where there is one.
. "$(dirname "$0")/support.sh" "$@"

find_python 'numpy, scipy'

# computed RUN DIR: the tables in DIR are what RUN's arrays say.
computed() {
  [ -z "$python" ] && return
  "$python" "$TOP/tests/golden/make_tables.py" check "$1" "$2" >computed 2>&1 ||
    fail "$2 is not what $1 holds: $(head -n 5 computed)"
}
# put VALUE FILE OFFSET: four bytes, as printf writes them.
put() { printf "$1" | dd of="$2" bs=1 seek="$3" conv=notrunc status=none; }
lists() { [ "$(cd "$1" && echo *)" = "$2" ] || fail "$1 holds $(cd "$1" && echo *), not $2"; }

all='classes.csv images.csv intact.csv kernels.csv layers.csv selectivity.csv'
cp -r "$TOP/tests/golden/tables/run" run

# ---- an unfinished run ----
expect 0 "$LESION" stats run
lists run/tables "$all"
[ ! -s out ] || fail "printed: $(cat out)"
printf 'lesion: run: not finished; tables of the first 16 of 18 images, which are complete\n' |
  cmp -s - err || fail "noted: $(cat err)"
computed run run/tables
for table in $all; do
  expect 0 "$LESION" check "run/tables/$table" "$TOP/tests/golden/tables/$table" --tolerance 1e-7
done
# A cell that moves is found: the check does look.
if [ -n "$python" ]; then
  cp -r run/tables moved
  awk -F, -v OFS=, 'NR == 4 { $NF = 1 - $NF } { print }' run/tables/classes.csv >moved/classes.csv
  "$python" "$TOP/tests/golden/make_tables.py" check run moved >computed 2>&1 && fail 'a worst class that moved'
  grep -q 'classes: row 2: worst is' computed || fail "said: $(cat computed)"
fi

# ---- a finished one; where to, and which ----
cp -r run whole
rm -r whole/tables
put '\1\0\0\0' whole/predicted.npy $((128 + ((16 * 3 + 1) * 16 + 8) * 4))
expect 0 "$LESION" stats whole --output here/and/there
lists here/and/there "$all"
lists whole 'area.npy conditions.csv images.csv intact_loss.npy intact_margin.npy intact_predicted.npy intact_rank.npy kernels.csv loss.npy margin.npy predicted.npy rank.npy run.json same.npy'
[ ! -s out ] && [ ! -s err ] || fail "says: $(cat out err)"
computed whole here/and/there
expect 0 "$LESION" stats whole --table layers,classes -o some --verbose
lists some 'classes.csv layers.csv'
err_says 'some/classes.csv: written'
for table in layers classes; do same some/$table.csv here/and/there/$table.csv; done

# ---- selectivity's options ----
expect 0 "$LESION" stats whole --table selectivity --low 0.50 --high 1 -o half
# conv1 and its comma-free name come first.
columns half/selectivity.csv contrast_low contrast_high | sed -n 2p | grep -qx '0.5,1' || fail 'the contrasts of half'
cmp -s half/selectivity.csv here/and/there/selectivity.csv && fail '--low changes nothing'
# auto: of the run's contrasts the one whose intact accuracy is nearest to the share of that at high.
# (Of 18 images 16 are right at 1, 11 at .5 and 12 at .1 before a lesion.)
expect 0 "$LESION" stats whole --table selectivity --low auto -o auto
err_says 'low contrast 0.5: the one whose intact accuracy (region all, normalisation none) is nearest to 0.667 of that at 1'
same auto/selectivity.csv half/selectivity.csv
expect 0 "$LESION" stats whole --table selectivity --low auto --low-accuracy 0.75 -o auto -f -q
same auto/selectivity.csv here/and/there/selectivity.csv
expect 0 "$LESION" stats whole --table selectivity --flips 99 --seed 1 -o few
expect 0 "$LESION" stats whole --table selectivity --flips 99 --seed 2 -o other
expect 0 "$LESION" stats whole --table selectivity --flips 99 --seed 1 -o again
same few/selectivity.csv again/selectivity.csv
cmp -s few/selectivity.csv other/selectivity.csv && fail 'the seed changes nothing'
sed 's/^0.1,\|^1,/0.5,/' run/conditions.csv >one.csv
cp -r whole one
cp one.csv one/conditions.csv
expect 0 "$LESION" stats one
lists one/tables "${all% *}"
printf 'lesion: no selectivity.csv: the run has one contrast only\n' | cmp -s - err || fail "noted: $(cat err)"

# ---- what is refused ----
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" stats "$@"
  grep -qF -- "lesion: error: $sentence" err || fail "lacks '$sentence', says: $(cat err)"
  [ ! -s out ] || fail "standard output is not empty: $*"
}
refuses 2 'lesion stats wants RUN'
refuses 2 "'two' is one word too many" run two
refuses 2 "--table: 'all' is none of kernels, intact, images, selectivity, layers and classes" run --table all
refuses 2 "--table: '' is none of " run --table kernels,
refuses 2 "--flips: '0' is not a whole number in 1 ... " run --flips 0
refuses 2 "--low: '10%' is neither auto nor a number in 0 ... 1" run --low 10%
refuses 2 '--high: the run has no contrast 0.9' whole --high 0.9 -o none
refuses 2 'selectivity: the low contrast, 1, is not below the high one, 0.5' whole --low 1 --high 0.5 -o turned
[ -z "$(ls turned)" ] || fail 'tables of wrong contrasts'
refuses 2 "--low: 'lowest' is neither auto nor a number" whole --low lowest -o turned
refuses 2 '--low-accuracy goes with --low auto' whole --low-accuracy 0.5 -o turned
refuses 2 "--low-accuracy: '-1' is not a number" whole --low auto --low-accuracy -1 -o turned
refuses 2 'low contrast: the run has none below 0.5' one --low auto -o lone
refuses 2 'selectivity: wants two contrasts, the run has 0.5 only' one --table selectivity -o lone
refuses 1 'nowhere/run.json: cannot open' nowhere
refuses 1 'run/run.json/run.json: ' run/run.json
refuses 1 'run/run.json/tables: cannot create' run -o run/run.json/tables
[ ! -e none ] && [ ! -e run/run.json/tables ] || fail 'a folder was made'
# All outputs are looked at before the first is written.
rm run/tables/kernels.csv
cp run/tables/layers.csv before.csv
refuses 1 'run/tables/selectivity.csv: exists; --force overwrites it' run
lists run/tables "${all/kernels.csv /}"
echo changed >run/tables/layers.csv
expect 0 "$LESION" stats run --force --quiet
[ ! -s err ] || fail "--quiet says: $(cat err)"
same run/tables/layers.csv before.csv
lists run/tables "$all"
# No image; arrays that are not of this run.
cp -r whole empty
put '\377\377\377\377' empty/intact_predicted.npy 128
refuses 1 'empty: no image is complete yet' empty
[ ! -e empty/tables ] || fail 'left empty/tables'
cp -r whole cut
head -c 500 whole/rank.npy >cut/rank.npy
refuses 1 'cut/rank.npy: ' cut
[ -z "$(find . -name '*tmp*')" ] || fail "left $(find . -name '*tmp*')"

# ---- the demo ----
expect 0 "$LESION" --model "$DEMO" --contrast 1,0.1,0.05 --kernels 0-7 --run demo -q
expect 0 "$LESION" stats demo
computed demo demo/tables
finish
