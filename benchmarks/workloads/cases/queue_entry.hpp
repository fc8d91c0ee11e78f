// Makes the catalog entry of a queue. Included by the generated translation unit of each, and nowhere else.
#pragma once

#include "catalog.hpp"
#include "downloads/strategies/pool.hpp"
#include "downloads/workloads/pipeline_role.hpp"
#include "workloads/load_role.hpp"
#include "workloads/memory_role.hpp"
#include "workloads/ping_pong_role.hpp"
#include "workloads/producer_consumer_role.hpp"

namespace handoff {

template <template <class> class Q, class Item>
constexpr queue_runs runs_with() {
    queue_runs runs;
    if constexpr (holds<Q, Item>) {
        static_assert(queue<Q<Item>>, "the type does not satisfy the queue contract of impls/queue.hpp");
        static_assert(Q<Item>::spec.bound == boundedness::unbounded || bounded_queue<Q<Item>>,
                      "a bounded queue must have capacity()");
        runs.producer_consumer = run_producer_consumer<Q<Item>, Item>;
        if constexpr (Q<Item>::spec.conserves) runs.memory = run_memory<Q<Item>, Item>;
        // One item size tells the round trip; the others would multiply the build for nothing.
        if constexpr (sizeof(Item) == sizeof(item<8>) && std::is_copy_constructible_v<Item>) {
            runs.ping_pong = run_ping_pong<Q<Item>, Item>;
            runs.download = run_download<Q<Item>>;
            runs.download_pool = run_download_pool<Q<Item>, pool_end::stop_items>;
            runs.flagged_download_pool = run_download_pool<Q<Item>, pool_end::flag>;
            if constexpr (closable_queue<Q<Item>>)
                runs.closed_download_pool = run_download_pool<Q<Item>, pool_end::close>;
            else if constexpr (Q<Item>::spec.delivery == order::lifo)
                runs.counted_download_pool = run_download_pool<Q<Item>, pool_end::count>;
        }
    }
    return runs;
}

template <template <class> class Q>
constexpr auto load_of() -> outcome (*)(const load_plan&) {
    if constexpr (holds<Q, timed_item>) {
        if constexpr (Q<timed_item>::spec.conserves) return run_load<Q<timed_item>>;
    }
    return nullptr;
}

template <template <class> class Q>
constexpr queue_entry make_queue_entry(std::string_view header, bool control) {
    static_assert(holds<Q, item<8>>, "an implementation must hold the 8-byte item");
    using sample_type = Q<item<8>>;
    return {.spec = &sample_type::spec,
            .header = header,
            .control = control,
            .own_wait = blocking_queue<sample_type>,
            .timed = timed_queue<sample_type>,
            .closable = closable_queue<sample_type>,
            .load = load_of<Q>(),
            .runs = {runs_with<Q, item<8>>(), runs_with<Q, item<64>>(), runs_with<Q, item<256>>(),
                     runs_with<Q, move_only_item>()}};
}

}  // namespace handoff
