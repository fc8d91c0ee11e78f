// Counts a place as taken before it knows that there is one, and takes the count back if not: meanwhile the
// others see a full queue that is not. As try_ calls by fetch_add are often written.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <utility>

#include "monitor_queue.hpp"

namespace handoff::conformance {

template <only_numbers T>
class retracting_queue : public monitor_queue<T> {
public:
    using value_type = T;
    using producer = direct_producer<retracting_queue>;
    using consumer = direct_consumer<retracting_queue>;
    static constexpr queue_spec spec = queue_control("retracting_queue", boundedness::bounded);

    using monitor_queue<T>::monitor_queue;
    bool try_push(T&& value) {
        if (taken_.fetch_add(1) >= this->capacity_) {
            --taken_;
            return false;
        }
        return monitor_queue<T>::try_push(std::move(value));
    }
    bool try_pop(T& value) {
        if (!monitor_queue<T>::try_pop(value)) return false;
        --taken_;
        return true;
    }

private:
    std::atomic<std::size_t> taken_{0};
};

}  // namespace handoff::conformance
