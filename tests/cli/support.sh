# Sourced by the command-line tests, which run with: $1 the program, $2 the
# project's folder, $3 a scratch folder of their own.
set -u
LESION=$1
TOP=$2
WORK=$3
rm -rf "$WORK"
mkdir -p "$WORK"
cd "$WORK" || exit 1
unset LESION_IMAGES
failures=0
DEMO="$TOP/data/demo.bin"

fail() {
  printf 'FAIL %s\n' "$*"
  failures=$((failures + 1))
}

# expect STATUS COMMAND...: runs it with its output in the files out and err.
expect() {
  local wanted=$1 got
  shift
  "$@" >out 2>err
  got=$?
  [ $got -eq "$wanted" ] || fail "exit $got, wanted $wanted: $* ($(head -n 3 err))"
}

# err_says TEXT / out_says TEXT: the last command's output holds it.
err_says() { grep -qF -- "$1" err || fail "stderr lacks '$1', says: $(cat err)"; }
out_says() { grep -qF -- "$1" out || fail "stdout lacks '$1', says: $(head -n 5 out)"; }

# same A B: the two files are alike.
same() { cmp -s "$1" "$2" || fail "$1 and $2 differ: $(diff "$1" "$2" | head -n 4)"; }

# columns TABLE NAME...: those columns of a CSV without quotes, in that order, with header.
columns() {
  local table=$1
  shift
  awk -F, -v OFS=, -v names="$*" 'NR == 1 { n = split(names, name, " "); for (i = 1; i <= NF; i++) at[$i] = i }
    { row = ""; for (i = 1; i <= n; i++) row = row (i > 1 ? "," : "") (name[i] in at ? $at[name[i]] : "no " name[i])
      print row }' "$table"
}

# Whether the program is built with a sanitizer.
is_sanitized() { ldd "$LESION" | grep -qE 'lib[at]san'; }

# find_python MODULES: a Python with them in $python, or nothing, which is said.
find_python() {
  for python in python3 /usr/bin/python3 ''; do
    [ -z "$python" ] || "$python" -c "import $1" 2>/dev/null && break
  done
  [ -n "$python" ] || echo "no Python with $1: numbers are not computed again"
}

finish() {
  cd /
  rm -rf "$WORK"
  [ $failures -eq 0 ] || exit 1
}

# Real networks and images, or the test is skipped.
need_test_data() {
  DATA=${LESION_TEST_DATA:-$TOP/../shared}
  [ -d "$DATA/models" ] && [ -d "$DATA/images" ] && return
  echo "skipped: no test data at $DATA (LESION_TEST_DATA names another place)"
  exit 77
}
