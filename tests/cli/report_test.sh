# The report of a run directory: its files, what is refused and left out, and in a browser
# the page itself: table, sorting, filter, links, and that nothing outside is asked for.
. "$(dirname "$0")/support.sh" "$@"

has_gnuplot=false
command -v gnuplot >/dev/null && has_gnuplot=true
$has_gnuplot || echo 'report: no gnuplot, figures are not drawn (scripts/dependencies report)'
has_browser=true
for program in chromium node; do command -v $program >/dev/null || has_browser=false; done
$has_browser || echo 'report: no chromium or node, the page is not opened (scripts/dependencies browser)'
! is_sanitized || has_browser=false # it is the same page

lists() { [ "$(cd "$1" && echo *)" = "$2" ] || fail "$1 holds $(cd "$1" && echo *), not $2"; }
page_says() { grep -qF -- "$2" "$1/index.html" || fail "$1/index.html lacks '$2'"; }
page_lacks() { ! grep -qE -- "$2" "$1/index.html" || fail "$1/index.html has '$2'"; }
# opens PAGE ARGUMENT...: in a browser, without a complaint; what it prints is in out.
opens() { expect 0 node "$TOP/tests/cli/browser.cjs" "$@"; }
# drawn DIR NAME...: those figures are there, and no others.
drawn() {
  local dir=$1
  shift
  $has_gnuplot || return
  [ "$(cd "$dir/figures" && echo *.svg)" = "$(printf '%s.svg ' "$@" | sed 's/ $//')" ] ||
    fail "$dir has $(cd "$dir/figures" && echo *.svg), not $*"
  for name in "$@"; do
    [ -s "$dir/figures/$name.pdf" ] || fail "$dir/figures/$name.pdf"
  done
}

expect 0 "$LESION" --model "$DEMO" --contrast 1,0.5,0.1,0.05 --run demo -q

# ---- all of it ----
expect 0 "$LESION" invariance --model "$DEMO" --contrast 0.05,1 --nodes 'conv*' -o invariance.csv -q
expect 0 "$LESION" greedy --model "$DEMO" --contrast 0.05,1 --layers conv1 --steps 2 --orders 1 -o greedy.csv -q
expect 0 "$LESION" report demo --model "$DEMO" --images "$TOP/data/images" --invariance invariance.csv --greedy greedy.csv
[ ! -s out ] || fail "printed: $(cat out)"
$has_gnuplot && [ -s err ] && fail "noted: $(cat err)"
lists demo/report 'figures index.html tables'
lists demo/report/tables 'intact.csv kernels.csv layers.csv psychometric.csv selectivity.csv'
drawn demo/report accuracy drops filters greedy invariance kernelmap layers lorenz profile psychometric selectivity stimuli \
  thresholds
expect 0 "$LESION" stats demo
expect 0 "$LESION" psychometric demo
for table in intact kernels layers psychometric selectivity; do same demo/report/tables/$table.csv demo/tables/$table.csv; done
page_says demo/report 'Network <b>demo.bin</b>'
page_says demo/report '108 kernels of 4 layers, each lesioned alone. 320 images of 8 classes'
page_lacks demo/report 'https?://'
page_lacks demo/report '\{\{'
# What figures draw is what the tables say.
columns demo/report/tables/kernels.csv contrast layer kernel top1_drop top1_drop_low top1_drop_high | sort >wanted
columns demo/report/figures/drops.csv contrast layer kernel drop low high | tail -n +2 | sort | comm -23 - wanted >strange
[ -s strange ] && fail "drops.csv: $(head -n 2 strange)"
# Of equal drops it has two only, but every drop.
columns demo/report/tables/kernels.csv contrast top1_drop top1_drop_low top1_drop_high | tail -n +2 | sort -u >wanted
columns demo/report/figures/drops.csv contrast drop low high | tail -n +2 | sort -u >got
same got wanted
columns demo/report/tables/layers.csv layer contrast mean_drop | tail -n +2 | sort >wanted
columns demo/report/figures/layers.csv layer contrast mean_drop | tail -n +2 | sort >got
same got wanted
awk -F, 'NR > 1 { n += $5 } END { exit n != 108 }' demo/report/figures/selectivity.csv || fail 'kernels of selectivity.csv'
columns demo/report/tables/psychometric.csv layer kernel threshold_shift threshold_shift_low threshold_shift_high |
  awk -F, '$3 != ""' | sed 1d | sort >wanted
