# On how many images each layer's kernels stand: one panel for a race.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'standing'
load 'style.gp'
file = name.'.csv'
stats file using 'row' name 'ROW' nooutput
stats file using 'list' name 'LIST' nooutput
stats file using (column('images') > 0 ? column('images') : NaN) name 'RUN' nooutput
collected = ''
stats file using (collect(strcol('contrasts'))) nooutput
curves = collected
n = count_of(curves)
rows = int(ROW_max) + 1
stats file using (longer(strcol('layer'))) nooutput
panel_h = n == 1 ? 230 : 150
height = n * (panel_h + 28) + 20 + named(rows > 40 ? 5.6 : 6.8)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set xrange [-.6:rows - .4]
  if (LIST_max > 20 * RUN_min) { set logscale y; eval count_tics('y'); bottom_y = RUN_min * .8; set yrange [bottom_y:LIST_max * 1.15] } \
  else { bottom_y = 0; set yrange [0:LIST_max * 1.05] }
  set ylabel 'Images'
  first_of(curve) = strstrt(curve, ' ') ? curve[1:strstrt(curve, ' ')-1] : curve
  half(unused) = .45 * sqrt(column('kernels') / column('layer_kernels'))
  do for [i=1:n] {
    c = item(curves, i)
    top = 24 + (i - 1) * (panel_h + 28)
    eval frame(76, 620, top, top + panel_h, height)
    set title 'contrast'.(strstrt(c, ' ') ? 's ' : ' ').c offset 0,-.6 textcolor rgb colour(first_of(c))
    tic_font = rows > 40 ? ',9' : ',11'
    unset xtics
    last = -1
    once(row) = row == last ? NaN : (last = row, row)
    set arrow 1 from graph 0, first LIST_max to graph 1, first LIST_max nohead lw 1 dt 3 lc rgb grey back
    plot file using (strcol('contrasts') eq c ? column('row') - half(0) : NaN):'images':(2 * half(0)):(0) with vectors nohead lw 2 lc rgb colour(first_of(c)), \
      for [k=n:i] '' using (strcol('contrasts') eq c ? once(column('row')) : NaN):(bottom_y):(cut(strcol('layer'))) with labels rotate by 90 right offset 0,-.5 font tic_font
  }
  unset multiplot
  unset output
}
