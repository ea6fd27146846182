# Likeness of activations to those at full contrast, over depth.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'invariance'
load 'style.gp'
file = name.'.csv'
collected = ''
stats file using (collect(strcol('contrast'))) nooutput
levels = collected
stats file using 'row' name 'ROW' nooutput
stats file using (longer(strcol('node'))) nooutput
rows = int(ROW_max) + 1
height = 514 + named(6.5)
tic_font = rows > 40 ? ',8' : ',10'
measures = 'space_correlation kernel_correlation same_winner'
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set xrange [-.5:rows - .5]
  set yrange [*:1]
  do for [m=1:3] {
    eval frame(70, 540, 24 + (m - 1) * 165, 24 + (m - 1) * 165 + 140, height)
    set title (m == 1 ? 'Correlation over space' : m == 2 ? 'Correlation over kernels' : 'Share of positions with the same largest kernel') offset 0,-.7
    if (m == 3) { set xtics rotate by 90 right font tic_font } else { unset xtics }
    if (m == 1) { set key at screen 556/width, screen T left top Left reverse title 'contrast' left } else { unset key }
    if (m < 3) {
      plot for [i=1:count_of(levels)] file using (strcol('contrast') eq item(levels, i) ? column('row') : NaN):(column(word(measures, m))) with linespoints pt 7 ps .35 lw 1.4 lc rgb colour(item(levels, i)) title item(levels, i)
    } else {
      plot for [i=1:count_of(levels)] file using (strcol('contrast') eq item(levels, i) ? column('row') : NaN):(column('same_winner')) with linespoints pt 7 ps .35 lw 1.4 lc rgb colour(item(levels, i)), \
        file using 'row':(NaN):xtic(cut(strcol('node'))) with points
    }
  }
  unset multiplot
  unset output
}
