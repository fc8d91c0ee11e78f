// Memory: what a queue takes when it is empty, full, and drained again, the most in between, and how often it
// asks the allocator while items pass. One thread does it all, so that the figures are the same in each run:
// how many items lie in the queue is decided here and not by the scheduler. Nothing is timed.
#pragma once

#include <algorithm>
#include <memory>

#include "harness/machine/memory_meter.hpp"
#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "queue_run.hpp"

namespace handoff {

struct memory_plan {
    run_settings settings{};
    std::size_t items = 1024;  // capacity asked for, and how many an unbounded queue is filled with
    memory_meter* meter = nullptr;
};

// How many items lie in the queue while others pass; fewer where it holds fewer.
inline constexpr std::uint64_t steady_occupancy = 16;
// How many pass before the allocations are counted, and again while they are: a queue that keeps what it
// once had has it by then, and one that allocates a block at a time has begun thousands of them.
inline constexpr std::uint64_t steady_items = 65536;

struct memory_stations {
    memory_use before;    // nothing of the queue is there yet
    memory_use empty;     // the queue and one handle for each end are there
    memory_use full;      // it holds `held` items
    memory_use drained;   // it holds no item
    memory_use steady;    // items have passed
    memory_use measured;  // `passed` more have passed
    std::uint64_t held = 0;
    std::uint64_t passed = 0;
};

// The figures, and the error if a queue took nothing.
outcome memory_outcome(const memory_stations& stations);

template <class Q, class Item>
class memory_role {
public:
    explicit memory_role(const memory_plan& plan) : plan_(plan), meter_(*plan.meter) {}

    outcome run() {
        meter_.restart_peak();
        at_.before = meter_.read();
        // On the heap, so that what the queue holds in itself counts as well.
        const auto queue = std::make_unique<Q>(plan_.items);
        const std::size_t capacity = capacity_of(*queue);
        const verdict seen = live_through(*queue, bounded_queue<Q> ? capacity : plan_.items);
        outcome result = memory_outcome(at_);
        result.values.emplace_back("capacity", static_cast<double>(capacity));
        if (const std::string wrong = verify(Q::spec, seen); !wrong.empty()) result.error = wrong;
        return result;
    }

private:
    // Both ends of the queue in one hand. Nothing is timed here, so the calls are not inlined: that halves
    // what the compiler has to do.
    class ends {
    public:
        explicit ends(Q& q) : producer_(q), consumer_(q) {}

        [[gnu::noinline]] bool push() {
            Item v = Item::make(next_);
            if (!producer_.try_push(std::move(v))) return false;
            pushed_.add(next_++);
            return true;
        }
        [[gnu::noinline]] bool pop() {
            if (!consumer_.try_pop(taken_)) return false;
            got_.take(taken_);
            return true;
        }
        // How many of `most` went in.
        std::uint64_t fill(std::uint64_t most) {
            std::uint64_t held = 0;
            while (held < most && push()) ++held;
            return held;
        }
        // To the end, or until more came out than went in, which proves that items were invented.
        void drain() {
            while (got_.count() <= pushed_.count && pop()) {
            }
        }
        std::uint64_t pass(std::uint64_t items) {
            std::uint64_t passed = 0;
            while (passed < items && push() && pop()) ++passed;
            return passed;
        }
        verdict seen() const {
            verdict all = got_.seen();
            all.pushed = pushed_;
            return all;
        }

    private:
        typename Q::producer producer_;
        typename Q::consumer consumer_;
        producer_book book_;
        receiver got_{book_};
        tally pushed_;
        item_tag next_ = make_tag(0, 1);
        Item taken_;
    };

    verdict live_through(Q& queue, std::uint64_t most) {
        ends both(queue);
        at_.empty = meter_.read();
        at_.held = both.fill(most);
        at_.full = meter_.read();
        both.drain();
        at_.drained = meter_.read();
        both.fill(std::min(steady_occupancy, most / 2));
        both.pass(steady_items);
        at_.steady = meter_.read();
        at_.passed = both.pass(steady_items);
        at_.measured = meter_.read();
        both.drain();
        return both.seen();
    }

    const memory_plan& plan_;
    memory_meter& meter_;
    memory_stations at_;
};

template <class Q, class Item>
outcome run_memory(const memory_plan& plan) {
    return memory_role<Q, Item>(plan).run();
}

struct memory_workload {
    static constexpr std::string_view name = "memory";
    using plan = memory_plan;

    // By item size. A move-only item is as large as the smallest.
    template <template <class> class Q, class Item>
    static constexpr bool measures() {
        return Q<Item>::spec.conserves && !std::same_as<Item, move_only_item>;
    }

    template <template <class> class Q, class Item>
    static outcome run(const plan& asked) {
        return run_memory<Q<Item>, Item>(asked);
    }
};

}  // namespace handoff
