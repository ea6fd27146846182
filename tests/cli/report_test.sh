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
$has_gnuplot && [ "$(cat err)" != "lesion: $TOP/data/images: 8 folders matched by name" ] && fail "noted: $(cat err)"
lists demo/report 'figures index.html tables'
lists demo/report/tables 'intact.csv kernels.csv layers.csv psychometric.csv selectivity.csv'
drawn demo/report accuracy drops filters greedy intervals invariance kernelmap layers lorenz profile psychometric selectivity stimuli \
  thresholds
expect 0 "$LESION" stats demo
expect 0 "$LESION" psychometric demo
for table in intact kernels layers psychometric selectivity; do same demo/report/tables/$table.csv demo/tables/$table.csv; done
page_says demo/report 'Network <b>demo.bin</b>'
page_says demo/report '108 kernels of 4 layers, each lesioned alone. 320 images of 8 classes'
page_lacks demo/report 'https?://'
page_lacks demo/report '\{\{'
# The ends of intervals have one name everywhere.
{ head -qn 1 demo/report/figures/*.csv && grep -o '^layer,layer_index,kernel.*' demo/report/index.html; } | grep -E '(^|,)(low|high)(@|,|$)' &&
  fail 'ends of intervals that are not ..._ci_low and ..._ci_high'
# What figures draw is what the tables say.
columns demo/report/tables/kernels.csv contrast layer kernel top1_drop top1_drop_ci_low top1_drop_ci_high | sort >wanted
columns demo/report/figures/drops.csv contrast layer kernel drop drop_ci_low drop_ci_high | tail -n +2 | sort | comm -23 - wanted >strange
[ -s strange ] && fail "drops.csv: $(head -n 2 strange)"
# Of equal drops it has two only, but every drop.
columns demo/report/tables/kernels.csv contrast top1_drop top1_drop_ci_low top1_drop_ci_high | tail -n +2 | sort -u >wanted
columns demo/report/figures/drops.csv contrast drop drop_ci_low drop_ci_high | tail -n +2 | sort -u >got
same got wanted
columns demo/report/tables/layers.csv layer contrast mean_drop | tail -n +2 | sort >wanted
columns demo/report/figures/layers.csv layer contrast mean_drop | tail -n +2 | sort >got
same got wanted
# Kernels in one place of selectivity.csv are those that lose, and are predicted to lose, as many images.
selectivity=demo/report/tables/selectivity.csv
columns $selectivity both both_lost_low lost_predicted beyond_p_max selectivity_beyond | tail -n +2 | awk -F, '
  { at = $1 "," $2 "," $3; n[at]++; selective[at] += $4 < .05 && $5 > 0 }
  END { for (at in n) print at "," n[at] "," selective[at] }' | sort >wanted
columns demo/report/figures/selectivity.csv both both_lost_low lost_predicted kernels selective | tail -n +2 | sort >got
same got wanted
# Its labels are the selective kernels, twelve at most, in one mark or several.
columns $selectivity layer kernel beyond_p_max selectivity_beyond | tail -n +2 | awk -F, '$3 < .05 && $4 > 0 { print $1 " " $2 }' |
  sort >wanted
[ -s wanted ] && [ "$(wc -l <wanted)" -le 12 ] || fail "the demo has $(wc -l <wanted) selective kernels"
columns demo/report/figures/selectivity.csv label | tail -n +2 | tr ';' '\n' | sed 's/^ *//' | grep . | sort >got
same got wanted
columns $selectivity layer selectivity_beyond | tail -n +2 | awk -F, -v OFS=, '
  { n[$1]++; sum[$1] += $2; most[$1] = n[$1] == 1 || $2 > most[$1] ? $2 : most[$1] }
  END { for (l in n) printf "%s,%d,%.6f,%.6f\n", l, n[l], sum[l] / n[l], most[l] }' | sort >wanted
columns demo/report/figures/profile.csv layer kernels mean largest | tail -n +2 |
  awk -F, '{ printf "%s,%d,%.6f,%.6f\n", $1, $2, $3, $4 }' | sort >got
same got wanted
[ "$(columns demo/report/figures/profile.csv measure | tail -n +2 | sort -u)" = selectivity_beyond ] || fail 'the measure of profile'
columns $selectivity layer kernel selectivity_beyond | tail -n +2 | awk -F, -v OFS=, '$1 == "conv1" { print $2, $3 }' |
  sort -t, -k2,2gr -k1,1n >wanted
columns demo/report/figures/filters.csv kernel selectivity_beyond | tail -n +2 >got
same got wanted
# The curve of accuracy counts as the table, and marks the two contrasts compared.
columns demo/report/tables/intact.csv contrast images top1 | tail -n +2 | sort -g >wanted
columns demo/report/figures/accuracy.csv contrast images top1 | tail -n +2 >got
same got wanted
marks() { columns "$1/figures/accuracy.csv" compared contrast showing | grep -vE '^(no|compared),' | tr '\n' ' '; }
[ "$(marks demo/report)" = 'low,0.05,everywhere high,1,everywhere ' ] || fail "marks: $(marks demo/report)"
# Wilson's interval, by its formula.
columns demo/report/figures/accuracy.csv images top1 accuracy_ci_low accuracy_ci_high | awk -F, 'NR > 1 { z = 1.959963984540054; p = $2 / $1
  m = (p + z * z / 2 / $1) / (1 + z * z / $1); h = z / (1 + z * z / $1) * sqrt(p * (1 - p) / $1 + z * z / 4 / $1 / $1)
  if (($3 - m + h) ^ 2 > 1e-16 || ($4 - m - h) ^ 2 > 1e-16) exit 1 }' || fail 'intervals of the accuracy'
