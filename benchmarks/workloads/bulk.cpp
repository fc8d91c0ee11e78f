// Throughput by the number of items of a call, of the queues that take several at once.
#include "bulk_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/queue_cases.hpp"

namespace handoff {
namespace {

constexpr unsigned thread_counts[] = {1, 2, 4};
constexpr std::size_t capacities[] = {1024, 65536};
constexpr std::size_t bulks[] = {1, 4, 16, most_items_of_a_call};
constexpr item_kind kinds[] = {item_kind::bytes_8, item_kind::bytes_64};

std::vector<bulk_plan> plans_of(const queue_spec& spec) {
    std::vector<bulk_plan> plans;
    for (const unsigned p : thread_counts)
        for (const unsigned c : thread_counts) {
            if (!allows(spec.producers, p) || !allows(spec.consumers, c)) continue;
            for (const wait_kind wait : {wait_kind::pause, wait_kind::yield})
                for (const std::size_t capacity : capacities)
                    for (const std::size_t bulk : bulks) {
                        if (capacity > spec.max_capacity) continue;
                        plans.push_back(
                            {{.producers = p, .consumers = c, .wait = wait, .capacity = capacity}, bulk});
                    }
        }
    return plans;
}

std::vector<benchmark_case> cases(const name_beginning& wanted) {
    std::vector<benchmark_case> all;
    for (const queue_entry* entry : queues()) {
        if (!wanted.allows("bulk", entry->spec->name)) continue;
        for (const item_kind item : kinds) {
            const auto run = run_of<bulk_workload>(*entry, item);
            if (!run) continue;
            for (const bulk_plan& plan : plans_of(*entry->spec))
                all.push_back(planned(case_name("bulk", entry->spec->name)
                                          .with("p", plan.producers)
                                          .with("c", plan.consumers)
                                          .with("wait", name_of(plan.wait))
                                          .with("item", name_of(item))
                                          .with("capacity", plan.capacity)
                                          .with("bulk", plan.bulk)
                                          .text(),
                                      run, plan));
        }
    }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"items_per_second", "yardstick_before_ns"}, handoff::cases);
}
