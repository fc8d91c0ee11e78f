#!/usr/bin/env bash
# Tests: sets up what is missing; builds the sanitized presets and runs their conformance tests; then builds
# the release preset and runs everything. `scripts/test.sh release` runs only the presets that it is given.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
presets=("$@")
[ ${#presets[@]} -gt 0 ] || presets=(tsan asan-ubsan release)
for preset in "${presets[@]}"; do
  echo "== $preset"
  # What scripts/proofs.py collect makes the record of proofs from.
  "$python" scripts/proofs.py begin "$preset"
  build "$preset"
  ctest --preset "$preset" --output-junit "$root/build/$preset/proofs/results.xml" --test-output-size-passed 100000
done
