// Makes the catalog entry of a queue. Included by the generated translation unit of each, and nowhere else.
#pragma once

#include "catalog.hpp"
#include "sparing_queue.hpp"
#include "workload_list.hpp"

namespace handoff {

template <template <class> class Q, class Workload, class Item>
outcome run_queue_workload(const void* plan) {
    return Workload::template run<as_used<Q>::template queue, Item>(
        *static_cast<const typename Workload::plan*>(plan));
}

template <template <class> class Q, class Workload, class Item>
constexpr workload_run run_with(item_kind kind) {
    if constexpr (holds<Q, Item>) {
        static_assert(queue<Q<Item>>, "the type does not satisfy the queue contract of impls/queue.hpp");
        static_assert(Q<Item>::spec.bound == boundedness::unbounded || bounded_queue<Q<Item>>,
                      "a bounded queue must have capacity()");
        if constexpr (Workload::template measures<Q, Item>())
            return {Workload::name, kind, run_queue_workload<Q, Workload, Item>};
    }
    return {Workload::name, kind, nullptr};
}

template <template <class> class Q, class... Workloads>
constexpr auto runs_of(workload_list<Workloads...>) {
    std::array<workload_run, item_names.size() * sizeof...(Workloads)> runs{};
    std::size_t next = 0;
    ((runs[next++] = run_with<Q, Workloads, item<8>>(item_kind::bytes_8),
      runs[next++] = run_with<Q, Workloads, item<64>>(item_kind::bytes_64),
      runs[next++] = run_with<Q, Workloads, item<256>>(item_kind::bytes_256),
      runs[next++] = run_with<Q, Workloads, move_only_item>(item_kind::move_only)),
     ...);
    return runs;
}

template <template <class> class Q, class Workloads>
inline constexpr auto queue_runs = runs_of<Q>(Workloads{});

template <template <class> class Q, class Workloads>
constexpr queue_entry make_queue_entry(std::string_view header, std::string_view control,
                                       library_use library) {
    static_assert(holds<Q, item<8>>, "an implementation must hold the 8-byte item");
    using sample_type = Q<item<8>>;
    return {.spec = &sample_type::spec,
            .header = header,
            .control = control,
            .library = library,
            .own_wait = blocking_queue<sample_type>,
            .timed = timed_queue<sample_type>,
            .closable = closable_queue<sample_type>,
            .bulk = bulk_queue<sample_type>,
            .holds = {holds<Q, item<8>>, holds<Q, item<64>>, holds<Q, item<256>>, holds<Q, move_only_item>},
            .runs = queue_runs<Q, Workloads>};
}

}  // namespace handoff
