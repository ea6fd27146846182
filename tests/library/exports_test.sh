# The shared library exports what the headers declare, and nothing else.
. "$(dirname "$0")/support.sh" "$@"

declared | sed 's/ .*//' | LC_ALL=C sort -u >headers
[ "$(wc -l <headers)" -gt 150 ] || fail "found $(wc -l <headers) functions in the headers"
nm -D --defined-only "$LIBRARY" | awk '{ print $NF }' | LC_ALL=C sort >exported
same headers exported
exit $((failures > 0))
