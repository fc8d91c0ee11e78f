// A push that fails takes its argument and gives it back.
#pragma once

#include "monitor_queue.hpp"

namespace handoff::conformance {

template <class T>
concept numbers_and_tracked = only_numbers<T> || std::is_same_v<T, tracked_move_only>;

template <numbers_and_tracked T>
class fidgety_queue : public monitor_queue<T> {
public:
    using value_type = T;
    using producer = direct_producer<fidgety_queue>;
    using consumer = direct_consumer<fidgety_queue>;
    static constexpr queue_spec spec = queue_control("fidgety_queue", boundedness::bounded);

    using monitor_queue<T>::monitor_queue;
    bool try_push(T&& value) {
        T taken = std::move(value);
        const bool pushed = monitor_queue<T>::try_push(std::move(taken));
        if (!pushed) value = std::move(taken);
        return pushed;
    }
};

}  // namespace handoff::conformance
