#!/bin/sh
# own_queue.sh SOURCE BUILD [SANITIZERS]: installs handoff from BUILD, builds examples/own_queue of SOURCE
# against it as a user would, runs all that is tested of its queue, its lock and its eventcount, and measures
# each once; with SANITIZERS (as -fsanitize takes them) only the tests.
set -eu
source=$1
sanitizers=${3:-}
work=$2/package/${sanitizers:-release}
rm -rf "$work"
cmake --install "$2" --prefix "$work/prefix" >/dev/null
cp -r "$source/examples/own_queue" "$work/project"
cmake -G Ninja -S "$work/project" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/prefix" -DHANDOFF_PEERS='^noop_queue$' -DCMAKE_CXX_FLAGS_RELEASE=-O0 \
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=6 \
  ${sanitizers:+-DHANDOFF_SANITIZE=$sanitizers -DHANDOFF_BENCHMARKS=OFF} >/dev/null
cmake --build "$work/build"
for suite in conformance linearizability progress; do
  # Under ThreadSanitizer, of the progress tests only those of blocking calls are left, in one.
  ctest --test-dir "$work/build" --output-on-failure --no-tests=error \
    -R "^$suite/(semaphore_ring|semaphore_lock|own_eventcount|blocking_queues)\$"
done
[ -z "$sanitizers" ] || exit 0
"$work/build/handoff/benchmarks/conformance" --gtest_list_tests --gtest_filter='semaphore_ring.*' |
  grep -q pop_for_gives_up
for proof in semaphore_ring progress-semaphore_ring stalls-semaphore_ring; do
  grep -q '"holds": true' "$work/build/handoff/proofs/quick/$proof.json"
done
"$work/build/handoff/benchmarks/catalog" | grep -q '"header": *"semaphore_ring.hpp"'
"$work/build/handoff/benchmarks/lock" --benchmark_filter='^lock/semaphore_lock/t:2/inside:100/outside:1000/read:0$'
"$work/build/handoff/benchmarks/wait" --benchmark_filter='^wait/own_eventcount/waiters:[128]/gap_us:100/hungry:0$'
"$work/build/handoff/benchmarks/memory" --benchmark_filter='^memory/semaphore_ring/item:8/items:1024/'
"$work/prefix/share/handoff/scripts/campaign.py" --build-dir "$work/build/handoff" \
  --workload ping_pong --impl semaphore_ring --wait yield --window-ms 500 --blocks 1 --out "$work/run"
