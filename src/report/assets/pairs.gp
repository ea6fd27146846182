# Interactions of every two kernels, as matrices: a row for a condition, accuracy and margin.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'pairs'
load 'style.gp'
file = name.'.csv'
stats file using 'row' name 'ROW' nooutput
kernels = int(ROW_max) + 1
# Colours are linear about 0 and logarithmic beyond a unit: one strong pair must not pale all others.
values = 'interaction margin_interaction'
qs = 'q margin_q'
array factor[2] = [100, 1] # points, logits
array unit[2] = [5, .25]
array most[2]
shade(m, value) = bend(factor[m] * value / unit[m])
do for [m=1:2] {
  stats file using (shade(m, column(word(values, m)))) name 'VALUE' nooutput
  most[m] = VALUE_max > -VALUE_min ? VALUE_max : -VALUE_min
  most[m] = most[m] > 0 ? most[m] : 1
}
titles = 'Accuracy (points)|Margin (logits)'
steps = '-50 -20 -10 -5 -2 0 2 5 10 20 50|-20 -5 -2 -1 -.5 -.1 0 .1 .5 1 2 5 20'
collected = ''
stats file using (collect(strcol('condition'))) nooutput
conditions = collected
n = count_of(conditions)
longest = 0
stats file using (longer(strcol('row_kernel'))) nooutput
of_contrast(condition) = strstrt(condition, ';') ? word(condition[1:strstrt(condition, ';')-1], 2) : word(condition, 2)
# More kernels than can be named go without.
is_named = kernels <= 50
tic_font = kernels <= 16 ? ',10' : kernels <= 26 ? ',8' : ',5'
names_px = is_named ? named(kernels <= 16 ? 5.6 : kernels <= 26 ? 4.8 : 3.4) + 12 : 10
bar_px = 62
side = (width - names_px) / 2 - bar_px
side = side > 30 * kernels + 30 ? 30 * kernels + 30 : side
step = side + 40
height = n * step + names_px + 12
set palette defined (-1 '#0072b2', 0 '#ffffff', 1 '#d55e00')
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set border 0
  set tics scale 0
  set xrange [-.5:kernels - .5]
  set yrange [kernels - .5:-.5]
  unset xtics
  unset ytics
  set object 1 rectangle from graph 0,0 to graph 1,1 behind fs solid noborder fc rgb '#eeeeee'
  do for [i=1:n] {
    condition = item(conditions, i)
    top = 48 + (i - 1) * step
    do for [m=1:2] {
      value = word(values, m)
      q = word(qs, m)
      left = names_px + (m - 1) * (side + bar_px)
      eval frame(left, left + side, top, top + side, height)
      set title condition offset 0,-.7 textcolor rgb colour(of_contrast(condition))
      set cbrange [-most[m]:most[m]]
      if (i == 1) {
        set colorbox user origin screen (left + side + 8)/width, screen B size screen 11/width, screen side/height
        set cbtics ()
        do for [text in item(steps, m)] { set cbtics add (written(text) bend(real(text) / unit[m])) }
        set label 1 item(titles, m) at screen left/width, screen 1 - 10./height left
      } else { unset colorbox; unset label 1 }
      plot file using (strcol('condition') eq condition ? column('column') : NaN):'row':(column('column')-.5):(column('column')+.5):(column('row')-.5):(column('row')+.5):(shade(m, column(value))) \
          with boxxyerror fs solid noborder lc palette, \
        '' using (strcol('condition') eq condition && column(q) < .05 ? column('column') : NaN):'row' with points pt 7 ps (kernels > 26 ? .15 : kernels > 12 ? .3 : .5) lc rgb '#000000', \
        for [k=1:is_named && i == n] '' using (strcol('condition') eq condition && column('row') == (column('column') == 0 ? 1 : 0) ? column('column') : NaN):(kernels - .5):(cut(strcol('column_kernel'))) with labels rotate by 90 right offset 0,-.4 font tic_font noenhanced, \
        for [k=1:is_named && m == 1] '' using (strcol('condition') eq condition && column('column') == (column('row') == 0 ? 1 : 0) ? -.5 : NaN):'row':(cut(strcol('row_kernel'))) with labels right offset -.4,0 font tic_font noenhanced
    }
  }
  unset multiplot
  unset output
}
