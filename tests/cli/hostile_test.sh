# Hostile files: cut short, garbage, empty, of the wrong kind; outputs that cannot be
# written. Each gives exit 1 and one sentence, and leaves nothing behind.
. "$(dirname "$0")/support.sh" "$@"

# err holds one error; a note on how the images were labelled may come before it.
one_error() { [ "$(grep -vcE ' matched by | images? of ' err)" -eq 1 ] || fail "not one sentence: $1 ($(cat err))"; }

# refuses OUTPUT COMMAND...: the command fails, and OUTPUT does not exist; - for no output.
refuses() {
  local output=$1
  shift
  expect 1 "$@"
  one_error "$*"
  grep -q '^lesion: error: ' err || fail "no error: $* ($(cat err))"
  [ -s out ] && fail "standard output is not empty: $*"
  [ "$output" = - ] || [ ! -e "$output" ] || fail "left $output: $*"
  [ -z "$(find . -name '*tmp*')" ] || fail "left $(find . -name '*tmp*'): $*"
}

# cuts FILE COUNT: sizes from 0 to just short of the whole.
cuts() {
  local size
  size=$(stat -c %s "$1")
  { printf '%s\n' 0 1 7 8 9 64 $((size - 2)) $((size - 1)); seq 0 $((size / $2 + 1)) $((size - 1)); } | sort -nu
}

images=$TOP/data/images
image=$(find "$images" -name '*.png' | sort | head -n 1)
[ -s "$DEMO" ] && [ -s "$image" ] || fail "no demo model or image in $TOP/data"
cp "$DEMO" whole.bin
cp "$image" whole.png
cp "$TOP/tests/golden/images/rgb_420.jpg" "$TOP/tests/golden/images/rgb_progressive.jpg" .
cp "$TOP/tests/golden/onnx/silu.onnx" whole.onnx
cp "$TOP/tests/golden/onnx/image.input.json" whole.input.json

# ---- models ----
for size in $(cuts whole.bin 24); do
  head -c "$size" whole.bin >cut.bin
  refuses - "$LESION" info --model cut.bin
  err_says 'cut.bin'
done
refuses a.csv "$LESION" --model cut.bin --images "$images" -o a.csv
for size in $(cuts whole.onnx 24); do
  head -c "$size" whole.onnx >cut.onnx
  refuses b.bin "$LESION" convert cut.onnx b.bin --input whole.input.json
  err_says 'cut.onnx'
done
for size in $(cuts whole.input.json 24); do
  head -c "$size" whole.input.json >cut.json
  # The closing brace and what is behind it: all there is to lose at the end.
  [ "$size" -lt "$(($(stat -c %s whole.input.json) - 1))" ] || continue
  refuses b.bin "$LESION" convert whole.onnx b.bin --input cut.json
  err_says 'cut.json'
done
mkdir folder.bin folder.onnx
head -c 5000 /dev/zero >zeros.bin
awk 'BEGIN { srand(7); for (i = 0; i < 5000; i++) printf "%c", 1 + int(rand() * 254) }' >noise.bin
printf '\377\377\377\377\377\377\377\377{}' >header.bin
printf '\002\0\0\0\0\0\0\0{}' >bare.bin
printf '\002\0\0\0\0\0\0\0[]' >list.bin
cp "$image" image.bin
cp noise.bin noise.onnx
: >empty.bin
: >empty.onnx
for bad in folder zeros noise header bare list image empty none; do
  for command in info eval sweep; do
    refuses - "$LESION" $command --model $bad.bin
    err_says "$bad.bin"
  done
done
for bad in folder noise empty none; do
  refuses b.bin "$LESION" convert $bad.onnx b.bin --input whole.input.json
  err_says "$bad.onnx"
