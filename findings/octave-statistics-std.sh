#!/usr/bin/env bash
# Octave's statistics package, once loaded, changes the standard deviation of an 8-bit image.
#
# One would guess that a package adds functions and leaves std what it is. Octave 7.3.0 has the
# same std for an image of uint8 as for its pixels as floating point numbers. "pkg load
# statistics" (1.5.3) puts a var and a std of its own in front, and these subtract the mean in
# the image's type, where what would be negative is 0: all pixels darker than the mean count as
# the mean, and fractions are rounded. So the rms contrast, std / mean, of a sine grating falls
# by 29 %, at every contrast, that of a dark letter on a light ground by 54 %, from 0.31 to 0.15,
# and that of the negative, the light letter, by 11 %; the two have the same std, 51.7, and get
# 24.0 and 45.8. std2 of the image package, made for images, calls std and changes, too. The
# manual's formula is the right one. Loading warns that var, std, mean and median shadow those of
# Octave, and not that they compute something else; "pkg load optim", of the package for fits
# with bounds, loads statistics, too. The package's source kept these lines until it dropped its
# var in November 2025, and Octave's own var of October 2024 (10.0.0, not tried) has taken them
# over. Who loads it for a t test or a fit, and equates images in contrast in the same session,
# shows an observer or a network contrasts that differ with polarity, and from those of a session
# without it. Convert first: std (double (image(:))).
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 130 MB and takes 600 MB of a temporary folder.
set -euo pipefail
octave=7.3.0-2
image=2.14.0-4
statistics=1.5.3-2
optim=1.6.2-3
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Octave and the packages, with all that they depend on, found as for an empty machine, unpacked
# and not installed. Left out are the largest that are only loaded to draw.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
wanted=("octave=$octave" "octave-image=$image" "octave-statistics=$statistics" "octave-optim=$optim")
apt-get "${apt[@]}" --simulate --no-install-recommends install "${wanted[@]}" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(libllvm15|libz3-4|libgl1-mesa-dri|iso-codes)=' >"$work/list" ||
  unusable "no ${wanted[*]} among Debian's packages (Debian 12 has them; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/doc/*'
done
rm -r "$work/packages"
usr=$work/root/usr/lib/x86_64-linux-gnu
libraries=$work/root/lib/x86_64-linux-gnu:$usr:$work/root/usr/lib:$usr/octave/${octave%-*}:$usr/blas:$usr/lapack
octave() {
  env -i LC_ALL=C.UTF-8 HOME="$work" TMPDIR="$work" OCTAVE_HOME="$work/root/usr" OCTAVE_EXEC_HOME="$work/root/usr" \
    "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
    "$work/root/usr/bin/octave-cli" --quiet --no-gui --no-history --no-init-file "$@"
}
octave --eval 'exit (0)' || unusable 'the unpacked Octave does not load'

cat >"$work/contrast.m" <<'OCTAVE'
1; % a script, not a function
function judge (holds, what)
  global changed
  if (holds)
    printf ("as described: %s\n", what);
  else
    printf ("CHANGED: not so: %s\n", what);
    changed += 1;
  endif
endfunction

% The packages are where they were unpacked, and are loaded as they would be once installed.
global changed = 0;
usr = [getenv("HOME") "/root/usr"];
pkg ("prefix", [usr "/share/octave/packages"], [usr "/lib/x86_64-linux-gnu/octave/packages"]);
pkg ("local_list", [getenv("HOME") "/octave_packages"]);
pkg rebuild
pkg load image
assert (strncmp (which ("std2"), usr, numel (usr)));
printf ("Octave %s, image %s, statistics %s\n", version (), pkg ("list", "image"){1}.version, pkg ("list", "statistics"){1}.version);

% Sine gratings about grey level 128, and a letter E in grey levels 64 and 191, dark and light.
sine = sin (2 * pi * ((0:255) + 0.5) / 32);
grating = @(contrast) repmat (uint8 (round (128 * (1 + contrast * sine))), 256, 1);
strokes = ones (5);
strokes([2 4], 2:5) = 0;
letter = padarray (kron (strokes, ones (10)), [20 20]);
two = repmat (uint8 (100 + (sine > 0)), 256, 1);
images = {grating(0.5), grating(0.05), grating(0.01), uint8(191 - 127 * letter), uint8(64 + 127 * letter), two};
names = {"grating, contrast 0.5", "grating, contrast 0.05", "grating, contrast 0.01", "dark letter", "light letter", "100 and 101"};
right = cellfun (@(x) std (double (x(:))), images);

measure = @(f) cellfun (f, images);
alone = measure (@(x) std (x(:)));
alone2 = measure (@(x) std2 (x));
mean_alone = measure (@(x) mean (x(:)));
judge (max (abs (alone ./ right - 1)) < 1e-9 && isequal (alone, alone2), "Octave's std and std2 of 8-bit images are right");

lastwarn ("");
pkg load statistics
judge (! isempty (strfind (lastwarn (), "shadows a core library function")), "loading warns of functions that are shadowed");
lastwarn ("");
loaded = measure (@(x) std (x(:)));
loaded2 = measure (@(x) std2 (x));
mean_loaded = measure (@(x) mean (x(:)));
for k = 1:numel (images)
  printf ("%-22s std %.3f, with statistics loaded %.3f; rms contrast %.4f and %.4f\n", names{k}, alone(k), loaded(k),
    alone(k) / mean_alone(k), loaded(k) / mean_loaded(k));
endfor
ratio = loaded ./ alone;
judge (all (abs (ratio(1:3) - sqrt (0.5)) < 0.001), "a sine grating's falls to 0.707 of it, at each contrast");
judge (abs (ratio(4) - 0.464) < 0.001 && abs (ratio(5) - 0.886) < 0.001 && abs (alone(4) - alone(5)) < 1e-9,
  "a dark letter's falls to 0.46 of it, a light one's to 0.89, of the same std");
judge (abs (alone(6) - 0.5) < 1e-3 && abs (loaded(6) - sqrt (0.5)) < 1e-3,
  "that of 100 and 101 in equal parts rises from 0.5 to 0.71");
judge (isequal (loaded, loaded2), "std2 of the image package changes in the same way");
judge (isequal (mean_alone, mean_loaded), "the mean does not change");
judge (isempty (lastwarn ()), "computing them warns of nothing");

% What the package computes.
above = @(x) sqrt (sum (double (x(:) - mean (x(:))) .^ 2) / (numel (x) - 1));
judge (max (abs (loaded ./ measure (above) - 1)) < 1e-9,
  "it is the root of the squared deviations in uint8, those below the mean being 0");
judge (max (abs (measure (@(x) std (double (x(:)))) ./ right - 1)) < 1e-9, "of double numbers, the package's std is right");
judge (! isempty (strfind (get_help_text ("var"),
  "SUM_i (|@var{x}(i) - mean (@var{x})|^2)")), "the manual of its var has the right formula");

pkg unload statistics
judge (isequal (measure (@(x) std (x(:))), alone), "with statistics unloaded, std is right again");
pkg load optim
judge (isequal (measure (@(x) std (x(:))), loaded), "with optim loaded it changes again, since optim loads statistics");
exit (changed > 0);
OCTAVE

echo "Debian's octave $octave, octave-image $image, octave-statistics $statistics, octave-optim $optim"
octave "$work/contrast.m" 2>"$work/warnings" || { status=$?; cat "$work/warnings" >&2; exit $status; }
