// Two threads hand one item to and fro. With two queues one thread serves and the other returns; with one
// shared queue both take the item out and put it back, and whoever is quicker gets it.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "percentiles.hpp"
#include "queue_run.hpp"

namespace handoff {

struct ping_pong_plan {
    run_settings settings{};
    unsigned queues = 2;
    wait_kind wait = wait_kind::spin;
    bool distribution = false;
    std::size_t capacity = 64;
};

// The host can keep a CPU for longer than the window lasts (seen: 130 ms, with waits that never sleep). The
// sample says nothing then; a case of which every sample is void fails the campaign.
inline constexpr const char* no_round_trip = "voided: no round trip ended within the window";

// Active and waiting time of each of the two threads.
void add_times_per_thread(figures& values, const sample& s);

template <class Q, class Item, mode Mode>
class two_queue_ping_pong {
public:
    explicit two_queue_ping_pong(const ping_pong_plan& plan)
        : plan_(plan),
          oversubscribed_(is_oversubscribed(plan.settings, 2)),
          there_(plan.capacity),
          back_(plan.capacity),
          prefaulted_{prefault<Q, Item>(there_, plan.capacity), prefault<Q, Item>(back_, plan.capacity)} {
        if (plan.distribution) recorder_.emplace();
    }

    outcome run() {
        sample s = take_sample({.settings = plan_.settings,
                                .threads = 2,
                                .feeding = 1,
                                .body = [this](unsigned i, window& w,
                                               thread_record& r) { i == 0 ? serve(w, r) : give_back(w, r); },
                                .wake_all =
                                    [this] {
                                        there_gates_.wake_all();
                                        back_gates_.wake_all();
                                    }});
        return finish(s);
    }

private:
    using pusher = push_end<Q, Mode>;
    using popper = pop_end<Q, Mode>;

    void serve(window& w, thread_record& record) {
        pusher ping(there_, plan_.wait, oversubscribed_, there_gates_);
        popper pong(back_, plan_.wait, oversubscribed_, back_gates_);
        const auto give_up = [&w] { return w.abandoned(); };
        meter m(w, record);
        ticks last = harness_clock::now();
        for (std::uint64_t done = 0;; ++done) {
            const item_tag tag = make_tag(0, done + 1);
            Item v = Item::make(tag);
            if (!ping.push(v, give_up) || !pong.pop(v, give_up)) return;
            if (v.tag != tag || v.torn()) ++wrong_[0];
            if (recorder_) {
                const ticks now = harness_clock::now();
                if (m.measuring()) recorder_->record(now - last);
                last = now;
            }
            if (m.edge(done, ping.wait(), pong.wait())) break;
        }
        Item stop = Item::make(stop_tag);
        ping.push(stop, give_up);
    }

    void give_back(window& w, thread_record& record) {
        popper ping(there_, plan_.wait, oversubscribed_, there_gates_);
        pusher pong(back_, plan_.wait, oversubscribed_, back_gates_);
        const auto give_up = [&w] { return w.abandoned(); };
        meter m(w, record);
        Item v;
        std::uint64_t done = 0;
        for (; ping.pop(v, give_up) && v.tag != stop_tag; ++done) {
            if (v.tag != make_tag(0, done + 1) || v.torn()) ++wrong_[1];
            if (!pong.push(v, give_up)) return;
            m.edge(done, ping.wait(), pong.wait());
        }
        m.edge(done, ping.wait(), pong.wait());
    }

    outcome finish(sample& s) {
        outcome result = std::move(s.result);
        for (const verdict& seen : prefaulted_)
            if (const std::string wrong = verify(Q::spec, seen); !wrong.empty()) result.error = wrong;
        if (const std::uint64_t wrong = wrong_[0] + wrong_[1]; wrong != 0 && Q::spec.conserves)
            result.error = "unverified: " + std::to_string(wrong) + " items came out other than they went in";
        const thread_record& server = s.records[0];
        const auto trips = static_cast<double>(server.done.operations);
        result.values.emplace_back("capacity", static_cast<double>(capacity_of(there_)));
        result.values.emplace_back("verified", Q::spec.conserves ? 1.0 : 0.0);
        result.values.emplace_back("round_trips", trips);
        if (trips > 0)
            result.values.emplace_back("round_trip_ns", harness_clock::ns(server.elapsed) / trips);
        else if (result.error.empty())
            result.error = no_round_trip;
        if (recorder_) {
            add_percentiles(result.values, "", *recorder_);
            result.values.emplace_back("timer_floor_ns", harness_clock::floor_ns());
        }
        add_times_per_thread(result.values, s);
        return result;
    }