done
mv whole.input.json other.json
refuses b.bin "$LESION" convert whole.onnx b.bin
err_says 'whole.input.json: cannot open: No such file or directory; the preprocessing of whole.onnx'
refuses b.bin "$LESION" convert whole.onnx b.bin --input folder.bin
expect 2 "$LESION" convert whole.bin b.bin --input other.json
[ ! -e b.bin ] || fail 'left b.bin'
err_says 'is not named .onnx'
printf 'class,id,name\n0,a,b\n' >classes.csv
refuses b.bin "$LESION" convert whole.onnx b.bin --input other.json --classes classes.csv
for text in '' 'id\n' 'class,id,name\n' 'class,id,name\n1,a,b\n' 'class,id,name\n0,a,b\n0,a,b\n2,a,b\n' \
  'class,id,name\nx,a,b\n' 'class,id,name\n0,"a,b\n' 'class,id,name\n0,a\n'; do
  printf "$text" >classes.csv
  refuses b.bin "$LESION" convert whole.onnx b.bin --input other.json --classes classes.csv
  err_says 'classes.csv'
done
# A pipe that nobody writes to is refused at once.
mkfifo pipe.bin pipe.onnx
refuses - timeout 10 "$LESION" info --model pipe.bin
refuses b.bin timeout 10 "$LESION" convert pipe.onnx b.bin --input other.json

# ---- images and labels ----
mkdir set
label() { printf 'file,class\n%s,0\n' "$1" >set/labels.csv; }
for file in whole.png rgb_420.jpg rgb_progressive.jpg; do
  label cut."${file##*.}"
  for size in $(cuts $file 12); do
    # No pixel depends on the last chunk of a PNG file.
    [ $file != whole.png ] || [ "$size" -lt $(($(stat -c %s $file) - 12)) ] || continue
    head -c "$size" $file >set/cut."${file##*.}"
    refuses a.csv "$LESION" eval --model whole.bin --images set -o a.csv
    err_says 'set/cut.'
  done
done
refuses a.csv "$LESION" --model whole.bin --images set -o a.csv
[ ! -e a.csv.json ] || fail 'left a.csv.json'
refuses shown "$LESION" stimuli --model whole.bin --images set -o shown/
rm -rf shown
cp noise.bin set/noise.png
: >set/empty.png
mkdir set/folder.png
cp whole.bin set/model.jpg
for bad in noise.png empty.png folder.png model.jpg none.png ../whole.png; do
  label $bad
  refuses a.csv "$LESION" eval --model whole.bin --images set -o a.csv
done
cp "$TOP/tests/golden/images/grey8.png" set/small.png
label small.png
expect 0 "$LESION" eval --model whole.bin --images set -o a.csv # padded, see unit/resize_test
rm set/small.png a.csv a.csv.json
cp whole.png set/whole.png
for text in '' 'file\n' 'file,class\n' 'class\n0\n' 'file,class\nwhole.png\n' 'file,class\nwhole.png,\n' \
  'file,class\nwhole.png,-1\n' 'file,class\nwhole.png,1000000\n' 'file,class\nwhole.png,no such class\n' \
  'file,class\n"whole.png,0\n'; do
  printf "$text" >set/labels.csv
  refuses a.csv "$LESION" eval --model whole.bin --images set -o a.csv
done
rm set/labels.csv
refuses a.csv "$LESION" eval --model whole.bin --images set -o a.csv
long=$(printf 'x%.0s' $(seq 300)).png
label "$long"
refuses a.csv "$LESION" eval --model whole.bin --images set -o a.csv
err_says "set/$long: cannot open: File name too long"
rm set/labels.csv
refuses a.csv "$LESION" eval --model whole.bin --images set --labels none.csv -o a.csv
err_says 'none.csv'
refuses a.csv "$LESION" eval --model whole.bin --images set --labels folder.bin -o a.csv
refuses a.csv "$LESION" eval --model whole.bin --images whole.png -o a.csv
mkdir nothing
refuses a.csv "$LESION" eval --model whole.bin --images nothing -o a.csv
err_says 'nothing'
# A progressive image of 8 x 8 px whose scans, the same again and again, are few bytes each.
scan='\377\332\0\010\1\1\0\0\0\0\177'
{
  printf '\377\330\377\333\0\103\0'
  printf '\1%.0s' $(seq 64)
  printf '\377\302\0\013\010\0\010\0\010\1\1\21\0\377\304\0\024\0\1'
  printf '\0%.0s' $(seq 16)
  for _ in $(seq 500); do printf "$scan"; done
} >scans.part
label scans.jpg
{ cat scans.part; printf "$scan\377\331"; } >set/scans.jpg
refuses a.csv "$LESION" eval --model whole.bin --images set -o a.csv
err_says 'set/scans.jpg: has more than 500 scans'
{ cat scans.part; printf '\377\331'; } >set/scans.jpg
expect 0 "$LESION" eval --model whole.bin --images set -o a.csv
rm a.csv a.csv.json

