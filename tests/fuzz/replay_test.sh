# Runs a fuzz target's replay on its seed corpus. usage: replay_test.sh PROGRAM TARGET FOLDER
set -eu
rm -rf "$3"
bash "$(dirname "$0")/seeds.sh" "$2" "$3"
"$1" "$3"/*
rm -rf "$3"
