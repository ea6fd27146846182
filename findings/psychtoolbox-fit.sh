#!/usr/bin/env bash
# Psychtoolbox's FitCumNormYN gives the mean of the tested contrasts as threshold, in Octave.
#
# One would guess that a psychometric function fitted to contrasts in per cent and to the same
# contrasts as fractions differs by a factor of 100. FitCumNormYN of Psychtoolbox 3.0.18.12,
# which names Octave and its package optim as supported, fits a threshold of 3 and a spread of 1
# per cent from contrasts of 1 to 8 per cent. From 0.01 to 0.08 it returns what it started with:
# the mean and the standard deviation of the contrasts, 0.045 and 0.024, for thresholds of 0.03,
# 0.04, 0.05 and 0.06 alike. Nothing warns. fmincon of optim 1.6.2, which it calls, stops at
# once, and reports success (3: the improvement is less than specified), which FitCumNormYN does
# not look at. It hangs on the scale of the stimulus: levels 0.1 apart, or 1, are fitted well,
# 10 apart (coherence in per cent, say) give 26.9 instead of 30.0, 50 apart (milliseconds) the
# spread of the levels. FitNakaRushton is hit as well: from noise-free responses of up to 30
# spikes to contrasts of 0 to 1, it returns 0.235, the mean of the contrasts, as the contrast of
# the half response, which is 0.1; of the same responses divided by 30 it is right. Who compares
# observers, or lesions of a network, by thresholds in such units finds no difference where there
# is one. Fit z = (x - mean (x)) / std (x), and scale the result back: that was right. Optim's
# lsqcurvefit finds the Naka-Rushton function's parameters from the same start.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 160 MB and takes 700 MB of a temporary folder.
set -euo pipefail
octave=7.3.0-2
optim=1.6.2-3
psychtoolbox=3.0.18.12.dfsg1-1.1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Octave and the packages, with all that they depend on, found as for an empty machine, unpacked
# and not installed. Left out are the largest that are only loaded to draw. Of Psychtoolbox, only
# functions written in Octave are needed, which need no other package.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "octave=$octave" "octave-optim=$optim" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(libllvm15|libz3-4|libgl1-mesa-dri|iso-codes)=' >"$work/list" ||
  unusable "no octave $octave and octave-optim $optim among Debian's packages (Debian 12 has them; try apt-get update)"
echo "psychtoolbox-3-common=$psychtoolbox" >>"$work/list"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" |
    tar -x -C "$work/root" --exclude './usr/share/doc/*' --exclude './usr/share/psychtoolbox-3/PsychTests'
done
rm -r "$work/packages"
usr=$work/root/usr/lib/x86_64-linux-gnu
libraries=$work/root/lib/x86_64-linux-gnu:$usr:$work/root/usr/lib:$usr/octave/${octave%-*}:$usr/blas:$usr/lapack
octave() {
  env -i LC_ALL=C.UTF-8 HOME="$work" TMPDIR="$work" OCTAVE_HOME="$work/root/usr" OCTAVE_EXEC_HOME="$work/root/usr" \
    "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
    "$work/root/usr/bin/octave-cli" --quiet --no-gui --no-history --no-init-file "$@"
}
octave --eval 'exit (0)' || unusable 'the unpacked Octave does not load'

cat >"$work/fit.m" <<'OCTAVE'
1; % a script, not a function
function judge (holds, what)
  global changed
  if (holds)
    printf ("as described: %s\n", what);
  else
    printf ("CHANGED: not so: %s\n", what);
    changed += 1;
  endif
endfunction

% What FitCumNormYN minimises: minus the logarithm of the likelihood, probabilities of exactly 0
% and 1 being set off by 1e-4.
function value = misfit (mean, variance, levels, yes, no)
  p = NormalCumulative (levels, mean, variance);
  p(p == 0) = 1e-4;
  p(p == 1) = 1 - 1e-4;
  value = -sum (yes .* log (p) + no .* log (1 - p));
endfunction

% The packages are where they were unpacked, and are loaded as they would be once installed.
global changed = 0;
usr = [getenv("HOME") "/root/usr"];
pkg ("prefix", [usr "/share/octave/packages"], [usr "/lib/x86_64-linux-gnu/octave/packages"]);
pkg ("local_list", [getenv("HOME") "/octave_packages"]);
pkg rebuild
pkg load optim
for folder = {"Psychometric", "PsychProbability", "PsychOneliners"}
  addpath ([usr "/share/psychtoolbox-3/" folder{1}]);
