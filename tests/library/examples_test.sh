# The examples against the installed library, as their readers build and run them: they give
# what the program's table has.
. "$(dirname "$0")/support.sh" "$@"
loads examples || exit 77

expect 0 cmake --install "$(dirname "$LESION")" --prefix "$WORK/tree"
pc=$(find "$WORK/tree" -name lesion.pc)
export PKG_CONFIG_PATH=${pc%/*}
flags=$(pkg-config --cflags --libs lesion) || fail "pkg-config finds no lesion in $pc"
export LD_LIBRARY_PATH=${pc%/pkgconfig/*}
arguments=("$DEMO" "$TOP/data/images" conv2 7 0.1)

expect 0 "$LESION" --model "$DEMO" --contrast 0.1 --layers conv2 --kernels 7 --output t.csv -q
columns t.csv lost gained images top1_drop | tail -n 1 | sed -E \
  's/(.*),(.*),(.*),(.*)/lost \1, gained \2 of \3 images, drop \4/' >wanted

# shellcheck disable=SC2086
expect 0 "$CC" -std=c17 -Wall -Wextra -pedantic -Werror "$TOP/tests/examples/drop.c" -o drop $flags
expect 0 ./drop "${arguments[@]}"
same out wanted
expect 1 ./drop nowhere.bin "${arguments[@]:1}"
err_says 'nowhere.bin: cannot open: No such file or directory'

python=
for candidate in python3 /usr/bin/python3; do
  [ -z "$python" ] && "$candidate" -c 'import numpy' 2>/dev/null && python=$candidate
done
if [ -n "$python" ]; then
  expect 0 env LIBLESION="$LD_LIBRARY_PATH/liblesion.so" "$python" "$TOP/tests/examples/drop.py" "${arguments[@]}"
  same out wanted
  expect 1 env LIBLESION="$LD_LIBRARY_PATH/liblesion.so" "$python" "$TOP/tests/examples/drop.py" \
    "${arguments[@]:0:4}" 2
  err_says "condition: contrast: '2' is not a number in 0 ... 1"
else
  echo 'drop.py: not run, there is no NumPy'
fi
exit $((failures > 0))
