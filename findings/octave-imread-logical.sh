#!/usr/bin/env bash
# Octave's imread returns an 8-bit image as true and false if its pixels are only black and white.
#
# One would guess that the type of an image comes from its file. A PNG of 8 bits that Octave
# 7.3.0 has written from uint8 is read back as uint8, unless all of its pixels are 0 or 255: then
# as logical, 0 and 1, and imfinfo says that its BitDepth is 1. So it is with RGB, TIFF, PGM and
# JPEG, and with an image that is black all over. The manual says that the bit depth determines
# the class, "logical" for black-and-white; Octave asks GraphicsMagick, which reads for it, for
# that depth, and the answer seems to come from the pixels. In a series of a letter at several
# contrasts the last, contrast 1, so is another kind of image. double (image) / 255 has a mean of
# 0.0031 instead of 0.79, nearly black. The image package keeps the type of what it is given, and
# as logical all that is not 0 is 1: imresize to a third returns a white image without the
# letter, and so do imsmooth and imnoise, without a warning, while at contrast 0.9 everything is
# right. Who prepares gratings, letters or silhouettes for a network or an observer in Octave
# loses the strongest stimulus of each series. Convert what is read at once: im2uint8 (imread
# (file)), or im2double, which both know logical.
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

cat >"$work/read.m" <<'OCTAVE'
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

% The bit depth and the colour type that stand in a PNG file's header.
function [depth, type] = header (file)
  handle = fopen (file);
  bytes = fread (handle, 26);
  fclose (handle);
  depth = bytes(25);
  type = bytes(26);
endfunction

% The package is where it was unpacked, and is loaded as it would be once installed.
global changed = 0;
usr = [getenv("HOME") "/root/usr"];
pkg ("prefix", [usr "/share/octave/packages"], [usr "/lib/x86_64-linux-gnu/octave/packages"]);
pkg ("local_list", [getenv("HOME") "/octave_packages"]);
pkg rebuild
pkg load image
assert (strncmp (which ("imresize"), usr, numel (usr)));
printf ("Octave %s, image %s\n", version (), pkg ("list", "image"){1}.version);
cd (getenv ("HOME"));
lastwarn ("");

% A dark letter E on a light ground.
strokes = ones (5);
strokes([2 4], 2:5) = 0;
letter = padarray (kron (strokes, ones (10)), [20 20]);
resize = @(x) imresize (x, 1 / 3);
smooth = @(x) imsmooth (x, "Gaussian", 2);
noise = @(x) imnoise (x, "gaussian", 0, 0.01);
rand ("twister", 1);
randn ("twister", 1);
for contrast = [0.5 0.9 1]
  pixels = uint8 (round (127.5 * (1 + contrast * (1 - 2 * letter))));
  imwrite (pixels, "letter.png");
  [depth, type] = header ("letter.png");
  judge (depth == 8 && type == 0, sprintf ("contrast %g: the file is a grey PNG of 8 bits", contrast));
  image = imread ("letter.png");
  info = imfinfo ("letter.png");
  scaled = mean (double (image(:)) / 255);
  small = resize (image);
  printf ("contrast %g: read as %s, BitDepth %d; mean of double / 255 %.4f, of what was written %.4f; resized, from %g to %g\n",
    contrast, class (image), info.BitDepth, scaled, mean (double (pixels(:)) / 255), min (small(:)), max (small(:)));
  if (contrast < 1)
    judge (isa (image, "uint8") && isequal (image, pixels) && info.BitDepth == 8, "  it is read as it was written");
    judge (isequal (small, resize (pixels)) && max (small(:)) > min (small(:)), "  resized, it has a letter");
  else
    judge (islogical (image) && isequal (image, pixels == 255) && info.BitDepth == 1, "  it is read as logical, 0 and 1, BitDepth 1");
    judge (scaled < 0.004, "  divided by 255 it is nearly black");
    judge (islogical (small) && all (small(:)), "  resized, it is white all over");
    judge (all (smooth (image)(:)) && all (noise (image)(:)), "  and so it is smoothed or with noise");
    judge (isequal (im2uint8 (image), pixels) && isequal (im2double (image), im2double (pixels)),
      "  im2uint8 and im2double make of it what was written");
  endif
endfor

% Other kinds of files, of black and white bars and of one colour. Those of JPEG are as wide as
% its blocks, so that it loses nothing.
bars = repmat (uint8 (255 * mod (floor ((0:63) / 8), 2)), 64, 1);
for kind = {"png", "tif", "pgm", "jpg"}
  file = ["bars." kind{1}];
  if (strcmp (kind{1}, "jpg"))
    imwrite (bars, file, "Quality", 100);
  else
    imwrite (bars, file);
  endif
  judge (islogical (imread (file)), [kind{1} ": black and white bars are read as logical"]);
endfor
imwrite (cat (3, bars, bars, bars), "bars.png");
[depth, type] = header ("bars.png");
judge (depth == 8 && type == 2 && islogical (imread ("bars.png")) && isequal (size (imread ("bars.png")), [64 64 3]),
  "RGB of 8 bits: they are read as logical, of three channels");
imwrite (0 * bars, "black.png");
judge (islogical (imread ("black.png")), "an image that is black all over is read as logical");
imwrite (bars / 255 * 254, "bars.png");
judge (isa (imread ("bars.png"), "uint8"), "bars of 0 and 254 are read as uint8");
judge (isempty (lastwarn ()), "nothing warned");
judge (! isempty (regexp (get_help_text ("imread"), 'bit\s+depth\s+of\s+the\s+image\s+determines\s+the\s+class')),
  "the manual says that the bit depth determines the class");
exit (changed > 0);
OCTAVE

echo "Debian's octave $octave, octave-image $image"
octave "$work/read.m"