endfor
assert (strncmp (which ("FitCumNormYN"), usr, numel (usr)) && strncmp (which ("fmincon"), usr, numel (usr)));
printf ("Octave %s, optim %s\n", version (), pkg ("list", "optim"){1}.version);
lastwarn ("");

% Eight levels, 40 trials at each, the answers those of a cumulative normal of a spread of 1.
trials = 40;
levels = (1:8)';
answers = @(threshold) round (trials * 0.5 * erfc ((threshold - levels) / sqrt (2)));
fit = @(x, yes) FitCumNormYN (x, yes, trials - yes);
yes = answers (3);
z = (levels - mean (levels)) / std (levels);
[centre, variance] = fit (z, yes);
best = [mean(levels) + std(levels) * centre, std(levels) * sqrt(variance)];
printf ("of z: threshold %.3f, spread %.3f\n", best);
judge (all (abs (best - [3 1]) < 0.02), "of z it fits a threshold of 3 and a spread of 1");

start = [mean(levels), std(levels)];
for unit = [0.01 0.1 1 10 50]
  x = unit * levels;
  [centre, variance] = fit (x, yes);
  found = [centre, sqrt(variance)] / unit;
  worse = misfit (centre, variance, x, yes, trials - yes) - misfit (best(1), best(2) ^ 2, levels, yes, trials - yes);
  printf ("levels %g apart: threshold %.4g, spread %.4g; in that unit %.3f and %.3f; log likelihood %.1f worse\n", unit,
    centre, sqrt (variance), found, worse);
  switch (unit)
    case {0.1, 1}
      judge (all (abs (found - best) < 0.01) && worse < 0.01, "  they are the best");
    case 0.01
      judge (all (abs (found - start) < 0.001) && worse > 40, "  they are the levels' mean and standard deviation");
    case 10
      judge (abs (found(1) / best(1) - 1) > 0.05 && worse > 1, "  the threshold is more than 5 % off");
    case 50
      judge (abs (found(2) - start(2)) < 0.001 && worse > 10, "  the spread is the levels' standard deviation");
  endswitch
endfor

found = arrayfun (@(threshold) fit (0.01 * levels, answers (threshold)), [3 4 5 6]);
printf ("thresholds of 0.03, 0.04, 0.05, 0.06 are fitted as%s\n", sprintf (" %.4f", found));
judge (all (abs (found - 0.045) < 1e-5), "thresholds of 0.03 to 0.06 are all fitted as the mean of 0.01 to 0.08");

x = 0.01 * levels;
variance = std (x) ^ 2;
[p, ~, code] = fmincon (@(p) misfit (p(1), p(2), x, yes, trials - yes), [mean(x), variance], [], [], [], [],
  [-1e10; 1e-10 * variance], [1e10; 1e10 * variance], [], optimset ("Display", "off"));
printf ("fmincon ends where it started, %g and %g, with code %d\n", p(1), sqrt (p(2)), code);
judge (all (abs (p ./ [mean(x), variance] - 1) < 1e-3) && code == 3, "fmincon stops at its start, and reports success by the code 3");

contrasts = [0 0.01 0.02 0.05 0.1 0.2 0.5 1];
for top = [1 30]
  responses = ComputeNakaRushton ([top 0.1 2], contrasts);
  found = FitNakaRushton (contrasts, responses);
  printf ("Naka-Rushton, largest response %g, half of it at 0.1, exponent 2: %.4g, %.4g, %.4g\n", top, found);
  if (top == 1)
    judge (all (abs (found ./ [1 0.1 2] - 1) < 0.001), "  all three are found");
  else
    judge (abs (found(2) - mean (contrasts)) < 1e-3, "  the contrast of half the response is the mean of the contrasts");
    [found, ~] = lsqcurvefit (@ComputeNakaRushton, [max(responses), mean(contrasts), 2], contrasts, responses);
    judge (all (abs (found(:)' ./ [top 0.1 2] - 1) < 0.001), "  lsqcurvefit, of optim, too, finds all three from the same start");
  endif
endfor
judge (isempty (lastwarn ()), "nothing warned");
exit (changed > 0);
OCTAVE

echo "Debian's octave $octave, octave-optim $optim, psychtoolbox-3-common $psychtoolbox"
octave "$work/fit.m" 2>"$work/warnings" || { status=$?; cat "$work/warnings" >&2; exit $status; }
