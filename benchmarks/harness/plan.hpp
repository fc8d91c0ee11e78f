// What a workload asks of an implementation: run-time data, so that one instantiation serves all cases.
#pragma once

#include <cstddef>

#include "arrivals.hpp"
#include "item.hpp"
#include "sample.hpp"
#include "wait.hpp"

namespace handoff {

struct producer_consumer_plan {
    run_settings settings{};
    unsigned producers = 1;
    unsigned consumers = 1;
    wait_kind wait = wait_kind::spin;
    std::size_t capacity = 1024;
};

struct ping_pong_plan {
    run_settings settings{};
    unsigned queues = 2;
    wait_kind wait = wait_kind::spin;
    bool distribution = false;
    std::size_t capacity = 64;
};

struct load_plan {
    run_settings settings{};
    unsigned producers = 1;
    unsigned consumers = 1;
    wait_kind wait = wait_kind::spin;
    arrival_pattern arrivals = arrival_pattern::poisson;
    double percent = 0.0;  // of what the queue takes when its producers never pause; 0: `rate` is given
    double rate = 0.0;     // items per second, of all producers
    std::size_t capacity = 1024;
};

class memory_meter;

struct memory_plan {
    run_settings settings{};
    std::size_t items = 1024;  // capacity asked for, and how many an unbounded queue is filled with
    memory_meter* meter = nullptr;
};

enum class counter_mix { increment, read_1, read_10, add_subtract, list_packed, list_padded };

inline constexpr std::array<std::string_view, 6> counter_mix_names = {
    "increment", "read_1", "read_10", "add_subtract", "list_packed", "list_padded"};

constexpr std::string_view name_of(counter_mix mix) {
    return counter_mix_names[static_cast<std::size_t>(mix)];
}

struct counter_plan {
    run_settings settings{};
    unsigned threads = 1;
    counter_mix mix = counter_mix::increment;
};

}  // namespace handoff
