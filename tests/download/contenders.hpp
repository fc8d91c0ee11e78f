// Every strategy of the simulated network, and pools over queues of ours.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "downloads/strategies/pool.hpp"
#include "downloads/strategies/strategies.hpp"
#include "downloads/workloads/download_strategy_role.hpp"
#include "harness/item.hpp"
#include "queues/mutex_ring.hpp"
#include "queues/treiber_stack.hpp"
#include "queues/vyukov_mpmc_ring.hpp"

namespace handoff {

using pool_job = item<8>;

inline std::vector<strategy> contenders() {
    std::vector<strategy> all;
    for (const strategy* one : strategies())
        if (one->spec.fetches != fetching::in_a_loop) all.push_back(*one);  // not on the simulated network
    all.push_back({{.name = "pool"}, run_download_pool<mutex_ring<pool_job>, pool_end::stop_items>});
    all.push_back({{.name = "closed_pool"}, run_download_pool<mutex_ring<pool_job>, pool_end::close>});
    all.push_back(
        {{.name = "flagged_pool", .prompt = false}, run_download_pool<mutex_ring<pool_job>, pool_end::flag>});
    all.push_back({{.name = "counted_pool", .prompt = false},
                   run_download_pool<treiber_stack<pool_job>, pool_end::count>});
    all.push_back(
        {{.name = "lock_free_pool"}, run_download_pool<vyukov_mpmc_ring<pool_job>, pool_end::stop_items>});
    return all;
}

inline const strategy& contender(std::string_view name) {
    static const std::vector<strategy> all = contenders();
    const auto found = std::ranges::find(all, name, [](const strategy& one) { return one.spec.name; });
    if (found == all.end()) throw std::invalid_argument("no strategy '" + std::string(name) + "'");
    return *found;
}

inline double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    if (found == result.values.end()) throw std::invalid_argument("no figure '" + std::string(name) + "'");
    return found->second;
}

}  // namespace handoff
