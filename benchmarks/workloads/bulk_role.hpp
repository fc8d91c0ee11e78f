// Throughput with several items in one call: as producer_consumer, but that a producer offers so many items
// at once, of which as many go in as there is room for, and a consumer asks for as many. One item at a time
// is the single calls of producer_consumer itself, so that a bulk is held against what a program does without
// it.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <vector>

#include "producer_consumer_role.hpp"
#include "support/payload.hpp"

namespace handoff {

inline constexpr std::size_t most_items_of_a_call = 64;

struct bulk_plan : producer_consumer_plan {
    std::size_t bulk = 1;  // items of a call, 1 to most_items_of_a_call
};

template <class Q, class Item>
class bulk_role final : public producer_consumer_run {
public:
    explicit bulk_role(const bulk_plan& plan)
        : producer_consumer_run(plan, Q::spec), bulk_(plan.bulk), queue_(plan.capacity) {
        prefaulted_ = prefault<Q, Item>(queue_, plan.capacity);
    }

private:
    void produce(unsigned index, window& w, thread_record& record) override {
        push_end<Q, mode::harness_waits> end(queue_, plan_.wait, oversubscribed_, gates_);
        meter m(w, record);
        const auto give_up = [&w] { return w.draining(); };
        std::array<Item, most_items_of_a_call> items;
        std::uint64_t done = 0;
        for (bool ended = false; !ended;) {
            for (std::size_t i = 0; i < bulk_; ++i) items[i] = Item::make(make_tag(index, done + i + 1));
            const std::size_t pushed = end.push_bulk(items.data(), bulk_, give_up);
            if (pushed == 0) break;
            ended = m.edge(done, end.wait());
            done += pushed;
        }
        m.edge(done, end.wait());
        pushed_[index] = tally::of_sequence(index, done);
        if (w.stop_feeding() == 0) gates_.wake_all();
    }

    void consume(unsigned index, window& w, thread_record& record) override {
        pop_end<Q, mode::harness_waits> end(queue_, plan_.wait, oversubscribed_, gates_);
        meter m(w, record);
        producer_book book;
        receiver got(book);
        const auto give_up = [&w] { return w.fed() || w.abandoned(); };
        std::array<Item, most_items_of_a_call> items;
        while (const std::size_t popped = end.pop_bulk(items.data(), bulk_, give_up)) {
            m.edge(got.count(), end.wait());
            for (std::size_t i = 0; i < popped; ++i) got.take(items[i]);
        }
        m.edge(got.count(), end.wait());
        seen_[index] = got.seen();
    }

    verdict leftovers(std::uint64_t pushed) override { return take_leftovers<Item>(queue_, pushed); }
    std::size_t capacity() const override { return capacity_of(queue_); }

    const std::size_t bulk_;
    alignas(no_false_sharing) Q queue_;
};

template <class Q, class Item>
outcome run_bulk(const bulk_plan& plan) {
    if (plan.bulk == 1) return run_producer_consumer<Q, Item>(plan);
    return std::make_unique<bulk_role<Q, Item>>(plan)->run();
}

struct bulk_workload {
    static constexpr std::string_view name = "bulk";
    using plan = bulk_plan;

    // What bulks save is a part of each call, which larger items hide.
    // What a queue that keeps values for itself is wrapped in (sparing_queue) has single calls alone.
    template <template <class> class Q, class Item>
    static constexpr bool measures() {
        return bulk_queue<Q<Item>> && Q<Item>::spec.conserves && !keeps_values(Q<Item>::spec) &&
               (std::same_as<Item, item<8>> || std::same_as<Item, item<64>>);
    }

    template <template <class> class Q, class Item>
    static outcome run(const plan& asked) {
        return run_bulk<Q<Item>, Item>(asked);
    }
};

}  // namespace handoff
