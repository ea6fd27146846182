# Threshold shift of each kernel, layer by layer.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'thresholds'
load 'style.gp'
file = name.'.csv'
stats file using 'row' name 'ROW' nooutput
stats file using 'shift' name 'SHIFT' nooutput
rows = int(ROW_max) + 1
stats file using (longer(strcol('layer'))) nooutput
height = 274 + named(rows > 40 ? 5.6 : 6.8)
is(state) = column('significant') == state
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(92, 620, 34, 260, height)
  set xrange [-.6:rows - .4]
  tic_font = rows > 40 ? ',9' : ',11'
  set xtics rotate by 90 right scale 0 font tic_font
  set ylabel 'Threshold shift (log10 contrast)'
  set key at graph 0, graph 1.02 left bottom Left reverse horizontal
  plot 0 with lines lw .8 dt 2 lc rgb grey, \
    file using (is(0) ? column('x') : NaN):'shift' with points pt 7 ps .3 lc rgb '#70555555' title 'other kernels', \
    '' using (column('row') - .4):'median':(.8):(0):xtic(cut(strcol('layer'))) with vectors nohead lw 2.5 lc rgb '#56B4E9' title 'median', \
    '' using (is(1) ? column('x') : NaN):'shift':'shift_ci_low':'shift_ci_high' with yerrorbars pt 7 ps .5 lw 1 lc rgb '#D55E00' title 'p_max < .05'
  unset output
}
