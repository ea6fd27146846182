# The kernels that a race found, sorted, with their intervals: one panel for a race.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'race'
load 'style.gp'
file = name.'.csv'
stats file using 'rank' name 'RANK' nooutput
stats file using 'value_ci_low' name 'LOW' nooutput
stats file using 'value_ci_high' name 'HIGH' nooutput
collected = ''
stats file using (collect(strcol('race'))) nooutput
races = collected
n = count_of(races)
collected = ''
stats file using (collect(strcol('measure'))) nooutput
measure = collected
loss = strstrt(measure, 'loss') == 1
factor = loss ? 1 : 100
what = measure eq 'accuracy' ? "Drop of accuracy\n(points)" \
  : measure eq 'loss' ? "Drop of the loss,\nclipped (nats)" \
  : measure eq 'selectivity' ? "Drop at low − at high\ncontrast (points)" \
  : measure eq 'lost-selectivity' ? "Lost at low only − at\nhigh only (% of images)" \
  : "Drop of the loss at low − at\nhigh, clipped (nats)"
of_contrast(race) = strstrt(race, ';') ? word(race[1:strstrt(race, ';')-1], 2) : word(race, 2)
# More kernels than can be named have their ranks alone.
is_named = RANK_max <= 40
label_of(unused) = strcol('layer')[1:22].' '.strcol('kernel')
longest = 0
stats file using (longer(label_of(0))) nooutput
panel_h = 150
below = longest * 6.2 + 14
step = panel_h + 28 + (is_named ? below : 0)
columns = n > 1 && RANK_max <= 12 ? 2 : 1
panel_w = (544 - 16 * columns) / columns
height = ((n + columns - 1) / columns) * step + 10 + (is_named ? 0 : 50)
low = factor * (LOW_min < 0 ? LOW_min : 0)
high = factor * (HIGH_max > 0 ? HIGH_max : 1e-9)
room = .06 * (high - low)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set xrange [.3:RANK_max + .7]
  set yrange [low - (low < 0 ? room : 0):high + room]
  do for [i=1:n] {
    race = item(races, i)
    left = 92 + ((i - 1) % columns) * (panel_w + 16)
    top = 24 + ((i - 1) / columns) * step
    eval frame(left, left + panel_w, top, top + panel_h, height)
    tint = colour(of_contrast(race))
    if ((i - 1) % columns == 0) { set ylabel what offset -1,0; set format y '%g' } else { unset ylabel; set format y '' }
    set title race offset 0,-.6 textcolor rgb tint
    if (is_named) { unset xtics } else { if (i < n) { set format x '' } else { set format x '%g'; set xlabel 'Rank of kernel' } }
    plot 0 with lines lw .8 dt 2 lc rgb grey, \
      file using (strcol('race') eq race ? column('rank') : NaN):(factor*column('value_ci_low')):(0):(factor*(column('value_ci_high')-column('value_ci_low'))) with vectors nohead lw 1.4 lc rgb tint, \
      '' using (strcol('race') eq race && column('exact') == 0 ? column('rank') : NaN):(factor*column('value')) with points pt 7 ps (RANK_max > 100 ? .3 : .7) lc rgb '#ffffff', \
      '' using (strcol('race') eq race && column('exact') == 0 ? column('rank') : NaN):(factor*column('value')) with points pt 6 ps (RANK_max > 100 ? .3 : .7) lc rgb tint, \
      '' using (strcol('race') eq race && column('exact') > 0 ? column('rank') : NaN):(factor*column('value')) with points pt 7 ps (RANK_max > 100 ? .3 : .7) lc rgb tint, \
      for [k=1:is_named] '' using (strcol('race') eq race ? column('rank') : NaN):(low - (low < 0 ? room : 0)):(label_of(0)) with labels rotate by 90 right offset 0,-.5 font ',10'
  }
  unset multiplot
  unset output
}
