// CORRECT: a lane for each producer handle, and consumers that go round. Items of two handles of one thread
// may leave in any order, even if one handle came after the other; and what is pushed through a handle
// outlives it.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "control_spec.hpp"

namespace handoff::conformance {

template <class T>
class own_lanes_queue {
    struct lane {
        std::mutex mutex;
        std::deque<T> items;
    };

public:
    using value_type = T;
    class producer {
    public:
        explicit producer(own_lanes_queue& queue) : lane_(queue.new_lane()) {}
        bool try_push(T&& value) {
            const std::lock_guard lock(lane_.mutex);
            lane_.items.push_back(std::move(value));
            return true;
        }

    private:
        lane& lane_;
    };
    using consumer = direct_consumer<own_lanes_queue>;
    static constexpr queue_spec spec = [] {
        queue_spec lanes = queue_control("own_lanes_queue", boundedness::unbounded);
        lanes.delivery = order::per_producer_fifo;
        return lanes;
    }();

    explicit own_lanes_queue(std::size_t) {}
    bool try_pop(T& value) {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            lane& one = *lanes_[(next_ + i) % lanes_.size()];
            const std::lock_guard inner(one.mutex);
            if (one.items.empty()) continue;
            value = std::move(one.items.front());
            one.items.pop_front();
            next_ = (next_ + i + 1) % lanes_.size();
            return true;
        }
        return false;
    }

private:
    lane& new_lane() {
        const std::lock_guard lock(mutex_);
        return *lanes_.emplace_back(std::make_unique<lane>());
    }

    std::mutex mutex_;
    std::vector<std::unique_ptr<lane>> lanes_;
    std::size_t next_ = 0;
};

}  // namespace handoff::conformance
