#!/usr/bin/env bash
# Worker processes over Redis under random kills, cut connections and full disks: every document must be saved
# once and whole, or be on the failed list with its reason. `scripts/chaos.sh 500` makes 500 runs instead of 200
# (about half a second each); `scripts/chaos.sh 1 17` repeats the run of seed 17: the same list, kills at the
# same times.
set -euo pipefail
if [[ ${1:-} = -h || ${1:-} = --help ]]; then
  sed -n '2,/^[^#]/s/^# //p' "$0"
  exit
fi
runs=${1:-200}
[[ $runs =~ ^[1-9][0-9]*$ ]] || { echo "chaos.sh: '$runs' runs: a whole number from 1 on" >&2; exit 2; }
[ $# -lt 2 ] || [[ $2 =~ ^[0-9]+$ ]] || { echo "chaos.sh: seed '$2': a whole number" >&2; exit 2; }
[ $# -le 2 ] || { echo "chaos.sh: too many arguments; valid: [RUNS [SEED]]" >&2; exit 2; }
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
mapfile -t packages < <(packages_for bench test)
install_missing "${packages[@]}"
cmake --preset release >/dev/null
cmake --build --preset release --target redis_tests
[ $# -lt 2 ] || export HANDOFF_SEED=$2
HANDOFF_STRESS=deep HANDOFF_RUNS=$runs exec build/release/tests/redis/redis_tests --gtest_filter='redis_chaos_test.*'
