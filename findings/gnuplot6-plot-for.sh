#!/usr/bin/env bash
# gnuplot 6.0.2 (Debian 13) undoes an assignment made after `plot for`, and draws another curve.
#
# One would guess that after k = 7 the command plot k*x draws 7x. Behind
#   k = 1
#   plot for [k=2:4] k*x
#   k = 7
#   plot k*x
# gnuplot 6.0.2 draws 1x, without a warning, and with data, plot $d using 1:($2*k), it is the same.
# Its manual says that k is restored at the end of the iteration. But behind the first plot k is 4,
# and it is the next plot command that sets it to 1, whatever was assigned in between; the one
# after that draws what it is told. gnuplot 5.4.4 (Debian 12) draws 7x. It takes a plot command
# with a function somewhere (a line at chance) and an iteration as its last part (the curves of all
# networks). If panels of the single ones follow, do for [k=2:4] { plot k*x }, the first has the
# curve of the old k and the others are right; where k had no value before, the script ends with
# "undefined variable: k", though that is inside a loop over k. By the source of 6.0.2 (plot2d.c)
# the pass over a command's functions is left behind its last curve before the iteration is ended,
# and plot_command ends it when the next plot begins. Who draws reports by a script that was right
# on Debian 12 gets a wrong panel on Debian 13, or none: use a loop's variable nowhere else, or let
# such a plot end in a part that is not iterated, plot for [k=2:4] k*x, NaN notitle.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 or 13 on
# amd64; it fetches about 70 MB and takes 200 MB of a temporary folder.
# shellcheck disable=SC2016 # the $ in single quotes are apt's and gnuplot's
set -euo pipefail
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Both releases come from the archive that this machine's apt uses for its own.
archive=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
  sed -n 's/^Debian Debian main //p' | sed -n 1p)
[ -n "$archive" ] || unusable 'apt knows no archive of Debian (try apt-get update)'
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keys" ] || unusable 'the package debian-archive-keyring is missing'

# gnuplot and all that it depends on, found as for an empty machine, unpacked and not installed.
fetch() { # RELEASE, VERSION
  local at=$work/$1
  mkdir -p "$at/lists/partial" "$at/parts" "$at/packages" "$at/root"
  touch "$at/status"
  echo "deb [signed-by=$keys] $archive $1 main" >"$at/sources.list"
  local apt=(-qq -o "Dir::Etc::sourcelist=$at/sources.list" -o "Dir::Etc::sourceparts=$at/parts"
    -o "Dir::State::lists=$at/lists" -o "Dir::State::status=$at/status" -o "Dir::Cache=$at"
    -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Acquire::Languages=none)
  apt-get "${apt[@]}" update >/dev/null 2>&1 || unusable "the list of Debian's $1 cannot be fetched"
  apt-get "${apt[@]}" --simulate --no-install-recommends install "gnuplot-nox=$2" 2>/dev/null |
    sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$at/list" || unusable "no gnuplot-nox $2 in Debian's $1"
  (cd "$at/packages" && xargs apt-get "${apt[@]}" download <"$at/list") || unusable 'a Debian package cannot be fetched'
  for package in "$at"/packages/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$at/root" --exclude './usr/share/*'
  done
  rm -r "$at/packages" "$at/lists"
  gnuplot "$1" --version >/dev/null || unusable "the unpacked gnuplot of $1 does not run"
}
gnuplot() { # RELEASE, arguments
  local root=$work/$1/root linker
  shift
  linker=$root/lib64/ld-linux-x86-64.so.2
  [ -e "$linker" ] || linker=$root/usr/lib64/ld-linux-x86-64.so.2
  env -i LC_ALL=C.UTF-8 HOME="$work" "$linker" \
    --library-path "$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/gnuplot-nox" "$@" 2>&1
}
fetch bookworm 5.4.4+dfsg1-2+b2
fetch trixie 6.0.2+dfsg1-1

# A case is a script, in which [plot ...] stands for a plot whose curves' heights at x = 1 are
# printed. Compared are these and all that the script prints.
changed=0
check() { # WHAT, expected of 5.4.4, expected of 6.0.2, SCRIPT
  local release expected got script
  script="set terminal dumb; set output '/dev/null'; set print '-'; set samples 2; set xrange [0:1]
\$d << END
0 0
1 1
END
$(sed -E 's/\[(plot [^]]*)\]/set table $t; \1; unset table; print $t/' <<<"$4")"
  echo "$1:"
  for release in bookworm trixie; do
    expected=$2
    [ $release = bookworm ] || expected=$3
    got=$(gnuplot $release -d - <<<"$script" |
      sed -n 's/^ 1  *\([^ ]*\)  *i *$/\1/p; s/^[a-z].* is /&/p; s/.*\(undefined variable: .*\)/\1/p; /[Ww]arning/p' | paste -sd ' ') || true
    if [ "$got" = "$expected" ]; then
      echo "  as described: by Debian's $release: $got"
    else
      echo "  CHANGED: by Debian's $release: $got, not $expected"
      changed=1
    fi
  done
}
for release in bookworm trixie; do
  echo "Debian's $release: $(gnuplot $release --version)"
done
check 'a variable behind plot for' 'k is 1' 'k is 4' 'k = 1
plot for [k=2:4] k*x
print sprintf("k is %g", k)'
check 'kx after plot for [k=...] and k = 7, and again after k = 9' '7 k is 7 9 k is 9' '1 k is 1 9 k is 9' 'k = 1
plot for [k=2:4] k*x
k = 7
[plot k*x]
print sprintf("k is %g", k)
k = 9
[plot k*x]
print sprintf("k is %g", k)'
check 'the same of data, times k' '7' '1' 'k = 1
plot 0, for [k=2:4] $d using 1:($2*k)
k = 7
[plot $d using 1:($2*k)]'
check 'panels of 2x, 3x and 4x after all in one, k being 50' '2 3 4' '50 3 4' 'k = 50
plot 0, for [k=2:4] k*x
do for [k=2:4] {
  [plot k*x]
}'
check 'panels, k being nothing' '2 3 4' 'undefined variable: k' 'plot 0, for [k=2:4] k*x
do for [k=2:4] {
  [plot k*x]
}'
check 'panels, the last part not iterated' '2 3 4' '2 3 4' 'k = 50
plot for [k=2:4] k*x, NaN notitle
do for [k=2:4] {
  [plot k*x]
}'
check 'panels, by another name' '2 3 4' '2 3 4' 'k = 50
plot 0, for [k=2:4] k*x
do for [n=2:4] {
  [plot n*x]
}'
check 'panels, no function in plot for' '2 3 4' '2 3 4' 'k = 50
plot for [k=2:4] $d using 1:($2*k)
do for [k=2:4] {
  [plot k*x]
}'
exit $changed
