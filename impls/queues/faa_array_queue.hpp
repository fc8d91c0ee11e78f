// An unbounded lock-free queue of many producers and consumers: each call draws its place by fetch_add, so
// that threads do not repeat what another one has forestalled.
//
// Algorithm, progress, order and memory: see faa_segments.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "../queue.hpp"
#include "faa_segments.hpp"

namespace handoff {

// 16 KiB to an allocation, or 16 items.
template <class T>
inline constexpr std::uint32_t places_of_a_segment =
    static_cast<std::uint32_t>(std::max<std::size_t>(16'384 / (sizeof(T) + 8), 16));

// Some hundred nanoseconds to 3 us, as long as pauses are: a push that runs needs less for its last two
// steps.
inline constexpr unsigned looks_at_a_place = 64;

template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>
class faa_array_queue : public faa_segments<T, places_of_a_segment<T>, looks_at_a_place> {
public:
    static constexpr queue_spec spec{
        .name = "faa_array_queue",
        .cite = "FAAArrayQueue: Ramalhete and Correia, 2016",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    using faa_segments<T, places_of_a_segment<T>, looks_at_a_place>::faa_segments;
};

}  // namespace handoff
