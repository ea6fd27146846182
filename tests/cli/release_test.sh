# scripts/release in a small repository: two archives of a commit are the same bytes, and what
# does not agree is refused.
. "$(dirname "$0")/support.sh" "$@"
command -v git >/dev/null || { echo 'skipped: there is no git'; exit 77; }

# Not the settings of who runs the test, and no repository around it.
unset "${!GIT_@}"
export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost
mkdir -p source/scripts source/.github source/include/lesion
cp "$TOP/scripts/release" source/scripts/
cat >source/scripts/test <<'STAND_IN'
#!/usr/bin/env bash
echo tested >>../tested
[ ! -e ../tests-fail ]
STAND_IN
chmod +x source/scripts/test
printf '#define LSN_VERSION "1.2.3"\n' >source/include/lesion/version.h
printf '# What is new\n\n## 1.2.3, 2026-01-31\n\nThis.\n\n## 1.2.2, 2025-01-31\n\nThat.\n' >source/.github/NEWS.md
release=source/scripts/release
commit() { git -C source add -A && git -C source commit -qm "$1"; }
git -c init.defaultBranch=main init -q source
commit first

expect 1 $release -c
err_says 'this commit has no tag v1.2.3: git tag -a v1.2.3'
git -C source tag v1.2.2
expect 1 $release -c
err_says 'no tag v1.2.3, but v1.2.2'
[ ! -e tested ] || fail 'tests are run before what is quickly checked'
git -C source tag -a -m 1.2.3 v1.2.3
expect 0 $release -c
out_says '1.2.3: version.h, NEWS.md and tag agree, the tree is clean, the tests pass'
[ -e tested ] || fail 'the tests are not run'
touch tests-fail
expect 1 $release -c
expect 0 $release -c -n
expect 1 $release "$PWD/failed"
[ ! -e failed ] || fail 'an archive though the tests fail'
rm tests-fail

# ---- the archive: its bytes follow from the commit ----
expect 0 $release "$PWD/a"
git clone -q source elsewhere
touch -d 2001-01-01 elsewhere/.github/NEWS.md
(umask 077 && TZ=Asia/Tokyo elsewhere/scripts/release -n "$PWD/b") >out 2>err || fail "in a clone: $(cat err)"
same a/lesion-1.2.3.tar.gz b/lesion-1.2.3.tar.gz
grep -q "^$(sha256sum <a/lesion-1.2.3.tar.gz | cut -d' ' -f1) " out || fail 'the SHA-256'
tar -tzf a/lesion-1.2.3.tar.gz | grep -v '/$' | LC_ALL=C sort >list
(cd source && git ls-files | sed 's,^,lesion-1.2.3/,' | LC_ALL=C sort) | diff list - || fail 'the files of the archive'
tar -xzf a/lesion-1.2.3.tar.gz && cmp -s lesion-1.2.3/.github/NEWS.md source/.github/NEWS.md || fail 'NEWS.md in the archive'

# ---- what does not agree ----
echo more >>source/.github/NEWS.md
expect 1 $release -c
err_says 'the tree is not clean, commit or remove:  M .github/NEWS.md'
git -C source checkout -q .
touch source/new
expect 1 $release -c
err_says '?? new'
rm source/new
# refused MESSAGE OLD NEW FILE: where OLD stands there as NEW.
refused() {
  sed -i "s/$2/$3/" "source/$4"
  commit changed
  git -C source tag -f v1.2.3 >/dev/null
  expect 1 $release -n "$PWD/no"
  err_says "$1"
  git -C source reset -q --hard HEAD^
  [ ! -e no ] || fail "an archive though $1"
}
refused "begins with '## 1.2.4, 2026-01-31', version.h says 1.2.3" '## 1.2.3' '## 1.2.4' .github/NEWS.md
refused "begins with '## 1.2.30, 2026-01-31', version.h says 1.2.3" '## 1.2.3' '## 1.2.30' .github/NEWS.md
refused "version.h says 1.2.4" 1.2.3 1.2.4 include/lesion/version.h
refused "'## 1.2.3, unreleased' has no date" 2026-01-31 unreleased .github/NEWS.md
refused "has no entry '## 1.2.3, YEAR-MONTH-DAY'" '^## ' '' .github/NEWS.md
refused "the version '1.2' is not three numbers" 1.2.3 1.2 include/lesion/version.h
expect 2 $release a b
err_says 'usage: scripts/release'
finish
