# The report of a run that races left: how many kernels were still run and on how many images each
# stands, as NumPy counts them in the run's arrays; the kernels that a race found, as its table has
# them; and of a whole run the most selective kernels with their intervals.
. "$(dirname "$0")/support.sh" "$@"
has_gnuplot=false
command -v gnuplot >/dev/null && has_gnuplot=true
$has_gnuplot || echo 'report_race: no gnuplot, figures are not drawn (scripts/dependencies report)'
find_python numpy
page_says() { grep -qF -- "$2" "$1/index.html" || fail "$1/index.html lacks '$2'"; }
page_lacks() { ! grep -qE -- "$2" "$1/index.html" || fail "$1/index.html has '$2'"; }
shown() { # DIR NAME...: the figures of the page, in order; each is drawn
  local dir=$1 name
  shift
  [ "$(grep -o '<figure id="[^"]*"' "$dir/index.html" | cut -d'"' -f2 | tr '\n' ' ')" = "$* " ] ||
    fail "$dir shows $(grep -o '<figure id="[^"]*"' "$dir/index.html" | tr '\n' ' '), not $*"
  $has_gnuplot || return
  [ -s "$dir/figures/gnuplot.log" ] && fail "gnuplot says: $(head -n 2 "$dir/figures/gnuplot.log")"
  for name; do [ -s "$dir/figures/$name.svg" ] && [ -s "$dir/figures/$name.pdf" ] || fail "$dir: $name is not drawn"; done
}
model=(--model "$DEMO" --images "$TOP/data/images")
base=("$LESION" --model "$DEMO" --contrast 0.05,0.5,1)
race() { # RUN OPTION...: a race, and the report of what it left
  local run=$1
  shift
  expect 0 "${base[@]}" --run "$run" -q -o "$run.csv" "$@"
  expect 0 "$LESION" report "$run" --race "$run.csv" "${model[@]}"
  err_says "$run: is a race's: the report is of how many images each kernel was run on"
}

# counts RUN: what the two figures should have, a section of all contrasts that are shown alike at
# a time: elimination and standing.
counts() {
  "$python" - "$1" <<'END'
import csv, sys
import numpy as np
run = sys.argv[1]
there = (np.load(run + "/predicted.npy") >= 0) & (np.load(run + "/intact_predicted.npy") >= 0)[:, :, None]
kernels = list(csv.DictReader(open(run + "/kernels.csv")))
layers = list(dict.fromkeys(row["layer"] for row in kernels))
conditions = list(csv.DictReader(open(run + "/conditions.csv")))
stands = there.sum(0)  # [condition][kernel]
with open("elimination.csv", "w") as out, open("standing.csv", "w") as strip:
    for region in dict.fromkeys(c["region"] for c in conditions):
        section = [i for i, c in enumerate(conditions) if c["region"] == region]
        seen = {}
        for i in section:
            if stands[i].any():
                seen.setdefault(tuple(stands[i]), []).append(conditions[i]["contrast"])
        for n, names in seen.items():
            n = np.array(n)
            contrasts = " and ".join(names)
            for images in sorted({0, *n.tolist()}):
                print(names[0], contrasts, images, (n >= images).sum(), len(there), sep=",", file=out)
            for row, layer in enumerate(layers):
                of = n[[k["layer"] == layer for k in kernels]]
                for images, count in zip(*np.unique(of, return_counts=True)):
                    print(row, layer, names[0], contrasts, images, count, len(of), len(there), sep=",", file=strip)
print("%d %d" % (there.sum(), there.size))
END
}
counted() { # RUN SUFFIX...: the run's figures are those counts
  [ -n "$python" ] || return
  local run=$1 variants
  shift
  variants=$(counts "$run")
  for figure in elimination standing; do
    for suffix; do sed 1d "$run/report/figures/$figure$suffix.csv"; done >found
    same found $figure.csv
  done
  page_says "$run/report" "of its ${variants#* } variants (every image at every condition with every kernel lesioned) ${variants% *} were run"
}
found() { # RUN MEASURE: the figure has the race's table, and the name of what was raced
  columns "$1.csv" rank layer kernel images value value_ci_low value_ci_high decided | sed '1d; s/,exact$/,1/; s/,accepted$/,0/' >wanted
  columns "$1/report/figures/race.csv" rank layer kernel images value value_ci_low value_ci_high exact | sed 1d >drawn
  [ -s wanted ] || fail "$1.csv has no kernels"
  same drawn wanted
  [ "$(columns "$1/report/figures/race.csv" measure | sed 1d | sort -u)" = "$2" ] || fail "$1.csv was taken for another measure"
}

race drop --top 5
shown drop/report elimination standing race stimuli
counted drop ''
found drop accuracy
[ "$(cut -d, -f3 drop/report/figures/elimination.csv | sed 1d | sort -u | wc -l)" -gt 5 ] || fail 'no kernel was eliminated'
[ "$(cut -d, -f2 drop/report/figures/elimination.csv | sed 1d | uniq | tr '\n' ' ')" = '0.05 0.5 1 ' ] || fail 'a curve for each contrast'
[ "$(ls drop/report/tables)" = kernels.csv ] || fail "tables of a race: $(ls drop/report/tables)"
expect 0 "$LESION" stats drop -q
same drop/report/tables/kernels.csv drop/tables/kernels.csv
page_says drop/report 'The last race that stored outcomes here had <code>--measure accuracy --top 5 --confidence 0.95 --seed 0</code>'
page_says drop/report 'selectivity and curves are left out: they compare kernels on the same images'
page_says drop/report 'without <code>--top</code> or <code>--above</code>, runs what is left of the sweep'
page_lacks drop/report 'Left out:|Bold: q below|Drops are not given'

# The two contrasts of a selectivity are run together: one curve, and none where nothing was run.
race both --top 5 --measure selectivity
counted both ''
found both selectivity
[ "$(cut -d, -f2 both/report/figures/elimination.csv | sed 1d | uniq)" = '0.05 and 1' ] || fail 'the curve of two contrasts'
race right --top 5 --measure lost-selectivity
counted right ''
found right lost-selectivity
page_says right/report 'Drops are not given, as a race by lost-selectivity chose images that are right when intact'
race loss --top 5 --measure loss --seed 7
found loss loss
race change --top 5 --measure loss-selectivity
found change loss-selectivity
# Regions are shown one at a time, and a race that found many kernels by their ranks.
race regions --above 0.01 --region all,centre:0.5
shown regions/report elimination elimination-2 standing standing-2 race stimuli
counted regions '' -2
found regions accuracy
page_says regions/report '<code>--measure accuracy --above 0.01 --confidence 0.95 --seed 0</code>'
[ "$(cut -d, -f3 regions/report/figures/race.csv | sed 1d | sort -u | wc -l)" -eq 6 ] || fail 'a race for each contrast and region'
race none --above 0.9
page_says none/report 'Left out: There is nothing to show.'

# What the page's script makes of it.
if $has_gnuplot && ! is_sanitized && command -v chromium >/dev/null && command -v node >/dev/null; then
  expect 0 node "$TOP/tests/cli/browser.cjs" 'drop/report/index.html#filter=images@1=320&kernel=conv1:9' \
    '[data.rows.length, state.shown.length, document.getElementById("chosen").textContent].join("; ")'
  columns drop/report/tables/kernels.csv contrast layer kernel images lost gained | sed 1d | awk -F, '
    $1 == "1" { n++; all += $4 == 320 } $2 == "conv1" && $3 == 9 { told = told "at " $1 ": lost " $5 ", gained " $6 " of " $4 " images" }
    END { print n "; " all "; conv1 kernel 9 " told "×" }' >wanted
  same out wanted
fi

# ---- a whole run ----
# Completed, the run has the whole report, with what the race found.
expect 0 "${base[@]}" --run drop -q -o whole.csv
expect 0 "$LESION" report drop --race drop.csv "${model[@]}" --force
cp drop.csv moved.csv
sed 's/\("image_[a-z]*_sha256": "\)..../\10000/' drop.csv.json >moved.csv.json
expect 1 "$LESION" report drop --race moved.csv -o nowhere
err_says 'moved.csv: is of another list of images than the run, by moved.csv.json'
shown drop/report accuracy drops layers kernelmap selectivity intervals profile lorenz race filters stimuli
found drop accuracy
page_lacks drop/report 'Races left this run|Left out:'
# The most selective kernels, with the table's intervals.
columns drop/report/tables/selectivity.csv lost_selectivity lost_p_max layer kernel both lost_selectivity_ci_low lost_selectivity_ci_high \
  relative_selectivity relative_selectivity_ci_low relative_selectivity_ci_high contrast_low contrast_high | sed 1d |
  awk -F, -v OFS=, '{ print $0, NR }' | sort -t, -k1,1gr -k2,2g -k13,13n | head -n 20 |
  awk -F, -v OFS=, '{ print NR, $3, $4, ($1 > 0 && $2 < .05) + 0, $11, $12, $5, $1, $6, $7, $8, $9, $10 }' >wanted
sed 1d drop/report/figures/intervals.csv >drawn
[ "$(wc -l <wanted)" -eq 20 ] || fail 'not twenty kernels'
same drawn wanted

# ---- what is refused ----
refuses() { # SENTENCE FILE
  expect 1 "$LESION" report drop --race "$2" -o nowhere
  err_says "$1"
  [ ! -e nowhere ] || fail "a report was begun with $2"
}
refuses 'missing.csv: cannot open' missing.csv
refuses 'whole.csv: has no column rank, wanted what this version of lesion sweep --top or --above writes' whole.csv
cut -d, -f1-15 both.csv >short.csv
refuses 'short.csv: has no column value, wanted' short.csv
expect 1 "$LESION" psychometric both
err_says "both: is a race's, which ran kernels on some images each"
expect 2 "$LESION" report both --low 0.5 -o nowhere
err_says '--low, --low-accuracy and --high are of selectivity, which both has not before the whole sweep'
[ ! -e nowhere ] || fail 'a report of contrasts that are not compared'
rm loss/race.json
expect 1 "$LESION" report loss --force
err_says 'loss: no image is complete yet'
finish
