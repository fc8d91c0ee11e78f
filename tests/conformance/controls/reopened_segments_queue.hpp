// Segments in which pushes and pops draw numbers, as in the queue of Nikolaev, "A scalable, portable, and
// memory-efficient lock-free FIFO queue" (DISC 2019): a pop that comes too early spoils its slot and moves
// `tail` up. A push that finds its slot spoilt closes the segment, by a bit in `tail`, and begins another
// one. So does every 64th push.
//
// The fault is that of xenium's nikolaev_queue: where `tail` is moved up, the bit is lost. The segment is
// open again; and who pushes into it once the consumers have gone on to the next one pushes for nobody.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class reopened_segments_queue {
public:
    using value_type = T;
    using producer = direct_producer<reopened_segments_queue>;
    using consumer = direct_consumer<reopened_segments_queue>;
    static constexpr queue_spec spec = [] {
        queue_spec segments = queue_control("reopened_segments_queue", boundedness::unbounded);
        segments.delivery = order::per_producer_fifo;
        segments.failure = try_failure::in_flight;
        return segments;
    }();

    explicit reopened_segments_queue(std::size_t)
        : first_(new segment), oldest_(first_), last_(first_.load()) {}
    reopened_segments_queue(const reopened_segments_queue&) = delete;
    reopened_segments_queue& operator=(const reopened_segments_queue&) = delete;
    ~reopened_segments_queue() {
        for (segment* one = oldest_; one != nullptr;) {
            segment* const next = one->next;
            delete one;
            one = next;
        }
    }

    bool try_push(T&& value) {
        for (;;) {
            segment* const last = last_;
            const std::uint64_t tail = last->tail.fetch_add(1);
            if (tail < size) {
                T expected = nothing;
                const bool pushed = last->slots[tail].compare_exchange_strong(expected, value);
                if (pushed && tail % 64 != 63) return true;
                last->tail.fetch_or(closed);
                if (pushed) {
                    begin_another(last);
                    return true;
                }
            }
            begin_another(last);
        }
    }

    bool try_pop(T& value) {
        for (;;) {
            segment* first = first_;
            const std::uint64_t head = first->head.fetch_add(1);
            if (head < size) {
                const T item = first->slots[head].exchange(spoilt);
                if (item != nothing) {
                    value = item;
                    return true;
                }
            }
            const bool is_empty = move_tail_up(*first, head + 1);
            segment* const next = first->next;
            if (next == nullptr) {
                if (is_empty) return false;
            } else if (is_empty) {
                first_.compare_exchange_strong(first, next);
            }
        }
    }

private:
    static constexpr std::uint64_t size = 512;
    static constexpr std::uint64_t closed = std::uint64_t{1} << 63;
    static constexpr T nothing = ~T{0};
    static constexpr T spoilt = nothing - 1;

    struct segment {
        segment() {
            for (auto& slot : slots) slot.store(nothing, std::memory_order_relaxed);
        }
        std::atomic<std::uint64_t> head{0};
        std::atomic<std::uint64_t> tail{0};
        std::atomic<segment*> next{nullptr};
        std::array<std::atomic<T>, size> slots;
    };

    void begin_another(segment* last) {
        segment* next = last->next;
        if (next == nullptr) {
            auto* const made = new segment;
            if (last->next.compare_exchange_strong(next, made)) {
                next = made;
            } else {
                delete made;
            }
        }
        last_.compare_exchange_strong(last, next);
    }

    // Whether no push has drawn a number from `head` on.
    static bool move_tail_up(segment& one, std::uint64_t head) {
        std::uint64_t tail = one.tail;
        while ((tail & ~closed) <= head) {
            if (one.tail.compare_exchange_weak(tail, head))
                return true;  // head | (tail & closed) would be right
        }
        return false;
    }

    std::atomic<segment*> first_;
    segment* const oldest_;
    std::atomic<segment*> last_;
};

}  // namespace handoff::conformance
