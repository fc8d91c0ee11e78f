// Who is in which call of the tested implementation, and how many items went in and came out. A test that
// hangs or dies says so by this (watchdog.hpp). A call costs a few stores to a line of its thread's own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "support/cache_line.hpp"

namespace handoff::conformance {

// Where a successful call takes an item.
enum class item_goes { in, out, nowhere };

// What one thread does. Only this thread writes `call` and the counts; they are statistics, so relaxed.
struct alignas(no_false_sharing) thread_calls {
    std::atomic<bool> taken{false};
    std::atomic<int> number{-1};  // as run_threads counts; -1: another thread
    std::atomic<const char*> call{nullptr};
    std::atomic<std::uint64_t> ended{0};
    std::atomic<std::uint64_t> succeeded{0};
    std::atomic<std::uint64_t> in{0};
    std::atomic<std::uint64_t> out{0};
    // The watchdog's: how long the thread has been in its call, by its looks.
    std::uint64_t ended_at_last_look = 0;
    std::atomic<unsigned> ms_in_call{0};
};

// This thread's own, given back when it ends.
thread_calls& calls_of_this_thread();

struct call_totals {
    std::uint64_t ended = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
};

// Of all threads, also of those that have ended.
call_totals calls_so_far();

// The watchdog calls this every `ms`.
void look_at_calls(unsigned ms);

// One line for each thread that is in a call, to a file descriptor. Also for a signal handler: it takes no
// lock and no memory.
void write_calls(int descriptor);

// One call, from its construction to its destruction.
class noted_call {
public:
    noted_call(const char* call, item_goes way) : mine_(calls_of_this_thread()), way_(way) {
        mine_.call.store(call, std::memory_order_relaxed);
    }
    noted_call(const noted_call&) = delete;
    noted_call& operator=(const noted_call&) = delete;
    ~noted_call() {
        count(mine_.ended);
        mine_.call.store(nullptr, std::memory_order_relaxed);
    }
    bool ends(bool success) { return ends_with(success ? 1 : 0) > 0; }
    // So many items, of those of one call.
    std::size_t ends_with(std::size_t items) {
        if (items > 0) count(mine_.succeeded);
        if (way_ == item_goes::in) count(mine_.in, items);
        if (way_ == item_goes::out) count(mine_.out, items);
        return items;
    }

private:
    static void count(std::atomic<std::uint64_t>& counter, std::uint64_t more = 1) {
        counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }

    thread_calls& mine_;
    const item_goes way_;
};

}  // namespace handoff::conformance
