# Image files of every format as a user meets them: in class folders and lists, with the
# options that decide what is refused, in provenance and run directories.
. "$(dirname "$0")/support.sh" "$@"
golden=$TOP/tests/golden/images
cp "$TOP"/tests/golden/onnx/conv_asymmetric.onnx net.onnx
echo '{"channels": 3, "height": 8, "width": 10, "resize": 0, "order": "RGB", "interpolation": "bilinear", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}' >net.input.json

# set FOLDER FILE...: a folder of these golden files, all of class 0.
set_of() {
  local folder=$1 file
  shift
  rm -rf "$folder"
  mkdir "$folder"
  echo file,class >"$folder/labels.csv"
  for file; do
    cp "$golden/$file" "$folder"
    echo "$file,0" >>"$folder/labels.csv"
  done
}

# ---- formats ----
expect 0 "$LESION" --version
grep -qE '^images: PNG \(libpng\), JPEG \(libjpeg\), WebP \((libwebp|not in this build)\), TIFF \((libtiff|not in this build)\), BMP \(lesion\), PNM \(lesion\)$' out ||
  fail "--version says of images: $(grep images out)"
has() { grep -qF "$1 (lib" out; }
formats='rgb8.png jfif_0_00.jpg rgb_24.bmp p6_255.ppm p5_255.pgm'
for pair in WebP:lossless.webp TIFF:tiff_lzw.tif; do
  if has "${pair%%:*}"; then
    formats+=" ${pair#*:}"
  else
    set_of one "${pair#*:}"
    "$LESION" stimuli --model net.onnx --images one --contrast 1 --output o 2>err && fail "${pair#*:} was taken"
    err_says "is a ${pair%%:*} file, which this build does not read"
  fi
done
set_of all $formats
expect 0 "$LESION" stimuli --model net.onnx --images all --contrast 1 --output shown --stats shown.csv
[ "$(wc -l <shown.csv)" -eq $(($(wc -w <<<"$formats") + 1)) ] || fail "shown: $(cat shown.csv)"
# Each stimulus is the crop of what Pillow decodes; here one picture in four formats.
for file in tiff_lzw lossless; do
  [ ! -f "shown/contrast-1/$file.png" ] || same "shown/contrast-1/rgb_24.png" "shown/contrast-1/$file.png"
done

# ---- class folders ----
mkdir -p folders/0 folders/1
for ending in jpg jpeg png ppm bmp pgm tif tiff webp JPG; do cp "$golden/rgb8.png" "folders/0/x$ending.$ending"; done
for ending in gif txt pbm; do cp "$golden/rgb8.png" "folders/0/x.$ending"; done
mkdir none
mkdir none/0 none/1
expect 0 "$LESION" info --model net.onnx --json
classes=$(grep -oE '"classes": *[0-9]+' out | grep -oE '[0-9]+$' | head -n 1)
for ((i = 2; i < ${classes:-2}; i++)); do mkdir "folders/$i" "none/$i"; done
expect 0 "$LESION" stimuli --model net.onnx --images folders --contrast 1 --stats folders.csv
[ "$(wc -l <folders.csv)" -eq 11 ] || fail "class folders: $(cat folders.csv err)"
expect 1 "$LESION" stimuli --model net.onnx --images none --contrast 1 --stats none.csv
err_says 'hold no file that ends in .jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff or .webp'

# ---- alpha and depth ----
set_of clear rgba_drop.png palette_drop.png masks_bgra.bmp
expect 1 "$LESION" eval --model net.onnx --images clear
err_says '--alpha black composites on black, --alpha drop forgets the alpha'
for alpha in black drop; do
  expect 0 "$LESION" stimuli --model net.onnx --images clear --contrast 1 --alpha $alpha --output $alpha
  expect 0 "$LESION" eval --model net.onnx --images clear --contrast 1 --alpha $alpha --output $alpha.csv
  grep -q "\"alpha\": \"$alpha\"" $alpha.csv.json || fail "provenance: $(cat $alpha.csv.json)"
