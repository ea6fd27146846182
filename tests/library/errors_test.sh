# Every public function that takes an err forgets an earlier call's error first; nothing behind
# them does, or a detailed error could be lost.
. "$(dirname "$0")/support.sh" "$@"

declared | grep 'struct lsn_error \*' | sed 's/ .*//' | LC_ALL=C sort -u >public
[ "$(wc -l <public)" -gt 70 ] || fail "found $(wc -l <public) functions that take an err"
# In a body, "late" once err has been used.
find "$TOP/src" -name '*.c' -exec awk '
  /^[a-z].*[ *][a-z0-9_]+\(/ { match($0, /[a-z0-9_]+\(/); name = substr($0, RSTART, RLENGTH - 1) }
  /^{/ { late = "" }
  /^    lsn_error_clear\(err\);/ { print name late }
  /^ .*[^a-z_]err[^a-z_]/ { late = " late" }' {} + | LC_ALL=C sort >clearing
same public clearing
exit $((failures > 0))