    const ping_pong_plan& plan_;
    const bool oversubscribed_;
    // Not every queue keeps its ends off its own edges: the two must not share a line.
    alignas(no_false_sharing) Q there_;
    alignas(no_false_sharing) Q back_;
    queue_gates there_gates_;
    queue_gates back_gates_;
    const std::array<verdict, 2> prefaulted_;
    std::optional<latency_recorder> recorder_;  // used by the serving thread only
    std::array<std::uint64_t, 2> wrong_{};      // one per thread
};

template <class Q, class Item, mode Mode>
class one_queue_ping_pong {
public:
    explicit one_queue_ping_pong(const ping_pong_plan& plan)
        : plan_(plan),
          oversubscribed_(is_oversubscribed(plan.settings, 2)),
          queue_(plan.capacity),
          prefaulted_(prefault<Q, Item>(queue_, plan.capacity)) {
        typename Q::producer handle(queue_);
        Item token = Item::make(make_tag(0, 1));
        while (!handle.try_push(std::move(token))) {
        }
    }

    outcome run() {
        sample s = take_sample({.settings = plan_.settings,
                                .threads = 2,
                                .feeding = 2,
                                .body = [this](unsigned i, window& w, thread_record& r) { play(i, w, r); },
                                .wake_all = [this] { gates_.wake_all(); }});
        return finish(s);
    }

private:
    struct alignas(no_false_sharing) player {
        std::uint64_t hops = 0;       // in all
        std::uint64_t handovers = 0;  // hops that brought the item from the other thread
    };

    void play(unsigned index, window& w, thread_record& record) {
        push_end<Q, Mode> in(queue_, plan_.wait, oversubscribed_, gates_);
        pop_end<Q, Mode> out(queue_, plan_.wait, oversubscribed_, gates_);
        const auto never = [&w] { return w.abandoned(); };
        const auto ended = [&w] { return w.draining(); };
        meter m(w, record);
        player self;
        item_tag put = 0;
        Item v;
        while (out.pop(v, ended)) {
            if (v.tag != put) ++self.handovers;
            put = v.tag + 1;
            v = Item::make(put);
            if (!in.push(v, never)) break;
            if (m.edge(self.hops++, in.wait(), out.wait())) break;
        }
        m.edge(self.hops, in.wait(), out.wait());
        players_[index] = self;
    }

    // The item counts its own hops, so that nothing can be lost, doubled or invented unnoticed.
    std::string wrong(std::uint64_t hops) {
        typename Q::consumer handle(queue_);
        Item v;
        if (!handle.try_pop(v)) return "unverified: the item was lost";
        if (v.tag != make_tag(0, 1) + hops)
            return "unverified: the item has made " + std::to_string(v.tag - make_tag(0, 1)) + " hops of " +
                   std::to_string(hops);
        if (handle.try_pop(v)) return "unverified: there is more than the one item";
        return {};
    }

    outcome finish(sample& s) {
        outcome result = std::move(s.result);
        const player all{players_[0].hops + players_[1].hops, players_[0].handovers + players_[1].handovers};
        if (Q::spec.conserves) {
            if (const std::string broken = verify(Q::spec, prefaulted_); !broken.empty())
                result.error = broken;
            if (const std::string lost = wrong(all.hops); !lost.empty()) result.error = lost;
        }
        const double trips = static_cast<double>(s.operations(0, 2)) / 2.0;
        result.values.emplace_back("capacity", static_cast<double>(capacity_of(queue_)));
        result.values.emplace_back("verified", Q::spec.conserves ? 1.0 : 0.0);
        result.values.emplace_back("round_trips", trips);
        if (trips > 0)
            result.values.emplace_back("round_trip_ns", s.window_s * 1e9 / trips);
        else if (result.error.empty())
            result.error = no_round_trip;
        if (all.hops > 0)
            result.values.emplace_back("handover_share",
                                       static_cast<double>(all.handovers) / static_cast<double>(all.hops));
        add_times_per_thread(result.values, s);
        return result;
    }

    const ping_pong_plan& plan_;
    const bool oversubscribed_;
    alignas(no_false_sharing) Q queue_;
    queue_gates gates_;
    const verdict prefaulted_;
    std::array<player, 2> players_{};
};

template <class Q, class Item, mode Mode>
outcome play_ping_pong(const ping_pong_plan& plan) {
    if constexpr (Q::spec.producers == cardinality::many && Q::spec.consumers == cardinality::many) {
        if (plan.queues == 1) return std::make_unique<one_queue_ping_pong<Q, Item, Mode>>(plan)->run();
    }
    return std::make_unique<two_queue_ping_pong<Q, Item, Mode>>(plan)->run();
}

template <class Q, class Item>
outcome run_ping_pong(const ping_pong_plan& plan) {
    if constexpr (blocking_queue<Q>) {
        if (plan.wait == wait_kind::own) return play_ping_pong<Q, Item, mode::own>(plan);
    }
    return play_ping_pong<Q, Item, mode::harness_waits>(plan);
}

struct ping_pong_workload {
    static constexpr std::string_view name = "ping_pong";
    using plan = ping_pong_plan;

    // One item size tells the round trip; the others would multiply the build for nothing. What comes out of
    // a queue that conserves nothing cannot be handed back.
    template <template <class> class Q, class Item>
    static constexpr bool measures() {
        return std::same_as<Item, item<8>> && Q<Item>::spec.conserves;
    }

    template <template <class> class Q, class Item>
    static outcome run(const plan& asked) {
        return run_ping_pong<Q<Item>, Item>(asked);
    }
};

}  // namespace handoff
