// pop_for begins its whole timeout anew whenever it is woken for an item that another consumer has taken.
#pragma once

#include <algorithm>

#include "monitor_queue.hpp"

namespace handoff::conformance {

template <only_numbers T>
class late_queue : public monitor_queue<T> {
public:
    using value_type = T;
    using producer = direct_producer<late_queue>;
    using consumer = direct_consumer<late_queue>;
    static constexpr queue_spec spec = queue_control("late_queue", boundedness::bounded);

    using monitor_queue<T>::monitor_queue;
    bool pop_for(T& value, std::chrono::nanoseconds timeout) {
        timeout = std::min<std::chrono::nanoseconds>(timeout, std::chrono::hours(24 * 365));
        std::unique_lock lock(this->mutex_);
        while (!this->take(value)) {
            if (this->arrived_.wait_for(lock, timeout) == std::cv_status::timeout) return this->take(value);
        }
        return true;
    }
};

}  // namespace handoff::conformance