# ---- numbers that overflow ----
# put_large FILE FROM_END: the float that ends so many bytes before the file's end is 3e38.
put_large() { printf '\231\166\141\177' | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") - $2 - 4)) conv=notrunc status=none; }
label whole.png
# The last class's bias, and its weight of a unit that the intact network leaves at 0 and
# some lesion does not.
cp whole.bin large.bin
put_large large.bin 0
put_large large.bin 40
expect 0 "$LESION" eval --model large.bin --images set --contrast 0.1 -q -o large.csv
refuses a.csv "$LESION" --model large.bin --images set --contrast 0.1 -o a.csv
err_says 'set/whole.png at contrast 0.1,all,none, kernel '
err_says "of 'conv1' lesioned by weights: the logit of class 7 is inf, not a finite number; where that comes of an infinity"
refuses a.csv "$LESION" --model large.bin --images set --contrast 0.1 --engine full -o a.csv
err_says 'the logit of class 7 is inf, not a finite number; --layers and --kernels leave kernels out'

# native FILE NODES TENSORS VALUES: a model for 8 x 8 pixels, its weights as printf has them.
native() {
  local graph header
  graph='{"input":{"channels":3,"height":8,"width":8,"resize":null,"interpolation":"bilinear","order":"RGB",
  "scale":0.00392156862745098,"mean":[0,0,0],"std":[1,1,1]},"nodes":['$2']}'
  graph=${graph//$'\n'/} graph=${graph//\"/\\\"}
  header="{\"__metadata__\":{\"format\":\"lesion-model\",\"version\":\"1\",\"graph\":\"$graph\"}$3}"
  printf "$(printf '\\%03o' $((${#header} % 256)) $((${#header} / 256)))\0\0\0\0\0\0%s$4" "$header" >"$1"
}

# ---- infinities on the way: log(0), which Clip takes back ----
native log.bin '{"name":"conv","op":"Conv","inputs":["input"],"tensors":{"weight":"w","bias":"b"}},
  {"name":"relu","op":"Relu","inputs":["conv"]},{"name":"log","op":"Log","inputs":["relu"]},
  {"name":"clip","op":"Clip","inputs":["log"],"attributes":{"min":-3,"max":3}},
  {"name":"pool","op":"GlobalAveragePool","inputs":["clip"]}' \
  ',"w":{"dtype":"F32","shape":[2,3,1,1],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}' \
  '\0\0\200\277\0\0\0\0\0\0\0\0\0\0\0\0\0\0\200\277\0\0\0\0\0\0\0\077\0\0\0\077'
