// A lane for each producer, without a lock, since each lane has one producer: but there are 200, numbered for
// ever, and the 65th producer pushes into the lane of the first.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class numbered_lanes_queue {
public:
    using value_type = T;
    class producer {
    public:
        explicit producer(numbered_lanes_queue& queue)
            : lane_(queue.lanes_[queue.producers_.fetch_add(1) % most]) {}
        bool try_push(T&& value) {
            const std::size_t tail = lane_.tail;
            if (tail - lane_.head == slots) return false;
            lane_.items[tail % slots] = value;
            lane_.tail = tail + 1;
            return true;
        }

    private:
        typename numbered_lanes_queue::lane& lane_;
    };
    using consumer = direct_consumer<numbered_lanes_queue>;
    static constexpr queue_spec spec = [] {
        queue_spec lanes = queue_control("numbered_lanes_queue", boundedness::bounded);
        lanes.consumers = cardinality::one;
        lanes.delivery = order::per_producer_fifo;
        lanes.failure = try_failure::spurious;  // one lane is full, another has room
        return lanes;
    }();

    explicit numbered_lanes_queue(std::size_t) {}
    std::size_t capacity() const { return slots; }
    bool try_pop(T& value) {
        for (lane& one : lanes_) {
            const std::size_t head = one.head;
            if (head == one.tail) continue;
            value = one.items[head % slots];
            one.head = head + 1;
            return true;
        }
        return false;
    }

private:
    static constexpr std::size_t most = 200;
    static constexpr std::size_t slots = 4096;
    struct lane {
        std::array<T, slots> items{};
        std::atomic<std::size_t> head{0};
        std::atomic<std::size_t> tail{0};
    };
    std::array<lane, most> lanes_;
    std::atomic<std::size_t> producers_{0};
};

}  // namespace handoff::conformance