columns demo/report/figures/thresholds.csv layer kernel shift low high | sed 1d | sort >got
same got wanted
# Of the curves, the intact one and five at most, whose intervals exclude 0; a line goes through its threshold's accuracy.
columns demo/report/tables/psychometric.csv layer kernel threshold_shift threshold_shift_low threshold_shift_high |
  awk -F, 'NR > 1 && ($4 > 0 || $5 != "" && $5 < 0) { print ($3 < 0 ? -$3 : $3) "," $1 " " $2 }' | sort -t, -k1,1gr |
  head -n 5 | cut -d, -f2 >wanted
columns demo/report/figures/psychometric.csv curve kind | sed 1d | grep ',counted' | uniq | cut -d, -f1 | sed 1d >got
same got wanted
awk -F, '$2 == "intact" && $3 == "counted" { print $4, $5 }' demo/report/figures/psychometric.csv >got
columns demo/report/tables/intact.csv contrast top1 images | sed 1d | sort -t, -k1,1g | awk -F, '{ print $1, $2 / $3 }' >wanted
paste -d' ' got wanted | awk '$1 != $3 || ($2 - $4) ^ 2 > 1e-10 { exit 1 }' || fail 'points of the intact curve'
# The figure in README is this one.
if $has_gnuplot && gnuplot --version | grep -q '^gnuplot 5.4 '; then
  same demo/report/figures/drops.svg "$TOP/data/drops.svg"
fi
# A user draws one again.
if $has_gnuplot; then
  cp demo/report/figures/drops.svg before.svg
  (cd demo/report/figures && rm drops.svg && gnuplot -c drops.gp drops >/dev/null) || fail 'gnuplot -c drops.gp drops'
  same demo/report/figures/drops.svg before.svg
fi

# ---- the page in a browser ----
if $has_browser; then
  opens demo/report/index.html 'drawRows(1e9); [...document.querySelectorAll("tbody tr[data-row]")].flatMap(tr =>
    [...tr.cells].slice(2, 6).map((td, i) => [tr.cells[0].textContent, tr.cells[1].textContent, data.contrasts[i],
      td.dataset.value, td.textContent].join())).join("\n")'
  columns demo/report/tables/kernels.csv layer kernel contrast top1_drop | tail -n +2 | sort >wanted
  cut -d, -f1-4 out | sort >got
  same got wanted
  awk -F, '{ d = $5 - 100 * $4; if (d * d > .00501 ^ 2) exit 1 }' out || fail 'texts of the drops'

  head='[...document.querySelectorAll("tbody tr[data-row]")].slice(0, 3).map(tr => tr.cells[0].textContent + " " + tr.cells[1].textContent).join()'
  top=$(columns demo/report/tables/kernels.csv top1_drop layer_index kernel contrast layer | awk -F, '$4 == 0.05' |
    sort -t, -k1,1gr -k2,2n -k3,3n | head -n 3 | awk -F, '{ printf "%s%s %s", (NR > 1) ? "," : "", $5, $3 }')
  opens demo/report/index.html "document.querySelector('th[data-name=\"drop@0.05\"] button').click(); $head"
  [ "$(cat out)" = "$top" ] || fail "sorted by a click: $(cat out), wanted $top"
  opens 'demo/report/index.html#sort=drop@0.05&order=down' "$head"
  [ "$(cat out)" = "$top" ] || fail "sorted by the address: $(cat out), wanted $top"
  opens 'demo/report/index.html#filter=conv2 drop@0.05>0.02' 'document.getElementById("count").textContent'
  count=$(columns demo/report/tables/kernels.csv layer contrast top1_drop | awk -F, '$1 == "conv2" && $2 == 0.05 && $3 > .02' | wc -l)
  [ "$(cat out)" = "$count of 108 kernels" ] || fail "filtered: $(cat out), wanted $count"
  opens demo/report/index.html '(() => { const box = document.getElementById("filter"); box.value = "conv1:7";
    box.dispatchEvent(new Event("input")); return document.querySelectorAll("tbody tr[data-row]").length })()'
  [ "$(cat out)" = 1 ] || fail "a filter that is typed leaves $(cat out) rows"
  opens demo/report/index.html '[...document.querySelectorAll("figure")].filter(f => {
    const plot = f.querySelector(".plot"); return !plot || !plot.getAttribute("aria-label") || !plot.querySelector("svg") }).length +
    " " + (document.querySelectorAll("[id]").length - new Set([...document.querySelectorAll("[id]")].map(e => e.id)).size)'
  $has_gnuplot && [ "$(cat out)" != '0 0' ] && fail "figures without text or picture, names given twice: $(cat out)"
