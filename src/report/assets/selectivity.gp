# Images lost at low contrast over those predicted to be, for each kernel; where there is no
# prediction, over those lost at high contrast. Percent of the images right at both when intact.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'selectivity'
load 'style.gp'
file = name.'.csv'
beyond = strstrt(system("head -n 1 ".file), 'lost_predicted') > 0
beside = beyond ? 'lost_predicted' : 'both_lost_high'
share(lost) = bend(100. * column(lost) / column('both'))
stats file using (share(beside)):(share('both_lost_low')) name 'D' nooutput
collected = ''
stats file using (collect(strcol('contrast_low').'|'.strcol('contrast_high'))) nooutput
c_low = item(collected, 1)
c_high = item(collected, 2)
low = 0
high = D_max_x > D_max_y ? D_max_x : D_max_y
room = .06 * (high > .5 ? high : .5)
# Labels stand beside the plot, in the order of their marks, apart by a gap, and are shifted
# down together where the last would stand above it.
gap = .034 * (high - low + 2 * room)
last = -1e9
stacked(y) = (last = y > last + gap ? y : last + gap)
over = 0
label_y(unused) = (column(0) == 0 ? (last = -1e9) : 0, \
  column('labelled') > 0 ? stacked(share('both_lost_low') - over) : NaN)
stats file using (label_y(0)) nooutput
over = last > high ? last - high : 0
height = 564
eval axes_open(name)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(76, 498, 52, height - 90, height)
  set xrange [low - room:high + room]
  set yrange [low - room:high + room]
  set xlabel (beyond ? "Predicted from the kernel's importance at contrast ".c_high : 'Lost at contrast '.c_high)."\n(% of the images right at both when intact)"
  set ylabel 'Lost at contrast '.c_low.' (% of the same images)'
  set xtics ()
  set ytics ()
  do for [step in bent_steps] {
    set xtics add (written(step) bend(real(step)))
    set ytics add (written(step) bend(real(step)))
  }
  set key at graph 0, graph 1.02 left bottom Left reverse maxrows 2
  size(n) = .45 * sqrt(1 + log(n))
  plot x with lines lw .8 dt 2 lc rgb grey, \
    file using (column('selective') == 0 ? share(beside) : NaN):(share('both_lost_low')):(size(column('kernels'))) with points pt 7 ps variable lc rgb '#70555555' title 'other kernels', \
    '' using (column('selective') > 0 ? share(beside) : NaN):(share('both_lost_low')):(size(column('kernels'))) with points pt 7 ps variable lc rgb '#D55E00' title 'selective, '.(beyond ? 'beyond' : 'lost').'_p_max < .05', \
    '' using (high + room):(label_y(0)):(strcol('label')[1:40]) with labels left offset .6,0 font ',10', \
    '' using (share(beside)):(share('both_lost_low')):(high + room - share(beside)):(label_y(0) - share('both_lost_low')) with vectors nohead lw .5 lc rgb '#D55E00'
  if (format eq 'svg') { eval axes('all') }
  unset output
}
