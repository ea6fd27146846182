# The first layer's kernels: filters.png with numbers and values below each.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'filters'
load 'style.gp'
file = name.'.csv'
stats file using 'width_px' name 'W' nooutput
stats file using 'height_px' name 'H' nooutput
header = system("head -n 1 ".file)
value = strstrt(header, 'selectivity_beyond') ? 'selectivity_beyond' : strstrt(header, 'lost_selectivity') ? 'lost_selectivity' : 'drop'
size = W_max < 620 ? 1. : 620. / W_max
height = H_max * size + 20
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(10, 10 + W_max * size, 6, 6 + H_max * size, height)
  unset border
  unset tics
  set xrange [-.5:W_max - .5]
  set yrange [H_max - .5:-.5]
  plot name.'.png' binary filetype=png flipy with rgbimage, \
    file using 'x_px':(column('y_px') + 7):(sprintf('%d', column('kernel'))) with labels font ',10', \
    '' using 'x_px':(column('y_px') + 20):(sprintf('%+.1f', 100*column(value))) with labels font ',9' textcolor rgb grey
  unset output
}
