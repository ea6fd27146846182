# Example images at every condition: stimuli.png with its labels.
name = exists('ARG1') && strlen(ARG1) ? ARG1 : 'stimuli'
load 'style.gp'
file = name.'.csv'
stats file using 'width_px' name 'W' nooutput
stats file using 'height_px' name 'H' nooutput
size = 480. / W_max
height = H_max * size + 40
do for [format in 'svg pdf'] {
  eval open(format, name, height)
  eval frame(150, 150 + W_max * size, 30, 30 + H_max * size, height)
  unset border
  unset tics
  set xrange [-.5:W_max - .5]
  set yrange [H_max - .5:-.5]
  set label 1 'contrast' at screen 138/width, screen 1 - 18/height right font ',11'
  plot name.'.png' binary filetype=png flipy with rgbimage, \
    file using (strcol('side') eq 'top' ? column('x_px') : NaN):(0):(strcol('label')[1:20]) with labels offset 0,.8 font ',11' noenhanced, \
    '' using (strcol('side') eq 'left' ? 0 : NaN):'y_px':(strcol('label')[1:28]) with labels right offset -.8,0 font ',12' noenhanced
  unset output
}
