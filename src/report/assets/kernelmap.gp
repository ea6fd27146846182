# Drop of each kernel at each contrast: layers from left to right, kernels sorted in each.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'kernelmap'
load 'style.gp'
file = name.'.csv'
stats file using 'column' name 'COLUMN' nooutput
stats file using (bend(100*column('drop'))) name 'DROP' nooutput
stats file using 'kernels' name 'KERNELS' nooutput
columns = int(COLUMN_max) + 1
stats file using (longer(strcol('layer'))) nooutput
bottom = 14 + contrast_count * 34
height = bottom + named(6.2) + 44
height = height < 190 ? 190 : height
eval axes_open(name)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(80, 560, 14, bottom, height)
  set xrange [-.5:columns - .5]
  set yrange [contrast_count + .5:.5]
  set border 0
  set tics scale 0
  set cbrange [DROP_min < 0 ? DROP_min : 0:DROP_max > 0 ? DROP_max : 1]
  set ylabel 'Contrast'
  set ytics ()
  do for [i=1:contrast_count] { set ytics add (item(contrasts, i) i) }
  unset xtics
  set label 2 'Drop (points)' at screen 634/width, screen T - 6./height right font ',11'
  set cbtics ()
  do for [step in few_steps] { set cbtics add (written(step) bend(real(step))) }
  set colorbox user origin screen 575/width, screen T - 150./height size screen 14/width, screen 130./height
  set label 1 'Kernels of each layer, by drop at the lowest contrast' at screen (L + R) / 2, screen 12./height center
  y_(c) = place_of(contrasts, c)
  # Layers too narrow for their name go without it.
  labelled = -1
  fits(x) = labelled < 0 || x - labelled >= columns / 40. ? (labelled = x, 1) : 0
  plot file using 'column':(y_(strcol('contrast'))):(column('column')-.5):(column('column')+.5):(y_(strcol('contrast'))-.46):(y_(strcol('contrast'))+.46):(bend(100*column('drop'))) \
      with boxxyerror fs solid noborder lc palette, \
    '' using (strcol('contrast') eq item(contrasts, 1) && column('begins') == 1 && column('column') > 0 ? column('column') - .5 : NaN):(.5):(0):(contrast_count) with vectors nohead lw (columns > 300 ? .35 : 1.2) lc rgb '#ffffff', \
    '' using (strcol('contrast') eq item(contrasts, 1) && column('begins') == 1 && fits(column('column')) ? column('column') : NaN):(contrast_count + .5):(cut(strcol('layer'))) with labels rotate by 90 right offset 0,-.4 font ',10' noenhanced
  if (format eq 'svg') { eval axes('all') }
  unset output
}
