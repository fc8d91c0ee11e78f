// A queue behind virtual calls. The tests are written against this page and compiled once; an implementation
// costs only the adapters of queue_suite.hpp. The calls reach the implementation unchanged.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "elements.hpp"
#include "queue.hpp"
#include "support/first_index.hpp"

namespace handoff::conformance {

template <class T>
class any_producer {
public:
    virtual ~any_producer() = default;
    virtual bool try_push(T&& value) = 0;
    virtual bool push(T&& value) = 0;                                    // blocking queues only
    virtual std::size_t try_push_bulk(T* items, std::size_t count) = 0;  // bulk queues only
};

template <class T>
class any_consumer {
public:
    virtual ~any_consumer() = default;
    virtual bool try_pop(T& value) = 0;
    virtual bool pop(T& value) = 0;                                        // blocking queues only
    virtual bool pop_for(T& value, std::chrono::nanoseconds timeout) = 0;  // timed queues only
    virtual std::size_t try_pop_bulk(T* items, std::size_t count) = 0;     // bulk queues only
};

template <class T>
class any_queue {
public:
    virtual ~any_queue() = default;
    std::unique_ptr<any_producer<T>> producer() { return std::unique_ptr<any_producer<T>>(new_producer()); }
    std::unique_ptr<any_consumer<T>> consumer() { return std::unique_ptr<any_consumer<T>>(new_consumer()); }
    virtual std::size_t capacity() const = 0;  // bounded queues only
    virtual void close() = 0;                  // closable queues only

private:
    virtual any_producer<T>* new_producer() = 0;
    virtual any_consumer<T>* new_consumer() = 0;
};

// Makes queues of T, for whoever asks; null where the implementation does not hold T. The adapters hand over
// plain pointers: a std::unique_ptr for each type would be a third of what they cost a compiler.
template <class T, class... Arguments>
class queue_maker {
public:
    using function = any_queue<T>* (*)(Arguments...);

    // Not explicit: a function becomes a maker wherever one is asked for.
    constexpr queue_maker(function make) : make_(make) {}

    std::unique_ptr<any_queue<T>> operator()(Arguments... arguments) const {
        return std::unique_ptr<any_queue<T>>(make_(arguments...));
    }
    constexpr explicit operator bool() const { return make_ != nullptr; }
    constexpr bool operator==(std::nullptr_t) const { return make_ == nullptr; }

private:
    function make_;
};

// Of a queue for the requested number of items, or for max_capacity if that is less.
template <class T>
using maker = queue_maker<T, std::size_t>;

// Of which items a queue takes several in one call.
struct bulk_offers {
    bool numbers;
    bool owned_items;
    bool tracked_items;
    bool fallible_items;
};

// An implementation as the tests know it.
struct queue_under_test {
    std::string_view registered_name;
    const queue_spec* spec;
    bool has_capacity;
    bool blocking;
    bool timed;
    bool closable;
    bulk_offers bulk;
    maker<number> numbers;
    maker<number> numbers_beyond_limit;  // asks for what it is told
    // Null where the queue's indices cannot begin elsewhere than at 0.
    queue_maker<number, std::size_t, first_index> numbers_from;
    maker<owned> owned_items;
    maker<large> large_items;
    maker<tracked_move_only> tracked_items;
    maker<tracked_copyable> tracked_copies;
    maker<fallible> fallible_items;
    maker<no_default> items_without_default;
    // Of numbers in items of these alignments.
    struct over_aligned {
        std::size_t alignment;
        maker<number> numbers;
    };
    std::array<over_aligned, 3> aligned_numbers;

    // What its queues are asked for.
    std::size_t within_limit(std::size_t requested) const { return std::min(requested, spec->max_capacity); }
    bool bounded() const { return spec->bound == boundedness::bounded; }
    bool keeps_producer_order() const {
        return spec->delivery == order::fifo || spec->delivery == order::per_producer_fifo;
    }
};

}  // namespace handoff::conformance
