// Queues and a counter whose specs claim more than is true: the tests of this folder must fail them. And one
// that claims less, which they must let pass.
#include "counter_suite.hpp"
#include "counters/locked_counter.hpp"
#include "counters/relaxed_fetch_add_counter.hpp"
#include "locks/ttas_lock.hpp"
#include "queue_suite.hpp"
#include "queues/atomic_queue_mpmc.hpp"
#include "queues/lamport_spsc_ring.hpp"
#include "queues/locked_ring.hpp"
#include "queues/vyukov_mpmc_ring.hpp"

namespace handoff::stalls {
namespace {

constexpr queue_spec claiming(queue_spec spec, std::string_view name, progress claim) {
    spec.name = name;
    spec.push = spec.pop = claim;
    return spec;
}

// Each call of another thread waits.
template <class T>
class lying_locked_ring : public locked_ring<T, ttas_lock> {
public:
    using producer = direct_producer<lying_locked_ring>;
    using consumer = direct_consumer<lying_locked_ring>;
    static constexpr queue_spec spec =
        claiming(vyukov_mpmc_ring<int>::spec, "lying_locked_ring", progress::lock_free);
    using locked_ring<T, ttas_lock>::locked_ring;
};

// Each call of another thread returns, and none succeeds.
template <class T>
requires holds<vyukov_mpmc_ring, T>
class lying_vyukov_ring : public vyukov_mpmc_ring<T> {
public:
    using producer = direct_producer<lying_vyukov_ring>;
    using consumer = direct_consumer<lying_vyukov_ring>;
    static constexpr queue_spec spec =
        claiming(vyukov_mpmc_ring<int>::spec, "lying_vyukov_ring", progress::lock_free);
    using vyukov_mpmc_ring<T>::vyukov_mpmc_ring;
};

// The same with one thread at each end.
template <class T>
class lying_spsc_ring : public locked_ring<T, ttas_lock> {
public:
    using producer = direct_producer<lying_spsc_ring>;
    using consumer = direct_consumer<lying_spsc_ring>;
    static constexpr queue_spec spec =
        claiming(lamport_spsc_ring<int>::spec, "lying_spsc_ring", progress::wait_free);
    using locked_ring<T, ttas_lock>::locked_ring;
};

template <class T>
class modest_spsc_ring : public lamport_spsc_ring<T> {
public:
    using producer = direct_producer<modest_spsc_ring>;
    using consumer = direct_consumer<modest_spsc_ring>;
    static constexpr queue_spec spec =
        claiming(lamport_spsc_ring<int>::spec, "modest_spsc_ring", progress::blocking);
    using lamport_spsc_ring<T>::lamport_spsc_ring;
};

// Loses the order of a producer's items when a thread is stopped at the wrong place, and only then.
template <class T>
requires holds<atomic_queue_mpmc, T>
class lying_atomic_queue : public atomic_queue_mpmc<T> {
public:
    using producer = direct_producer<lying_atomic_queue>;
    using consumer = direct_consumer<lying_atomic_queue>;
    static constexpr queue_spec spec = [] {
        queue_spec claimed = atomic_queue_mpmc<int>::spec;
        claimed.name = "lying_atomic_queue";
        claimed.delivery = order::per_producer_fifo;
        return claimed;
    }();
    using atomic_queue_mpmc<T>::atomic_queue_mpmc;
};

class lying_counter : public locked_counter<ttas_lock> {
public:
    using handle = direct_handle<lying_counter>;
    static constexpr counter_spec spec{.name = "lying_counter",
                                       .cite = "control",
                                       .add = progress::lock_free,
                                       .read = progress::wait_free,
                                       .value = read_guarantee::exact,
                                       .control = true};
};

[[maybe_unused]] const bool registered =
    conformance::register_queue<lying_locked_ring>("lying_locked_ring") &&
    conformance::register_queue<lying_vyukov_ring>("lying_vyukov_ring") &&
    conformance::register_queue<lying_spsc_ring>("lying_spsc_ring") &&
    conformance::register_queue<modest_spsc_ring>("modest_spsc_ring") &&
    conformance::register_queue<lying_atomic_queue>("lying_atomic_queue") &&
    conformance::register_counter<lying_counter>("lying_counter");

}  // namespace
}  // namespace handoff::stalls