echo 'file,class
whole.png,1' >set/labels.csv
expect 0 "$LESION" eval --model log.bin --images set --contrast 1 -q
refuses a.csv "$LESION" --model log.bin --images set --contrast 1 -o a.csv
err_says "set/whole.png at contrast 1,all,none, kernel 0 of 'conv' lesioned by weights: the logit of class 0 is nan, not a finite number; where that comes of an infinity that the network takes back, --engine full gives it"
expect 0 "$LESION" --model log.bin --images set --contrast 1 --engine full -q -o log.csv
# Its weights zeroed, a kernel gives log(.5) everywhere: the loss follows from the other's mean.
expect 0 "$LESION" eval --model log.bin --images set --contrast 1 -q --logits log.npy -o eval.csv
find_python numpy
[ -z "$python" ] || "$python" - <<'END' || fail "log.csv: $(cat log.csv)"
import csv, numpy as np
z = np.load("log.npy")[0, 0].astype(float)
for row in csv.DictReader(open("log.csv")):
    y = z.copy()
    y[int(row["kernel"])] = np.log(0.5)
    assert abs(np.log(np.exp(y).sum()) - y[1] - float(row["loss_lesioned"])) < 1e-6, row
END

# The mean of a plane of -infinity is -infinity: after Relu it would be 0, and go unnoticed.
native mean.bin '{"name":"conv","op":"Conv","inputs":["input"],"tensors":{"weight":"w","bias":"b"}},
  {"name":"relu","op":"Relu","inputs":["conv"]},{"name":"log","op":"Log","inputs":["relu"]},
  {"name":"sum","op":"Conv","inputs":["log"],"tensors":{"weight":"v","bias":"c"}},
  {"name":"relu2","op":"Relu","inputs":["sum"]},{"name":"pool","op":"GlobalAveragePool","inputs":["relu2"]}' \
  ',"w":{"dtype":"F32","shape":[2,3,1,1],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},
  "v":{"dtype":"F32","shape":[2,2,1,1],"data_offsets":[32,48]},"c":{"dtype":"F32","shape":[2],"data_offsets":[48,56]}' \
  '\0\0\200\277\0\0\0\0\0\0\0\0\0\0\0\0\0\0\200\277\0\0\0\0\0\0\0\077\0\0\0\077\0\0\200\077\0\0\200\077\0\0\200\077\0\0\200\077\0\0\100\100\0\0\100\100'
mean=(--model mean.bin --images set --contrast 1 --engine full --lesion mean -q)
expect 0 "$LESION" "${mean[@]}" --layers conv -o mean.csv
refuses a.csv "$LESION" "${mean[@]}" -o a.csv
err_says "the mean of 'sum' over the images at contrast 1,all,none is not finite: lesion it otherwise, or leave it out by --layers"

# 0 / 0 where both kernels of a group are lesioned, and not where one is. (The incremental engine
# takes 0 / 0 of what a lesion changes for 0.)
native div.bin '{"name":"conv","op":"Conv","inputs":["input"],"tensors":{"weight":"w"}},
  {"name":"sum","op":"ReduceSum","inputs":["conv"],"attributes":{"over_channels":true}},
  {"name":"div","op":"Div","inputs":["conv","sum"]},{"name":"pool","op":"GlobalAveragePool","inputs":["div"]}' \
  ',"w":{"dtype":"F32","shape":[2,3,1,1],"data_offsets":[0,24]}' \
  '\0\0\200\077\0\0\0\0\0\0\0\0\0\0\0\0\0\0\200\077\0\0\0\0'
expect 0 "$LESION" --model div.bin --images set --contrast 0.1 -q -o div.csv
refuses a.csv "$LESION" group --model div.bin --images set --contrast 0.1 --kernels conv:0,conv:1 --engine full -o a.csv
err_says 'set/whole.png at contrast 0.1,all,none, kernels conv:0 conv:1 together lesioned by weights: the logit of class 0 is nan, not a finite number; leave a kernel out, by --kernels'
# Of a large group an error names the first kernels.
ones=$(printf '\\0\\0\\200\\077%.0s' $(seq 18))
native many.bin '{"name":"conv","op":"Conv","inputs":["input"],"tensors":{"weight":"w"}},
  {"name":"sum","op":"ReduceSum","inputs":["conv"],"attributes":{"over_channels":true}},
  {"name":"div","op":"Div","inputs":["conv","sum"]},{"name":"pool","op":"GlobalAveragePool","inputs":["div"]}' \
  ',"w":{"dtype":"F32","shape":[6,3,1,1],"data_offsets":[0,72]}' "$ones"
