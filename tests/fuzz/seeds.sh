# Makes the seed corpus of a fuzz target from what is in tests/golden, and adds the inputs
# that once failed, tests/fuzz/regressions/TARGET.
# usage: seeds.sh TARGET FOLDER
set -eu
target=$1 folder=$2
tests=$(cd "$(dirname "$0")/.." && pwd)
golden=$tests/golden
mkdir -p "$folder"

# Numbered texts: those of the arguments.
texts() {
  local i=0 text
  for text; do
    printf '%s' "$text" >"$folder/text$i"
    i=$((i + 1))
  done
}

case $target in
  model) cp "$golden"/networks/*.bin "$folder" ;;
  onnx) cp "$golden"/onnx/*.onnx "$golden"/places/*.onnx "$folder" ;;
  input)
    texts '{"channels": 3, "height": 224, "width": 224, "resize": 256, "interpolation": "bilinear", "order": "RGB", "scale": 0.00392156862745098, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}' \
      '{"channels": 3, "height": 5, "width": 7, "resize": 0, "interpolation": "bicubic", "order": "BGR", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}' \
      '{"channels": 1, "height": 5, "width": 7, "resize": 6, "interpolation": "nearest", "order": "GREY", "scale": 1, "mean": [0], "std": [1]}' \
      '{"channels": 3, "height": 5, "width": 7, "resize": [6, 4], "interpolation": "lanczos", "order": "RGB", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}' ;;
  labels)
    texts 'file,class
a.png,0
b.jpg,1
' 'class,file
"2","a.png"
' 'ImageId,PredictionString
b,n01440764 1 2 3 4 n01440764 1 2 3 4 
' 'a.png 0
b.jpg	1
' '490
361
' ;;
  decide)
    texts 'class,group
0,a
1,b
' 'group,class
a,0
a,2
"b",1
' ;;
  check)
    for table in "$golden"/tables/*.csv "$golden/demo_baseline.csv"; do
      head -n 4 "$table" >"$folder/$(basename "$table")"
    done
    { head -n 4 "$golden/tables/layers.csv"; printf '\0'; head -n 3 "$golden/tables/layers.csv"; } >"$folder/two" ;;
  run)
    i=0
    for file in run.json images.csv conditions.csv kernels.csv predicted.npy rank.npy loss.npy margin.npy same.npy \
      area.npy intact_rank.npy intact_predicted.npy intact_loss.npy intact_margin.npy; do
      { printf "\\$(printf %o $i)"; cat "$golden/tables/run/$file"; } >"$folder/$file"
      i=$((i + 1))
    done
    { printf '\3'; sed '1s/$/,set/; 2,$s/$/,0/' "$golden/tables/run/kernels.csv"; } >"$folder/sets" ;;
  npy) cp "$golden"/tables/run/*.npy "$folder" ;;
  image) cp "$golden"/images/*.{png,jpg,webp,tif,bmp,pbm,pgm} "$golden"/images/{p?_,trailing}*.ppm "$folder" ;;
  mask) cp "$golden"/masks/*.png "$golden"/images/grey1.png "$folder" ;;
  texts)
    texts all centre:0.5 surround:.25 square:1 edges edges:2:3 non-edges:1.5 other-edges random:0.1 random:0.12345678901 edges:1.0000000001 mask:a.png none \
      global local:2@conv1 divisive:4:0.1:2 pool@pool1 weights silence mean resample planes:in=3 lines:row=0:col=2 ;;
  *) echo "seeds.sh: no target $target" >&2; exit 2 ;;
esac
[ ! -d "$tests/fuzz/regressions/$target" ] || cp "$tests/fuzz/regressions/$target"/* "$folder"
