// Fails where the lock is taken, and claims that it fails only if it is full or empty.
#pragma once

#include "monitor_queue.hpp"

namespace handoff::conformance {

template <only_numbers T>
class hasty_queue : public monitor_queue<T> {
public:
    using value_type = T;
    using producer = direct_producer<hasty_queue>;
    using consumer = direct_consumer<hasty_queue>;
    static constexpr queue_spec spec = queue_control("hasty_queue", boundedness::bounded);

    using monitor_queue<T>::monitor_queue;
    bool try_push(T&& value) { return is_free() && monitor_queue<T>::try_push(std::move(value)); }
    bool try_pop(T& value) { return is_free() && monitor_queue<T>::try_pop(value); }

private:
    bool is_free() { return std::unique_lock(this->mutex_, std::try_to_lock).owns_lock(); }
};

}  // namespace handoff::conformance
