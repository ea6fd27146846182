# Interactions of every two kernels, as a matrix: one panel for a condition.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'pairs'
load 'style.gp'
file = name.'.csv'
stats file using 'row' name 'ROW' nooutput
# Linear about 0, logarithmic beyond some points: one strong pair must not pale all others.
shade(points) = bend(points / 5.)
stats file using (shade(100*column('interaction'))) name 'VALUE' nooutput
collected = ''
stats file using (collect(strcol('condition'))) nooutput
conditions = collected
n = count_of(conditions)
kernels = int(ROW_max) + 1
longest = 0
stats file using (longer(strcol('row_kernel'))) nooutput
of_contrast(condition) = strstrt(condition, ';') ? word(condition[1:strstrt(condition, ';')-1], 2) : word(condition, 2)
most = VALUE_max > -VALUE_min ? VALUE_max : -VALUE_min
most = most > 0 ? most : shade(1)
# More kernels than can be named go without.
is_named = kernels <= 60
tic_font = kernels <= 12 ? ',10' : kernels <= 30 ? ',8' : ',5'
names_px = is_named ? named(kernels <= 12 ? 5.6 : kernels <= 30 ? 4.8 : 3.4) + 12 : 10
columns = n > 1 && kernels <= 24 ? 2 : 1
side = (width - names_px - 78 - 20 * (columns - 1)) / columns
side = side > 400 ? 400 : side
side = side > 34 * kernels + 40 ? 34 * kernels + 40 : side
step = side + 34 + names_px
height = ((n + columns - 1) / columns) * step + 8
set palette defined (-1 '#0072b2', 0 '#ffffff', 1 '#d55e00')
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set border 0
  set tics scale 0
  set xrange [-.5:kernels - .5]
  set yrange [kernels - .5:-.5]
  set cbrange [-most:most]
  do for [i=1:n] {
    condition = item(conditions, i)
    left = names_px + ((i - 1) % columns) * (side + 20)
    top = 26 + ((i - 1) / columns) * step
    eval frame(left, left + side, top, top + side, height)
    set title condition offset 0,-.6 textcolor rgb colour(of_contrast(condition))
    unset xtics
    unset ytics
    if (i == 1) {
      set colorbox user origin screen (names_px + columns * (side + 20) - 2)/width, screen B size screen 12/width, screen (side + 0.)/height
      set cbtics ()
      do for [step in '-50 -20 -10 -5 -2 0 2 5 10 20 50'] { set cbtics add (written(step) shade(real(step))) }
      set label 1 'Interaction (points)' at screen 634./width, screen T + 6./height right font ',11'
    } else { unset colorbox; unset label 1 }
    set object 1 rectangle from graph 0,0 to graph 1,1 behind fs solid noborder fc rgb '#eeeeee'
    plot file using (strcol('condition') eq condition ? column('column') : NaN):'row':(column('column')-.5):(column('column')+.5):(column('row')-.5):(column('row')+.5):(shade(100*column('interaction'))) \
        with boxxyerror fs solid noborder lc palette, \
      '' using (strcol('condition') eq condition && column('q') < .05 ? column('column') : NaN):'row' with points pt 7 ps (kernels > 30 ? .15 : kernels > 12 ? .3 : .5) lc rgb '#000000', \
      for [k=1:is_named] '' using (strcol('condition') eq condition && column('row') == (column('column') == 0 ? 1 : 0) ? column('column') : NaN):(kernels - .5):(cut(strcol('column_kernel'))) with labels rotate by 90 right offset 0,-.4 font tic_font noenhanced, \
      for [k=1:is_named && (i - 1) % columns == 0] '' using (strcol('condition') eq condition && column('column') == (column('row') == 0 ? 1 : 0) ? -.5 : NaN):'row':(cut(strcol('row_kernel'))) with labels right offset -.4,0 font tic_font noenhanced
  }
  unset multiplot
  unset output
}