done
diff -rq black drop >/dev/null && fail 'alpha changes nothing'
set_of deep grey16_12_bits.png p5_65535_12_bits.pgm
expect 1 "$LESION" eval --model net.onnx --images deep
err_says '16-bit grey samples of at most'
err_says '--depth high keeps the high byte all the same, --depth clip takes min(sample, 255)'
for depth in high clip; do
  expect 0 "$LESION" stimuli --model net.onnx --images deep --contrast 1 --depth $depth --output $depth
  expect 0 "$LESION" eval --model net.onnx --images deep --contrast 1 --depth $depth --output $depth.csv
  grep -q "\"depth\": \"$depth\"" $depth.csv.json || fail "provenance: $(cat $depth.csv.json)"
done
diff -rq high clip >/dev/null && fail 'depth changes nothing'
expect 2 "$LESION" eval --model net.onnx --images deep --depth low
err_says "'low' is none of refuse|high|clip"

# A run cannot go on with other decoding options.
run=(--model net.onnx --images clear --contrast 1 --kernels 0 --run run)
expect 0 "$LESION" "${run[@]}" --alpha drop
grep -q '"alpha": "drop"' run/run.json || fail "run.json: $(cat run/run.json)"
grep -q '"depth": "refuse"' run/run.json || fail "run.json: $(cat run/run.json)"
expect 1 "$LESION" "${run[@]}" --alpha black
err_says 'alpha'
expect 1 "$LESION" "${run[@]}" --alpha drop --depth clip
err_says 'depth'

# ---- orientation ----
set_of turned exif_little.jpg exif.png rgb8.png exif_1.jpg
expect 0 "$LESION" stimuli --model net.onnx --images turned --contrast 1 --output turned-out
err_says '2 images have an EXIF orientation other than 1, which is not applied, as in torchvision'
set_of once exif_big.jpg
expect 0 "$LESION" stimuli --model net.onnx --images once --contrast 0.5,1 --stats once.csv
err_says '1 image has an EXIF orientation other than 1'
# Every command that looks at images says so, once; a run says it also where it need not look again.
run=(--model net.onnx --images turned --contrast 1 --kernels 0 --run turned-run)
for again in '' again; do
  expect 0 "$LESION" "${run[@]}"
  [ "$(grep -c '2 images have an EXIF orientation other than 1' err)" -eq 1 ] || fail "sweep $again: $(cat err)"
done
expect 0 "$LESION" eval --model net.onnx --images turned --contrast 1
err_says '2 images have an EXIF orientation'
expect 0 "$LESION" images --model net.onnx --images turned -o turned.csv
err_says '2 images have an EXIF orientation'
cut -d, -f1,7 turned.csv >orientations
printf '%s\n' file,orientation exif_little.jpg,6 exif.png,5 rgb8.png,1 exif_1.jpg,1 >wanted
same orientations wanted
expect 0 "$LESION" stimuli --model net.onnx --images all --contrast 1 --stats none-turned.csv
grep -q orientation err && fail "a note of orientations: $(cat err)"

# ---- too large ----
set_of large rgb8.png bomb.png bomb.tif bomb.ppm
expect 1 "$LESION" eval --model net.onnx --images large --contrast 1
err_says 'large/bomb.png: has 20000 x 20000 px, at most 178956970 px are read'
expect 0 "$LESION" eval --model net.onnx --images large --contrast 1 --damaged leave-out -o large.csv
err_says "left out 3 of 4 images:"

# ---- other formats ----
for pair in 'gif.jpg:a GIF, which is not read: convert it to PNG' 'page.jpg:an HTML page' 'pointer.jpg:a Git LFS pointer'; do
  set_of foreign "${pair%%:*}"
  expect 1 "$LESION" eval --model net.onnx --images foreign
  err_says "foreign/${pair%%:*}: is ${pair#*:}"
done
finish
