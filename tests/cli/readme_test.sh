# README: short, and its commands say what it says they do.
. "$(dirname "$0")/support.sh" "$@"

readme=$TOP/README.md
lines=$(wc -l <"$readme")
[ "$lines" -le 150 ] || fail "README has $lines lines, 150 are wanted: the rest goes into src/cli/pages"

# block TEXT: the lines of README's indented block that begins with that line, without the indent.
block() {
  awk -v first="    $1" '$0 == first { inside = 1 } inside && !/^    / { exit } inside { print substr($0, 5) }' "$readme"
}

# What it links to and calls is there.
for name in $(grep -oE '(scripts|data|\.github)/[A-Za-z0-9_./-]*[A-Za-z0-9]' "$readme" | sort -u); do
  [ -e "$TOP/$name" ] || fail "README names $name, which is not there"
done
for page in $(grep -oE 'man lesion[a-z-]*|help [a-z]+' "$readme" | sed 's/^man lesion-*//; s/^help //' | sort -u); do
  "$LESION" help "$page" >/dev/null 2>&1 || fail "README names a page '$page', which is not there"
done
for option in $(grep -oE -- '`--[a-z-]+|lesion .* --[a-z-]+' "$readme" | grep -oE -- '--[a-z-]+' | sort -u); do
  [ $option = --version ] || [ $option = --install ] ||
    "$LESION" help --format bash | grep -q -- "$option " || fail "README names $option, which is no option"
done

# The rows of the demo, and what they are summed up to.
expect 0 "$LESION" --model "$DEMO" --contrast 0.05,0.1,0.5,1 --output kernels.csv
command=$(sed -n 's/^    \$ \(cut .*\)/\1/p' "$readme")
bash -c "$command" >rows
block "\$ $command" | tail -n +2 >shown
[ "$(wc -l <shown)" -eq 6 ] || fail 'README shows no five rows and their header'
same rows shown
columns kernels.csv layer contrast top1_drop |
  awk -F, 'NR > 1 { sum[$1 " " $2] += $3; n[$1 " " $2]++ } END { for (i in sum) printf "%s %.3f\n", i, sum[i] / n[i] }' | sort >means
# python and R print one row a layer: its name and the means at the contrasts in ascending order.
check_means() {
  grep '^conv' out | awk '{ split("0.05 0.1 0.5 1", c, " "); for (i = 1; i <= 4; i++) printf "%s %s %.3f\n", $1, c[i], $(i + 1) }' |
    sort >printed
  same printed means
}
find_python pandas
if [ -n "$python" ]; then
  block 'import pandas as pd' >means.py
  expect 0 "$python" means.py
  check_means
fi
if command -v Rscript >/dev/null; then
  block 't <- read.csv("kernels.csv")' >means.R
  expect 0 Rscript means.R
  check_means
else
  echo 'no R: its lines are not run'
fi

# Preprocessing as README has it is read: what is wrong then is that this network wants another size.
block "$(sed -n 's/^    \({"channels": 3.*\)/\1/p' "$readme")" >net.input.json
expect 1 "$LESION" info --model "$TOP/tests/golden/onnx/activations.onnx" --input net.input.json
err_says 'the preprocessing makes one image of 3 x 224 x 224'
finish
