#include "registry.hpp"

namespace handoff::exploration {

const std::vector<scenario>& all_scenarios() {
    static const std::vector<scenario> all = [] {
        std::vector<scenario> made;
        add_queue_scenarios(made);
        add_counter_scenarios(made);
        add_lock_scenarios(made);
        add_eventcount_scenarios(made);
        add_wait_scenarios(made);
        add_wait_loop_scenarios(made);
        return made;
    }();
    return all;
}

}  // namespace handoff::exploration
