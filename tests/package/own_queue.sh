#!/bin/sh
# own_queue.sh SOURCE BUILD HOW: installs handoff from BUILD, builds examples/own_queue of SOURCE against it, and
# runs all that is tested of its queue. HOW is
#   brief        what it needs for its tests, to be listed and for two workloads, compiled in a hurry;
#   everything   all that a user gets, compiled as a user would; a campaign measures it in each workload;
#   else sanitizers, as -fsanitize takes them: the tests alone.
set -eu
source=$1
how=$3
work=$2/package/$how
rm -rf "$work"
cmake --install "$2" --prefix "$work/prefix" >/dev/null
cp -r "$source/examples/own_queue" "$work/project"

hurry='-DCMAKE_CXX_FLAGS_RELEASE=-O0 -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=6'
targets=all
case $how in
  brief)
    options=$hurry
    targets='conformance linearizability progress print_catalog memory ping_pong'
    ;;
  everything) options= ;;
  *) options="$hurry -DHANDOFF_SANITIZE=$how -DHANDOFF_BENCHMARKS=OFF" ;;
esac
# Options and targets are words.
# shellcheck disable=SC2086
cmake -G Ninja -S "$work/project" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/prefix" -DHANDOFF_PEERS='^noop_queue$' $options >/dev/null
# shellcheck disable=SC2086
cmake --build "$work/build" --target $targets

for suite in conformance linearizability progress; do
  # Under ThreadSanitizer, of the progress tests only those of blocking calls are left, in one.
  ctest --test-dir "$work/build" --output-on-failure --no-tests=error \
    -R "^$suite/(semaphore_ring|blocking_queues)\$"
done
case $how in brief | everything) ;; *) exit 0 ;; esac
for proof in semaphore_ring progress-semaphore_ring stalls-semaphore_ring; do
  grep -q '"holds": true' "$work/build/handoff/proofs/quick/$proof.json"
done
"$work/build/handoff/benchmarks/catalog" | grep -q '"header": *"semaphore_ring.hpp"'
"$work/build/handoff/benchmarks/memory" --benchmark_filter='^memory/semaphore_ring/item:8/items:1024/'
if [ "$how" = brief ]; then
  "$work/build/handoff/benchmarks/ping_pong" --window_ms=20 --ramp_ms=1 \
    --benchmark_filter='^ping_pong/semaphore_ring/queues:2/wait:yield/report:mean/'
else
  /usr/bin/python3 "$work/prefix/share/handoff/scripts/campaign.py" --build-dir "$work/build/handoff" \
    --profile quick --impl semaphore_ring --blocks 1 --out "$work/run"
fi
