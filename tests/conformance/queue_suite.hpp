// What a generated translation unit includes: it turns an implementation into a queue_under_test and
// registers the tests that its spec and its concepts select.
#pragma once

#include <algorithm>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "any_queue.hpp"
#include "calls.hpp"
#include "lend.hpp"
#include "session.hpp"

namespace handoff::conformance {

// Ends the process: a test called what its selection should have excluded.
[[noreturn]] inline void not_offered(std::string_view call) {
    die(std::string(call) + " was called on a queue that does not offer it: the suite selected a wrong test");
}

template <class Q, class T>
class erased_producer final : public any_producer<T> {
    using item = typename Q::value_type;

public:
    explicit erased_producer(Q& q) : handle_(q) {}

    bool try_push(T&& value) override {
        noted_call noted("try_push", item_goes::in);
        return noted.ends(lend<Q>(value, [this](item& i) { return handle_.try_push(std::move(i)); }));
    }
    bool push([[maybe_unused]] T&& value) override {
        if constexpr (blocking_queue<Q>) {
            noted_call noted("push", item_goes::in);
            return noted.ends(lend<Q>(value, [this](item& i) { return handle_.push(std::move(i)); }));
        } else {
            not_offered("push");
        }
    }
    std::size_t try_push_bulk([[maybe_unused]] T* items, [[maybe_unused]] std::size_t count) override {
        if constexpr (bulk_queue<Q>) {
            noted_call noted("try_push_bulk", item_goes::in);
            return noted.ends_with(lend_all<Q>(
                items, count, [this, count](item* first) { return handle_.try_push_bulk(first, count); }));
        } else {
            not_offered("try_push_bulk");
        }
    }

private:
    typename Q::producer handle_;
};

template <class Q, class T>
class erased_consumer final : public any_consumer<T> {
    using item = typename Q::value_type;

public:
    explicit erased_consumer(Q& q) : handle_(q) {}

    bool try_pop(T& value) override {
        noted_call noted("try_pop", item_goes::out);
        return noted.ends(lend<Q>(value, [this](item& i) { return handle_.try_pop(i); }));
    }
    bool pop([[maybe_unused]] T& value) override {
        if constexpr (blocking_queue<Q>) {
            noted_call noted("pop", item_goes::out);
            return noted.ends(lend<Q>(value, [this](item& i) { return handle_.pop(i); }));
        } else {
            not_offered("pop");
        }
    }
    bool pop_for([[maybe_unused]] T& value, [[maybe_unused]] std::chrono::nanoseconds timeout) override {
        if constexpr (timed_queue<Q>) {
            noted_call noted("pop_for", item_goes::out);
            return noted.ends(
                lend<Q>(value, [this, timeout](item& i) { return handle_.pop_for(i, timeout); }));
        } else {
            not_offered("pop_for");
        }
    }
    std::size_t try_pop_bulk([[maybe_unused]] T* items, [[maybe_unused]] std::size_t count) override {
        if constexpr (bulk_queue<Q>) {
            noted_call noted("try_pop_bulk", item_goes::out);
            return noted.ends_with(lend_all<Q>(
                items, count, [this, count](item* first) { return handle_.try_pop_bulk(first, count); }));
        } else {
            not_offered("try_pop_bulk");
        }
    }

private:
    typename Q::consumer handle_;
};

// Notes the destruction of the queue that a class derived from this one has as a member: bases are destroyed
// after members.
class notes_destruction {
protected:
    void destruction_begins() { noted_.emplace("the queue's destructor", item_goes::nowhere); }

private:
    std::optional<noted_call> noted_;
};

template <class Q, class T>
class erased_queue final : private notes_destruction, public any_queue<T> {
public:
    template <class... Arguments>
    explicit erased_queue(Arguments... arguments)
        : erased_queue(noted_call("the queue's constructor", item_goes::nowhere), arguments...) {}
    erased_queue(const erased_queue&) = delete;
    erased_queue& operator=(const erased_queue&) = delete;
    ~erased_queue() override { destruction_begins(); }

