# The manual's pages: every command, option and column is on its page, and man can read them.
. "$(dirname "$0")/support.sh" "$@"

topics=$("$LESION" help | sed -n '/^Commands:/,$s/^  \([a-z]*\)  .*/\1/p')
commands=$("$LESION" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  .*/\1/p')
for topic in lesion method tables library sweep; do
  grep -qx $topic <<<"$topics" || fail "help does not list $topic"
done
[ "$(wc -w <<<"$topics")" -eq "$(ls "$TOP"/src/cli/pages/*.txt | wc -l)" ] || fail "help does not list all pages: $topics"
expect 2 "$LESION" help frobnicate
err_says "'frobnicate' is neither a command nor a topic"

# ---- the sources, as page.h says they are ----
LC_ALL=C grep -n '[^ -~]' "$TOP"/src/cli/pages/*.txt >odd && fail "pages are of ASCII: $(head -n 3 odd)"
awk 'length > 80 { print FILENAME ":" FNR }' "$TOP"/src/cli/pages/*.txt >odd
[ ! -s odd ] || fail "lines of over 80 columns: $(head -n 3 odd)"

# ---- what man reads ----
for topic in $topics; do
  expect 0 "$LESION" help --format man $topic
  cp out $topic.roff
  # No text is taken for a request, which man would leave out.
  grep -nE "^[.']" $topic.roff | grep -vE '^[0-9]+:\.(TH|SH|TP|B|BR|br|PP|RS|RE|EX|EE)( |$)' >odd &&
    fail "of $topic man would leave out: $(head -n 3 odd)"
  cmp -s $topic.roff "$(ls "$(dirname "$LESION")"/man/*"$topic".[0-9])" || fail "the build made another page of $topic"
done
sweep=$(cat sweep.roff)
[[ $sweep == *'.TH "LESION-SWEEP" 1 '* && $sweep == *'.B \-\-lesion\-places all|each'* ]] || fail "lesion-sweep(1) is $(head sweep.roff)"
grep -qF '.TH "LESION-TABLES" 5 ' tables.roff || fail 'lesion-tables is not in section 5'
grep -qF '.BR lesion\-psychometric (1)' lesion.roff || fail 'lesion(1) does not list psychometric'
if command -v mandoc >/dev/null; then
  mandoc -T lint -W warning ./*.roff | grep -v 'missing date' >odd # which would change with every build
  [ ! -s odd ] || fail "mandoc: $(head -n 3 odd)"
else
  echo 'no mandoc: pages are not checked by it'
fi
if command -v groff >/dev/null; then
  groff -man -ww -z ./*.roff 2>odd
  [ ! -s odd ] || fail "groff: $(head -n 3 odd)"
else
  echo 'no groff: pages are not checked by it'
fi

# ---- options ----
"$LESION" help --format bash >completion
for command in $commands; do
  options=$(sed -n "s/^    $command[|*-]*) options='\(.*\)' ;;/\1/p" completion)
  [[ $options == *--verbose* ]] || fail "no options of $command in the completion"
  sed 's/\\-/-/g' $command.roff >page
  "$LESION" help $command >text
  for option in $options; do
    grep -qE -- "^\.B (-[a-z], )?$option( |\$)" page || fail "lesion-$command(1) lacks $option"
    grep -qE -- "^  (-[a-z], |    )$option( |\$)" text || fail "lesion help $command lacks $option"
    echo "$option" >>found
  done
done
for option in $(sed -n 's/^    {"\([a-z-]*\)", .*OPTION_.*/--\1/p' "$TOP/src/cli/option_table.c"); do
  grep -qxF -- $option found || fail "$option of option_table.c is on no page"
  listed=$((${listed-0} + 1))
done
[ "${listed-0}" -gt 50 ] || fail 'option_table.c lists no options'

# ---- columns ----
"$LESION" help tables >tables
# terms SECTION: what its items tell of, one a line, without units.
terms() {
  awk -v section="$1" '/^[A-Z]/ && $0 == toupper($0) { inside = $0 == section; next }
    inside && /^  [^ ]/ { sub(/^  /, ""); sub(/  .*/, ""); gsub(/ \([^)]*\)/, ""); n = split($0, t, ", ")
      for (i = 1; i <= n; i++) print t[i] }' tables
}
# described TABLE SECTION...: each column is in a section, or in the one that tables share; and
# what the last section tells of is a column.
described() {
  local table=$1 column
  shift
  head -n 1 "$table" | tr , '\n' >header
  for section in "COLUMNS THAT MANY TABLES SHARE" "$@"; do terms "$section"; done >known
  while read -r column; do
    grep -qxF -- "$column" known || fail "lesion-tables(5), ${*: -1}: lacks $column of $table"
  done <header
  terms "${*: -1}" >known
  [ -s known ] || fail "lesion-tables(5) has no ${*: -1}"
  while read -r column; do
    grep -qxF -- "$column" header || fail "lesion-tables(5), ${*: -1}: $column is no column of $table"
  done <known
}

