# How many kernels a race still ran, over the images that they were run on.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'elimination'
load 'style.gp'
file = name.'.csv'
stats file using 'images' name 'IMAGES' nooutput
stats file using 'list' name 'LIST' nooutput
stats file using 'kernels' name 'KERNELS' nooutput
stats file using (column('images') > 0 ? column('images') : NaN) name 'RUN' nooutput
collected = ''
stats file using (collect(strcol('contrasts'))) nooutput
curves = collected
n = count_of(curves)
height = 340 + 20 * ((n + 2) / 3)
# A race of a long list stops most kernels at its beginning.
long = LIST_max > 20 * RUN_min
start = long ? RUN_min * .8 : 0
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(76, 610, 12 + 20 * ((n + 2) / 3), height - 68, height)
  if (long) { set logscale x; eval count_tics('x') }
  set xrange [start:LIST_max * (long ? 1.1 : 1.03)]
  # So does a race that takes few of many.
  if (KERNELS_max > 5 * KERNELS_min) { set logscale y; eval count_tics('y'); set yrange [.8 * KERNELS_min:KERNELS_max * 1.25] } \
  else { set yrange [0:KERNELS_max * 1.05] }
  set xlabel 'Images that a kernel was run on'
  set ylabel 'Kernels still run'
  set key at graph 0, graph 1.02 left bottom Left reverse horizontal maxcols 3
  set arrow 1 from LIST_max, graph 0 to LIST_max, graph 1 nohead lw 1 dt 3 lc rgb grey back
  first_of(curve) = strstrt(curve, ' ') ? curve[1:strstrt(curve, ' ')-1] : curve
  plot for [i=1:n] file using (strcol('contrasts') eq item(curves, i) ? (column('images') > 0 ? column('images') : start) : NaN):'kernels' \
      with fsteps lw 2 lc rgb colour(first_of(item(curves, i))) title 'contrast'.(strstrt(item(curves, i), ' ') ? 's ' : ' ').item(curves, i)
  unset output
}
