# What another program includes: each header alone, in C17 and in C++17; and lesion.h has all.
. "$(dirname "$0")/support.sh" "$@"
warnings='-Wall -Wextra -pedantic -Werror'

for header in "$TOP"/include/lesion/*.h; do
  name=lesion/$(basename "$header")
  printf '#include <%s>\n#include <%s>\nint one(void);\nint one(void) { return 1; }\n' "$name" "$name" >alone.c
  cp alone.c alone.cpp
  expect 0 "$CC" -std=c17 $warnings -I"$TOP/include" -fsyntax-only alone.c
  command -v "$CXX" >/dev/null && expect 0 "$CXX" -std=c++17 $warnings -I"$TOP/include" -fsyntax-only alone.cpp
  case $name in
    lesion/lesion.h | lesion/api.h) ;;
    *) grep -qF "#include \"$name\"" "$TOP/include/lesion/lesion.h" || fail "lesion.h lacks $name" ;;
  esac
done

# lesion-library(3) names headers that there are.
for name in $(grep -oE 'lesion/[a-z_]+\.h' "$TOP/src/cli/pages/lesion-library.3.txt"); do
  [ -f "$TOP/include/$name" ] || fail "lesion-library(3) names $name"
done

# Values that are given as macros are C++, too.
cat >values.cpp <<'EOF'
#include <lesion/lesion.h>
int main()
{
    lsn_error err = LSN_ERROR_NONE;
    lsn_stop stop = LSN_STOP_NONE;
    lsn_sweep_options sweep = LSN_SWEEP_OPTIONS_DEFAULT;
    lsn_look_options look = LSN_LOOK_OPTIONS_DEFAULT;
    lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    lsn_psychometric_options psychometric = LSN_PSYCHOMETRIC_OPTIONS_DEFAULT;
    lsn_report_options report = LSN_REPORT_OPTIONS_DEFAULT;
    lsn_greedy_options greedy = LSN_GREEDY_OPTIONS_DEFAULT;
    lsn_shapley_options shapley = LSN_SHAPLEY_OPTIONS_DEFAULT;
    lsn_ranking_options ranking = LSN_RANKING_OPTIONS_DEFAULT;
    lsn_race_options race = LSN_RACE_OPTIONS_DEFAULT;
    lsn_lesion whole = LSN_LESION_WHOLE;

    return err.code != LSN_OK || lsn_stop_asked(&stop) || sweep.size != sizeof sweep ||
           look.size != sizeof look || table.size != sizeof table ||
           psychometric.size != sizeof psychometric || report.size != sizeof report ||
           greedy.size != sizeof greedy || shapley.size != sizeof shapley || ranking.size != sizeof ranking ||
           race.size != sizeof race || whole.slice.row != -1;
}
EOF
if command -v "$CXX" >/dev/null && loads values; then
  expect 0 "$CXX" -std=c++17 $warnings -I"$TOP/include" values.cpp "$LIBRARY" -o values
  expect 0 env LD_LIBRARY_PATH="${LIBRARY%/*}" ./values
fi
exit $((failures > 0))
