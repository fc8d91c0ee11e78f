// Histories written down by hand, for the tests.
#pragma once

#include "history/operation.hpp"

namespace handoff::linearizability::testing {

struct interval {
    stamp from;
    stamp to;
};

inline operation push(std::uint64_t value, std::uint16_t thread, interval during) {
    return {during.from, during.to, value, thread, call::push, outcome::success};
}
inline operation pop(std::uint64_t value, std::uint16_t thread, interval during) {
    return {during.from, during.to, value, thread, call::pop, outcome::success};
}
inline operation full(std::uint64_t value, std::uint16_t thread, interval during) {
    return {during.from, during.to, value, thread, call::push, outcome::full};
}
inline operation empty(std::uint16_t thread, interval during) {
    return {during.from, during.to, 0, thread, call::pop, outcome::empty};
}
inline operation add(std::uint16_t thread, interval during) {
    return {during.from, during.to, 1, thread, call::add, outcome::success};
}
inline operation read(std::uint64_t value, std::uint16_t thread, interval during) {
    return {during.from, during.to, value, thread, call::read, outcome::success};
}

}  // namespace handoff::linearizability::testing
