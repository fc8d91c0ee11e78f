// What does a thread that stands still cost the others? Producers and consumers work as fast as they can, and
// the first one of each end is stopped now and then in the middle of a call (stall_watch.hpp).
//
// Who waits gives its CPU away: with more threads than CPUs a thread that spins would keep others from going
// on for a whole time slice, and that would look like the queue's doing.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "stall_watch.hpp"
#include "two_ended_run.hpp"

namespace handoff {

struct stall_plan {
    run_settings settings{};
    unsigned producers = 2;
    unsigned consumers = 2;
    std::size_t capacity =
        64;  // few places, so that a bounded queue soon comes round to the stopped thread's
    unsigned stop_ms = 1;
};

// The same with a window that has some stops in it: one may be longer than the window that was asked for.
stall_plan with_time_for_stops(stall_plan plan);

// One run, as far as it is the same for every queue. Compiled once.
class stall_run : protected two_ended_run {
public:
    outcome run();

protected:
    stall_run(const stall_plan& plan, const queue_spec& spec, std::size_t capacity);
    ~stall_run();

    static constexpr std::uint64_t watched_every = 8;  // calls

    wait_kind wait() const { return oversubscribed_ ? wait_kind::yield : wait_kind::pause; }

    stall_watch watch_;
    std::vector<tally> pushed_;
    std::vector<verdict> seen_;  // by each consumer

private:
    outcome finish(sample& s);
};

// A queue whose calls say that they are under way.
template <class Q>
class marked_queue {
public:
    using value_type = typename Q::value_type;
    static constexpr const queue_spec& spec = Q::spec;

    class producer {
    public:
        explicit producer(marked_queue& queue) : handle_(queue.inner_) {}
        [[gnu::always_inline]] bool try_push(value_type&& value) {
            const call_mark here;
            return handle_.try_push(std::move(value));
        }

    private:
        typename Q::producer handle_;
    };
    class consumer {
    public:
        explicit consumer(marked_queue& queue) : handle_(queue.inner_) {}
        [[gnu::always_inline]] bool try_pop(value_type& value) {
            const call_mark here;
            return handle_.try_pop(value);
        }

    private:
        typename Q::consumer handle_;
    };

    explicit marked_queue(std::size_t capacity) : inner_(capacity) {}
    std::size_t capacity() const requires bounded_queue<Q> { return inner_.capacity(); }

private:
    Q inner_;
};

// A base, so that the queue is there before the run that asks for its capacity.
template <class Q>
struct stalled_queue {
    explicit stalled_queue(std::size_t capacity) : queue_(capacity) {}
    alignas(no_false_sharing) marked_queue<Q> queue_;
};

template <class Q, class Item>
class stall_role final : stalled_queue<Q>, public stall_run {
    using marked = marked_queue<Q>;
    using stalled_queue<Q>::queue_;

public:
    explicit stall_role(const stall_plan& plan)
        : stalled_queue<Q>(plan.capacity), stall_run(plan, Q::spec, capacity_of(queue_)) {
        prefaulted_ = prefault<marked, Item>(queue_, plan.capacity);
    }

private:
    void produce(unsigned index, window& w, thread_record& record) override {
        push_end<marked, mode::harness_waits> end(queue_, wait(), oversubscribed_, gates_);
        stall_watch::place& here = watch_.of(index);
        watch_.enter(index, w);
        meter m(w, record);
        const auto give_up = [&w] { return w.draining(); };
        std::uint64_t done = 0;
        for (bool ended = false; !ended;) {
            Item v = Item::make(make_tag(index, done + 1));
            if (!end.push(v, give_up)) break;
            here.succeeded();
            ended = m.edge(done++, end.wait());
            if (done % watched_every == 0) watch_.give_way(queue_end::push, done);
        }
        m.edge(done, end.wait());
        pushed_[index] = tally::of_sequence(index, done);
        w.stop_feeding();
    }

    void consume(unsigned index, window& w, thread_record& record) override {
        pop_end<marked, mode::harness_waits> end(queue_, wait(), oversubscribed_, gates_);
        const unsigned thread = static_cast<unsigned>(pushed_.size()) + index;
        stall_watch::place& here = watch_.of(thread);
        watch_.enter(thread, w);
        meter m(w, record);
        producer_book book;
        receiver got(book);
        const auto give_up = [&w] { return w.fed() || w.abandoned(); };
        Item v;
        for (std::uint64_t done = 0; end.pop(v, give_up); ++done) {
            here.succeeded();
            m.edge(done, end.wait());
            got.take(v);
            if (done % watched_every == 0) watch_.give_way(queue_end::pop, done);
        }
        m.edge(got.count(), end.wait());
        seen_[index] = got.seen();
    }

    verdict leftovers(std::uint64_t pushed) override { return take_leftovers<Item>(queue_, pushed); }
    std::size_t capacity() const override { return capacity_of(queue_); }
};

struct stall_workload {
    static constexpr std::string_view name = "stall";
    using plan = stall_plan;

    template <template <class> class Q, class Item>
    static constexpr bool measures() {
        return Q<Item>::spec.conserves && std::same_as<Item, item<sizeof(item_tag)>>;
    }

    template <template <class> class Q, class Item>
    static outcome run(const plan& asked) {
        return std::make_unique<stall_role<Q<Item>, Item>>(with_time_for_stops(asked))->run();
    }
};

}  // namespace handoff
