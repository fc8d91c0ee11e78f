// Latency under load, by an open loop: items are due by a clock, whether or not those before them have been
// taken, and an item's latency counts from the time at which it was due. Counted from the time at which it
// was sent, all the waiting in front of a full queue is left out; both are recorded, side by side.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "harness/arrivals.hpp"
#include "harness/latency.hpp"
#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "two_ended_run.hpp"

namespace handoff {

struct load_plan {
    run_settings settings{};
    unsigned producers = 1;
    unsigned consumers = 1;
    wait_kind wait = wait_kind::spin;
    arrival_pattern arrivals = arrival_pattern::poisson;
    double percent = 0.0;  // of what the queue takes when its producers never pause; 0: `rate` is given
    double rate = 0.0;     // items per second, of all producers
    std::size_t capacity = 1024;
};

// The run cannot keep up if, by its end, an item waits for more than this share of the window ...
inline constexpr double overload_lag = 0.1;
// ... and less than this share of what was due has come out. Either alone may be chance: a CPU that the host
// took away at the last moment, or arrivals that came in a bunch.
inline constexpr double overload_delivered = 0.98;

// One run, as far as it is the same for every queue: its passes, and what its row says. Compiled once.
class load_run : protected two_ended_run {
public:
    outcome run();

protected:
    struct alignas(no_false_sharing) consumer_record {
        verdict seen;
        latency_recorder since_due;
        latency_recorder since_sent;
        ticks lag = 0;  // how late the last item was that came out within the window
    };

    load_run(const load_plan& plan, const queue_spec& spec);
    ~load_run();

    // Ticks since this pass began, which tags can hold.
    ticks now() const { return harness_clock::now() - origin_; }

    const load_plan& plan_;

    // Of the pass that is under way.
    double mean_gap_ = 0.0;  // of one producer, in ticks
    std::vector<tally> pushed_;
    std::vector<ticks> idle_;  // of each producer: what it waited within the window for items to be due
    std::vector<consumer_record> consumers_;

private:
    // A pass without pauses, for what the queue takes then. On the same queue, so on the same pages: those
    // alone may decide a fifth of its speed.
    outcome saturate();
    // One sample at `rate` items per second; 0: as many as the queue takes.
    outcome pass(double rate);
    outcome finish(sample& s);
    // What the open loop is about.
    void add_load(outcome& result, double rate) const;

    ticks origin_ = 0;
    double taken_per_second_ = 0.0;
    double window_ns_ = 0.0;
};

template <class Q, mode Mode>
class load_role final : public load_run {
public:
    explicit load_role(const load_plan& plan) : load_run(plan, Q::spec), queue_(plan.capacity) {
        prefaulted_ = prefault<Q, timed_item>(queue_, plan.capacity);
    }

private:
    void produce(unsigned index, window& w, thread_record& record) override {
        push_end<Q, Mode> end(queue_, plan_.wait, oversubscribed_, gates_);
        arrivals schedule(plan_.arrivals, mean_gap_, plan_.settings.seed + index);
        meter m(w, record);
        const auto give_up = [&w] { return w.draining(); };
        const ticks begin = now();
        item_tag tag = make_tag(index, 0);
        tally pushed;
        std::uint64_t done = 0;
        ticks idle = 0;
        for (bool ended = false; !ended;) {
            const ticks due = begin + schedule.next();
            const ticks free = now();
            ticks sent = 0;
            const bool is_due = wait_until(due, sent, w);
            // Since the edge at which the CPU time began to count, and until it ends.
            if (m.measuring()) idle += sent - free;
            if (!is_due) break;
            tag = std::max(tag + 1, make_tag(index, due));  // two may be due within one tick
            timed_item v{tag, sent};
            if (!end.push(v, give_up)) break;
            pushed.add(tag);
            ended = m.edge(done++, end.wait());
        }
        m.edge(done, end.wait());
        pushed_[index] = pushed;
        idle_[index] = idle;
        if (w.stop_feeding() == 0) send_off<timed_item>(end, plan_.consumers, gates_);
    }

    // The load does not sleep: a wake-up is later than many a queue is slow. False if the run ended before.
    bool wait_until(ticks due, ticks& reached, const window& w) const {
        while ((reached = now()) < due) {
            if (w.draining()) return false;
            oversubscribed_ ? yield() : pause();
        }
        return true;
    }

    void consume(unsigned index, window& w, thread_record& record) override {
        pop_end<Q, Mode> end(queue_, plan_.wait, oversubscribed_, gates_);
        meter m(w, record);
        producer_book book;
        receiver got(book);
        consumer_record& mine = consumers_[index];
        const auto give_up = [&w] { return w.fed() || w.abandoned(); };
        timed_item v;
        for (std::uint64_t done = 0; end.pop(v, give_up); ++done) {
            const ticks came_out = now();
            const bool measured = m.measuring();  // as of the item before: the edge belongs to the window
            m.edge(done, end.wait());
            if (v.tag == stop_tag) break;
            got.take(v);
            const ticks since_due = came_out - std::min(came_out, sequence_of(v.tag));
            if (measured) {
                mine.since_due.record(since_due);
                mine.since_sent.record(came_out - std::min(came_out, v.sent));
                mine.lag = since_due;
            }
        }
        m.edge(got.count(), end.wait());
        mine.seen = got.seen();
    }

    verdict leftovers(std::uint64_t pushed) override { return take_leftovers<timed_item>(queue_, pushed); }
    std::size_t capacity() const override { return capacity_of(queue_); }

    alignas(no_false_sharing) Q queue_;
};

template <class Q>
outcome run_load(const load_plan& plan) {
    if constexpr (blocking_queue<Q>) {
        if (plan.wait == wait_kind::own) return std::make_unique<load_role<Q, mode::own>>(plan)->run();
    }
    return std::make_unique<load_role<Q, mode::harness_waits>>(plan)->run();
}

struct load_workload {
    static constexpr std::string_view name = "load";
    using plan = load_plan;

    // What is handed over is a timed_item, whatever kind is asked for: once is enough.
    template <template <class> class Q, class Item>
    static constexpr bool measures() {
        if constexpr (std::same_as<Item, item<8>> && holds<Q, timed_item>)
            return Q<timed_item>::spec.conserves;
        else
            return false;
    }

    template <template <class> class Q, class Item>
    static outcome run(const plan& asked) {
        return run_load<Q<timed_item>>(asked);
    }
};

}  // namespace handoff
