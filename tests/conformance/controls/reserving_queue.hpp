// CORRECT: keeps 0, and the 16 highest bits of an item, for itself, and holds 100 items at most; and says so.
#pragma once

#include <stdexcept>

#include "monitor_queue.hpp"

namespace handoff::conformance {

template <only_numbers T>
class reserving_queue : public monitor_queue<T> {
public:
    using value_type = T;
    using producer = direct_producer<reserving_queue>;
    using consumer = direct_consumer<reserving_queue>;
    static constexpr queue_spec spec = [] {
        queue_spec reserving = queue_control("reserving_queue", boundedness::bounded);
        reserving.max_capacity = 100;
        reserving.payload_bits = 48;
        reserving.reserved_values = {0, 7};
        return reserving;
    }();

    explicit reserving_queue(std::size_t capacity) : monitor_queue<T>(capacity) {
        if (capacity > spec.max_capacity) throw std::length_error("reserving_queue: at most 100");
    }
    bool try_push(T&& value) {
        if (value == 0 || value == 7 || value >> 48 != 0)
            throw std::invalid_argument("a reserved value was pushed");
        return monitor_queue<T>::try_push(std::move(value));
    }
};

}  // namespace handoff::conformance
