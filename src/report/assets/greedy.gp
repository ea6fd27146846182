# Drop with one kernel after another lesioned, beside random orders.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'greedy'
load 'style.gp'
file = name.'.csv'
collected = ''
stats file using (collect(strcol('contrast'))) nooutput
levels = collected
n = count_of(levels)
collected = ''
stats file using (collect(strcol('order'))) nooutput
orders = collected
stats file using 'top1_drop_ci_high' name 'HIGH' nooutput
stats file using 'top1_drop' name 'DROP' nooutput
stats file using 'step' name 'STEP' nooutput
columns = n < 4 ? n : n == 4 ? 2 : 3
rows = (n + columns - 1) / columns
panel_w = (width - 84 - 16 * columns) / columns
height = rows * 198 + 64
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set style fill transparent solid .25 noborder
  set xrange [.7:STEP_max + .3]
  if (STEP_max <= 12) { set xtics 1 }
  set yrange [100 * (DROP_min < 0 ? DROP_min : 0):100 * HIGH_max]
  do for [i=1:n] {
    c = item(levels, i)
    left = 76 + ((i - 1) % columns) * (panel_w + 16)
    top = 24 + ((i - 1) / columns) * 198
    eval frame(left, left + panel_w, top, top + 170, height)
    set title 'contrast '.c offset 0,-.6 textcolor rgb colour(c)
    if (i + columns > n) { set xlabel 'Kernels lesioned'; set format x '%g' } else { unset xlabel; set format x '' }
    if ((i - 1) % columns == 0) { set ylabel 'Drop of accuracy (points)'; set format y '%g' } else { unset ylabel; set format y '' }
    if (i == 1) { set key left top Left reverse } else { unset key }
    plot file using (strcol('contrast') eq c && strcol('order') eq 'greedy' ? column('step') : NaN):(100*column('top1_drop_ci_low')):(100*column('top1_drop_ci_high')) with filledcurves lc rgb colour(c), \
      for [o=2:count_of(orders)] '' using (strcol('contrast') eq c && strcol('order') eq item(orders, o) ? column('step') : NaN):(100*column('top1_drop')) with lines lw 1.2 lc rgb '#999999' title o == 2 ? 'random orders' : '', \
      '' using (strcol('contrast') eq c && strcol('order') eq 'greedy' ? column('step') : NaN):(100*column('top1_drop')) with linespoints pt 7 ps .5 lw 2 lc rgb colour(c) title 'largest drop first'
  }
  unset multiplot
  unset output
}
