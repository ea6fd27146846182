# What all figures share; each script loads it. `gnuplot -c drops.gp drops` in this folder
# reads drops.csv and writes drops.svg and drops.pdf. Change colours, fonts and sizes here.
set encoding utf8
set minussign
set datafile separator comma
set datafile columnheaders
set datafile missing NaN # rows of other curves do not interrupt a line

font = 'Helvetica,Arial,Liberation Sans,sans-serif'
width = 640. # px of the SVG; points of the PDF, which a paper scales to its column

grey = '#555555'
set border 3 lc rgb grey lw .8
set tics nomirror out scale .6 textcolor rgb '#222222'
set grid noxtics noytics
set key noautotitle samplen 1.5 spacing 1.1

# Opens NAME.svg or NAME.pdf, so many px high: eval open('svg', name, 300)
open(format, name, height) = format eq 'svg' \
  ? sprintf("set terminal svg size %g,%g font '%s,13' noenhanced background '#ffffff'; set output '%s.svg'", \
            width, height, font, name) \
  : sprintf("set terminal pdfcairo size %g,%g font 'Helvetica,13' fontscale .87 linewidth 1.3 pointscale 1.4 noenhanced background '#ffffff'; set output '%s.pdf'", \
            width / 72., height / 72., name)

# Places the next plot, edges in px from the left and from the top.
frame(left, right, top, bottom, height) = sprintf( \
  "L=%g; R=%g; T=%g; B=%g; set lmargin at screen %g; set rmargin at screen %g; set tmargin at screen %g; set bmargin at screen %g", \
  left / width, right / width, 1 - top / (height + 0.), 1 - bottom / (height + 0.), \
  left / width, right / width, 1 - top / (height + 0.), 1 - bottom / (height + 0.))

# NAME.axes.csv tells the page where the axes of each plot lie, so that it finds points in
# them: eval axes_open(name), and eval axes('panel') behind each plot.
axes_open(name) = sprintf("set print '%s.axes.csv'; print 'panel,left,right,bottom,top,x_low,x_high,y_low,y_high'", name)
axes(panel) = sprintf("print sprintf('%s,%%.6g,%%.6g,%%.6g,%%.6g,%%.9g,%%.9g,%%.9g,%%.9g', L, R, B, T, GPVAL_X_MIN, GPVAL_X_MAX, GPVAL_Y_MIN, GPVAL_Y_MAX)", panel)

# The different texts of a column, in the file's order, with | between them.
collected = ''
collect(text) = (strstrt('|'.collected.'|', '|'.text.'|') ? 0 \
  : (collected = collected eq '' ? text : collected.'|'.text, 0))
count_of(list) = list eq '' ? 0 : 1 + sum [i=1:strlen(list)] (list[i:i] eq '|')
item(list, n) = n == 1 ? (strstrt(list, '|') ? list[1:strstrt(list, '|')-1] : list) \
  : item(list[strstrt(list, '|')+1:], n - 1)
place_of(list, text) = sum [i=1:count_of(list)] (item(list, i) eq text ? i : 0)

# Contrasts of the run, ascending. A contrast has the same colour (viridis, without its
# lightest quarter) and mark in all figures; one that the run lacks is grey.
stats 'contrasts.csv' using (collect(strcol('contrast'))) nooutput
contrasts = collected
contrast_count = count_of(contrasts)
scale = '#440154|#472d7b|#3b528b|#2c728e|#21918c|#28ae80|#5ec962'
colour(c) = place_of(contrasts, c) == 0 ? '#888888' : contrast_count == 1 ? '#3b528b' \
  : item(scale, 1 + int(.5 + 6. * (place_of(contrasts, c) - 1) / (contrast_count - 1)))
mark(c) = int(word('7 5 9 11 13 15 4', 1 + place_of(contrasts, c) % 7))

# The longest text of a column, cut to 28 characters as all names are, for margins.
longest = 0
longer(text) = (longest = strlen(text) > longest ? strlen(text) : longest, 0)
cut(text) = text[1:28]
named(px) = px * (longest < 28 ? longest : 28)

# Ranks on a logarithmic axis: eval rank_tics(most).
rank_tics(most) = most < 300 ? 'set xtics (1, 2, 5, 10, 20, 50, 100, 200)' : 'set xtics 10'

# Numbers of images or kernels on a logarithmic axis: eval count_tics('x').
count_tics(axis) = 'set '.axis.'tics (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000)'

# Okabe and Ito's colours, for what is not a contrast.
kinds = '#0072B2|#D55E00|#009E73|#CC79A7|#E69F00|#56B4E9|#000000'
kind(n) = item(kinds, 1 + (n - 1) % 7)

# cividis, for maps: reads the same with any colour vision and in grey.
set palette defined (0 '#00224e', 1 '#123570', 2 '#3b496c', 3 '#575d6d', 4 '#707173', \
  5 '#8a8678', 6 '#a59c74', 7 '#c3b369', 8 '#fee838')

# Percentage points on a scale that is linear about 0 and logarithmic beyond 1.
bend(x) = asinh(x)
# The numbers at such an axis, and how each is written.
few_steps = '-100 -50 -10 -2 0 2 10 50 100'
bent_steps = '-100 -50 -20 -10 -5 -2 -1 0 1 2 5 10 20 50 100'
written(step) = step[1:1] eq '-' ? '−'.step[2:] : step
