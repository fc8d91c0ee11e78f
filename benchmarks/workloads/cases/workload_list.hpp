// The workloads that each implementation of a kind is compiled with, as a type. The lists themselves are
// generated from the lines of benchmarks/CMakeLists.txt.
#pragma once

namespace handoff {

template <class... Workloads>
struct workload_list {};

}  // namespace handoff
