# Files named in a list that do not exist, and broken links in class folders: the look at all images
# before the work names them all, and leaves them out where that is asked for.
. "$(dirname "$0")/support.sh" "$@"

mkdir -p set/disc set/star
cp "$TOP"/data/images/disc/000[1-3].png set/disc
cp "$TOP"/data/images/star/000[1-3].png set/star
shown=(--model "$DEMO" --images set --contrast 0.1,1)
expect 0 "$LESION" eval "${shown[@]}" -o whole.csv

# ---- links ----
ln -s nowhere set/disc/0004.png
ln -s /no/such/place.jpg set/star/0000.jpg
ln -s ../disc/0001.png set/star/0009.png # leads somewhere
mkdir set/star/0005.png.d
expect 1 "$LESION" eval "${shown[@]}" -o new.csv
[ "$(grep '^lesion: error: ' err)" = 'lesion: error: set/disc/0004.png: cannot open: No such file or directory
lesion: error: set/star/0000.jpg: cannot open: No such file or directory' ] || fail "not both links: $(cat err)"
err_says '2 of 9 images cannot be shown; --damaged leave-out goes on without them'
rm set/star/0009.png
expect 0 "$LESION" eval "${shown[@]}" --damaged leave-out -o left.csv
err_says 'left out 2 of 8 images:'
same whole.csv left.csv
[ "$(grep -c 'disc/0004.png\|star/0000.jpg' left.csv.json)" -eq 2 ] || fail "provenance: $(cat left.csv.json)"
# A class folder that is a broken link is an error, not left out with its images.
ln -s nowhere set/ring
expect 1 "$LESION" eval "${shown[@]}" --damaged leave-out -o new.csv
err_says 'set/ring: may be a folder of images, mend it or remove it: cannot stat: No such file or directory'
rm set/ring set/disc/0004.png set/star/0000.jpg

# ---- lists ----
printf 'file,class\ndisc/0001.png,disc\nabsent.png,star\nstar/0001.png,star\nstar,star\nstar/0001.png/x.png,star\n/no/such.png,0\n' >table.csv
printf 'disc/0001.png 2\nabsent.png 1\nstar/0001.png 5\nstar 1\nstar/0001.png/x.png 1\n/no/such.png 0\n' >list.txt
sed '3d; 5,$d' table.csv >rest.csv
expect 0 "$LESION" eval "${shown[@]}" --labels rest.csv -o rest.out.csv
for list in table.csv list.txt; do
  expect 1 "$LESION" eval "${shown[@]}" --labels $list -o new.csv
  for fault in 'set/absent.png: cannot open: No such file' 'set/star: is not a regular file' \
    'set/star/0001.png/x.png: cannot open: Not a directory' '/no/such.png: cannot open: No such file'; do
    err_says "lesion: error: $fault"
  done
  err_says '4 of 6 images cannot be shown'
  [ "$(grep -c '^lesion: error: ' err)" -eq 4 ] || fail "$list: not four errors: $(cat err)"
done
expect 0 "$LESION" eval "${shown[@]}" --labels table.csv --damaged leave-out -o left.out.csv
same rest.out.csv left.out.csv
expect 1 "$LESION" stimuli "${shown[@]}" --labels table.csv -o shown
err_says '4 of 6 images cannot be shown'
[ ! -e shown ] || fail 'stimuli of a list with faults'
expect 0 "$LESION" stimuli "${shown[@]}" --labels table.csv --damaged leave-out -o shown
[ "$(find shown -type f | wc -l)" -eq 4 ] || fail "stimuli: $(find shown)"
expect 1 "$LESION" images --model "$DEMO" --images set --labels table.csv -o images.csv
grep -q '^absent.png,[0-9]*,star,0,,,,' images.csv || fail "images: $(cat images.csv)"
# More than 20 missing files are only counted, also where all are missing.
for i in $(seq 50); do echo "$i.png 0"; done >gone.txt
expect 1 "$LESION" eval "${shown[@]}" --labels gone.txt -q
[ "$(wc -l <err)" -eq 21 ] || fail "not 21 lines: $(cat err)"
err_says 'lesion: error: and 30 more'
expect 1 "$LESION" eval "${shown[@]}" --labels gone.txt
err_says 'none of the 50 images can be shown: is --images the folder that they are in, and --labels of that folder?'

# A run whose list names a missing file goes on once the file exists.
expect 0 "$LESION" "${shown[@]}" --layers conv1 --kernels 0-3 --labels table.csv --damaged leave-out --run run -o run.csv
expect 0 "$LESION" "${shown[@]}" --layers conv1 --kernels 0-3 --labels rest.csv -o rest.run.csv
same rest.run.csv run.csv
# So does its report, on the images of the run.
report=("$LESION" report run --model "$DEMO" --images set --labels table.csv -o report)
expect 1 "${report[@]}"
err_says '4 of 6 images cannot be shown; --damaged leave-out goes on without them'
[ ! -e report ] || fail 'a report of a list with faults'
expect 0 "${report[@]}" --damaged leave-out -v
err_says '6 images, of which 0 were opened'
[ -s report/index.html ] || fail 'no report'
finish
