// Makes the catalog entry of a lock. Included by the generated translation unit of each, and nowhere else.
#pragma once

#include "catalog.hpp"
#include "workload_list.hpp"

namespace handoff {

template <class L, class Workload>
outcome run_lock_workload(const void* plan) {
    return Workload::template run<L>(*static_cast<const typename Workload::plan*>(plan));
}

template <class L, class Workloads>
inline constexpr auto lock_runs = nullptr;

template <class L, class... Workloads>
inline constexpr auto lock_runs<L, workload_list<Workloads...>> =
    std::array<workload_run, sizeof...(Workloads)>{
        {{Workloads::name, item_kind::bytes_8, run_lock_workload<L, Workloads>}...}};

template <class L, class Workloads>
constexpr lock_entry make_lock_entry(std::string_view header, std::string_view control, library_use library) {
    static_assert(lock<L>, "the type does not satisfy the lock contract of impls/lock.hpp");
    return {.spec = &L::spec,
            .header = header,
            .control = control,
            .library = library,
            .tried = tried_lock<typename L::handle>,
            .shared = shared_lock_handle<typename L::handle>,
            .tried_shared = tried_shared_lock<typename L::handle>,
            .runs = lock_runs<L, Workloads>};
}

}  // namespace handoff
