# How folders become classes: one line says how, and ambiguous folders are refused.
. "$(dirname "$0")/support.sh" "$@"

# folders DIR NAME...: class folders of one image each.
folders() {
  local dir=$1 name
  shift
  for name; do
    mkdir -p "$dir/$name"
    cp "$TOP/data/images/disc/0001.png" "$dir/$name/a.png"
  done
}
run() { "$LESION" eval --model "$DEMO" --contrast 1 --force -o t.csv --per-image images.csv "$@"; }
refuses() { # TEXT OPTION...
  local text=$1
  shift
  expect 1 run "$@"
  err_says "$text"
  [ "$(wc -l <err)" -eq 1 ] || fail "not one sentence: $(cat err)"
}
notes() { # TEXT OPTION...
  local text=$1
  shift
  expect 0 run "$@"
  [ "$(grep -v ' not surely above chance: ' err)" = "lesion: $text" ] || fail "notes '$(cat err)', wanted '$text'"
  expect 0 run "$@" -q
  [ ! -s err ] || fail "--quiet says: $(cat err)"
}
# The classes that the table gives the folders, sorted: NAME CLASS.
classes() { columns images.csv file class | sed '1d; s,/a.png\,, ,' | LC_ALL=C sort; }

# ---- matched ----
folders named disc star
notes 'named: 2 folders matched by name' --images named
classes >matched
printf 'file,class\ndisc/a.png,disc\nstar/a.png,star\n' >named/labels.csv
notes 'named/labels.csv: 2 images of 2 classes, by name' --images named
classes >labelled
same matched labelled
folders index 0 1 2 3 4 5 6 7
notes 'index: 8 folders matched by index' --images index
[ "$(classes | awk '$1 != $2')" = '' ] || fail "index: $(classes)"

# ---- numbers whose two orders differ ----
names='1 2 3 4 5 10 11 20'
folders numbers $names
refuses "class 1 would be '2' by value, but '10' in sorted order (torchvision's ImageFolder); --folder-order number or name" \
  --images numbers
notes 'numbers: 8 folders counted in order of name: 1 = 0, 10 = 1, 11 = 2, ...' --images numbers --folder-order name
classes >ours
grep -q '"folder-order":[[:space:]]*"name"' t.csv.json || fail "provenance: $(cat t.csv.json)"
find_python torchvision
[ -z "$python" ] || {
  "$python" -c "from torchvision.datasets import ImageFolder as F
for pair in sorted(F('numbers').class_to_idx.items()): print(*pair)" >theirs
  same ours theirs
}
notes 'numbers: 8 folders counted in order of number: 1 = 0, 2 = 1, 3 = 2, ...' --images numbers --folder-order number
printf '%s\n' $names | awk '{ print $1, NR - 1 }' | LC_ALL=C sort >wanted
classes >ours
same ours wanted

# ---- numbers from 1, as the devkit's ids, where the model has names ----
folders ids 1 2 3 4 5 6 7 8
refuses "bear no class's id or name, though the model has them; --folder-order name" --images ids
notes 'ids: 8 folders counted in order of number: 1 = 0, 2 = 1, 3 = 2, ...' --images ids --folder-order number

# ---- a level too high ----
folders level/train a b
folders level/val a b
refuses "level/train: bears no class's id or name and holds no image, but 2 folders ('a', ...)" --images level

# ---- ImageNet's lists ----
printf 'disc/a.png 2\nstar/a.png 1\n' >val.txt
notes 'val.txt: a list of 2 images of 2 classes, by index' --images named --labels val.txt
printf '490\n361\n' >truth.txt
refuses 'truth.txt: is a list of numbers alone' --images named --labels truth.txt
printf 'ImageId,PredictionString\na,n01440764 1 2 3 4 \n' >solution.csv
refuses "line 2: class 'n01440764' is no class's index, id or name in the model, which has no WordNet ids" \
  --images named --labels solution.csv
printf 'file,class\n%s/named/disc/a.png,disc\n' "$WORK" >absolute.csv
notes 'absolute.csv: 1 image of 1 class, by name' --images . --labels absolute.csv
[ "$(columns images.csv file | tail -n 1)" = "$WORK/named/disc/a.png" ] || fail "absolute: $(cat images.csv)"

# The error names the columns that the table has.
printf 'file;class\ndisc/a.png;disc\n' >semicolons.csv
refuses "semicolons.csv: the header ('file;class') has no column 'file'" --images named --labels semicolons.csv
printf 'filename,label\ndisc/a.png,disc\n' >words.csv
refuses "words.csv: the header ('filename', ...) has no column 'file'" --images named --labels words.csv

expect 2 run --images named --folder-order size
err_says "--folder-order: 'size' is none of auto|name|number"
finish
