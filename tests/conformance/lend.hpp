// How an item of a test becomes one that the queue holds, and back.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "elements.hpp"
#include "session.hpp"
#include "support/payload.hpp"

namespace handoff::conformance {

// Calls `call` with an item for the queue that stands for `value`, and carries back what became of it. The
// item is a T; but a queue of numbers that keeps some for itself gets others instead, and one that keeps the
// number zero of every type holds a `word`, which is never zero.
template <class Q, class T, class Call>
bool lend(T& value, Call call) {
    using item = typename Q::value_type;
    if constexpr (!std::same_as<item, T>) {
        item lent = item::from(value);
        const bool done = call(lent);
        value = lent.number_of();
        return done;
    } else if constexpr (std::same_as<T, number> && keeps_values(Q::spec)) {
        number lent = to_payload(Q::spec, value);
        if (from_payload(Q::spec, lent) != value)
            die("the test sent " + std::to_string(value) + ", for which payload_bits is too small");
        const bool done = call(lent);
        value = from_payload(Q::spec, lent);
        return done;
    } else {
        return call(value);
    }
}

// As lend(), with several items. `call` returns how many went in or came out.
template <class Q, class T, class Call>
std::size_t lend_all(T* values, std::size_t count, Call call) {
    using item = typename Q::value_type;
    if constexpr (std::same_as<item, T> && !(std::same_as<T, number> && keeps_values(Q::spec))) {
        return call(values);
    } else {
        std::vector<item> lent;
        const auto borrow = [&lent](item& one) {
            lent.push_back(std::move(one));
            return true;
        };
        for (std::size_t i = 0; i < count; ++i) lend<Q>(values[i], borrow);
        const std::size_t done = call(lent.data());
        for (std::size_t i = 0; i < count; ++i) {
            lend<Q>(values[i], [&](item& one) {
                one = std::move(lent[i]);
                return true;
            });
        }
        return done;
    }
}

}  // namespace handoff::conformance
