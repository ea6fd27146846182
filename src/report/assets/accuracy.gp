# Intact accuracy over contrast, a curve for each region and normalisation.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'accuracy'
load 'style.gp'
file = name.'.csv'
collected = ''
stats file using (collect(strcol('showing'))) nooutput
showings = collected
n = count_of(showings)
stats file using 'contrast' name 'C' nooutput
stats file using 'chance' name 'CHANCE' nooutput
height = 330 + 19 * (n > 1 ? n : 0)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(80, 620, 14 + (n > 1 ? 19 * n + 4 : 0), height - 62, height)
  set xlabel 'Contrast'
  set ylabel 'Images classified rightly (%)'
  set yrange [0:100]
  if (C_min > 0) { set logscale x; set xrange [C_min/1.15:C_max*1.15] } else { set xrange [*:*] }
  set xtics ()
  do for [i=1:contrast_count] { set xtics add (item(contrasts, i) real(item(contrasts, i))) }
  set key at graph 0, graph 1.02 left bottom Left reverse maxrows n
  plot 100 * CHANCE_max with lines dt 3 lc rgb grey, \
    for [i=1:n] file using 'contrast':(strcol('showing') eq item(showings, i) ? 100*column('accuracy') : NaN):(100*column('low')):(100*column('high')) \
      with yerrorbars pt 7 ps .6 lw 1.2 lc rgb kind(i), \
    for [i=1:n] file using 'contrast':(strcol('showing') eq item(showings, i) ? 100*column('accuracy') : NaN) \
      with linespoints pt 7 ps .6 lw 1.6 lc rgb kind(i) title n > 1 ? item(showings, i) : ''
  unset output
}
