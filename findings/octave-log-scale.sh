#!/usr/bin/env bash
# fspecial("log") of Octave's image package is weaker than a Laplacian of Gaussian by 2 pi sigma^2.
#
# One would guess that a Laplacian of Gaussian applied to x^2 + y^2 gives 4, the Laplacian of
# that, as fspecial("laplacian") does. fspecial("log", size, sigma) of image 2.14.0 gives 0.64
# for a sigma of 1, 0.16 for 2, 0.040 for 4 and 0.0099 for 8: 2 pi sigma^2 times less. In the
# source the Gaussian is divided by its sum, and by 2 pi sigma^2, which is that sum, once more.
# The manual has no formula, and calls it Laplacian of Gaussian. A factor alone would not hurt,
# but this one depends on sigma. The scale of a blob is where sigma^2 times the response is
# largest, at the blob's own sigma; with these filters that is the smallest sigma tried, for
# blobs of 4, 6 and 8 pixels alike. A threshold for edge(image, "log") that suits the definition
# is too high by 25 at the default sigma of 2, and finds nothing. Who compares spatial scales, in
# images or in a network's kernels, has the finest win. Multiply the filter by 2 * pi * sigma^2.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 130 MB and takes 600 MB of a temporary folder.
set -euo pipefail
octave=7.3.0-2
image=2.14.0-4
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Octave and the package, with all that they depend on, found as for an empty machine, unpacked
# and not installed. Left out are the largest that are only loaded to draw.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "octave=$octave" "octave-image=$image" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(libllvm15|libz3-4|libgl1-mesa-dri|iso-codes)=' >"$work/list" ||
  unusable "no octave $octave and octave-image $image among Debian's packages (Debian 12 has them; try apt-get update)"
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

cat >"$work/scale.m" <<'OCTAVE'
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

% The package is where it was unpacked, and is loaded as it would be once installed.
global changed = 0;
usr = [getenv("HOME") "/root/usr"];
pkg ("prefix", [usr "/share/octave/packages"], [usr "/lib/x86_64-linux-gnu/octave/packages"]);
pkg ("local_list", [getenv("HOME") "/octave_packages"]);
pkg rebuild
pkg load image
assert (strncmp (which ("fspecial"), usr, numel (usr)));
printf ("Octave %s, image %s\n", version (), pkg ("list", "image"){1}.version);
lastwarn ("");

% Filters wide enough to lose nothing, and what the definition has at the same places.
half = @(sigma) ceil (6 * sigma);
filter = @(sigma) fspecial ("log", 2 * half (sigma) + 1, sigma);
function f = definition (sigma, half)
  [x, y] = meshgrid (-half:half);
  f = (x .^ 2 + y .^ 2 - 2 * sigma ^ 2) .* exp (-(x .^ 2 + y .^ 2) / (2 * sigma ^ 2)) / (2 * pi * sigma ^ 6);
endfunction

[x, y] = meshgrid (-60:60);
bowl = x .^ 2 + y .^ 2;
middle = @(image, f) conv2 (image, f, "same")(61, 61);
judge (abs (middle (bowl, fspecial ("laplacian")) - 4) < 1e-9, "laplacian: of x^2 + y^2 it makes 4");
for sigma = [1 2 4 8]
  found = middle (bowl, filter (sigma));
  right = middle (bowl, definition (sigma, half (sigma)));
  printf ("log, sigma %g: of x^2 + y^2 it makes %.4f, the definition %.4f\n", sigma, found, right);
  judge (abs (right - 4) < 0.001 && abs (right / found / (2 * pi * sigma ^ 2) - 1) < 1e-3,
    sprintf ("log, sigma %g: it is 2 pi sigma^2 = %.4g times too weak", sigma, 2 * pi * sigma ^ 2));
  judge (max (abs (filter (sigma) * (2 * pi * sigma ^ 2) - definition (sigma, half (sigma)))(:)) < 1e-6,
    sprintf ("log, sigma %g: multiplied by that it is the definition", sigma));
endfor

% The scale of a Gaussian blob by the largest response, each filter as wide as 3 sigma.
scales = 1:12;
for width = [4 6 8]
  blob = exp (-bowl / (2 * width ^ 2));
  response = @(f) arrayfun (@(sigma) -sigma ^ 2 * middle (blob, f(sigma)), scales);
  plain = response (@(sigma) fspecial ("log", 2 * ceil (3 * sigma) + 1, sigma));
  [~, found] = max (plain);
  [~, mended] = max (2 * pi * scales .^ 2 .* plain);
  printf ("blob of %d: the largest response is at sigma %d, of multiplied filters at %d\n", width,
    scales(found), scales(mended));
  judge (scales(found) == 1 && scales(mended) == width, sprintf ("blob of %d: its scale is found as the smallest", width));
endfor

% A threshold that suits the definition: a quarter of the largest response to a step.
bars = repmat (0.4 * (mod (floor ((0:127) / 16), 2)), 128, 1);
threshold = max (abs (conv2 (bars, definition (2, 6), "same")(64, 20:108))) / 4;
found = nnz (edge (bars, "log", threshold));
mended = nnz (edge (bars, "log", threshold / (8 * pi)));
printf ("edge of seven steps, log, threshold %.4f: %d edge pixels; divided by 8 pi: %d\n", threshold, found, mended);
judge (found == 0 && mended > 7 * 100, "with a threshold that suits the definition edge finds nothing");
judge (isempty (lastwarn ()), "nothing warned");
exit (changed > 0);
OCTAVE

echo "Debian's octave $octave, octave-image $image"
octave "$work/scale.m"
