# Drop of each kernel at each contrast: layers from left to right, kernels sorted in each.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'kernelmap'
load 'style.gp'
file = name.'.csv'
stats file using 'column' name 'COLUMN' nooutput
stats file using (bend(100*column('drop'))) name 'DROP' nooutput
stats file using 'kernels' name 'KERNELS' nooutput
columns = int(COLUMN_max) + 1
height = contrast_count * 34 + 190
eval axes_open(name)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(64, 545, 14, height - 176, height)
  set xrange [-.5:columns - .5]
  set yrange [contrast_count + .5:.5]
  set border 0
  set tics scale 0
  set cbrange [DROP_min < 0 ? DROP_min : 0:DROP_max > 0 ? DROP_max : 1]
  set ylabel 'Contrast'
  set ytics ()
  do for [i=1:contrast_count] { set ytics add (item(contrasts, i) i) }
  set xtics rotate by 90 right font ',10' ()
  set cblabel 'Drop of accuracy (points)'
  set cbtics ()
  do for [step in bent_steps] { set cbtics add (step bend(real(step))) }
  set colorbox user origin screen 560/width, screen B size screen 14/width, screen T - B > 110./height ? T - B : 110./height
  set label 1 'Kernels of each layer, by drop at the lowest contrast' at screen (L + R) / 2, screen 12./height center
  y_(c) = place_of(contrasts, c)
  # Layers too narrow for their name go without it.
  labelled = -1
  fits(x) = labelled < 0 || x - labelled >= columns / 40. ? (labelled = x, 1) : 0
  if (columns * contrast_count > 3000 && columns > 1 && contrast_count > 1) {
    plot file using 'column':(y_(strcol('contrast'))):(bend(100*column('drop'))) with image pixels
  }
  set multiplot
  plot file using 'column':(y_(strcol('contrast'))):(column('column')-.5):(column('column')+.5):(y_(strcol('contrast'))-.46):(y_(strcol('contrast'))+.46):(bend(100*column('drop'))) \
      with boxxyerror fs solid noborder lc palette, \
    '' using (strcol('contrast') eq item(contrasts, 1) && column('begins') == 1 && column('column') > 0 ? column('column') - .5 : NaN):(.5):(0):(contrast_count) with vectors nohead lw .7 lc rgb '#ffffff', \
    '' using (strcol('contrast') eq item(contrasts, 1) && column('begins') == 1 && fits(column('column')) ? column('column') : NaN):(NaN):xtic(strcol('layer')[1:28])
  if (format eq 'svg') { eval axes('all') }
  unset multiplot
  unset output
}
