// Frees no node before its end. After https://github.com/cameron314/concurrentqueue/issues/364.
#pragma once

#include <mutex>
#include <vector>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class hoarding_queue {
public:
    using value_type = T;
    using producer = direct_producer<hoarding_queue>;
    using consumer = direct_consumer<hoarding_queue>;
    static constexpr queue_spec spec = queue_control("hoarding_queue", boundedness::unbounded);

    explicit hoarding_queue(std::size_t) {}
    bool try_push(T&& value) {
        const std::lock_guard lock(mutex_);
        items_.push_back(value);
        return true;
    }
    bool try_pop(T& value) {
        const std::lock_guard lock(mutex_);
        if (head_ == items_.size()) return false;
        value = items_[head_++];
        return true;
    }

private:
    std::mutex mutex_;
    std::vector<T> items_;
    std::size_t head_ = 0;
};

}  // namespace handoff::conformance