# What the summary says of them.
number() { columns $selectivity "$1" "$2" | awk -F, 'NR > 1 && $1 < .05 && $2 > 0 { n++ } END { print n + 0 }'; }
both=$(columns $selectivity both | sed -n 2p)
page_says demo/report "<p>The intact network has $both of 320 images right at both contrasts, 0.05 and 1. Of these, $(number lost_p_max lost_selectivity) of 108 kernels lose more at 0.05 than at 1 (lost_p_max below .05), and $(number beyond_p_max selectivity_beyond) more at 0.05 than importance at 1 predicts (beyond_p_max below .05)."
page_lacks demo/report 'little left for a lesion to lose'
columns demo/report/tables/psychometric.csv layer kernel threshold_shift threshold_shift_ci_low threshold_shift_ci_high |
  awk -F, '$3 != ""' | sed 1d | sort >wanted
columns demo/report/figures/thresholds.csv layer kernel shift shift_ci_low shift_ci_high | sed 1d | sort >got
same got wanted
# Of the curves, the intact one and five at most, whose intervals exclude 0; a line goes through its threshold's accuracy.
columns demo/report/tables/psychometric.csv layer kernel threshold_shift threshold_shift_ci_low threshold_shift_ci_high |
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

  opens demo/report/index.html 'drawRows(1e9); [...document.querySelectorAll("tbody tr[data-row]")].map(tr =>
    [tr.cells[0].textContent, tr.cells[1].textContent, ...[...tr.cells].slice(6).map(td => td.dataset.value)].join()).join("\n")'
  columns $selectivity layer kernel lost_selectivity lost_p_max selectivity_beyond beyond_p_max | tail -n +2 | sort >wanted
  sort out >got
  same got wanted
  opens demo/report/index.html '[...document.querySelectorAll("#table th")].slice(6).map(th => th.dataset.name).join()'
  [ "$(cat out)" = lost_selectivity,lost_p_max,selectivity_beyond,beyond_p_max ] || fail "columns of the page: $(cat out)"
  opens 'demo/report/index.html#filter=beyond_p_max<0.05 selectivity_beyond>0' 'document.getElementById("count").textContent'
  [ "$(cat out)" = "$(number beyond_p_max selectivity_beyond) of 108 kernels" ] || fail "selective kernels: $(cat out)"

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
    const same = ["both_lost_low", "lost_predicted"].every(n => data.number[n][state.kernel] === data.number[n][5]);
    return marks + " " + same + " " + document.querySelector("tr[aria-selected=true]").cells[0].textContent })()'
  [ "$(cat out)" = '5 true conv1' ] || fail "marks of a kernel: $(cat out)"
  # The mark lies on what gnuplot drew, and what is told of it there is the table's.
  marked='(() => { const best = data.rows.map((_, k) => k).filter(k => data.number[VALUE][k] > 0)
      .sort((a, b) => data.number[P_MAX][a] - data.number[P_MAX][b])[0];
    choose(best);
    const figure = [...document.querySelectorAll("figure[data-link=selectivity]")].find(f => !f.hidden);
    const hit = figure.querySelector(".hit"), x = +hit.getAttribute("cx"), y = +hit.getAttribute("cy");
    const box = hit.getBoundingClientRect();
    figure.querySelector(".plot").dispatchEvent(new MouseEvent("mousemove", { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }));
    return [...figure.querySelectorAll("use")].some(use => {
      const m = /translate\(([\d.]+),([\d.]+)\)/.exec(use.getAttribute("transform"));
      return m && use.getAttribute("fill") !== "#707070" && Math.hypot(m[1] - x, m[2] - y) < 1.5 }) + "; " + document.getElementById("tip").textContent })()'
  told() { # TABLE VALUE P_MAX BESIDE WORDS: of the row with the least p, as told; of equals the first
    columns "$1" layer kernel both_lost_low both "$4" "$2" "$3" | tail -n +2 | awk -F, -v words="$5" '$6 > 0 && (p == "" || $7 < p) {
      p = $7; text = $1 " kernel " $2 ": " $3 " of " $4 " images lost at low contrast, " $5 " " words } END { print "true; " text }'
  }
  opens demo/report/index.html "$(sed 's/VALUE/"selectivity_beyond"/; s/P_MAX/"beyond_p_max"/g' <<<"$marked")"
  told $selectivity selectivity_beyond beyond_p_max lost_predicted 'predicted from its importance at high' >wanted
  same out wanted