fi
# A row that is clicked is marked in the figures, and a mark that is clicked finds its row.
if $has_browser && $has_gnuplot; then
  opens demo/report/index.html '(() => { document.querySelector("tbody tr[data-row=\"5\"]").click();
    const hit = document.querySelector("#selectivity .hit").getBoundingClientRect(), marks = document.querySelectorAll(".hit").length;
    choose(-1);
    const plot = document.querySelector("#selectivity .plot");
    plot.dispatchEvent(new MouseEvent("click", { clientX: hit.x + hit.width / 2, clientY: hit.y + hit.height / 2 }));
    const same = ["drop_low", "drop_high"].every(n => data.number[n][state.kernel] === data.number[n][5]);
    return marks + " " + same + " " + document.querySelector("tr[aria-selected=true]").cells[0].textContent })()'
  [ "$(cat out)" = '5 true conv1' ] || fail "marks of a kernel: $(cat out)"
  # The mark lies on what gnuplot drew: the most selective kernel is where an orange mark is.
  opens demo/report/index.html '(() => { const best = data.rows.map((_, k) => k).sort((a, b) => data.number.p_max[a] - data.number.p_max[b])[0];
    choose(best);
    const hit = document.querySelector("#selectivity .hit"), x = +hit.getAttribute("cx"), y = +hit.getAttribute("cy");
    return [...document.querySelectorAll("#selectivity use")].some(use => {
      const m = /translate\(([\d.]+),([\d.]+)\)/.exec(use.getAttribute("transform"));
      return m && Math.hypot(m[1] - x, m[2] - y) < 1.5 }) })()'
  [ "$(cat out)" = true ] || fail "the mark is not where gnuplot put the kernel"
fi

# ---- claims begin the page ----
printf 'A claim with <b> & "quotes".\n\n1. One: supported.\n- First, on\n  two lines.\n- Second.\n' >demo/claims.txt
expect 0 "$LESION" report demo --force
page_says demo/report '<p> A claim with &lt;b> &amp; &quot;quotes&quot;.</p>'
page_says demo/report '<div class="claim"><b> 1. One: supported.</b>'
page_says demo/report '<ul><li>First, on two lines.</li>'
page_says demo/report '<li>Second.</li></ul></div>'
page_lacks demo/report 'each lesioned alone'
page_says demo/report 'Left out: The weights are not in the run: --model FILE'
rm demo/claims.txt

# ---- several lesions, strange names, an unfinished run ----
cp -r "$TOP/tests/golden/tables/run" golden
expect 0 "$LESION" report golden -o here/and/there
err_says 'golden: not finished; the report is of the first 16 of 18 images, which are complete'
page_says here/and/there 'the complete ones of 18: the run is not finished'
page_says here/and/there '<option value="1">lesion planes:in=0</option>'
drawn here/and/there accuracy drops-2 drops-3 drops kernelmap-2 kernelmap-3 kernelmap layers-2 layers-3 layers lorenz-2 \
  lorenz-3 lorenz profile-2 profile-3 profile selectivity-2 selectivity-3 selectivity showings
