// Producers put items in as fast as they can, consumers take them out; throughput is pops in the window.
#pragma once

#include <memory>
#include <vector>

#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "two_ended_run.hpp"

namespace handoff {

struct producer_consumer_plan {
    run_settings settings{};
    unsigned producers = 1;
    unsigned consumers = 1;
    wait_kind wait = wait_kind::spin;
    std::size_t capacity = 1024;
};

// One run, as far as it is the same for every queue: the sample, and what its row says. Compiled once.
class producer_consumer_run : protected two_ended_run {
public:
    outcome run();

protected:
    producer_consumer_run(const producer_consumer_plan& plan, const queue_spec& spec);
    ~producer_consumer_run();

    const producer_consumer_plan& plan_;
    std::vector<tally> pushed_;
    std::vector<verdict> seen_;  // by each consumer

private:
    outcome finish(sample& s);
};

template <class Q, class Item, mode Mode>
class producer_consumer_role final : public producer_consumer_run {
public:
    explicit producer_consumer_role(const producer_consumer_plan& plan)
        : producer_consumer_run(plan, Q::spec), queue_(plan.capacity) {
        prefaulted_ = prefault<Q, Item>(queue_, plan.capacity);
    }

private:
    void produce(unsigned index, window& w, thread_record& record) override {
        push_end<Q, Mode> end(queue_, plan_.wait, oversubscribed_, gates_);
        meter m(w, record);
        const auto give_up = [&w] { return w.draining(); };
        std::uint64_t done = 0;
        for (bool ended = false; !ended;) {
            Item v = Item::make(make_tag(index, done + 1));
            if (!end.push(v, give_up)) break;
            ended = m.edge(done++, end.wait());
        }
        // Gives up only in the drain phase, which the meter may not have noticed yet.
        m.edge(done, end.wait());
        pushed_[index] = tally::of_sequence(index, done);
        if (w.stop_feeding() == 0) send_off<Item>(end, plan_.consumers, gates_);
    }

    void consume(unsigned index, window& w, thread_record& record) override {
        pop_end<Q, Mode> end(queue_, plan_.wait, oversubscribed_, gates_);
        meter m(w, record);
        producer_book book;
        receiver got(book);
        const auto give_up = [&w] { return w.fed() || w.abandoned(); };
        Item v;
        for (std::uint64_t done = 0; end.pop(v, give_up); ++done) {
            if (m.edge(done, end.wait()) && !Q::spec.conserves) break;
            if (Mode == mode::own && v.tag == stop_tag) break;
            if constexpr (Q::spec.conserves) got.take(v);
        }
        m.edge(got.count(), end.wait());
        seen_[index] = got.seen();
    }

    verdict leftovers(std::uint64_t pushed) override { return take_leftovers<Item>(queue_, pushed); }
    std::size_t capacity() const override { return capacity_of(queue_); }

    alignas(no_false_sharing) Q queue_;
};

template <class Q, class Item>
outcome run_producer_consumer(const producer_consumer_plan& plan) {
    if constexpr (blocking_queue<Q>) {
        if (plan.wait == wait_kind::own)
            return std::make_unique<producer_consumer_role<Q, Item, mode::own>>(plan)->run();
    }
    return std::make_unique<producer_consumer_role<Q, Item, mode::harness_waits>>(plan)->run();
}

struct producer_consumer_workload {
    static constexpr std::string_view name = "producer_consumer";
    using plan = producer_consumer_plan;

    template <template <class> class Q, class Item>
    static constexpr bool measures() {
        return true;
    }

    template <template <class> class Q, class Item>
    static outcome run(const plan& asked) {
        return run_producer_consumer<Q<Item>, Item>(asked);
    }
};

}  // namespace handoff
