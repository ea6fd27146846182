# The largest Shapley values with their intervals, and the same kernels' single drops: a row of
# panels for a condition, accuracy and loss.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'shapley'
load 'style.gp'
file = name.'.csv'
stats file using 'rank' name 'RANK' nooutput
kernels = int(RANK_max)
collected = ''
stats file using (collect(strcol('condition'))) nooutput
conditions = collected
n = count_of(conditions)
label_of(unused) = strcol('layer')[1:22].':'.strcol('kernel')
stats file using (longer(label_of(0))) nooutput
of_contrast(condition) = strstrt(condition, ';') ? word(condition[1:strstrt(condition, ';')-1], 2) : word(condition, 2)
values = 'shapley loss_shapley'
drops = 'top1_drop loss_drop'
# Linear about 0 and logarithmic beyond a unit: a few single drops may be far above all values.
array factor[2] = [100, 1] # points, nats
array unit[2] = [5, .05]
scaled(m, value) = bend(factor[m] * value / unit[m])
steps = '-50 -20 -10 -5 -2 0 2 5 10 20 50 100|-10 -2 -.5 -.1 0 .1 .5 2 10'
array low[2]
array high[2]
least(a, b) = a < b ? a : b
most(a, b) = a > b ? a : b
do for [m=1:2] {
  stats file using (least(column(word(values, m).'_ci_low'), column(word(drops, m)))) name 'LOW' nooutput
  stats file using (most(column(word(values, m).'_ci_high'), column(word(drops, m)))) name 'HIGH' nooutput
  low[m] = scaled(m, least(0, LOW_min))
  high[m] = scaled(m, most(1e-9, HIGH_max))
}
left = 22 + named(6.2)
panel_w = (612 - left) / 2
panel_h = most(46, 14 * kernels + 10)
step = panel_h + 64
top = 76
height = top + n * step
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set yrange [-kernels - .7:-.3]
  unset ytics
  set border 1
  do for [i=1:n] {
    condition = item(conditions, i)
    tint = colour(of_contrast(condition))
    do for [m=1:2] {
      value = word(values, m)
      drop = word(drops, m)
      start = left + (m - 1) * (panel_w + 12)
      eval frame(start, start + panel_w - 12, top + (i - 1) * step, top + (i - 1) * step + panel_h, height)
      room = .04 * (high[m] - low[m])
      set xrange [low[m] - room:high[m] + room]
      set title condition offset 0,-.6 textcolor rgb tint
      if (i == n) { set xlabel (m == 1 ? 'Accuracy (points)' : 'Loss (nats)') } else { unset xlabel }
      if (i == 1 && m == 1) { set key at screen left/width, screen 1 - 4./height left top Left reverse } else { unset key }
      set xtics ()
      do for [text in item(steps, m)] { set xtics add (written(text) bend(real(text) / unit[m])) }
      set arrow 1 from 0, graph 0 to 0, graph 1 nohead lw .8 dt 2 lc rgb grey back
      here(x) = strcol('condition') eq condition ? x : NaN
      plot file using (here(scaled(m, column(value)))):(-column('rank')):(scaled(m, column(value.'_ci_low'))):(scaled(m, column(value.'_ci_high'))) \
          with xerrorbars pt 7 ps .6 lw 1.2 lc rgb tint title 'Shapley value', \
        '' using (here(scaled(m, column(drop)))):(-column('rank')) with points pt 6 ps .6 lw 1.2 lc rgb '#D55E00' title 'drop when lesioned alone', \
        for [k=m:1] '' using (here(low[m] - room)):(-column('rank')):(label_of(0)) with labels right offset -.6,0 font ',10'
    }
  }
  unset multiplot
  unset output
}