golden=$TOP/tests/golden/tables
expect 0 "$LESION" stats "$golden/run" --output stats --low 0.1
for table in kernels intact images selectivity layers classes; do
  described stats/$table.csv "${table^^}.CSV"
  described "$golden/$table.csv" "${table^^}.CSV"
done
few=(--model "$DEMO" --contrast 0.1 --layers conv1 --kernels 0-3 --force)
expect 0 "$LESION" "${few[@]}" --output kernels.csv
described kernels.csv KERNELS.CSV
expect 0 "$LESION" "${few[@]}" --top 1 --output top.csv
described top.csv 'KERNELS THAT A RACE FOUND'
expect 0 "$LESION" "${few[@]}" --contrast 0.1,1 --top 1 --measure selectivity --output pairs.csv
described pairs.csv 'KERNELS THAT A RACE FOUND BY SELECTIVITY'
expect 0 "$LESION" greedy "${few[@]}" --steps 1 --output greedy.csv
described greedy.csv KERNELS.CSV GREEDY
expect 0 "$LESION" group --model "$DEMO" --contrast 0.1 --kernels conv1:0-1 --output group.csv
described group.csv KERNELS.CSV GROUP
expect 0 "$LESION" pairs --model "$DEMO" --contrast 0.1 --kernels conv1:0-1 --output two.csv
described two.csv KERNELS.CSV PAIRS
expect 0 "$LESION" eval --model "$DEMO" --contrast 0.1 --output eval.csv --per-image images.csv
described eval.csv INTACT.CSV
described images.csv IMAGES.CSV
expect 0 "$LESION" invariance --model "$DEMO" --contrast 0.1 --nodes conv1 --output nodes.csv --per-kernel each.csv
described nodes.csv INVARIANCE
described each.csv INVARIANCE 'INVARIANCE PER KERNEL'
expect 0 "$LESION" stimuli --model "$DEMO" --contrast 0.1 --output shown --stats stimuli.csv
described stimuli.csv STIMULI
expect 0 "$LESION" --model "$DEMO" --layers conv1 --kernels 0 --run run
expect 0 "$LESION" psychometric run --bootstraps 39
described run/tables/psychometric.csv PSYCHOMETRIC.CSV
expect 0 "$LESION" images --model "$DEMO" --output looked.csv
sed -n '1s/$/,modified_ns,sha256/p' looked.csv >all.csv # those of a run's are the same and two more
described all.csv LOOKED.CSV
expect 0 "$LESION" claims --model "$DEMO" --low 0.1 --layers conv1 --kernels 0-1 --output claims
described claims/claims.csv CLAIMS.CSV
described claims/tables/ladder.csv INTACT.CSV
sed -n 's/^  echo \(name,.*\)/\1/p' "$TOP/scripts/batch" >summary.csv
described summary.csv SUMMARY.CSV
# The files of a run directory, and the columns of its axes.
terms 'RUN DIRECTORY' >known
for file in run/*.npy run/*.csv; do
  grep -qxF "${file#run/}" known || fail "lesion-tables(5) lacks $file"
done
terms 'COLUMNS THAT MANY TABLES SHARE' >>known
terms LOOKED.CSV >>known
for column in $(head -q -n 1 run/images.csv run/conditions.csv run/kernels.csv run/looked.csv | tr , '\n'); do
  grep -qxF "$column" known || fail "lesion-tables(5), RUN DIRECTORY: lacks $column"
done
finish
