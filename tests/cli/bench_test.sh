# scripts/bench on the demo: its output, and the tables of the programs that it compares with.
. "$(dirname "$0")/support.sh" "$@"

bench() { LESION=$LESION bash "$TOP/scripts/bench" "$@"; }

expect 2 bench
err_says 'usage: scripts/bench'
expect 2 bench -e 0 "$DEMO"
err_says '-e 0: is not a whole number from 1 on'
expect 1 bench -a nowhere "$DEMO"
err_says 'nowhere: is no program; build it'
mkdir empty
expect 1 bench -i empty "$DEMO"
err_says 'empty: has no PNG or JPEG images'

# Layers 2 and 4 of 4, two kernels each; the other lesion is this one.
expect 0 bench -t 1 -e 2 -k 2 -a "$LESION" -i "$TOP/data/images" "$DEMO"
out_says 'demo.bin: 4 kernels of 2 layers, 1 thread,'
grep -qE '^  lesion +[0-9.]+ ms +1\.00 x lesion' out || fail "lesion: $(cat out)"
grep -qE '^  other-lesion +[0-9.]+ ms +[0-9.]+ x lesion' out || fail "the other lesion: $(cat out)"
grep -qE '^  full +[0-9.]+ ms +[0-9.]+ x lesion' out || fail "full: $(cat out)"
grep -qE "^  executed [0-9.e+]+ multiply-adds, [0-9.]+ % of a full pass .* [0-9]+ % of sgemm's rate" out ||
  fail "executed: $(cat out)"

# The other programs predict the classes that lesion's table has.
if /usr/bin/python3 -c 'import numpy, torch, PIL' 2>/dev/null; then
  [ "$(grep -cE '^  torch-(full|cached) ' out)" -eq 2 ] || fail "PyTorch: $(cat out err)"
  grep -qE '^  torch-cached .* outcomes checked 4/4$' out || fail "outcomes: $(cat out)"
  expect 0 /usr/bin/python3 "$TOP/tests/golden/check_bench.py" network "$TOP/tests/golden/networks"
  expect 0 /usr/bin/python3 "$TOP/tests/golden/check_bench.py" calibrate "$TOP/data/images"
fi
finish
