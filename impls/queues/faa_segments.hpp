// The heart of faa_array_queue: a chain of segments, in which each push and each pop draws a place by
// fetch_add.
//
// P. Ramalhete and A. Correia, "FAAArrayQueue", concurrencyfreaks.com, 2016; the idea of a place that is
// drawn by one push and one pop alone is from A. Morrison and Y. Afek, "Fast concurrent queues for x86
// processors", PPoPP 2013. Deviations: items lie in the places, not pointers to them; a pop waits for a
// moment at a place whose push is under way; a handle keeps its segment, so that most calls publish no
// hazard; a segment that everybody has left is filled again.
//
// A place is empty, then full or spent: the push makes it full if the pop has not come before it, and the pop
// spends it in any case. A push whose place was spent takes its item back and draws another one.
//
// Progress: lock-free, both operations, but for the allocation of a segment. A push fails at a place only if
// a pop has spent it. After the last place it brings its item along in a new segment, which only another
// push's segment can forestall. A pop that finds nothing has spent the place of a push under way; there are
// so many places to a segment, and then such a push brings its item along.
//
// Order: a push takes effect at the draw of the place that keeps its item. A pop that fails has read how many
// places were drawn by pops and then how many by pushes, and there were no more: the queue was empty when it
// read the second (try_failure::exact).
//
// Memory: a segment that all pops have passed is freed or filled again once no handle keeps it
// (hazard_list.hpp). A handle that is not used keeps one segment from that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/hazard_list.hpp"
#include "../support/pause.hpp"

namespace handoff {

// Moving and destroying T must not throw: a place that was drawn must be used.
// `patience`: how often a pop looks at a place whose push is under way before it spends it.
template <class T, std::uint32_t places_of_a_segment, unsigned patience>
class faa_segments {
    enum class state : std::uint32_t { empty, full, spent };

    struct place {
        place() {}
        ~place() {}

        // The push that has drawn it. False if the pop has spent it; the value is then where it was.
        bool fill(T& value) {
            std::construct_at(&item, std::move(value));
            state expected = state::empty;
            // (1) release: pairs with (2); publishes the item.
            // relaxed: if it fails, as the pop has left nothing here.
            if (is.compare_exchange_strong(expected, state::full, memory_order_release, memory_order_relaxed))
                return true;
            value = std::move(item);
            std::destroy_at(&item);
            return false;
        }

        // The pop that has drawn it. False if there is no item yet, and there will be none.
        bool take(T& value) {
            // relaxed: a guess, which (2) checks.
            for (unsigned looks = 0; looks < patience && is.load(memory_order_relaxed) == state::empty;
                 ++looks)
                pause();
            // (2) acquire: pairs with (1); the item is visible.
            if (is.exchange(state::spent, memory_order_acquire) != state::full) return false;
            value = std::move(item);
            std::destroy_at(&item);
            return true;
        }

        atomic<state> is{state::empty};
        union {
            T item;
        };
    };

    struct segment {
        // How many places were drawn, and more once there are none left: each draw takes part in one order
        // with the looks of pops (seq_cst).
        alignas(no_false_sharing) atomic<std::uint64_t> tail{0};
        alignas(no_false_sharing) atomic<std::uint64_t> head{0};
        alignas(no_false_sharing) atomic<segment*> next{nullptr};
        plain<segment*> next_passed{nullptr};  // in a list of segments that all pops have passed
        std::array<place, places_of_a_segment> places;

        // Of a segment that no other thread can reach: whoever links it publishes it.
        void begin_with(T& value) {
            places[0].fill(value);
            tail.store(1);
        }
        void reset() {
            tail.store(0);
            head.store(0);
            next.store(nullptr);
            for (place& one : places) {
                // relaxed: no other thread can reach it.
                one.is.store(state::empty, memory_order_relaxed);
            }
        }
    };

    using hazards = hazard_list<segment>;

public:
    using value_type = T;

    class producer {
    public:
        explicit producer(faa_segments& q)
            : queue_(&q), hazard_(&q.hazards_.take()), segment_(hazard_->protect(q.tail_)) {}
        producer(const producer&) = delete;
        producer& operator=(const producer&) = delete;
        ~producer() { queue_->hazards_.give_back(*hazard_); }

        bool try_push(T&& value) {
            for (;;) {
                // LP(try_push), if the item stays there.
                const std::uint64_t drawn = segment_->tail.fetch_add(1);
                if (drawn < places_of_a_segment) {
                    if (segment_->places[drawn].fill(value)) return true;
                    continue;
                }
                if (queue_->append(*segment_, value)) return true;
                segment_ = hazard_->protect(queue_->tail_);
            }
        }

    private:
        faa_segments* queue_;
        typename hazards::record* hazard_;
        segment* segment_;
    };

