# Sourced by the tests of the library, as cli/support.sh is, which it brings.
. "$(dirname "${BASH_SOURCE[0]}")/../cli/support.sh" "$@"
CC=${CC:-cc}
CXX=${CXX:-c++}
LIBRARY=$(dirname "$LESION")/liblesion.so

# A program without a sanitizer cannot load a library with one.
loads() {
  nm -D "$LIBRARY" | grep -qE ' U __(asan|ubsan|tsan)_' || return 0
  echo "$1: not run, the library is built with a sanitizer"
  return 1
}

# declared: every public function with its parameters, a line each: "lsn_x (int a, ...)".
declared() {
  "$CC" -std=c17 -E -P -I"$TOP/include" -x c "$TOP/include/lesion/lesion.h" | tr '\n' ' ' |
    grep -oE '\blsn_[a-z0-9_]+ ?\([^;{}]*\);' | sed 's/ *(/ (/'
}
