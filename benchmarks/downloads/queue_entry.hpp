// Makes the entry of a queue among the downloads. Included by the generated translation unit of each, and
// nowhere else.
#pragma once

#include "catalog.hpp"
#include "downloads/strategies/pool.hpp"
#include "downloads/workloads/pipeline_role.hpp"
#include "workloads/cases/queue_cases.hpp"
#include "workloads/cases/sparing_queue.hpp"

namespace handoff {

template <class Q>
constexpr download_entry make_download_entry(const queue_entry& queue) {
    download_entry made{.queue = &queue,
                        .pipeline = run_download<Q>,
                        .pool = run_download_pool<Q, pool_end::stop_items>,
                        .flagged_pool = run_download_pool<Q, pool_end::flag>,
                        .closed_pool = nullptr,
                        .counted_pool = nullptr};
    if constexpr (closable_queue<Q>)
        made.closed_pool = run_download_pool<Q, pool_end::close>;
    else if constexpr (!ends_by_stop_items(Q::spec))
        made.counted_pool = run_download_pool<Q, pool_end::count>;
    return made;
}

}  // namespace handoff
