# Psychometric curves from a run directory: the table's values computed again by SciPy, where
# installed; the same bytes with any number of threads; options; what is refused.
. "$(dirname "$0")/support.sh" "$@"

find_python 'numpy, scipy'

# computed RUN TABLE FLIPS SEED BOOTSTRAPS: the table is what RUN's arrays say.
computed() {
  [ -z "$python" ] && return
  "$python" "$TOP/tests/golden/check_psychometric.py" "$@" >computed 2>&1 ||
    fail "$2 is not what $1 holds: $(head -n 5 computed)"
}
lists() { [ "$(cd "$1" && echo *)" = "$2" ] || fail "$1 holds $(cd "$1" && echo *), not $2"; }
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" psychometric "$@"
  grep -qF -- "lesion: error: $sentence" err || fail "lacks '$sentence', says: $(cat err)"
  [ ! -s out ] || fail "standard output is not empty: $*"
}

expect 0 "$LESION" --model "$DEMO" --contrast 1,0.3,0.05,0.1,0,0.5 --kernels 0-7 --run demo -q

# ---- the values; in any order of contrasts, 0 among them ----
expect 0 "$LESION" psychometric demo --bootstraps 49 --flips 499 --seed 3 --threads 1
[ ! -s out ] && [ ! -s err ] || fail "says: $(cat out err)"
lists demo/tables psychometric.csv
table=demo/tables/psychometric.csv
[ "$(wc -l <$table)" -eq 33 ] || fail "$(wc -l <$table) lines of 32 kernels"
columns $table region normalise function contrasts images guess fit_intact | sed 1d | sort -u >got
echo all,none,weibull,6,320,0.125,fine | cmp -s - got || fail "the columns of all kernels: $(cat got)"
computed demo $table 499 3 49
# The check finds a changed cell, so it does compare.
if [ -n "$python" ]; then
  awk -F, -v OFS=, 'NR == 9 { $21 += .001 } { print }' $table >moved.csv
  "$python" "$TOP/tests/golden/check_psychometric.py" demo moved.csv 499 3 49 >computed 2>&1 && fail 'a shift that moved'
  grep -q 'conv1 7: shift is ' computed || fail "said: $(cat computed)"
fi
expect 0 "$LESION" psychometric demo --function naka-rushton --guess 0.1 --bootstraps 39 --flips 499 -o naka
computed demo naka/psychometric.csv 499 0 39

# ---- threads and options ----
expect 0 "$LESION" psychometric demo --bootstraps 49 --flips 499 --seed 3 --threads 5 -o five/times --verbose
err_says 'five/times/psychometric.csv: written'
same five/times/psychometric.csv $table
expect 0 "$LESION" psychometric demo --bootstraps 49 --flips 499 --seed 4 -o other
for pair in 'threshold_shift same' 'threshold_shift_ci_low other' 'lapse_p other'; do
  columns $table ${pair% *} >before
  columns other/psychometric.csv ${pair% *} >after
  cmp -s before after && how=same || how=other
  [ $how = "${pair#* }" ] || fail "another seed: ${pair% *} is $how"
done
expect 0 "$LESION" psychometric demo --bootstraps 41 --flips 499 --seed 3 -o fewer
columns fewer/psychometric.csv bootstraps | sed 1d | sort -nu | tail -n 1 | grep -qx 41 || fail 'the number of resamples'

# ---- lesions and regions are families of their own; those with three contrasts are passed over ----
expect 0 "$LESION" --model "$DEMO" --contrast 1,0.3,0.1,0.05 --region all,centre:0.5 --lesion weights,silence \
  --layers conv2 --kernels 0-3 --run families -q
expect 0 "$LESION" psychometric families --bootstraps 39
columns families/tables/psychometric.csv lesion region | sed 1d | uniq -c | awk '{ print $1 $2 }' >got
printf '4%s\n' weights,all weights,centre:0.5 silence,all silence,centre:0.5 | cmp -s - got || fail "families: $(cat got)"
awk -F, 'NR == 2 || $1 == "0.05" && $2 == "all" { sub(/all|centre:0.5/, "square:0.9") } { print }' families/conditions.csv >moved.csv
cp -r families three
cp moved.csv three/conditions.csv
expect 0 "$LESION" psychometric three --bootstraps 39 -o three/some -q
columns three/some/psychometric.csv region | sed 1d | sort -u >got
echo centre:0.5 | cmp -s - got || fail "regions with enough contrasts: $(cat got)"
expect 0 "$LESION" report three -q
grep -q 'Left out: A psychometric curve wants four contrasts, and here are fewer.' three/report/index.html ||
  fail 'the report does not say why a curve is left out'

# ---- what cannot be fitted says why ----
cp -r "$TOP/tests/golden/tables/run" golden
expect 2 "$LESION" psychometric golden
expect 0 "$LESION" --model "$DEMO" --contrast 0.5,0.6,0.7,0.8 --layers conv1 --kernels 0-1 --run high -q
expect 0 "$LESION" psychometric high --bootstraps 39
columns high/tables/psychometric.csv fit_intact threshold_intact threshold_shift threshold_shift_ci_low bootstraps | sed 1d | sort -u >got
echo flat,,,,0 | cmp -s - got || fail "curves at high contrasts: $(cat got)"

# ---- what is refused ----
refuses 2 'lesion psychometric wants RUN'
refuses 2 "--function: 'probit' is none of weibull|naka-rushton" demo --function probit
for bad in 1 -0.1 x; do
  refuses 2 "--guess: '$bad' is not a number from 0 to below 1" demo --guess $bad
done
refuses 2 "--bootstraps: '0' is not a whole number in 39 ... " demo --bootstraps 0
refuses 2 "the option '--low' is not known here" demo --low 0.1
refuses 2 'psychometric: the run has 3 contrasts in a region and normalisation, a curve wants 4; a sweep at --contrast 0.05,0.1,0.2,0.3,0.5,1 has enough' golden --quiet
refuses 1 "$table: exists; --force overwrites it" demo
refuses 1 'nowhere/run.json: cannot open' nowhere
refuses 2 '--output: demo is the run itself' demo --output demo
expect 0 "$LESION" psychometric demo --bootstraps 49 --flips 499 --seed 3 --force --quiet
same five/times/psychometric.csv $table
[ -z "$(find . -name '*tmp*')" ] || fail "left $(find . -name '*tmp*')"
finish
