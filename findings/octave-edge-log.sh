#!/usr/bin/env bash
# edge(image, "log") of Octave's image package finds no edges in an image of low contrast.
#
# One would guess that contrast cancels: the threshold, if none is given, is 0.75 times the mean
# of the filter's absolute response, as the manual says. With "sobel" and "canny", whose
# thresholds are relative, too, an image of 1/f noise has as many edge pixels at contrasts of
# 1, 0.5 and 0.25 about mid grey, up to 1.5 %. With "log" (Laplacian of Gaussian) of image 2.14.0
# it has 1146, 282 and 1. Nothing warns. The filter that fspecial("log") returns does not sum to
# zero, as a Laplacian should: a uniform grey has a response, which shifts where an edge's crosses
# zero. And outside the image the method sees black, so that the border is an edge, which goes
# with the mean grey level and not with the contrast, and raises the threshold: the less
# contrast, the more of both. An image on black keeps its edges at any contrast. Who compares
# edge density or contours over contrasts finds by "log" a loss that the method made. With a
# filter of sum zero, and a threshold that knows no border, contrast cancels:
# f = fspecial ("log", 13, 2); f -= mean (f(:));
# t = 0.75 * mean (abs (imfilter (image, f, "replicate")(:))); edge (image, "zerocross", t, f).
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

cat >"$work/edges.m" <<'OCTAVE'
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
assert (strncmp (which ("edge"), usr, numel (usr)));
printf ("Octave %s, image %s\n", version (), pkg ("list", "image"){1}.version);
lastwarn ("");

% An image of 1/f noise, of grey levels 0 to 255 at contrast 1, and about mid grey below.
randn ("twister", 1);
n = 256;
[u, v] = meshgrid ([0:n/2, -n/2+1:-1]);
noise = real (ifft2 (fft2 (randn (n)) ./ max (hypot (u, v), 1)));
noise = (noise - min (noise(:))) / (max (noise(:)) - min (noise(:)));
at = @(contrast) uint8 (round (255 * (0.5 + contrast * (noise - 0.5))));
on_black = @(contrast) uint8 (round (255 * contrast * noise));

% A zero-crossing of the same filter with its mean taken off, and a threshold without borders.
laplacian = fspecial ("log", 13, 2);
balanced = laplacian - mean (laplacian(:));
threshold = @(x) 0.75 * mean (abs (imfilter (x, balanced, "replicate")(:)));
inside = @(x) nnz (edge (x, "zerocross", threshold (x), balanced)(9:end-8, 9:end-8));

count = @(image, method) nnz (edge (image, method));
counts = [];
for contrast = [1 0.5 0.25]
  image = at (contrast);
  counts(end+1, :) = [cellfun(@(method) count (image, method), {"log", "sobel", "canny"}), ...
    inside(im2double (image)), count(on_black (contrast), "log")];
  printf ("contrast %g: log %d, sobel %d, canny %d edge pixels; ", contrast, counts(end, 1:3));
  printf ("balanced filter %d inside; on black, log %d\n", counts(end, 4:5));
endfor
steady = @(column, share) max (abs (counts(:, column) / counts(1, column) - 1)) < share;
judge (counts(1, 1) > 1000 && counts(2, 1) < counts(1, 1) / 3 && counts(3, 1) < 10,
  "log: at half the contrast less than a third of the edges is left, at a quarter nearly none");
judge (steady (2, 0.015) && steady (3, 0.015),
  "sobel and canny: the number of edge pixels does not depend on contrast, up to 1.5 %");
judge (steady (4, 0.015), "balanced filter: nor does it");
judge (steady (5, 0.03), "log: nor does it in an image on black");

printf ("the filter's sum is %.2g, of its absolute values %.2g\n", sum (laplacian(:)), sum (abs (laplacian(:))));
judge (sum (laplacian(:)) < -0.01 * sum (abs (laplacian(:))), "the filter's sum is not zero");
uniform = conv2 (0.5 * ones (n), laplacian, "same");
printf ("of a uniform grey of 0.5 it makes %.2g inside and %.2g at the border\n", uniform(n / 2, n / 2), uniform(1, n / 2));
judge (uniform(n / 2, n / 2) < -1e-4 && uniform(1, n / 2) < 4 * uniform(n / 2, n / 2),
  "it responds to a uniform grey, and more to its border");
[~, used] = edge (im2double (at (0.25)), "log");
response = conv2 (im2double (at (0.25)), laplacian, "same");
judge (abs (used / (0.75 * mean (abs (response(:)))) - 1) < 1e-9, "edge takes its threshold from these responses");
judge (isempty (lastwarn ()), "nothing warned");
judge (! isempty (regexp (get_help_text ("edge"), 'automatically\s+computed\s+as\s+0\.75')),
  "the manual says that the threshold is 0.75 times the mean absolute response");
exit (changed > 0);
OCTAVE

echo "Debian's octave $octave, octave-image $image"
octave "$work/edges.m"
