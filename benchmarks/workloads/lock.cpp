// Locks: threads take one, for a short or a longer time, and do more or less between; some only to read.
#include "lock_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/catalog.hpp"

namespace handoff {
namespace {

// In steps, of which one takes about 1 ns (steps.hpp).
constexpr unsigned lengths_inside[] = {0, 100, 1000};
constexpr unsigned lengths_outside[] = {0, 1000};
// None; one write in ten; one in a hundred.
constexpr unsigned shares_of_reads[] = {0, 90, 99};

// In which a second thread in the lock is sure to be met: there is always one before the door, and the first
// stays long enough.
bool shows_intruders(const lock_plan& plan) {
    return plan.threads == 2 && plan.inside == 1000 && plan.outside == 0 && plan.read == 0;
}

std::vector<lock_plan> plans() {
    std::vector<lock_plan> all;
    for (const unsigned threads : {1U, 2U, 4U, 8U})
        for (const unsigned inside : lengths_inside)
            for (const unsigned outside : lengths_outside)
                for (const unsigned read : shares_of_reads)
                    all.push_back({.threads = threads, .inside = inside, .outside = outside, .read = read});
    return all;
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const lock_entry* entry : locks())
        for (const lock_plan& plan : plans()) {
            if (!entry->control.empty() && !shows_intruders(plan)) continue;
            all.push_back(planned(case_name("lock", entry->spec->name)
                                      .with("t", plan.threads)
                                      .with("inside", plan.inside)
                                      .with("outside", plan.outside)
                                      .with("read", plan.read)
                                      .text(),
                                  run_of<lock_workload>(*entry), plan));
        }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(
        argc, argv, {"acquisitions_per_second", "acquire_p99_ns", "thread_jain", "yardstick_before_ns"},
        handoff::cases);
}
