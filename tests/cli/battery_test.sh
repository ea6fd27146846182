# Networks of the kinds that people publish, as PyTorch exports them: each kernel's lesion in
# both engines against PyTorch.
. "$(dirname "$0")/support.sh" "$@"

find_python 'numpy, torch, PIL'
[ -n "$python" ] || exit 77
"$python" "$TOP/tests/battery/battery.py" "$LESION" >said 2>&1 || fail "$(grep -v ' ok$' said)"
finish
