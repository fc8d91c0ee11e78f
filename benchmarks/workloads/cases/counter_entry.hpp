// Makes the catalog entry of a counter. Included by the generated translation unit of each, and nowhere else.
#pragma once

#include "catalog.hpp"
#include "workload_list.hpp"

namespace handoff {

template <class C, class Workload>
outcome run_counter_workload(const void* plan) {
    return Workload::template run<C>(*static_cast<const typename Workload::plan*>(plan));
}

template <class C, class Workloads>
inline constexpr auto counter_runs = nullptr;

template <class C, class... Workloads>
inline constexpr auto counter_runs<C, workload_list<Workloads...>> =
    std::array<workload_run, sizeof...(Workloads)>{
        {{Workloads::name, item_kind::bytes_8, run_counter_workload<C, Workloads>}...}};

template <class C, class Workloads>
constexpr counter_entry make_counter_entry(std::string_view header, std::string_view control,
                                           library_use library) {
    static_assert(counter<C>, "the type does not satisfy the counter contract of impls/counter.hpp");
    return {.spec = &C::spec,
            .header = header,
            .control = control,
            .library = library,
            .runs = counter_runs<C, Workloads>};
}

}  // namespace handoff