if $has_browser; then
  opens 'here/and/there/index.html#section=2' '[data.rows.length, data.rows[0][0], [...document.querySelectorAll("figure[data-section]")].filter(f => !f.hidden && f.dataset.section !== "2").length].join("; ")'
  [ "$(cat out)" = '2; conv, 3; 0' ] || fail "section 2: $(cat out)"
fi

# ---- two regions and two normalisations ----
expect 0 "$LESION" --model "$DEMO" --contrast 0.1,1 --region all,centre:0.5 --normalise none,local:2 --layers conv1 \
  --kernels 0-3 --run regions -q
expect 0 "$LESION" report regions --model "$DEMO" --images "$TOP/data/images"
page_says regions/report '<option value="0">everywhere</option>'
page_says regions/report '<option value="3">centre:0.5, local:2</option>'
[ "$(columns regions/report/figures/accuracy.csv showing | sort -u | wc -l)" -eq 5 ] || fail 'curves of accuracy'

# ---- one contrast; one kernel; no drop ----
expect 0 "$LESION" --model "$DEMO" --contrast 0.1 --layers conv1 --kernels 0 --run one -q
expect 0 "$LESION" report one
[ ! -e one/report/tables/selectivity.csv ] || fail 'selectivity of one contrast'
page_says one/report 'Left out: It compares two contrasts, and there is one only.'
page_says one/report 'Left out: A curve wants two contrasts, and the run has one only.'
page_says one/report '1 kernel of 1 layer, each lesioned alone'
drawn one/report drops kernelmap layers lorenz
expect 0 "$LESION" --model "$DEMO" --contrast 0,1 --layers conv4 --kernels 0 --run grey -q
expect 0 "$LESION" report grey
drawn grey/report accuracy drops kernelmap layers lorenz profile selectivity
if $has_browser; then for run in one grey; do opens $run/report/index.html 'data.rows.length'; done; fi

# ---- without gnuplot ----
expect 0 env PATH=/nowhere "$LESION" report demo -o plain
printf 'lesion: the figures are not drawn, as gnuplot is not there: apt install gnuplot-nox\n' | cmp -s - err ||
  fail "noted: $(cat err)"
page_says plain 'Left out: the figures are not drawn, as gnuplot is not there: apt install gnuplot-nox'
[ -s plain/figures/drops.csv ] && [ -s plain/figures/drops.gp ] || fail 'data and scripts without gnuplot'
[ -z "$(ls plain/figures/*.svg 2>/dev/null)" ] || fail 'figures without gnuplot'
if $has_browser; then
  opens 'plain/index.html#kernel=conv1:3' 'document.getElementById("chosen").textContent.slice(0, 14)'
  [ "$(cat out)" = 'conv1 kernel 3' ] || fail "without figures: $(cat out)"
fi
# One that fails is told apart, and an old figure is not taken for a new one.
mkdir bin
printf '#!/bin/sh\necho broken >&2\nexit 3\n' >bin/gnuplot
chmod +x bin/gnuplot
expect 0 env PATH="$WORK/bin" "$LESION" report demo --force
err_says 'demo/report/figures/accuracy.gp: gnuplot failed: broken'
[ ! -e demo/report/figures/drops.svg ] && [ ! -e demo/report/figures/drops.axes.csv ] || fail 'an old figure is left'
page_says demo/report 'gnuplot failed: broken'

# Of a log that cannot be made gnuplot is not to blame.
rm demo/report/figures/gnuplot.log
mkdir demo/report/figures/gnuplot.log
expect 0 "$LESION" report demo --force
err_says 'demo/report/figures/gnuplot.log: cannot create: Is a directory'
rmdir demo/report/figures/gnuplot.log

