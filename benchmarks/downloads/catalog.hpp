// What a registered queue offers to the downloads: the pipeline, and a pool of workers for each way in which
// such a pool can end. An entry of its own, so that a queue's other workloads compile without the downloads.
#pragma once

#include <span>

#include "workloads/cases/catalog.hpp"

namespace handoff {

struct download_plan;
class download_run;

// Each is null where the queue does not allow it.
struct download_entry {
    const queue_entry* queue;
    outcome (*pipeline)(const download_plan&);
    // Workers fed by the queue, as a download strategy: the end is told by an item for each, by a flag, by
    // closing, or by a count where stop items do not come out last and the queue cannot be closed.
    void (*pool)(download_run&);
    void (*flagged_pool)(download_run&);
    void (*closed_pool)(download_run&);
    void (*counted_pool)(download_run&);
};

// In the order of the register; without controls, and without queues that cannot hold a job.
std::span<const download_entry* const> download_entries();

}  // namespace handoff
