# Runs of which it is known which kernels are selective for low contrast: the tests of lesion
# stats keep their level at every intact accuracy and find what is there.
. "$(dirname "$0")/support.sh" "$@"

skip() {
  echo "skipped: $*"
  finish
  exit 77
}
is_sanitized && skip 'a sanitizer is slow'
find_python 'numpy'
[ -n "$python" ] || skip 'simulations want NumPy'

# simulate PROGRAM ARGUMENT...: its promises are of chance, which its fixed seed settles.
simulate() { "$python" "$TOP/scripts/simulate-selectivity" --lesion "$@" --flips 199; }
expect 0 simulate "$LESION" --repeats 2 --part equal --part fragile --part planted --part few
out_says '2 repeats; every promise is kept'

# Programs that take one measure for the other are found out: the columns change names.
faulty() { # NAME MEASURE MEASURE
  printf '#!/bin/sh\n"%s" "$@" && sed -i "1{%s}" "$6/selectivity.csv"\n' "$LESION" \
    "s/\$/,/; s/,$2,/,keep,/; s/,$3,/,$2,/; s/,keep,/,$3,/; s/,\$//" >"$1"
  chmod +x "$1"
}
faulty floored p_max lost_p_max
expect 1 simulate ./floored --repeats 1 --part equal
out_says 'BROKEN  lost_p_max: 7 of 10, at a level of 0.05'
faulty unweakened lost_p_max beyond_p_max
expect 1 simulate ./unweakened --repeats 1 --part fragile
out_says 'BROKEN  beyond_p_max: '
finish
