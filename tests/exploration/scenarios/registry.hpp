// The scenarios of our implementations: small enough to be explored to the end within their bounds.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "exploration/explorer/explore.hpp"

namespace handoff::exploration {

struct scenario {
    std::string implementation;
    std::string name;
    unsigned threads;
    bounds limits;  // of the exploration to the end; random walks have none
    scenario_body body;
};

// In the order of the register; the same in each run.
const std::vector<scenario>& all_scenarios();

// Where they are defined.
void add_queue_scenarios(std::vector<scenario>& to);
void add_counter_scenarios(std::vector<scenario>& to);
void add_lock_scenarios(std::vector<scenario>& to);
void add_eventcount_scenarios(std::vector<scenario>& to);
void add_wait_scenarios(std::vector<scenario>& to);
void add_wait_loop_scenarios(std::vector<scenario>& to);

}  // namespace handoff::exploration
