# lesion check compares two tables: its output and exit statuses; and the demo against its
# baseline, the regression check that lesion-check(1) shows.
. "$(dirname "$0")/support.sh" "$@"

# prints LINES: the last command's standard output must be exactly these.
prints() { printf '%s' "$1" | cmp -s - out || fail "printed: $(cat out)"; }
notes() { printf 'lesion: %s\n' "$1" | cmp -s - err || fail "noted: $(cat err)"; }

# ---- the demo ----
baseline=$TOP/tests/golden/demo_baseline.csv
for options in '' '--engine full'; do
  # $options is several words.
  bash "$TOP/tests/golden/make_baseline.sh" "$LESION" $options >now.csv || fail "make_baseline.sh $options"
  expect 0 "$LESION" check "$baseline" now.csv
  prints ''
  notes '60 rows compared, 0 cells moved'
done
# Another core type of OpenBLAS rounds differently, within the default tolerance.
case $(uname -m) in
x86_64)
  OPENBLAS_CORETYPE=Nehalem bash "$TOP/tests/golden/make_baseline.sh" "$LESION" >now.csv || fail 'make_baseline.sh'
  expect 0 "$LESION" check "$baseline" now.csv
  ;;
esac
# A change of the method is found.
bash "$TOP/tests/golden/make_baseline.sh" "$LESION" --quantize round >now.csv || fail 'make_baseline.sh'
expect 1 "$LESION" check "$baseline" now.csv
out_says 'layer=conv1 layer_index=0 kernel=0 lesion=weights contrast=0.1 region=all normalise=none: loss_intact '
[ "$(wc -l <out)" -eq 21 ] && tail -n 1 out | grep -qx 'and [0-9]* more' || fail "not 20 lines and a rest: $(cat out)"
# So is a change of one image for one kernel.
awk -F, -v OFS=, '$1 == "conv3" && $3 == 7 && $5 == 0.1 { $10-- } { print }' "$baseline" >now.csv
expect 1 "$LESION" check "$baseline" now.csv
[ "$(wc -l <out)" -eq 1 ] || fail "not one line: $(cat out)"
out_says 'layer=conv3 layer_index=2 kernel=7 lesion=weights contrast=0.1 region=all normalise=none: top1_lesioned '
out_says ' (-1, tolerance 0)'
expect 0 "$LESION" check "$baseline" now.csv --tolerance top1_lesioned=1

# ---- what is printed ----
printf 'layer,kernel,n,loss,name\nc1,0,10,0.5,a\nc1,1,11,0.5,a\nc1,2,12,0.5,a\n' >a.csv
printf 'layer,kernel,n,loss,name\nc1,3,10,0.5,a\nc1,2,14,0.25,"x\ny"\nc1,1,11,0.50001,\n' >b.csv
expect 1 "$LESION" check a.csv b.csv
prints "layer=c1 kernel=0: missing row
layer=c1 kernel=1: name a -> '' (not two numbers)
layer=c1 kernel=2: n 12 -> 14 (+2, tolerance 0)
layer=c1 kernel=2: loss 0.5 -> 0.25 (-0.25, tolerance 0.0001)
layer=c1 kernel=2: name a -> x?y (not two numbers)
layer=c1 kernel=3: extra row
"
notes '2 rows compared, 1 missing, 1 extra, 4 cells moved; largest: n 2, loss 0.25, name (not two numbers)'
expect 1 "$LESION" check a.csv b.csv --limit 2 --tolerance 1e-6
prints "layer=c1 kernel=0: missing row
layer=c1 kernel=1: loss 0.5 -> 0.50001 (+1e-05, tolerance 1e-06)
and 5 more
"
expect 1 "$LESION" check a.csv b.csv --limit 0
prints 'and 6 more
'
expect 1 "$LESION" check a.csv b.csv --quiet
prints ''
[ ! -s err ] || fail "--quiet says: $(cat err)"
expect 0 "$LESION" check a.csv a.csv -q
prints ''
[ ! -s err ] || fail "--quiet says: $(cat err)"
"$LESION" check a.csv b.csv >/dev/full 2>err
[ $? -eq 1 ] || fail 'check to a full device does not exit with 1'

# ---- what is refused ----
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" check "$@"
  err_says "lesion: error: $sentence"
  [ ! -s out ] || fail "standard output is not empty: $*"
}
: >empty.csv
mkdir folder.csv
mkfifo pipe.csv
head -n 1 a.csv >header.csv
printf 'layer,kernel,n,loss,name\nc1,0,1' >cut.csv
head -c 5000 /dev/zero >zeros.csv
printf 'layer,n\nc1,1\n' >other.csv
for bad in empty folder cut zeros pipe none; do
  refuses 1 "$bad.csv: " a.csv $bad.csv
  refuses 1 "$bad.csv: " $bad.csv a.csv
done
refuses 1 'header.csv: has no rows to compare with' header.csv a.csv
refuses 1 "other.csv: other columns than in a.csv: lacks 'kernel', 'loss', 'name'" a.csv other.csv
refuses 1 "a.csv: other columns than in other.csv: has 'kernel', 'loss', 'name'" other.csv a.csv
refuses 2 'lesion check wants BASELINE.csv NEW.csv' a.csv
refuses 2 "'c.csv' is one word too many" a.csv b.csv c.csv
refuses 2 "--tolerance: '-1' is not a number from 0 on" a.csv b.csv --tolerance=-1
refuses 2 "--tolerance: 'nan' is not a number from 0 on" a.csv none.csv --tolerance n=nan
refuses 2 "--tolerance: 'top1' is no column that is compared" a.csv b.csv --tolerance top1=1
refuses 2 "--limit: '-1' is not a whole number in 0 ... " a.csv b.csv --limit -1
finish