# ---- a run.json of somebody else ----
cp -r "$TOP/tests/golden/tables/run" foreign
sed -i 's/"model_sha256": *"[^"]*"/"model_sha256": "\\"><script>alert(1)<\/script>"/' foreign/run.json
expect 0 "$LESION" report foreign -q
page_says foreign/report '<code title="&quot;>&lt;script>alert(1)&lt;/script>">&quot;>&lt;script>'
page_lacks foreign/report '<script>alert'

# ---- what is refused ----
refuses() { # STATUS SENTENCE ARGUMENT...
  local status=$1 sentence=$2
  shift 2
  expect "$status" "$LESION" report "$@"
  grep -qF -- "lesion: error: $sentence" err || fail "lacks '$sentence', says: $(cat err)"
}
refuses 2 'lesion report wants RUN'
refuses 2 '--images goes with --model' demo --images "$TOP/data/images"
refuses 2 "--flips: '0' is not a whole number in 1 ... " demo --flips 0
refuses 1 'demo/report/index.html: exists; --force overwrites it' demo
refuses 1 'nowhere/run.json: cannot open' nowhere
refuses 1 'data/run.json: cannot open' data
refuses 1 'demo/run.json/report: cannot create' demo -o demo/run.json/report
refuses 2 '--low: the run has no contrast 0.9' demo --low 0.9 -o none
refuses 2 'selectivity: the low contrast, 1, is not below the high one, 0.5' demo --low 1 --high 0.5 -o turned
[ ! -e turned/index.html ] || fail 'a page of wrong contrasts'
refuses 1 'golden/run.json: the run is of another model, with SHA-256 none' golden --model "$DEMO" -o none
mkdir few && cp -r "$TOP/data/images/disc" few
echo 'file,class
disc/0001.png,0' >few/labels.csv
refuses 1 'demo/run.json: the run is of another list of images' demo --model "$DEMO" --images few -o none
refuses 1 'nowhere: cannot open the folder of images: No such file' demo --model "$DEMO" --images nowhere -o none
refuses 1 'missing.csv: cannot open' demo --greedy missing.csv -o greedy
head -n 1 greedy.csv >header.csv
refuses 1 'header.csv: has no rows' demo --greedy header.csv -o greedy --force
refuses 1 'invariance.csv: has no column order' demo --greedy invariance.csv -o other
[ ! -e other ] || fail 'a report was begun with a table that is none of greedy'
cp -r golden nameless
sed -i 's/"model_sha256"/"model"/' nameless/run.json
refuses 1 'nameless/run.json: has no "model_sha256" that could be read' nameless --model "$DEMO" -o none
[ ! -e none ] || fail 'a folder was made'
cp -r golden empty
printf '\377\377\377\377' | dd of=empty/intact_predicted.npy bs=1 seek=128 conv=notrunc status=none
refuses 1 'empty: no image is complete yet' empty -o nothing
[ ! -e nothing ] || fail 'left nothing'

# ---- nothing to show, or more than is shown ----
expect 0 "$LESION" --model "$DEMO" --images few --contrast 1 --layers conv3 --kernels 7 --run dead -q
expect 0 "$LESION" report dead
$has_gnuplot && [ -s err ] && fail "a run without a drop: $(cat err)"
grep -q 'Left out: There is nothing to show' dead/report/index.html || fail 'lorenz of no drop is not left out'
ls dead/report/figures | grep -q 'lorenz.*svg' && fail 'lorenz of no drop is drawn'
regions=$(for i in 0 1 2 3 4 5 6 7 8 9 10 11 12; do printf 'square:0.%02d,' $((i + 30)); done)all
expect 0 "$LESION" --model "$DEMO" --images few --contrast 1 --region "$regions" --layers conv3 --kernels 7 --run many -q
expect 0 "$LESION" report many
$has_gnuplot && err_says 'the first 12 of 14 sections are shown; all are in the tables'
grep -q 'Shown are the first 12 of 14 sections' many/report/index.html || fail 'the page hides sections'
finish
