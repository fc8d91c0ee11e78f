// Queues and a counter whose specs claim more than is true: the tests of this folder must fail them. And one
// that claims less, which they must let pass. And a stack with a fault that shows only
// where a thread stands still.
#include "counter_suite.hpp"
#include "counters/locked_counter.hpp"
#include "counters/relaxed_fetch_add_counter.hpp"
#include "locks/ttas_lock.hpp"
#include "queue_suite.hpp"
#include "queues/atomic_queue_mpmc.hpp"
#include "queues/lamport_spsc_ring.hpp"
#include "queues/locked_ring.hpp"
#include "queues/vyukov_mpmc_ring.hpp"
#include "untagged_stack.hpp"

namespace handoff::stalls {
namespace {

// A queue that is known by another spec than its own.
template <class Queue, const queue_spec& Claimed>
class posing : public Queue {
public:
    using producer = direct_producer<posing>;
    using consumer = direct_consumer<posing>;
    static constexpr queue_spec spec = Claimed;
    using Queue::Queue;
};

constexpr queue_spec claiming(queue_spec spec, std::string_view name, progress claim) {
    spec.name = name;
    spec.push = spec.pop = claim;
    return spec;
}

// Each call of another thread waits.
constexpr queue_spec mpmc_claim =
    claiming(vyukov_mpmc_ring<int>::spec, "lying_locked_ring", progress::lock_free);
template <class T>
using lying_locked_ring = posing<locked_ring<T, ttas_lock>, mpmc_claim>;

// Each call of another thread returns, and none succeeds.
constexpr queue_spec vyukov_claim =
    claiming(vyukov_mpmc_ring<int>::spec, "lying_vyukov_ring", progress::lock_free);
template <class T>
using lying_vyukov_ring = posing<vyukov_mpmc_ring<T>, vyukov_claim>;

// The same with one thread at each end.
constexpr queue_spec spsc_claim =
    claiming(lamport_spsc_ring<int>::spec, "lying_spsc_ring", progress::wait_free);
template <class T>
using lying_spsc_ring = posing<locked_ring<T, ttas_lock>, spsc_claim>;

constexpr queue_spec modest_claim =
    claiming(lamport_spsc_ring<int>::spec, "modest_spsc_ring", progress::blocking);
template <class T>
using modest_spsc_ring = posing<lamport_spsc_ring<T>, modest_claim>;

// Loses the order of a producer's items when a thread is stopped at the wrong place, and only then.
constexpr queue_spec order_claim = [] {
    queue_spec claimed = atomic_queue_mpmc<int>::spec;
    claimed.name = "lying_atomic_queue";
    claimed.delivery = order::per_producer_fifo;
    return claimed;
}();
template <class T>
using lying_atomic_queue = posing<atomic_queue_mpmc<T>, order_claim>;

class lying_counter : public locked_counter<ttas_lock> {
public:
    using handle = direct_handle<lying_counter>;
    static constexpr counter_spec spec{.name = "lying_counter",
                                       .cite = "control",
                                       .add = progress::lock_free,
                                       .read = progress::wait_free,
                                       .value = read_guarantee::exact};
};

[[maybe_unused]] const bool registered =
    conformance::register_queue<lying_locked_ring>("lying_locked_ring") &&
    conformance::register_queue<lying_vyukov_ring>("lying_vyukov_ring") &&
    conformance::register_queue<lying_spsc_ring>("lying_spsc_ring") &&
    conformance::register_queue<modest_spsc_ring>("modest_spsc_ring") &&
    conformance::register_queue<lying_atomic_queue>("lying_atomic_queue") &&
    conformance::register_queue<untagged_stack>("untagged_stack") &&
    conformance::register_counter<lying_counter>("lying_counter");

}  // namespace
}  // namespace handoff::stalls
