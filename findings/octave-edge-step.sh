#!/usr/bin/env bash
# edge(image, "sobel") of Octave's image package finds no edge where black meets white.
#
# One would guess that a perfect step between two grey levels is the easiest edge of all. In
# image 2.14.0 edge with "sobel" (its default) or "prewitt" misses it, whatever the contrast and
# the threshold: a square-wave grating has no edge pixel, a letter E of two grey levels has 12,
# all at corners, by "sobel" and none by "prewitt". Nothing warns. The gradient is thinned
# afterwards, to lines of one pixel, and a pixel stays only if its gradient is larger than that
# of both neighbours in its row, or in its column. A step lies between two pixels, whose
# gradients are exactly the same, so that each removes the other. The manual says that edge
# points need to have a larger gradient than their neighbours, and not that a step has no such
# point. Whatever breaks the tie brings the edges back: noise of one grey level of 255 makes the
# letter's 12 pixels 339, a grey pixel in each step gives the grating all of its edges. So edge
# maps of images with noise look right, and those of gratings, letters and silhouettes, by which
# an observer or a network is probed, are empty or full of gaps (a disc keeps 120 pixels, of 304
# by "canny"), and a comparison of edge density compares noise. Pass "nothinning", which gives
# both pixels of each step, or "canny".
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

% A square-wave grating of 256 x 256 pixels, 16 to a bar, 15 steps in a row, and a letter E of
% 50 x 50 pixels on a ground, both of the grey levels 64 and 191.
bars = mod (floor ((0:255) / 16), 2);
grating = repmat (uint8 (64 + 127 * bars), 256, 1);
strokes = ones (5);
strokes([2 4], 2:5) = 0;
letter = uint8 (191 - 127 * padarray (kron (strokes, ones (10)), [20 20]));

% A disc of the same grey levels, the grating with grey where its bars meet, and the letter with
% one grey level of noise.
[x, y] = meshgrid (-63.5:63.5);
disc = uint8 (64 + 127 * (hypot (x, y) < 40));
soft = grating;
soft(:, 16:16:240) = 128;
rand ("twister", 1);
noisy = letter + uint8 (rand (size (letter)) < 0.5);

count = @(image, varargin) nnz (edge (image, varargin{:}));
each_row = @(image, varargin) unique (sum (edge (image, varargin{:}), 2))';
for method = {"sobel", "prewitt"}
  m = method{1};
  found = count (letter, m);
  printf ("%s: grating %d, letter %d, letter with noise %d edge pixels\n", m, count (grating, m), found, count (noisy, m));
  judge (count (grating, m) == 0, [m ": a square-wave grating has no edge pixel"]);
  judge (count (uint8 (255 * (grating > 128)), m) == 0 && count (im2double (grating), m) == 0,
    [m ": nor has it at full contrast, or as floating point numbers"]);
  judge (count (grating, m, 0.001) == 0 && count (letter, m, 0.001) == found, [m ": a low threshold finds no more"]);
  judge (isequal (each_row (grating, m, "nothinning"), 30), [m ": not thinned, it has two pixels for each of the 15 steps in a row"]);
  judge (isequal (each_row (soft, m), 15), [m ": with a grey pixel in each step, all 15 are found"]);
  judge (count (noisy, m) > 300, [m ": the letter has more than 300 edge pixels with one grey level of noise"]);
endfor

[row, column] = find (edge (letter, "sobel"));
ends = [21 30 31 40 41 50 51 60 61 70];
judge (count (letter, "sobel") == 12 && all (ismember ([row; column], ends)) && count (letter, "prewitt") == 0,
  "of the letter, sobel finds 12 pixels, all at corners, and prewitt none");
judge (count (letter) == 12, "sobel is the default");
printf ("canny: letter %d, with noise %d edge pixels; not thinned, sobel finds %d of the letter\n",
  count (letter, "canny"), count (noisy, "canny"), count (letter, "sobel", "nothinning"));
judge (all (sum (edge (grating, "canny"), 2)(2:255) == 15) && count (letter, "canny") > 300,
  "canny finds the grating's steps and the letter's outline");

printf ("disc: %d edge pixels by sobel, %d by canny\n", count (disc, "sobel"), count (disc, "canny"));
judge (count (disc, "sobel") < count (disc, "canny") / 2, "sobel finds less than half of a disc's outline");

step = imfilter (im2double (grating(1, 13:20)), fspecial ("sobel")' / 8, "replicate");
printf ("the gradient across a step: %s\n", num2str (abs (step), " %.3f"));
judge (step(4) == step(5) && step(4) != 0 && nnz (step) == 2, "it is the same in both pixels beside the step");
judge (isempty (lastwarn ()), "nothing warned");
manual = get_help_text ("edge");
judge (! isempty (regexp (manual, 'need\s+to\s+have\s+a\s+larger\s+gradient\s+than\s+their\s+neighbours')),
  "the manual says that edge points need to have a larger gradient than their neighbours");
exit (changed > 0);
OCTAVE

echo "Debian's octave $octave, octave-image $image"
octave "$work/edges.m"
