#!/usr/bin/env bash
# R's writePNG and writeJPEG write pixels brighter than white as black, and say they clip them.
#
# One would guess that a value above 1 is refused or written as white, and the manuals of both
# packages promise the latter: they say that values outside 0 to 1 are clipped. Below 0 they
# are. Above 1 the packages png 0.1-8 and jpeg 0.1-10 clip nothing up to 255; the pixel's 8 bits
# overflow instead: 1.002 is written as 0, which is black, 1.2 as 50 and 2 as 254. Nothing warns.
# An image that is on the scale of 0 to 255 comes out as its own negative, 100 as 156. In the
# source the upper bound is compared with 255 where 1 is meant, since the packages could write
# at all, and in their repositories it still is (png 0.1-9 of 2026, jpeg 0.1-11 of 2025). Who
# raises an image's contrast in R, sharpens it or adds noise, and writes it for a network or an
# observer, has black specks in its brightest places: in a grating that exceeds white by 5 % at
# its peaks, an eighth of the pixels is wrong, and the mean falls from 0.50 to 0.38. So clip
# before writing: pmin(pmax(image, 0), 1) keeps the shape of a matrix or an array.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 70 MB and takes 210 MB of a temporary folder.
set -euo pipefail
r=4.2.2.20221110-2
png=0.1-8-1
jpeg=0.1-10-1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# R and the two packages, with all that they depend on, found as for an empty machine, unpacked
# and not installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "r-base-core=$r" "r-cran-png=$png" "r-cran-jpeg=$jpeg" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no r-base-core $r, r-cran-png $png and r-cran-jpeg $jpeg among Debian's packages (Debian 12 has them; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu:$work/root/usr/lib/R/lib
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
R() {
  env -i LC_ALL=C.UTF-8 TMPDIR="$work" R_HOME="$work/root/usr/lib/R" R_LIBS_SITE="$work/root/usr/lib/R/site-library" \
    "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$work/root/usr/lib/R/bin/exec/R" --vanilla --no-echo "$@"
}
R -e 'library(png); library(jpeg)' || unusable 'the unpacked R does not load'

cat >"$work/write.R" <<'R'
options(warn = 2) # a warning would be an error
library(png)
library(jpeg)
folder <- Sys.getenv("TMPDIR")
stopifnot(startsWith(find.package("png"), folder), startsWith(find.package("jpeg"), folder))
cat(R.version.string, "with png", format(packageVersion("png")), "and jpeg", format(packageVersion("jpeg")), "\n")

changed <- 0
check <- function(holds, what) {
  cat(if (holds) "as described: " else "CHANGED: ", what, "\n", sep = "")
  if (!holds) changed <<- changed + 1
}
writers <- list(
  writePNG = function(image) readPNG(writePNG(image)),
  writeJPEG = function(image) readJPEG(writeJPEG(image, quality = 1)))

# Uniform images, so that JPEG loses nothing: the value written, on the scale of 0 to 255.
values <- c(-0.5, 0, 0.5, 1, 1.001, 1.002, 1.2, 2, 3, 100, 200, 255, 300)
expected <- c(0, 0, 128, 255, 255, 0, 50, 254, 253, 156, 56, 1, 255)
for (name in names(writers)) {
  written <- sapply(values, function(value) {
    pixels <- unique(round(255 * c(writers[[name]](matrix(value, 8, 8)))))
    stopifnot(length(pixels) == 1)
    pixels
  })
  cat(name, ": ", paste0(values, " is written as ", written, collapse = ", "), "\n", sep = "")
  check(all(written == expected), paste0(name, ": 1.002 is black, 1.2 is dark grey, below 0 and above 255 is clipped, without a warning"))
  manual <- tools::Rd_db(if (name == "writePNG") "png" else "jpeg")[[paste0(name, ".Rd")]]
  check(grepl("outside\\s+this\\s+range\\s+will\\s+be\\s+clipped", paste(unlist(manual), collapse = "")),
    paste0(name, ": its manual says that such values are clipped"))
}

# A grating, 32 pixels a period, that exceeds white and black by 5 % of the range.
grating <- matrix(0.5 + 0.55 * sin(2 * pi * (0:4095 + 0.5) / 32), 64)
clipped <- pmin(pmax(grating, 0), 1)
written <- writers$writePNG(grating)
wrong <- mean(abs(written - clipped) > 1 / 255)
cat(sprintf("grating: %.1f %% of the pixels are wrong, the mean is %.3f instead of %.3f, the pixel at the peak %d instead of 255\n",
  100 * wrong, mean(written), mean(clipped), as.integer(round(255 * written[which.max(grating)]))))
check(wrong > 0.1 && mean(written) < 0.45, "a grating that exceeds white by 5 % has its brightest places black")
check(all(abs(writers$writePNG(clipped) - clipped) <= 0.5 / 255 + 1e-9), "clipped beforehand, it is written as it is")

# The pixels of an 8-bit image, not divided by 255.
bytes <- matrix(2:255, 2)
check(all(round(255 * writers$writePNG(bytes * 1.0)) == 256 - bytes), "an image on the scale of 0 to 255 is written as its negative")
quit(status = if (changed > 0) 1 else 0)
R

echo "Debian's r-base-core $r, r-cran-png $png, r-cran-jpeg $jpeg"
R -f "$work/write.R"
