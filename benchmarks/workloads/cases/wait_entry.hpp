// Makes the catalog entry of a way to wait. Included by the generated translation unit of each, and nowhere
// else.
#pragma once

#include "catalog.hpp"
#include "workload_list.hpp"

namespace handoff {

template <class W, class Workload>
outcome run_wait_workload(const void* plan) {
    return Workload::template run<W>(*static_cast<const typename Workload::plan*>(plan));
}

template <class W, class Workloads>
inline constexpr auto wait_runs = nullptr;

template <class W, class... Workloads>
inline constexpr auto wait_runs<W, workload_list<Workloads...>> =
    std::array<workload_run, sizeof...(Workloads)>{
        {{Workloads::name, item_kind::bytes_8, run_wait_workload<W, Workloads>}...}};

template <class W, class Workloads>
constexpr wait_entry make_wait_entry(std::string_view header, std::string_view control, library_use library) {
    static_assert(wait_mechanism<W>, "the type does not satisfy the wait contract of impls/wait.hpp");
    return {.spec = &W::spec,
            .header = header,
            .control = control,
            .library = library,
            .runs = wait_runs<W, Workloads>};
}

}  // namespace handoff