    class consumer {
    public:
        explicit consumer(faa_segments& q)
            : queue_(&q), hazard_(&q.hazards_.take()), segment_(hazard_->protect(q.head_)) {}
        consumer(const consumer&) = delete;
        consumer& operator=(const consumer&) = delete;
        ~consumer() {
            queue_->hazards_.give_back(*hazard_);
            queue_->leave_to_others(passed_);
        }

        bool try_pop(T& value) {
            for (;;) {
                const std::uint64_t drawn = segment_->head.load();
                if (drawn >= places_of_a_segment) {
                    if (segment_->next.load() == nullptr) return false;
                    go_on();
                } else if (drawn >= segment_->tail.load()) {
                    return false;  // LP of a try_pop that fails
                } else {
                    const std::uint64_t own = segment_->head.fetch_add(1);
                    if (own < places_of_a_segment && segment_->places[own].take(value)) return true;
                }
            }
        }

    private:
        void go_on() {
            segment* const left = segment_;
            const bool was_first = queue_->pass(*left);
            segment_ = hazard_->protect(queue_->head_);
            if (was_first) passed_ = queue_->reclaim(*left, passed_);
        }

        faa_segments* queue_;
        typename hazards::record* hazard_;
        segment* segment_;
        segment* passed_ = nullptr;  // the segments that it has passed first and that others keep
    };

    // Unbounded: the hint is of no use to a chain.
    explicit faa_segments(std::size_t /*capacity*/) : faa_segments(new segment) {}
    faa_segments(const faa_segments&) = delete;
    faa_segments& operator=(const faa_segments&) = delete;

    ~faa_segments() {
        for (segment* one = head_.load(); one != nullptr;) {
            for (place& each : one->places) {
                if (each.is.load() == state::full) std::destroy_at(&each.item);
            }
            delete std::exchange(one, one->next.load());
        }
        for (segment* one = left_by_handles_.load(); one != nullptr;)
            delete std::exchange(one, one->next_passed);
        delete spare_.load();
    }

private:
    explicit faa_segments(segment* first) : head_(first), tail_(first) {}

    // Behind `full`, in whose last place somebody else's item is, a segment that begins with the value. False
    // if another push was first.
    bool append(segment& full, T& value) {
        segment* next = full.next.load();
        if (next == nullptr) {
            segment* const own = empty_segment();
            own->begin_with(value);
            // LP(try_push).
            if (full.next.compare_exchange_strong(next, own)) {
                move_tail(full, own);
                return true;
            }
            own->places[0].take(value);
            recycle(own);
        }
        move_tail(full, next);
        return false;
    }

    // No ABA, here and in pass(): the caller's hazard keeps `from` from coming again. As long as tail_ names
    // a segment that has a next one, whoever has linked that one has not come here yet and keeps the former:
    // so what a push finds in tail_ was not reclaimed.
    void move_tail(segment& from, segment* to) {
        segment* expected = &from;
        tail_.compare_exchange_strong(expected, to);
    }

    // Whether the calling pop was the first to leave `drained`.
    bool pass(segment& drained) {
        segment* expected = &drained;
        return head_.compare_exchange_strong(expected, drained.next.load());
    }

    // Frees or recycles what nobody keeps of `left`, of the list `passed`, and of what handles have left that
    // are gone. Returns what is kept.
    segment* reclaim(segment& left, segment* passed) {
        left.next_passed = passed;
        passed = &left;
        segment* of_others = left_by_handles_.exchange(nullptr);
        while (of_others != nullptr) {
            segment* const one = std::exchange(of_others, of_others->next_passed);
            one->next_passed = passed;
            passed = one;
        }
        segment* kept = nullptr;
        while (passed != nullptr) {
            segment* const one = std::exchange(passed, passed->next_passed);
            if (hazards_.protects(one)) {
                one->next_passed = kept;
                kept = one;
            } else {
                recycle(one);
            }
        }
        return kept;
    }

    // No ABA: segments are taken from there all at once.
    void leave_to_others(segment* passed) {
        while (passed != nullptr) {
            segment* const one = std::exchange(passed, passed->next_passed);
            segment* newest = left_by_handles_.load();
            do {
                one->next_passed = newest;
            } while (!left_by_handles_.compare_exchange_weak(newest, one));
        }
    }

    segment* empty_segment() {
        segment* const spare = spare_.exchange(nullptr);
        if (spare == nullptr) return new segment;
        spare->reset();
        return spare;
    }
    void recycle(segment* one) { delete spare_.exchange(one); }

    alignas(no_false_sharing) atomic<segment*> head_;
    alignas(no_false_sharing) atomic<segment*> tail_;
    alignas(no_false_sharing) atomic<segment*> spare_{nullptr};
    atomic<segment*> left_by_handles_{nullptr};
    hazards hazards_;
};

}  // namespace handoff
