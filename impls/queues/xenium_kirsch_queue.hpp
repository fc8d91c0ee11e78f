// Adapter: xenium::kirsch_kfifo_queue with hazard pointers: the k-FIFO queue of C. Kirsch, M. Lippautz
// and H. Payer (PaCT 2013). A linked list of segments of k slots; a push takes any free slot of the last
// segment, a pop any item of the first one, so that threads meet k times less often.
// For: a pool of work whose order matters little, where many threads contend for one queue.
//
// Order: k-relaxed: a pop may leave behind up to k - 1 items that were pushed earlier, all of its own
// segment. Here k is 4.
// Progress: lock-free, allocation set aside.
// Memory: segments are reclaimed by hazard pointers (M. Michael, 2004). A thread keeps those that it has
// retired until there are some hundred, or it ends. A push that finds no memory for a segment ends the
// process: the library calls what allocates it from a noexcept function.
// Items: pointers, or what has their size, of which the upper 16 bits are 0: the library keeps a tag
// there against ABA. The null pointer is an empty slot.
// Faults: an assertion in its try_pop, left over from some search for a fault, ends the process when the item
// is 0x100 (where NDEBUG is not set).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <xenium/kirsch_kfifo_queue.hpp>
#include <xenium/reclamation/hazard_pointer.hpp>

#include "../queue.hpp"
#include "../support/pointer_item.hpp"

namespace handoff {

template <fits_a_pointer T>
class xenium_kirsch_queue {
    static constexpr std::uint64_t k = 4;

public:
    using value_type = T;
    using producer = direct_producer<xenium_kirsch_queue>;
    using consumer = direct_consumer<xenium_kirsch_queue>;

    static constexpr queue_spec spec{
        .name = "xenium_kirsch_queue",
        .cite = "xenium::kirsch_kfifo_queue: Kirsch, Lippautz and Payer, PaCT 2013",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::k_relaxed,
        .most_overtaken = k - 1,
        .calls_survive_bad_alloc = false,
        .payload_bits = 48,
        .reserved_values = {0, 0x100},
    };

    // The library cannot reserve room: the hint has no effect.
    explicit xenium_kirsch_queue(std::size_t /*capacity*/) : queue_(k) {}

    bool try_push(const T& value) {
        queue_.push(to_pointer(value));
        return true;
    }
    bool try_pop(T& value) {
        std::byte* taken = nullptr;
        if (!queue_.try_pop(taken)) return false;
        value = from_pointer<T>(taken);
        return true;
    }

private:
    xenium::kirsch_kfifo_queue<std::byte*, xenium::policy::reclaimer<xenium::reclamation::hazard_pointer<>>>
        queue_;
};

}  // namespace handoff
