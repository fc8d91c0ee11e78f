// Throughput: producers and consumers as fast as they can, for every shape that a queue's spec allows.
#include "producer_consumer_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/queue_cases.hpp"

namespace handoff {
namespace {

constexpr unsigned thread_counts[] = {1, 2, 4, 8};
constexpr std::size_t capacities[] = {64, 1024, 65536};

struct shape {
    item_kind item;
    producer_consumer_plan plan;
};

std::vector<shape> shapes_of(const queue_entry& entry) {
    std::vector<shape> shapes;
    for (const unsigned p : thread_counts)
        for (const unsigned c : thread_counts) {
            if (!allows(entry.spec->producers, p) || !allows(entry.spec->consumers, c)) continue;
            for (const wait_kind wait : waits_of(entry, {wait_kind::spin, wait_kind::pause, wait_kind::yield,
                                                         wait_kind::sleep_1ms, wait_kind::block}))
                for (std::size_t kind = 0; kind < item_names.size(); ++kind)
                    for (const std::size_t capacity : capacities) {
                        if (capacity > entry.spec->max_capacity) continue;
                        shapes.push_back(
                            {static_cast<item_kind>(kind),
                             {.producers = p, .consumers = c, .wait = wait, .capacity = capacity}});
                    }
        }
    return shapes;
}

std::vector<benchmark_case> cases(const name_beginning& wanted) {
    std::vector<benchmark_case> all;
    for (const queue_entry* entry : queues()) {
        if (!wanted.allows("producer_consumer", entry->spec->name)) continue;
        for (const auto& [item, plan] : shapes_of(*entry)) {
            const auto run = run_of<producer_consumer_workload>(*entry, item);
            if (!run) continue;
            all.push_back(planned(case_name("producer_consumer", entry->spec->name)
                                      .with("p", plan.producers)
                                      .with("c", plan.consumers)
                                      .with("wait", name_of(plan.wait))
                                      .with("item", name_of(item))
                                      .with("capacity", plan.capacity)
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