fi

# ---- claims begin the page ----
printf 'A claim with <b> & "quotes".\n\n1. One: supported.\n- First, on\n  two lines.\n- Second.\n' >demo/claims.txt
expect 0 "$LESION" report demo --force
page_says demo/report '<p> A claim with &lt;b> &amp; &quot;quotes&quot;.</p>'
page_says demo/report '<div class="claim"><b> 1. One: supported.</b>'
page_says demo/report '<ul><li>First, on two lines.</li>'
page_says demo/report '<li>Second.</li></ul></div>'
page_lacks demo/report 'each lesioned alone'
# The figure of the intact network stands between the words and the others.
awk '/<div class="claim">/ { a = NR } /<figure id="accuracy"/ { b = NR } /id="chooser"/ { c = NR } /<figure id="drops"/ { d = NR }
  END { exit !(a && a < b && b < c && c < d) }' demo/report/index.html || fail 'the order of the page'
page_says demo/report 'Left out: The weights are not in the run: --model FILE'
rm demo/claims.txt

# ---- the ladder of claims is the curve of the intact network ----
ladder=demo/tables/ladder.csv
expect 0 "$LESION" eval --model "$DEMO" --contrast 0.02,0.05,0.1,0.3,0.5,1 -o $ladder -q
expect 0 "$LESION" report demo --force
columns $ladder contrast images top1 | tail -n +2 >wanted
columns demo/report/figures/accuracy.csv contrast images top1 | tail -n +2 >got
same got wanted
[ "$(marks demo/report)" = 'low,0.05,everywhere high,1,everywhere ' ] || fail "marks on the ladder: $(marks demo/report)"
if $has_gnuplot; then
  for words in '>low 0.05<' '>high 1<'; do grep -qF "$words" demo/report/figures/accuracy.svg || fail "accuracy.svg lacks $words"; done
fi
expect 0 "$LESION" report demo --force --low 0.1 --high 0.5
[ "$(marks demo/report)" = 'low,0.1,everywhere high,0.5,everywhere ' ] || fail "other marks: $(marks demo/report)"
if $has_gnuplot; then
  grep -qF '>low 0.1<' demo/report/figures/accuracy.svg || fail 'accuracy.svg marks another contrast'
fi
cp $ladder good.csv
strange() { # SENTENCE: a report of the ladder as it is now
  expect 1 "$LESION" report demo -o odd
  err_says "demo/tables/ladder.csv$1"
  [ ! -e odd ] || fail "a report was begun with a strange ladder"
}
cp demo/tables/kernels.csv $ladder
strange ': has no column top1'
sed 's/,320,/,321,/' good.csv >$ladder
strange ":2: top1 '"
grep -v '^0.5,' good.csv >$ladder
strange ': has no contrast 0.5, which the run has'
awk -F, -v OFS=, '$1 == "0.1" { $5++ } { print }' good.csv >$ladder
strange ':4: top1 '
err_says 'at contrast 0.1, the run has '
sed 's/,all,/,edges,/' good.csv >$ladder
strange ":2: contrast '0.02', region 'edges', normalise 'none', wanted ascending"
(head -n 1 good.csv && tail -n +2 good.csv | sort -gr) >$ladder
strange ":3: contrast '0.5'"
rm $ladder

