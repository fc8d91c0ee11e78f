// Adapter: GAsyncQueue of GLib: a linked list of pointers under a mutex with a condition variable.
// For: programs that stand on GLib or GTK anyway and hand work from thread to thread now and then.
//
// Order: linearizable FIFO. Progress: blocking: a mutex. Failure: exact.
// Memory: a link of the list for each item, allocated by the push and freed by the pop, inside the mutex.
// GLib ends the process where it finds no memory.
// Items: pointers, or what has their size. The null pointer is "empty".
// Waiting: pop sleeps on the condition variable; pop_for in whole microseconds. There is no close.
// GLib is compiled without ThreadSanitizer and locks by futexes of its own: opaque_call.hpp.
#pragma once

#include <glib.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "../queue.hpp"
#include "../support/opaque_call.hpp"
#include "../support/pointer_item.hpp"

namespace handoff {

template <fits_a_pointer T>
class glib_async_queue {
public:
    using value_type = T;
    using producer = direct_producer<glib_async_queue>;
    using consumer = direct_consumer<glib_async_queue>;

    static constexpr queue_spec spec{
        .name = "glib_async_queue",
        .cite = "GAsyncQueue, GLib",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .calls_survive_bad_alloc = false,
        .reserved_values = {0},
    };

    // The library cannot reserve room: the hint has no effect.
    explicit glib_async_queue(std::size_t /*capacity*/) : queue_(g_async_queue_new()) {}
    glib_async_queue(const glib_async_queue&) = delete;
    glib_async_queue& operator=(const glib_async_queue&) = delete;
    ~glib_async_queue() { g_async_queue_unref(queue_); }

    bool try_push(const T& value) { return push(value); }
    bool try_pop(T& value) {
        const opaque_pop call(this);
        return took(g_async_queue_try_pop(queue_), value);
    }

    bool push(const T& value) {
        const opaque_push call(this);
        g_async_queue_push(queue_, to_pointer(value));
        return true;
    }
    bool pop(T& value) {
        const opaque_pop call(this);
        return took(g_async_queue_pop(queue_), value);
    }
    // Rounded up, since the library takes microseconds; a year is as good as for ever, and cannot overflow.
    bool pop_for(T& value, std::chrono::nanoseconds timeout) {
        constexpr std::chrono::microseconds a_year = std::chrono::hours(24 * 365);
        const auto whole = std::chrono::ceil<std::chrono::microseconds>(timeout);
        const opaque_pop call(this);
        return took(g_async_queue_timeout_pop(
                        queue_, static_cast<guint64>(
                                    std::clamp(whole, std::chrono::microseconds{0}, a_year).count())),
                    value);
    }

private:
    static bool took(gpointer pointer, T& value) {
        if (pointer == nullptr) return false;
        value = from_pointer<T>(static_cast<std::byte*>(pointer));
        return true;
    }

    GAsyncQueue* const queue_;
};

}  // namespace handoff
