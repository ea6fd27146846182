# --top: a race finds the kernels that the whole sweep finds, on fewer variants.
. "$(dirname "$0")/support.sh" "$@"
base=("$LESION" --model "$DEMO" --contrast 0.05,1)

# The kernels with the largest drop at a contrast, from a sweep's table: largest
# lost - gained first, then the network's order.
expect 0 "${base[@]}" -q -o sweep.csv
best() {
  awk -F, -v c="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["contrast"] == c { print $at["lost"] - $at["gained"], NR, $1 "," $2 "," $3 }' sweep.csv |
    sort -k1,1nr -k2,2n | head -n 5 | cut -d' ' -f3 | sort
}

expect 0 "${base[@]}" --top 5 -o race.csv
err_says 'the top 5 of 108 kernels: '
[ "$(head -n 1 race.csv)" = contrast,region,normalise,rank,layer,layer_index,kernel,lesion,images,lost,gained,top1_drop,loss_drop ] ||
  fail "header: $(head -n 1 race.csv)"
for contrast in 0.05 1; do
  grep "^$contrast," race.csv | cut -d, -f5-7 | sort >raced
  best $contrast >wanted
  same wanted raced
done
share=$(sed -n 's/.*: \([0-9]*\)\.[0-9] % of the variants.*/\1/p' err)
[ "${share:-100}" -lt 90 ] || fail "the race ran $share % of the variants"

# The counts of a kernel that ran on every image are the sweep's.
columns sweep.csv contrast layer kernel lost gained >swept
columns race.csv contrast layer kernel lost gained images >ran
awk -F, '{ key = $1 "," $2 "," $3 } NR == FNR { sweep[key] = $4 "," $5; next }
  FNR > 1 && $6 == 320 { seen++; if (sweep[key] != $4 "," $5) print "differs: " $0 }
  END { if (!seen) print "no kernel ran on every image" }' swept ran >differences
[ ! -s differences ] || fail "$(cat differences)"

# The same for any number of threads; another order for another seed.
expect 0 "${base[@]}" --top 5 -q --threads 1 -o one.csv
expect 0 "${base[@]}" --top 5 -q --threads 5 -o five.csv
same one.csv five.csv
same race.csv one.csv
expect 0 "${base[@]}" --top 5 -q --seed 2 -o seed.csv
cmp -s race.csv seed.csv && fail 'another seed runs the same race'
expect 0 "${base[@]}" --top 5 -q --measure loss --clip 0.5 -o loss.csv
[ "$(wc -l <loss.csv)" -eq 11 ] || fail 'a race by loss has not ten rows'

expect 2 "${base[@]}" --top 5 --run run
expect 2 "${base[@]}" --top 5 --shard 1/2
expect 2 "${base[@]}" --top 5 --confidence 1
expect 2 "${base[@]}" --top 5 --confidence nan
expect 2 "${base[@]}" --top 5 --clip 0
expect 2 "${base[@]}" --top -1
expect 2 "${base[@]}" --top 108
err_says 'the top 108 of 108 kernels is no race'
expect 1 "${base[@]}" --top 5 -o race.csv
err_says 'race.csv: exists'
finish
