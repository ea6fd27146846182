#!/usr/bin/env bash
# imrotate(image, angle, "fourier") of Octave's image package moves images of odd size by 4 pixels.
#
# One would guess that the most careful of the methods, which rotates by three shears of the
# image's Fourier transform, leaves the centre where it is, as "bilinear" and "bicubic" do, and
# as the manual's first line says of all. In image 2.14.0 it does for 64, 128 or 256 pixels. Of
# 65, 129 or 257 pixels, which one takes so that a Gabor has a pixel at its centre, it moves the
# centre by 4.2 pixels, left and upwards, in a direction that hangs on the angle: by -3.2 and
# -2.8 for 5 degrees, by -4.0 and -1.3 for 45. Turned by 30 degrees and back, a blob is off by 58
# % of its height, of even size by 0.02 %. Nothing warns. Each shear (imshear) centres the image
# by fftshift before its transform and by fftshift, not ifftshift, after it, which differ by a
# pixel in odd sizes: by a shear of 0 it moves by one pixel. Each also takes absolute values, so
# that what rings below zero adds light: a line one pixel wide on black gets three times its sum.
# Who rotates stimuli so gives every orientation a position of its own, further off than a
# kernel of 3 x 3 pixels is wide: use an even size, or "bicubic".
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

cat >"$work/rotate.m" <<'OCTAVE'
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
assert (strncmp (which ("imrotate"), usr, numel (usr)));
printf ("Octave %s, image %s\n", version (), pkg ("list", "image"){1}.version);
lastwarn ("");

% Where the centre of gravity lies, from the middle of the image, to the right and down.
function xy = centre (image)
  [x, y] = meshgrid ((1:columns (image)) - (columns (image) + 1) / 2, (1:rows (image)) - (rows (image) + 1) / 2);
  xy = [sum((image .* x)(:)), sum((image .* y)(:))] / sum (image(:));
endfunction

function image = blob (n)
  [x, y] = meshgrid ((1:n) - (n + 1) / 2);
  image = exp (-(x .^ 2 + y .^ 2) / 128);
endfunction

angles = [5 15 30 45];
for n = [64 65 128 129 256 257]
  for box = {"crop", "loose"}
    moved = cell2mat (arrayfun (@(a) centre (imrotate (blob (n), a, "fourier", box{1}))', angles, "UniformOutput", false));
    if (strcmp (box{1}, "crop"))
      printf ("fourier, %d pixels: moved by%s\n", n, sprintf (" (%.2f, %.2f)", moved));
    endif
    if (mod (n, 2))
      judge (all (abs (hypot (moved(1, :), moved(2, :)) - 4.2) < 0.1) && all (moved(:) < -1),
        sprintf ("fourier, %d pixels, %s: moved by 4.2 pixels, left and upwards", n, box{1}));
    else
      judge (all (abs (moved(:)) < 0.01), sprintf ("fourier, %d pixels, %s: not moved", n, box{1}));
    endif
  endfor
endfor
first = centre (imrotate (blob (65), 5, "fourier", "crop"));
last = centre (imrotate (blob (65), 45, "fourier", "crop"));
judge (all (abs ([first - [-3.17 -2.82], last - [-3.95 -1.29]]) < 0.05), "fourier: in which direction, hangs on the angle");
for method = {"bilinear", "bicubic"}
  moved = cell2mat (arrayfun (@(a) centre (imrotate (blob (65), a, method{1}, "crop"))', angles, "UniformOutput", false));
  judge (all (abs (moved(:)) < 0.01), [method{1} ", 65 pixels: not moved"]);
endfor

off = @(n) max (abs (imrotate (imrotate (blob (n), 30, "fourier", "crop"), -30, "fourier", "crop") - blob (n))(:));
printf ("turned by 30 degrees and back, off by %.2g of the blob's height for 65 pixels, by %.2g for 64\n", off (65), off (64));
judge (off (65) > 0.5 && off (64) < 0.001, "turned and back, it is another image of 65 pixels, and the same of 64");

plain = centre (imshear (blob (65), "x", 0));
printf ("imshear by 0, 65 pixels: moved by (%.2f, %.2f)\n", plain);
judge (all (abs (plain + 1) < 0.01) && all (abs (centre (imshear (blob (64), "x", 0))) < 0.01),
  "imshear by 0 moves 65 pixels by one in both directions, and 64 by none");

line = zeros (128);
line(64, 32:96) = 1;
turned = imrotate (line, 30, "fourier", "crop");
printf ("a line of a sum of %g: turned by 30 degrees, %.1f by fourier, %.1f by bicubic\n", sum (line(:)), sum (turned(:)),
  sum (imrotate (line, 30, "bicubic", "crop")(:)));
judge (sum (turned(:)) > 3 * sum (line(:)) && all (turned(:) >= 0),
  "a line gets three times its sum by fourier, and nothing below zero");
judge (isempty (lastwarn ()), "nothing warned");
judge (! isempty (strfind (get_help_text ("imrotate"), "Rotate image about its center")),
  "the manual says that it rotates about the centre");
exit (changed > 0);
OCTAVE

echo "Debian's octave $octave, octave-image $image"
octave "$work/rotate.m"
