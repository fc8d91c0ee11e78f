// What a registered implementation offers: its spec, and one coarse function for each workload, so that each
// implementation is compiled once and the timed loops know its type. Generated from impls/CMakeLists.txt and
// the workloads of benchmarks/CMakeLists.txt.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string_view>

#include "counter.hpp"
#include "harness/item.hpp"
#include "harness/sample.hpp"
#include "lock.hpp"
#include "queue.hpp"
#include "wait.hpp"

namespace handoff {

// One workload over one implementation and, of a queue, one kind of item.
struct workload_run {
    std::string_view workload;
    item_kind item;
    outcome (*run)(const void* plan);  // of the workload's own type; null where it does not measure that
};

// The library that an implementation was compiled with, as the build found it; empty: none.
struct library_use {
    std::string_view version;  // its name, version and Debian package
    bool packaged;             // the implementation is the library's own, behind an adapter
};

struct queue_entry {
    const queue_spec* spec;
    std::string_view header;
    std::string_view
        control;  // what it is known for (handoff_add.cmake), and never ranked; empty: no control
    library_use library;
    bool own_wait;  // has its own push and pop
    bool timed;     // has pop_for
    bool closable;
    bool bulk;                                  // has try_push_bulk and try_pop_bulk
    std::array<bool, item_names.size()> holds;  // by item_kind
    std::span<const workload_run> runs;
};

struct counter_entry {
    const counter_spec* spec;
    std::string_view header;
    std::string_view control;  // as of a queue
    library_use library;
    std::span<const workload_run> runs;
};

struct lock_entry {
    const lock_spec* spec;
    std::string_view header;
    std::string_view control;  // as of a queue
    library_use library;
    bool tried;         // has try_lock
    bool shared;        // has lock_shared
    bool tried_shared;  // has try_lock_shared
    std::span<const workload_run> runs;
};

struct wait_entry {
    const wait_spec* spec;
    std::string_view header;
    std::string_view control;  // as of a queue
    library_use library;
    std::span<const workload_run> runs;
};

// The workload over this implementation, to be called with the workload's plan; empty where it does not
// measure it.
template <class Workload, class Entry>
std::function<outcome(const typename Workload::plan&)> run_of(const Entry& entry,
                                                              item_kind item = item_kind::bytes_8) {
    for (const workload_run& one : entry.runs)
        if (one.workload == Workload::name && one.item == item && one.run != nullptr)
            return [run = one.run](const typename Workload::plan& plan) { return run(&plan); };
    return {};
}

// An implementation of the register that this build has not: the library that it stands on is not there.
struct left_out_here {
    std::string_view name;
    std::string_view package;  // the library's, by Debian's name
};

// In the order of the register.
std::span<const queue_entry* const> queues();
std::span<const counter_entry* const> counters();
std::span<const lock_entry* const> locks();
std::span<const wait_entry* const> waits();
std::span<const left_out_here> left_out();

}  // namespace handoff
