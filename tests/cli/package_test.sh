# Debian packages of this build: in an empty folder they give the table of the build's own
# program, and scripts/package sees what is wrong with one. Skipped where their tools are not.
. "$(dirname "$0")/support.sh" "$@"

skip() {
  echo "skipped: $*"
  exit 77
}
is_sanitized && skip 'packages are not made of a build with a sanitizer'
for program in cpack dpkg-deb dpkg-shlibdeps file readelf; do
  command -v $program >/dev/null || skip "there is no $program (scripts/dependencies package)"
done
build=$(dirname "$LESION")
[ -f "$build/CPackConfig.cmake" ] || skip "$build makes no packages"

expect 0 "$TOP/scripts/package" -b "$build" made
[ "$(find made -name '*.deb' | wc -l)" -eq 3 ] || fail "three packages are wanted: $(ls made)"
dpkg-deb -x made/lesion_*.deb unpacked
expect 0 unpacked/usr/bin/lesion --model unpacked/usr/share/lesion/demo.bin --layers conv3 -q -o a.csv
expect 0 "$LESION" --model "$DEMO" --layers conv3 -q -o b.csv
same a.csv b.csv
expect 0 unpacked/usr/bin/lesion help
out_says lesion-demo
expect 2 unpacked/usr/bin/lesion-demo --help
err_says 'usage: scripts/demo'
mv unpacked/usr/share/lesion/demo.bin .
expect 1 unpacked/usr/bin/lesion-demo
err_says 'are not both there: install lesion anew'

# ---- what is wrong with a package is found ----
# damaged MESSAGE COMMAND...: is said of the package lesion when this is done to what is in it.
damaged() {
  local message=$1
  shift
  rm -rf tree bad
  cp -r made bad
  dpkg-deb -R made/lesion_*.deb tree
  (cd tree && eval "$*")
  (cd tree && find usr -type f -exec md5sum {} + >DEBIAN/md5sums)
  [ "$message" != md5sums ] || echo '00000000000000000000000000000000  usr/bin/lesion' >tree/DEBIAN/md5sums
  rm bad/lesion_*.deb
  dpkg-deb --root-owner-group -b tree bad/lesion_0_all.deb >/dev/null || fail "dpkg-deb: $message"
  expect 1 "$TOP/scripts/package" -c bad
  err_says "$message"
}
damaged 'lesion: lacks its copyright' 'rm usr/share/doc/lesion/copyright'
damaged 'lesion: permissions' 'chmod 666 usr/share/lesion/demo.bin'
damaged 'lesion: permissions' 'chmod 4755 usr/bin/lesion'
damaged 'lesion: outside /usr' 'mkdir etc && touch etc/lesion.conf'
damaged 'lesion: manuals that are not compressed' 'gunzip usr/share/man/man1/lesion.1.gz'
damaged 'lesion: names the folder it was built in' "echo $TOP/src >usr/share/lesion/note"
damaged 'in several packages' 'mkdir -p usr/share/doc/liblesion-dev && touch usr/share/doc/liblesion-dev/copyright'
damaged 'what liblesion-dev should have' 'mkdir -p usr/include/lesion && touch usr/include/lesion/more.h'
damaged 'md5sums' true
damaged 'lesion: does not depend on what it is linked with' 'sed -i /^Depends/d DEBIAN/control'
damaged 'the sweep fails' 'rm usr/share/lesion/demo.bin'
mkdir none
expect 1 "$TOP/scripts/package" -c none
err_says 'has no packages'
expect 2 "$TOP/scripts/package" -c
err_says 'usage: scripts/package'
finish
