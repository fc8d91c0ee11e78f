// Threads that each push an item and pop one, on a queue with a free place for each of them and more items
// than threads: it is never full and never empty, so every call that fails does so because of calls under
// way. How many do is what a queue's try_failure costs.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "queue_run.hpp"

namespace handoff {

struct nearly_full_plan {
    run_settings settings{};
    unsigned threads = 1;
    wait_kind wait = wait_kind::pause;
    std::size_t capacity = 64;
    std::size_t free = 4;  // places, before the first push; at least as many as threads
};

template <class Q, class Item>
class nearly_full_role {
public:
    explicit nearly_full_role(const nearly_full_plan& plan)
        : plan_(plan),
          oversubscribed_(is_oversubscribed(plan.settings, plan.threads)),
          queue_(plan.capacity),
          pushed_(plan.threads),
          seen_(plan.threads),
          pops_(plan.threads) {}

    outcome run() {
        whole_ = prefault<Q, Item>(queue_, plan_.capacity);
        whole_.pushed += fill();
        sample s = take_sample({.settings = plan_.settings,
                                .threads = plan_.threads,
                                .feeding = plan_.threads,
                                .body = [this](unsigned i, window& w, thread_record& r) { work(i, w, r); },
                                .wake_all = [this] { gates_.wake_all(); }});
        return finish(s);
    }

private:
    using push_side = push_end<Q, mode::harness_waits>;
    using pop_side = pop_end<Q, mode::harness_waits>;

    // By a producer who is none of the threads.
    tally fill() {
        typename Q::producer handle(queue_);
        tally pushed;
        for (std::size_t left = capacity_of(queue_) - plan_.free; left > 0; --left) {
            const item_tag tag = make_tag(plan_.threads, pushed.count + 1);
            Item v = Item::make(tag);
            if (!handle.try_push(std::move(v))) break;
            pushed.add(tag);
        }
        held_ = pushed.count;
        return pushed;
    }

    void work(unsigned self, window& w, thread_record& record) {
        push_side in(queue_, plan_.wait, oversubscribed_, gates_);
        pop_side out(queue_, plan_.wait, oversubscribed_, gates_);
        meter both(w, record);
        meter of_pops(w, pops_[self]);
        producer_book book;
        receiver got(book);
        const auto give_up = [&w] { return w.draining(); };
        std::uint64_t pushed = 0;
        for (bool ended = false; !ended;) {
            Item v = Item::make(make_tag(self, pushed + 1));
            if (!in.push(v, give_up)) break;
            ++pushed;
            if (!out.pop(v, give_up)) break;
            got.take(v);
            of_pops.edge(got.count(), out.wait());
            ended = both.edge(got.count(), in.wait(), out.wait());
        }
        of_pops.edge(got.count(), out.wait());
        both.edge(got.count(), in.wait(), out.wait());
        pushed_[self] = tally::of_sequence(self, pushed);
        seen_[self] = got.seen();
    }

    outcome finish(sample& s) {
        for (const tally& t : pushed_) whole_.pushed += t;
        for (const verdict& of_one : seen_) whole_ += of_one;
        whole_ += take_leftovers<Item>(queue_, whole_.pushed.count);
        outcome result = std::move(s.result);
        if (const std::string wrong = verify(Q::spec, whole_); !wrong.empty()) result.error = wrong;
        std::uint64_t failed = 0;
        std::uint64_t failed_pops = 0;
        for (const thread_record& one : s.records) failed += one.done.failed_attempts;
        for (const thread_record& one : pops_) failed_pops += one.done.failed_attempts;
        // The two meters of a thread notice an edge one after the other.
        const std::uint64_t failed_pushes = failed > failed_pops ? failed - failed_pops : 0;
        const std::uint64_t items = s.operations(0, plan_.threads);
        result.values.emplace_back("capacity", static_cast<double>(capacity_of(queue_)));
        result.values.emplace_back("verified", 1.0);
        result.values.emplace_back("held", static_cast<double>(held_));
        result.values.emplace_back("items", static_cast<double>(items));
        result.values.emplace_back("items_per_second", static_cast<double>(items) / s.window_s);
        result.values.emplace_back("failed_push_share", share(failed_pushes, items));
        result.values.emplace_back("failed_pop_share", share(failed_pops, items));
        add_shares(result.values, "thread", s, 0, plan_.threads);
        return result;
    }

    static double share(std::uint64_t failed, std::uint64_t succeeded) {
        if (failed == 0) return 0.0;
        return static_cast<double>(failed) / static_cast<double>(failed + succeeded);
    }

    const nearly_full_plan& plan_;
    const bool oversubscribed_;
    alignas(no_false_sharing) Q queue_;
    queue_gates gates_;
    std::vector<tally> pushed_;
    std::vector<verdict> seen_;        // by each thread
    std::vector<thread_record> pops_;  // of each thread, its pops alone
    verdict whole_;
    std::uint64_t held_ = 0;
};

struct nearly_full_workload {
    static constexpr std::string_view name = "nearly_full";
    using plan = nearly_full_plan;

    template <template <class> class Q, class Item>
    static constexpr bool measures() {
        return Q<Item>::spec.conserves && bounded_queue<Q<Item>> &&
               Q<Item>::spec.producers == cardinality::many && Q<Item>::spec.consumers == cardinality::many &&
               std::same_as<Item, item<sizeof(item_tag)>>;
    }

    template <template <class> class Q, class Item>
    static outcome run(const plan& asked) {
        return std::make_unique<nearly_full_role<Q<Item>, Item>>(asked)->run();
    }
};

}  // namespace handoff
