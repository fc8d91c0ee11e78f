// The numbers that a queue can hold, where its spec says that it keeps some bits or values of an item of 8
// bytes for itself. Tests and workloads send any numbers; to_payload finds for each one that the queue can
// hold.
#pragma once

#include <algorithm>
#include <cstdint>

#include "queue.hpp"

namespace handoff {

constexpr bool keeps_values(const queue_spec& spec) {
    return spec.payload_bits < 64 || spec.reserved_values[0].has_value();
}

constexpr bool is_reserved(const queue_spec& spec, std::uint64_t payload) {
    return std::find(spec.reserved_values.begin(), spec.reserved_values.end(), payload) !=
           spec.reserved_values.end();
}

namespace detail {

// The highest bits are those of a sign: small numbers and those just below 2^64 keep their value in few bits.
constexpr std::uint64_t in_bits(unsigned bits, std::uint64_t number) {
    return bits == 64 ? number : number & ((std::uint64_t{1} << bits) - 1);
}
constexpr std::uint64_t with_sign(unsigned bits, std::uint64_t payload) {
    const unsigned unused = 64 - bits;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(payload << unused) >> unused);
}

// In the middle of the numbers with the sign 0, far from those that are counted up, are the stand-ins of
// reserved values: the nth of those that are not reserved themselves.
constexpr std::uint64_t stand_in(const queue_spec& spec, std::size_t nth) {
    std::uint64_t payload = std::uint64_t{1} << (spec.payload_bits - 2);
    for (;; ++payload) {
        if (is_reserved(spec, payload)) continue;
        if (nth-- == 0) return payload;
    }
}

}  // namespace detail

constexpr std::uint64_t to_payload(const queue_spec& spec, std::uint64_t number) {
    const std::uint64_t payload = detail::in_bits(spec.payload_bits, number);
    for (std::size_t i = 0; i < spec.reserved_values.size(); ++i) {
        if (spec.reserved_values[i] == payload) return detail::stand_in(spec, i);
    }
    return payload;
}

constexpr std::uint64_t from_payload(const queue_spec& spec, std::uint64_t payload) {
    for (std::size_t i = 0; i < spec.reserved_values.size(); ++i) {
        if (spec.reserved_values[i] && payload == detail::stand_in(spec, i))
            payload = *spec.reserved_values[i];
    }
    return detail::with_sign(spec.payload_bits, payload);
}

}  // namespace handoff
