// What a registered implementation offers: its spec, and one coarse function per workload, so that each
// implementation is compiled once and the timed loops know its type. Generated from impls/CMakeLists.txt.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "counter.hpp"
#include "harness/plan.hpp"
#include "queue.hpp"

namespace handoff {

struct download_plan;
class download_run;

// What a queue does with one kind of item; null where it cannot hold that kind.
struct queue_runs {
    outcome (*producer_consumer)(const producer_consumer_plan&) = nullptr;
    outcome (*ping_pong)(const ping_pong_plan&) = nullptr;
    outcome (*download)(const download_plan&) = nullptr;
    outcome (*memory)(const memory_plan&) = nullptr;
    // Workers fed by the queue, as a download strategy: the end is told by an item for each, by a flag, or by
    // closing.
    void (*download_pool)(download_run&) = nullptr;
    void (*flagged_download_pool)(download_run&) = nullptr;
    void (*closed_download_pool)(download_run&) = nullptr;  // of queues that can be closed
    // Of those that neither can be nor have stop items come out last.
    void (*counted_download_pool)(download_run&) = nullptr;
};

struct queue_entry {
    const queue_spec* spec;
    std::string_view header;
    bool control;   // a known answer, never ranked
    bool own_wait;  // has its own push and pop
    bool timed;     // has pop_for
    bool closable;
    outcome (*load)(const load_plan&);               // null where it cannot hold a timed_item
    std::array<queue_runs, item_names.size()> runs;  // by item_kind
};

struct counter_entry {
    const counter_spec* spec;
    std::string_view header;
    outcome (*run)(const counter_plan&);
};

// In the order of the register.
std::span<const queue_entry* const> queues();
std::span<const counter_entry* const> counters();

}  // namespace handoff