refuses a.csv "$LESION" group --model many.bin --images set --contrast 0.1 --kernels conv:0-5 --engine full -o a.csv
err_says 'set/whole.png at contrast 0.1,all,none, kernels conv:0 conv:1 and 4 more together lesioned by weights: the logit of class 0 is nan'
refuses a.csv "$LESION" greedy --model div.bin --images set --contrast 0.1 --steps 2 --orders 0 --engine full -o a.csv
err_says 'set/whole.png at contrast 0.1,all,none, 1 kernel lesioned throughout, kernel 0 of '"'conv'"' lesioned by weights: the logit of class 0 is nan, not a finite number'

# ---- nothing to lesion: the input itself is the answer ----
native flat.bin '{"name":"f","op":"Flatten","inputs":["input"]}' '' ''
expect 0 "$LESION" eval --model flat.bin --images set -q
refuses a.csv "$LESION" --model flat.bin --images set -o a.csv
err_says 'the model has no convolution to lesion'

# ---- outputs ----
label whole.png
expect 0 "$LESION" eval --model whole.bin --images set -o good.csv
cp good.csv before.csv
refuses - "$LESION" eval --model whole.bin --images set -o good.csv
same good.csv before.csv
refuses - "$LESION" eval --model whole.bin --images set -o folder.bin
refuses - "$LESION" eval --model whole.bin --images set -o missing/a.csv
refuses - "$LESION" eval --model whole.bin --images set -o /dev/full
refuses - "$LESION" eval --model whole.bin --images set -o /dev/full --force
refuses - "$LESION" eval --model whole.bin --images set -o a.csv --logits missing/logits.npy
refuses - "$LESION" --model whole.bin --images set --kernels 0 -o whole.bin/a.csv
refuses - "$LESION" convert whole.onnx /dev/full --input other.json
refuses - "$LESION" convert whole.onnx whole.bin --input other.json
same whole.bin "$DEMO"
for command in 'eval --images set' 'sweep --images set --kernels 0' 'sweep --images set --layers conv1 --top 1' \
  'greedy --images set --layers conv1 --steps 1' 'group --images set --kernels conv1:0' 'invariance --images set' \
  'stimuli --images set --stats -' 'info' 'info --json'; do
  # $command is several words.
  "$LESION" $command --model whole.bin --quiet >/dev/full 2>err
  [ $? -eq 1 ] || fail "$command to a full device does not exit with 1"
  err_says 'cannot write'
  one_error "$command"
done
# Two outputs of one command with the same path.
for two in 'taken.csv.json taken.csv' 't.csv t.csv' '- -'; do
  expect 2 "$LESION" eval --model whole.bin --images set --per-image "${two% *}" -o "${two#* }" -q --force
  err_says "${two% *}: would be written twice"
done
expect 0 "$LESION" stimuli --model whole.bin --images set --contrast 1 --output shown -q
refuses - "$LESION" stimuli --model whole.bin --images set --contrast 1 --output shown -q
err_says 'shown/contrast-1/whole.png: exists; --force overwrites it'
# Files without permission to write or read; root, who may do all, tests this as nobody.
user=()
[ "$(id -u)" -ne 0 ] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
if "${user[@]}" "$LESION" info --model whole.bin >out 2>err; then
  mkdir -p locked closed/disc
  chmod a-w locked
  refuses locked/a.csv "${user[@]}" "$LESION" eval --model whole.bin --images set -o locked/a.csv
  refuses locked/a.bin "${user[@]}" "$LESION" convert whole.onnx locked/a.bin --input other.json
  chmod u+w locked
  chmod 0 closed/disc
  refuses - "${user[@]}" "$LESION" eval --model whole.bin --images closed
  err_says 'closed/disc: cannot open the folder: Permission denied'
  chmod 700 closed/disc
else
  echo 'not tested: what may not be opened (root, and no setpriv to nobody)'
fi
finish
