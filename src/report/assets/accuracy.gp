# Intact accuracy over contrast, a curve for each region and normalisation; the contrasts that
# the measures of selectivity compare are marked.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'accuracy'
load 'style.gp'
file = name.'.csv'
collected = ''
stats file using (collect(strcol('showing'))) nooutput
showings = collected
n = count_of(showings)
collected = ''
stats file using (collect(strcol('contrast'))) nooutput
shown = collected
marked_low = ''
marked_high = ''
mark_of(end, contrast) = (marked_low = end eq 'low' ? contrast : marked_low, marked_high = end eq 'high' ? contrast : marked_high, 0)
stats file using (mark_of(strcol('compared'), strcol('contrast'))) nooutput
stats file using 'contrast' name 'C' nooutput
stats file using 'chance' name 'CHANCE' nooutput
height = 346 + 19 * (n > 1 ? n : 0)
log_x = C_min > 0
x_low = log_x ? C_min / 1.15 : C_min - .04 * (C_max - C_min)
x_high = log_x ? C_max * 1.15 : C_max + .04 * (C_max - C_min)
# Of a contrast, from the left edge of the plot, px.
at_px(c) = 540. * (log_x ? log(c / x_low) / log(x_high / x_low) : (c - x_low) / (x_high - x_low))
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(80, 620, 30 + (n > 1 ? 19 * n + 4 : 0), height - 62, height)
  set xlabel 'Contrast'
  set ylabel 'Images classified rightly (%)'
  set yrange [0:100]
  set xrange [x_low:x_high]
  if (log_x) { set logscale x }
  # Contrasts too near to the one before go without their number.
  set xtics ()
  numbered = -1e9
  do for [i=1:count_of(shown)] {
    c = item(shown, i)
    fits = at_px(real(c)) - numbered >= 4 * strlen(c) + 22
    if (fits) { numbered = at_px(real(c)) }
    set xtics add ((fits ? c : '') real(c))
  }
  if (strlen(marked_low)) {
    set arrow 1 from real(marked_low), graph 0 to real(marked_low), graph 1 nohead dt 2 lw .8 lc rgb grey
    set label 1 'low '.marked_low at real(marked_low), graph 1 right offset .5,.7 textcolor rgb grey
  }
  if (strlen(marked_high)) {
    set arrow 2 from real(marked_high), graph 0 to real(marked_high), graph 1 nohead dt 2 lw .8 lc rgb grey
    set label 2 'high '.marked_high at real(marked_high), graph 1 right offset .5,.7 textcolor rgb grey
  }
  set key at graph 0, screen T + 22./height left bottom Left reverse maxrows n
  plot 100 * CHANCE_max with lines dt 3 lc rgb grey, \
    for [i=1:n] file using 'contrast':(strcol('showing') eq item(showings, i) ? 100*column('accuracy') : NaN):(100*column('accuracy_ci_low')):(100*column('accuracy_ci_high')) \
      with yerrorbars pt 7 ps .6 lw 1.2 lc rgb kind(i), \
    for [i=1:n] file using 'contrast':(strcol('showing') eq item(showings, i) ? 100*column('accuracy') : NaN) \
      with linespoints pt 7 ps .6 lw 1.6 lc rgb kind(i) title n > 1 ? item(showings, i) : ''
  unset output
}
