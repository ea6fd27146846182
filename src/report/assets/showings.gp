# Drops of all kernels for each region, normalisation and lesion.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'showings'
load 'style.gp'
file = name.'.csv'
collected = ''
stats file using (collect(strcol('section'))) nooutput
sections = collected
n = count_of(sections)
height = 344 + 19 * n
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(80, 620, 19 * n + 18, height - 62, height)
  set xrange [.5:contrast_count + .5]
  set xtics scale 0 ()
  do for [i=1:contrast_count] { set xtics add (item(contrasts, i) i) }
  set xlabel 'Contrast'
  set ylabel 'Drop of accuracy (points)'
  set ytics ()
  do for [step in bent_steps] { set ytics add (written(step) bend(real(step))) }
  set key at graph 0, graph 1.02 left bottom Left reverse maxrows n
  y_(v) = bend(100 * v)
  x_(i) = place_of(contrasts, strcol('contrast')) + (i - (n + 1) / 2.) * .7 / n
  plot 0 with lines lw .8 dt 2 lc rgb grey, \
    for [i=1:n] file using (strcol('section') eq item(sections, i) ? x_(i) : NaN):(y_(column('quartile1'))):(0):(y_(column('quartile3')) - y_(column('quartile1'))) with vectors nohead lw 4 lc rgb kind(i), \
    for [i=1:n] '' using (strcol('section') eq item(sections, i) ? x_(i) : NaN):(y_(column('largest'))) with points pt 2 ps .6 lc rgb kind(i), \
    for [i=1:n] '' using (strcol('section') eq item(sections, i) ? x_(i) : NaN):(y_(column('mean'))) with points pt 7 ps .8 lc rgb kind(i) title item(sections, i)
  unset output
}
