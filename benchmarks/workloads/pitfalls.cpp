// The pitfalls of threads that end a program: two locks taken in opposite order, and the cures. (Lost
// updates, which do not, are the counters': counter/racing_counter.) Times nothing.
#include "lock_order_role.hpp"
#include "workloads/cases/case_main.hpp"

namespace handoff {
namespace {

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (std::size_t i = 0; i < lock_order_names.size(); ++i) {
        const lock_order_plan plan{.order = static_cast<lock_order>(i)};
        all.push_back(planned(case_name("pitfalls", name_of(plan.order)).with("tries", plan.tries).text(),
                              run_lock_order, plan));
    }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"tries", "deadlocks", "first_deadlock"}, handoff::cases);
}
