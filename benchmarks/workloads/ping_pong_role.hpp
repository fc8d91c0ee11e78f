// Two threads hand one item to and fro. With two queues one thread serves and the other returns; with one
// shared queue both take the item out and put it back, and whoever is quicker gets it.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "harness/latency.hpp"
#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "queue_run.hpp"

namespace handoff {

struct ping_pong_plan {
    run_settings settings{};
    unsigned queues = 2;
    wait_kind wait = wait_kind::spin;
    bool distribution = false;
    std::size_t capacity = 64;
};

// The item that goes round one queue, before its first hop.
inline constexpr item_tag first_tag = make_tag(0, 1);

// One run over two queues, as far as it is the same for every queue: the sample, and what its row says.
class two_queue_run {
public:
    outcome run();

protected:
    two_queue_run(const ping_pong_plan& plan, const queue_spec& spec);
    ~two_queue_run();

    // On a thread each, for the whole run.
    virtual void serve(window& w, thread_record& record) = 0;
    virtual void give_back(window& w, thread_record& record) = 0;
    virtual std::size_t capacity() const = 0;

    const ping_pong_plan& plan_;
    const queue_spec& spec_;
    const bool oversubscribed_;
    queue_gates there_gates_;
    queue_gates back_gates_;
    std::array<verdict, 2> prefaulted_;
    std::optional<latency_recorder> recorder_;  // used by the serving thread only
    std::array<std::uint64_t, 2> wrong_{};      // one per thread

private:
    outcome finish(sample& s);
};

template <class Q, class Item, mode Mode>
class two_queue_ping_pong final : public two_queue_run {
public:
    explicit two_queue_ping_pong(const ping_pong_plan& plan)
        : two_queue_run(plan, Q::spec), there_(plan.capacity), back_(plan.capacity) {
        prefaulted_ = {prefault<Q, Item>(there_, plan.capacity), prefault<Q, Item>(back_, plan.capacity)};
    }

private:
    using pusher = push_end<Q, Mode>;
    using popper = pop_end<Q, Mode>;

    void serve(window& w, thread_record& record) override {
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

    void give_back(window& w, thread_record& record) override {
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

    std::size_t capacity() const override { return capacity_of(there_); }

    // Not every queue keeps its ends off its own edges: the two must not share a line.
    alignas(no_false_sharing) Q there_;
    alignas(no_false_sharing) Q back_;
};

// One run over one queue, as far as it is the same for every queue.
class one_queue_run {
public:
    outcome run();

protected:
    struct alignas(no_false_sharing) player {
        std::uint64_t hops = 0;       // in all
        std::uint64_t handovers = 0;  // hops that brought the item from the other thread
    };

    one_queue_run(const ping_pong_plan& plan, const queue_spec& spec);
    ~one_queue_run();

    // On a thread each, for the whole run.
    virtual void play(unsigned index, window& w, thread_record& record) = 0;
    // Takes an item out, when all threads have gone; false if there is none.
    virtual bool take(item_tag& tag) = 0;
    virtual std::size_t capacity() const = 0;

    const ping_pong_plan& plan_;
    const queue_spec& spec_;
    const bool oversubscribed_;
    queue_gates gates_;
    verdict prefaulted_;
    std::array<player, 2> players_{};

private:
    outcome finish(sample& s);
    // What is wrong with the item after so many hops, or nothing.
    std::string wrong(std::uint64_t hops);
};

template <class Q, class Item, mode Mode>
class one_queue_ping_pong final : public one_queue_run {
public:
    explicit one_queue_ping_pong(const ping_pong_plan& plan)
        : one_queue_run(plan, Q::spec), queue_(plan.capacity) {
        prefaulted_ = prefault<Q, Item>(queue_, plan.capacity);
        typename Q::producer handle(queue_);
        Item token = Item::make(first_tag);
        while (!handle.try_push(std::move(token))) {
        }
    }

private:
    void play(unsigned index, window& w, thread_record& record) override {
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

    bool take(item_tag& tag) override {
        typename Q::consumer handle(queue_);
        Item v;
        if (!handle.try_pop(v)) return false;
        tag = v.tag;
        return true;
    }

    std::size_t capacity() const override { return capacity_of(queue_); }

    alignas(no_false_sharing) Q queue_;
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
