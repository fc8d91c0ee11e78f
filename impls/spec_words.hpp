// What specs say, in words: as the catalog and the proofs write it.
#pragma once

#include "counter.hpp"
#include "lock.hpp"
#include "queue.hpp"
#include "wait.hpp"

namespace handoff {

constexpr const char* text(cardinality c) {
    return c == cardinality::one ? "one" : "many";
}
constexpr const char* text(boundedness c) {
    return c == boundedness::bounded ? "bounded" : "unbounded";
}

constexpr const char* text(progress p) {
    switch (p) {
        case progress::blocking:
            return "blocking";
        case progress::obstruction_free:
            return "obstruction_free";
        case progress::lock_free:
            return "lock_free";
        case progress::wait_free:
            return "wait_free";
    }
    return "?";
}

constexpr const char* text(order o) {
    switch (o) {
        case order::fifo:
            return "fifo";
        case order::per_producer_fifo:
            return "per_producer_fifo";
        case order::k_relaxed:
            return "k_relaxed";
        case order::lifo:
            return "lifo";
        case order::unordered:
            return "unordered";
    }
    return "?";
}

constexpr const char* text(try_failure f) {
    switch (f) {
        case try_failure::exact:
            return "exact";
        case try_failure::exact_per_end:
            return "exact_per_end";
        case try_failure::in_flight:
            return "in_flight";
        case try_failure::spurious:
            return "spurious";
    }
    return "?";
}

constexpr const char* text(read_guarantee r) {
    switch (r) {
        case read_guarantee::exact:
            return "exact";
        case read_guarantee::quiescent:
            return "quiescent";
        case read_guarantee::lossy:
            return "lossy";
    }
    return "?";
}

constexpr const char* text(fairness f) {
    switch (f) {
        case fairness::fifo:
            return "fifo";
        case fairness::bounded_bypass:
            return "bounded_bypass";
        case fairness::none:
            return "none";
    }
    return "?";
}

constexpr const char* text(waiting w) {
    switch (w) {
        case waiting::polls:
            return "polls";
        case waiting::naps:
            return "naps";
        case waiting::sleeps:
            return "sleeps";
        case waiting::polls_then_sleeps:
            return "polls_then_sleeps";
    }
    return "?";
}

}  // namespace handoff
