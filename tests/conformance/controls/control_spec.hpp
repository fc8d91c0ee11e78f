// What the controls of this folder have in common. Each is a small queue, counter or lock with one fault of a
// kind that somebody has reported of a real one, or a correct one that is easily failed by mistake;
// CMakeLists.txt says which test must find it, and by which words.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

#include "elements.hpp"
#include "queue.hpp"

namespace handoff::conformance {

// One thread at each end.
constexpr queue_spec ring_control(std::string_view name) {
    return {.name = name,
            .cite = "control",
            .producers = cardinality::one,
            .consumers = cardinality::one,
            .bound = boundedness::bounded,
            .push = progress::blocking,
            .pop = progress::blocking,
            .delivery = order::fifo,
            .failure = try_failure::exact_per_end};
}

// Many threads at each end.
constexpr queue_spec queue_control(std::string_view name, boundedness bound) {
    return {.name = name,
            .cite = "control",
            .producers = cardinality::many,
            .consumers = cardinality::many,
            .bound = bound,
            .push = progress::blocking,
            .pop = progress::blocking,
            .delivery = order::fifo,
            .failure = try_failure::exact};
}

// Most controls hold numbers only, which compile fast.
template <class T>
concept only_numbers = std::is_same_v<T, number>;

}  // namespace handoff::conformance
