#!/bin/sh
# own_queue.sh SOURCE BUILD: installs handoff from BUILD, builds examples/own_queue of SOURCE against it as a
# user would, runs all that is tested of its queue, and measures it once.
set -eu
source=$1
work=$2/package
rm -rf "$work"
cmake --install "$2" --prefix "$work/prefix" >/dev/null
cp -r "$source/examples/own_queue" "$work/project"
cmake -G Ninja -S "$work/project" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/prefix" -DHANDOFF_PEERS='^noop_queue$' -DCMAKE_CXX_FLAGS_RELEASE=-O1 >/dev/null
cmake --build "$work/build"
ctest --test-dir "$work/build" --output-on-failure --no-tests=error \
  -R "^(conformance|linearizability|progress)/semaphore_ring\$"
"$work/build/handoff/benchmarks/catalog" | grep -q '"header": *"semaphore_ring.hpp"'
"$work/build/handoff/benchmarks/memory" --benchmark_filter='^memory/semaphore_ring/item:8/items:1024/'
/usr/bin/python3 "$work/prefix/share/handoff/scripts/campaign.py" --build-dir "$work/build/handoff" \
  --workload ping_pong --impl semaphore_ring --wait yield --blocks 1 --out "$work/run"
