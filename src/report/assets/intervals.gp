# The most selective kernels with their intervals, by two measures.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'intervals'
load 'style.gp'
file = name.'.csv'
stats file using 'rank' name 'RANK' nooutput
collected = ''
stats file using (collect(strcol('contrast_low').'|'.strcol('contrast_high'))) nooutput
c_low = item(collected, 1)
c_high = item(collected, 2)
label_of(unused) = strcol('layer')[1:22].' '.strcol('kernel')
stats file using (longer(label_of(0))) nooutput
cell(column_) = strlen(strcol(column_)) ? 100 * column(column_) : 0
stats file using (cell('lost_selectivity_ci_low')) name 'LOST_LOW' nooutput
stats file using (cell('lost_selectivity_ci_high')) name 'LOST_HIGH' nooutput
stats file using (cell('relative_selectivity_ci_low')) name 'RELATIVE_LOW' nooutput
stats file using (cell('relative_selectivity_ci_high')) name 'RELATIVE_HIGH' nooutput
left = 22 + named(6.6)
panel_w = (604 - left) / 2
height = 114 + 19 * RANK_max
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set yrange [-RANK_max - .6:-.4]
  unset ytics
  set border 1
  do for [measure in 'lost_selectivity relative_selectivity'] {
    second = measure eq 'relative_selectivity'
    start = left + (second ? panel_w + 24 : 0)
    eval frame(start, start + panel_w - 12, 30, height - 84, height)
    low = second ? RELATIVE_LOW_min : LOST_LOW_min
    high = second ? RELATIVE_HIGH_max : LOST_HIGH_max
    low = low < 0 ? low : 0
    high = high > 0 ? high : 1
    room = .04 * (high - low)
    set xrange [low - room:high + room]
    set xlabel (second ? "Drop ÷ intact accuracy,\nat ".c_low.' − at '.c_high.' (%)' : 'Lost at '.c_low.' only − at '.c_high." only\n(% of images right at both)")
    set title measure offset 0,-.6
    set arrow 1 from 0, graph 0 to 0, graph 1 nohead lw .8 dt 2 lc rgb grey back
    shown(state) = column('selective') == state && strlen(strcol(measure)) ? 100 * column(measure) : NaN
    plot for [s=0:1] file using (shown(s)):(-column('rank')):(100*column(measure.'_ci_low')):(100*column(measure.'_ci_high')) \
        with xerrorbars pt 7 ps .6 lw 1.2 lc rgb (s ? '#D55E00' : '#666666'), \
      for [k=second:0] '' using (low - room):(-column('rank')):(label_of(0)) with labels right offset -.6,0 font ',11'
  }
  unset multiplot
  unset output
}
