// Control: a queue that is none. Both calls return true at once, so a figure measured with it is the
// harness's own ceiling. Nothing comes out that went in; the spec says so, and nothing is verified.
#pragma once

#include <cstddef>
#include <memory>

#include "../queue.hpp"

namespace handoff {

template <class T>
class noop_queue {
public:
    using value_type = T;
    using producer = direct_producer<noop_queue>;
    using consumer = direct_consumer<noop_queue>;

    static constexpr queue_spec spec{
        .name = "noop_queue",
        .cite = "control: the harness's ceiling",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::unordered,
        .conserves = false,
    };

    explicit noop_queue(std::size_t capacity) : capacity_(capacity) {}

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) {
        keep(value);
        return true;
    }
    bool try_pop(T& value) {
        keep(value);
        return true;
    }

private:
    // An instruction sequence of length zero that the compiler may neither drop nor look into: the calling
    // loop stays. It takes the address only, and claims no access to memory, so nothing is stored or
    // reloaded on its account.
    static void keep(T& value) { asm volatile("" : : "r"(std::addressof(value))); }

    const std::size_t capacity_;
};

}  // namespace handoff
