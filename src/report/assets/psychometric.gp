# Accuracy over log contrast: the intact network, and the kernels that shift its threshold most.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'psychometric'
load 'style.gp'
file = name.'.csv'
collected = ''
stats file using (collect(strcol('curve'))) nooutput
curves = collected
n = count_of(curves)
stats file using 'contrast' name 'C' nooutput
is(i, kind_) = strcol('curve') eq item(curves, i) && strcol('kind') eq kind_
shade(i) = i == 1 ? '#000000' : kind(i - 1)
rows = (n + 1) / 2
height = 380 + 19 * rows
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(80, 620, 18 + 19 * rows, height - 62, height)
  set xlabel 'Contrast'
  set ylabel 'Images classified rightly (%)'
  set logscale x
  set xrange [C_min/1.15:C_max*1.15]
  set yrange [0:100]
  set xtics ()
  do for [i=1:contrast_count] { if (real(item(contrasts, i)) > 0) { set xtics add (item(contrasts, i) real(item(contrasts, i))) } }
  set key at graph 0, graph 1.02 left bottom Left reverse maxrows rows
  plot for [i=1:n] file using (is(i, 'fitted') ? column('contrast') : NaN):(100*column('accuracy')) with lines lw (i == 1 ? 2.2 : 1.4) lc rgb shade(i) title item(curves, i), \
    for [i=2:n] file using (is(i, 'counted') ? column('contrast') : NaN):(100*column('accuracy')) with points pt 7 ps .4 lc rgb shade(i), \
    file using (is(1, 'counted') ? column('contrast') : NaN):(100*column('accuracy')):(100*column('accuracy_ci_low')):(100*column('accuracy_ci_high')) with yerrorbars pt 7 ps .7 lw 1.2 lc rgb shade(1), \
    for [i=1:n] file using (is(i, 'counted') ? column('threshold') : NaN):(0):(0):(4) with vectors nohead lw (i == 1 ? 3 : 2) lc rgb shade(i)
  unset output
}
