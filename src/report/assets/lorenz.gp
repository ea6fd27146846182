# Concentration: what share of all drops the most important kernels have.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'lorenz'
load 'style.gp'
file = name.'.csv'
height = 440
stats file using 'kernels' name 'KERNELS' nooutput
gini = ''
note(c, g) = (gini = strstrt(gini, ' '.c.'=') ? gini : gini.sprintf(' %s=%.2f', c, g), 0)
stats file using (note(strcol('contrast'), column('gini'))) nooutput
gini_of(c) = strstrt(gini, ' '.c.'=') ? gini[strstrt(gini, ' '.c.'=')+strlen(c)+2:strstrt(gini, ' '.c.'=')+strlen(c)+5] : ''
# Contrasts at which nothing is lost have no curve. They are not in the loop either: of a
# last curve without points gnuplot 6.0 looks up the title when the loop's variable is gone.
collected = ''
stats file using (collect(strcol('contrast'))) nooutput
drawn = collected
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(80, 460, 14, height - 62, height)
  set logscale x
  eval rank_tics(KERNELS_max)
  set xrange [1:KERNELS_max > 1 ? KERNELS_max : 2]
  set yrange [0:100]
  set xlabel 'Number of kernels, most important first'
  set ylabel 'Share of all drops (%)'
  set key at screen 478/width, screen T left top Left reverse title 'contrast (Gini)' left
  plot 100 * x / KERNELS_max with lines lw .8 dt 2 lc rgb grey, \
    for [i=1:count_of(drawn)] file using (strcol('contrast') eq item(drawn, i) && column('kernels') > 0 ? column('kernels') : NaN):(100*column('drop_share')) \
      with lines lw 2 lc rgb colour(item(drawn, i)) title item(drawn, i).' ('.gini_of(item(drawn, i)).')'
  unset output
}