    std::size_t capacity() const override {
        if constexpr (bounded_queue<Q>) {
            return queue_.capacity();
        } else {
            not_offered("capacity");
        }
    }
    void close() override {
        if constexpr (closable_queue<Q>) {
            noted_call noted("close", item_goes::nowhere);
            queue_.close();
            noted.ends(true);
        } else {
            not_offered("close");
        }
    }

private:
    any_producer<T>* new_producer() override {
        const noted_call noted("the constructor of a producer", item_goes::nowhere);
        return new erased_producer<Q, T>(queue_);
    }
    any_consumer<T>* new_consumer() override {
        const noted_call noted("the constructor of a consumer", item_goes::nowhere);
        return new erased_consumer<Q, T>(queue_);
    }

    // `noted` lasts until the queue is made.
    template <class... Arguments>
    explicit erased_queue(const noted_call& /*noted*/, Arguments... arguments) : queue_(arguments...) {}

    Q queue_;
};

template <class Q, class T>
any_queue<T>* make_erased(std::size_t requested) {
    static_assert(queue<Q>, "an implementation must satisfy the concept queue for every type that it holds");
    return new erased_queue<Q, T>(std::min(requested, Q::spec.max_capacity));
}

template <class Q, class T>
any_queue<T>* make_beyond_limit(std::size_t requested) {
    return new erased_queue<Q, T>(requested);
}

// Null where Q cannot begin at another index.
template <class Q>
constexpr auto maker_from_an_index() {
    using function = any_queue<number>* (*)(std::size_t, first_index);
    if constexpr (std::constructible_from<Q, std::size_t, first_index>) {
        return function([](std::size_t requested, first_index first) -> any_queue<number>* {
            return new erased_queue<Q, number>(requested, first);
        });
    } else {
        return function(nullptr);
    }
}

// Null where Q does not hold T.
template <template <class> class Q, class T>
constexpr maker<T> maker_of() {
    if constexpr (holds<Q, T>) {
        return make_erased<Q<T>, T>;
    } else {
        return nullptr;
    }
}

// Whether Q holds T and takes several in one call.
template <template <class> class Q, class T>
constexpr bool offers_bulk() {
    if constexpr (holds<Q, T>) {
        return bulk_queue<Q<T>>;
    } else {
        return false;
    }
}

// Of numbers in items of this alignment; null where Q does not hold those.
template <template <class> class Q, std::size_t alignment>
constexpr queue_under_test::over_aligned aligned_maker_of() {
    if constexpr (holds<Q, aligned<alignment>>) {
        return {alignment, make_erased<Q<aligned<alignment>>, number>};
    } else {
        return {alignment, nullptr};
    }
}

// The queue in which the suite sends its numbers: of numbers, or of the words that stand for them.
template <template <class> class Q>
auto queue_of_numbers() {
    if constexpr (holds<Q, number>) {
        return std::type_identity<Q<number>>{};
    } else {
        static_assert(holds<Q, word>,
                      "every queue holds 64-bit numbers, or words of 64 bits that are not zero");
        return std::type_identity<Q<word>>{};
    }
}

void register_queue_tests(const queue_under_test& subject);

template <template <class> class Q>
bool register_queue(std::string_view name) {
    using plain = typename decltype(queue_of_numbers<Q>())::type;
    register_queue_tests(
        queue_under_test{.registered_name = name,
                         .spec = &plain::spec,
                         .has_capacity = bounded_queue<plain>,
                         .blocking = blocking_queue<plain>,
                         .timed = timed_queue<plain>,
                         .closable = closable_queue<plain>,
                         .bulk = {bulk_queue<plain>, offers_bulk<Q, owned>(),
                                  offers_bulk<Q, tracked_move_only>(), offers_bulk<Q, fallible>()},
                         .numbers = make_erased<plain, number>,
                         .numbers_beyond_limit = make_beyond_limit<plain, number>,
                         .numbers_from = maker_from_an_index<plain>(),
                         .owned_items = maker_of<Q, owned>(),
                         .large_items = maker_of<Q, large>(),
                         .tracked_items = maker_of<Q, tracked_move_only>(),
                         .tracked_copies = maker_of<Q, tracked_copyable>(),
                         .fallible_items = maker_of<Q, fallible>(),
                         .items_without_default = maker_of<Q, no_default>(),
                         .aligned_numbers = {aligned_maker_of<Q, 64>(), aligned_maker_of<Q, 128>(),
                                             aligned_maker_of<Q, 256>()}});
    return true;
}

}  // namespace handoff::conformance
