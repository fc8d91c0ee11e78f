#!/usr/bin/env bash
# Tests: sets up what is missing; builds the sanitized presets and runs their conformance tests; then builds
# the release preset and runs everything but the deep tests. `scripts/test.sh release` runs only the presets that
# it is given; `--deep 10` adds 10 minutes of deep tests, drawn anew each time and shared among the presets; the
# quick test of the same name, which says the same of fewer calls, is then left out.
set -euo pipefail
deep_minutes=0
presets=()
while [ $# -gt 0 ]; do
  case $1 in
    --deep)
      [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "test.sh: --deep '${2:-}': a whole number of minutes" >&2; exit 2; }
      deep_minutes=$2
      shift
      ;;
    -*) echo "test.sh: unknown option $1; valid: --deep MINUTES" >&2; exit 2 ;;
    tsan | asan-ubsan | release | debug | tsan-gcc | asan-ubsan-clang) presets+=("$1") ;;
    *)
      echo "test.sh: unknown preset '$1'; valid: tsan, asan-ubsan, release, debug, tsan-gcc, asan-ubsan-clang" >&2
      exit 2
      ;;
  esac
  shift
done
[ ${#presets[@]} -gt 0 ] || presets=(tsan asan-ubsan release)
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
for preset in "${presets[@]}"; do
  echo "== $preset"
  # What scripts/proofs.py collect makes the record of proofs from; not from draws.
  if [ "$deep_minutes" -gt 0 ]; then
    rm -f "build/$preset/proofs/begun.json"
  elif [ "$preset" != debug ]; then
    "$python" scripts/proofs.py begin "$preset"
  fi
  build "$preset"
  needless='^$'
  if [ "$deep_minutes" -gt 0 ]; then
    "$python" scripts/deep_slice.py --preset "$preset" --seconds $((deep_minutes * 60 / ${#presets[@]})) \
      --said "build/$preset/said.txt"
    needless=$(cat "build/$preset/said.txt")
  fi
  ctest --preset "$preset" --exclude-regex "$needless" --output-junit "$root/build/$preset/proofs/results.xml" --test-output-size-passed 100000
done
