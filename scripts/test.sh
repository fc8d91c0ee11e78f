#!/usr/bin/env bash
# Tests: sets up what is missing; builds the sanitized presets and runs their conformance tests; then builds
# the release preset and runs everything but the deep tests. `scripts/test.sh release` runs only the presets that
# it is given; `--deep 10` adds 10 minutes of deep tests, drawn anew each time and shared among the presets; the
# quick test of the same name, which says the same of fewer calls, is then left out. `--style` adds the formatters
# and the type checker, whose verdicts hold for their versions in Debian 12.
set -euo pipefail
deep_minutes=0
style=OFF
presets=()
while [ $# -gt 0 ]; do
  case $1 in
    --deep)
      [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "test.sh: --deep '${2:-}': a whole number of minutes" >&2; exit 2; }
      deep_minutes=$2
      shift
      ;;
    --style) style=ON ;;
    -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit ;;
    -*) echo "test.sh: unknown option $1; valid: --deep MINUTES, --style" >&2; exit 2 ;;
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
purposes=(bench test)
[ $style = OFF ] || purposes+=(style)
mapfile -t packages < <(packages_for "${purposes[@]}")
install_missing "${packages[@]}"
install_peers
for preset in "${presets[@]}"; do
  echo "== $preset"
  # What scripts/proofs.py collect makes the record of proofs from; not from draws.
  if [ "$deep_minutes" -gt 0 ]; then
    rm -f "build/$preset/proofs/begun.json"
  elif [ "$preset" != debug ]; then
    "$python" scripts/proofs.py begin "$preset"
  fi
  build "$preset" -DHANDOFF_STYLE_TESTS=$style
  needless='^$'
  if [ "$deep_minutes" -gt 0 ]; then
    "$python" scripts/deep_slice.py --preset "$preset" --seconds $((deep_minutes * 60 / ${#presets[@]})) \
      --said "build/$preset/said.txt"
    needless=$(cat "build/$preset/said.txt")
  fi
  ctest --preset "$preset" --exclude-regex "$needless" --output-junit "$root/build/$preset/proofs/results.xml" --test-output-size-passed 100000
done
