// A queue that keeps bits or values of an item of 8 bytes for itself (queue_spec::payload_bits,
// reserved_values), as the workloads use it: their tags, which need all 64 bits, and the one that ends a
// consumer's work travel as numbers that the queue can hold. Packing costs some instructions a call, of this
// queue alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "harness/item.hpp"
#include "queue.hpp"
#include "support/payload.hpp"

namespace handoff {

// Tags as numbers of few bits: 8 for the producer, the others for the sequence; the stop tag is -1.
constexpr std::uint64_t packed(const queue_spec& spec, item_tag tag) {
    if (tag == stop_tag) return to_payload(spec, ~std::uint64_t{0});
    return to_payload(spec, (tag >> sequence_bits) << (spec.payload_bits - 10) | sequence_of(tag));
}
constexpr item_tag unpacked(const queue_spec& spec, std::uint64_t payload) {
    const std::uint64_t number = from_payload(spec, payload);
    if (number == ~std::uint64_t{0}) return stop_tag;
    const unsigned bits = spec.payload_bits - 10;
    return (number >> bits) << sequence_bits | (number & ((std::uint64_t{1} << bits) - 1));
}

template <class Q>
class sparing_queue : public Q {
    using item = typename Q::value_type;

    // Calls with the item that stands for `value`, and carries back what became of it.
    template <class Call>
    static bool lend(item& value, Call call) {
        item lent = item::make(packed(Q::spec, value.tag));
        const bool done = call(lent);
        value = item::make(unpacked(Q::spec, lent.tag));
        return done;
    }

public:
    class producer : public Q::producer {
    public:
        explicit producer(sparing_queue& queue) : Q::producer(queue) {}
        bool try_push(item&& value) {
            return lend(value, [this](item& lent) { return Q::producer::try_push(std::move(lent)); });
        }
        bool push(item&& value) requires blocking_queue<Q> {
            return lend(value, [this](item& lent) { return Q::producer::push(std::move(lent)); });
        }
    };
    class consumer : public Q::consumer {
    public:
        explicit consumer(sparing_queue& queue) : Q::consumer(queue) {}
        bool try_pop(item& value) {
            return lend(value, [this](item& lent) { return Q::consumer::try_pop(lent); });
        }
        bool pop(item& value) requires blocking_queue<Q> {
            return lend(value, [this](item& lent) { return Q::consumer::pop(lent); });
        }
        bool pop_for(item& value, std::chrono::nanoseconds timeout) requires timed_queue<Q> {
            return lend(value, [this, timeout](item& lent) { return Q::consumer::pop_for(lent, timeout); });
        }
    };

    using Q::Q;
};

// What the workloads use where the register says Q: Q itself, as a rule.
template <template <class> class Q>
struct as_used {
    template <class Item>
    static constexpr auto choose() {
        if constexpr (std::is_same_v<Item, item<sizeof(item_tag)>>) {
            if constexpr (keeps_values(Q<Item>::spec))
                return std::type_identity<sparing_queue<Q<Item>>>{};
            else
                return std::type_identity<Q<Item>>{};
        } else {
            return std::type_identity<Q<Item>>{};
        }
    }
    template <class Item>
    using queue = typename decltype(choose<Item>())::type;
};

}  // namespace handoff
