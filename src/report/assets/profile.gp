# The measure of selectivity of each layer's kernels: mean, quartiles and largest.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'profile'
load 'style.gp'
file = name.'.csv'
stats file using 'row' name 'ROW' nooutput
collected = ''
stats file using (collect(strcol('contrast_low').'|'.strcol('contrast_high'))) nooutput
c_low = item(collected, 1)
c_high = item(collected, 2)
collected = ''
stats file using (collect(strcol('measure'))) nooutput
beyond = collected eq 'selectivity_beyond'
rows = int(ROW_max) + 1
stats file using (longer(strcol('layer'))) nooutput
height = 274 + named(rows > 40 ? 5.6 : 6.8)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(100, 620, 34, 260, height)
  set xrange [-.6:rows - .4]
  tic_font = rows > 40 ? ',9' : ',11'
  set xtics rotate by 90 right scale 0 font tic_font
  set ylabel (beyond ? 'Lost at contrast '.c_low.' beyond importance' : 'Lost at '.c_low.' − lost at '.c_high)."\n(% of images right at both)"
  set key at graph 0, graph 1.02 left bottom Left reverse horizontal
  plot 0 with lines lw .8 dt 2 lc rgb grey, \
    file using 'row':(100*column('quartile1')):(0):(100*(column('quartile3')-column('quartile1'))) with vectors nohead lw 5 lc rgb '#56B4E9' title 'quartiles', \
    '' using 'row':(100*column('largest')) with points pt 2 ps .5 lc rgb '#888888' title 'largest', \
    '' using 'row':(100*column('mean')):xtic(cut(strcol('layer'))) with points pt 7 ps .6 lc rgb '#0072B2' title 'mean'
  unset output
}
