# Drop of every kernel, sorted, with the 95 % interval of each: one panel for a contrast.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'drops'
load 'style.gp'
file = name.'.csv'
stats file using 'drop_ci_low' name 'LOW' nooutput
stats file using 'drop_ci_high' name 'HIGH' nooutput
stats file using 'rank' name 'RANK' nooutput
columns = contrast_count < 4 ? contrast_count : contrast_count == 4 ? 2 : 3
rows = (contrast_count + columns - 1) / columns
panel_w = (width - 84 - 16 * columns) / columns
panel_h = columns == 1 ? 300 : 170
height = rows * (panel_h + 28) + 64
eval axes_open(name)
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  set multiplot
  set style fill transparent solid .28 noborder
  set logscale x
  eval rank_tics(RANK_max)
  set xrange [.9:RANK_max > 1 ? RANK_max * 1.1 : 2]
  set yrange [100 * LOW_min:100 * HIGH_max]
  do for [i=1:contrast_count] {
    c = item(contrasts, i)
    column_ = (i - 1) % columns
    row_ = (i - 1) / columns
    left = 76 + column_ * (panel_w + 16)
    top = 24 + row_ * (panel_h + 28)
    eval frame(left, left + panel_w, top, top + panel_h, height)
    set title 'contrast '.c offset 0,-.6 textcolor rgb colour(c)
    if (row_ == rows - 1 || i + columns > contrast_count) { set xlabel 'Rank of kernel'; set format x '%g' } else { unset xlabel; set format x '' }
    if (column_ == 0) { set ylabel 'Drop of accuracy (points)'; set format y '%g' } else { unset ylabel; set format y '' }
    plot 0 with lines lw .8 dt 2 lc rgb grey, \
      file using 'rank':(strcol('contrast') eq c ? 100*column('drop_ci_low') : NaN):(100*column('drop_ci_high')) with filledcurves lc rgb colour(c), \
      '' using 'rank':(strcol('contrast') eq c ? 100*column('drop') : NaN) with lines lw 2 lc rgb colour(c)
    if (format eq 'svg') { eval axes(c) }
  }
  unset multiplot
  unset output
}
