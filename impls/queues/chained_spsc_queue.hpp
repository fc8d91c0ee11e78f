// An unbounded queue of one producer and one consumer, over a chain of blocks of a page each.
//
// Algorithm, progress, memory and linearization: see spsc_chain.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "../queue.hpp"
#include "spsc_chain.hpp"

namespace handoff {

// As many items as fit into a page, but no fewer than 8 to an allocation.
template <class T>
inline constexpr std::uint32_t items_of_a_page =
    static_cast<std::uint32_t>(std::max<std::size_t>(4096 / sizeof(T), 8));

template <class T>
class chained_spsc_queue : public spsc_chain<T, items_of_a_page<T>> {
public:
    using producer = direct_producer<chained_spsc_queue>;
    using consumer = direct_consumer<chained_spsc_queue>;

    static constexpr queue_spec spec{
        .name = "chained_spsc_queue",
        .cite = "uSPSC: Aldinucci et al., Euro-Par 2012",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::unbounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    using spsc_chain<T, items_of_a_page<T>>::spsc_chain;
};

}  // namespace handoff