# ---- several lesions, strange names, an unfinished run ----
cp -r "$TOP/tests/golden/tables/run" golden
expect 0 "$LESION" report golden -o here/and/there
err_says 'golden: not finished; the report is of the first 16 of 18 images, which are complete'
page_says here/and/there 'the complete ones of 18: the run is not finished'
page_says here/and/there '<option value="1">lesion planes:in=0</option>'
drawn here/and/there accuracy drops-2 drops-3 drops intervals-2 intervals-3 intervals kernelmap-2 kernelmap-3 kernelmap layers-2 layers-3 layers lorenz-2 \
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
# So few kernels predict nothing: they stand beside what they lose at high contrast.
selectivity=regions/report/tables/selectivity.csv
[ "$(columns $selectivity lost_predicted | sort -u | tr '\n' ' ')" = ' lost_predicted ' ] || fail 'four kernels predict something'
awk -F, 'NR == 1 || $5 == "all" && $6 == "none"' $selectivity >everywhere.csv
columns everywhere.csv both_lost_low both_lost_high | tail -n +2 | sort -u >wanted
columns regions/report/figures/selectivity.csv both_lost_low both_lost_high | tail -n +2 | sort >got
same got wanted
[ "$(columns regions/report/figures/profile.csv measure | tail -n +2 | sort -u)" = lost_selectivity ] || fail 'the measure of few'
page_says regions/report 'on the line both are equal. Too few kernels have an effect for a prediction from their importance.'
page_says regions/report 'of 4 kernels loses more at 0.1 than at 1 (lost_p_max below .05); too few kernels have an effect'
if $has_gnuplot; then
  grep -qF '>Lost at contrast 1<' regions/report/figures/selectivity.svg || fail 'the axis of few'
fi
if $has_browser && $has_gnuplot; then
  opens regions/report/index.html "$(sed 's/VALUE/"lost_selectivity"/; s/P_MAX/"lost_p_max"/g' <<<"$marked")"
  told everywhere.csv lost_selectivity lost_p_max both_lost_high 'at high' >wanted
  same out wanted
  opens regions/report/index.html '[...document.querySelectorAll("tbody tr[data-row] td:nth-child(7)")].map(td => td.textContent).join("|")'
  [ "$(cat out)" = '|||' ] || fail "what is unknown reads $(cat out)"
fi

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
page_says grey/report 'At contrast 0 the intact network is right on'
page_says grey/report 'there is little left for a lesion to lose'
drawn grey/report accuracy drops intervals kernelmap layers lorenz profile selectivity
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
expect 0 "$LESION" --model "$DEMO" --images few --contrast 0,1 --layers conv1 --run blind -q
expect 0 "$LESION" report blind --model "$DEMO"
page_says blind/report 'The intact network has 0 of 1 image right at both contrasts, 0 and 1. At contrast 0 '
page_says blind/report 'Left out: The intact network has no image right at both contrasts.'
page_says blind/report 'The largest drop comes first;'
drawn blind/report accuracy drops filters kernelmap layers
columns blind/report/tables/kernels.csv contrast kernel top1_drop | awk -F, -v OFS=, '$1 == "0" { print $2, $3 }' |
  sort -t, -k2,2gr -k1,1n >wanted
columns blind/report/figures/filters.csv kernel drop | tail -n +2 >got
same got wanted
if $has_browser; then
  opens 'blind/report/index.html#kernel=conv1:3' 'document.getElementById("chosen").textContent.includes("select")'
  [ "$(cat out)" = false ] || fail 'the page tells a selectivity that is unknown'
fi
regions=$(for i in 0 1 2 3 4 5 6 7 8 9 10 11 12; do printf 'square:0.%02d,' $((i + 30)); done)all
expect 0 "$LESION" --model "$DEMO" --images few --contrast 1 --region "$regions" --layers conv3 --kernels 7 --run many -q
expect 0 "$LESION" report many
$has_gnuplot && err_says 'the first 12 of 14 sections are shown; all are in the tables'
grep -q 'Shown are the first 12 of 14 sections' many/report/index.html || fail 'the page hides sections'
finish
