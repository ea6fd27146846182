# Mean drop of each layer's kernels at each contrast, as a map.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'layers'
load 'style.gp'
file = name.'.csv'
stats file using 'row' name 'ROW' nooutput
stats file using (100*column('mean_drop')) name 'DROP' nooutput
rows = int(ROW_max) + 1
stats file using (longer(strcol('layer'))) nooutput
left = 24 + named(7)
cell_h = rows > 30 ? 15 : rows > 8 ? 20 : 30
height = rows * cell_h + 76 > 140 ? rows * cell_h + 76 : 140
low = DROP_min < 0 ? DROP_min : 0
high = DROP_max > low ? DROP_max : low + 1
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(left, left + (width - left - 120 < 90 * contrast_count ? width - left - 120 : 90 * contrast_count), 14, 14 + rows * cell_h, height)
  unset border
  bar = (rows * cell_h > 240 ? 200. : rows * cell_h > 98 ? rows * cell_h - 38. : 60.) / height
  set tics scale 0
  set xrange [.5:contrast_count + .5]
  set yrange [rows - .5:-.5]
  set cbrange [low:high]
  set cbtics ('0' 0, sprintf('%.1f', high / 2) high / 2, sprintf('%.1f', high) high)
  set xlabel 'Contrast'
  set xtics ()
  do for [i=1:contrast_count] { set xtics add (item(contrasts, i) i) }
  set label 1 "Mean drop of\naccuracy (points)" at screen R + 16/width, screen T - 8./height left font ',11'
  set colorbox user origin screen R + 16/width, screen T - 38./height - bar size screen 14/width, screen bar
  x_(c) = place_of(contrasts, c)
  share(v) = (v - low) / (high - low)
  plot file using (x_(strcol('contrast'))):'row':(x_(strcol('contrast'))-.5):(x_(strcol('contrast'))+.5):(column('row')-.5):(column('row')+.5):(100*column('mean_drop')):ytic(cut(strcol('layer'))) \
      with boxxyerror fs solid noborder lc palette, \
    '' using (x_(strcol('contrast'))):'row':(sprintf('%.2f', 100*column('mean_drop'))):(share(100*column('mean_drop')) > .55 ? 0x111111 : 0xffffff) \
      with labels font ',10' textcolor rgb variable
  unset output
}
