# Estimated and true drops of the loss, one panel for each lesion and condition; below, how well both
# agree in rank within each layer, over depth.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'taylor'
load 'style.gp'
file = name.'.csv'
of(kind) = strcol('kind') eq kind
collected = ''
stats file using (of('all') ? collect(strcol('panel')) : 0) nooutput
panels = collected
n = count_of(panels)
stats file using 'row' name 'ROW' nooutput
rows = int(ROW_max) + 1
stats file using (of('kernel') ? column('estimate') : NaN):(of('kernel') ? column('drop') : NaN) name 'D' nooutput
stats file using (longer(strcol('layer'))) nooutput
# Nats, linear about 0 and logarithmic beyond .01.
turn(x) = asinh(100. * x)
low = turn(D_min_x < D_min_y ? D_min_x : D_min_y)
high = turn(D_max_x > D_max_y ? D_max_x : D_max_y)
room = .05 * (high - low)
level(i) = word(item(panels, i), 2)
contrast_of(i) = strstrt(level(i), ';') ? level(i)[1:strstrt(level(i), ';')-1] : level(i)
# A panel's rank correlation.
agreement = ''
noted(i) = (of('all') && strcol('panel') eq item(panels, i) ? (agreement = sprintf('%s over %d', strcol('correlation') eq '' ? 'no' : sprintf('%.2f', column('correlation')), int(column('kernels')))) : agreement, 0)
side = 226
step = side + 74
lines = (n + 1) / 2
depth_h = 150
below = named(6.5) + 20
top_of_depth = 26 + lines * step + 22
height = top_of_depth + depth_h + below
tic_font = rows > 40 ? ',8' : ',10'
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set xrange [low - room:high + room]
  set yrange [low - room:high + room]
  set xtics norotate autojustify font ',13' ()
  set ytics ()
  do for [s in '-100 -10 -1 -.1 -.01 0 .01 .1 1 10 100'] {
    label = strstrt(s, '.01') ? '' : written(s) # no room between it and 0
    set xtics add (label turn(real(s)))
    set ytics add (label turn(real(s)))
  }
  set palette maxcolors 64
  set cbrange [0:rows > 1 ? rows - 1 : 1]
  unset colorbox
  do for [i=1:n] {
    left = 76 + ((i - 1) % 2) * (side + 76)
    top = 26 + ((i - 1) / 2) * step
    eval frame(left, left + side, top, top + side, height)
    agreement = ''
    stats file using (noted(i)) nooutput
    set title item(panels, i).' ('.agreement.' kernels)' offset 0,-.6
    set xlabel 'Estimated drop of the loss (nats)' offset 0,.3
    set ylabel 'True drop (nats)' offset .5,0
    plot x with lines lw .8 dt 2 lc rgb grey, \
      file using (of('kernel') && strcol('panel') eq item(panels, i) ? turn(column('estimate')) : NaN):(turn(column('drop'))):'row' with points pt 7 ps .45 lc palette
  }
  eval frame(76, 540, top_of_depth, top_of_depth + depth_h, height)
  set title 'Rank correlation within layers' offset 0,-.6
  set xrange [-.5:rows - .5]
  set yrange [-1.05:1.05]
  unset xlabel
  unset ylabel
  unset ytics
  set ytics nomirror -1,.5,1
  unset xtics
  set xtics nomirror rotate by 90 right font tic_font
  set key at screen 552/width, screen T left top Left reverse title 'contrast' left
  # Panels of one contrast, of several lesions or regions, are told apart by colours that are no scale.
  tint(i) = strstrt(panels, ';') ? kind(i) : colour(contrast_of(i))
  at(i) = column('row') + .5 * (i - .5 * (n + 1)) / n
  shown(i) = of('layer') && strcol('panel') eq item(panels, i) && strcol('correlation') ne ''
  # No function beside data over which is iterated: gnuplot 6 does not know i then.
  set arrow from -.5,0 to rows - .5,0 nohead lw .8 dt 2 lc rgb grey
  plot file using 'row':(NaN):xtic(cut(strcol('layer'))) with points, \
    for [i=1:n] '' using (shown(i) ? at(i) : NaN):'correlation_ci_low':(0):(column('correlation_ci_high') - column('correlation_ci_low')) with vectors nohead lw .8 lc rgb tint(i), \
    for [i=1:n] '' using (shown(i) ? at(i) : NaN):'correlation' with points pt 7 ps .5 lc rgb tint(i) title item(panels, i)[10:]
  unset arrow
  unset multiplot
  unset output
}
