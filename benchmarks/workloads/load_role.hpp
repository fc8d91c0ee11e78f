// Latency under load, by an open loop: items are due by a clock, whether or not those before them have been
// taken, and an item's latency counts from the time at which it was due. Counted from the time at which it
// was sent, all the waiting in front of a full queue is left out; both are recorded, side by side.
#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "harness/arrivals.hpp"
#include "harness/latency.hpp"
#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "percentiles.hpp"
#include "queue_run.hpp"

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

template <class Q, mode Mode>
class load_role {
public:
    explicit load_role(const load_plan& plan)
        : plan_(plan),
          oversubscribed_(is_oversubscribed(plan.settings, plan.producers + plan.consumers)),
          queue_(plan.capacity),
          prefaulted_(prefault<Q, timed_item>(queue_, plan.capacity)) {}

    outcome run() {
        double rate = plan_.rate;
        double saturation = 0.0;
        if (plan_.percent > 0.0) {
            // On the same queue, so on the same pages: those alone may decide a fifth of its speed.
            outcome unpaced = pass(0.0);
            if (!unpaced.error.empty()) return unpaced;
            saturation = taken_per_second_;
            rate = saturation * plan_.percent / 100.0;
            if (rate <= 0.0) {
                unpaced.error = "voided: no item came out while the queue's saturation was looked for";
                return unpaced;
            }
        }
        outcome result = pass(rate);
        if (plan_.percent > 0.0) result.values.emplace_back("saturation_per_second", saturation);
        add_load(result, rate);
        return result;
    }

private:
    struct alignas(no_false_sharing) consumer_record {
        verdict seen;
        latency_recorder since_due;
        latency_recorder since_sent;
        ticks lag = 0;  // how late the last item was that came out within the window
    };

    // One sample at `rate` items per second; 0: as many as the queue takes.
    outcome pass(double rate) {
        pushed_.assign(plan_.producers, {});
        idle_.assign(plan_.producers, 0);
        consumers_ = std::vector<consumer_record>(plan_.consumers);
        mean_gap_ = rate > 0.0 ? harness_clock::hz() * plan_.producers / rate : 0.0;
        origin_ = harness_clock::now();
        sample s =
            take_sample({.settings = plan_.settings,
                         .threads = plan_.producers + plan_.consumers,
                         .feeding = plan_.producers,
                         .body =
                             [this](unsigned i, window& w, thread_record& r) {
                                 i < plan_.producers ? produce(i, w, r) : consume(i - plan_.producers, w, r);
                             },
                         .wake_all = [this] { gates_.wake_all(); }});
        return finish(s);
    }

    // Ticks since this pass began, which tags can hold.
    ticks now() const { return harness_clock::now() - origin_; }

    void produce(unsigned index, window& w, thread_record& record) {
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

    void consume(unsigned index, window& w, thread_record& record) {
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

    outcome finish(sample& s) {
        verdict seen;
        for (const tally& t : pushed_) seen.pushed += t;
        for (const consumer_record& one : consumers_) seen += one.seen;
        seen += take_leftovers<timed_item>(queue_, seen.pushed.count);
        outcome result = std::move(s.result);
        for (const verdict& one : {prefaulted_, seen})
            if (const std::string wrong = verify(Q::spec, one); !wrong.empty()) result.error = wrong;
        const auto items = static_cast<double>(s.operations(plan_.producers, plan_.consumers));
        taken_per_second_ = items / s.window_s;
        window_ns_ = s.window_s * 1e9;
        result.values.emplace_back("capacity", static_cast<double>(capacity_of(queue_)));
        result.values.emplace_back("verified", 1.0);
        result.values.emplace_back("items", items);
        result.values.emplace_back("items_per_second", taken_per_second_);
        result.values.emplace_back("overtakes", static_cast<double>(seen.overtakes));
        return result;
    }

    // What the open loop is about.
    void add_load(outcome& result, double rate) const {
        latency_recorder since_due;
        latency_recorder since_sent;
        ticks lag = 0;
        for (const consumer_record& one : consumers_) {
            since_due += one.since_due;
            since_sent += one.since_sent;
            lag = std::max(lag, one.lag);
        }
        const bool late = harness_clock::ns(lag) > overload_lag * window_ns_;
        if (since_due.total() == 0 && result.error.empty())
            result.error = "voided: no item came out within the window";
        figures& values = result.values;
        values.emplace_back("offered_per_second", rate);
        values.emplace_back("lag_ns", harness_clock::ns(lag));
        const ticks idle = std::accumulate(idle_.begin(), idle_.end(), ticks{0});
        values.emplace_back("idle_s", harness_clock::seconds(idle));
        values.emplace_back("overloaded", late && taken_per_second_ < overload_delivered * rate ? 1.0 : 0.0);
        add_percentiles(values, "", since_due);
        add_percentiles(values, "since_sent_", since_sent);
        values.emplace_back("timer_floor_ns", harness_clock::floor_ns());
    }

    const load_plan& plan_;
    const bool oversubscribed_;
    alignas(no_false_sharing) Q queue_;
    queue_gates gates_;
    const verdict prefaulted_;

    // Of the pass that is under way.
    double mean_gap_ = 0.0;  // of one producer, in ticks
    ticks origin_ = 0;
    std::vector<tally> pushed_;
    std::vector<ticks> idle_;  // of each producer: what it waited within the window for items to be due
    std::vector<consumer_record> consumers_;
    double taken_per_second_ = 0.0;
    double window_ns_ = 0.0;
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
