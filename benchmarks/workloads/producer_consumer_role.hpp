// Producers put items in as fast as they can, consumers take them out; throughput is pops in the window.
#pragma once

#include <memory>
#include <vector>

#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "queue_run.hpp"

namespace handoff {

struct producer_consumer_plan {
    run_settings settings{};
    unsigned producers = 1;
    unsigned consumers = 1;
    wait_kind wait = wait_kind::spin;
    std::size_t capacity = 1024;
};

template <class Q, class Item, mode Mode>
class producer_consumer_role {
public:
    explicit producer_consumer_role(const producer_consumer_plan& plan)
        : plan_(plan),
          oversubscribed_(is_oversubscribed(plan.settings, plan.producers + plan.consumers)),
          queue_(plan.capacity),
          pushed_(plan.producers),
          seen_(plan.consumers),
          prefaulted_(prefault<Q, Item>(queue_, plan.capacity)) {}

    outcome run() {
        sample s = take_sample({.settings = plan_.settings,
                                .threads = plan_.producers + plan_.consumers,
                                .feeding = plan_.producers,
                                .body = [this](unsigned i, window& w, thread_record& r) { work(i, w, r); },
                                .wake_all = [this] { gates_.wake_all(); }});
        return finish(s);
    }

private:
    void work(unsigned index, window& w, thread_record& record) {
        if (index < plan_.producers) {
            produce(index, w, record);
        } else {
            consume(index - plan_.producers, w, record);
        }
    }

    void produce(unsigned index, window& w, thread_record& record) {
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

    void consume(unsigned index, window& w, thread_record& record) {
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

    outcome finish(sample& s) {
        verdict seen = prefaulted_;
        for (const tally& t : pushed_) seen.pushed += t;
        for (const verdict& of_one : seen_) seen += of_one;
        seen += take_leftovers<Item>(queue_, seen.pushed.count);
        outcome result = std::move(s.result);
        if (const std::string wrong = verify(Q::spec, seen); !wrong.empty()) result.error = wrong;
        const auto items = static_cast<double>(s.operations(plan_.producers, plan_.consumers));
        result.values.emplace_back("capacity", static_cast<double>(capacity_of(queue_)));
        result.values.emplace_back("verified", Q::spec.conserves ? 1.0 : 0.0);
        result.values.emplace_back("items", items);
        result.values.emplace_back("items_per_second", items / s.window_s);
        result.values.emplace_back("overtakes", static_cast<double>(seen.overtakes));
        result.values.emplace_back("overtake_depth", static_cast<double>(seen.overtake_depth));
        add_shares(result.values, "producer", s, 0, plan_.producers);
        add_shares(result.values, "consumer", s, plan_.producers, plan_.consumers);
        return result;
    }

    const producer_consumer_plan& plan_;
    const bool oversubscribed_;
    alignas(no_false_sharing) Q queue_;
    queue_gates gates_;
    std::vector<tally> pushed_;
    std::vector<verdict> seen_;  // by each consumer
    const verdict prefaulted_;
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
